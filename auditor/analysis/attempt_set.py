"""Which numbers of attempts may be the best: a confidence set, and the best utility without optimism.

Utility curves are flat near the top, so the argmax of a curve says little about where the true best
lies; a percentile interval of the bootstrap's argmax fails where the truth is the largest K. The set
holds every K whose utility is not shown to fall short of the best.

For K in a grid, d_K = U(K*) - U(K) is how far K falls short, and se_K its standard error. The set is
{K : d_K <= c se_K}, where c is a quantile of the bootstrap's largest standardised excess over the
grid (one-sided max-t; Hansen, Lunde and Nason 2011, Econometrica 79, use it for sets of best models), so that it
holds the true best with the stated confidence at every K at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analysis.counts import Ints, Tallies
from auditor.analysis.intervals import Floats, task_weights
from auditor.analysis.resampling import precision, survival_blocks

GRID = 200
"""Numbers of attempts looked at, at most; beyond, they are spaced evenly on a logarithmic scale."""
ENOUGH = 0.01
"""Utility, in units of a correct solution's worth, that is too little to pay for more attempts."""
FOLDS = 10
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class AttemptSet:
    """The numbers of attempts that may be the best at one false-positive cost; 0 means not to sample."""

    best: int
    """The number with the highest mean utility; of equal ones the fewest."""
    utility: float
    """Its mean utility, at least 0."""
    fewest: int
    """The smallest number in the set."""
    most: int
    """The largest number in the set."""
    open_above: bool
    """The set holds the largest number looked at, so the true best may lie beyond it."""
    enough: int
    """The fewest attempts whose utility is within :data:`ENOUGH` of the best."""
    fair_utility: float
    """Utility of choosing the number on some tasks and using it on others, by cross-validation over tasks."""


def best_attempt_set(
    counts: Tallies,
    fp_cost: float,
    attempts: int,
    *,
    draw_cost: float = 0.0,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> AttemptSet:
    """Find the numbers of attempts, from 0 to ``attempts``, that may have the highest mean utility.

    ``fp_cost`` and ``draw_cost`` are in units of a correct solution's worth. Needs ``attempts`` <= n for every
    task, see :meth:`Counts.allow`. Without resamples, or with one task, the set is every number looked at.
    """
    grid, table = task_utilities(counts, fp_cost, attempts, draw_cost=draw_cost)
    means = table.mean(axis=0)
    at = _first_best(means)
    inside = np.ones(len(grid), dtype=np.bool_)
    if resamples and len(counts) > 1:
        inside = _inside(table[:, at : at + 1] - table, confidence, resamples, seed)
    (members,) = np.nonzero(inside)
    return AttemptSet(
        best=int(grid[at]),
        utility=float(means[at]),
        fewest=int(grid[members[0]]),
        most=int(grid[members[-1]]),
        open_above=bool(inside[-1]),
        enough=int(grid[np.argmax(means >= means[at] - ENOUGH)]),
        fair_utility=_cross_validated(table, seed),
    )


def attempt_grid(attempts: int) -> Ints:
    """List 0, 1 … ``attempts``, or at most about :data:`GRID` of them evenly on a logarithmic scale."""
    if attempts < GRID:
        return np.arange(attempts + 1)
    spaced = np.unique(np.rint(np.geomspace(1, attempts, GRID)).astype(np.int64))
    return np.concatenate([np.zeros(1, dtype=np.int64), spaced])


def task_utilities(counts: Tallies, fp_cost: float, attempts: int, *, draw_cost: float = 0.0) -> tuple[Ints, Floats]:
    """Return the numbers of attempts looked at, and each task's utility there; shapes (grid,), (tasks, grid).

    The first number is 0, with utility 0 for every task.
    """
    grid = attempt_grid(attempts)
    share = precision(counts)
    worth = np.where(counts.base_passes > 0, share - fp_cost * (1 - share), 0.0)
    table = np.zeros((len(counts), len(grid)))
    drawn = np.ones((len(counts), 1))
    for first, unanswered in survival_blocks(counts.n, counts.base_passes, attempts):
        inside = (grid >= first) & (grid < first + unanswered.shape[1])
        columns = grid[inside] - first
        draws = drawn + np.cumsum(unanswered, axis=1) - unanswered
        table[:, inside] = (1.0 - unanswered[:, columns]) * worth[:, None] - draw_cost * draws[:, columns]
        drawn = drawn + unanswered.sum(axis=1, keepdims=True)
    return grid, table


def _inside(shortfalls: Floats, confidence: float, resamples: int, seed: int) -> NDArray[np.bool_]:
    """Say which numbers are in the set; ``shortfalls`` has each task's d_K, shape (tasks, grid)."""
    tasks = len(shortfalls)
    means = shortfalls.mean(axis=0)
    error = shortfalls.std(axis=0, ddof=1) / np.sqrt(tasks)
    differs = error > _ROUNDING
    if not differs.any():
        return np.asarray(means <= _ROUNDING)
    weights = task_weights(tasks, resamples, seed) / tasks
    deviations = (weights @ shortfalls[:, differs] - means[differs]) / error[differs]
    critical = float(np.quantile(deviations.max(axis=1), confidence))
    return np.asarray(means <= critical * error + _ROUNDING)


def _cross_validated(table: Floats, seed: int) -> float:
    """Choose the number on all folds but one and take its utility on that one; the mean over tasks."""
    tasks = len(table)
    if tasks < 2:
        return float(table.mean(axis=0).max())
    fold = np.random.default_rng((seed, 3)).permutation(tasks) % min(FOLDS, tasks)
    total = 0.0
    for number in range(int(fold.max()) + 1):
        held = fold == number
        total += float(table[held, _first_best(table[~held].mean(axis=0))].sum())
    return total / tasks


def _first_best(means: Floats) -> int:
    return int(np.argmax(means >= means.max() - _ROUNDING))
