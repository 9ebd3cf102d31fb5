"""Acceptance, correctness, draws and utility at every number of attempts.

Everything is linear in three curves: with A(K) the share of tasks accepted within K attempts, C(K) the share
accepted and correct, and D(K) the expected draws, mean utility at a false-positive cost r is
(1 + r) C(K) - r A(K) less the cost of D(K). One pass over the attempts, a block at a time, gives every curve with
its interval in memory that does not grow with K.

The point at K is over the tasks with at least K samples. The table for choosing the best K is over the tasks that
have enough samples for every K, since numbers of attempts must be compared on the same tasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from auditor.analysis.bootstrap import Bootstrap, Draws
from auditor.analysis.counts import Counts, Ints
from auditor.analysis.intervals import Floats, edge_limits, ratio_error, replicate_interval
from auditor.analysis.resampling import RunningDraws, precision, survival_blocks
from auditor.results.options import Level

GRID = 200
"""Numbers of attempts among which the best is sought, at most; beyond, spaced evenly on a logarithmic scale."""

_EDGES = 32
"""Numbers of attempts of a block at which limits near an end of the range are computed; between they are joined."""

Three = tuple[Floats, Floats, Floats]
"""Acceptance, correctness and draws."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A curve with its interval at every point; infinite where there is no bound."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CurveTable:
    """The three curves at the numbers of attempts looked at, all over the same tasks."""

    grid: Ints
    """Numbers of attempts, ascending, from 0."""
    own: Three
    """One value a task; shape (grid, tasks)."""
    drawn: Three
    """One value a bootstrap resample; shape (grid, resamples)."""
    means: Three
    """The mean over tasks at every number of attempts from 0 on, on the grid or not; shape (attempts + 1,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Every curve at 1, 2 … K attempts."""

    attempts: Ints
    tasks: Ints
    """Tasks with at least so many samples."""
    accepted: Band
    correct: Band
    draws: Band
    """Expected draws a task."""
    utility: tuple[Band, ...]
    """One a false-positive cost, in the order asked for."""
    table: CurveTable
    """For choosing the best number of attempts."""


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

    ``draws`` are the bootstrap's for these counts, where they are made already.
    """
    counts.allow(attempts)
    bootstrap = bootstrap or Bootstrap()
    draws = draws or bootstrap.draw(counts)
    mixes = [_ACCEPTED, _CORRECT, _DRAWS, *(_utility(fp_cost, draw_cost) for fp_cost in fp_costs)]
    parts: list[list[Band]] = [[] for _ in mixes]
    whole = counts.with_samples(attempts)
    table = _Collected(attempts)
    for block in _blocks(counts, draws, attempts):
        if whole is counts:
            table.see(block)
        for place, mix in enumerate(mixes):
            parts[place].append(_band(mix, block, bootstrap, counts))
    if whole is not counts:
        for block in _blocks(whole, bootstrap.draw(whole), attempts):
            table.see(block)
    accepted, correct, spent, *utility = [_joined(part) for part in parts]
    steps = np.arange(1, attempts + 1)
    tasks = len(counts) - np.searchsorted(np.sort(counts.n), steps)
    return Curve(steps, tasks, accepted, correct, spent, tuple(utility), table.done())


def attempt_grid(attempts: int) -> Ints:
    """List 0, 1 … ``attempts``, or at most about :data:`GRID` of them evenly on a logarithmic scale."""
    if attempts < GRID + 1:
        return np.arange(attempts + 1)
    spaced = np.unique(np.rint(np.geomspace(1, attempts, GRID)).astype(np.int64))
    return np.concatenate([np.zeros(1, dtype=np.int64), spaced])


@dataclass(frozen=True, slots=True)
class _Mix:
    """A curve as a mix of accepted, correct and draws; and the range of its value at K attempts."""

    accepted: float
    correct: float
    draws: float

    def of(self, parts: Three) -> Floats:
        """Mix the three curves, leaving out what has no weight."""
        weights = (self.accepted, self.correct, self.draws)
        mixed = [part if weight == 1 else weight * part for weight, part in zip(weights, parts, strict=True) if weight]
        return reduce(np.add, mixed)

    def bounds(self, attempts: Ints) -> tuple[Floats, Floats]:
        """Give the least and the greatest value that a task can have at each number of attempts."""
        # A task goes unanswered (0), is falsely accepted or rightly accepted, after 1 to K draws.
        outcomes = (0.0, self.accepted, self.accepted + self.correct)
        spent = self.draws * attempts
        return min(outcomes) + np.minimum(self.draws, spent), max(outcomes) + np.maximum(self.draws, spent)


_ACCEPTED = _Mix(1.0, 0.0, 0.0)
_CORRECT = _Mix(0.0, 1.0, 0.0)
_DRAWS = _Mix(0.0, 0.0, 1.0)


def _utility(fp_cost: float, draw_cost: float) -> _Mix:
    return _Mix(-fp_cost, 1.0 + fp_cost, -draw_cost)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The three curves for a run of attempts: attempts on the first axis, tasks or resamples on the second."""

    first: int
    own: Three
    drawn: Three
    inside: Floats | None
    """1 where the task has enough samples, else 0; ``None`` where all have."""

    @property
    def attempts(self) -> Ints:
        """The numbers of attempts of the block."""
        return np.arange(self.first, self.first + len(self.own[0]))


def _blocks(counts: Counts, draws: Draws | None, attempts: int) -> Iterator[_Block]:
    """Walk the attempts in blocks; without draws the replicates have width 0."""
    shares = precision(counts)
    spent = RunningDraws(np.ones(len(counts)))
    drawn_curves = draws.curves(attempts) if draws else None
    for first, unanswered in survival_blocks(counts.n, counts.base_passes, attempts):
        accepted = 1.0 - unanswered.T
        own = (accepted, accepted * shares, spent.next(unanswered.T))
        none = np.empty((len(accepted), 0))
        drawn = next(drawn_curves) if drawn_curves else (none, none, none)
        enough = counts.n >= np.arange(first, first + len(accepted))[:, None]
        yield _Block(first, own, drawn, None if enough.all() else enough.astype(np.float64))


class _Collected:
    """The rows of the blocks that belong to the grid."""

    def __init__(self, attempts: int) -> None:
        self._grid = attempt_grid(attempts)
        self._rows: list[tuple[Three, Three, Three]] = []

    def see(self, block: _Block) -> None:
        """Keep the rows of a block; blocks come in order."""
        rows = np.flatnonzero(np.isin(block.attempts, self._grid, assume_unique=True))
        own, drawn = block.own, block.drawn
        self._rows.append(
            (
                (own[0][rows], own[1][rows], own[2][rows]),
                (drawn[0][rows], drawn[1][rows], drawn[2][rows]),
                (own[0].mean(axis=1), own[1].mean(axis=1), own[2].mean(axis=1)),
            )
        )

    def done(self) -> CurveTable:
        """Join the rows, after one of zeros for not sampling at all."""
        parts = [
            [np.concatenate([np.zeros_like(rows[0][:1]), *rows]) for rows in zip(*kept, strict=True)]
            for kept in zip(*self._rows, strict=True)
        ]
        own, drawn, means = ((one[0], one[1], one[2]) for one in parts)
        return CurveTable(self._grid, own, drawn, means)


def _band(mix: _Mix, block: _Block, bootstrap: Bootstrap, counts: Counts) -> Band:
    """Make the interval at each attempt of a block from a value a task and one a resample."""
    values, replicates = mix.of(block.own), mix.of(block.drawn)
    tasks = len(counts)
    if block.inside is None:
        mean, denominators = values.mean(axis=1), np.ones((tasks, 1))
    else:
        values = values * block.inside
        mean, denominators = values.sum(axis=1) / block.inside.sum(axis=1), block.inside.T
        tasks = int(block.inside[-1].sum())
    if bootstrap.level is Level.SAMPLES:
        error = replicates.std(axis=1) if replicates.shape[1] else np.zeros_like(mean)
    else:
        error = ratio_error(values.T, denominators)
    units = bootstrap.units(counts, tasks)
    least, most = mix.bounds(block.attempts)
    low, high = replicate_interval(mean, replicates.T, error, units, bootstrap.confidence, (least, most))
    if bootstrap.level is not Level.SAMPLES:
        inside = np.ones_like(values) if block.inside is None else block.inside
        edges = _edges(values.T, inside.T, least, most, bootstrap.confidence)
        low, high = np.clip(np.minimum(low, edges[0]), least, mean), np.clip(np.maximum(high, edges[1]), mean, most)
    return Band(mean, low, high)


def _edges(values: Floats, inside: Floats, least: Floats, most: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Give the limits near an end of the range at each attempt; along a block they are computed at some and joined."""
    count = values.shape[1]
    if count <= _EDGES:
        return edge_limits(values, inside, least, most, confidence)
    places = np.unique(np.rint(np.geomspace(1, count, _EDGES)).astype(np.int64)) - 1
    low, high = edge_limits(values[:, places], inside[:, places], least[places], most[places], confidence)
    steps = np.arange(count)
    return np.interp(steps, places, low), np.interp(steps, places, high)


def _joined(bands: Sequence[Band]) -> Band:
    return Band(*(np.concatenate([getattr(band, part) for band in bands]) for part in ("value", "low", "high")))
