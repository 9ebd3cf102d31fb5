"""The chart over models: conditional accuracy against single-sample accuracy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import altair as alt

from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    PERCENT,
    QUIET,
    Chart,
    Figure,
    Size,
    Table,
    axis_x,
    axis_y,
    figure,
    hover,
    text_mark,
    values,
)
from auditor.report.charts.labels import Box, place_labels
from auditor.report.reading import percent_of, percent_span, percent_whole
from auditor.report.sentences import across as words
from auditor.report.sentences import names
from auditor.report.text import brief
from auditor.results import ModelAnalysis, ModelLine, ReportDocument

NAMES_ON_A_PHONE = 6
"""Above so many models a phone's chart shows their numbers in the table instead of names."""
LEADER_FROM = 12.0
"""Pixels from a point to its name above which a hairline joins them."""
_DOTTED = 0.03
"""Height of the words about the diagonal, at the right below it, where no model is."""
ENDS, TICKS = (0.0, 1.0), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Of both axes, so that the diagonal is seen to be one."""


def scatter(document: ReportDocument, level: str) -> Figure | None:
    """Draw each model's conditional accuracy against its single-sample accuracy, with the fitted line."""
    models = [m for m in document.models if m.conditional_accuracy.known and m.single_sample_accuracy.known]
    if len(models) < 2:
        return None
    body = []
    for model in models:
        x, y = model.single_sample_accuracy, model.conditional_accuracy
        body.append((model.model, percent_of(x), percent_span(x), percent_of(y), percent_span(y)))
    numbered = len(models) > NAMES_ON_A_PHONE
    numbers = {model.model: str(place) for place, model in enumerate(document.models, 1)}
    fit = document.across.line
    fit = fit if fit and fit.side and fit.models >= words.LEAST_MODELS else None  # no line is drawn that is not claimed
    correct = words.correct_within(models[0])
    return figure(
        "scatter",
        words.line(document.across),
        f"A point per model: across, {names.SINGLE}; upwards, {correct}; both with intervals"
        f"{', and the fitted line' if fit else ''}. On the dotted diagonal the two shares are equal.",
        Table(("model", names.SINGLE, f"{level} interval", correct, f"{level} interval"), body),
        lambda size: _draw(models, fit, size, numbers if size.narrow and numbered else {}),
        (
            Size(650, 440, left=56, right=54, bottom=46),
            Size(256, 300, left=44, right=44, bottom=46, narrow=True),
        ),
        note=words.equal(models[0]) + (f" {words.fitted(fit)}" if fit else ""),
        note_narrow="The numbers are those of the table of models." if numbered else "",
    )


@dataclass(frozen=True, slots=True)
class Plane:
    """The plot of two shares, from data to pixels and back; pixels run from the upper left corner."""

    size: Size

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Place a point of the data."""
        return x * self.size.width, (1 - y) * self.size.height

    def data(self, left: float, top: float) -> tuple[float, float]:
        """Read a pixel as data."""
        return left / self.size.width, 1 - top / self.size.height


def _draw(models: Sequence[ModelAnalysis], fit: ModelLine | None, size: Size, numbers: dict[str, str]) -> Chart:
    points = [_spot(model) for model in models]
    plane, scale = Plane(size), alt.Scale(domain=ENDS, nice=False)
    x = alt.X("x:Q", scale=scale, axis=axis_x(names.SINGLE, label=PERCENT, ticks=TICKS))
    y = alt.Y("y:Q", scale=scale, axis=axis_y(words.correct_within(models[0]), size=size, label=PERCENT))
    diagonal = [{"x": value, "y": value} for value in ENDS]
    layers: list[alt.Chart] = [
        alt.Chart(values(diagonal)).mark_line(color=FAINT, strokeDash=[1, 4], clip=True).encode(x=x, y=y)
    ]
    layers.append(
        text_mark([{"x": 0.985, "y": _DOTTED, "text": "dotted: equal shares"}], x, y, color=QUIET, align="right")
    )
    if fit:
        name = [{"x": 1.0, "y": fit.at(1.0), "text": "fit"}]
        layers += [text_mark(name, x, y, color=ACCENT)] if 0 < fit.at(1.0) <= 1 else []
        ends = [{"x": at, "y": fit.at(at)} for at in ENDS]
        layers.append(alt.Chart(values(ends)).mark_line(color=ACCENT, strokeWidth=1.5, clip=True).encode(x=x, y=y))
    base = alt.Chart(values(map(asdict, points)))
    whisker: dict[str, Any] = {"color": INK, "opacity": 0.22, "strokeWidth": 1, "clip": True}
    upright = base.transform_filter("isValid(datum.low)").mark_rule(**whisker)
    flat = base.transform_filter("isValid(datum.x_low)").mark_rule(**whisker)
    layers += [
        upright.encode(x=x, y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
        flat.encode(x=alt.X("x_low:Q", scale=scale), x2=alt.X2("x_high:Q"), y=y),
        base.mark_circle(color=INK, size=54, opacity=1).encode(x=x, y=y),
    ]
    says = [
        {**asdict(point), "says": f"{brief(m.model, 40)}: {percent_whole(m.single_sample_accuracy, 1)} of single "
                                  f"answers are correct, {percent_whole(m.conditional_accuracy, 1)} of accepted ones"}
        for point, m in zip(points, models, strict=True)
    ]  # fmt: skip
    layers.append(hover(says, x, y))
    labels = [numbers.get(m.model) or brief(m.model, 26) for m in models]
    return alt.layer(*layers, *_names(points, labels, plane, _in_the_way(points, fit, plane), x, y))


@dataclass(frozen=True, slots=True)
class Spot:
    """A model's point with both intervals, as the chart takes it."""

    x: float
    y: float
    x_low: float | None
    x_high: float | None
    low: float | None
    high: float | None


def _spot(model: ModelAnalysis) -> Spot:
    x, y = model.single_sample_accuracy, model.conditional_accuracy
    return Spot(x.value or 0.0, y.value or 0.0, x.low, x.high, y.low, y.high)


def _in_the_way(points: Sequence[Spot], fit: ModelLine | None, plane: Plane) -> list[Box]:
    """List what names had better not cover: the whiskers, and both lines in short steps."""
    boxes = []
    for point in points:
        across = (point.x_low, point.x_high, point.y, point.y)
        upright = (point.x, point.x, point.high, point.low)
        for left, right, top, bottom in (across, upright):
            if left is not None and right is not None and top is not None and bottom is not None:
                (x1, y1), (x2, y2) = plane.pixel(left, top), plane.pixel(right, bottom)
                boxes.append(Box(x1 - 1.5, y1 - 1.5, x2 + 1.5, y2 + 1.5))
    lines: list[Callable[[float], float]] = [float, fit.at] if fit else [float]  # float: the diagonal
    for line in lines:
        for left in range(0, plane.size.width, 6):
            at, _ = plane.data(left, 0)
            _, top = plane.pixel(at, line(at))
            boxes.append(Box(left, top - 2, left + 6, top + 2))
    return boxes


def _names(
    points: Sequence[Spot], names: Sequence[str], plane: Plane, in_the_way: Sequence[Box], x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Write the names where they cover nothing, with a hairline to the point where one is apart."""
    pixels = [plane.pixel(point.x, point.y) for point in points]
    area = Box(2, -6, plane.size.width - 2, plane.size.height - 2)
    boxes = place_labels(pixels, names, area, soft=in_the_way)
    texts, leaders = [], []
    for (left, top), box, name in zip(pixels, boxes, names, strict=True):
        at = plane.data((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        texts.append({"x": at[0], "y": at[1], "text": name})
        near = (min(max(left, box.left), box.right), min(max(top, box.top), box.bottom))
        if math.dist(near, (left, top)) > LEADER_FROM:
            start, end = plane.data(left, top), plane.data(*near)
            leaders.append({"x": start[0], "y": start[1], "x2": end[0], "y2": end[1]})
    marks = [text_mark(texts, x, y, align="center", dx=0)]
    if leaders:
        line = alt.Chart(values(leaders)).mark_rule(color=QUIET, strokeWidth=0.7)
        marks.insert(0, line.encode(x=x, y=y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q")))
    return marks
