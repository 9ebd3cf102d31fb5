"""The difference of two groups within strata: weighted by Mantel and Haenszel, tested over tasks and by permutation.

A stratum is a (model, task) with programs of both groups. With n_F and n_T programs of the two groups
and means m_F and m_T, the estimate is D = Σ w (m_F - m_T) / Σ w, where w = n_F n_T / (n_F + n_T)
(Mantel and Haenszel 1959, JNCI 22; for means Cochran 1954, Biometrics 10). These weights have the
least variance if the spread within strata is the same.

**Interval.** A t interval with the larger of two errors: the permutation variance after subtracting the difference from
the values, and the spread of the strata's own differences over tasks, which also holds if the difference varies from
task to task. Degrees of freedom are the effective number of tasks
(Kish 1965, Survey Sampling, section 8.2) less one.

**Test.** The larger of two p values, so that both have to reject (Berger 1982, Technometrics 24). The first is that of
the t interval. It asks what the interval asks, whether D is zero in the mean over tasks like these, and is below 0.05
just where the interval at 95 % excludes zero. The second permutes labels within strata. It asks whether labels matter
in any of these strata, so by itself it says nothing of other tasks: where the differences vary around zero, it rejects
the more often the more programs a stratum has. It is there for few or small strata, where Student's distribution is too
sure: if labels do not matter within a stratum, each assignment of its labels to its programs is equally likely, and D
has mean 0 and variance Σ w² S² (1/n_F + 1/n_T) / (Σ w)², with S² the sample variance of all values of the stratum,
exact for every group size, also 1 against 1. It enumerates all assignments if there are few, draws random ones if there
are more, and uses the normal approximation with this variance if many strata have differing values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb, prod
from typing import Self

import numpy as np

from auditor.analysis.arrays import Floats, Ints, Mask

EXACT_ASSIGNMENTS = 20_000
"""Most assignments of labels that are enumerated completely."""
RANDOM_ASSIGNMENTS = 9_999
"""Number of assignments drawn if there are more; the observed one is added."""
MANY_STRATA = 40
"""Number of strata with differing values from which the sum over strata is taken as normal."""
_TIE = 1e-9
_ONE_TASK = 1 + 1e-9
"""Effective number of tasks below which nothing is known of others."""


@dataclass(frozen=True, slots=True, eq=False)
class Stratified:
    """A difference within strata, first group minus second."""

    difference: float
    """D, in units of the values."""
    low: float
    high: float
    means: tuple[float, float]
    """Weighted means of the first and of the second group, in units of the values; D is their difference."""
    p_over_tasks: float
    """Two-sided p value of the t interval, 0 to 1: whether D is zero in the mean over tasks like these."""
    p_of_labels: float
    """Two-sided p value of the permutation test, above 0 and at most 1: whether labels matter in these strata."""
    error: float
    """Standard error behind the interval."""
    strata: int
    """Strata with programs of both groups."""
    tasks: int
    """Tasks of these strata."""
    effective_tasks: float
    """Kish's effective number of tasks under the weights, 1 to ``tasks``."""
    numerators: Floats
    """Per task, Σ w (m_F - m_T)."""
    denominators: Floats
    """Per task, Σ w; D is the ratio of the two sums."""

    @property
    def p(self) -> float:
        """The larger of the two p values: both tests have to reject."""
        return max(self.p_over_tasks, self.p_of_labels)


@dataclass(frozen=True, slots=True)
class _Stratum:
    values: Floats
    """Values, those of the first group first."""
    first: int
    """Size of the first group."""

    @property
    def weight(self) -> float:
        return self.first * (len(self.values) - self.first) / len(self.values)


def stratified_difference(
    values: Floats, first: Mask, stratum: Ints, task: Ints, *, confidence: float = 0.95, seed: int = 0
) -> Stratified | None:
    """Compare two groups within strata; ``None`` if no stratum has both.

    ``values`` (NaN if there is none), ``first`` (in the first group), ``stratum`` and ``task`` have one
    entry per program. Strata of one task are one cluster in the interval.
    """
    known = ~np.isnan(values)
    return difference_within(values, Layout.of(known, first, stratum, task), confidence=confidence, seed=seed)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Assignment of programs to strata, shared by all values known for the same programs.

    Only strata with both groups, in the order of their numbers.
    """

    rows: Ints
    """Their programs, ordered by stratum, those of the first group first."""
    first: Floats
    """1 for a program of the first group, else 0."""
    place: Ints
    """Stratum of each program, from 0."""
    size: Floats
    """Programs of each stratum."""
    firsts: Floats
    """Programs of the first group in each stratum."""
    task: Ints
    """Task of each stratum."""

    @classmethod
    def of(cls, known: Mask, first: Mask, stratum: Ints, task: Ints) -> Self:
        """Build the layout of the programs with a known value."""
        number = int(stratum.max(initial=-1)) + 1
        sizes, firsts = (np.bincount(stratum[rows], minlength=number) for rows in (known, known & first))
        both = (firsts > 0) & (firsts < sizes)
        (rows,) = np.nonzero(known & both[stratum])
        rows = rows[np.lexsort((~first[rows], stratum[rows]))]
        places = (np.cumsum(both) - 1)[stratum[rows]]
        tasks = np.zeros(int(both.sum()), dtype=np.int64)
        tasks[places] = task[rows]
        parts = rows, first[rows].astype(np.float64), places
        return cls(*parts, sizes[both].astype(np.float64), firsts[both].astype(np.float64), tasks)


def difference_within(values: Floats, layout: Layout, *, confidence: float, seed: int) -> Stratified | None:
    """Compare two groups as :func:`stratified_difference` does, given the layout."""
    if not len(layout.size):
        return None
    strata = _Strata(values[layout.rows], layout)
    weights, gaps = strata.weights, strata.gaps
    total = float(weights.sum())
    difference = float(weights @ gaps / total)
    within = strata.variances(difference)
    tasks, cluster = np.unique(layout.task, return_inverse=True)
    by_task = np.bincount(cluster, weights)
    residuals = np.bincount(cluster, weights * (gaps - difference))
    count = len(tasks)
    between = float(residuals @ residuals) * (count / (count - 1) if count > 1 else 1.0)
    error = float(np.sqrt(max(float(weights**2 @ within), between))) / total
    effective = float(total**2 / (by_task @ by_task))
    low, high = _bounds(difference, error, effective, confidence, values)
    means = float(weights @ strata.firsts / total), float(weights @ strata.seconds / total)
    p_over_tasks, p_of_labels = _student_p(difference, error, effective), _permutation_p(strata, seed)
    return Stratified(
        difference, low, high, means, p_over_tasks, p_of_labels, error, len(layout.size), count, effective,
        np.bincount(cluster, weights * gaps).astype(np.float64), by_task.astype(np.float64),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Strata:
    """Values by stratum, with vectorised sums per stratum."""

    values: Floats
    """One value per program, in the order of ``layout.rows``."""
    layout: Layout

    def _sums(self, values: Floats) -> Floats:
        return np.bincount(self.layout.place, values, len(self.layout.size)).astype(np.float64)

    @cached_property
    def weights(self) -> Floats:
        result: Floats = self.layout.firsts * (self.layout.size - self.layout.firsts) / self.layout.size
        return result

    @cached_property
    def firsts(self) -> Floats:
        """Return the mean of the first group, by stratum."""
        return self._sums(self.values * self.layout.first) / self.layout.firsts

    @cached_property
    def seconds(self) -> Floats:
        """Return the mean of the second group, by stratum."""
        return self._sums(self.values * (1 - self.layout.first)) / (self.layout.size - self.layout.firsts)

    @cached_property
    def gaps(self) -> Floats:
        """Return the mean of the first group minus the mean of the second, by stratum."""
        return self.firsts - self.seconds

    def _squares(self, values: Floats) -> Floats:
        """Sum, by stratum, the squared deviations from its mean."""
        return self._sums(np.square(values - (self._sums(values) / self.layout.size)[self.layout.place]))

    def variances(self, shift: float) -> Floats:
        """Return the difference's variance over all assignments, with ``shift`` subtracted from the first group."""
        spread = self._squares(self.values - shift * self.layout.first) / (self.layout.size - 1)
        result: Floats = spread * self.layout.size / (self.layout.firsts * (self.layout.size - self.layout.firsts))
        return result

    @property
    def mixed(self) -> Mask:
        """Mark the strata with differing values."""
        return np.asarray(self._squares(self.values) > _TIE**2)

    def groups(self, chosen: Mask) -> list[_Stratum]:
        """List the given strata one by one."""
        parts = np.split(self.values, np.cumsum(self.layout.size[:-1]).astype(np.int64))
        return [_Stratum(parts[at], int(self.layout.firsts[at])) for at in np.flatnonzero(chosen)]


def _bounds(
    difference: float, error: float, effective: float, confidence: float, values: Floats
) -> tuple[float, float]:
    """Return the t interval, clipped to the range of a difference of these values."""
    from scipy.special import stdtrit

    reach = float(np.nanmax(values) - np.nanmin(values))
    reach = max(reach, 1.0)
    if effective < _ONE_TASK:
        return -reach, reach
    half = float(stdtrit(max(effective - 1, 1.0), (1 + confidence) / 2)) * error
    return max(-reach, difference - half), min(reach, difference + half)


def _student_p(difference: float, error: float, effective: float) -> float:
    """Return the p value of the t interval: at confidence 1 - p, its nearer end is zero."""
    from scipy.special import stdtr

    if effective < _ONE_TASK or abs(difference) <= _TIE:
        return 1.0
    if error <= _TIE:
        return 0.0
    return 2 * float(stdtr(max(effective - 1, 1.0), -abs(difference) / error))


def _permutation_p(strata: _Strata, seed: int) -> float:
    """Return the share of assignments of labels whose difference is at least as far from 0 as the observed one."""
    mixed = strata.mixed
    if not mixed.any():
        return 1.0
    weights = strata.weights[mixed]
    observed = abs(float(weights @ strata.gaps[mixed]))
    if len(weights) >= MANY_STRATA:
        from scipy.special import ndtr

        error = np.sqrt(np.square(weights) @ strata.variances(0.0)[mixed])
        return min(1.0, 2 * float(ndtr(-observed / error)))
    groups = strata.groups(mixed)
    if prod(comb(len(one.values), one.first) for one in groups) <= EXACT_ASSIGNMENTS:
        reached = np.abs(_all_sums(groups)) >= observed - _TIE
        return float(reached.mean())
    rng = np.random.default_rng((seed, 2))
    sums = np.zeros(RANDOM_ASSIGNMENTS)
    for one in groups:
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
