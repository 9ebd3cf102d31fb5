"""Models against each other: the line, who reaches whom by resampling, and paired differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts, common_tasks
from auditor.analysis.intervals import Floats, holm
from auditor.analysis.metrics import Columns
from auditor.analysis.model_line import model_line
from auditor.analysis.resampling import accepted, precision
from auditor.results import Across, Difference, Estimate, PairedDifference, Pairs, Reach, ReachPair

MOST_MODELS = 20
"""Models of which every pair is compared unless all pairs are asked for."""

_ROUNDING = 1e-12


def compare_models(
    counts: Sequence[Counts], attempts: Mapping[str, int], bootstrap: Bootstrap, pairs: Pairs = Pairs.AUTO
) -> Across:
    """Compare the models; ``attempts`` is each model's largest K."""
    shared = min(attempts.values())
    line = model_line(
        counts, shared, confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed
    )
    if pairs is Pairs.AUTO and len(counts) > MOST_MODELS:
        number = len(counts) * (len(counts) - 1) // 2
        return Across(attempts=shared, line=line, reach=(), paired=(), pairs_left_out=number)
    reached = [_reach(weak, strong, attempts[weak.model], bootstrap) for weak, strong in permutations(counts, 2)]
    return Across(
        attempts=shared,
        line=line,
        reach=tuple(one for one in reached if one is not None),
        paired=tuple(_paired(counts, shared, bootstrap)),
    )


def _reach(weak: Counts, strong: Counts, attempts: int, bootstrap: Bootstrap) -> ReachPair | None:
    """Ask whether resampling the weak model reaches one sample of the strong one, on their common tasks.

    ``None`` where the first model is not the weaker one, or where they share no task.
    """
    tasks = common_tasks(weak, strong)
    if not tasks:
        return None
    attempts = min(attempts, weak.only(tasks).most_attempts)
    weak = weak.only(tasks).with_samples(attempts)
    strong = strong.only(weak.task_ids)
    target = metrics.single_sample(strong)
    if metrics.single_sample(weak).value >= target.value:
        return None
    within, bound = metrics.correct(attempts)(weak), metrics.ceiling_upper(weak)
    gap, bound_gap = (_difference(figure, target, bootstrap) for figure in (within, bound))
    verdict = _verdict(gap, bound_gap)
    return ReachPair(
        weak=weak.model,
        strong=strong.model,
        target=target.value,
        verdict=verdict,
        within=attempts,
        attempts=_clear_reach(weak, target, attempts, bootstrap) if verdict is Reach.REACHES else None,
        seen_at=_seen_reach(weak, target.value, attempts),
        accuracy=_interval(within, bootstrap),
        gap=Estimate(gap.value, gap.low, gap.high),
        upper_bound=_interval(bound, bootstrap),
        upper_bound_gap=Estimate(bound_gap.value, bound_gap.low, bound_gap.high),
        tasks=len(weak),
    )


def _verdict(gap: Difference, bound_gap: Difference) -> Reach:
    """Decide by the intervals of accuracy within K, and of the upper bound of the limit, minus the target."""
    if gap.low is not None and gap.low > _ROUNDING:
        return Reach.REACHES
    if bound_gap.high is not None and bound_gap.high < -_ROUNDING:
        return Reach.NEVER
    if gap.high is not None and gap.high < -_ROUNDING:
        return Reach.NOT_WITHIN
    return Reach.OPEN


def _difference(first: Columns, second: Columns, bootstrap: Bootstrap) -> Difference:
    return metrics.column_difference(
        first, second, confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed
    )


def _interval(figure: Columns, bootstrap: Bootstrap) -> Estimate:
    return figure.interval(confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed)


def _seen_reach(weak: Counts, target: float, attempts: int) -> int | None:
    """Find the fewest attempts at which the share of correct answers is at least the target."""
    return _fewest(attempts, lambda k: _solved(weak, k) >= target - _ROUNDING)


def _clear_reach(weak: Counts, target: Columns, attempts: int, bootstrap: Bootstrap) -> int | None:
    """Find the fewest attempts at which accuracy minus target is clearly above 0.

    Accuracy grows with K, so reaching at K means reaching at every larger number: the tests from the largest K
    downwards are nested, and stopping at the first that fails keeps the error of all at that of one.
    """

    def clear(k: int) -> bool:
        low = _difference(metrics.correct(k)(weak), target, bootstrap).low
        return low is not None and low > _ROUNDING

    return _fewest(attempts, clear)


def _fewest(most: int, holds: Callable[[int], bool]) -> int | None:
    """Search the fewest attempts from which on something holds, by bisection; ``None`` where not even at most."""
    if not holds(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def _solved(counts: Counts, attempts: int) -> float:
    shares: Floats = accepted(counts, attempts) * precision(counts)
    return float(shares.mean())


def _paired(counts: Sequence[Counts], attempts: int, bootstrap: Bootstrap) -> list[PairedDifference]:
    """Compare every two models by every figure; p-values are adjusted within a figure."""
    pairs = [(a.only(tasks), b.only(tasks)) for a, b in combinations(counts, 2) if (tasks := common_tasks(a, b))]
    entries: list[PairedDifference] = []
    for name, compare in _COMPARED.items():
        differences = [_difference(*compare(a, b, attempts), bootstrap) for a, b in pairs]
        adjusted = holm([difference.p for difference in differences])
        entries += [
            PairedDifference(
                a=a.model,
                b=b.model,
                metric=name,
                difference=replace(difference, p_adjusted=p_adjusted),
                attempts=attempts if name == "conditional_accuracy" else None,
            )
            for (a, b), difference, p_adjusted in zip(pairs, differences, adjusted, strict=True)
        ]
    return entries


def _at_shared(a: Counts, b: Counts, attempts: int) -> tuple[Columns, Columns]:
    """Compare conditional accuracy at K over the tasks of which both models have at least K samples."""
    enough = (a.reaching(attempts) & b.reaching(attempts)).astype(np.float64)
    first, second = (metrics.conditional_at(attempts)(one) for one in (a, b))
    return _weighed(first, enough), _weighed(second, enough)


def _weighed(columns: Columns, weights: Floats) -> Columns:
    return Columns(weights * columns.numerators, weights * columns.denominators, columns.bounds)


_COMPARED: dict[str, Callable[[Counts, Counts, int], tuple[Columns, Columns]]] = {
    "single_sample_accuracy": lambda a, b, _: (metrics.single_sample(a), metrics.single_sample(b)),
    "conditional_accuracy": _at_shared,
    "shared_precision": lambda a, b, _: metrics.shared_precision(a, b),
    "false_positive_rate": lambda a, b, _: (metrics.false_positive(a), metrics.false_positive(b)),
}
"""The figures that models are compared by; counts are over the same tasks in the same order."""
