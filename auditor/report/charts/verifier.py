"""Charts of the imperfect verifier: what is false by attempt, by number of tests, and after style has its say."""

from __future__ import annotations

from typing import Any

import altair as alt

from auditor.report import sentences
from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    PERCENT,
    PLAIN,
    Figure,
    Size,
    Table,
    axis_x,
    axis_y,
    figure,
    narrow,
    text_mark,
    values,
)
from auditor.report.reading import Interval, Json, rows
from auditor.report.text import count, number, percent


def by_attempt(model: Json, level: str) -> Figure | None:
    """Draw the share false among answers first accepted at an attempt, by bucket."""
    buckets = [row for row in rows(model, "attempt_buckets") if row.get("share_false") is not None]
    if not buckets:
        return None
    points = [
        {"x": _bucket(row), "y": row["share_false"], "low": row.get("low"), "high": row.get("high")} for row in buckets
    ]
    body = [
        (p["x"], percent(p["y"]), Interval(p["y"], p["low"], p["high"]).span(), percent(row.get("accepted")))
        for p, row in zip(points, buckets, strict=True)
    ]

    def draw(size: Size) -> Any:
        order = [point["x"] for point in points]
        starts = axis_x("first pass at attempt (start of range)", label="split(datum.value, '–')[0]")
        x = alt.X("x:O", sort=order, axis=starts, scale=alt.Scale(paddingInner=0.4))
        return alt.layer(*_ranges(points, x, size, "share that is false"))

    return figure(
        "by-attempt",
        sentences.by_attempt(buckets),
        "Points with intervals: among answers first accepted at an attempt in the range, the share that is false.",
        Table(("attempt", "false", f"{level} interval", "of all tasks"), body),
        draw,
        (narrow(190, right=12),),
    )


def _bucket(row: Json) -> str:
    return str(row["from"]) if row["from"] == row["to"] else f"{row['from']}–{row['to']}"


def _ranges(points: list[dict[str, Any]], x: Any, size: Size, title: str) -> list[Any]:
    """Draw points with vertical intervals on an axis of shares from 0."""
    top = min(1.0, max(point["high"] or point["y"] for point in points) * 1.1 + 0.02)
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("y:Q", scale=scale, axis=axis_y(title, size=size, ticks=4, label=PERCENT))
    base = alt.Chart(values(points))
    bars = base.transform_filter("isValid(datum.low)").mark_rule(color=ACCENT, strokeWidth=5, opacity=0.3)
    return [
        bars.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_circle(color=ACCENT, size=46, opacity=1).encode(x=x, y=y),
    ]


def base_tests(model: Json, level: str) -> Figure | None:
    """Draw the false discovery rate against the number of base tests kept."""
    found = [row for row in rows(model, "base_tests") if row.get("false_discovery_rate") is not None]
    if len(found) < 2:
        return None
    points = [
        {"x": row["tests"], "y": row["false_discovery_rate"], "low": row.get("low"), "high": row.get("high")}
        for row in found
    ]
    body = [(count(p["x"]), percent(p["y"]), Interval(p["y"], p["low"], p["high"]).span()) for p in points]

    def draw(size: Size) -> Any:
        top = min(1.0, max(point["high"] or point["y"] for point in points) * 1.1 + 0.02)
        scale = alt.Scale(domain=[0, top], nice=False)
        first, last = points[0]["x"], points[-1]["x"]
        x = alt.X("x:Q", scale=alt.Scale(domain=[first, last], nice=False),
                  axis=axis_x("base tests per task", ticks=_whole(first, last), label=PLAIN))  # fmt: skip
        y = alt.Y("y:Q", scale=scale, axis=axis_y("share that is false", size=size, ticks=4, label=PERCENT))
        base = alt.Chart(values(points))
        band = base.transform_filter("isValid(datum.low)").mark_area(color=ACCENT, opacity=0.14)
        return alt.layer(
            band.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
            base.mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y),
            text_mark([{**points[-1], "text": percent(points[-1]["y"], 0)}], x, y, color=ACCENT),
        )

    return figure(
        "base-tests",
        sentences.base_tests(found),
        "The false discovery rate if only so many of a task's base tests were run, averaged over all such choices.",
        Table(("base tests per task", "false", f"{level} interval"), body),
        draw,
        (narrow(190, right=48),),
    )


def roc(model: Json, level: str) -> Figure | None:
    """Draw how well the style score tells correct accepted programs from false ones."""
    second = model.get("second_verifier") or {}
    curve = rows(second, "roc")
    if len(curve) < 2:
        return None
    area = Interval.of(second.get("auc_within_task"))
    points = sorted(
        ({"x": row["false_positive_rate"], "y": row["true_positive_rate"]} for row in curve),
        key=lambda point: (point["x"], point["y"]),
    )
    step = max(1, len(curve) // 12)
    body = [
        (_demanded(row), percent(row["true_positive_rate"]), percent(row["false_positive_rate"]))
        for row in curve[::step]
    ]

    def draw(size: Size) -> Any:
        scale = alt.Scale(domain=[0, 1], nice=False)
        label = axis_x("false ones kept", ticks=[0, 0.25, 0.5, 0.75, 1], label=PERCENT)
        x = alt.X("x:Q", scale=scale, axis=label)
        y = alt.Y("y:Q", scale=scale, axis=axis_y("correct ones kept", size=size, ticks=4, label=PERCENT))
        chance = alt.Chart(values([{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(color=FAINT, strokeDash=[2, 3])
        line = alt.Chart(values(points)).mark_line(color=INK, strokeWidth=2).encode(x=x, y=y, order="y:Q")
        middle = [{"x": 0.5, "y": 0.42, "text": "chance"}]
        return alt.layer(chance.encode(x=x, y=y), line, text_mark(middle, x, y, color="var(--ink-3)", align="left"))

    return figure(
        "second-verifier-roc",
        sentences.second_verifier(area),
        "Share of correct accepted programs kept against the share of false ones kept, as the score demanded rises.",
        Table(("score at least, of 100", "correct kept", "false kept"), body),
        draw,
        (narrow(220, right=20),),
        note="The curve is over all programs. Within tasks, a right program scores higher than a wrong one "
        f"{number(area.value)} of the times (0.50: chance"
        + (f"; {level} interval {number(area.low)} to {number(area.high)})." if area.bounded else ")."),
    )


def _demanded(row: Json) -> str:
    """Write a threshold as points of 100; the last one is above every score."""
    kept = row["true_positive_rate"] or row["false_positive_rate"]
    return number(100 * row["threshold"], 0) if kept else "more than any"


def _whole(first: int, last: int) -> list[float]:
    """Choose at most seven whole ticks, both ends among them."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000, 10**9) if (last - first) / s <= 6)
    return [first, *(at for at in range(first + step, last, step) if last - at > 0.6 * step), last]
