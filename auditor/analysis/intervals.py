"""Intervals: bootstrap over tasks, Wilson for plain shares, Holm over families of tests.

**What is resampled.** Tasks. A benchmark's tasks represent all tasks of their kind, and a task's own number (such as
its share of correct samples) already contains the noise of its finite samples; drawing
tasks with replacement therefore counts both the spread between tasks and the noise within them.
Resampling samples inside each drawn task as well would count the noise twice and cover too often, see
``docs/analysis.md`` for the measurement. If only the samples are uncertain and the tasks are fixed,
:class:`auditor.analysis.bootstrap.SampleDraws` draws within tasks.

**Which interval.** The percentile interval of the bootstrap, at levels adjusted for few tasks
(Hesterberg 2015, *What Teachers Should Know about the Bootstrap*, section 5.3), and never narrower
than the score interval with the effective number of tasks (Wilson 1927, with the design effect of
Korn and Graubard 1998). The second part keeps the interval honest when the bootstrap fails: with a handful of tasks, or
without a failure in any of them, the bootstrap alone has width zero. For the same reason, its variance includes one
more task, all or nothing. One task says nothing about others: its interval is the whole range.

**Near an end of the range.** If nearly all tasks have the value 1, a few hard ones decide how far below the mean is,
and similar ones may not have been drawn at all; an interval from the tasks' spread is too short on that side. If
effectively fewer than :data:`FEW` tasks deviate from an end, the limit of a mean on that side is at least as far as
Gaffke's bound, see :mod:`auditor.analysis.dirichlet`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from auditor.analysis.arrays import Floats, Ints
from auditor.errors import UsageError
from auditor.results import UNDEFINED, Estimate

SHARE = (0.0, 1.0)
"""The range of a share."""

FEW = 20.0
"""Effective number of tasks deviating from an end of the range below which Gaffke's bound applies on that side."""


def wilson(successes: float, trials: float, confidence: float = 0.95) -> Estimate:
    """Return Wilson's score interval of a share of independent trials (Wilson 1927, JASA 22).

    ``trials`` = 0 gives no value and the whole range. Raises :class:`UsageError` if not
    0 <= successes <= trials or the confidence is not inside (0, 1).
    """
    if not 0 <= successes <= trials:
        raise UsageError(f"{successes} successes in {trials} trials are not a share")
    if trials == 0:
        return Estimate(None, *SHARE)
    share = successes / trials
    low, high = _score_interval(np.asarray(share), np.asarray(float(trials)), _normal_quantile(confidence))
    return Estimate(share, float(low), float(high))


def agreeing(p: float | None, low: float | None, high: float | None, confidence: float) -> float | None:
    """Return the p value of a difference, at least 1 minus the confidence if its interval includes zero.

    Interval and test are made in different ways, so that without it a p value below the level could be beside an
    interval that includes zero.
    """
    if p is None or low is None or high is None or not low <= 0 <= high:
        return p
    return max(p, 1 - confidence)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust a family of p-values for multiple testing (Holm 1979); ``None`` is not a test and stays ``None``."""
    tested = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, (p, place) in enumerate(tested):
        reached = max(reached, min(1.0, p * (len(tested) - rank)))
        adjusted[place] = reached
    return adjusted


@lru_cache(maxsize=8)
def task_weights(tasks: int, resamples: int, seed: int) -> Floats:
    """Draw ``resamples`` bootstrap samples of ``tasks`` tasks; shape (resamples, tasks).

    Entry (i, j) is the number of times task j was drawn in resample i; each row sums to ``tasks``. The same
    arguments give the same read-only array, so statistics computed with it are paired by task.
    """
    draws = np.random.default_rng(seed).multinomial(tasks, np.full(tasks, 1 / tasks), size=resamples)
    weights = draws.astype(np.float64)
    weights.flags.writeable = False
    return weights


def cluster_sums(values: Floats, clusters: Ints | None) -> Floats:
    """Sum over the tasks of each cluster, on the first axis; without clusters, return the values unchanged."""
    if clusters is None:
        return values
    sums = np.zeros((int(clusters.max()) + 1, *values.shape[1:]))
    np.add.at(sums, clusters, values)
    return sums


def clustered_weights(tasks: int, clusters: Ints | None, resamples: int, seed: int) -> Floats:
    """Draw tasks as :func:`task_weights`, or whole clusters of them; shape (resamples, tasks)."""
    if clusters is None:
        return task_weights(tasks, resamples, seed)
    return task_weights(int(clusters.max()) + 1, resamples, seed)[:, clusters]


def mean_interval(
    values: ArrayLike,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    bounds: tuple[float, float] | None = SHARE,
) -> Estimate:
    """Return the mean of one value per task with its interval over tasks.

    ``bounds`` is the range of a value, ``None`` if unlimited; a difference of two shares
    has (-1, 1). Without values, the result is :data:`UNDEFINED`.
    """
    column = np.asarray(values, dtype=np.float64)
    return ratio_interval(
        column, np.ones_like(column), confidence=confidence, resamples=resamples, seed=seed, bounds=bounds
    )


def ratio_interval(
    numerators: ArrayLike,
    denominators: ArrayLike,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    bounds: tuple[float, float] | None = SHARE,
) -> Estimate:
    """Return sum of numerators over sum of denominators, one of each per task, with its interval over tasks.

    Denominators are at least 0; with values and 0/1 marks it is the mean over the marked tasks, with
    counts it is the pooled share. A zero denominator gives :data:`UNDEFINED`.

    Raises :class:`UsageError` for NaN or infinite numbers, negative denominators and lists of different lengths.
    """
    top, bottom = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    if top.shape != bottom.shape or top.ndim != 1:
        raise UsageError("numerators and denominators must be lists of the same length")
    if not (np.isfinite(top).all() and np.isfinite(bottom).all() and (bottom >= 0).all()):
        raise UsageError("numerators and denominators must be finite, and denominators not negative")
    if not bottom.sum() > 0:
        return UNDEFINED
    drawn_top = task_weights(len(top), resamples, seed) @ top
    return interval_of_sums(top, bottom, drawn_top, _drawn(bottom.tobytes(), resamples, seed), confidence, bounds)


@lru_cache(maxsize=64)
def _drawn(values: bytes, resamples: int, seed: int) -> Floats:
    """Return the sums of one value per task over the resamples; many figures share their denominators."""
    column = np.frombuffer(values)
    result: Floats = task_weights(len(column), resamples, seed) @ column
    result.flags.writeable = False
    return result


def interval_of_sums(
    top: Floats,
    bottom: Floats,
    drawn_top: Floats,
    drawn_bottom: Floats,
    confidence: float,
    bounds: tuple[float, float] | None,
) -> Estimate:
    """Return the interval of :func:`ratio_interval` from the two sums of every resample, shape (resamples,)."""
    replicates = defined_ratios(drawn_top, drawn_bottom)
    error = ratio_error(top, bottom)
    found = interval_of(top.sum() / bottom.sum(), replicates, error, effective_tasks(bottom), confidence, bounds)
    # With different weights, the imagined task would have to be the heaviest and, for a difference, far worse than any
    # that paired models show: both make the interval needlessly long.
    counting = bottom[bottom > 0]
    if bounds is None or bounds[0] < 0 or np.ptp(counting) > 0 or found.low is None or found.high is None:
        return found
    least, most = (np.array([end]) for end in bounds)
    low, high = edge_limits(top[:, None], bottom[:, None], least, most, confidence)
    return Estimate(found.value, min(found.low, float(low[0])), max(found.high, float(high[0])))


def defined_ratios(tops: Floats, bottoms: Floats) -> Floats:
    """Divide the sums of the resamples, omitting those with denominator 0; shape (remaining resamples,)."""
    drawn = bottoms > 0
    return tops / bottoms if drawn.all() else tops[drawn] / bottoms[drawn]


def edge_limits(
    numerators: Floats,
    denominators: Floats,
    least: Floats,
    most: Floats,
    confidence: float,
    losses: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return the limits required when few tasks deviate; on a side where many do, the other end of the range.

    ``numerators`` and ``denominators`` have tasks first, then figures; ``least`` and ``most`` are each figure's range.
    ``losses``, in the shape of ``numerators``, are what can pull a task to the low end: if few tasks have any, the low
    limit is uncertain however many other tasks deviate from the high end.
    """
    from auditor.analysis.dirichlet import ratio_limits

    low, high = most.astype(np.float64), least.astype(np.float64)
    above = np.maximum(most * denominators - numerators, 0.0)
    below = np.maximum(numerators - least * denominators, 0.0)
    near_most, near_least = (_effective(part) < FEW for part in (above, below))
    if losses is not None:
        near_most |= _effective(losses) < FEW
    (wanted,) = np.nonzero(near_most | near_least)
    if len(wanted):
        found = ratio_limits(numerators[:, wanted], denominators[:, wanted], least[wanted], most[wanted], confidence)
        low[wanted] = np.where(near_most[wanted], found[0], low[wanted])
        high[wanted] = np.where(near_least[wanted], found[1], high[wanted])
    return low, high


def _effective(parts: Floats) -> Floats:
    """Return Kish's effective number of each column; 0 for a column of zeros."""
    squares = np.square(parts).sum(axis=0)
    result: Floats = np.divide(np.square(parts.sum(axis=0)), squares, out=np.zeros_like(squares), where=squares > 0)
    return result


def effective_tasks(denominators: Floats) -> float:
    """Return Kish's effective number of tasks behind a ratio, from 1 to the number of tasks (0 for none).

    (Σ d)² / Σ d² over the denominators (Kish 1965, Survey Sampling, section 8.2): a ratio dominated by two tasks has an
    effective number of about two, however many others contribute a little.
    """
    square = float(denominators @ denominators)
    return float(denominators.sum()) ** 2 / square if square > 0 else 0.0


def interval_of(
    value: float,
    replicates: Floats,
    error: ArrayLike,
    tasks: float,
    confidence: float,
    bounds: tuple[float, float] | None,
) -> Estimate:
    """Build an estimate of one value from its bootstrap replicates, see :func:`replicate_interval`."""
    low, high = replicate_interval(value, replicates, error, tasks, confidence, bounds)
    return Estimate(float(value), _plain(low), _plain(high))


def ratio_error(numerators: Floats, denominators: Floats) -> Floats:
    """Return the standard error of sum(numerators) / sum(denominators) over tasks, by linearisation.

    The first axis is the tasks; further axes are separate statistics. 0 for a single task.
    """
    total = denominators.sum(axis=0)
    tasks = len(numerators)
    if tasks < 2:
        return np.zeros_like(total)
    residuals = numerators - (numerators.sum(axis=0) / total) * denominators
    error: Floats = np.sqrt(tasks / (tasks - 1) * np.square(residuals).sum(axis=0)) / total
    return error


def replicate_interval(
    value: ArrayLike,
    replicates: Floats,
    error: ArrayLike,
    tasks: float,
    confidence: float,
    bounds: tuple[ArrayLike, ArrayLike] | None,
) -> tuple[Floats, Floats]:
    """Turn bootstrap replicates into (low, high); see the module docstring for the method.

    ``replicates`` has resamples on its last axis and may be empty; ``value`` and the linearised
    standard ``error`` have the other axes. ``tasks`` is the effective number behind the value, see
    :func:`effective_tasks`; below 1.5 there are no bounds. Missing bounds are infinite.
    """
    value, error = np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)
    least, most = (np.broadcast_to(bound, value.shape) for bound in bounds or (-np.inf, np.inf))
    if tasks < 1.5:
        return least.astype(np.float64), most.astype(np.float64)
    quantile = _t_quantile(confidence, tasks - 1)
    if bounds is None:
        low, high = value - quantile * error, value + quantile * error
    else:
        low, high = _bounded_interval(value, error, tasks, quantile, least, most)
    if replicates.shape[-1]:
        bootstrap_low, bootstrap_high = quantile_pair(replicates, _widened_tail(quantile, tasks))
        low, high = np.minimum(low, bootstrap_low), np.maximum(high, bootstrap_high)
    return np.minimum(np.maximum(low, least), value), np.minimum(np.maximum(high, value), most)


def widened_level(confidence: float, tasks: float) -> float:
    """Return the level of a one-sided quantile of bootstrap replicates for this many tasks (at least 1.5)."""
    from scipy.special import stdtrit

    _check_confidence(confidence)
    if tasks < 1.5:
        return 1.0
    return max(confidence, 1.0 - _widened_tail(float(stdtrit(tasks - 1, confidence)), tasks))


def _widened_tail(quantile: float, tasks: float) -> float:
    return NormalDist().cdf(-quantile * math.sqrt(tasks / (tasks - 1)))


def quantile_pair(replicates: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the quantiles at ``tail`` and ``1 - tail`` over the last axis, as :func:`numpy.quantile` interpolates.

    One sort serves both; numpy's own selection takes several times as long.
    """
    ordered = np.sort(replicates, axis=-1)
    low, high = (_interpolated(ordered, level * (ordered.shape[-1] - 1)) for level in (tail, 1 - tail))
    return low, high


def _interpolated(ordered: Floats, place: float) -> Floats:
    below = int(place)
    above = min(below + 1, ordered.shape[-1] - 1)
    result: Floats = ordered[..., below] + (place - below) * (ordered[..., above] - ordered[..., below])
    return result


def _bounded_interval(
    value: Floats, error: Floats, tasks: float, quantile: float, least: Floats, most: Floats
) -> tuple[Floats, Floats]:
    """Return Wilson's interval on the range from least to most, with the trials that the standard error implies."""
    width = most - least
    share = np.divide(value - least, width, out=np.zeros_like(value), where=width > 0)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    # One more task, all or nothing, from 0 to the end of the range on the value's side: without it, a few tasks with
    # nearly equal values look certain.
    end = np.where(value >= 0, most, least)
    extra = np.maximum(value * (end - value), 0.0)
    variance = ((tasks - 1) * np.square(error) + extra / tasks) / tasks
    spread = np.square(width) * share * (1 - share)
    effective = np.divide(spread, variance, out=np.full_like(share, tasks), where=(spread > 0) & (variance > 0))
    low, high = _score_interval(share, effective, quantile)
    low, high = least + width * low, least + width * high
    # All tasks exactly 0 in a range with both signs: each side is a share with no observed case.
    level = (variance == 0) & (value == 0) & (least < 0) & (most > 0)
    if level.any():
        unseen = _score_interval(np.zeros_like(share), np.full_like(share, tasks), quantile)[1]
        low, high = np.where(level, least * unseen, low), np.where(level, most * unseen, high)
    return low, high


def _score_interval(share: Floats, trials: Floats, quantile: float) -> tuple[Floats, Floats]:
    square = quantile * quantile
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = quantile * np.sqrt(share * (1 - share) / trials + square / (4 * trials * trials)) / (1 + square / trials)
    # At 0 and 1, one end is exact; the sum above would miss it by a rounding error.
    low = np.where(share == 0, 0.0, np.minimum(np.maximum(centre - half, 0.0), share))
    high = np.where(share == 1, 1.0, np.minimum(np.maximum(centre + half, share), 1.0))
    return low, high


def _normal_quantile(confidence: float) -> float:
    _check_confidence(confidence)
    return NormalDist().inv_cdf((1 + confidence) / 2)


@lru_cache(maxsize=256)
def _t_quantile(confidence: float, freedom: float) -> float:
    from scipy.special import stdtrit

    _check_confidence(confidence)
    return float(stdtrit(freedom, (1 + confidence) / 2))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise UsageError(f"confidence {confidence} is not between 0 and 1", remedy="0.95 is usual")


def _plain(number: ArrayLike) -> float | None:
    """Return a float that JSON can hold, or ``None`` for an infinite bound."""
    result = float(np.asarray(number))
    return result if np.isfinite(result) else None
