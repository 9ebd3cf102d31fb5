"""Acceptance, correctness, draws and utility at every number of attempts.

Everything is linear in three curves: with A(K) the share of tasks accepted within K attempts, C(K) the share
accepted and correct, and D(K) the expected draws, mean utility at a false-positive cost r is (1 + r) C(K) - r A(K)
minus the cost of D(K). One pass over the attempts, in blocks, gives the means of all three at every K, and everything
needed for intervals at some numbers of attempts, in memory independent of K.

The point at K is over the tasks with at least K samples. The table for choosing the best K is over the tasks that
have enough samples for every K, since numbers of attempts must be compared on the same tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.bootstrap import Bootstrap, Draws, Three
from auditor.analysis.counts import Counts
from auditor.analysis.intervals import cluster_sums, edge_limits, ratio_error, replicate_interval
from auditor.analysis.resampling import RunningDraws, precision, survival_blocks
from auditor.results.options import Level

EVERY, SPACED = 32, 40
"""Intervals are computed at every number of attempts up to ``EVERY`` and at about ``SPACED`` more, evenly spaced on a
logarithmic scale; between these they are interpolated linearly. The curves themselves are exact at every number."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A curve with its interval at every point; missing bounds are infinite."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CurveTable:
    """The three curves at the numbers of attempts considered."""

    grid: Ints
    """Numbers of attempts, ascending, from 0."""
    own: Three
    """One value per task; shape (grid, tasks)."""
    drawn: Three
    """One value per bootstrap resample; shape (grid, resamples)."""
    means: Three
    """The mean over tasks at every number of attempts from 0 on, on the grid or not; shape (attempts + 1,)."""
    inside: Floats | None
    """1 if a task has enough samples for a number of attempts of the grid, else 0; ``None`` if all have."""
    clusters: Ints | None
    """The family of each task; ``None`` if no task has a family."""
    samples: int
    """The fewest samples of a task."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Every curve at 1, 2 … K attempts."""

    attempts: Ints
    tasks: Ints
    """Tasks with at least that many samples."""
    accepted: Band
    correct: Band
    draws: Band
    """Expected draws per task."""
    utility: tuple[Band, ...]
    """One curve per false-positive cost, in the requested order."""
    table: CurveTable
    """Table for choosing the best number of attempts."""


def scaling_curve(
    counts: Counts,
    attempts: int,
    fp_costs: Sequence[float],
    *,
    draw_cost: float = 0.0,
    bootstrap: Bootstrap | None = None,
    draws: Draws | None = None,
) -> Curve:
    """Compute every curve up to ``attempts``, at most :attr:`Counts.most_attempts`.

    ``draws`` are the bootstrap's for these counts, if they already exist.
    """
    counts.allow(attempts)
    bootstrap = bootstrap or Bootstrap()
    draws = draws or bootstrap.draw(counts)
    table = curve_table(counts, attempts, draws)
    mixes = [_ACCEPTED, _CORRECT, _DRAWS, *(_utility(fp_cost, draw_cost) for fp_cost in fp_costs)]
    accepted, correct, spent, *utility = [_band(mix, table, bootstrap, counts) for mix in mixes]
    whole = counts.with_samples(attempts)
    if whole is not counts:
        table = curve_table(whole, attempts, bootstrap.draw(whole))
    steps = np.arange(1, attempts + 1)
    tasks = len(counts) - np.searchsorted(np.sort(counts.n), steps)
    return Curve(steps, tasks, accepted, correct, spent, tuple(utility), table)


def attempt_grid(attempts: int) -> Ints:
    """List 0, 1 … ``attempts``, beyond :data:`EVERY` about :data:`SPACED` of them evenly on a logarithmic scale."""
    if attempts <= EVERY + SPACED:
        return np.arange(attempts + 1)
    spaced = np.unique(np.rint(np.geomspace(EVERY, attempts, SPACED)).astype(np.int64))
    return np.concatenate([np.arange(EVERY), spaced])


def curve_table(counts: Counts, attempts: int, draws: Draws | None) -> CurveTable:
    """Compute the three curves: their means at every number of attempts, their tasks and resamples on the grid."""
    grid = attempt_grid(attempts)
    shares, spent = precision(counts), RunningDraws(np.ones(len(counts)))
    rows: list[list[Floats]] = [[], [], []]
    means: list[list[Floats]] = [[], [], []]
    for first, unanswered in survival_blocks(counts.n, counts.base_passes, attempts):
        accepted = 1.0 - unanswered.T
        steps = np.arange(first, first + len(accepted))
        picked = np.flatnonzero(np.isin(steps, grid, assume_unique=True))
        enough = _enough(counts, steps)
        for place, curve in enumerate((accepted, accepted * shares, spent.next(unanswered.T))):
            rows[place].append(curve[picked])
            means[place].append(curve.mean(axis=1) if enough is None else _masked_mean(curve, enough))
    own = [np.concatenate([np.zeros((1, len(counts))), *parts]) for parts in rows]
    every = [np.concatenate([np.zeros(1), *parts]) for parts in means]
    inside = _enough(counts, grid)
    nothing = np.empty((len(grid) - 1, 0))
    found = draws.curves(grid[1:], (own[0][1:], own[1][1:], own[2][1:])) if draws else (nothing, nothing, nothing)
    drawn = [np.concatenate([np.zeros_like(part[:1]), part]) for part in found]
    return CurveTable(
        grid,
        (own[0], own[1], own[2]),
        (drawn[0], drawn[1], drawn[2]),
        (every[0], every[1], every[2]),
        inside,
        counts.clusters,
        int(counts.n.min()),
    )


def _enough(counts: Counts, attempts: Ints) -> Floats | None:
    """Mark, per number of attempts and task, the tasks with enough samples; ``None`` if all have."""
    inside = counts.n >= attempts[:, None]
    return None if inside.all() else inside.astype(np.float64)


def _masked_mean(values: Floats, inside: Floats) -> Floats:
    result: Floats = (values * inside).sum(axis=1) / inside.sum(axis=1)
    return result


@dataclass(frozen=True, slots=True)
class _Mix:
    """A curve as a mix of accepted, correct and draws; and the range of its value at K attempts."""

    accepted: float
    correct: float
    draws: float

    def of(self, parts: Three) -> Floats:
        """Mix the three curves, skipping those without weight."""
        weights = (self.accepted, self.correct, self.draws)
        mixed = [part if weight == 1 else weight * part for weight, part in zip(weights, parts, strict=True) if weight]
        return reduce(np.add, mixed)

    def losses(self, parts: Three) -> Floats | None:
        """Return each task's probability of a wrong answer, if a wrong answer costs something."""
        return parts[0] - parts[1] if self.accepted < 0 else None

    def bounds(self, attempts: Ints) -> tuple[Floats, Floats]:
        """Return the least and the greatest value that a task can have at each number of attempts."""
        # A task has no accepted answer (0), a false one or a correct one, after 1 to K draws.
        outcomes = (0.0, self.accepted, self.accepted + self.correct)
        spent = self.draws * attempts
        return min(outcomes) + np.minimum(self.draws, spent), max(outcomes) + np.maximum(self.draws, spent)


_ACCEPTED = _Mix(1.0, 0.0, 0.0)
_CORRECT = _Mix(0.0, 1.0, 0.0)
_DRAWS = _Mix(0.0, 0.0, 1.0)


def _utility(fp_cost: float, draw_cost: float) -> _Mix:
    return _Mix(-fp_cost, 1.0 + fp_cost, -draw_cost)


def _band(mix: _Mix, table: CurveTable, bootstrap: Bootstrap, counts: Counts) -> Band:
    """Build the interval on the grid from values per task and per resample, and interpolate between."""
    values, replicates, every = mix.of(table.own)[1:], mix.of(table.drawn)[1:], mix.of(table.means)
    steps, tasks = table.grid[1:], len(counts)
    mean, inside = every[steps], np.ones((1, tasks))
    if table.inside is not None:
        inside = table.inside[1:]
        values, tasks = values * inside, int(inside[-1].sum())
    weights = cluster_sums(np.broadcast_to(inside.T, values.T.shape), table.clusters)
    sums = cluster_sums(values.T, table.clusters)
    if table.clusters is not None:
        tasks = int(np.count_nonzero(weights[:, -1]))
    if bootstrap.level is Level.SAMPLES:
        error = replicates.std(axis=1) if replicates.shape[1] else np.zeros_like(mean)
    else:
        error = ratio_error(sums, weights)
    least, most = mix.bounds(steps)
    units = bootstrap.units(counts, tasks)
    low, high = replicate_interval(mean, replicates, error, units, bootstrap.confidence, (least, most))
    if bootstrap.level is not Level.SAMPLES:
        wrong = mix.losses(table.own)
        losses = None if wrong is None else cluster_sums((wrong[1:] * inside).T, table.clusters)
        near_low, near_high = edge_limits(sums, weights, least, most, bootstrap.confidence, losses)
        low, high = np.minimum(low, near_low), np.maximum(high, near_high)
    attempts = np.arange(1, len(every))
    least, most = mix.bounds(attempts)
    below, above = (np.interp(np.log(attempts), np.log(steps), end - mean) for end in (low, high))
    value = every[1:]
    return Band(value, np.clip(value + below, least, value), np.clip(value + above, value, most))
