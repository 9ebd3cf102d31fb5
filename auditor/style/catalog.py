"""Sources that a rubric may name: rules, groups of rules and numbers of the linters."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from auditor.errors import UsageError
from auditor.style.linters import registry
from auditor.style.linters.interface import Linter, Number

ALL = "ALL"
"""The selector for every rule of a linter."""


def resolve(source: str) -> Number | Mapping[str, str]:
    """Resolve a source: one number, or rules as ``linter:code`` → name.

    ``ruff:E501``, ``ruff:line-too-long``, ``ruff:N`` (a family), ``ruff:D1`` (part of one), ``ruff:ALL``;
    ``pylint:C0103``, ``pylint:invalid-name``, ``pylint:convention``; ``radon:complexity``. Raises ``ValueError``
    with the nearest name for an unknown source, or the remedy if a linter is not installed.
    """
    tool, _, name = source.partition(":")
    if tool not in registry.names() or not name:
        known = ", ".join(registry.names())
        raise ValueError(f"{source!r} is not a source — write LINTER:NAME, with LINTER one of {known}")
    linter = registry.linter(tool)
    if problem := linter.unavailable():
        raise ValueError(problem)
    if name in linter.measures:
        return linter.measures[name]
    rules = rules_of(linter, name)
    if not rules:
        what = "rule or number" if linter.measures else "rule"
        raise ValueError(_unknown(f"{tool} has no {what} {name!r} that can be used here", name, _spellings(linter)))
    return {f"{tool}:{code}": rule for code, rule in rules.items()}


def expand(source: str) -> frozenset[str]:
    """Return the rules of a source, as ``linter:code``; empty for a number. Raises the errors of :func:`resolve`."""
    found = resolve(source)
    return frozenset() if isinstance(found, Number) else frozenset(found)


def rules_of(linter: Linter, selector: str) -> dict[str, str]:
    """Return the rules of a linter that a selector covers, code → name; empty if it covers none."""
    return {
        code: name
        for code, name in linter.rules().items()
        if selector in (ALL, code, name) or linter.in_group(code, selector)
    }


def vocabulary() -> list[tuple[str, str]]:
    """List what a criterion's source may name, except single rules, as (source, meaning), by linter."""
    rows: list[tuple[str, str]] = []
    for linter in registry.LINTERS:
        if problem := linter.unavailable():
            rows.append((f"{linter.name}:…", problem))
            continue
        rows += [(f"{linter.name}:{name}", number.meaning) for name, number in linter.measures.items()]
        for group in linter.groups():
            if count := len(rules_of(linter, group.selector)):
                rows.append((f"{linter.name}:{group.selector}", f"{group.title}, {count} rule{'s' * (count > 1)}"))
    return rows


def rules_named(source: str) -> list[tuple[str, str]]:
    """List the rules of one source with their names, or the number that it is.

    Raises :class:`~auditor.errors.UsageError` with the nearest valid name.
    """
    try:
        found = resolve(source)
    except ValueError as error:
        raise UsageError(str(error), remedy="`auditor rubric sources` lists every source") from None
    return [(source, found.meaning)] if isinstance(found, Number) else sorted(found.items())


def _spellings(linter: Linter) -> list[str]:
    rules = linter.rules()
    return [*rules, *rules.values(), *(group.selector for group in linter.groups()), *linter.measures]


def _unknown(message: str, given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, list(known), n=1, cutoff=0.5)
    return f"{message}; did you mean {near[0]!r}?" if near else message
