"""Mark findings that repeat another linter's on the same line."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.records import LinterName
from auditor.style.linters.registry import defects


def repeated(places: Iterable[tuple[LinterName, str, int]]) -> list[bool]:
    """Mark each of (linter, rule, line), in order, that repeats another linter's defect on the same line.

    The first linter to report a defect keeps it; a linter never repeats itself.
    """
    seen: dict[tuple[int, str], LinterName] = {}
    marks = []
    for name, rule, line in places:
        keys = [(line, defect) for defect in defects(name, rule)]
        marks.append(any(seen.get(key, name) != name for key in keys))
        for key in keys:
            seen.setdefault(key, name)
    return marks
