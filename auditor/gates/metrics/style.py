"""Metrics of style: scores, adherence, the gap between false and true positives, percentiles of measures.

In scores and adherence, every sample counts once within a task, so a program sampled ten times has weight ten; tasks
then count equally. The gap counts each distinct program once and weights tasks by the rule of
:mod:`auditor.analysis.stratified`, as the report does. Without the database, the numbers of report.json are used, at
their own confidence.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean

import numpy as np

from auditor.analysis.arrays import Floats
from auditor.analysis.task_statistic import TaskStatistic, mean_of, ratio
from auditor.gates.metrics.base import INFINITY, Better, Measured, Metric, Parameters, Reported, Unavailable
from auditor.gates.programs import ProgramRow
from auditor.gates.view import ModelView
from auditor.records import Label
from auditor.results import CountedEstimate, Estimate, Unit

GAP = "gap"
SCORE = "score"
"""Value of ``criterion`` in a rule for the score over all criteria."""


def task_means(model: ModelView, criterion: str, group: str) -> dict[str, float]:
    """Return the mean score or adherence of a group's samples in each task that has any.

    Raises :class:`Unavailable` if the model has no style, or no such criterion.
    """
    rows = _rows(model)
    _check_criterion(model, criterion)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in _of(rows, group):
        value = row.score if criterion == SCORE else row.adherence.get(criterion)
        if value is not None:
            sums[row.task_id][0] += row.weight * float(value)
            sums[row.task_id][1] += row.weight
    return {task: total / weight for task, (total, weight) in sorted(sums.items())}


def _rows(model: ModelView) -> tuple[ProgramRow, ...]:
    rows = model.programs
    if not rows or all(row.score is None and not row.adherence and not row.metrics for row in rows):
        raise Unavailable("the run contains no style results for this model")
    return rows


def _of(rows: Iterable[ProgramRow], group: str) -> list[ProgramRow]:
    return [row for row in rows if group == "accepted" or row.label is Label(group)]


def _check_criterion(model: ModelView, criterion: str) -> None:
    known = {SCORE, *model.criteria, *(name for row in model.programs or () for name in row.adherence)}
    if criterion not in known:
        near = difflib.get_close_matches(criterion, sorted(known), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(sorted(known))}"
        raise Unavailable(f"the run's rubric has no criterion {criterion!r}: {hint}")


def _mean(model: ModelView, criterion: str, group: str) -> Measured:
    if model.programs is None:
        return _reported(model, criterion, group)
    means = task_means(model, criterion, group)
    return mean_of(tuple(means), np.array(list(means.values())), 0.0, 1.0)


def _score(model: ModelView, parameters: Parameters) -> Measured:
    return _mean(model, SCORE, parameters.group or "accepted")


def _adherence(model: ModelView, parameters: Parameters) -> Measured:
    return _mean(model, parameters.criterion or SCORE, parameters.group or "accepted")


def _gap(model: ModelView, parameters: Parameters) -> Measured:
    """Return false positives minus true positives, in each task that has both groups."""
    criterion = parameters.criterion or SCORE
    if model.programs is None:
        return _reported(model, criterion, GAP)
    _check_criterion(model, criterion)
    values: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for row in _rows(model):
        value = row.score if criterion == SCORE else row.adherence.get(criterion)
        if value is not None:
            values[row.task_id][row.label is Label.TRUE_POSITIVE].append(float(value))
    both = {task: groups for task, groups in sorted(values.items()) if all(groups)}
    weights = np.array([len(false) * len(true) / (len(false) + len(true)) for false, true in both.values()])
    gaps = np.array([fmean(false) - fmean(true) for false, true in both.values()])
    heaviest = weights.max(initial=0.0)
    return TaskStatistic(
        tuple(both),
        np.column_stack([weights * gaps, weights]),
        np.array([-heaviest, heaviest]),
        np.array([heaviest, heaviest]),
        ratio,
    )


def _reported(model: ModelView, criterion: str, group: str) -> Reported:
    """Return the number from the document, with its interval there."""
    found = _in_document(model, criterion, group)
    if found is None:
        raise Unavailable("no such style figure here: it needs a run's audit.db, which an analysis of counts lacks")
    return Reported(CountedEstimate(found.value, found.low, found.high, len(model.counts)), model.confidence)


def reported_style(model: ModelView, name: str, asked: Parameters) -> Estimate | None:
    """Return a style figure as the report's document gives it; ``None`` if it has none."""
    group = GAP if name == "style_gap" else asked.group or "accepted"
    return _in_document(model, asked.criterion or SCORE, group)


def _in_document(model: ModelView, criterion: str, group: str) -> Estimate | None:
    style = model.report.style if model.report else None
    if style is None:
        return None
    if criterion == SCORE:
        score = style.score
        by_group = {"accepted": score.accepted, "true_positive": score.true_positive,
                    "false_positive": score.false_positive, GAP: score.within_task}  # fmt: skip
        return by_group[group]
    row = next((row for row in style.criteria if row.criterion == criterion), None)
    if row is None:
        return None
    given = row.conditional
    by_group = {"accepted": given.given_pass, "true_positive": given.given_correct,
                "false_positive": given.given_false_positive, GAP: row.within_task}  # fmt: skip
    return by_group[group]


def _percentile(model: ModelView, parameters: Parameters) -> Measured:
    """Return a percentile over accepted samples, with a column for each distinct value.

    The extreme tasks lie entirely below and above all observed values.
    """
    if model.programs is None:
        raise Unavailable("percentiles need audit.db, which is missing")
    name = parameters.measure or "complexity"
    rows = [row for row in _of(_rows(model), parameters.group or "accepted") if name in row.metrics]
    if not rows:
        known = sorted({key for row in model.programs for key in row.metrics})
        raise Unavailable(f"no program has a measure {name!r}: there is {', '.join(known) or 'none'}")
    tasks = sorted({row.task_id for row in rows})
    support = sorted({row.metrics[name] for row in rows})
    place, column = ({key: at for at, key in enumerate(keys)} for keys in (tasks, support))
    columns = np.zeros((len(tasks), len(support) + 2))
    for row in rows:
        columns[place[row.task_id], column[row.metrics[name]] + 1] += row.weight
    columns /= columns.sum(axis=1, keepdims=True)
    least, most = np.zeros(columns.shape[1]), np.zeros(columns.shape[1])
    least[0] = most[-1] = 1.0
    quantile = _quantile_of(np.array([-np.inf, *support, np.inf]), (parameters.percentile or 50.0) / 100)
    return TaskStatistic(tuple(tasks), columns, least, most, quantile)


def _quantile_of(values: Floats, probability: float) -> Callable[[Floats], Floats]:
    """Find the first value at which the cumulative weight reaches the probability."""

    def combine(sums: Floats) -> Floats:
        cumulated = np.cumsum(sums, axis=-1)
        reached = cumulated >= probability * cumulated[..., -1:] * (1 - 1e-12)
        result: Floats = values[np.argmax(reached, axis=-1)]
        return result

    return combine


METRICS = (
    Metric(
        "style_score",
        "style score",
        "Weighted share of the rubric's criteria that a group's samples meet, a mean over tasks. `group` is `accepted` "
        "(default), `true_positive` or `false_positive`.",
        Unit.SHARE,
        Better.HIGHER,
        _score,
        takes=("group",),
        example='group = "accepted"',
    ),
    Metric(
        "adherence",
        "adherence",
        "Share of a group's samples that meet one `criterion` of the rubric, a mean over tasks.",
        Unit.SHARE,
        Better.HIGHER,
        _adherence,
        needs=("criterion",),
        takes=("group",),
        example='criterion = "line_length"\ngroup = "accepted"',
    ),
    Metric(
        "style_gap",
        "style gap",
        "False minus true positives within a task, in the score or in one `criterion`. Each distinct program counts "
        "once, and tasks are weighted by how many programs of both groups they have. Below 0: false positives have "
        "worse style.",
        Unit.DIFFERENCE,
        Better.NEITHER,
        _gap,
        lowest=-1.0,
        takes=("criterion",),
        example='criterion = "score"',
    ),
    Metric(
        "style_percentile",
        "percentile",
        "A `percentile` of one `measure` of the programs (`complexity`, `sloc`, `pylint_score` …) over a group's "
        "samples, tasks counting equally.",
        Unit.MEASURED,
        Better.LOWER,
        _percentile,
        lowest=-INFINITY,
        highest=INFINITY,
        needs=("measure", "percentile"),
        takes=("group",),
        example='measure = "complexity"\npercentile = 90',
    ),
)
"""In the order of the documentation."""
