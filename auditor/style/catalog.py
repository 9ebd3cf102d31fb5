"""What a rubric may name: rules of ruff, messages of pylint, numbers of radon and our own checks."""

from __future__ import annotations

import difflib
import functools
import json
import re
import subprocess
from collections.abc import Callable, Iterable

from auditor.errors import UsageError
from auditor.style.checks import CHECKS
from auditor.style.exclusions import PYLINT_EXCLUDED, RUFF_EXCLUDED
from auditor.style.radon import METRICS
from auditor.style.ruff import ruff_command

PYLINT_CATEGORIES = {"convention": "C", "refactor": "R", "warning": "W", "error": "E"}

TOOL_METRICS: dict[str, dict[str, str]] = {
    "ruff": {"findings": "findings of ruff, the prompt's included"},
    "pylint": {
        "findings": "messages of pylint, the prompt's included",
        "score": "pylint's own score, at most 10",
    },
}

_RUFF_SELECTOR = re.compile(r"([A-Z]+)(\d*)")


@functools.cache
def ruff_rules() -> dict[str, str]:
    """Return ruff's stable rules that we run, code → name."""
    listed = subprocess.run(  # noqa: S603 - our own arguments
        [ruff_command(), "rule", "--all", "--output-format", "json"], capture_output=True, check=True
    ).stdout
    return {
        row["code"]: row["name"]
        for row in json.loads(listed)
        if row["code"] and not row["preview"] and "Removed" not in row["status"] and row["code"] not in RUFF_EXCLUDED
    }


@functools.cache
def pylint_messages() -> dict[str, str]:
    """Return pylint's messages that we run, id → symbol."""
    from pylint.lint import PyLinter

    linter = PyLinter()
    linter.load_default_plugins()
    return {
        message.msgid: message.symbol
        for message in linter.msgs_store.messages
        if message.default_enabled and message.msgid[0] in "CRWE" and message.symbol not in PYLINT_EXCLUDED
    }


def vocabulary() -> list[tuple[str, str]]:
    """List what a criterion's source may name, single rules apart, as (source, what it is)."""
    categories = [("pylint", category, "messages of this category") for category in PYLINT_CATEGORIES]
    groups = [*categories, *(("ruff", *family) for family in _ruff_families())]
    counted = [(tool, name, says, len(rules_of(tool, name))) for tool, name, says in groups]
    rules = [
        (f"{tool}:{name}", f"{says}, {count} rule{'s' * (count > 1)}") for tool, name, says, count in counted if count
    ]
    return [*_numbers(), *rules]


def _numbers() -> list[tuple[str, str]]:
    found = [(f"auditor:{name}", check.says) for name, check in CHECKS.items()]
    found += [(f"radon:{name}", says) for name, says in METRICS.items()]
    return found + [(f"{tool}:{name}", says) for tool, names in TOOL_METRICS.items() for name, says in names.items()]


def _ruff_families() -> list[tuple[str, str]]:
    """Return ruff's families as (prefix, the linter that it stems from)."""
    listed = subprocess.run(  # noqa: S603 - our own arguments
        [ruff_command(), "linter", "--output-format", "json"], capture_output=True, check=True
    ).stdout
    found: list[tuple[str, str]] = []
    for row in json.loads(listed):
        parts = [(part["prefix"], f"{row['name']} {part['name'].lower()}") for part in row.get("categories") or ()]
        found += [(row["prefix"], row["name"])] if row["prefix"] else parts
    return found


def rules_named(source: str) -> list[tuple[str, str]]:
    """List what one source stands for: its rules with their names, or the number that it is.

    Raises :class:`~auditor.errors.UsageError` with the nearest right name.
    """
    tool, _, name = source.partition(":")
    if tool not in (*_TOOLS, "radon", "auditor"):
        raise UsageError(f"{source!r} is no source", remedy="write TOOL:NAME with TOOL ruff, pylint, radon or auditor")
    try:
        if metric_of(tool, name) is None:
            return [(f"{tool}:{code}", said) for code, said in sorted(_some_rules(tool, name).items())]
        return [(known, says) for known, says in _numbers() if known == source]
    except ValueError as error:
        raise UsageError(
            f"{source!r} is no source: {error}", remedy="`auditor rubric sources` lists what there is"
        ) from None


def rules_of(tool: str, selector: str) -> dict[str, str]:
    """Return the rules that a selector of ruff or pylint means, code → name; empty where it means none."""
    rules, part_of = _TOOLS[tool]
    return {code: name for code, name in rules().items() if selector in ("ALL", code, name) or part_of(code, selector)}


def expand(tool: str, selector: str) -> frozenset[str]:
    """Return the rules, as ``tool:code``, that a selector of ruff or pylint means.

    ``ruff:E501``, ``ruff:line-too-long``, ``ruff:N`` (a family), ``ruff:D1`` (a part of one), ``ruff:ALL``;
    ``pylint:C0103``, ``pylint:invalid-name``, ``pylint:convention``, ``pylint:ALL``. Raises ``ValueError``
    with the nearest right name.
    """
    return frozenset(f"{tool}:{code}" for code in _some_rules(tool, selector))


def _some_rules(tool: str, selector: str) -> dict[str, str]:
    """Return what :func:`rules_of` does, or refuse a selector that means nothing."""
    found = rules_of(tool, selector)
    if not found:
        raise ValueError(_unknown(f"{tool} has no rule {selector!r} that runs here", selector, _spellings(tool)))
    return found


def _spellings(tool: str) -> list[str]:
    known = _TOOLS[tool][0]()
    return [*known, *known.values(), *(PYLINT_CATEGORIES if tool == "pylint" else ())]


def _unknown(message: str, given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, list(known), n=1, cutoff=0.5)
    return f"{message}; did you mean {near[0]!r}?" if near else message


def _in_family(code: str, selector: str) -> bool:
    wanted, own = _RUFF_SELECTOR.fullmatch(selector), _RUFF_SELECTOR.fullmatch(code)
    if wanted is None or own is None:
        return False
    same = own[1] == wanted[1] or (wanted[1] == "PL" and own[1].startswith("PL"))
    return same and own[2].startswith(wanted[2])


def _in_category(code: str, selector: str) -> bool:
    return code[0] == PYLINT_CATEGORIES.get(selector)


_TOOLS: dict[str, tuple[Callable[[], dict[str, str]], Callable[[str, str], bool]]] = {
    "ruff": (ruff_rules, _in_family),
    "pylint": (pylint_messages, _in_category),
}


def metric_of(tool: str, name: str) -> str | None:
    """Return the key in a result's metrics of ``radon:NAME``, ``auditor:NAME``, ``pylint:score``; else ``None``.

    Raises ``ValueError`` for a name that radon or our checks do not have.
    """
    if tool in TOOL_METRICS:
        return f"{tool}_{name}" if name in TOOL_METRICS[tool] else None
    known: Iterable[str] = METRICS if tool == "radon" else CHECKS
    if name not in known:
        raise ValueError(_unknown(f"{tool} has no metric {name!r}", name, known))
    return name
