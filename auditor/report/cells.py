"""The pieces of HTML tables and the small pictures inside lines, as plain values for the templates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from auditor.report.text import brief, visible
from auditor.results import Estimate


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, what it sorts by, and how it looks."""

    text: str
    sort: float | str | None = None
    """Sort key where the text does not sort by itself."""
    sub: str = ""
    """A second, quieter line: mostly an interval."""
    behind: str = ""
    """How many tasks the figure rests on, where these are fewer than the table speaks of: ``22 of 100 tasks``."""
    tone: str = ""
    """CSS classes of a tint."""
    href: str = ""
    badge: str = ""
    """A word in a frame below the text."""
    whole: str = ""
    """The whole text where ``text`` is shortened."""
    picture: Markup = field(default_factory=Markup)
    """A small drawing after the text."""
    verdict: str = ""
    """``pass``, ``fail`` or ``inconclusive`` puts that mark before the text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column's header."""

    label: str
    number: bool = True
    whole: str = ""
    """The whole label where it is shortened."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the page itself; its first column heads the rows."""

    key: str
    caption: str
    """Says what the table holds, for those who hear the page."""
    columns: Sequence[Column]
    body: Sequence[Sequence[Cell]]
    sortable: bool = False
    tall: bool = False
    """It may be long: it scrolls within its own box."""
    matrix: bool = False
    slim: bool = False
    """Its columns are short enough to stand side by side on a phone, however many."""

    @property
    def broad(self) -> bool:
        """Whether it needs the page's whole width."""
        return len(self.columns) > (7 if self.matrix else 5)

    @property
    def stacks(self) -> bool:
        """Whether each row becomes a list of labelled figures on a phone, where its columns would not fit."""
        return len(self.columns) > 3 and not self.dense and not self.slim

    @property
    def dense(self) -> bool:
        """Whether it has so many columns that their labels stand upright."""
        return self.matrix and len(self.columns) > 12


def named(name: str, href: str = "", *, limit: int = 64, badge: str = "") -> Cell:
    """Build the cell of a model's name; a long one is shortened in its middle and whole on hovering."""
    short = brief(name, limit)
    return Cell(short, name.lower(), href=href, badge=badge, whole="" if short == visible(name) else visible(name))


def column_named(name: str) -> Column:
    """Build the column of a model."""
    short = brief(name, 28)
    return Column(short, whole="" if short == visible(name) else visible(name))


def range_picture(interval: Estimate, low: float, high: float, *, zero: bool = False, log: bool = False) -> Markup:
    """Draw an interval with its value on a track from ``low`` to ``high``; the figures are printed beside it."""
    if interval.value is None or high <= low:
        return Markup("")

    def place(value: float) -> str:
        if log:
            value, start, end = math.log1p(max(0.0, value)), math.log1p(low), math.log1p(high)
        else:
            start, end = low, high
        return f"{round(1 + 198 * min(1.0, max(0.0, (value - start) / (end - start))), 1):g}"

    parts = ['<line class="track" x1="0" x2="200" y1="5" y2="5"/>']
    if zero:
        parts.append(f'<line class="zero" x1="{place(0)}" x2="{place(0)}" y1="0" y2="10"/>')
    if interval.low is not None and interval.high is not None:
        parts.append(f'<line class="bar" x1="{place(interval.low)}" x2="{place(interval.high)}" y1="5" y2="5"/>')
    parts.append(f'<line class="tick" x1="{place(interval.value)}" x2="{place(interval.value)}" y1="0" y2="10"/>')
    # numbers only: nothing of the document's texts enters
    return Markup(  # noqa: S704
        '<svg class="range" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">'
        + "".join(parts)
        + "</svg>"
    )


def share_picture(samples: int, accepted: int, correct: int) -> Markup:
    """Draw a bar of correct, accepted but wrong, and the rest of a task's samples."""
    if not samples:
        return Markup("")
    right = round(72 * correct / samples, 1)
    wrong = round(72 * (accepted - correct) / samples, 1)
    return Markup(
        '<svg class="share" viewBox="0 0 72 8" aria-hidden="true"><rect class="rest" width="72" height="8"/>'
        '<rect class="right" width="{:g}" height="8"/><rect class="wrong" x="{:g}" width="{:g}" height="8"/></svg>'
    ).format(right, right, wrong)
