"""Intervals that stay honest where a gate needs them most: few tasks, and rates near 0 or 1.

Every gated number is a function of sums over tasks: a mean is (sum of values, number of tasks), a
pooled share is (sum of hits, sum of tries), a curve is one sum a point. Tasks are what the benchmark
drew, so the interval is over tasks; what the samples within a task add is already in a task's sums.

A plain bootstrap is worthless at the edge: 30 tasks without one false positive give the interval
[0, 0] and a confident pass. So each bound imagines **one task more, as bad for that bound as a task
can be**, and weighs all tasks with Dirichlet(1, …, 1) weights; the bound is the quantile of the
weighted value. For a mean of values in [0, 1] this is Gaffke's bound (M. Gaffke, 2005; studied by
Learned-Miller and Thomas, "A new confidence interval for the mean of a bounded random variable",
2019); for 0/1 values it is exactly Clopper and Pearson's. The weights come from a fixed seed, so the
same run always gets the same verdict.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SEED = 20241126
LEAST_DRAWS = 4000
MOST_DRAWS = 20_000
BEYOND = 25
"""Draws wanted beyond each bound; very high confidences take more draws, up to ``MOST_DRAWS``."""
CELLS = 1_000_000
"""Weights held at a time."""
FEW_COLUMNS = 32


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval; a ``None`` bound beside a value is one that the report does not give."""

    value: float | None
    """``None`` where nothing stands behind it, e.g. no accepted program at all."""
    low: float | None
    """May be -inf where the data cannot bound it."""
    high: float | None
    """May be inf where the data cannot bound it."""
    tasks: int
    """Tasks behind it."""

    @classmethod
    def exact(cls, value: float | None, tasks: int) -> Estimate:
        """Return a number that is known without error, such as a count."""
        return cls(value, value, value, tasks)


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number as a function of sums over tasks, with the most extreme task there could be."""

    task_ids: tuple[str, ...]
    columns: FloatArray
    """What each task adds, shape (tasks, columns)."""
    least: FloatArray
    """The columns of a task that pulls the number down as far as any task can, shape (columns,)."""
    most: FloatArray
    """The same upwards."""
    combine: Callable[[FloatArray], FloatArray]
    """Sums over tasks, shape (…, columns), to the number, shape (…,); NaN where it is undefined."""

    @property
    def behind(self) -> int:
        """Count the tasks that add anything."""
        return int((self.columns != 0).any(axis=1).sum())

    @property
    def value(self) -> float | None:
        """The number itself, ``None`` where it is undefined."""
        if not self.task_ids:
            return None
        value = float(self.combine(self.columns.sum(axis=0)))
        return None if np.isnan(value) else value

    def estimate(self, confidence: float) -> Estimate:
        """Return the number with its two-sided interval; ``confidence`` 0 gives the bare number.

        Each side is exceeded with probability (1 - confidence) / 2 at most. Beyond a confidence of about 0.9999
        the bounds are the extremes of ``MOST_DRAWS`` draws and widen no further.
        """
        value = self.value
        if value is None or confidence == 0:
            return Estimate.exact(value, self.behind)
        tail = (1 - confidence) / 2
        lower, upper = [], []
        for weights, extra in _weights(len(self.task_ids), self.columns.shape[1], tail):
            sums = _weighted_sums(weights, self.columns)
            lower.append(self.combine(sums + extra * self.least))
            upper.append(self.combine(sums + extra * self.most))
        low, high = _quantile(np.concatenate(lower), tail), _quantile(np.concatenate(upper), 1 - tail)
        return Estimate(value, min(low, value), max(high, value), self.behind)

    def at(self, task_ids: tuple[str, ...]) -> Statistic:
        """Restrict to some of its tasks, in the order given."""
        place = {task: row for row, task in enumerate(self.task_ids)}
        rows = [place[task] for task in task_ids]
        return Statistic(task_ids, self.columns[rows], self.least, self.most, self.combine)


def minus(ours: Statistic, theirs: Statistic) -> Statistic:
    """Return the difference ours - theirs over the tasks that both have, paired by task.

    Both numbers of a replicate share the weights, so what makes a task hard cancels.
    """
    common = tuple(sorted(set(ours.task_ids) & set(theirs.task_ids)))
    mine, other = ours.at(common), theirs.at(common)
    split = mine.columns.shape[1]
    return Statistic(
        common,
        np.hstack([mine.columns, other.columns]),
        np.concatenate([mine.least, other.most]),
        np.concatenate([mine.most, other.least]),
        lambda sums: mine.combine(sums[..., :split]) - other.combine(sums[..., split:]),
    )


def ratio(sums: FloatArray) -> FloatArray:
    """Divide the first column's sum by the second's; NaN where that is 0."""
    above, below = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan))


def mean_of(task_ids: tuple[str, ...], values: FloatArray, lowest: float, highest: float) -> Statistic:
    """Return the mean of one value a task, each between ``lowest`` and ``highest``."""
    columns = np.column_stack([values, np.ones(len(values))])
    return Statistic(task_ids, columns, np.array([lowest, 1.0]), np.array([highest, 1.0]), ratio)


def finite(value: Any) -> Any:
    """Copy nested plain values with infinities as ``None``, since JSON does not know them."""
    match value:
        case dict():
            return {key: finite(inner) for key, inner in value.items()}
        case list() | tuple():
            return [finite(inner) for inner in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def replicate_means(values: FloatArray) -> FloatArray:
    """Return the mean of each column under each draw of task weights, shape (draws, columns).

    ``values`` has a row a task; draws are the same for any two tables over the same tasks, so they pair.
    """
    parts = [
        _weighted_sums(weights, values) / weights.sum(axis=1, keepdims=True)
        for weights, _ in _weights(len(values), 0, BEYOND / LEAST_DRAWS)
    ]
    return np.concatenate(parts)


def _quantile(replicates: FloatArray, probability: float) -> float:
    """Take a quantile without interpolation, so that infinities stay what they are."""
    known = replicates[~np.isnan(replicates)]
    if not known.size:
        return float("-inf") if probability < 0.5 else float("inf")
    if probability < 0.5:
        return float(np.quantile(known, probability, method="lower"))
    return float(np.quantile(known, probability, method="higher"))


def _weighted_sums(weights: FloatArray, columns: FloatArray) -> FloatArray:
    """Multiply two matrices; the few columns of most statistics are not worth a threaded BLAS call."""
    if columns.shape[1] > FEW_COLUMNS:
        return weights @ columns
    return np.asarray(np.einsum("ij,kj->ik", weights, np.ascontiguousarray(columns.T)))


def _weights(tasks: int, width: int, tail: float) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield Dirichlet weights up to scale, a row a draw: those of the tasks, and that of the task imagined."""
    draws = min(MOST_DRAWS, max(LEAST_DRAWS, int(np.ceil(BEYOND / tail))))
    rows = max(1, min(draws, CELLS // (max(tasks, width) + 1)))
    for part in range(-(-draws // rows)):
        yield _part(tasks, min(rows, draws - part * rows), part)


@lru_cache(maxsize=8)
def _part(tasks: int, rows: int, part: int) -> tuple[FloatArray, FloatArray]:
    generator = np.random.default_rng([SEED, tasks, part])
    return generator.standard_exponential((rows, tasks)), generator.standard_exponential((rows, 1))
