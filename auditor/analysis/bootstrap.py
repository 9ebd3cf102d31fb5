"""Bootstrap draws of tasks, of samples within a task, or of both; see :class:`~auditor.results.options.Level`.

Both kinds of draws give the replicates of any statistic, and the replicates of acceptance, correctness and draws at
some numbers of attempts. Replicates come with resamples on the last axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

import numpy as np

from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.counts import Counts, Tallies
from auditor.analysis.intervals import clustered_weights, interval_of, ratio_error, task_weights
from auditor.analysis.metrics import Statistic, intervals
from auditor.analysis.resampling import RunningDraws, divide, precision, survival_blocks
from auditor.errors import UsageError
from auditor.results import UNDEFINED, Estimate, Level

Three = tuple[Floats, Floats, Floats]
"""Acceptance, correctness and draws."""

MOST_SAMPLES = 100_000
"""Most samples per task that can be resampled: tables have a row for each possible number of base passes."""

_DENSE_CELLS = 2_000_000
"""Histograms up to this size are multiplied as dense matrices, larger ones as sparse ones."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Settings of intervals: what is resampled, how often, from which seed, at which confidence."""

    confidence: float = 0.95
    resamples: int = 2000
    seed: int = 0
    level: Level = Level.TASKS

    def draw(self, counts: Tallies) -> Draws | None:
        """Return the draws for one model; ``None`` without resamples."""
        if not self.resamples:
            return None
        if self.level is Level.TASKS:
            return TaskDraws(counts, self.resamples, self.seed)
        return SampleDraws(counts, self.resamples, self.seed, tasks_too=self.level is Level.BOTH)

    def units(self, counts: Tallies, tasks: int) -> int:
        """Count the units drawn at random: the tasks behind a figure, or all samples if tasks are fixed."""
        return int(counts.n.sum()) if self.level is Level.SAMPLES else tasks


class Draws(Protocol):
    """Bootstrap draws of one model's counts."""

    def replicates(self, statistic: Statistic) -> Floats:
        """Return one value per resample; NaN if the resample leaves the statistic undefined."""

    def curves(self, grid: Ints, own: Three) -> Three:
        """Return replicates of (accepted, correct, draws) at the numbers of attempts ``grid``, which ascend from 1.

        ``own`` has the curves' values per task, shape (grid, tasks); the replicates have shape (grid, resamples). Each
        point is over the tasks with at least that many samples.
        """


class TaskDraws:
    """Tasks drawn with replacement, with their counts."""

    def __init__(self, counts: Tallies, resamples: int, seed: int) -> None:
        self._counts, self._clusters = counts, clusters_of(counts)
        self._weights = clustered_weights(len(counts), self._clusters, resamples, seed)

    def replicates(self, statistic: Statistic) -> Floats:
        """Return one value per resample; NaN if the resample leaves the statistic undefined."""
        columns = statistic(self._counts)
        return _ratio(self._weights @ columns.numerators, self._weights @ columns.denominators)

    def curves(self, grid: Ints, own: Three) -> Three:
        """Return replicates of (accepted, correct, draws), see :class:`Draws`."""
        weights = self._weights.T
        inside = self._counts.n >= grid[:, None]
        if inside.all() and self._clusters is None:
            spread = weights / len(self._counts)
            return own[0] @ spread, own[1] @ spread, own[2] @ spread
        behind = np.maximum(inside @ weights, 1.0)
        accepted, correct, draws = ((inside * curve) @ weights / behind for curve in own)
        return accepted, correct, draws


class SampleDraws:
    """Samples drawn with replacement inside each task, which may itself be drawn or fixed.

    A resample of n samples has a binomial number of correct ones, and a binomial number of false
    positives among the rest. Estimators of K draws out of n are slightly biased when samples repeat, so replicates are
    shifted to have the estimate as their mean. Raises :class:`~auditor.errors.UsageError` for tasks of more than
    :data:`MOST_SAMPLES` samples.
    """

    def __init__(self, counts: Tallies, resamples: int, seed: int, *, tasks_too: bool) -> None:
        from scipy.sparse import csr_array

        if counts.n.max() > MOST_SAMPLES:
            raise UsageError(
                f"tasks of {counts.n.max()} samples are too large to resample their samples",
                remedy=f"draw tasks alone, or analyse at most {MOST_SAMPLES} samples per task",
            )
        self._counts = counts
        rng = np.random.default_rng((seed, 1))
        copies = np.ones((resamples, len(counts)), dtype=np.int64)
        if tasks_too:
            copies = task_weights(len(counts), resamples, seed).astype(np.int64)
        resample = np.repeat(np.tile(np.arange(resamples), len(counts)), copies.T.ravel())
        # Most draws are repeated: a statistic is computed once for each kind of task.
        self._kinds, kind = kinds_of(_drawn(counts, copies.sum(axis=0), rng))
        self._times: Any = csr_array((np.ones(len(kind)), (resample, kind)), shape=(resamples, len(self._kinds)))

    def replicates(self, statistic: Statistic) -> Floats:
        """Return one value per resample, with the estimate as their mean; NaN if undefined."""
        columns = statistic(self._kinds)
        values = _ratio(self._times @ columns.numerators, self._times @ columns.denominators)
        own = statistic(self._counts)
        if not (np.isfinite(values).any() and own.denominators.sum() > 0):
            return values
        shift = float(own.numerators.sum() / own.denominators.sum() - np.nanmean(values))
        return values + shift

    def curves(self, grid: Ints, own: Three) -> Three:
        """Return replicates of (accepted, correct, draws), see :class:`Draws`; their mean is the estimate."""
        sizes = [int(n) for n in np.unique(self._counts.n)]
        groups = [_Group(n, *self._histograms(n)) for n in sizes]
        last = int(grid[-1])
        tables = [survival_blocks(np.full(n + 1, n), np.arange(n + 1), last) for n in sizes]
        found: list[list[Floats]] = [[], [], [], []]
        for blocks in zip(*tables, strict=True):
            first, table = blocks[0]
            steps = np.arange(first, first + table.shape[1])
            picked = np.flatnonzero(np.isin(steps, grid, assume_unique=True))
            parts = [group.curves(steps[:, None], table) for group, (_, table) in zip(groups, blocks, strict=True)]
            for place, part in enumerate(zip(*parts, strict=True)):
                found[place].append(reduce(np.add, part)[picked])
        behind, *drawn = (np.concatenate(part) for part in found)
        inside = self._counts.n >= grid[:, None]
        accepted, correct, draws = (
            _centred(part / np.maximum(behind, 1.0), (curve * inside).sum(axis=1) / inside.sum(axis=1))
            for part, curve in zip(drawn, own, strict=True)
        )
        return accepted, correct, draws

    def _histograms(self, n: int) -> tuple[Any, Any]:
        """Count the drawn tasks per resample and number of base passes, and sum their precision.

        The tasks are those with n samples; each matrix is (resamples, n + 1), sparse if large.
        """
        from scipy.sparse import csr_array

        (chosen,) = np.nonzero(self._kinds.n == n)
        places = (chosen, self._kinds.base_passes[chosen])
        shape = (len(self._kinds), n + 1)
        weights = np.ones(len(chosen)), precision(self._kinds)[chosen]
        answered, weighted = (self._times @ csr_array((weight, places), shape=shape) for weight in weights)
        if answered.shape[0] * answered.shape[1] > _DENSE_CELLS:
            return answered, weighted
        return answered.toarray(), weighted.toarray()


class _Group:
    """The drawn tasks with one number of samples: how many have each number of base passes, in each resample."""

    def __init__(self, n: int, answered: Any, weighted: Any) -> None:
        """Store the matrices of :meth:`SampleDraws._histograms`, shape (resamples, n + 1)."""
        self._n, self._answered, self._weighted = n, answered, weighted
        self._size = np.asarray(answered.sum(axis=1)).ravel()
        self._spent = RunningDraws(self._size)

    def curves(self, ks: Ints, table: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Sum tasks, acceptance, correctness and draws at the attempts of a block; 0 beyond the group's samples."""
        unanswered = np.asarray((self._answered @ table).T)
        right = np.asarray((self._weighted @ (1.0 - table)).T)
        inside = (ks <= self._n).astype(np.float64)
        size = np.broadcast_to(self._size, unanswered.shape)
        return inside * size, inside * (size - unanswered), inside * right, inside * self._spent.next(unanswered)


def clusters_of(counts: Tallies) -> Ints | None:
    """Return the number of each task's family; ``None`` if tasks are drawn one by one."""
    return counts.clusters if isinstance(counts, Counts) else None


def _drawn(counts: Tallies, copies: Ints, rng: np.random.Generator) -> Tallies:
    """Resample the samples of each task once per copy."""
    chance_false = divide(counts.false_positives, counts.n - counts.correct)
    correct, false = [], []
    for n, t, chance, size in zip(counts.n, counts.correct, chance_false, copies, strict=True):
        correct.append(rng.binomial(n, t / n, size))
        false.append(rng.binomial(n - correct[-1], chance))
    right = np.concatenate(correct)
    return Tallies(np.repeat(counts.n, copies), right + np.concatenate(false), right)


def kinds_of(drawn: Tallies) -> tuple[Tallies, Ints]:
    """Return the distinct counts among the tasks, and the index of each task's."""
    width = int(drawn.n.max()) + 1
    codes = (drawn.n * width + drawn.base_passes) * width + drawn.correct
    offset = codes - codes.min()
    if offset.max() <= 4 * len(codes):
        seen = np.bincount(offset) > 0  # ranks by counting: much faster than sorting
        found, kind = np.flatnonzero(seen) + codes.min(), (np.cumsum(seen) - 1)[offset]
    else:
        found, kind = np.unique(codes, return_inverse=True)
    return Tallies(found // width**2, found // width % width, found % width), kind


def _ratio(tops: Floats, bottoms: Floats) -> Floats:
    result: Floats = np.divide(tops, bottoms, out=np.full(tops.shape, np.nan), where=bottoms > 0)
    return result


def _centred(replicates: Floats, estimates: Floats) -> Floats:
    """Shift each row of replicates to have the estimate as its mean."""
    result: Floats = replicates + (estimates - replicates.mean(axis=1))[:, None]
    return result


def measure(statistic: Statistic, counts: Tallies, bootstrap: Bootstrap, draws: Draws | None = None) -> Estimate:
    """Return one figure with its interval at any level; ``draws`` saves making them again."""
    return measure_all([statistic], counts, bootstrap, draws)[0]


def measure_all(
    statistics: Sequence[Statistic], counts: Tallies, bootstrap: Bootstrap, draws: Draws | None = None
) -> list[Estimate]:
    """Return many figures of the same counts with their intervals, see :func:`measure`."""
    if bootstrap.level is not Level.TASKS and bootstrap.resamples:
        drawn = draws or bootstrap.draw(counts)
        assert drawn is not None
        return [_measured(statistic, counts, bootstrap, drawn) for statistic in statistics]
    clusters = clusters_of(counts)
    columns = [statistic(counts).clustered(clusters) for statistic in statistics]
    return intervals(columns, confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed)


def _measured(statistic: Statistic, counts: Tallies, bootstrap: Bootstrap, draws: Draws) -> Estimate:
    columns = statistic(counts)
    if not columns.tasks:
        return UNDEFINED
    replicates = draws.replicates(statistic)
    replicates = replicates[np.isfinite(replicates)]
    error = ratio_error(columns.numerators, columns.denominators)
    if bootstrap.level is Level.SAMPLES:
        error = replicates.std()
    return interval_of(
        columns.value, replicates, error, bootstrap.units(counts, columns.tasks), bootstrap.confidence, columns.bounds
    )
