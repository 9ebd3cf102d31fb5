"""One model's figures in each run, and their differences from the baseline's.

Values are those of the run's own report. Changes are over the tasks that both runs have with the same tests, by the
statistic that gates and comparisons use: a task has the same weight on both sides, so its difficulty cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.analysis.intervals import holm
from auditor.analysis.task_statistic import TaskStatistic, minus, same
from auditor.gates.history.changes import changed_tests
from auditor.gates.history.lines import NamedRun, Versions
from auditor.gates.metrics import METRICS, Better, Metric, Parameters, Unavailable
from auditor.gates.reported import shown, shown_difference
from auditor.gates.view import ModelView
from auditor.results import (
    ChangeVerdict,
    CountedEstimate,
    Difference,
    Estimate,
    FigureChange,
    HistoryFigure,
    HistoryPoint,
    ModelHistory,
    ModelReport,
    clear_side,
)

FIGURES = (
    ("single_sample_accuracy", ()),
    ("false_discovery_rate", ("attempts",)),
    ("acceptance", ()),
    ("best_utility", ("fp_cost",)),
    ("optimal_attempts", ("fp_cost",)),
    ("style_score", ("group",)),
)
"""Figures of a history, with their keys."""


def model_history(line: Versions, runs: Sequence[NamedRun], baseline: int, confidence: float) -> ModelHistory:
    """Compute one model's figures in each run; p values are adjusted over the runs of each figure."""
    attempts = min(model.conditional_attempts for model in line.models.values())
    last = line.models[max(line.models)]
    cost = _cost(last)
    points = []
    for place, model in sorted(line.models.items()):
        figures = []
        for name, keys in FIGURES:
            given = {"attempts": attempts, "fp_cost": cost, "group": "accepted"}
            parameters = Parameters(**{key: given[key] for key in keys})  # type: ignore[arg-type]
            change = None
            if place != baseline and baseline in line.models:
                change = _change(METRICS[name], parameters, line, runs, (baseline, place), confidence)
            figures.append(_figure(METRICS[name], parameters, model, change, confidence))
        points.append(_point(place, model, figures))
    return ModelHistory(model=line.name, points=_adjusted(points, confidence))


def _cost(model: ModelView) -> float:
    """Choose the cost of a wrong answer for the history: 1 if analysed, else the lowest above 0."""
    known = sorted(one.fp_cost for one in model.report.optimal_attempts) if model.report else []
    return 1.0 if 1.0 in known or not known else next((cost for cost in known if cost > 0), known[0])


def _point(place: int, model: ModelView, figures: Sequence[HistoryFigure]) -> HistoryPoint:
    return HistoryPoint(
        run=place,
        model=model.name,
        simulated=bool(model.report and model.report.simulated),
        tasks=len(model.counts),
        samples=model.samples,
        figures=tuple(figures),
    )


def _figure(
    metric: Metric, parameters: Parameters, model: ModelView, change: FigureChange | None, confidence: float
) -> HistoryFigure:
    return HistoryFigure(
        metric=metric.name,
        parameters=parameters.given(),
        unit=metric.unit,
        value=_value(metric, parameters, model, confidence),
        change=change,
    )


def _value(metric: Metric, parameters: Parameters, model: ModelView, confidence: float) -> CountedEstimate:
    """Return the figure from the run's report; if it is not there with these keys, compute it in the same way."""
    tasks = len(model.counts)
    own = (
        None if model.report is None or model.confidence != confidence else _reported(metric, parameters, model.report)
    )
    if own is None or own.value is None:
        own = _computed(metric, parameters, model, confidence)
    return CountedEstimate(own.value, own.low, own.high, own.tasks if isinstance(own, CountedEstimate) else tasks)


def _reported(metric: Metric, parameters: Parameters, report: ModelReport) -> Estimate | None:
    """Find the figure in the report."""
    match metric.name:
        case "single_sample_accuracy":
            return report.single_sample_accuracy
        case "acceptance":
            return report.acceptance
        case "false_discovery_rate":
            found = report.false_discovery_rate
            return found if found.attempts == parameters.attempts else None
        case "best_utility":
            best = report.optimum(parameters.fp_cost)
            return None if best is None else best.utility
        case "optimal_attempts":
            best = report.optimum(parameters.fp_cost)
            return None if best is None else Estimate(best.attempts, best.low, best.high)
        case "style_score":
            return None if report.style is None else report.style.score.accepted
        case _:
            return None


def _computed(metric: Metric, parameters: Parameters, model: ModelView, confidence: float) -> Estimate:
    """Compute a figure that the report does not contain, in the same way."""
    try:
        found = metric.measure(model, parameters)
    except Unavailable:
        return Estimate(None)
    if not isinstance(found, TaskStatistic):
        return Estimate(None)
    found = found.over(model.families)
    return shown(model, metric, parameters, found, found.estimate(confidence), confidence).finite()


def _change(
    metric: Metric,
    parameters: Parameters,
    line: Versions,
    runs: Sequence[NamedRun],
    places: tuple[int, int],
    confidence: float,
) -> FigureChange | None:
    """Subtract the baseline's figure over the tasks that both have with the same tests; ``None`` if there are none."""
    (before, after) = (runs[place].view for place in places)
    old, new = (line.models[place] for place in places)
    if metric.name == "style_score" and (before.rubric is None or before.rubric != after.rubric):
        return None
    common = set(old.counts.task_ids) & set(new.counts.task_ids) - changed_tests(before, after)
    tasks = tuple(task for task in old.counts.task_ids if task in common)
    try:
        theirs, ours = (metric.measure(model.only(tasks), parameters) for model in (old, new))
    except Unavailable:
        return None
    if not tasks or not isinstance(theirs, TaskStatistic) or not isinstance(ours, TaskStatistic):
        return None
    if same(ours, theirs):
        exact = Difference(0.0, 0.0, 0.0, tasks=ours.behind)
        return FigureChange(difference=exact, verdict=ChangeVerdict.EQUAL)
    statistic = minus(ours, theirs).over(new.families)
    strict = statistic.estimate(confidence)
    found = shown_difference(new, statistic, strict, confidence)
    side = clear_side(found, strict)
    p = _p_value(statistic, side, confidence)
    difference = Difference(found.value, found.low, found.high, tasks=found.tasks, p=p)
    return FigureChange(difference=difference, verdict=_verdict(side, metric.better))


def _p_value(statistic: TaskStatistic, side: int, confidence: float) -> float | None:
    """Return the two-sided p value of a clear difference, as gates compute it; ``None`` for others."""
    if not side:
        return None
    lowest, highest = (0.0, None) if side > 0 else (None, 0.0)
    return min(1.0, 2 * statistic.risk(lowest, highest, passed=True, tail=(1 - confidence) / 2))


def _verdict(side: int, better: Better) -> ChangeVerdict:
    if not side:
        return ChangeVerdict.OPEN
    if better is Better.NEITHER:
        return ChangeVerdict.HIGHER if side > 0 else ChangeVerdict.LOWER
    return ChangeVerdict.BETTER if (side > 0) == (better is Better.HIGHER) else ChangeVerdict.WORSE


def _adjusted(points: Sequence[HistoryPoint], confidence: float) -> tuple[HistoryPoint, ...]:
    """Correct the verdicts of each figure for the number of runs (Holm); an equal run is not a test."""
    tables = [list(point.figures) for point in points]
    for column in range(len(FIGURES)):
        tested = [
            (row, change)
            for row, table in enumerate(tables)
            if (change := table[column].change) is not None and change.verdict is not ChangeVerdict.EQUAL
        ]
        adjusted = holm([1.0 if change.difference.p is None else change.difference.p for _, change in tested])
        for (row, change), p in zip(tested, adjusted, strict=True):
            if change.difference.p is None or p is None:
                continue
            verdict = change.verdict if p <= 1 - confidence or len(tested) == 1 else ChangeVerdict.OPEN
            corrected = FigureChange(difference=replace(change.difference, p_adjusted=p), verdict=verdict)
            tables[row][column] = replace(tables[row][column], change=corrected)
    return tuple(replace(point, figures=tuple(table)) for point, table in zip(points, tables, strict=True))
