"""The beta-binomial distribution fitted by maximum likelihood, to many weighted tables at once.

Tasks differ in difficulty; if the probability of a hit is Beta(a, b) over tasks, a task with n
trials has a beta-binomial number of hits (Skellam 1948). Its log likelihood is a sum of logarithms,

    sum over j of  H_j log(a + j) + M_j log(b + j) - N_j log(a + b + j),

where H_j, M_j and N_j are the numbers of tasks with more than j hits, misses and trials (Griffiths 1973). In this form,
value, gradient and curvature for all bootstrap resamples are a few array operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analysis.arrays import Floats, Ints

_SPREAD = 3.0
"""Standard deviation of the weak normal penalty on log a and log b: it only matters if the
likelihood has no maximum, as when all tasks have the same rate."""

_ITERATIONS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Beta:
    """Parameters of one Beta distribution per row; shape (rows,)."""

    a: Floats
    b: Floats


def fit_beta(hits: Ints, trials: Ints, weights: Floats) -> Beta:
    """Fit a Beta to tasks with ``hits`` of ``trials``, once for each row of ``weights`` (rows, tasks).

    A weight is the multiplicity of a task. Tasks without trials have no effect.
    """
    tails = tuple(_tail_counts(numbers, weights) for numbers in (hits, trials - hits, trials))
    logs = np.zeros((2, len(weights)))
    for _ in range(_ITERATIONS):
        step = _newton_step(logs, tails)
        logs += step
        if np.abs(step).max(initial=0.0) < 1e-9:
            break
    a, b = np.exp(logs)
    return Beta(a, b)


def chances_within(posterior: Beta, attempts: Sequence[int]) -> list[Floats]:
    """Return, for each K, the probability of at least one hit in K new trials: 1 - B(a, b + K)/B(a, b), elementwise."""
    from scipy.special import betaln

    before = betaln(posterior.a, posterior.b)
    return [-np.expm1(betaln(posterior.a, posterior.b + number) - before) for number in attempts]


def _tail_counts(numbers: Ints, weights: Floats) -> Floats:
    """Count, per row, the weighted tasks whose number exceeds j = 0, 1, …; shape (rows, largest number)."""
    exceeds = numbers[:, None] > np.arange(int(numbers.max(initial=0)))
    result: Floats = weights @ exceeds
    return result


def _newton_step(logs: Floats, tails: tuple[Floats, ...]) -> Floats:
    """Step towards the maximum in (log a, log b), at most 1 either way, always uphill."""
    a, b = np.exp(logs)
    (first_a, second_a), (first_b, second_b), (first_n, second_n) = (
        _sums(tail, start) for tail, start in zip(tails, (a, b, a + b), strict=True)
    )
    gradient_a = a * (first_a - first_n) - logs[0] / _SPREAD**2
    gradient_b = b * (first_b - first_n) - logs[1] / _SPREAD**2
    curve_a = a * (first_a - first_n) + a * a * (second_n - second_a) - 1 / _SPREAD**2
    curve_b = b * (first_b - first_n) + b * b * (second_n - second_b) - 1 / _SPREAD**2
    cross = a * b * second_n
    # Make the curvature negative if it is not: then the Newton direction is uphill.
    excess = np.maximum(0.0, (curve_a + curve_b) / 2 + np.hypot((curve_a - curve_b) / 2, cross) + 1e-3)
    curve_a, curve_b = curve_a - 2 * excess, curve_b - 2 * excess
    determinant = curve_a * curve_b - cross * cross
    step = (
        np.stack([(cross * gradient_b - curve_b * gradient_a), (cross * gradient_a - curve_a * gradient_b)])
        / determinant
    )
    result: Floats = step / np.maximum(1.0, np.abs(step).max(axis=0))
    return result


def _sums(tail: Floats, start: Floats) -> tuple[Floats, Floats]:
    """Sum tail_j/(start + j) and tail_j/(start + j)^2 over j, per row."""
    inverse = 1.0 / (start[:, None] + np.arange(tail.shape[1]))
    weighted = tail * inverse
    return weighted.sum(axis=1), (weighted * inverse).sum(axis=1)
