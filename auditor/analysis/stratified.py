"""The difference of two groups within strata: weighted by Mantel and Haenszel, tested by permutation.

A stratum is a (model, task) with programs of both groups. With n_F and n_T programs of the two groups
and means m_F and m_T, the estimate is D = Σ w (m_F - m_T) / Σ w, where w = n_F n_T / (n_F + n_T)
(Mantel and Haenszel 1959, JNCI 22; for means Cochran 1954, Biometrics 10). These weights have the
least variance where the spread within strata is the same.

**Test.** If labels do not matter within a stratum, each assignment of its labels to its programs is
equally likely. Under that null D has mean 0 and variance Σ w² S² (1/n_F + 1/n_T) / (Σ w)², with S² the
sample variance of all values of the stratum: exact for every group size, also 1 against 1. The p value
takes every assignment where there are few, random ones where there are more, and the normal
approximation with this variance where many strata have differing values.

**Interval.** A t interval with the larger of two errors: the permutation variance with the difference
taken out of the values, and the spread of the strata's own differences over tasks, which also holds
where the difference varies from task to task. Degrees of freedom are the effective number of tasks
(Kish 1965, Survey Sampling, section 8.2) less one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

EXACT_ASSIGNMENTS = 20_000
"""Up to this many assignments of labels are all visited."""
RANDOM_ASSIGNMENTS = 9_999
"""Assignments drawn where there are more; the observed one counts as one more."""
MANY_STRATA = 40
"""From this many strata with differing values on, the sum over strata is taken as normal."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Stratified:
    """A difference within strata, first group minus second."""

    difference: float
    """D, in units of the values."""
    low: float
    high: float
    p: float
    """Two-sided, of the permutation test, above 0 and at most 1."""
    error: float
    """Standard error behind the interval."""
    strata: int
    """Strata with programs of both groups."""
    tasks: int
    """Tasks behind them."""
    effective_tasks: float
    """Kish's effective number of tasks under the weights, 1 to ``tasks``."""
    numerators: Floats
    """Per task, Σ w (m_F - m_T)."""
    denominators: Floats
    """Per task, Σ w; D is the ratio of the two sums."""


@dataclass(frozen=True, slots=True)
class _Stratum:
    values: Floats
    """Those of the first group come first."""
    first: int
    """Size of the first group."""
    task: int

    @property
    def weight(self) -> float:
        return self.first * (len(self.values) - self.first) / len(self.values)

    @property
    def difference(self) -> float:
        return float(self.values[: self.first].mean() - self.values[self.first :].mean())

    def variance(self, shift: float) -> float:
        """Variance of the difference over all assignments of labels, with ``shift`` taken out of the first group."""
        moved = self.values.copy()
        moved[: self.first] -= shift
        size = len(moved)
        return float(moved.var(ddof=1)) * size / (self.first * (size - self.first))


def stratified_difference(
    values: Floats, first: Mask, stratum: Ints, task: Ints, *, confidence: float = 0.95, seed: int = 0
) -> Stratified | None:
    """Compare two groups within strata; ``None`` where no stratum has both.

    ``values`` (NaN where there is none), ``first`` (in the first group), ``stratum`` and ``task`` have one
    entry per program. Strata of one task are one cluster in the interval.
    """
    strata = _strata(values, first, stratum, task)
    if not strata:
        return None
    weights = np.array([one.weight for one in strata])
    gaps = np.array([one.difference for one in strata])
    total = float(weights.sum())
    difference = float(weights @ gaps / total)
    within = np.array([one.variance(difference) for one in strata])
    tasks, cluster = np.unique([one.task for one in strata], return_inverse=True)
    by_task = np.bincount(cluster, weights)
    residuals = np.bincount(cluster, weights * (gaps - difference))
    count = len(tasks)
    between = float(residuals @ residuals) * (count / (count - 1) if count > 1 else 1.0)
    error = float(np.sqrt(max(float(weights**2 @ within), between))) / total
    effective = float(total**2 / (by_task @ by_task))
    low, high = _bounds(difference, error, effective, confidence, values)
    return Stratified(
        difference, low, high, _permutation_p(strata, seed), error, len(strata), count, effective,
        np.bincount(cluster, weights * gaps).astype(np.float64), by_task.astype(np.float64),
    )  # fmt: skip


def _strata(values: Floats, first: Mask, stratum: Ints, task: Ints) -> list[_Stratum]:
    known = ~np.isnan(values)
    values, first, stratum, task = values[known], first[known], stratum[known], task[known]
    order = np.lexsort((~first, stratum))
    found = []
    edges = np.flatnonzero(np.diff(stratum[order])) + 1
    for rows in np.split(order, edges) if len(order) else ():
        size = int(first[rows].sum())
        if 0 < size < len(rows):
            found.append(_Stratum(values[rows], size, int(task[rows[0]])))
    return found


def _bounds(
    difference: float, error: float, effective: float, confidence: float, values: Floats
) -> tuple[float, float]:
    """Return the t interval, within the range that a difference of these values can have."""
    from scipy.special import stdtrit

    reach = float(np.nanmax(values) - np.nanmin(values))
    reach = max(reach, 1.0)
    if effective < 1 + 1e-9:
        return -reach, reach
    half = float(stdtrit(max(effective - 1, 1.0), (1 + confidence) / 2)) * error
    return max(-reach, difference - half), min(reach, difference + half)


def _permutation_p(strata: list[_Stratum], seed: int) -> float:
    """Share of the assignments of labels whose difference is at least as far from 0 as the observed one."""
    mixed = [one for one in strata if np.ptp(one.values) > 0]
    if not mixed:
        return 1.0
    observed = abs(sum(one.weight * one.difference for one in mixed))
    if prod(comb(len(one.values), one.first) for one in mixed) <= EXACT_ASSIGNMENTS:
        reached = np.abs(_all_sums(mixed)) >= observed - _TIE
        return float(reached.mean())
    if len(mixed) >= MANY_STRATA:
        from scipy.special import ndtr

        error = np.sqrt(sum(one.weight**2 * one.variance(0.0) for one in mixed))
        return min(1.0, 2 * float(ndtr(-observed / error)))
    rng = np.random.default_rng((seed, 2))
    sums = np.zeros(RANDOM_ASSIGNMENTS)
    for one in mixed:
        sums += one.weight * _random_differences(one, rng)
    return float((1 + np.count_nonzero(np.abs(sums) >= observed - _TIE)) / (1 + RANDOM_ASSIGNMENTS))


def _all_sums(strata: list[_Stratum]) -> Floats:
    """Return the weighted sum of differences under every assignment of labels."""
    from itertools import combinations

    sums = np.zeros(1)
    for one in strata:
        size, whole = len(one.values), one.values.sum()
        tops = np.array([one.values[list(chosen)].sum() for chosen in combinations(range(size), one.first)])
        gaps = tops / one.first - (whole - tops) / (size - one.first)
        sums = (sums[:, None] + one.weight * gaps[None, :]).ravel()
    return sums


def _random_differences(one: _Stratum, rng: np.random.Generator) -> Floats:
    """Return the differences under random assignments; for 0/1 values their law is hypergeometric."""
    size, whole = len(one.values), float(one.values.sum())
    distinct = np.unique(one.values)
    if len(distinct) == 2:
        low, high = distinct
        ones = int(np.count_nonzero(one.values == high))
        drawn = rng.hypergeometric(ones, size - ones, one.first, RANDOM_ASSIGNMENTS)
        tops = low * one.first + (high - low) * drawn
    else:
        shuffled = rng.permuted(np.broadcast_to(one.values, (RANDOM_ASSIGNMENTS, size)), axis=1)
        tops = shuffled[:, : one.first].sum(axis=1)
    result: Floats = tops / one.first - (whole - tops) / (size - one.first)
    return result
