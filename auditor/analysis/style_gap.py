"""Style of false positives compared with true positives: within a task, pooled, and by the paper's conditional rates.

False positives come from harder tasks, so the pooled difference confounds style with difficulty. The main figure is the
one **within tasks**, over the tasks (of each model) that have both groups: the weighted mean difference of
:mod:`auditor.analysis.stratified`, with its test and Holm's adjustment over the criteria. There each
distinct program counts once, however often it was drawn, since repeats of one program add nothing about its style. The
pooled and conditional rates weight samples, as in the paper.

If several models are pooled, a (model, task) is a stratum, and the strata of one task are one cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from auditor.analysis.arrays import Floats, Ints, Mask
from auditor.analysis.intervals import agreeing, holm, ratio_interval, replicate_interval, task_weights
from auditor.analysis.stratified import Stratified, difference_within
from auditor.analysis.style_rows import StyleTable, UnitSums
from auditor.results import (
    UNDEFINED,
    AnalysisOptions,
    Conditional,
    CriterionFacts,
    CriterionGap,
    Estimate,
    GroupCounts,
    Pooled,
    RuleGap,
    ScoreGap,
    StyleComparison,
    WithinTask,
)  # fmt: skip

DIFFERENCE = (-1.0, 1.0)
"""The range of a difference of two shares."""


def compare_style(table: StyleTable, criteria: Sequence[CriterionFacts], options: AnalysisOptions) -> StyleComparison:
    """Compare the two groups on each criterion, in the order given, on the score and on each rule.

    Differences are false minus true positives; without rows they are undefined.
    """
    return StyleComparison(
        criteria=compare_criteria(table, criteria, options),
        score=_score(table, options),
        rules=compare_rules(table, options),
    )


def compare_criteria(
    table: StyleTable, criteria: Sequence[CriterionFacts], options: AnalysisOptions
) -> tuple[CriterionGap, ...]:
    """Compare the two groups on each criterion only, see :func:`compare_style`."""
    return _adjusted([_criterion(table, criterion, options) for criterion in criteria])


def _criterion(table: StyleTable, criterion: CriterionFacts, options: AnalysisOptions) -> CriterionGap:
    values = table.adherence.get(criterion.criterion, np.full(len(table), np.nan))
    known = ~np.isnan(values)
    false, true = (table.per_unit(values, rows) for rows in (table.false, ~table.false))
    accepted = false[0] + true[0], false[1] + true[1]
    within = within_task(table, values, options)
    return CriterionGap(
        criterion=criterion.criterion,
        title=criterion.title,
        reason=criterion.reason,
        tasks=within.tasks if within else 0,
        programs=GroupCounts(
            true_positive=table.distinct(known & ~table.false),
            false_positive=table.distinct(known & table.false),
        ),
        within_task=within,
        pooled=Pooled(
            true_positive=_pooled(table, true, options),
            false_positive=_pooled(table, false, options),
            difference=_pooled_difference(table, false, true, options),
        ),
        conditional=Conditional(
            given_pass=mean_over_tasks(table, accepted, options),
            given_correct=mean_over_tasks(table, true, options),
            given_false_positive=mean_over_tasks(table, false, options),
        ),
    )


def _score(table: StyleTable, options: AnalysisOptions) -> ScoreGap:
    values = table.score
    within = within_task(table, values, options)
    return ScoreGap(
        true_positive=mean_over_tasks(table, table.per_unit(values, ~table.false), options),
        false_positive=mean_over_tasks(table, table.per_unit(values, table.false), options),
        accepted=mean_over_tasks(table, table.per_unit(values, np.ones_like(table.false)), options),
        within_task=within,
        tasks=within.tasks if within else 0,
    )


def mean_over_tasks(table: StyleTable, sums: UnitSums, options: AnalysisOptions) -> Estimate:
    """Return the mean over the weighted units of their weighted mean value, with its interval over tasks.

    With adherence as value and the rows of one label, it is the paper's P(adheres | label).
    """
    means, present = _unit_means(sums)
    return _interval(table.per_task(means), table.per_task(present.astype(np.float64)), options)


def _unit_means(sums: UnitSums) -> tuple[Floats, Mask]:
    """Return each unit's weighted mean (0 without weight), and which units have weight."""
    top, bottom = sums
    present = bottom > 0
    return np.divide(top, bottom, out=np.zeros_like(top), where=present), present


def within_task(table: StyleTable, values: Floats, options: AnalysisOptions) -> WithinTask | None:
    """Return the weighted mean difference, false minus true positives, within units that have both.

    ``None`` without such.

    A program that several models wrote counts once. At each end, the interval is the wider of the stratified one and
    the bootstrap's over tasks, which has a width even if no value differs. Where it includes zero, p is at least 1
    minus the confidence, so the two never disagree.
    """
    found = _stratified(table, values, options)
    return None if found is None else _within_task(found, options)


def _stratified(table: StyleTable, values: Floats, options: AnalysisOptions) -> Stratified | None:
    values = np.where(table.once, values, np.nan)
    layout = table.layout(~np.isnan(values))
    return difference_within(values, layout, confidence=options.confidence, seed=options.seed)


def _within_task(found: Stratified, options: AnalysisOptions) -> WithinTask:
    over_tasks = _interval(found.numerators, found.denominators, options, bounds=DIFFERENCE)
    low, high = min(found.low, over_tasks.low or 0.0), max(found.high, over_tasks.high or 0.0)
    p = agreeing(found.p, low, high, options.confidence)
    return WithinTask(found.difference, max(low, -1.0), min(high, 1.0), found.tasks, p, p, units=found.strata)


def _has_both(table: StyleTable) -> Mask:
    """Return which units have programs of both groups, counting each program once."""
    everything, once = np.zeros(len(table.unit)), table.once
    (_, false), (_, true) = (table.per_unit(everything, once & rows) for rows in (table.false, ~table.false))
    return np.asarray((false > 0) & (true > 0))


def _adjusted(gaps: Sequence[CriterionGap]) -> tuple[CriterionGap, ...]:
    """Adjust the p values as one family."""
    adjusted = holm([gap.within_task.p if gap.within_task else None for gap in gaps])
    return tuple(
        replace(gap, within_task=gap.within_task and replace(gap.within_task, p_adjusted=p))
        for gap, p in zip(gaps, adjusted, strict=True)
    )


def _pooled(table: StyleTable, sums: UnitSums, options: AnalysisOptions) -> Estimate:
    top, bottom = sums
    return _interval(table.per_task(top), table.per_task(bottom), options)


def _pooled_difference(table: StyleTable, false: UnitSums, true: UnitSums, options: AnalysisOptions) -> Estimate:
    """Return the pooled share of false minus that of true positives, with its interval over tasks."""
    parts = [tuple(map(table.per_task, sums)) for sums in (false, true)]
    if not all(bottom.sum() > 0 for _, bottom in parts):
        return UNDEFINED
    shares = [float(top.sum() / bottom.sum()) for top, bottom in parts]
    weights = task_weights(table.tasks, options.resamples, options.seed)
    tops, bottoms = zip(*((weights @ top, weights @ bottom) for top, bottom in parts), strict=True)
    drawn = (bottoms[0] > 0) & (bottoms[1] > 0)
    replicates = tops[0][drawn] / bottoms[0][drawn] - tops[1][drawn] / bottoms[1][drawn]
    influence = [(top - share * bottom) / bottom.sum() for (top, bottom), share in zip(parts, shares, strict=True)]
    tasks = int(np.count_nonzero(parts[0][1] + parts[1][1]))
    spread = np.square(influence[0] - influence[1]).sum()
    error = np.sqrt(tasks / (tasks - 1) * spread) if tasks > 1 else 0.0
    value = shares[0] - shares[1]
    low, high = replicate_interval(value, replicates, error, tasks, options.confidence, DIFFERENCE)
    return Estimate(value, float(low), float(high))


def _interval(
    top: Floats, bottom: Floats, options: AnalysisOptions, bounds: tuple[float, float] = (0.0, 1.0)
) -> Estimate:
    return ratio_interval(
        top, bottom, confidence=options.confidence, resamples=options.resamples, seed=options.seed, bounds=bounds
    )


def compare_rules(table: StyleTable, options: AnalysisOptions) -> tuple[RuleGap, ...]:
    """Compare how often each rule fires within tasks, largest differences first.

    Both shares are over the units that have both groups and weigh them as the difference does, which is their
    difference. Holm adjusts over all rules that fired there.
    """
    inside = _has_both(table)[table.unit]
    fired = table.fired[inside[table.fired[:, 1]]]
    numbers, starts = np.unique(fired[:, 0], return_index=True)
    places = np.split(fired[:, 1], starts[1:])
    found = [
        _rule(table, table.rules[number], rows, inside, options) for number, rows in zip(numbers, places, strict=False)
    ]
    adjusted = holm([gap.difference.p for gap in found])
    found = [
        replace(gap, difference=replace(gap.difference, p_adjusted=p)) for gap, p in zip(found, adjusted, strict=True)
    ]
    return tuple(
        sorted(found, key=lambda gap: (-abs(gap.difference.value or 0), gap.difference.p or 0, gap.tool, gap.rule))
    )


def _rule(
    table: StyleTable, rule: tuple[str, str, str, str], places: Ints, inside: Mask, options: AnalysisOptions
) -> RuleGap:
    values = np.zeros(len(table.unit))
    values[places] = 1.0
    values[~inside] = np.nan
    within = _stratified(table, values, options)
    assert within is not None
    tool, code, name, url = rule
    return RuleGap(
        tool=tool,
        rule=code,
        name=name,
        url=url,
        true_positive=min(1.0, within.means[1]),  # a weighted mean of ones may be a rounding error above 1
        false_positive=min(1.0, within.means[0]),
        difference=_within_task(within, options),
        programs=table.distinct(places),
    )
