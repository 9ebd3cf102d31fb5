"""Resampling until the base suite passes, in closed form.

For a task with n samples of which b pass base, t of them correct: drawing at most K samples without
replacement until one passes base

* gives no accepted answer with probability S(K) = C(n-b, K) / C(n, K),
* is accepted with probability A(K) = 1 - S(K),
* and what is accepted is correct with probability t/b **at every K**, since the accepted sample is
  equally likely to be any of the b;
* it takes S(0) + S(1) + … + S(K-1) draws on average.

More attempts than a task has samples are never guessed: values of tasks with n < K are meaningless and must be masked
(:meth:`Tallies.reaching`), as the statistics of :mod:`auditor.analysis.metrics` do. S is computed as the running
product of (n-b-j)/(n-j), which is accurate to K units in the last place: 1e-12 for K = 10,000. Tests check every
formula against an enumeration of all orders.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.counts import Tallies


def survival(n: ArrayLike, hits: ArrayLike, attempts: int) -> Floats:
    """Return the probability that none of k draws without replacement is a hit, for k = 0 … ``attempts``.

    ``n`` and ``hits`` broadcast to shape (tasks,); the result is (tasks, attempts + 1). Needs
    ``attempts`` <= n, see :meth:`Counts.allow`.
    """
    n, hits = np.broadcast_arrays(np.atleast_1d(n), np.atleast_1d(hits))
    table = np.ones((len(n), attempts + 1))
    np.cumprod(_survival_steps(n, hits, 0, attempts), axis=1, out=table[:, 1:])
    return table


def survival_at(n: Ints, hits: Ints, attempts: int) -> Floats:
    """Return S(K) alone, shape (tasks,); equal pairs of n and hits are computed once."""
    width = int(n.max(initial=0)) + 1
    pairs, place = np.unique(n * width + hits, return_inverse=True)
    result: Floats = survival(pairs // width, pairs % width, attempts)[place, -1]
    return result


def survival_blocks(n: Ints, hits: Ints, attempts: int, block: int = 256) -> Iterator[tuple[int, Floats]]:
    """Yield (first k, S(k) for the next at most ``block`` values of k), from k = 1 to ``attempts``.

    The same numbers as :func:`survival`, in memory independent of ``attempts``.
    """
    reached = np.ones((len(n), 1))
    for start in range(0, attempts, block):
        stop = min(start + block, attempts)
        table = reached * np.cumprod(_survival_steps(n, hits, start, stop), axis=1)
        yield start + 1, table
        reached = table[:, -1:]


class RunningDraws:
    """Expected draws, block by block: one for every attempt that is reached."""

    def __init__(self, start: Floats) -> None:
        """Start with what is reached at the first attempt, per column: 1 per task, or the tasks of a resample."""
        self._reached = start[None]
        self._total: Floats | float = 0.0

    def next(self, unanswered: Floats) -> Floats:
        """Return the draws at a block's attempts, shape (attempts, columns), from the unanswered share there."""
        total: Floats = self._total + np.cumsum(np.concatenate([self._reached, unanswered[:-1]]), axis=0)
        self._reached, self._total = unanswered[-1:], total[-1]
        return total


def _survival_steps(n: Ints, hits: Ints, start: int, stop: int) -> Floats:
    """Return the factors (n-b-j)/(n-j) for j from start to stop, clipped at 0."""
    drawn = np.arange(start, stop)
    steps: Floats = np.maximum(n[:, None] - hits[:, None] - drawn, 0) / np.maximum(n[:, None] - drawn, 1)
    return steps


def precision(counts: Tallies) -> Floats:
    """Return t/b per task: the probability that an accepted answer is correct; 0 if none is accepted."""
    return divide(counts.correct, counts.base_passes)


def accepted(counts: Tallies, attempts: int) -> Floats:
    """Return A(K) per task; shape (tasks,)."""
    counts.allow(attempts)
    result: Floats = 1.0 - survival_at(counts.n, counts.base_passes, attempts)
    return result


def draws(counts: Tallies, attempts: int) -> Floats:
    """Return the expected number of draws with at most K attempts per task; between 1 and K."""
    counts.allow(attempts)
    result: Floats = survival(counts.n, counts.base_passes, attempts - 1).sum(axis=1)
    return result


def utility(counts: Tallies, attempts: int, fp_cost: float, draw_cost: float = 0.0) -> Floats:
    """Return the expected utility with at most K attempts per task: A(K) (t - r f)/b - draw cost x draws.

    A correct solution is worth 1, a false positive costs ``fp_cost``, no answer is worth 0.
    """
    share = precision(counts)
    gain = accepted(counts, attempts) * np.where(counts.base_passes > 0, share - fp_cost * (1 - share), 0.0)
    result: Floats = gain - draw_cost * draws(counts, attempts)
    return result


def pass_at(counts: Tallies, k: int) -> Floats:
    """Return the unbiased pass@k per task: 1 - C(n-t, k)/C(n, k) (Chen et al. 2021, arXiv 2107.03374)."""
    counts.allow(k)
    result: Floats = 1.0 - survival_at(counts.n, counts.correct, k)
    return result


def divide(numerators: ArrayLike, denominators: ArrayLike) -> Floats:
    """Divide element by element, with 0 if the denominator is 0."""
    top, bottom = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    result: Floats = np.divide(top, bottom, out=np.zeros(np.broadcast(top, bottom).shape), where=bottom != 0)
    return result
