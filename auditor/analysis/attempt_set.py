"""Numbers of attempts that may be the best: a confidence set, and the best utility without optimism.

Utility curves are flat near the maximum, so the argmax of a curve says little about the true best; a percentile
interval of the bootstrap's argmax fails if the truth is the largest K. The set holds every K whose utility is not shown
to fall short of the best.

For K in a grid, d_K = U(K*) - U(K) is how far K falls short, and se_K its standard error. The set is
{K : d_K <= c se_K}, where c is a quantile of the bootstrap's largest standardised excess over the
grid (one-sided max-t; Hansen, Lunde and Nason 2011, Econometrica 79, use it for sets of best models), so that it
holds the true best with the stated confidence at every K at once. The quantile is taken at a level widened for few
tasks, as that of every bootstrap interval is.

If few tasks show what the best number may lose against another K (few wrong answers, or few correct ones that need more
attempts), the spread of the tasks is too small: tasks that lose more may not have been drawn. Then K is also in the set
if Gaffke's bound of d_K, as for any mean that few tasks decide, is not above 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.bootstrap import Three
from auditor.analysis.curve import CurveTable
from auditor.analysis.intervals import cluster_sums, edge_limits, ratio_error, widened_level
from auditor.analysis.utility import fewest_enough
from auditor.results import Level

FOLDS = 10
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class AttemptSet:
    """Numbers of attempts that may be the best at one false-positive cost; 0 means not to sample."""

    best: int
    """Number with the highest mean utility; of equal ones, the smallest."""
    utility: float
    """Its mean utility, at least 0."""
    fewest: int
    """Smallest number in the set."""
    most: int
    """Largest number in the set."""
    open_above: bool
    """Whether the set contains the largest number considered, so that the true best may lie beyond."""
    enough: int
    """The fewest attempts with a utility above 0 and within :data:`~auditor.analysis.utility.ENOUGH` of the best."""
    fair_utility: float
    """Utility when the number is chosen on some tasks and used on others, by cross-validation over tasks."""


def best_attempt_set(
    table: CurveTable,
    fp_cost: float,
    *,
    draw_cost: float = 0.0,
    confidence: float = 0.95,
    seed: int = 0,
    level: Level = Level.TASKS,
) -> AttemptSet:
    """Find the numbers of attempts, from 0 to the table's last, that may have the highest mean utility.

    ``fp_cost`` and ``draw_cost`` are in units of a correct solution's value. Without resamples, or with one task, the
    set is every number considered. ``level`` is what the table's resamples drew.
    """
    own, grid = utilities(table.own, fp_cost, draw_cost), table.grid
    means = utilities(table.means, fp_cost, draw_cost)
    best, at = _first_best(means), _first_best(means[grid])
    inside = np.ones(len(grid), dtype=np.bool_)
    if table.drawn[0].shape[1] and own.shape[1] > 1:
        drawn = utilities(table.drawn, fp_cost, draw_cost)
        inside = _inside(own[at] - own, drawn[at] - drawn, table.clusters, confidence, level)
        if level is not Level.SAMPLES:
            inside[~inside] = _undecided(table, at, ~inside, fp_cost, draw_cost, confidence)
    (members,) = np.nonzero(inside)
    return AttemptSet(
        best=best,
        utility=float(means[best]),
        fewest=min(best, int(grid[members[0]])),
        most=max(best, int(grid[members[-1]])),
        open_above=bool(inside[-1]),
        enough=int(fewest_enough(means)),
        fair_utility=_cross_validated(own, seed),
    )


def utilities(curves: Three, fp_cost: float, draw_cost: float = 0.0) -> Floats:
    """Return the utility for acceptance, correctness and draws, in their shape."""
    accepted, correct, draws = curves
    result: Floats = (1.0 + fp_cost) * correct
    result -= fp_cost * accepted
    if draw_cost:
        result -= draw_cost * draws
    return result


def _inside(
    shortfalls: Floats, drawn: Floats, clusters: Ints | None, confidence: float, level: Level
) -> NDArray[np.bool_]:
    """Return which numbers are in the set.

    ``shortfalls`` has each task's d_K, shape (grid, tasks); ``drawn`` each resample's, shape (grid, resamples).
    """
    tasks = shortfalls.shape[1]
    means = shortfalls.mean(axis=1)
    if level is Level.SAMPLES:
        error = drawn.std(axis=1, ddof=1) if drawn.shape[1] > 1 else np.zeros(len(means))
    else:
        sizes = np.ones((tasks, 1))
        error = ratio_error(cluster_sums(shortfalls.T, clusters), cluster_sums(sizes, clusters))
    differs = error > _ROUNDING
    if not differs.any():
        return np.asarray(means <= _ROUNDING)
    deviations = drawn[differs] - means[differs, None]
    deviations /= error[differs, None]
    units = tasks if clusters is None else int(clusters.max()) + 1
    quantile = widened_level(confidence, units) if level is not Level.SAMPLES else confidence
    critical = float(np.quantile(deviations.max(axis=0), quantile))
    return np.asarray(means <= critical * error + _ROUNDING)


def _undecided(
    table: CurveTable, at: int, asked: NDArray[np.bool_], fp_cost: float, draw_cost: float, confidence: float
) -> NDArray[np.bool_]:
    """Return which of the given numbers fall short of number ``at`` by a difference that few tasks decide."""
    accepted, correct, draws = ((part[at] - part[asked]).T for part in table.own)
    gained, steps = accepted.max(axis=0) > 0, table.grid[asked]
    wrong = accepted - correct
    losses = fp_cost * np.maximum(wrong, 0.0) + np.maximum(-correct, 0.0)
    shortfalls = correct - fp_cost * wrong - draw_cost * draws
    width = _largest_change(table.samples, int(table.grid[at]), steps)
    spent = draw_cost * np.abs(table.grid[at] - steps)
    least = -np.where(gained, fp_cost, 1.0) * width - spent
    most = np.where(gained, 1.0, fp_cost) * width + spent
    sums, sizes = (cluster_sums(part, table.clusters) for part in (shortfalls, np.ones_like(shortfalls)))
    low, _ = edge_limits(sums, sizes, least, most, confidence, cluster_sums(losses, table.clusters))
    return np.asarray(low <= _ROUNDING)


def _largest_change(samples: int, best: int, steps: Ints) -> Floats:
    """Return the largest difference a task with ``n`` samples can have between the best number and each other."""
    from scipy.special import gammaln

    misses = samples - np.unique(np.rint(np.geomspace(1, samples, 60)).astype(np.int64))[:, None]
    drawn = np.append(steps, best)
    left = np.maximum(misses - drawn, 0)
    logs = gammaln(misses + 1) - gammaln(left + 1) + gammaln(samples - drawn + 1) - gammaln(samples + 1)
    unanswered = np.where(misses >= drawn, np.exp(logs), 0.0)
    result: Floats = np.abs(unanswered[:, :-1] - unanswered[:, -1:]).max(axis=0)
    return result


def _cross_validated(own: Floats, seed: int) -> float:
    """Choose the number on all folds but one and score it on that one; return the mean over tasks."""
    tasks = own.shape[1]
    if tasks < 2:
        return float(own.mean(axis=1).max())
    folds = min(FOLDS, tasks)
    fold = np.random.default_rng((seed, 3)).permutation(tasks) % folds
    held = own @ (fold[:, None] == np.arange(folds))
    others = (own.sum(axis=1, keepdims=True) - held) / (tasks - np.bincount(fold, minlength=folds))
    total = sum(float(held[_first_best(others[:, number]), number]) for number in range(folds))
    return float(total / tasks)


def _first_best(means: Floats) -> int:
    return int(np.argmax(means >= means.max() - _ROUNDING))
