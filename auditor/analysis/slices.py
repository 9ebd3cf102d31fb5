"""A model's figures by slices of its tasks, and how each slice differs from the other tasks.

Slices share no task, so their figures are independent and nothing can be paired. The interval of a difference is built
from the two figures' own intervals (Newcombe 1998, Statistics in Medicine 17, method 10; Zou and Donner 2008,
Statistics in Medicine 27): with d = a - b it is from d - √((a - a_low)² + (b_high - b)²) to d + √((a_high - a)² + (b -
b_low)²), so it holds if they do, also with few tasks and near 0 and 1. The p value is Welch's, by the standard errors
over tasks; a slice differs clearly if the interval excludes zero and p, adjusted after Holm over the slices of the
grouping, is small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.analysis import metrics
from auditor.analysis.bootstrap import Bootstrap, measure
from auditor.analysis.counts import Counts
from auditor.analysis.intervals import agreeing, holm, ratio_error
from auditor.analysis.metrics import Statistic
from auditor.results import Difference, Estimate, Level, SliceFigures, Slicing, ThinSlice
from auditor.slices import Pairs, SliceRule, grouped

LEAST_TASKS = 5
"""Fewest tasks for a slice to have figures; an interval over fewer says almost nothing."""


def slicings(
    counts: Counts, attempts: int, rules: Sequence[str], tasks: Mapping[str, Pairs], bootstrap: Bootstrap
) -> tuple[Slicing, ...]:
    """Compute a model's figures by each rule that applies to one of its tasks.

    ``tasks`` has each task's attributes; ``attempts`` is K of conditional accuracy, the same as over all tasks.
    """
    own = {task: tuple(tasks.get(task, ())) for task in counts.task_ids}
    found = (_slicing(counts, attempts, SliceRule.parse(rule), own, bootstrap) for rule in rules)
    return tuple(one for one in found if one.slices or one.thin)


def _slicing(
    counts: Counts, attempts: int, rule: SliceRule, tasks: Mapping[str, Pairs], bootstrap: Bootstrap
) -> Slicing:
    groups = grouped(rule, tasks)
    sorted_in = {task for members in groups.values() for task in members}
    entries = {
        name: _Slice(counts, members, sorted_in, attempts, bootstrap)
        for name, members in groups.items()
        if len(members) >= LEAST_TASKS
    }
    figures = {name: one.figures(name) for name, one in entries.items()}
    # Two slices that make up all tasks are one test, seen from either side.
    mirrored = len(entries) == len(groups) == 2 and sum(map(len, groups.values())) == len(sorted_in)
    return Slicing(
        by=str(rule),
        attempts=attempts,
        slices=_adjusted(list(figures.values()), 1 if mirrored else len(figures)),
        thin=tuple(ThinSlice(name=name, tasks=len(members)) for name, members in groups.items() if name not in entries),
        unsorted=len(tasks) - len(sorted_in),
        least_tasks=LEAST_TASKS,
    )


@dataclass(frozen=True, slots=True)
class _Slice:
    """Some of a model's tasks, and the others in any slice of the grouping."""

    counts: Counts
    members: Sequence[str]
    everyone: set[str]
    attempts: int
    bootstrap: Bootstrap

    def figures(self, name: str) -> SliceFigures:
        """Compute the figures of these tasks and their differences from the others."""
        own = self.counts.only(self.members)
        inside = set(self.members)
        rest_ids = [task for task in self.counts.task_ids if task in self.everyone and task not in inside]
        rest = self.counts.only(rest_ids) if len(rest_ids) >= LEAST_TASKS else None
        false = metrics.false_discovery_at(self.attempts)
        return SliceFigures(
            name=name,
            tasks=len(own),
            samples=own.samples,
            single_sample_accuracy=measure(metrics.single_sample, own, self.bootstrap),
            acceptance=measure(metrics.acceptance, own, self.bootstrap),
            conditional_accuracy=measure(metrics.conditional_at(self.attempts), own, self.bootstrap),
            false_discovery_rate=measure(false, own, self.bootstrap),
            accuracy_difference=self._difference(metrics.single_sample, own, rest),
            false_discovery_difference=self._difference(false, own, rest),
        )

    def _difference(self, statistic: Statistic, own: Counts, rest: Counts | None) -> Difference | None:
        if rest is None:
            return None
        one, other = (measure(statistic, counts, self.bootstrap) for counts in (own, rest))
        p = _welch(statistic, own, rest) if self.bootstrap.level is Level.TASKS else None
        gap = difference(one, other, tasks=len(own) + len(rest), p=p)
        return gap and replace(gap, p=agreeing(p, gap.low, gap.high, self.bootstrap.confidence))


def difference(one: Estimate, other: Estimate, *, tasks: int = 0, p: float | None = None) -> Difference | None:
    """Subtract two independent figures with intervals, see the module docstring; ``None`` without values."""
    if one.value is None or other.value is None:
        return None
    value = one.value - other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Difference(value, tasks=tasks, p=p)
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Difference(value, value - below, value + above, tasks=tasks, p=p)


def _welch(statistic: Statistic, one: Counts, other: Counts) -> float | None:
    """Return the two-sided p value of Welch's test on two ratios over different tasks, or over families of tasks."""
    from scipy.special import stdtr

    values, variances, freedoms = [], [], []
    for counts in (one, other):
        columns = statistic(counts).clustered(counts.clusters)
        if columns.tasks < 2:
            return None
        values.append(columns.value)
        variances.append(float(ratio_error(columns.numerators, columns.denominators)) ** 2)
        freedoms.append(columns.tasks - 1)
    total = sum(variances)
    gap = abs(values[0] - values[1])
    if not total:
        return 1.0 if not gap else None
    freedom = total**2 / sum(part**2 / free for part, free in zip(variances, freedoms, strict=True))
    return 2 * float(stdtr(freedom, -gap / math.sqrt(total)))


def _adjusted(found: Sequence[SliceFigures], tests: int) -> tuple[SliceFigures, ...]:
    """Adjust the p values of each figure over the slices; of two mirrored ones only one is a test."""
    gaps = [one.accuracy_difference for one in found], [one.false_discovery_difference for one in found]
    accuracy, false = (_family(each, tests) for each in gaps)
    return tuple(
        replace(one, accuracy_difference=right, false_discovery_difference=wrong)
        for one, right, wrong in zip(found, accuracy, false, strict=True)
    )


def _family(found: Sequence[Difference | None], tests: int) -> list[Difference | None]:
    p_values = [None if one is None else one.p for one in found]
    adjusted = p_values if tests == 1 else holm(p_values)
    return [one and replace(one, p_adjusted=p) for one, p in zip(found, adjusted, strict=True)]
