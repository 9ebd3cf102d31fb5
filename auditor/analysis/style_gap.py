"""Style of false against true positives: within a task, pooled, and by the paper's conditional rates.

False positives come from harder tasks, so the pooled difference confounds style with difficulty. The
figure to read is the one **within tasks**: over the tasks (of each model) that have both groups, the
mean of the share of false positives that adhere minus the share of true positives that do, with a
bootstrap interval over tasks, Wilcoxon's signed-rank test on the tasks' differences and Holm's
adjustment over the criteria. Samples weigh: a program that was drawn ten times counts ten times.

Where several models are pooled, a (model, task) is one difference; tasks are still what is drawn,
and what the test takes one value of, since models meet the same tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from auditor.analysis.intervals import holm, ratio_interval, replicate_interval, task_weights
from auditor.analysis.style_rows import Floats, Ints, Mask, StyleRow, Table, tabulate
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

EXACT_TASKS = 50
DIFFERENCE = (-1.0, 1.0)
"""The range of a difference of two shares."""


def compare_style(
    rows: Sequence[StyleRow], criteria: Sequence[CriterionFacts], options: AnalysisOptions
) -> StyleComparison:
    """Compare the two groups on each criterion, in the order given, on the score and on each rule.

    Differences are false minus true positives; without rows they are undefined.
    """
    accepted, table = tabulate(rows)
    return StyleComparison(
        criteria=_adjusted([_criterion(accepted, table, criterion, options) for criterion in criteria]),
        score=_score(accepted, table, options),
        rules=compare_rules(accepted, table, options),
    )


def _criterion(
    accepted: Sequence[StyleRow], table: Table, criterion: CriterionFacts, options: AnalysisOptions
) -> CriterionGap:
    values = np.array([_number(row.adherence.get(criterion.criterion)) for row in accepted], dtype=np.float64)
    false, true = table.false, ~table.false
    within = within_task(table, values, options)
    return CriterionGap(
        criterion=criterion.criterion,
        title=criterion.title,
        reason=criterion.reason,
        tasks=within.tasks if within else 0,
        programs=GroupCounts(
            true_positive=len(set(table.programs[true & ~np.isnan(values)])),
            false_positive=len(set(table.programs[false & ~np.isnan(values)])),
        ),
        within_task=within,
        pooled=Pooled(
            true_positive=_pooled(table, values, true, options),
            false_positive=_pooled(table, values, false, options),
            difference=_pooled_difference(table, values, options),
        ),
        conditional=Conditional(
            given_pass=mean_over_tasks(table, values, true | false, options),
            given_correct=mean_over_tasks(table, values, true, options),
            given_false_positive=mean_over_tasks(table, values, false, options),
        ),
    )


def _score(accepted: Sequence[StyleRow], table: Table, options: AnalysisOptions) -> ScoreGap:
    values = np.array([_number(row.score) for row in accepted], dtype=np.float64)
    within = within_task(table, values, options)
    return ScoreGap(
        true_positive=mean_over_tasks(table, values, ~table.false, options),
        false_positive=mean_over_tasks(table, values, table.false, options),
        accepted=mean_over_tasks(table, values, np.ones_like(table.false), options),
        within_task=within,
        tasks=within.tasks if within else 0,
    )


def _number(value: float | bool | None) -> float:
    return float("nan") if value is None else float(value)


def mean_over_tasks(table: Table, values: Floats, rows: Mask, options: AnalysisOptions) -> Estimate:
    """Mean over the units that have any of ``rows`` of their weighted mean value, with its interval over tasks.

    With adherence as value and the rows of one label it is P(adheres | label) as the paper takes it.
    """
    top, bottom = table.per_unit(values, rows)
    present = bottom > 0
    means = np.divide(top, bottom, out=np.zeros_like(top), where=present)
    return _interval(table.per_task(means), table.per_task(present.astype(np.float64)), options)


def within_task(table: Table, values: Floats, options: AnalysisOptions) -> WithinTask | None:
    """Mean difference, false minus true positives, over units with both; ``None`` where there is none.

    ``effect`` is the matched-pairs rank-biserial correlation: the share of rank on the side of the
    false positives minus the share on the other, -1 to 1; ``p`` is of Wilcoxon's signed-rank test.
    """
    differences, both = _differences(table, values)
    if not both.any():
        return None
    sums, units = table.per_task(differences), table.per_task(both.astype(np.float64))
    interval = _interval(sums, units, options, bounds=DIFFERENCE)
    p, effect = signed_ranks(sums[units > 0] / units[units > 0])
    return WithinTask(
        interval.value,
        interval.low,
        interval.high,
        int(np.count_nonzero(units)),
        p,
        p,
        effect=effect,
        units=int(both.sum()),
    )


def _differences(table: Table, values: Floats) -> tuple[Floats, Mask]:
    """Return each unit's difference of means, 0 where it lacks a group, and which units have both."""
    false_top, false_bottom = table.per_unit(values, table.false)
    true_top, true_bottom = table.per_unit(values, ~table.false)
    both: Mask = (false_bottom > 0) & (true_bottom > 0)
    gap = np.zeros_like(false_top)
    gap[both] = false_top[both] / false_bottom[both] - true_top[both] / true_bottom[both]
    return gap, both


def signed_ranks(differences: Floats) -> tuple[float, float]:
    """Return Wilcoxon's two-sided p and the rank-biserial effect; zeros are dropped.

    Up to 50 differences p is exact, ties or not; beyond, it is the normal approximation. Nothing but
    zeros is p = 1 and no effect.
    """
    from scipy.stats import rankdata, wilcoxon

    # what is equal but for rounding is a tie, and what is rounding about zero is zero
    nonzero = np.round(differences[np.abs(differences) > 1e-12], 12)
    if not len(nonzero):
        return 1.0, 0.0
    ranks = rankdata(np.abs(nonzero))
    effect = float(np.sum(ranks * np.sign(nonzero)) / np.sum(ranks))
    if len(nonzero) <= EXACT_TASKS:
        return _exact_p(np.rint(2 * ranks).astype(np.int64), nonzero > 0), effect
    return float(wilcoxon(nonzero, method="approx").pvalue), effect


def _exact_p(doubled: Ints, positive: Mask) -> float:
    """Two-sided p of the sum of positive ranks when each sign is a fair coin; ``doubled`` are twice the ranks."""
    chances = np.zeros(int(doubled.sum()) + 1)
    chances[0] = 1.0
    for rank in doubled:
        with_it = np.zeros_like(chances)
        with_it[rank:] = chances[:-rank]
        chances = (chances + with_it) / 2
    observed = int(doubled[positive].sum())
    return float(min(1.0, 2 * min(chances[: observed + 1].sum(), chances[observed:].sum())))


def _adjusted(gaps: Sequence[CriterionGap]) -> tuple[CriterionGap, ...]:
    """Adjust the p values for being one family."""
    adjusted = holm([gap.within_task.p if gap.within_task else None for gap in gaps])
    return tuple(
        replace(gap, within_task=gap.within_task and replace(gap.within_task, p_adjusted=p))
        for gap, p in zip(gaps, adjusted, strict=True)
    )


def _pooled(table: Table, values: Floats, rows: Mask, options: AnalysisOptions) -> Estimate:
    top, bottom = table.per_unit(values, rows)
    return _interval(table.per_task(top), table.per_task(bottom), options)


def _pooled_difference(table: Table, values: Floats, options: AnalysisOptions) -> Estimate:
    """Pooled share of false minus that of true positives, with its interval over tasks."""
    parts = [tuple(map(table.per_task, table.per_unit(values, rows))) for rows in (table.false, ~table.false)]
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


def compare_rules(accepted: Sequence[StyleRow], table: Table, options: AnalysisOptions) -> tuple[RuleGap, ...]:
    """Compare, within tasks, how often each rule fires; those that differ most come first.

    Both shares are means over the units that have both groups, so their difference is the difference
    shown. Holm adjusts over all rules that fired there.
    """
    _, both = _differences(table, np.zeros(len(accepted)))
    inside = both[table.unit] if len(accepted) else np.zeros(0, dtype=np.bool_)
    fired: dict[tuple[str, str, str, str], list[int]] = {}
    for place, row in enumerate(accepted):
        for rule in row.rules if inside[place] else ():
            fired.setdefault(rule, []).append(place)
    found = [_rule(table, rule, fired[rule], inside, options) for rule in sorted(fired)]
    adjusted = holm([gap.difference.p for gap in found])
    found = [
        replace(gap, difference=replace(gap.difference, p_adjusted=p)) for gap, p in zip(found, adjusted, strict=True)
    ]
    return tuple(
        sorted(found, key=lambda gap: (-abs(gap.difference.value or 0), gap.difference.p or 0, gap.tool, gap.rule))
    )


def _rule(
    table: Table, rule: tuple[str, str, str, str], places: list[int], inside: Mask, options: AnalysisOptions
) -> RuleGap:
    values = np.zeros(len(table.unit))
    values[places] = 1.0
    values[~inside] = np.nan
    within = within_task(table, values, options)
    assert within is not None
    tool, code, name, url = rule
    return RuleGap(
        tool=tool,
        rule=code,
        name=name,
        url=url,
        true_positive=mean_over_tasks(table, values, ~table.false, options).value,
        false_positive=mean_over_tasks(table, values, table.false, options).value,
        difference=within,
        programs=len(set(table.programs[places])),
    )
