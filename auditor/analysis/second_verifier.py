"""Style as a second verifier: reject accepted programs whose score is below a threshold.

It measures the effect for a user who resamples until a program passes base *and* scores enough. If t of a task's b
accepted samples are correct, and t' of the b' that score enough, the utility of unlimited resampling changes from (t -
r f)/b to (t' - r f')/b', and to 0 if nothing is left. The threshold is chosen by cross-validation over tasks: each
fold's tasks are scored with the threshold that is best on the other folds, so the result also holds for new tasks.
In another audit other thresholds would be chosen, so the standard error of the change of utility comes from resamples
of the tasks in which the thresholds are chosen again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.analysis.arrays import Floats, Ints, Mask
from auditor.analysis.intervals import ratio_error, ratio_interval, replicate_interval, task_weights
from auditor.analysis.style_gap import mean_over_tasks
from auditor.analysis.style_rows import StyleTable
from auditor.results import (
    AnalysisOptions,
    BeforeAfter,
    Estimate,
    KeptShare,
    RocPoint,
    SecondVerifier,
    ThresholdEffect,
    UtilityChange,
)  # fmt: skip

FOLDS = 10
THRESHOLDS = 200
"""Most thresholds tried; with more distinct scores, their quantiles are."""
CHOICES = 200
"""Most resamples in which the thresholds are chosen again; a standard error needs no more."""
_TIE = 1e-12
"""Mean utilities so close are equal but for rounding; the lowest threshold wins."""
KEEP_ALL = -1.0
"""Below every score: rejects nothing."""


def second_verifier(table: StyleTable, options: AnalysisOptions) -> SecondVerifier | None:
    """Judge the score as a second verifier; ``None`` without both groups among the accepted programs.

    ``auc_within_task`` is the mean over units with both groups of the probability that a correct sample scores higher
    than a false one of the same task; ties count half. ``chosen`` is at the largest of the options' cost ratios up to 1
    (else the smallest); ``by_cost`` has every ratio. ``chosen.threshold`` is ``None`` if rejecting nothing is best,
    overall or on held-out tasks; the figures next to it are those of the cross-validation.
    """
    table = table.select(~np.isnan(table.score))
    if not table.false.any() or table.false.all():
        return None
    scores = table.score
    area, ties = _area(table, scores, options)
    sweep = _Sweep.of(table, scores)
    effects = tuple(_effect(table, scores, sweep, cost, options) for cost in options.fp_costs)
    usual = max((cost for cost in options.fp_costs if cost <= 1), default=min(options.fp_costs))
    chosen = effects[options.fp_costs.index(usual)]
    return SecondVerifier(
        criterion="score",
        auc_within_task=area,
        tasks=ties,
        roc=_roc(table, scores),
        chosen=chosen,
        by_cost=effects,
        folds=min(FOLDS, table.tasks),
    )


def _area(table: StyleTable, scores: Floats, options: AnalysisOptions) -> tuple[Estimate, int]:
    """Return the AUC within tasks and the number of tasks with both groups."""
    values = np.zeros(table.units)
    both = np.zeros(table.units)
    starts = np.searchsorted(table.unit, np.arange(table.units + 1))
    for unit in range(table.units):
        rows = slice(starts[unit], starts[unit + 1])
        false, weight, score = table.false[rows], table.weight[rows], scores[rows]
        if false.any() and not false.all():
            higher = score[~false][:, None] - score[false][None, :]
            pairs = weight[~false][:, None] * weight[false][None, :]
            values[unit] = np.sum(pairs * ((higher > 0) + 0.5 * (higher == 0))) / np.sum(pairs)
            both[unit] = 1.0
    units = table.per_task(both)
    area = ratio_interval(
        table.per_task(values), units, confidence=options.confidence, resamples=options.resamples, seed=options.seed
    )
    return area, int(np.count_nonzero(units))


def _roc(table: StyleTable, scores: Floats) -> tuple[RocPoint, ...]:
    """Return the pooled shares of correct and false samples kept as the threshold rises."""
    points = []
    for threshold in [*_thresholds(scores), float(np.nextafter(scores.max(), 2.0))]:
        kept = scores >= threshold
        rates = [
            float(table.weight[kept & group].sum() / table.weight[group].sum()) for group in (~table.false, table.false)
        ]
        points.append(RocPoint(threshold=float(threshold), true_positive_rate=rates[0], false_positive_rate=rates[1]))
    return tuple(points)


def _thresholds(scores: Floats) -> Floats:
    """Return the distinct scores, ascending; if there are many, their quantiles."""
    found = np.unique(scores)
    if len(found) <= THRESHOLDS:
        return found
    places = np.linspace(0, len(found) - 1, THRESHOLDS).round().astype(np.intp)
    return found[places]


def _utilities(table: StyleTable, kept: Mask, cost: float) -> Floats:
    """Return each unit's utility of unlimited resampling among the kept rows; 0 if none is left."""
    return _utility(*_samples(table, kept), cost)


def _samples(table: StyleTable, kept: Mask) -> tuple[Floats, Floats]:
    """Count each unit's samples among the kept rows, and the false ones of them."""
    false, kept_samples = table.per_unit(table.false.astype(np.float64), kept)
    return kept_samples, false


def _utility(kept: Floats, false: Floats, cost: float) -> Floats:
    return np.divide(kept - (1.0 + cost) * false, kept, out=np.zeros_like(kept), where=kept > 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Sweep:
    """What every threshold keeps, shape (thresholds, units); the same for all costs."""

    thresholds: Floats
    """Ascending; the first rejects nothing."""
    kept: Floats
    """Samples kept."""
    false: Floats
    """False positives kept."""

    @classmethod
    def of(cls, table: StyleTable, scores: Floats) -> _Sweep:
        thresholds = np.array([KEEP_ALL, *_thresholds(scores)[1:]])
        # How many thresholds a row passes; what a threshold keeps is a sum over the rows that pass it and more.
        passed = np.searchsorted(thresholds, scores, side="right") - 1
        cell = passed * table.units + table.unit
        shape = (len(thresholds), table.units)
        parts = []
        for weight in (table.weight, table.weight * table.false):
            own = np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape)
            parts.append(np.cumsum(own[::-1], axis=0)[::-1].astype(np.float64))
        return cls(thresholds, *parts)


def _effect(table: StyleTable, scores: Floats, sweep: _Sweep, cost: float, options: AnalysisOptions) -> ThresholdEffect:
    """Choose the threshold for one cost ratio and measure its effect on held-out tasks."""
    thresholds, by_threshold = sweep.thresholds, _utility(sweep.kept, sweep.false, cost)
    fold = np.random.default_rng(options.seed).permutation(table.tasks) % min(FOLDS, table.tasks)
    kept = np.ones(len(scores), dtype=np.bool_)
    for number in range(int(fold.max()) + 1):
        unseen = fold[table.task_of_unit] == number
        best = _best(thresholds, by_threshold[:, ~unseen])
        rows = unseen[table.unit]
        kept[rows] = scores[rows] >= best
    everything = np.ones_like(kept)
    final = _best(thresholds, by_threshold)
    before, after = (_utilities(table, rows, cost) for rows in (everything, kept))
    gain = _gain(table, after - before, by_threshold, fold, cost, options)
    correct = np.where(table.false, 0.0, 1.0)
    sums_before, sums_after = (table.per_unit(correct, rows) for rows in (everything, kept))
    whole, left = sums_before[1], sums_after[1]
    return ThresholdEffect(
        fp_cost=cost,
        threshold=None if final == KEEP_ALL or after.mean() <= before.mean() else float(final),
        conditional_accuracy=BeforeAfter(
            before=mean_over_tasks(table, sums_before, options).value,
            after=mean_over_tasks(table, sums_after, options).value,
        ),
        coverage=KeptShare(
            before=1.0,
            after=float(left.sum() / whole.sum()),
            tasks_before=int(np.count_nonzero(table.per_task(whole))),
            tasks_after=int(np.count_nonzero(table.per_task(left))),
        ),
        utility=UtilityChange(before=float(before.mean()), after=float(after.mean()), difference=gain),
    )


def _gain(
    table: StyleTable, change: Floats, by_threshold: Floats, fold: Ints, cost: float, options: AnalysisOptions
) -> Estimate:
    """Mean change of utility over the units, with its interval over tasks; without resamples at fixed thresholds."""
    units, limit = table.per_task(np.ones(table.units)), 1.0 + cost
    if options.resamples:
        error = _choices(table, by_threshold, fold, options).std()
    else:
        error = ratio_error(table.per_task(change), units)
    value, nothing = float(change.mean()), np.empty(0)
    low, high = replicate_interval(value, nothing, error, table.tasks, options.confidence, (-limit, limit))
    return Estimate(value, float(low), float(high))


def _choices(table: StyleTable, by_threshold: Floats, fold: Ints, options: AnalysisOptions) -> Floats:
    """Give the mean change of utility in resamples of the tasks, each with thresholds of its own.

    ``by_threshold`` has the utility of each unit under each threshold, the first of which rejects nothing; ``fold`` is
    each task's.
    """
    number = min(options.resamples, CHOICES)
    weights = task_weights(table.tasks, number, options.seed).T[table.task_of_unit]
    of_unit = fold[table.task_of_unit]
    held = [by_threshold[:, of_unit == one] @ weights[of_unit == one] for one in range(int(fold.max()) + 1)]
    total, gains = np.sum(held, axis=0), np.zeros(number)
    for own in held:
        others = total - own
        best = np.argmax(others > others.max(axis=0) - _TIE * len(of_unit), axis=0)
        gains += own[best, np.arange(number)] - own[0]
    result: Floats = gains / weights.sum(axis=0)
    return result


def _best(thresholds: Floats, by_threshold: Floats) -> float:
    """Return the threshold with the best mean utility over the given units; of equal ones, the lowest."""
    if by_threshold.shape[1] == 0:
        return KEEP_ALL
    means = by_threshold.mean(axis=1)
    return float(thresholds[int(np.argmax(means > means.max() - _TIE))])
