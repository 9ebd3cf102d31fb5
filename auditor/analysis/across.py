"""Models against each other: the line, who reaches whom by resampling, and paired differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts, common_tasks
from auditor.analysis.intervals import Floats, holm
from auditor.analysis.line import least_squares
from auditor.analysis.resampling import precision, survival_blocks
from auditor.results import Across, Estimate, ModelLine, PairedDifference, Reach, ReachCeiling, ReachPair

COMPARED = ("single_sample_accuracy", "conditional_accuracy", "false_discovery_rate_micro", "false_positive_rate")
"""The figures that models are compared by, by their names in :data:`metrics.STATISTICS`."""


def compare_models(counts: Sequence[Counts], attempts: Mapping[str, int], bootstrap: Bootstrap) -> Across:
    """Compare the models; ``attempts`` is each model's largest K."""
    return Across(
        line=_line(counts, bootstrap.confidence),
        reach=tuple(
            entry
            for weak, strong in permutations(counts, 2)
            if (entry := _reach(weak, strong, attempts[weak.model], bootstrap)) is not None
        ),
        paired=tuple(_paired(counts, bootstrap)),
    )


def _line(counts: Sequence[Counts], confidence: float) -> ModelLine | None:
    """Fit conditional on single-sample accuracy over the models that have both."""
    points = [
        (metrics.single_sample(one).value, conditional.value)
        for one in counts
        if (conditional := metrics.conditional(one)).tasks
    ]
    line = least_squares([x for x, _ in points], [y for _, y in points], confidence)
    if line is None:
        return None
    return ModelLine(
        slope=line.slope,
        slope_low=line.slope_low,
        slope_high=line.slope_high,
        intercept=line.intercept,
        intercept_low=line.intercept_low,
        intercept_high=line.intercept_high,
        r_squared=line.r_squared,
        p=line.p,
        models=line.points,
    )


def _reach(weak: Counts, strong: Counts, attempts: int, bootstrap: Bootstrap) -> ReachPair | None:
    """Ask whether resampling the weak model reaches one sample of the strong one, on their common tasks.

    ``None`` where the first model is not the weaker one, or where they share no task.
    """
    shared = common_tasks(weak, strong)
    if not shared:
        return None
    weak, strong = weak.only(shared), strong.only(shared)
    target = metrics.single_sample(strong).value
    if metrics.single_sample(weak).value >= target:
        return None
    ceiling = metrics.conditional(weak)
    gap = metrics.column_difference(
        ceiling,
        metrics.single_sample(strong),
        confidence=bootstrap.confidence,
        resamples=bootstrap.resamples,
        seed=bootstrap.seed,
    )
    reached = _first_reach(weak, target, attempts)
    upper = metrics.ceiling_upper(weak).value
    own = ceiling.interval(confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed)
    return ReachPair(
        weak=weak.model,
        strong=strong.model,
        ceiling=ReachCeiling(
            own.value, own.low, own.high, lower_bound=metrics.ceiling_lower(weak).value, upper_bound=upper
        ),
        target=target,
        gap=Estimate(gap.value, gap.low, gap.high),
        attempts=reached,
        verdict=Reach.REACHES if reached is not None else Reach.NEVER if upper < target else Reach.NOT_WITHIN,
        within=attempts,
        tasks=len(shared),
    )


def _first_reach(weak: Counts, target: float, attempts: int) -> int | None:
    """Find the fewest attempts at which the share of correct answers is at least the target."""
    shares = precision(weak)
    for first, unanswered in survival_blocks(weak.n, weak.base_passes, attempts):
        correct: Floats = ((1.0 - unanswered).T * shares).mean(axis=1)
        there = correct >= target - 1e-12
        if there.any():
            return first + int(np.argmax(there))
    return None


def _paired(counts: Sequence[Counts], bootstrap: Bootstrap) -> list[PairedDifference]:
    """Compare every two models by every figure; p-values are adjusted within a figure."""
    entries: list[PairedDifference] = []
    for name in COMPARED:
        pairs = [(a, b) for a, b in combinations(counts, 2) if common_tasks(a, b)]
        differences = [
            metrics.paired_difference(
                metrics.STATISTICS[name],
                a,
                b,
                confidence=bootstrap.confidence,
                resamples=bootstrap.resamples,
                seed=bootstrap.seed,
            )
            for a, b in pairs
        ]
        adjusted = holm([difference.p for difference in differences])
        entries += [
            PairedDifference(a=a.model, b=b.model, metric=name, difference=replace(difference, p_adjusted=p_adjusted))
            for (a, b), difference, p_adjusted in zip(pairs, differences, adjusted, strict=True)
        ]
    return entries
