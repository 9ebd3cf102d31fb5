"""Every headline figure of a model as one ratio over tasks, with its interval at any confidence.

A *statistic* turns counts into :class:`Columns`: a numerator and a denominator per task, so that the figure is the
ratio of their sums. That covers means over tasks (macro), pooled shares (micro) and costs per solution, so that there
is one implementation each of intervals, paired differences and resampling within tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analysis import resampling
from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.counts import Tallies
from auditor.analysis.intervals import (
    SHARE,
    agreeing,
    cluster_sums,
    interval_of,
    interval_of_sums,
    ratio_interval,
    task_weights,
)
from auditor.results import UNDEFINED, Difference, Estimate

_ROUNDING = 1e-12
"""A difference or standard error below this is 0 up to rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One figure's numerator and denominator per task, and the range of its value."""

    numerators: Floats
    denominators: Floats
    bounds: tuple[float, float] | None = SHARE

    @property
    def value(self) -> float:
        """Return the figure itself; needs at least one task."""
        return float(self.numerators.sum() / self.denominators.sum())

    @property
    def tasks(self) -> int:
        """Count the tasks from which the figure is computed."""
        return int(np.count_nonzero(self.denominators))

    def clustered(self, clusters: Ints | None) -> Columns:
        """Sum the tasks of each cluster, which is then the unit that intervals draw; the value is unchanged."""
        if clusters is None:
            return self
        return Columns(cluster_sums(self.numerators, clusters), cluster_sums(self.denominators, clusters), self.bounds)

    def interval(self, *, confidence: float = 0.95, resamples: int = 2000, seed: int = 0) -> Estimate:
        """Return the figure with its interval over tasks."""
        return ratio_interval(
            self.numerators,
            self.denominators,
            confidence=confidence,
            resamples=resamples,
            seed=seed,
            bounds=self.bounds,
        )


def intervals(columns: Sequence[Columns], *, confidence: float, resamples: int, seed: int) -> list[Estimate]:
    """Return the intervals of many figures over the same tasks, from one product with the resamples' weights."""
    found = [UNDEFINED] * len(columns)
    known = [place for place, one in enumerate(columns) if one.tasks]
    if not known:
        return found
    tasks = len(columns[known[0]].numerators)
    # Means over all tasks have the same denominator in every resample.
    uneven = [place for place in known if np.ptp(columns[place].denominators) > 0]
    stack = [*(columns[place].numerators for place in known), *(columns[place].denominators for place in uneven)]
    sums = np.column_stack(stack).T @ task_weights(tasks, resamples, seed).T
    bottoms = dict(zip(uneven, sums[len(known) :], strict=True))
    for place, drawn in zip(known, sums, strict=False):
        one = columns[place]
        same = np.full(resamples, one.denominators[0] * tasks)
        found[place] = interval_of_sums(
            one.numerators, one.denominators, drawn, bottoms.get(place, same), confidence, one.bounds
        )
    return found


Statistic = Callable[[Tallies], Columns]


def _mean(values: Floats, bounds: tuple[float, float] | None = SHARE) -> Columns:
    return Columns(values, np.ones_like(values), bounds)


def _mean_where(values: Floats, marked: Floats) -> Columns:
    return Columns(np.where(marked > 0, values, 0.0), (marked > 0).astype(np.float64))


def single_sample(counts: Tallies) -> Columns:
    """Return single-sample accuracy: the mean over tasks of t/n."""
    return _mean(counts.correct / counts.n)


def acceptance(counts: Tallies) -> Columns:
    """Return the share of samples that pass base: the mean over tasks of b/n."""
    return _mean(counts.base_passes / counts.n)


def conditional_micro(counts: Tallies) -> Columns:
    """Return conditional accuracy pooled over samples: sum of t over sum of b."""
    return Columns(counts.correct.astype(np.float64), counts.base_passes.astype(np.float64))


def ceiling_lower(counts: Tallies) -> Columns:
    """Return conditional accuracy with every task without a base pass counted as never solved."""
    return _mean(resampling.precision(counts))


def ceiling_upper(counts: Tallies) -> Columns:
    """Return conditional accuracy with every task without a base pass counted as always solved."""
    return _mean(np.where(counts.base_passes > 0, resampling.precision(counts), 1.0))


def false_discovery_micro(counts: Tallies) -> Columns:
    """Return the false discovery rate pooled over samples: sum of f over sum of b."""
    return Columns(counts.false_positives.astype(np.float64), counts.base_passes.astype(np.float64))


def false_positive(counts: Tallies) -> Columns:
    """Return the verifier's false-positive rate P(base pass given incorrect): the mean of f/(n-t) if n > t."""
    incorrect = (counts.n - counts.correct).astype(np.float64)
    return _mean_where(resampling.divide(counts.false_positives, incorrect), incorrect)


def false_positive_micro(counts: Tallies) -> Columns:
    """Return the verifier's false-positive rate pooled over samples: sum of f over sum of n - t."""
    return Columns(counts.false_positives.astype(np.float64), (counts.n - counts.correct).astype(np.float64))


def _mean_at(values: Floats, counts: Tallies, attempts: int, bounds: tuple[float, float] | None = SHARE) -> Columns:
    """Return the mean over the tasks with at least K samples."""
    enough = counts.reaching(attempts)
    return Columns(np.where(enough, values, 0.0), enough.astype(np.float64), bounds)


def _accepted(counts: Tallies, attempts: int) -> Floats:
    """Return A(K) per task, 0 for the tasks with fewer than K samples."""
    return np.where(counts.reaching(attempts), resampling.accepted(counts, attempts), 0.0)


def pass_at(k: int) -> Statistic:
    """Return pass@k as a statistic."""
    return lambda counts: _mean_at(resampling.pass_at(counts, k), counts, k)


def accepted(attempts: int) -> Statistic:
    """Return the share of tasks that get an accepted answer within K attempts."""
    return lambda counts: _mean_at(resampling.accepted(counts, attempts), counts, attempts)


def correct(attempts: int) -> Statistic:
    """Return the share of tasks that get a correct answer within K attempts."""
    return lambda counts: _mean_at(_accepted(counts, attempts) * resampling.precision(counts), counts, attempts)


def wrong(attempts: int) -> Statistic:
    """Return the share of tasks that get a false positive within K attempts."""

    def statistic(counts: Tallies) -> Columns:
        within = _accepted(counts, attempts)
        return _mean_at(within - within * resampling.precision(counts), counts, attempts)

    return statistic


def conditional_at(attempts: int) -> Statistic:
    """Return conditional accuracy at K attempts, CA(K) = C(K)/A(K): P(correct given accepted within K).

    It weights each task by its probability of acceptance, so unlike the mean of t/b over the tasks with a base pass it
    does not depend on the number of samples.
    """

    def statistic(counts: Tallies) -> Columns:
        within = _accepted(counts, attempts)
        return Columns(within * resampling.precision(counts), within)

    return statistic


def false_discovery_at(attempts: int) -> Statistic:
    """Return the false discovery rate at K attempts, 1 - CA(K): P(incorrect given accepted within K)."""

    def statistic(counts: Tallies) -> Columns:
        within = _accepted(counts, attempts)
        return Columns(within * (1.0 - resampling.precision(counts)), within)

    return statistic


def utility(attempts: int, fp_cost: float, draw_cost: float = 0.0) -> Statistic:
    """Return the mean utility with K attempts at a false-positive cost."""
    bounds = (-fp_cost - draw_cost * attempts, 1.0 - draw_cost)
    return lambda counts: _mean_at(resampling.utility(counts, attempts, fp_cost, draw_cost), counts, attempts, bounds)


def attempt_bucket(first: int, last: int) -> Statistic:
    """Return the share of wrong answers among those first accepted at attempts ``first`` to ``last``."""

    def statistic(counts: Tallies) -> Columns:
        counts.allow(last)
        before, after = (resampling.survival_at(counts.n, counts.base_passes, k) for k in (first - 1, last))
        arrived = np.where(counts.reaching(last), before - after, 0.0)
        return Columns(arrived * (1.0 - resampling.precision(counts)), arrived)

    return statistic


def cost_per_correct(attempts: int, draw_price: float = 1.0) -> Statistic:
    """Return the price of a correct answer with K attempts; a price of 1 counts draws."""
    return lambda counts: Columns(
        np.where(counts.reaching(attempts), draw_price * resampling.draws(counts, attempts), 0.0),
        _accepted(counts, attempts) * resampling.precision(counts),
        None,
    )


def shared_precision(first: Tallies, second: Tallies) -> tuple[Columns, Columns]:
    """Return the means of t/b of two models over the tasks for which both have accepted samples, as two figures.

    The tasks and their weights are the same for both, so two models with equal precision on every task differ only by
    chance, however often each is accepted and however many samples each has.
    """
    both = ((first.base_passes > 0) & (second.base_passes > 0)).astype(np.float64)
    return _mean_where(resampling.precision(first), both), _mean_where(resampling.precision(second), both)


STATISTICS: dict[str, Statistic] = {
    "single_sample_accuracy": single_sample,
    "acceptance": acceptance,
    "conditional_accuracy_micro": conditional_micro,
    "conditional_accuracy_lower_bound": ceiling_lower,
    "conditional_accuracy_upper_bound": ceiling_upper,
    "false_discovery_rate_micro": false_discovery_micro,
    "false_positive_rate": false_positive,
    "false_positive_rate_micro": false_positive_micro,
}
"""Figures without parameters, by their names in documents."""


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """A figure with its bootstrap replicates, for comparison with others over the same tasks."""

    columns: Columns
    drawn: Floats
    """One value per resample; NaN if the figure is undefined in it."""
    linear: Floats
    """One value per task; their mean and spread are the figure's."""

    @classmethod
    def of(cls, columns: Columns, resamples: int, seed: int) -> Replicated:
        """Draw tasks; the same number of tasks and seed give the same draws."""
        if not columns.tasks:
            return cls(columns, np.empty(0), np.empty(0))
        weights = task_weights(len(columns.numerators), resamples, seed)
        bottoms = columns.denominators
        # A mean over all tasks has the same denominator in every resample.
        below = weights @ bottoms if np.ptp(bottoms) > 0 else bottoms[0] * len(bottoms)
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = (weights @ columns.numerators) / below
        residuals = columns.numerators - columns.value * columns.denominators
        return cls(columns, drawn, columns.value + residuals / columns.denominators.mean())


def column_difference(first: Columns, second: Columns, *, confidence: float, resamples: int, seed: int) -> Difference:
    """Subtract two figures over the same tasks, in the same order."""
    return replicated_difference(
        Replicated.of(first, resamples, seed), Replicated.of(second, resamples, seed), confidence
    )


def replicated_difference(first: Replicated, second: Replicated, confidence: float) -> Difference:
    """Subtract two figures whose replicates draw the same tasks."""
    one, other = first.columns, second.columns
    tasks = len(one.numerators)
    if not (one.tasks and other.tasks):
        return Difference(None, tasks=tasks)
    value = one.value - other.value
    replicates = first.drawn - second.drawn
    if not np.isfinite(replicates.sum()):
        replicates = replicates[np.isfinite(replicates)]
    gaps = first.linear - second.linear
    error = float(gaps.std(ddof=1) / np.sqrt(tasks)) if tasks > 1 else 0.0
    bounds = None
    if one.bounds is not None and other.bounds is not None:
        bounds = one.bounds[0] - other.bounds[1], one.bounds[1] - other.bounds[0]
    behind = min(one.tasks, other.tasks)
    interval = interval_of(value, replicates, error, behind, confidence, bounds)
    p = agreeing(_p_value(value, error, behind), interval.low, interval.high, confidence)
    return Difference(interval.value, interval.low, interval.high, tasks=tasks, p=p)


def _p_value(value: float, error: float, tasks: int) -> float | None:
    if abs(value) < _ROUNDING:
        return 1.0
    if tasks < 2 or error < _ROUNDING:
        return None
    from scipy.special import stdtr

    return 2 * float(stdtr(tasks - 1, -abs(value) / error))
