"""A model's figures by slices of the tasks: a row per slice, a panel per figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.report.charts.frame import ACCENT, FAINT, INK, Chart, Figure, Size, Table, figure
from auditor.report.charts.panels import Canvas, Scale, baseline_rule, bounds_of, rounded_up, ticks
from auditor.report.reading import percent_of, percent_span, percent_whole, points_of, points_span
from auditor.report.sentences import names
from auditor.report.sentences import slices as words
from auditor.report.text import brief, count, percent, plural
from auditor.results import UNDEFINED, Difference, Estimate, ModelAnalysis, SliceFigures, Slicing

MOST_DRAWN = 12
"""Slices drawn; the table has all."""
_ROW, _TOP, _BOTTOM = 30, 42, 34
_LABEL, _LABEL_CHARACTERS = 204, 22


@dataclass(frozen=True, slots=True)
class _Shown:
    """One figure of a slice, its name, and how it differs from the other tasks."""

    name: str
    value: Callable[[SliceFigures], Estimate]
    gap: Callable[[SliceFigures], Difference | None]
    whole: Estimate
    """Of all tasks."""


def charts(model: ModelAnalysis, level: str) -> list[Figure]:
    """Draw each grouping that has a slice with figures."""
    return [_figure(model, found, place, level) for place, found in enumerate(model.slices) if found.slices]


def told(model: ModelAnalysis) -> list[str]:
    """Say of the groupings without any figures what there is."""
    return [f"{found.by}: {words.note(found)}" for found in model.slices if not found.slices]


def _figure(model: ModelAnalysis, found: Slicing, place: int, level: str) -> Figure:
    shown = [
        _Shown(names.SINGLE, lambda one: one.single_sample_accuracy, lambda one: one.accuracy_difference,
               model.single_sample_accuracy),
        _Shown(names.WRONG, lambda one: one.false_discovery_rate, lambda one: one.false_discovery_difference,
               model.false_discovery_rate),
    ]  # fmt: skip
    drawn = found.slices[:MOST_DRAWN]
    left_out = len(found.slices) - len(drawn)
    note = words.note(found) + (f" {plural(left_out, 'slice')} more in the figures." if left_out else "")
    return figure(
        f"slices-{place}",
        words.title(found),
        "A row per slice, with its number of tasks; a panel per figure, each with its interval. The dotted line is the "
        "figure over all tasks. In colour: clearly unlike the other tasks.",
        _table(found, shown, level),
        lambda size: _draw(drawn, shown, size),
        (_size(drawn, narrow=False), _size(drawn, narrow=True)),
        note=note.strip(),
    )


def _table(found: Slicing, shown: Sequence[_Shown], level: str) -> Table:
    head = ["slice", "tasks", "samples"]
    for one in shown:
        head += [one.name, f"{level} interval", "minus other tasks, points", f"{level} interval"]
    body = []
    for row in found.slices:
        cells = [row.name, count(row.tasks), count(row.samples)]
        for one in shown:
            value, gap = one.value(row), one.gap(row) or UNDEFINED
            cells += [percent_of(value), percent_span(value), points_of(gap), points_span(gap)]
        body.append(cells)
    return Table(head, body)


def _size(drawn: Sequence[SliceFigures], *, narrow: bool) -> Size:
    if narrow:
        return Size(336, 2 * (_TOP + _BOTTOM + (_ROW + 12) * len(drawn)), 2, 2, 2, 2, narrow=True)
    return Size(756, _TOP + _BOTTOM + _ROW * len(drawn), 2, 2, 2, 2)


def _draw(drawn: Sequence[SliceFigures], shown: Sequence[_Shown], size: Size) -> Chart:
    canvas = Canvas(size)
    if size.narrow:
        height = size.height / 2
        for place, one in enumerate(shown):
            _panel(canvas, drawn, one, (16, 286), place * height, _ROW + 12, labelled=True)
        return canvas.chart()
    width = (size.width - _LABEL) / 2
    for at, row in enumerate(drawn):
        y = _TOP + _ROW * (at + 0.5)
        canvas.text(_LABEL - 14, y, _label(row), align="right", color=INK)
    for place, one in enumerate(shown):
        left = _LABEL + place * width
        _panel(canvas, drawn, one, (left, left + width - 62), 0, _ROW, labelled=False)
    return canvas.chart()


def _label(row: SliceFigures) -> str:
    return f"{brief(row.name, _LABEL_CHARACTERS)} · {row.tasks}"


def _panel(
    canvas: Canvas,
    drawn: Sequence[SliceFigures],
    one: _Shown,
    sides: tuple[float, float],
    top: float,
    step: float,
    *,
    labelled: bool,
) -> None:
    """Draw one figure of every slice; ``labelled`` writes each slice's name above its row."""
    ends = [end for row in drawn for end in (one.value(row).high, one.value(row).value)]
    high = rounded_up(max(bounds_of([*ends, one.whole.value])[1], 0.01), 1.0)
    x = Scale(0.0, high, *sides)
    first, last = top + _TOP, top + _TOP + step * len(drawn)
    canvas.text(sides[0], top + 10, one.name, color=INK)
    middles = [first + step * (place + (0.72 if labelled else 0.5)) for place in range(len(drawn))]
    # On a phone a slice's name is above its row, so lines across are broken there.
    parts = [(y - 10, y + 10) for y in middles] if labelled else [(first, last)]
    for tick in ticks(0.0, high, 4):
        for start, end in parts:
            canvas.rule((x(tick), start), (x(tick), end))
        canvas.text(x(tick), last + 14, percent(tick, 0 if high > 0.05 else 1), align="center")
    baseline_rule(canvas, *sides, last)
    if one.whole.value is not None:
        at = x(one.whole.value)
        for start, end in parts:
            canvas.rule((at, start), (at, end), color=FAINT, width=1.5, dotted=True)
        canvas.text(at, first - 12, f"all {percent(one.whole.value, 0)}", align="center")
    for y, row in zip(middles, drawn, strict=True):
        if labelled:
            canvas.text(sides[0] - 12, y - 18, _label(row), color=INK)
        _row(canvas, row, one, x, y, sides[1])


def _row(canvas: Canvas, row: SliceFigures, one: _Shown, x: Scale, y: float, right: float) -> None:
    value, gap = one.value(row), one.gap(row)
    if value.value is None:
        canvas.text(right + 8, y, "none")
        return
    color = ACCENT if gap is not None and gap.side else INK
    if value.low is not None and value.high is not None:
        canvas.rule((x(value.low), y), (x(value.high), y), color=color, width=5, opacity=0.3)
    against = f"; {points_of(gap)} points ({points_span(gap)}) against the other tasks" if gap is not None else ""
    says = f"{brief(row.name, 40)}, {plural(row.tasks, 'task')}: {one.name} {percent_whole(value, 1)}{against}"
    canvas.dot(x(value.value), y, says, color=color)
    canvas.text(right + 8, y, percent_of(value), color=color)
