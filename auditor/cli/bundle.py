"""``auditor doctor --bundle``: facts about a machine and a run for a bug report, without private data.

The content is chosen field by field. Texts of settings are replaced by their length unless they are one of auditor's
own words; models become ``model-1``, ``model-2`` …; prompts, answers, programs, task ids, addresses, header and key
names, paths and the names of users and machines are left out.
"""

from __future__ import annotations

import functools
import json
import platform
import re
import sys
import typing
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from auditor.text import json_text

if TYPE_CHECKING:
    from auditor.store import Store
    from auditor.verify import Report

_DROPPED = frozenset({"extra_headers", "extra_body", "api_key_env", "models", "stop", "system", "tasks"})
"""Settings whose values are left out; only that they are set is shown."""
_PRIVATE_FACTS = ("user", "python")
"""Facts in ``auditor doctor`` about the user and the interpreter's path."""

_PATH = re.compile(r"""(?<=['"])[~/][^'"]*(?=['"])|(?<![\w.])[~/][^\s'",;:)\]]+""")
"""An absolute path in a message: whole between quotes, else to the next space or sign."""

README = """\
Facts for a bug report about auditor, written by `auditor doctor --bundle`.

doctor.json    what the sandbox protects on this machine
versions.json  auditor, Python, system, and the packages that auditor depends on
run.json       of the run, if one was named: settings without texts, and counts of samples and verdicts

There are no keys, prompts, answers, programs, task ids, addresses, paths, or names of users, machines and models.
Look through it before you attach it.
"""


def write_bundle(path: Path, report: Report, run: Path | None) -> list[str]:
    """Write the zip file and return the names in it. Raises OSError if it cannot be written."""
    checks = {
        "level": report.level,
        "checks": [asdict(replace(check, answer=without_paths(check.answer))) for check in report.checks],
        "facts": {name: without_paths(value) for name, value in report.facts.items() if name not in _PRIVATE_FACTS},
        "unprotected": report.unprotected,
        "problem": without_paths(report.problem),
    }
    files = {"README.txt": README, "doctor.json": json_text(checks), "versions.json": json_text(versions())}
    if run is not None:
        from auditor.store import DATABASE, Store

        with Store(run / DATABASE, create=False) as store:
            files["run.json"] = json_text(_facts_of_run(store))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # no timestamp, so that equal facts give equal bytes
            bundle.writestr(entry, text)
    return list(files)


def without_paths(message: str) -> str:
    """Replace the absolute paths in a message, which reveal the machine and its users."""
    return _PATH.sub("(path)", message)


def versions() -> dict[str, object]:
    """Return the versions of auditor, Python, the system and each package that auditor depends on."""
    from importlib.metadata import PackageNotFoundError, requires, version

    found: dict[str, str] = {}
    for requirement in requires("auditor") or ():
        if "extra ==" in requirement:
            continue
        name = re.split(r"[\s;\[<>=!~]", requirement, maxsplit=1)[0]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return {
        "auditor": version("auditor"),
        "python": sys.version.split()[0],
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": dict(sorted(found.items())),
    }


def _facts_of_run(store: Store) -> dict[str, object]:
    numbers: dict[str, str] = {}
    outcomes: Counter[str] = Counter()
    for sample in store.judged():
        name = numbers.setdefault(sample.model, f"model-{len(numbers) + 1}")
        base, plus = sample.base or "not run", sample.plus or "not run"
        outcomes[f"{name}: {sample.status}, base {base}, plus {plus}"] += 1
    tasks = store.tasks()
    return {
        "sandbox": store.meta.sandbox,
        "tools": store.meta.tools,
        "settings": redacted(store.meta.config or {}),
        "tasks": len(tasks),
        "tasks_unfit": sum(task.unfit is not None for task in tasks),
        "tasks_excluded": sum(task.excluded is not None for task in tasks),
        "harness_errors": store.harness_errors(),
        "samples": dict(sorted(outcomes.items())),
    }


def _is_metric(name: str) -> bool:
    from auditor.gates.metrics import NAMES

    return name in NAMES


@functools.cache
def own_words() -> frozenset[str]:
    """Return the texts of settings that are auditor's own: they say nothing of the user."""
    from auditor.config import AuditConfig
    from auditor.sampling.prompts import template_names
    from auditor.sampling.readers import READERS
    from auditor.style import list_rubrics

    formats = (reader.name for reader in READERS)
    rubrics = (path.stem for path in list_rubrics())
    return frozenset(["demo", *_closed_sets(AuditConfig), *template_names(), *formats, *rubrics])


def _closed_sets(kind: object) -> Iterator[str]:
    """Yield the texts that the type of a setting names one by one, literals and members of enums."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for field in kind.model_fields.values():
            yield from _closed_sets(field.annotation)
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        yield from (member.value for member in kind)
    elif typing.get_origin(kind) is typing.Literal:
        yield from (word for word in typing.get_args(kind) if isinstance(word, str))
    else:
        for part in typing.get_args(kind):
            yield from _closed_sets(part)


def redacted(value: object, key: str = "") -> object:
    """Keep the shape, numbers and auditor's own words of settings; replace any other text by its length."""
    match value:
        case _ if key in _DROPPED:
            return "set" if value else "not set"
        case str():
            return (
                value
                if value in own_words() or (key == "metric" and _is_metric(value))
                else f"text of {len(value)} characters"
            )
        case Mapping():
            return {str(name): redacted(inner, str(name)) for name, inner in value.items()}
        case Sequence():
            return [redacted(inner) for inner in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return json.dumps(type(value).__name__)
