"""Charts of differences with intervals, a row each: style criteria and linter rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from auditor.report import sentences
from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    QUIET,
    Figure,
    Size,
    Table,
    axis_x,
    figure,
    shorten,
    text_mark,
    values,
)
from auditor.report.reading import Interval, Json, rows
from auditor.report.text import count, p_value, percent

SHOWN_RULES = 12
"""Rules drawn; the table beside the chart holds all."""
_SIGN = "(datum.value > 0 ? '+' : '') + replace(format(datum.value*100, '~r'), '-', '−')"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of a forest."""

    label: str
    gap: Interval
    behind: str
    """How many tasks stand behind it."""


def criteria(model: Json, level: str, key: str = "style-criteria") -> Figure | None:
    """Draw the within-task difference of adherence per criterion, false positives minus true positives."""
    found = [row for row in rows(model, "style") if row.get("within_task")]
    if not found:
        return None
    lines = [
        Difference(
            row.get("title") or row["criterion"],
            Interval.of_difference(row["within_task"]),
            f"{count(row['tasks'])} tasks",
        )
        for row in found
    ]
    return figure(
        key,
        sentences.gap([line.gap for line in lines]),
        "Within a task, adherence of false positives minus that of true positives, in percentage points, per criterion "
        "with its interval; left of zero false positives adhere less. In colour: clear of zero after adjustment.",
        Table(
            ("criterion", "difference, points", f"{level} interval", "p (Holm)", "tasks", "true positives",
             "false positives"),
            [
                (
                    line.label, line.gap.points(), line.gap.points_span(), p_value(line.gap.p_adjusted),
                    count(row["tasks"]), count((row.get("programs") or {}).get("true_positive")),
                    count((row.get("programs") or {}).get("false_positive")),
                )
                for line, row in zip(lines, found, strict=True)
            ],
        ),
        lambda size: draw(lines, size, "false minus true positives, percentage points"),
        _sizes(len(lines)),
    )  # fmt: skip


def rules(model: Json, level: str) -> Figure | None:
    """Draw the rules whose share of programs differs most between the groups."""
    found = [row for row in rows(model, "style_rules") if row.get("difference") is not None]
    if not found:
        return None
    lines = [
        Difference(f"{row['rule']} {row['name']}", Interval.of_difference(row), f"{count(row['tasks'])} tasks")
        for row in found
    ]
    return figure(
        "style-rules",
        sentences.rules(found),
        "Share of false positives on which a linter's rule fires minus the share of true positives, in percentage "
        f"points with intervals; the {min(SHOWN_RULES, len(lines))} rules that differ most.",
        Table(
            ("tool", "rule", "name", "true positives", "false positives", "difference, points", f"{level} interval",
             "p (Holm)", "tasks", "programs"),
            [
                (row["tool"], row["rule"], row["name"], percent(row["true_positive"]), percent(row["false_positive"]),
                 line.gap.points(), line.gap.points_span(), p_value(line.gap.p_adjusted), count(row["tasks"]),
                 count(row.get("programs")))
                for line, row in zip(lines, found, strict=True)
            ],
            first_number=3,
        ),
        lambda size: draw(lines[:SHOWN_RULES], size, "false minus true positives, percentage points"),
        _sizes(min(SHOWN_RULES, len(lines))),
    )  # fmt: skip


def _ticks(edge: float) -> list[float]:
    """Choose round ticks on both sides of zero, two or three a side."""
    step = next(s for e in range(-3, 1) for s in (10.0**e, 2 * 10.0**e, 5 * 10.0**e) if 3 * s > edge)
    return [round(step * place, 6) for place in range(-3, 4) if abs(step * place) <= edge]


def _sizes(lines: int) -> tuple[Size, Size]:
    """One line of 30 px a row, or two lines of 42 px on a phone."""
    return (
        Size(300, 30 * lines, left=325, right=135, top=8, bottom=46),
        Size(304, 44 * lines, left=20, right=20, top=8, bottom=46, narrow=True),
    )


def draw(lines: Sequence[Difference], size: Size, title: str) -> Any:
    """Draw the rows in the order given: label, interval, figure; what is clear of zero in the accent."""
    edge = max(abs(bound or 0.0) for line in lines for bound in (line.gap.low, line.gap.high, line.gap.value))
    edge = max(0.01, edge * 1.08)
    # the plot's own sides, in the units of the axis, for texts that stand outside it
    unit = 2 * edge / size.width
    marks: list[dict[str, Any]] = [
        {
            "y": place, "at": place + (0.72 if size.narrow else 0.5), "x": line.gap.value,
            "low": line.gap.low, "high": line.gap.high, "clear": bool(line.gap.side),
            "text": shorten(line.label, 34 if size.narrow else 50),
            "figure": line.gap.points() + ("" if size.narrow else f"  · {line.behind}"),
        }
        for place, line in enumerate(lines)
    ]  # fmt: skip
    scale_y = alt.Scale(domain=[0, len(lines)], reverse=True, nice=False)
    y = alt.Y("at:Q", scale=scale_y, axis=None)
    x = alt.X("x:Q", scale=alt.Scale(domain=[-edge, edge], nice=False),
              axis=axis_x(title, ticks=_ticks(edge), label=_SIGN, grid=True))  # fmt: skip
    color = alt.condition("datum.clear", alt.value(ACCENT), alt.value(QUIET))
    base = alt.Chart(values(marks))
    zero = alt.Chart(values([{"x": 0}])).mark_rule(color=FAINT).encode(x=x)
    bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=5, opacity=0.3)
    dots = base.mark_circle(size=52, opacity=1)
    if size.narrow:
        side = [{**row, "x": -edge, "at": row["y"] + 0.3} for row in marks]
        figures = [{**row, "x": edge, "at": row["y"] + 0.3, "text": row["figure"]} for row in marks]
        labels = [text_mark(side, x, y, dx=-size.left + 2), text_mark(figures, x, y, align="right", dx=size.right - 2)]
    else:
        side = [{**row, "x": -edge - 12 * unit} for row in marks]
        figures = [{**row, "x": edge + 10 * unit, "text": row["figure"]} for row in marks]
        labels = [text_mark(side, x, y, align="right", dx=0, color=INK), text_mark(figures, x, y, dx=0, color=QUIET)]
    return alt.layer(
        zero,
        bars.encode(x=alt.X("low:Q", scale=x["scale"]), x2="high:Q", y=y, color=color),
        dots.encode(x=x, y=y, color=color),
        *labels,
    )
