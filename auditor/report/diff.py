"""The difference of two programs, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

from auditor.report.code import MOST_LINES, coloured
from auditor.report.text import plural, visible

AROUND = 3
"""Equal lines shown before and after a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """Lines of two texts that belong together."""

    kept: int
    """Equal lines at the head of the run."""
    dropped: int
    """Lines of the first text alone, after those."""
    added: Sequence[str]
    """Lines of the second text alone, in their place."""


def runs(first: Sequence[str], second: Sequence[str]) -> list[Change]:
    """Describe how the second text comes out of the first; applying the runs in order gives the second text."""
    found: list[Change] = []
    kept = 0
    for tag, start, end, begin, stop in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            kept = end - start
            continue
        found.append(Change(kept, end - start, second[begin:stop]))
        kept = 0
    if kept:
        found.append(Change(kept, 0, ()))
    return found


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a difference, ready to show."""

    mark: str
    """``-`` in the first text alone, ``+`` in the second alone, a space in both, ``@`` for equal lines left out."""
    number: str
    """Its number from 1: in the second text where it is added, else in the first; empty for lines left out."""
    html: Markup
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of two programs."""

    lines: Sequence[DiffLine]
    dropped: int
    added: int
    cut: str
    """What is not shown, or empty."""


def diff(first: str, second: str) -> Diff:
    """Show how the second program differs from the first, with :data:`AROUND` equal lines around each change."""
    ours, theirs = (visible(text).removesuffix("\n").split("\n") for text in (first, second))
    left, right = (list(coloured(lines[:MOST_LINES])) for lines in (ours, theirs))
    rest = max(0, len(ours) - MOST_LINES) + max(0, len(theirs) - MOST_LINES)
    lines: list[DiffLine] = []
    dropped = added = at = place = 0
    found = runs(ours[:MOST_LINES], theirs[:MOST_LINES])
    for number, run in enumerate(found):
        last = number == len(found) - 1 and not run.dropped and not run.added
        equal = [DiffLine(" ", str(at + i + 1), *left[at + i]) for i in range(run.kept)]
        lines += _shortened(equal, first=number == 0, last=last)
        at, place = at + run.kept, place + run.kept
        lines += [DiffLine("-", str(at + i + 1), *left[at + i]) for i in range(run.dropped)]
        lines += [DiffLine("+", str(place + i + 1), *right[place + i]) for i in range(len(run.added))]
        at, place = at + run.dropped, place + len(run.added)
        dropped, added = dropped + run.dropped, added + len(run.added)
    return Diff(lines, dropped, added, f"{plural(rest, 'more line')}, in report.json" if rest else "")


def _shortened(equal: list[DiffLine], *, first: bool, last: bool) -> list[DiffLine]:
    """Leave out what is far from a change: before the first one, after the last one, between two."""
    head, tail = (0 if first else AROUND), (0 if last else AROUND)
    hidden = len(equal) - head - tail
    if hidden < 2:
        return equal
    gap = DiffLine("@", "", Markup(plural(hidden, "equal line")))  # noqa: S704 - a number and a word
    return [*equal[:head], gap, *equal[len(equal) - tail :]]
