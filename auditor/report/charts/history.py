"""Figures run by run, a panel per model: the figure with its interval, and below it the change from the baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auditor.report.charts.frame import ACCENT, FAINT, INK, QUIET, Chart, Figure, Size, Table, figure
from auditor.report.charts.panels import Canvas, Scale, across, baseline_rule, bounds_of, rounded_up, ticks
from auditor.report.sentences import history as words
from auditor.report.text import MISSING, brief, number, percent, points, signed
from auditor.results import (
    ChangeVerdict,
    History,
    HistoryFigure,
    HistoryPoint,
    ModelHistory,
    OtherChange,
    OtherKind,
    Unit,
)

DRAWN = ("single_sample_accuracy", "false_discovery_rate", "best_utility")
"""The figures that have a chart."""
_BREAKS = {
    OtherKind.TASK_ADDED, OtherKind.TASK_REMOVED, OtherKind.TASK_TESTS, OtherKind.TASKS_UNKNOWN,
    OtherKind.TASK_LEFT_OUT,
}  # fmt: skip
"""Changes after which a figure is over other tasks, so that no line joins it to the one before."""
_TOP, _PLOT, _GAP, _CHANGE, _BOTTOM = 30, 130, 34, 74, 30
_PANEL = _TOP + _PLOT + _GAP + _CHANGE + _BOTTOM
_LEFT, _RIGHT = 46, 50


def charts(history: History, level: str) -> list[Figure]:
    """Draw each figure that some run has."""
    return [_figure(history, metric, level) for metric in DRAWN if _known(history, metric)]


def _known(history: History, metric: str) -> list[HistoryFigure]:
    found = [point.figure(metric) for model in history.models for point in model.points]
    return [one for one in found if one is not None and one.value.known]


def _figure(history: History, metric: str, level: str) -> Figure:
    name = words.NAMES[metric]
    body = [
        _row(history, model, point, one)
        for model in history.models
        for point in model.points
        if (one := point.figure(metric)) is not None
    ]
    numbered = _numbered(history)
    return figure(
        f"history-{metric.replace('_', '-')}",
        words.title(history, metric),
        f"A panel per model. Above: {name} in each run, with its interval; the baseline is a ring. Below: the "
        "change from the baseline, paired by task, with its interval; grey where it is not clear, in colour "
        "where it is clearly worse.",
        Table(
            ("model", "run", name, f"{level} interval", "change", f"{level} interval", "verdict", "tasks paired"),
            body, first_number=2,
        ),
        lambda size: _draw(history, metric, size),
        (_size(history, narrow=False), _size(history, narrow=True)),
        note=_note(history, numbered),
    )  # fmt: skip


_NUMBERS = "The numbers below are those of the table of runs."


def _note(history: History, numbered: bool) -> str:
    parts = ["A change is grey where it is not clear, and in colour where it is clearly worse."]
    if any(run.since_previous for run in history.runs):
        parts.append("Dotted line: something else changed too; the table of runs says what.")
    if any(_broken(run.since_previous) for run in history.runs):
        parts.append("The line is broken where tasks or tests changed.")
    return " ".join([*parts, *([_NUMBERS] if numbered else [])])


def _color(verdict: ChangeVerdict) -> str:
    if verdict is ChangeVerdict.WORSE:
        return ACCENT
    return INK if verdict.clear else FAINT


def _broken(changes: Sequence[OtherChange]) -> bool:
    return any(change.kind in _BREAKS for change in changes)


def _row(history: History, model: ModelHistory, point: HistoryPoint, one: HistoryFigure) -> tuple[str, ...]:
    run = history.runs[point.run]
    change = one.change
    return (
        model.model, run.name, words.value(one), words.value_span(one), words.amount(one) if change else MISSING,
        words.amount_span(one), "baseline" if run.baseline else words.verdict(change),
        str(change.difference.tasks) if change else MISSING,
    )  # fmt: skip


def _size(history: History, *, narrow: bool) -> Size:
    width = 336 if narrow else 756
    size = Size(width, 0, 2, 2, 2, 2, narrow=narrow)
    columns = across(len(history.models), size)
    return Size(width, _PANEL * -(-len(history.models) // columns), 2, 2, 2, 2, narrow=narrow)


def _numbered(history: History) -> bool:
    """Whether the names of the runs do not fit below a panel, on a screen or on a phone."""
    widths = [
        size.width / across(len(history.models), size) for size in (_size(history, narrow=one) for one in (False, True))
    ]
    step = (min(widths) - _LEFT - _RIGHT) / max(1, len(history.runs) - 1)
    return max(len(run.name) for run in history.runs) * 7 + 10 > step


@dataclass(frozen=True, slots=True)
class _Axes:
    """What all panels of a chart share."""

    low: float
    high: float
    edge: float
    """The change's axis goes from minus to plus this."""
    label: Callable[[float], str]
    change: Callable[[float], str]
    unit: str
    """Of the change, with what separates it from the words before."""

    @classmethod
    def of(cls, history: History, metric: str) -> _Axes:
        """Choose axes that hold every interval; zero is on them."""
        found = _known(history, metric)
        share = found[0].unit is Unit.SHARE
        low, high = bounds_of([end for one in found for end in (one.value.low, one.value.high, one.value.value)])
        moved = [one.change.difference for one in found if one.change is not None]
        least, most = bounds_of([end for one in moved for end in (one.low, one.high)])
        edge = max(0.01, rounded_up(max(-least, most)))
        top = rounded_up(high, 1.0) if share else rounded_up(max(high, 0.01))
        if share:
            return cls(
                0.0,
                top,
                edge,
                lambda value: percent(value, 0 if top > 0.05 else 1),
                lambda value: points(value, 0 if edge >= 0.05 else 1),
                ", points",
            )
        return cls(
            min(0.0, -rounded_up(-low) if low < 0 else 0.0),
            top,
            edge,
            lambda value: number(value, 2),
            lambda value: signed(value, 2),
            "",
        )


def _draw(history: History, metric: str, size: Size) -> Chart:
    canvas = Canvas(size)
    columns = across(len(history.models), size)
    axes = _Axes.of(history, metric)
    width = size.width / columns
    for place, model in enumerate(history.models):
        panel = _Panel(
            history, model, metric, axes, canvas, (place % columns) * width, (place // columns) * _PANEL, width
        )
        panel.draw(numbered=_numbered(history))
    return canvas.chart()


@dataclass(frozen=True, slots=True)
class _Panel:
    """One model's plot and, below it, its changes."""

    history: History
    model: ModelHistory
    metric: str
    axes: _Axes
    canvas: Canvas
    x: float
    y: float
    width: float

    def draw(self, *, numbered: bool) -> None:
        """Draw frame, marks of other changes, lines, intervals and points."""
        left, right = self.x + _LEFT, self.x + self.width - _RIGHT
        top = self.y + _TOP
        value = Scale(self.axes.low, self.axes.high, top + _PLOT, top)
        middle = top + _PLOT + _GAP + _CHANGE / 2
        change = Scale(-self.axes.edge, self.axes.edge, middle + _CHANGE / 2, middle - _CHANGE / 2)
        limit = max(8, int((self.width - 8) / 7))
        self.canvas.text(self.x, self.y + 10, brief(self.model.model, limit), color=INK)
        self.canvas.text(self.x, top + _PLOT + _GAP / 2, f"change from the baseline{self.axes.unit}")
        for tick in ticks(self.axes.low, self.axes.high, 5):
            self.canvas.rule((left, value(tick)), (right, value(tick)))
            self.canvas.text(left - 6, value(tick), self.axes.label(tick), align="right")
        for tick in (-self.axes.edge, 0.0, self.axes.edge):
            self.canvas.rule((left, change(tick)), (right, change(tick)))
            self.canvas.text(left - 6, change(tick), self.axes.change(tick), align="right")
        baseline_rule(self.canvas, left, right, change(0.0))
        self._runs(numbered, top, middle)
        self._line(value)
        for point in self.model.points:
            self._point(point, value, change)

    def _place(self, run: int) -> float:
        last = max(1, len(self.history.runs) - 1)
        inner = self.width - _LEFT - _RIGHT - 16
        return self.x + _LEFT + 8 + inner * run / last

    def _runs(self, numbered: bool, top: float, middle: float) -> None:
        """Name the runs below, and mark where something else changed."""
        below = middle + _CHANGE / 2
        for place, run in enumerate(self.history.runs):
            self.canvas.text(self._place(place), below + 16, str(place + 1) if numbered else run.name, align="center")
            if run.since_previous and place:
                between = (self._place(place - 1) + self._place(place)) / 2
                for start, end in ((top, top + _PLOT), (below - _CHANGE, below)):
                    self.canvas.rule((between, start), (between, end), color=FAINT, dotted=True)

    def _line(self, value: Scale) -> None:
        known = [(point, one) for point in self.model.points if (one := point.figure(self.metric)) and one.value.known]
        for (before, first), (after, second) in pairwise(known):
            between = self.history.runs[before.run + 1 : after.run + 1]
            if not any(_broken(run.since_previous) for run in between):
                start = self._place(before.run), value(first.value.value or 0.0)
                self.canvas.rule(
                    start, (self._place(after.run), value(second.value.value or 0.0)), color=INK, width=1.5
                )
        if known:
            one = known[-1][1]
            x = self.x + self.width - _RIGHT + 6
            self.canvas.text(x, value(one.value.value or 0.0), words.value(one), color=INK)

    def _point(self, point: HistoryPoint, value: Scale, change: Scale) -> None:
        one, run = point.figure(self.metric), self.history.runs[point.run]
        if one is None or one.value.value is None:
            return
        x = self._place(point.run)
        said = f"{brief(self.model.model, 40)}, {run.name}: {words.NAMES[self.metric]} {words.value(one)}"
        if one.value.low is not None and one.value.high is not None:
            self.canvas.rule((x, value(one.value.low)), (x, value(one.value.high)), color=INK, width=5, opacity=0.25)
            said += f" ({words.value_span(one)})"
        self.canvas.dot(x, value(one.value.value), said, hollow=run.baseline)
        if run.baseline:
            said = f"{brief(self.model.model, 40)}, {run.name}: the baseline"
            self.canvas.dot(x, change(0.0), said, color=QUIET, hollow=True)
            return
        if one.change is None or one.change.difference.value is None:
            return
        difference = one.change.difference
        color = _color(one.change.verdict)
        if difference.low is not None and difference.high is not None:
            self.canvas.rule(
                (x, change(difference.low)), (x, change(difference.high)), color=color, width=5, opacity=0.3
            )
        span = f" ({words.amount_span(one)})" if words.amount_span(one) else ""
        told = f"{brief(self.model.model, 40)}, {run.name}: {words.amount(one)}{span}, {words.verdict(one.change)}"
        self.canvas.dot(x, change(difference.value or 0.0), told, color=color)
