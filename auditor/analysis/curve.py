"""Acceptance, correctness, draws and utility at every number of attempts, and the best number.

Everything is linear in two curves: with A(K) the share of tasks accepted within K attempts and C(K)
the share accepted and correct, mean utility at a false-positive cost r is (1 + r) C(K) - r A(K) less
the cost of the draws, and the mean number of draws is the running sum of 1 - A. So one pass over the
attempts, a block at a time, gives every curve with its interval in memory that does not grow with K.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from auditor.analysis.bootstrap import Bootstrap, Draws
from auditor.analysis.counts import Counts, Ints
from auditor.analysis.intervals import Floats, ratio_error, replicate_interval
from auditor.analysis.resampling import precision, survival_blocks
from auditor.results.options import Level

TIE = 1e-12
"""Utilities closer than this are equal; of equal ones the fewest attempts win."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A curve with its interval at every point; infinite where there is no bound."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BestAttempts:
    """The best number of attempts at one false-positive cost."""

    fp_cost: float
    attempts: int
    """0 = do not sample."""
    replicates: Ints
    """The best number in each resample; empty without resamples."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Every curve at 1, 2 … K attempts."""

    attempts: Ints
    accepted: Band
    correct: Band
    draws: Band
    """Expected draws a task."""
    utility: tuple[Band, ...]
    """One a false-positive cost, in the order asked for."""
    optimum: tuple[BestAttempts, ...]


def scaling_curve(
    counts: Counts,
    attempts: int,
    fp_costs: Sequence[float],
    *,
    draw_cost: float = 0.0,
    bootstrap: Bootstrap | None = None,
    draws: Draws | None = None,
) -> Curve:
    """Compute every curve up to ``attempts``; refuses more attempts than a task has samples.

    ``draws`` are the bootstrap's for these counts, where they are made already.
    """
    counts.allow(attempts)
    bootstrap = bootstrap or Bootstrap()
    draws = draws or bootstrap.draw(counts)
    mixes = [_ACCEPTED, _CORRECT, _DRAWS, *(_utility(fp_cost, draw_cost) for fp_cost in fp_costs)]
    parts: list[list[Band]] = [[] for _ in mixes]
    best = [_Best() for _ in mixes]
    best_drawn = [_Best() for _ in mixes]
    for block in _blocks(counts, draws, attempts):
        for place, mix in enumerate(mixes):
            values, replicates = mix.of(block.own), mix.of(block.drawn)
            best[place].see(block.first, values.mean(axis=1, keepdims=True))
            best_drawn[place].see(block.first, replicates)
            parts[place].append(_band(mix, block.first, values, replicates, counts, bootstrap))
    accepted, correct, spent, *utility = [_joined(part) for part in parts]
    optimum = [
        BestAttempts(fp_cost, int(best[place].attempts[0]), best_drawn[place].attempts[: bootstrap.resamples])
        for place, fp_cost in enumerate(fp_costs, start=len(mixes) - len(fp_costs))
    ]
    return Curve(np.arange(1, attempts + 1), accepted, correct, spent, tuple(utility), tuple(optimum))


@dataclass(frozen=True, slots=True)
class _Mix:
    """A curve as a mix of accepted, correct and draws; and the range of its value at K attempts."""

    accepted: float
    correct: float
    draws: float

    def of(self, parts: tuple[Floats, Floats, Floats]) -> Floats:
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
    own: tuple[Floats, Floats, Floats]
    drawn: tuple[Floats, Floats, Floats]


def _blocks(counts: Counts, draws: Draws | None, attempts: int) -> Iterator[_Block]:
    """Walk the attempts in blocks; without draws the replicates have width 0."""
    shares = precision(counts)
    spent, spent_drawn = _Spent(), _Spent()
    drawn_curves = draws.curves(attempts) if draws else None
    for first, unanswered in survival_blocks(counts.n, counts.base_passes, attempts):
        accepted = 1.0 - unanswered.T
        none = np.empty((len(accepted), 0))
        accepted_drawn, correct_drawn = next(drawn_curves) if drawn_curves else (none, none)
        yield _Block(
            first,
            (accepted, accepted * shares, spent.next(accepted)),
            (accepted_drawn, correct_drawn, spent_drawn.next(accepted_drawn)),
        )


class _Spent:
    """Running expected draws: one for every attempt that is reached, block after block."""

    def __init__(self) -> None:
        self._reached: Floats | None = None
        self._total: Floats | float = 0.0

    def next(self, accepted: Floats) -> Floats:
        """Give the draws at the attempts of a block from its acceptance; blocks must come in order."""
        before = np.ones_like(accepted[:1]) if self._reached is None else self._reached
        total: Floats = self._total + np.cumsum(np.concatenate([before, 1.0 - accepted[:-1]]), axis=0)
        self._reached, self._total = 1.0 - accepted[-1:], total[-1]
        return total


class _Best:
    """Running argmax over attempts, one a column, that starts at 0 attempts with utility 0."""

    def __init__(self) -> None:
        self.attempts: Ints = np.zeros(1, dtype=np.int64)
        self._utility: Floats = np.zeros(1)

    def see(self, first: int, utility: Floats) -> None:
        """Take in the utilities of a block of attempts, which starts at ``first``."""
        if utility.shape[1] == 0:
            return
        most = utility.max(axis=0)
        place = first + np.argmax(utility >= most - TIE, axis=0)
        better = most > self._utility + TIE
        self.attempts = np.where(better, place, self.attempts)
        self._utility = np.where(better, most, self._utility)


def _band(mix: _Mix, first: int, values: Floats, replicates: Floats, counts: Counts, bootstrap: Bootstrap) -> Band:
    """Make the interval at each attempt of a block from a value a task and one a resample."""
    mean = values.mean(axis=1)
    if bootstrap.level is Level.SAMPLES:
        error = replicates.std(axis=1) if replicates.shape[1] else np.zeros_like(mean)
    else:
        error = ratio_error(values.T, np.ones((len(values.T), 1)))
    units = bootstrap.units(counts, len(counts))
    bounds = mix.bounds(np.arange(first, first + len(values)))
    low, high = replicate_interval(mean, replicates.T, error, units, bootstrap.confidence, bounds)
    return Band(mean, low, high)


def _joined(bands: Sequence[Band]) -> Band:
    return Band(*(np.concatenate([getattr(band, part) for band in bands]) for part in ("value", "low", "high")))
