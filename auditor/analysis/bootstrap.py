"""What the bootstrap draws again: tasks, samples within a task, or both; see :class:`~auditor.analysis.options.Level`.

Both kinds of draws answer two questions: the replicates of any statistic, and the replicates of the
acceptance and correctness curves, a block of attempts at a time so that memory does not grow with K.
Replicates come with resamples on the last axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from auditor.analysis.counts import Tallies
from auditor.analysis.intervals import UNDEFINED, Floats, Interval, interval_of, ratio_error, task_weights
from auditor.analysis.metrics import Statistic
from auditor.analysis.options import Level
from auditor.analysis.resampling import divide, precision, survival_blocks

_DENSE_CELLS = 2_000_000
"""Histograms up to this size are multiplied as dense matrices, larger ones as sparse ones."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How intervals are made: what is drawn again, how often, from which seed, at which confidence."""

    confidence: float = 0.95
    resamples: int = 2000
    seed: int = 0
    level: Level = Level.TASKS

    def draw(self, counts: Tallies) -> Draws | None:
        """Make the draws for one model; ``None`` where there are none to make."""
        if not self.resamples:
            return None
        if self.level is Level.TASKS:
            return TaskDraws(counts, self.resamples, self.seed)
        return SampleDraws(counts, self.resamples, self.seed, tasks_too=self.level is Level.BOTH)

    def units(self, counts: Tallies, tasks: int) -> int:
        """Count what is drawn at random: the tasks behind a figure, or all samples where tasks stand fixed."""
        return int(counts.n.sum()) if self.level is Level.SAMPLES else tasks


class Draws(Protocol):
    """Bootstrap draws of one model's counts."""

    def replicates(self, statistic: Statistic) -> Floats:
        """Return one value a resample; NaN where the resample leaves the statistic undefined."""

    def curves(self, attempts: int) -> Iterator[tuple[Floats, Floats]]:
        """Yield replicates of (accepted, correct), shape (attempts of the block, resamples)."""


class TaskDraws:
    """Tasks drawn with replacement; a drawn task brings its counts along."""

    def __init__(self, counts: Tallies, resamples: int, seed: int) -> None:
        self._counts = counts
        self._weights = task_weights(len(counts), resamples, seed)

    def replicates(self, statistic: Statistic) -> Floats:
        """Return one value a resample; NaN where the resample leaves the statistic undefined."""
        columns = statistic(self._counts)
        return _ratio(self._weights @ columns.numerators, self._weights @ columns.denominators)

    def curves(self, attempts: int) -> Iterator[tuple[Floats, Floats]]:
        """Yield replicates of (accepted, correct), shape (attempts of the block, resamples)."""
        shares, spread = precision(self._counts)[:, None], self._weights.T / len(self._counts)
        for _, unanswered in survival_blocks(self._counts.n, self._counts.base_passes, attempts):
            accepted = 1.0 - unanswered
            yield accepted.T @ spread, (accepted * shares).T @ spread


class SampleDraws:
    """Samples drawn with replacement inside each task, which may itself be drawn or stand fixed.

    A resample of n samples has a binomial number of correct ones, and a binomial number of false
    positives among the rest. Estimators of K draws out of n lose a little when samples repeat, so
    replicates are shifted to have the estimate as their mean.
    """

    def __init__(self, counts: Tallies, resamples: int, seed: int, *, tasks_too: bool) -> None:
        self._counts, self._resamples = counts, resamples
        rng = np.random.default_rng((seed, 1))
        copies = np.ones((resamples, len(counts)), dtype=np.int64)
        if tasks_too:
            copies = task_weights(len(counts), resamples, seed).astype(np.int64)
        self._resample = np.repeat(np.tile(np.arange(resamples), len(counts)), copies.T.ravel())
        sizes = copies.sum(axis=0)
        chance_false = divide(counts.false_positives, counts.n - counts.correct)
        correct, false = [], []
        for n, t, chance, size in zip(counts.n, counts.correct, chance_false, sizes, strict=True):
            correct.append(rng.binomial(n, t / n, size))
            false.append(rng.binomial(n - correct[-1], chance))
        right = np.concatenate(correct)
        drawn = np.stack([np.repeat(counts.n, sizes), right + np.concatenate(false), right])
        # Most draws repeat one another: a statistic is computed once for each kind of task.
        width = int(counts.n.max()) + 1
        kinds, self._kind = np.unique((drawn[0] * width + drawn[1]) * width + drawn[2], return_inverse=True)
        self._kinds = Tallies(kinds // width**2, kinds // width % width, kinds % width)

    def replicates(self, statistic: Statistic) -> Floats:
        """Return one value a resample, with the estimate as their mean; NaN where undefined."""
        columns = statistic(self._kinds)
        values = _ratio(self._sums(columns.numerators), self._sums(columns.denominators))
        own = statistic(self._counts)
        if not (np.isfinite(values).any() and own.denominators.sum() > 0):
            return values
        shift = float(own.numerators.sum() / own.denominators.sum() - np.nanmean(values))
        return values + shift

    def curves(self, attempts: int) -> Iterator[tuple[Floats, Floats]]:
        """Yield replicates of (accepted, correct), shape (attempts of the block, resamples)."""
        tasks, shares = len(self._counts), precision(self._counts)[:, None]
        sizes = np.unique(self._counts.n)
        groups = [self._histograms(int(n)) for n in sizes]
        tables = [survival_blocks(np.full(n + 1, n), np.arange(n + 1), attempts) for n in sizes]
        own = survival_blocks(self._counts.n, self._counts.base_passes, attempts)
        for (_, unanswered), *blocks in zip(own, *tables, strict=True):
            accepted = correct = np.zeros(())
            for (answered, weighted), (_, table) in zip(groups, blocks, strict=True):
                accepted = accepted + (answered @ (1.0 - table)).T / tasks
                correct = correct + (weighted @ (1.0 - table)).T / tasks
            estimate = 1.0 - unanswered
            yield _centred(accepted, estimate.mean(axis=0)), _centred(correct, (estimate * shares).mean(axis=0))

    def _sums(self, column: Floats) -> Floats:
        return np.bincount(self._resample, column[self._kind], self._resamples).astype(np.float64)

    def _histograms(self, n: int) -> tuple[Any, Any]:
        """Count, a resample and a number of base passes, the drawn tasks, and sum up their precision.

        The tasks are those with n samples; each matrix is (resamples, n + 1), sparse if large.
        """
        chosen = self._kinds.n[self._kind] == n
        kind, rows = self._kind[chosen], self._resample[chosen]
        columns = self._kinds.base_passes[kind]
        shape = (self._resamples, n + 1)
        weights = np.ones(len(rows)), precision(self._kinds)[kind]
        if shape[0] * shape[1] > _DENSE_CELLS:
            from scipy.sparse import csr_array

            sparse = [csr_array((weight, (rows, columns)), shape=shape) for weight in weights]
            return sparse[0], sparse[1]
        cells = rows * shape[1] + columns
        dense = [np.bincount(cells, weight, shape[0] * shape[1]).reshape(shape) for weight in weights]
        return dense[0], dense[1]


def _ratio(tops: Floats, bottoms: Floats) -> Floats:
    result: Floats = np.divide(tops, bottoms, out=np.full(tops.shape, np.nan), where=bottoms > 0)
    return result


def _centred(replicates: Floats, estimates: Floats) -> Floats:
    """Shift each row of replicates to have the estimate as its mean."""
    result: Floats = replicates + (estimates - replicates.mean(axis=1))[:, None]
    return result


def measure(statistic: Statistic, counts: Tallies, bootstrap: Bootstrap, draws: Draws | None = None) -> Interval:
    """Return one figure with its interval at any level; ``draws`` saves making them again."""
    columns = statistic(counts)
    if bootstrap.level is Level.TASKS or not bootstrap.resamples:
        return columns.interval(confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed)
    if not columns.tasks:
        return UNDEFINED
    drawn = draws or bootstrap.draw(counts)
    assert drawn is not None
    replicates = drawn.replicates(statistic)
    replicates = replicates[np.isfinite(replicates)]
    error = ratio_error(columns.numerators, columns.denominators)
    if bootstrap.level is Level.SAMPLES:
        error = replicates.std()
    return interval_of(
        columns.value, replicates, error, bootstrap.units(counts, columns.tasks), bootstrap.confidence, columns.bounds
    )
