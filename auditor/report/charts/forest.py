"""Charts of differences with intervals, a row each: style criteria and rules of selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    QUIET,
    RULE,
    Chart,
    Figure,
    Size,
    Table,
    axis_x,
    figure,
    hover,
    in_lines,
    text_mark,
    values,
)
from auditor.report.reading import points_of, points_span
from auditor.report.sentences import style
from auditor.report.sentences.differences import verdict_whole
from auditor.report.text import count, plural
from auditor.results import CriterionGap, Difference

_SIGN = "(datum.value > 0 ? '+' : '') + replace(format(datum.value*100, '~r'), '-', '−')"


@dataclass(frozen=True, slots=True)
class ForestLine:
    """One row of a forest."""

    label: str
    gap: Difference
    behind: str
    """How many tasks are behind it."""


def criteria(
    found: Sequence[CriterionGap], level: str, key: str = "style-criteria", note: str = "", *, left_out: bool = True
) -> Figure | None:
    """Draw the within-task difference of adherence per criterion, false positives minus true positives.

    A criterion with too few tasks has no row; the note names it if ``left_out``. ``None`` where none has enough.
    """
    compared = [(row, gap) for row in found if (gap := row.compared)]
    if not compared:
        return None
    without = [(row.title or row.criterion, row.tasks) for row in found if left_out and not row.compared]
    few = style.criteria_left_out(len(found), without)
    lines = [ForestLine(row.title or row.criterion, gap, plural(row.tasks, "task")) for row, gap in compared]
    return figure(
        key,
        style.gaps([line.gap for line in lines]),
        "How much more often wrong programs meet each criterion than correct ones of the same task, in percentage "
        "points, with intervals; left of zero, wrong programs meet it less often. In colour: clear.",
        Table(
            ("criterion", "difference, points", f"{level} interval", "verdict", "tasks", "correct programs",
             "wrong programs"),
            [
                (
                    line.label, points_of(line.gap), points_span(line.gap), verdict_whole(line.gap),
                    count(row.tasks), count(row.programs.true_positive), count(row.programs.false_positive),
                )
                for line, (row, _) in zip(lines, compared, strict=True)
            ],
        ),
        lambda size: draw(lines, size, "share that meets it, wrong minus correct, points"),
        sizes(lines),
        note=" ".join(filter(None, (style.only_interval([(line.label, line.gap) for line in lines]), few, note))),
    )  # fmt: skip


def _ticks(edge: float) -> list[float]:
    """Choose round ticks on both sides of zero, two or three a side."""
    step = next(s for e in range(-3, 1) for s in (10.0**e, 2 * 10.0**e, 5 * 10.0**e) if 3 * s > edge)
    return [round(step * place, 6) for place in range(-3, 4) if abs(step * place) <= edge]


_LABEL, _LABEL_NARROW = 50, 38
"""Characters of a line of a label, beside the plot and, on a phone, above its bar."""


def sizes(lines: Sequence[ForestLine]) -> tuple[Size, Size]:
    """Choose rows of 30 px, on a phone of 44 px; higher ones where a label takes two lines."""
    tall, tall_narrow = (any(len(in_lines(row.label, limit)) > 1 for row in lines) for limit in (_LABEL, _LABEL_NARROW))
    return (
        Size(300, (37 if tall else 30) * len(lines), left=325, right=135, top=8, bottom=46),
        Size(304, (60 if tall_narrow else 44) * len(lines), left=20, right=20, top=8, bottom=46, narrow=True),
    )


def _grid_at_bars(
    marks: Sequence[dict[str, Any]], edge: float, reach: float, x: alt.X, scale: alt.Scale
) -> list[alt.Chart]:
    """Draw the grid only beside each bar, so that no line crosses a label above it; ``reach`` is in rows."""
    top, bottom = alt.Y("top:Q", scale=scale, axis=None), alt.Y2("bottom:Q")
    drawn = []
    for ticks, color in (([at for at in _ticks(edge) if at], RULE), ([0.0], FAINT)):
        rows = [{"x": at, "top": mark["at"] - reach, "bottom": mark["at"] + reach} for mark in marks for at in ticks]
        drawn.append(alt.Chart(values(rows)).mark_rule(color=color).encode(x=x, y=top, y2=bottom))
    return drawn


def draw(lines: Sequence[ForestLine], size: Size, title: str) -> Chart:
    """Draw the rows in the order given: label, interval, figure; what is clear of zero in the accent."""
    edge = max(abs(bound or 0.0) for line in lines for bound in (line.gap.low, line.gap.high, line.gap.value))
    edge = max(0.01, edge * 1.08)
    # the plot's own sides, in the units of the axis, for texts outside it
    unit, row = 2 * edge / size.width, size.height / len(lines)
    labels = [in_lines(line.label, _LABEL_NARROW if size.narrow else _LABEL) for line in lines]
    marks: list[dict[str, Any]] = [
        {
            "y": place, "x": line.gap.value,
            # on a phone close below its label's last line
            "at": place + (17 + 15 * len(text)) / row if size.narrow else place + 0.5,
            "low": line.gap.low, "high": line.gap.high, "clear": bool(line.gap.side), "text": text,
            "figure": points_of(line.gap) + ("" if size.narrow else f"  · {line.behind}"),
        }
        for place, (line, text) in enumerate(zip(lines, labels, strict=True))
    ]  # fmt: skip
    scale_y = alt.Scale(domain=[0, len(lines)], reverse=True, nice=False)
    y = alt.Y("at:Q", scale=scale_y, axis=None)
    x = alt.X("x:Q", scale=alt.Scale(domain=[-edge, edge], nice=False),
              axis=axis_x(title, ticks=_ticks(edge), label=_SIGN, grid=not size.narrow))  # fmt: skip
    color = alt.ColorValue(QUIET, condition={"test": "datum.clear", "value": ACCENT})
    base = alt.Chart(values(marks))
    zero = alt.Chart(values([{"x": 0}])).mark_rule(color=FAINT).encode(x=x)
    bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=5, opacity=0.3)
    dots = base.mark_circle(size=52, opacity=1)
    if size.narrow:
        side = [{**mark, "x": -edge, "at": mark["y"] + 13 / row} for mark in marks]
        figures = [{**mark, "x": edge, "at": mark["y"] + 13 / row, "text": mark["figure"]} for mark in marks]
        texts = [text_mark(side, x, y, dx=-size.left + 2), text_mark(figures, x, y, align="right", dx=size.right - 2)]
    else:
        # lines hang from the place of the first
        side = [{**mark, "x": -edge - 12 * unit, "at": mark["at"] - 7.5 * (len(mark["text"]) - 1) / row}
                for mark in marks]  # fmt: skip
        figures = [{**mark, "x": edge + 10 * unit, "text": mark["figure"]} for mark in marks]
        texts = [text_mark(side, x, y, align="right", dx=0, color=INK), text_mark(figures, x, y, dx=0, color=QUIET)]
    says = [
        {"x": line.gap.value, "at": mark["at"], "y": 0,
         "says": f"{line.label}: {points_of(line.gap)} points ({points_span(line.gap)}), {line.behind}"}
        for line, mark in zip(lines, marks, strict=True)
    ]  # fmt: skip
    return alt.layer(
        *(_grid_at_bars(marks, edge, 9 / row, x, scale_y) if size.narrow else [zero]),
        bars.encode(x=alt.X("low:Q", scale=x["scale"]), x2=alt.X2("high:Q"), y=y, color=color),
        dots.encode(x=x, y=y, color=color),
        hover(says, x, y),
        *texts,
    )
