"""Figures as functions of sums over tasks, with intervals that hold for few tasks and rates near 0 or 1.

Every gated figure is a function of sums over tasks: a mean is (sum of values, number of tasks), a pooled share is (sum
of hits, sum of tries), a curve is one sum per point. The benchmark draws tasks, so the interval is over tasks; the
noise of the samples within a task is already in its sums.

A plain bootstrap is worthless at the edge: 30 tasks without a false positive give the interval [0, 0] and a confident
pass. So each bound adds **one imagined task, as bad for that bound as possible**, and weights all tasks with
Dirichlet(1, …, 1) weights; the bound is the quantile of the weighted value. For a mean of values in [0, 1] this is
Gaffke's bound (M. Gaffke, 2005; studied by Learned-Miller and Thomas, "A new confidence interval for the mean of a
bounded random variable", 2019); for 0/1 values it is exactly Clopper and Pearson's. The weights have a fixed seed, so
the same run always gets the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from auditor.analysis.arrays import Floats, Ints
from auditor.analysis.dirichlet import BEYOND, LEAST_DRAWS, number_of_draws, task_draws
from auditor.analysis.intervals import cluster_sums
from auditor.analysis.metrics import Columns, column_difference
from auditor.results import CountedEstimate

FEW_COLUMNS = 32


@dataclass(frozen=True, slots=True)
class TaskStatistic:
    """A number as a function of sums over tasks, with the most extreme possible task."""

    task_ids: tuple[str, ...]
    columns: Floats
    """Each task's contribution, shape (tasks, columns)."""
    least: Floats
    """Columns of the task that pulls the number down most, shape (columns,)."""
    most: Floats
    """Columns of the task that pulls it up most."""
    combine: Callable[[Floats], Floats]
    """Sums over tasks, shape (…, columns), to the number, shape (…,); NaN if it is undefined."""
    tasks: int | None = None
    """Contributing tasks, if a row is a family of tasks; ``None`` if a row is a task."""
    ratios: tuple[Columns, ...] = ()
    """The number as the analysis computes it: one ratio, or the two whose difference it is; empty if neither."""
    _drawn: dict[int, tuple[Floats, Floats]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The last replicates by their number: a rule asks for its interval, its p value and the corrected interval."""

    @property
    def behind(self) -> int:
        """Count the contributing tasks."""
        if self.tasks is not None:
            return self.tasks
        return int((self.columns != 0).any(axis=1).sum())

    @property
    def value(self) -> float | None:
        """Return the number; ``None`` if it is undefined."""
        if not self.task_ids:
            return None
        value = float(self.combine(self.columns.sum(axis=0)))
        return None if np.isnan(value) else value

    def estimate(self, confidence: float) -> CountedEstimate:
        """Return the number with its two-sided interval; ``confidence`` 0 gives the bare number.

        Each side is exceeded with probability at most (1 - confidence) / 2. Beyond a confidence of about 0.9999
        the bounds are the extremes of ``MOST_DRAWS`` draws and widen no further.
        """
        value = self.value
        if value is None or confidence == 0:
            return CountedEstimate.exact(value, self.behind)
        tail = (1 - confidence) / 2
        lower, upper = self._replicates(tail)
        low, high = _quantile(lower, tail), _quantile(upper, 1 - tail)
        return CountedEstimate(value, min(low, value), max(high, value), self.behind)

    def _replicates(self, tail: float) -> tuple[Floats, Floats]:
        """Resample tasks with the imagined one at its lowest and its highest, with enough draws to resolve ``tail``."""
        draws = number_of_draws(tail)
        if draws in self._drawn:
            return self._drawn[draws]
        lower, upper = [], []
        for weights, extra in task_draws(len(self.task_ids), self.columns.shape[1], tail):
            sums = _weighted_sums(weights, self.columns)
            lower.append(self.combine(sums + extra * self.least))
            upper.append(self.combine(sums + extra * self.most))
        self._drawn.clear()  # one set of replicates is enough, and many draws take megabytes
        self._drawn[draws] = np.concatenate(lower), np.concatenate(upper)
        return self._drawn[draws]

    def analysed(self, confidence: float, resamples: int, seed: int) -> CountedEstimate | None:
        """Return the number with the analysis's interval; ``None`` if there is none.

        The tasks drawn depend on their order, the number of ``resamples`` and the ``seed``.
        """
        if not self.ratios or not confidence or self.value is None:
            return None
        if len(self.ratios) == 1:
            found = self.ratios[0].interval(confidence=confidence, resamples=resamples, seed=seed)
        else:
            found = column_difference(*self.ratios, confidence=confidence, resamples=resamples, seed=seed)
        return CountedEstimate(found.value, found.low, found.high, self.behind)

    def risk(self, lowest: float | None, highest: float | None, *, passed: bool, tail: float) -> float:
        """Return the smallest one-sided error at which the number clears its limits or clearly misses one.

        It is the share of draws in which the imagined task, as bad for the verdict as possible, reverses it; at least
        that of a single draw. There are enough draws to resolve ``tail``, at most ``MOST_DRAWS``.
        """
        low, high = self._replicates(tail)
        floor = 1 / len(low)
        if passed:
            undone = [floor]
            if lowest is not None:
                undone.append(float(np.mean(~(low >= lowest))))
            if highest is not None:
                undone.append(float(np.mean(~(high <= highest))))
            return max(undone)
        missed = []
        if lowest is not None:
            missed.append(float(np.mean(~(high < lowest))))
        if highest is not None:
            missed.append(float(np.mean(~(low > highest))))
        return max(floor, min(missed, default=1.0))

    def over(self, families: Mapping[str, str]) -> TaskStatistic:
        """Sum the tasks of each family, which are then the units drawn; the number is unchanged.

        ``families`` maps tasks to families, if they have one. The most extreme family has the size of the largest.
        """
        names = [families.get(task) or task for task in self.task_ids]
        place = {name: number for number, name in enumerate(dict.fromkeys(names))}
        if len(place) == len(names):
            return self
        clusters = np.array([place[name] for name in names], dtype=np.int64)
        largest = int(np.bincount(clusters).max())
        sums = cluster_sums(self.columns, clusters)
        return TaskStatistic(
            tuple(place), sums, largest * self.least, largest * self.most, self.combine, tasks=self.behind,
            ratios=tuple(one.clustered(clusters) for one in self.ratios),
        )  # fmt: skip

    def at(self, task_ids: tuple[str, ...]) -> TaskStatistic:
        """Restrict to some of its tasks, in the order given."""
        place = {task: row for row, task in enumerate(self.task_ids)}
        rows = [place[task] for task in task_ids]
        ratios = tuple(Columns(one.numerators[rows], one.denominators[rows], one.bounds) for one in self.ratios)
        return TaskStatistic(task_ids, self.columns[rows], self.least, self.most, self.combine, ratios=ratios)


def minus(ours: TaskStatistic, theirs: TaskStatistic) -> TaskStatistic:
    """Return the difference ours - theirs over the tasks that both have, paired by task.

    Both numbers of a replicate share the weights, so the difficulty of tasks cancels.
    """
    common = _common(ours, theirs)
    mine, other = ours.at(common), theirs.at(common)
    split = mine.columns.shape[1]
    return TaskStatistic(
        common,
        np.hstack([mine.columns, other.columns]),
        np.concatenate([mine.least, other.most]),
        np.concatenate([mine.most, other.least]),
        lambda sums: mine.combine(sums[..., :split]) - other.combine(sums[..., split:]),
        ratios=(*mine.ratios, *other.ratios) if len(mine.ratios) == len(other.ratios) == 1 else (),
    )


def _common(ours: TaskStatistic, theirs: TaskStatistic) -> tuple[str, ...]:
    """List the tasks that both have, in the first one's order."""
    there = set(theirs.task_ids)
    return tuple(task for task in ours.task_ids if task in there)


def same(ours: TaskStatistic, theirs: TaskStatistic) -> bool:
    """Return whether two statistics have the same tasks with the same values, up to rounding: their difference is 0."""
    common = _common(ours, theirs)
    if len(common) != len(ours.task_ids) or len(common) != len(theirs.task_ids):
        return False
    mine, other = ours.at(common).columns, theirs.at(common).columns
    return mine.shape == other.shape and bool(np.allclose(mine, other, rtol=0, atol=1e-8))


def ratio(sums: Floats) -> Floats:
    """Divide the first column's sum by the second's; NaN if that is 0."""
    above, below = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan))


def mean_of(task_ids: tuple[str, ...], values: Floats, lowest: float, highest: float) -> TaskStatistic:
    """Return the mean of one value per task, each between ``lowest`` and ``highest``."""
    return of_columns(task_ids, Columns(values, np.ones(len(values)), (lowest, highest)))


def of_columns(task_ids: tuple[str, ...], columns: Columns) -> TaskStatistic:
    """Add the extreme tasks that its range allows to a figure.

    The imagined task has the weight of the heaviest real one.
    """
    if columns.bounds is None:
        raise ValueError("a figure without a range has no extreme task")
    heaviest = float(columns.denominators.max(initial=1.0))
    least, most = (np.array([bound * heaviest, heaviest]) for bound in columns.bounds)
    stacked = np.column_stack([columns.numerators, columns.denominators])
    return TaskStatistic(task_ids, stacked, least, most, ratio, ratios=(columns,))


def replicate_means(values: Floats, clusters: Ints | None = None) -> Floats:
    """Return the mean of each column under each draw of weights of tasks or their families, shape (draws, columns).

    ``values`` has a row per task; draws are the same for any two tables over the same tasks, so they are paired.
    """
    sums, sizes = cluster_sums(values, clusters), cluster_sums(np.ones(len(values)), clusters)
    parts = [
        _weighted_sums(weights, sums) / (weights @ sizes)[:, None]
        for weights, _ in task_draws(len(sums), 0, BEYOND / LEAST_DRAWS)
    ]
    return np.concatenate(parts)


def _quantile(replicates: Floats, probability: float) -> float:
    """Take a quantile without interpolation, so that infinities are preserved."""
    known = replicates[~np.isnan(replicates)]
    if not known.size:
        return float("-inf") if probability < 0.5 else float("inf")
    if probability < 0.5:
        return float(np.quantile(known, probability, method="lower"))
    return float(np.quantile(known, probability, method="higher"))


def _weighted_sums(weights: Floats, columns: Floats) -> Floats:
    """Multiply two matrices; the few columns of most statistics are not worth a threaded BLAS call."""
    if columns.shape[1] > FEW_COLUMNS:
        return weights @ columns
    return np.asarray(np.einsum("ij,kj->ik", weights, np.ascontiguousarray(columns.T)))
