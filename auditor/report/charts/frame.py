"""The frame that all charts share: size, axes, and the way from altair to inline SVG."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import altair as alt
from altair.utils.schemapi import debug_mode
from markupsafe import Markup, escape

from auditor.address_space import require_for_charts
from auditor.report.text import cut, visible

INK, QUIET, FAINT, RULE = "var(--ink)", "var(--ink-2)", "var(--ink-3)", "var(--rule)"
ACCENT, PAPER = "var(--accent)", "var(--paper)"
FONT = "var(--sans)"
FONT_SIZE = 12.5
Row = Mapping[str, object]
PointT = TypeVar("PointT")
Chart = alt.LayerChart | alt.FacetChart
"""A drawing, as altair's ``layer`` returns it."""


@dataclass(frozen=True, slots=True)
class Size:
    """A plot's inner size and its margins, in CSS pixels."""

    width: int
    height: int
    left: int = 44
    right: int = 16
    top: int = 28
    bottom: int = 44
    narrow: bool = False
    """Drawn for a phone: fewer ticks and shorter labels."""

    @property
    def outer(self) -> tuple[int, int]:
        """Width and height with the margins."""
        return self.width + self.left + self.right, self.height + self.top + self.bottom


def wide(height: int = 340, *, left: int = 44, right: int = 130) -> Size:
    """Return the size of a chart over the full column, 760 px."""
    return Size(760 - left - right, height, left, right)


def narrow(height: int = 280, *, left: int = 40, right: int = 100) -> Size:
    """Return the size of a chart on a phone, or of one of three side by side, 340 px."""
    return Size(340 - left - right, height, left, right, narrow=True)


@dataclass(frozen=True, slots=True)
class Table:
    """A text table: a header per column and rows of texts; columns from ``first_number`` on hold numbers."""

    head: Sequence[str]
    body: Sequence[Sequence[str]]
    first_number: int = 1

    @property
    def stacks(self) -> bool:
        """Whether each row becomes a list of labelled figures on a phone, where so many columns do not fit."""
        return len(self.head) > 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with all that a reader needs who cannot see it."""

    key: str
    """Its anchor on the page."""
    title: str
    """The finding, as a sentence computed from the data."""
    description: str
    """What is drawn, on which axes."""
    svg: Markup
    svg_narrow: Markup | None
    """Drawn again for a phone; None where the first fits one."""
    table: Table
    note: str = ""
    note_narrow: str = ""
    """Said on a phone only."""


def figure(
    key: str,
    title: str,
    description: str,
    table: Table,
    draw: Callable[[Size], Chart],
    sizes: Sequence[Size],
    note: str = "",
    note_narrow: str = "",
) -> Figure:
    """Draw a chart at each size and bind it to its words."""
    with debug_mode(False):  # altair's own checks cost as much as the drawing; the tests draw with them on
        drawn = [to_svg(draw(size), size, f"{key}-{index}", title, description) for index, size in enumerate(sizes)]
    return Figure(key, title, description, drawn[0], drawn[1] if len(drawn) > 1 else None, table, note, note_narrow)


def values(rows: Iterable[Row]) -> alt.InlineData:
    """Hand rows to altair as JSON text, which it passes on; lists of objects it would copy at every step."""
    text = json.dumps([dict(row) for row in rows], allow_nan=False)
    return alt.InlineData(values=text, format=alt.JsonDataFormat(type="json"))


_AXIS: dict[str, Any] = {
    "labelColor": QUIET,
    "titleColor": QUIET,
    "titleFontWeight": "normal",
    "labelFontSize": FONT_SIZE,
    "titleFontSize": FONT_SIZE,
    "gridColor": RULE,
}


def axis_x(
    title: str, *, ticks: Sequence[float] | None = None, label: str | None = None, grid: bool = False
) -> alt.Axis:
    """Describe the axis below: a line, short ticks, its title at the right end."""
    options: dict[str, Any] = {
        "domainColor": FAINT,
        "tickColor": FAINT,
        "tickSize": 4,
        "labelPadding": 5,
        "titleAnchor": "end",
        "titleAlign": "right",
        "titleY": 40,
        "titleBaseline": "bottom",
        "labelFlush": False,
        "labelBound": False,
        "labelAngle": 0,
        "labelOverlap": False if ticks else "greedy",
        "minExtent": 20,
        "maxExtent": 20,
    }
    if ticks:
        options["values"] = list(ticks)
    if label:
        options["labelExpr"] = label
    return alt.Axis(title=title, grid=grid, **_AXIS, **options)


def axis_y(title: str, *, size: Size, ticks: int = 5, label: str) -> alt.Axis:
    """Describe the axis at the left: no line, hairlines across, its title above the plot."""
    options: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "tickCount": ticks,
        "labelPadding": 6,
        "labelExpr": label,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleBaseline": "bottom",
        "titleX": -size.left,
        "titleY": -10,
        "minExtent": 30,
        "maxExtent": 30,
    }
    return alt.Axis(title=title, grid=True, **_AXIS, **options)


PERCENT = "replace(format(datum.value*100, '~r'), '-', '−') + '\u202f%'"
"""A Vega expression: an axis label in per cent."""
PLAIN = "replace(format(datum.value, ',~r'), '-', '−')"
"""A Vega expression: an axis label as a plain number."""


def attempt_ticks(last: int, size: Size) -> list[float]:
    """Choose the ticks of a logarithmic axis of attempts that ends at ``last``."""
    steps = (1,) if size.narrow and last > 500 else (1, 2, 5) if not size.narrow or last <= 100 else (1, 5)
    ticks = [float(m * 10**e) for e in range(7) for m in steps if m * 10**e < last]
    while ticks and math.log(last / ticks[-1]) / math.log(last) * size.width < 32:
        ticks.pop()
    return [*ticks, float(last)]


def thin(curve: Sequence[PointT], most: int = 72) -> list[PointT]:
    """Keep so many points of a long curve as a logarithmic axis can show, first and last among them."""
    if len(curve) <= most:
        return list(curve)
    step = math.log(len(curve)) / (most - 1)
    return [curve[index] for index in sorted({round(math.exp(place * step)) - 1 for place in range(most)})]


def log_attempts(last: int, size: Size, title: str = "attempts allowed") -> alt.X:
    """Describe the logarithmic axis of attempts, from 1 to ``last``; it reaches to 2 where there is only one."""
    return alt.X(
        "x:Q", scale=alt.Scale(type="log", domain=[1, max(2, last)], nice=False),
        axis=axis_x(title, ticks=attempt_ticks(last, size) if last > 1 else [1], label=PLAIN),
    )  # fmt: skip


def spread_labels(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels on a line apart: least moves, order kept, at least ``gap`` between, within [low, high] if they fit.

    Labels are pooled like blocks (the classic isotonic regression), so the result depends on nothing but the input.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[list[float]] = []  # [sum of (wanted - offset), members]
    for rank, index in enumerate(order):
        blocks.append([wanted[index] - rank * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, members = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += members
    placed = [0.0] * len(wanted)
    rank = 0
    room = max(low, high - gap * (len(wanted) - 1))
    for total, members in blocks:
        base = min(max(total / members, low), room)
        for _ in range(int(members)):
            placed[order[rank]] = base + rank * gap
            rank += 1
    return placed


def text_mark(rows: Iterable[Row], x: alt.X, y: alt.Y, *, color: str = INK, **options: Any) -> alt.Chart:
    """Write texts (field ``text``) at their places."""
    mark: dict[str, Any] = {"align": "left", "baseline": "middle", "dx": 6, "fontSize": FONT_SIZE, "font": FONT}
    mark |= options
    chart: alt.Chart = alt.Chart(values(rows)).mark_text(color=color, **mark).encode(x=x, y=y, text=alt.Text("text:N"))
    return chart


_SAYS = "@"
"""Marks the description of a point that says its values."""


def hover(rows: Iterable[Row], x: alt.X, y: alt.Y) -> alt.Chart:
    """Place points that are not seen until pointed at or stepped to; each says its values (field ``says``)."""
    rows = [{**row, "says": _SAYS + cut(visible(str(row["says"])), 200)} for row in rows if row["y"] is not None]
    chart: alt.Chart = (
        alt.Chart(values(rows)).mark_point(opacity=0).encode(x=x, y=y, description=alt.Description("says:N"))
    )
    return chart


def in_lines(label: str, limit: int) -> list[str]:
    """Break a label into at most two lines of ``limit`` characters, about alike; what does not fit is cut."""
    label = visible(label)
    if len(label) <= limit:
        return [label]
    for width in range(len(label) // 2, limit + 1):
        lines = textwrap.wrap(label, width, break_long_words=False)
        if len(lines) == 2 and max(map(len, lines)) <= limit:
            return lines
    first, second, *rest = textwrap.wrap(label, limit)
    return [first, second] if not rest else [first, second[: limit - 1].rstrip(" ,") + "…"]


_POINT = re.compile(
    rf'<path aria-label="{_SAYS}([^"]*)" role="graphics-symbol"[^>]*? transform="translate\(([^,]+),([^)]+)\)"[^>]*/>'
)
"""A point of :func:`hover` as vl-convert draws it: what it says, escaped, and its place in the plot."""
_OPENING = re.compile(r"^<svg[^>]*>")
_DROPPED = re.compile(r' (?:role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"')
_TAG = re.compile(r"<[^>]*>")
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_IDS = re.compile(r'\bid="([^"]+)"')
_EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]*/>|<g[^>]*></g>')


def to_svg(chart: Chart, size: Size, key: str, title: str, description: str) -> Markup:
    """Draw a chart as one inline ``<svg>`` with title and description, without ids that clash.

    Coordinates are rounded to a tenth of a pixel, which is finer than any eye and the same on every machine.
    Raises :class:`~auditor.errors.AuditorError` if this process may not reserve the address space that drawing takes.
    """
    require_for_charts()
    import vl_convert  # takes some time and much address space

    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec |= {
        "width": size.width,
        "height": size.height,
        "autosize": "none",
        "padding": {"left": size.left, "right": size.right, "top": size.top, "bottom": size.bottom},
        "config": {"font": FONT, "background": "transparent", "view": {"stroke": None}},
    }
    svg = vl_convert.vegalite_to_svg(spec)
    svg = _OPENING.sub("", svg).removesuffix("</svg>")
    for number, old in enumerate(dict.fromkeys(_IDS.findall(svg))):
        svg = svg.replace(f'id="{old}"', f'id="{key}-c{number}"').replace(f"url(#{old})", f"url(#{key}-c{number})")
    points = [
        f'<circle class="pt" cx="{float(left) + size.left:.1f}" cy="{float(top) + size.top:.1f}" r="6">'
        f"<title>{says}</title></circle>"
        for says, left, top in _POINT.findall(svg)
    ]
    svg = _DROPPED.sub("", _POINT.sub("", svg))
    svg = _TAG.sub(lambda tag: _LONG.sub(lambda hit: f"{round(float(hit[0]), 1):g}", tag[0]), svg)
    while (lighter := _EMPTY.sub("", svg)) != svg:
        svg = lighter
    width, height = size.outer
    opening = (
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(cut(visible(title), 400))}</title>'
        f'<desc id="{key}-d">{escape(cut(visible(description), 1000))}</desc>'
    )
    # vl-convert escapes every text it draws; title and description are escaped here
    return Markup(f"{opening}{svg}{''.join(points)}</svg>")  # noqa: S704
