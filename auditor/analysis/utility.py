"""Utility by number of attempts, per task, and the number of attempts with the best mean."""

from __future__ import annotations

import numpy as np

from auditor.analysis import resampling
from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.counts import Counts
from auditor.analysis.metrics import Columns
from auditor.analysis.resampling import precision, survival

TIE = 1e-12
"""Utilities closer than this are equal; of equal ones, the fewest attempts win."""
ENOUGH = 0.01
"""Gain in utility, in units of a correct solution's value, too small to be worth more attempts: 1 per 100 tasks."""


def utility_curve(counts: Counts, fp_cost: float, draw_cost: float = 0.0) -> Floats:
    """Return the utility per task at K = 0, 1, … up to the smallest n; shape (tasks, K + 1), 0 at K = 0.

    To compare numbers of attempts on the same tasks, restrict the counts to those with enough samples before.
    """
    most = int(counts.n.min()) if len(counts) else 0
    unanswered = survival(counts.n, counts.base_passes, most)
    worth = np.where(counts.base_passes > 0, precision(counts) - fp_cost * (1 - precision(counts)), 0.0)
    drawn = np.hstack([np.zeros((len(counts), 1)), np.cumsum(unanswered[:, :-1], axis=1)])
    result: Floats = (1 - unanswered) * worth[:, None] - draw_cost * drawn
    return result


def utility_at(counts: Counts, attempts: int, fp_cost: float, draw_cost: float = 0.0) -> Columns:
    """Return the mean utility over tasks at K attempts, at least 1; tasks have at least K samples."""
    accepted, right = resampling.accepted(counts, attempts), precision(counts)
    values = accepted * (right - fp_cost * (1 - right))
    if draw_cost:
        values -= draw_cost * resampling.draws(counts, attempts)
    return Columns(values, np.ones(len(counts)), utility_bounds(attempts, fp_cost, draw_cost))


def for_all(confidence: float, models: int) -> float:
    """Return the confidence of each model's interval so that those of all hold together (Bonferroni).

    The model used is the best of several, whose gain over no model would else be clear by chance too often.
    """
    return 1 - (1 - confidence) / max(1, models)


def utility_bounds(attempts: int, fp_cost: float, draw_cost: float = 0.0) -> tuple[float, float]:
    """Return the least and the greatest utility that a task can have at K attempts; 0 at K = 0."""
    return (-fp_cost - draw_cost * attempts, 1.0 - draw_cost) if attempts else (0.0, 0.0)


def fewest_best(utilities: Floats) -> Ints:
    """Return K* of mean utilities at K = 0, 1, … on the last axis: the fewest attempts with the highest utility."""
    place: Ints = np.argmax(utilities >= utilities.max(axis=-1, keepdims=True) - TIE, axis=-1)
    return place


def fewest_enough(utilities: Floats, tolerance: float = ENOUGH) -> Ints:
    """Return, for mean utilities at K = 0, 1, … on the last axis, the fewest attempts that are enough.

    Enough is a utility above 0 that is at most ``tolerance`` below the highest; 0 if none is above 0.
    """
    best = utilities.max(axis=-1, keepdims=True)
    gains = (utilities > TIE) | (best <= TIE)
    place: Ints = np.argmax(gains & (utilities >= best - tolerance - TIE), axis=-1)
    return place


def best_attempts_of_sums(sums: Floats) -> Floats:
    """Return K* of sums over tasks of the utility at K = 0, 1, … and, last, of the tasks' weights."""
    return np.asarray(fewest_best(sums[..., :-1] / sums[..., -1:]), dtype=np.float64)


def best_utility_of_sums(sums: Floats) -> Floats:
    """Return the highest mean utility for the same sums."""
    result: Floats = sums[..., :-1].max(axis=-1) / sums[..., -1]
    return result


def spent_per_gain(sums: Floats) -> Floats:
    """Divide the first sum by the second, infinite if nothing was gained."""
    spent, gained = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(gained > 0, spent / gained, np.inf))
