"""Small multiples: several small plots side by side in one drawing, placed in pixels."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from auditor.report.charts.frame import FAINT, FONT_SIZE, INK, PAPER, QUIET, RULE, Chart, Row, Size, hover, values


@dataclass(slots=True)
class Canvas:
    """Collects marks in pixels, from the upper left corner; layers of one look are drawn together."""

    size: Size
    _rules: dict[tuple[str, float, float, bool], list[Row]] = field(default_factory=lambda: defaultdict(list))
    _dots: dict[tuple[str, bool], list[Row]] = field(default_factory=lambda: defaultdict(list))
    _texts: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    _says: list[Row] = field(default_factory=list)

    def rule(
        self, start: tuple[float, float], end: tuple[float, float], *, color: str = RULE, width: float = 1.0,
        opacity: float = 1.0, dotted: bool = False,
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        row = {"x": start[0], "y": start[1], "x2": end[0], "y2": end[1]}
        self._rules[color, width, opacity, dotted].append(row)

    def dot(self, x: float, y: float, says: str, *, color: str = INK, hollow: bool = False) -> None:
        """Draw a point that says its values when pointed at or stepped to."""
        self._dots[color, hollow].append({"x": x, "y": y})
        self._says.append({"x": x, "y": y, "says": says})

    def text(self, x: float, y: float, text: str, *, align: str = "left", color: str = QUIET) -> None:
        """Write a text whose middle line is at ``y``."""
        self._texts[align, color].append({"x": x, "y": y, "text": text})

    def chart(self) -> Chart:
        """Return the drawing: rules below, then points, then texts."""
        width, height = self.size.width, self.size.height
        x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
        y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
        layers: list[alt.Chart] = []
        for (color, thick, opacity, dotted), rows in self._rules.items():
            look: dict[str, Any] = {"color": color, "strokeWidth": thick, "opacity": opacity}
            if dotted:
                look["strokeDash"] = [2, 3]
            layers.append(alt.Chart(values(rows)).mark_rule(**look).encode(x=x, y=y, x2="x2:Q", y2="y2:Q"))
        for (color, hollow), rows in self._dots.items():
            look = {"fill": PAPER if hollow else color, "stroke": color, "strokeWidth": 1.5, "size": 46, "opacity": 1}
            layers.append(alt.Chart(values(rows)).mark_point(**look).encode(x=x, y=y))
        for (align, color), rows in self._texts.items():
            mark: dict[str, Any] = {
                "align": align,
                "baseline": "middle",
                "fontSize": FONT_SIZE,
                "font": "var(--sans)",
                "color": color,
            }
            layers.append(alt.Chart(values(rows)).mark_text(**mark).encode(x=x, y=y, text="text:N"))
        return alt.layer(*layers, hover(self._says, x, y))


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis from data to pixels."""

    low: float
    high: float
    start: float
    """Pixel of ``low``."""
    end: float
    """Pixel of ``high``."""

    def __call__(self, value: float) -> float:
        """Place a value; one beyond the axis at its end."""
        inside = min(self.high, max(self.low, value))
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Choose at most ``most`` round numbers from ``low`` to ``high``, zero among them where it is inside."""
    span = high - low
    step = next(
        size * 10.0**power
        for power in range(-4, 6)
        for size in (1, 2, 2.5, 5)
        if span / (size * 10.0**power) <= most - 1
    )
    return [
        round(place * step, 10) for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def rounded_up(value: float, most: float | None = None) -> float:
    """Return the next round number above a positive value, at most ``most``."""
    if value <= 0:
        return most or 1.0
    power = 10.0 ** math.floor(math.log10(value))
    found = next(size * power for size in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if size * power >= value - 1e-12)
    return found if most is None else min(found, most)


def across(panels: int, size: Size) -> int:
    """Return how many panels stand in a row: one on a phone, at most three beside each other."""
    return 1 if size.narrow else min(3, max(1, panels))


def baseline_rule(canvas: Canvas, left: float, right: float, y: float) -> None:
    """Draw the line of a plot's zero."""
    canvas.rule((left, y), (right, y), color=FAINT)


def bounds_of(found: Sequence[float | None]) -> tuple[float, float]:
    """Return the least and the greatest of the numbers that are known; (0, 0) without any."""
    known = [one for one in found if one is not None]
    return (min(known), max(known)) if known else (0.0, 0.0)
