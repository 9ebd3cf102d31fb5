"""Explain what has changed when a run folder gets other tasks, files or settings than it was started with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from auditor.benchmark import tests_digests
from auditor.config import ModelConfig
from auditor.errors import AuditorError, OtherInputsError
from auditor.records import Benchmark
from auditor.results import BenchmarkFacts
from auditor.store import Store
from auditor.text import plural

SHOWN_DIGITS = 12
"""Digits of a SHA-256 shown in a message."""
SHOWN_IDS = 3
"""Task ids shown in a message."""
RECORDED, PROMPT = "recorded_sha256", "prompt_sha256"
"""The entries of a model's identity that are digests of files."""
_REMEDY = "restore the original, or name another run folder with --out"


def other_tasks(
    store: Store, known: BenchmarkFacts, benchmark: Benchmark, source: str, folder: Path
) -> OtherInputsError:
    """Return the error for a benchmark whose tasks differ from the run's, naming the differences.

    ``source`` is the benchmark's source as stored in a run.
    """
    digests = f"SHA-256 {known.digest[:SHOWN_DIGITS]} then, {benchmark.digest[:SHOWN_DIGITS]} now"
    if known.source != source:
        what = f"the run is on other tasks: {known.source} then, {source} now"
        return OtherInputsError(f"{what} ({digests})", where=str(folder), remedy=_REMEDY)
    then = {task.task_id: task for task in store.tasks()}
    now = {task.task_id: task for task in benchmark.tasks}
    tests, tests_now = store.meta.tests_digests or {}, tests_digests(benchmark.tasks)
    changed = [
        name
        for name, task in now.items()
        if name in then
        and (
            (then[name].prompt, then[name].reference, then[name].target) != (task.prompt, task.reference, task.target)
            or tests.get(name, tests_now[name]) != tests_now[name]
        )
    ]
    groups = (
        ("added", [name for name in now if name not in then]),
        ("removed", [name for name in then if name not in now]),
        ("changed", changed),
    )
    differ = ", ".join(_named(word, names) for word, names in groups if names) or "their order or other fields differ"
    message = f"the tasks of {known.source} are not those that the run started with: {differ} ({digests})"
    return OtherInputsError(message, where=str(folder), remedy=_REMEDY)


def other_model(
    store: Store, model: ModelConfig, changed: Iterable[str], then: Mapping[str, object], now: Mapping[str, object],
    rows_now: Callable[[], int] | None,
) -> OtherInputsError:  # fmt: skip
    """Return the error for a model whose settings differ from those of its samples in the run.

    ``changed`` are keys of the model's identity, ``then`` and ``now`` the two identities; ``rows_now`` counts the
    samples in the current recorded file, at the cost of reading it.
    """
    found = []
    for key in changed:
        old, new = then.get(key), now.get(key)
        digests = f"SHA-256 {str(old)[:SHOWN_DIGITS]} then, {str(new)[:SHOWN_DIGITS]} now"
        if key == RECORDED and model.recorded is not None:
            counts = _counts(store.sample_count(model.name), rows_now)
            found.append(f"{model.recorded.name} has changed since it was read ({counts}{digests})")
        elif key == PROMPT:
            found.append(f"{Path(model.prompt).name} has changed since it was used ({digests})")
        else:
            found.append(f"{key} has changed{_values(old, new)}")
    message = f"model {model.name!r} has samples here that were made differently: {'; '.join(found)}"
    return OtherInputsError(message, where=str(store.path), remedy=f"{_REMEDY}, or give the model another name")


def _counts(then: int, rows_now: Callable[[], int] | None) -> str:
    """Say how many samples a file gave then and would give now; the second number only if the file can be read."""
    said = f"{plural(then, 'sample')} of this model then, "
    if rows_now is None:
        return said
    try:
        return f"{said}{rows_now()} now; "
    except AuditorError:
        return said


def _values(old: object, new: object) -> str:
    """Show both values of a setting if they are numbers or booleans; text may be secret."""
    simple = (bool, int, float, type(None))
    return f" ({old} then, {new} now)" if isinstance(old, simple) and isinstance(new, simple) else ""


def _named(word: str, names: list[str]) -> str:
    """Say how many tasks there are of a kind, and name some."""
    more = ", …" if len(names) > SHOWN_IDS else ""
    return f"{plural(len(names), 'task')} {word} ({', '.join(names[:SHOWN_IDS])}{more})"
