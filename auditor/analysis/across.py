"""Comparisons between models: the line, which model reaches which by resampling, and paired differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.arrays import Floats
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts, common_tasks
from auditor.analysis.intervals import holm
from auditor.analysis.metrics import Columns, Replicated, Statistic, replicated_difference
from auditor.analysis.model_line import model_line
from auditor.analysis.resampling import precision, survival_blocks
from auditor.results import Across, Difference, Estimate, PairedDifference, Pairs, Reach, ReachPair

MOST_MODELS = 20
"""Largest number of models of which every pair is compared by default."""

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
    figures = _Figures(bootstrap)
    reached = [_reach(weak, strong, attempts[weak.model], figures) for weak, strong in permutations(counts, 2)]
    return Across(
        attempts=shared,
        line=line,
        reach=tuple(one for one in reached if one is not None),
        paired=tuple(_paired(counts, shared, figures)),
    )


class _Figures:
    """Figures with their replicates, each computed once per model and set of tasks."""

    def __init__(self, bootstrap: Bootstrap) -> None:
        self._bootstrap = bootstrap
        self._known: dict[tuple[str, str, int], tuple[tuple[str, ...], Replicated]] = {}
        self._intervals: dict[tuple[str, str, int], tuple[Replicated, Estimate]] = {}
        self._solved: dict[tuple[str, int], tuple[tuple[str, ...], Floats]] = {}

    def get(self, name: str, counts: Counts, statistic: Statistic, attempts: int = 0) -> Replicated:
        """Return a figure; ``name`` and ``attempts`` identify the statistic."""
        key = (name, counts.model, attempts)
        known = self._known.get(key)
        if known is None or known[0] != counts.task_ids:
            known = counts.task_ids, self.of(statistic(counts), counts)
            self._known[key] = known
        return known[1]

    def solved(self, counts: Counts, attempts: int) -> Floats:
        """Return the share of tasks solved within 1 … K attempts, if every task has as many samples."""
        known = self._solved.get((counts.model, attempts))
        if known is None or known[0] != counts.task_ids:
            known = counts.task_ids, _solved(counts, attempts)
            self._solved[counts.model, attempts] = known
        return known[1]

    def of(self, columns: Columns, counts: Counts) -> Replicated:
        """Return a figure of these counts without caching it."""
        return Replicated.of(columns.clustered(counts.clusters), self._bootstrap.resamples, self._bootstrap.seed)

    def difference(self, first: Replicated, second: Replicated) -> Difference:
        """Subtract two figures over the same tasks."""
        return replicated_difference(first, second, self._bootstrap.confidence)

    def interval(self, name: str, counts: Counts, figure: Replicated, attempts: int = 0) -> Estimate:
        """Return a figure with its interval, which serves every pair over the same tasks."""
        key = (name, counts.model, attempts)
        known = self._intervals.get(key)
        if known is None or known[0] is not figure:
            bootstrap = self._bootstrap
            found = figure.columns.interval(
                confidence=bootstrap.confidence, resamples=bootstrap.resamples, seed=bootstrap.seed
            )
            known = self._intervals[key] = figure, found
        return known[1]


def _reach(weak: Counts, strong: Counts, attempts: int, figures: _Figures) -> ReachPair | None:
    """Test whether resampling the weak model reaches one sample of the strong one, on their common tasks.

    ``None`` if the first model is not the weaker one, or if they share no task.
    """
    tasks = common_tasks(weak, strong)
    if not tasks:
        return None
    attempts = min(attempts, weak.only(tasks).most_attempts)
    weak = weak.only(tasks).with_samples(attempts)
    strong = strong.only(weak.task_ids)
    target = figures.get("accuracy", strong, metrics.single_sample)
    goal = target.columns.value
    if metrics.single_sample(weak).value >= goal:
        return None
    within = figures.get("correct", weak, metrics.correct(attempts), attempts)
    bound = figures.get("upper bound", weak, metrics.ceiling_upper)
    gap, bound_gap = figures.difference(within, target), figures.difference(bound, target)
    verdict = _verdict(gap, bound_gap)
    seen_at = _seen_reach(weak, goal, attempts, figures)
    return ReachPair(
        weak=weak.model,
        strong=strong.model,
        target=goal,
        verdict=verdict,
        within=attempts,
        attempts=_clear_reach(weak, target, seen_at or 1, attempts, figures) if verdict is Reach.REACHES else None,
        seen_at=seen_at,
        accuracy=figures.interval("correct", weak, within, attempts),
        gap=Estimate(gap.value, gap.low, gap.high),
        upper_bound=figures.interval("upper bound", weak, bound),
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


def _seen_reach(weak: Counts, target: float, attempts: int, figures: _Figures) -> int | None:
    """Find the fewest attempts at which the share of correct answers is at least the target."""
    at = int(np.searchsorted(figures.solved(weak, attempts), target - _ROUNDING))
    return at + 1 if at < attempts else None


def _clear_reach(weak: Counts, target: Replicated, fewest: int, attempts: int, figures: _Figures) -> int:
    """Find, from ``fewest`` on, the fewest attempts at which accuracy minus target is clearly above 0.

    It is at ``attempts``. Accuracy grows with K, so reaching at K means reaching at every larger number: the tests from
    the largest K downwards are nested, and stopping at the first failure keeps the overall error at that of one test.
    """
    low, high = fewest - 1, attempts
    while high - low > 1:
        k = (low + high) // 2
        limit = figures.difference(figures.get("correct", weak, metrics.correct(k), k), target).low
        if limit is not None and limit > _ROUNDING:
            high = k
        else:
            low = k
    return high


def _solved(counts: Counts, attempts: int) -> Floats:
    """Return the share of tasks solved within 1 … K attempts, which is monotonic."""
    share = precision(counts)
    blocks = survival_blocks(counts.n, counts.base_passes, attempts)
    return np.concatenate([share @ (1.0 - unanswered) for _, unanswered in blocks]) / len(counts)


def _paired(counts: Sequence[Counts], attempts: int, figures: _Figures) -> list[PairedDifference]:
    """Compare every pair of models by every figure; p-values are adjusted within a figure."""
    pairs = [(a.only(tasks), b.only(tasks)) for a, b in combinations(counts, 2) if (tasks := common_tasks(a, b))]
    entries: list[PairedDifference] = []
    for name, compare in _COMPARED.items():
        differences = [figures.difference(*compare(a, b, attempts, figures)) for a, b in pairs]
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


Pair = tuple[Replicated, Replicated]


def _alike(name: str, statistic: Statistic) -> Callable[[Counts, Counts, int, _Figures], Pair]:
    """Compare two models by a figure that depends on each alone."""
    return lambda a, b, _, figures: (figures.get(name, a, statistic), figures.get(name, b, statistic))


def _at_shared(a: Counts, b: Counts, attempts: int, figures: _Figures) -> Pair:
    """Compare conditional accuracy at K over the tasks of which both models have at least K samples."""
    statistic, enough = metrics.conditional_at(attempts), a.reaching(attempts) & b.reaching(attempts)
    if enough.all():
        return figures.get("conditional", a, statistic, attempts), figures.get("conditional", b, statistic, attempts)
    weights = enough.astype(np.float64)
    first, second = (figures.of(_weighed(statistic(one), weights), a) for one in (a, b))
    return first, second


def _weighed(columns: Columns, weights: Floats) -> Columns:
    return Columns(weights * columns.numerators, weights * columns.denominators, columns.bounds)


def _shared_precision(a: Counts, b: Counts, _: int, figures: _Figures) -> Pair:
    first, second = metrics.shared_precision(a, b)
    return figures.of(first, a), figures.of(second, a)


_COMPARED: dict[str, Callable[[Counts, Counts, int, _Figures], Pair]] = {
    "single_sample_accuracy": _alike("accuracy", metrics.single_sample),
    "conditional_accuracy": _at_shared,
    "shared_precision": _shared_precision,
    "false_positive_rate": _alike("false positive", metrics.false_positive),
}
"""Figures by which models are compared; counts are over the same tasks in the same order."""
