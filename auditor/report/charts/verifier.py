"""Charts of the imperfect verifier: what is false by attempt, by number of tests, and after style has its say."""

from __future__ import annotations

import math
from typing import Any, Literal

import altair as alt

from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    PERCENT,
    PLAIN,
    Chart,
    Figure,
    Size,
    Table,
    axis_x,
    axis_y,
    figure,
    hover,
    narrow,
    text_mark,
    values,
)
from auditor.report.reading import percent_of, percent_span, percent_whole
from auditor.report.sentences import curves, names
from auditor.report.text import count, number, percent, plural
from auditor.results import AttemptBucket, Estimate, ModelAnalysis, RocPoint, SecondVerifier

MANY_TESTS = 20
"""Base tests of a task above which the axis of their number is logarithmic."""


def by_attempt(model: ModelAnalysis, level: str) -> Figure | None:
    """Draw the share false among answers first accepted at an attempt, by bucket."""
    buckets = [row for row in model.attempt_buckets if row.share_false.known]
    if len(buckets) < 2:
        return None
    points = [_point(_bucket(row), row.share_false, f"attempt {_bucket(row)}") for row in buckets]
    body = [
        (_bucket(row), percent_of(row.share_false), percent_span(row.share_false), percent(row.accepted))
        for row in buckets
    ]

    def draw(size: Size) -> Chart:
        order = [point["x"] for point in points]
        starts = axis_x("accepted at attempt (start of range)", label="split(datum.value, '–')[0]")
        x = alt.X("x:O", sort=order, axis=starts, scale=alt.Scale(paddingInner=0.4))
        return alt.layer(*_ranges(points, x, size, names.WRONG))

    return figure(
        "by-attempt",
        curves.by_attempt(buckets),
        "Points with intervals: of the answers accepted at an attempt in the range, the share that is wrong.",
        Table(("attempt", "wrong", f"{level} interval", "of all tasks"), body),
        draw,
        (narrow(190, right=12),),
    )


def _point(x: str | int, share: Estimate, where: str) -> dict[str, Any]:
    says = f"{where}: {percent_whole(share, 1)} wrong"
    return {"x": x, "y": share.value, "low": share.low, "high": share.high, "says": says}


def _bucket(row: AttemptBucket) -> str:
    return str(row.first) if row.first == row.last else f"{row.first}–{row.last}"


def _ranges(points: list[dict[str, Any]], x: alt.X, size: Size, title: str) -> list[alt.Chart]:
    """Draw points with vertical intervals on an axis of shares from 0."""
    top = min(1.0, max(point["high"] or point["y"] for point in points) * 1.1 + 0.02)
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("y:Q", scale=scale, axis=axis_y(title, size=size, ticks=4, label=PERCENT))
    base = alt.Chart(values(points))
    bars = base.transform_filter("isValid(datum.low)").mark_rule(color=ACCENT, strokeWidth=5, opacity=0.3)
    return [
        bars.encode(x=x, y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
        base.mark_circle(color=ACCENT, size=46, opacity=1).encode(x=x, y=y),
        hover(points, x, y),
    ]


def base_tests(model: ModelAnalysis, level: str) -> Figure | None:
    """Draw the false discovery rate against the number of base tests kept."""
    found = [row for row in model.base_tests or () if row.false_discovery_rate.known]
    if len(found) < 2:
        return None
    points = [_point(row.tests, row.false_discovery_rate, plural(row.tests, "base test")) for row in found]
    body = [
        (count(row.tests), percent_of(row.false_discovery_rate), percent_span(row.false_discovery_rate))
        for row in found
    ]

    def draw(size: Size) -> Chart:
        top = min(1.0, max(point["high"] or point["y"] for point in points) * 1.1 + 0.02)
        scale = alt.Scale(domain=[0, top], nice=False)
        first, last = points[0]["x"], points[-1]["x"]
        # most of the fall is at the first few tests, which a linear axis to a hundred would squeeze into its edge
        kind: Literal["symlog", "linear"] = "symlog" if last > MANY_TESTS else "linear"
        ticks = _steps(first, last, size.width) if last > MANY_TESTS else _whole(first, last)
        x = alt.X("x:Q", scale=alt.Scale(domain=[first, last], nice=False, type=kind),
                  axis=axis_x("base tests per task, at most", ticks=ticks, label=PLAIN))  # fmt: skip
        y = alt.Y("y:Q", scale=scale, axis=axis_y("accepted samples that are wrong", size=size, ticks=4, label=PERCENT))
        base = alt.Chart(values(points))
        band = base.transform_filter("isValid(datum.low)").mark_area(color=ACCENT, opacity=0.14)
        return alt.layer(
            band.encode(x=x, y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
            base.mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y),
            hover(points, x, y),
            text_mark([{**points[-1], "text": percent(points[-1]["y"], 0)}], x, y, color=ACCENT),
        )

    return figure(
        "base-tests",
        curves.base_tests(found),
        "The share of accepted samples that is wrong if only so many of a task's base tests were run, averaged over "
        f"all such choices; with more than {MANY_TESTS} tests the axis is logarithmic.",
        Table(("base tests per task, at most", "wrong", f"{level} interval"), body),
        draw,
        (narrow(190, right=48),),
        curves.base_tests_note(found, model.false_discovery_rate, model.tasks),
    )


def roc(second: SecondVerifier) -> Figure | None:
    """Draw how many correct and wrong accepted programs a minimum style score keeps."""
    curve = second.roc
    if len(curve) < 2:
        return None
    points = sorted(
        ({"x": row.false_positive_rate, "y": row.true_positive_rate} for row in curve),
        key=lambda point: (point["x"], point["y"]),
    )
    step = max(1, len(curve) // 12)
    body = [
        (_demanded(row), percent(row.true_positive_rate), percent(row.false_positive_rate)) for row in curve[::step]
    ]

    def draw(size: Size) -> Chart:
        scale = alt.Scale(domain=[0, 1], nice=False)
        label = axis_x("wrong programs kept", ticks=[0, 0.25, 0.5, 0.75, 1], label=PERCENT)
        x = alt.X("x:Q", scale=scale, axis=label)
        y = alt.Y("y:Q", scale=scale, axis=axis_y("correct programs kept", size=size, ticks=4, label=PERCENT))
        chance = alt.Chart(values([{"x": 0, "y": 0}, {"x": 1, "y": 1}])).mark_line(color=FAINT, strokeDash=[2, 3])
        line = alt.Chart(values(points)).mark_line(color=INK, strokeWidth=2).encode(x=x, y=y, order=alt.Order("y:Q"))
        middle = [{"x": 0.98, "y": 0.05, "text": "dotted: equal shares"}]
        names = [text_mark(middle, x, y, color="var(--ink-3)", align="right")]
        says = [
            {"x": row.false_positive_rate, "y": row.true_positive_rate,
             "says": f"score {_demanded(row)}: {percent(row.true_positive_rate)} of correct and "
                     f"{percent(row.false_positive_rate)} of wrong ones kept"}
            for row in curve[::step]
        ]  # fmt: skip
        return alt.layer(chance.encode(x=x, y=y), line, hover(says, x, y), *names)

    return figure(
        "second-verifier-roc",
        "Correct and wrong programs kept as the minimum style score rises",
        "Share of correct accepted programs kept against the share of wrong ones kept, as the score demanded rises.",
        Table(("score at least, of 100", "correct kept", "wrong kept"), body),
        draw,
        (narrow(220, right=20),),
        note="The shares are of all accepted programs together, not within tasks.",
    )


def _demanded(row: RocPoint) -> str:
    """Write a threshold as points of 100; the last one is above every score."""
    kept = row.true_positive_rate or row.false_positive_rate
    return number(100 * row.threshold, 0) if kept else "more than any"


def _steps(first: int, last: int, width: int) -> list[float]:
    """Choose round ticks of a logarithmic axis that may begin at 0, both ends among them, apart enough to be read."""
    inner = [mantissa * 10**power for power in range(6) for mantissa in (1, 2, 5)]
    room = 26 * math.log1p(last) / width
    kept = [at for at in inner if first < at < last and math.log1p(last) - math.log1p(at) > room]
    return [first, *kept, last]


def _whole(first: int, last: int) -> list[float]:
    """Choose at most seven whole ticks, both ends among them."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000, 10**9) if (last - first) / s <= 6)
    return [first, *(at for at in range(first + step, last, step) if last - at > 0.6 * step), last]
