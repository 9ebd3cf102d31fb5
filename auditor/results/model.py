"""The analysis of one model: accuracy, curves, utility, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from auditor.results.estimate import (
    Count,
    CountedEstimate,
    Document,
    Estimate,
    OfShares,
    Positive,
    Share,
    ShareEstimate,
)
from auditor.results.published import AsPublished
from auditor.results.slices import Slicing
from auditor.results.style import SecondVerifier, StyleComparison


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesPerTask(Document):
    """How many labelled samples the tasks have."""

    least: Positive
    """Of the task with the fewest."""
    most: Positive
    """Of the task with the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(CountedEstimate):
    """A share as a mean over tasks, and pooled over samples."""

    micro: ShareEstimate
    """The same pooled over all samples instead of averaged over tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAt(Rate):
    """A share among the answers that are accepted within K attempts, over the tasks weighed by their chance of one.

    It depends on K and not on how many samples there are; K is the same for all models of an analysis.
    """

    attempts: Positive
    """K, the number of attempts allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalAccuracy(RateAt):
    """CA(K) = C(K)/A(K), the share of the answers accepted within K attempts that are correct; and its limit.

    The limit is the share of tasks answered correctly if attempts were never to end. It is known only within bounds,
    since a task without an accepted sample may get one yet.
    """

    lower_bound: ShareEstimate
    """The limit if tasks without an accepted sample count as never answered correctly."""
    upper_bound: ShareEstimate
    """The limit if they count as always answered correctly."""


ShareRate = Annotated[Rate, OfShares()]
ShareRateAt = Annotated[RateAt, OfShares()]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassAtK(Estimate):
    """pass@k: the chance that one of k samples at least is correct (Chen et al. 2021, arXiv 2107.03374)."""

    k: Positive
    """Samples."""


class PriceUnit(StrEnum):
    """In what an attempt is priced."""

    DRAWS = "draws"
    WORTH = "worth"
    """Units of what a correct solution is worth."""
    MONEY = "money"
    """The currency of the prices in the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPrice(Document):
    """What one attempt costs in the cost curves."""

    value: float
    """Cost of an attempt."""
    unit: PriceUnit
    """Its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint(Document):
    """What drawing until the first base pass, at most K times, yields per task on average."""

    attempts: Positive
    """K, the number of attempts allowed."""
    tasks: Positive
    """Tasks with at least K samples; the point is over these."""
    accepted: ShareEstimate
    """Share of tasks that end with an accepted answer."""
    correct: ShareEstimate
    """Share of tasks that end with a correct answer."""
    draws: Estimate
    """Expected attempts per task."""
    cost_per_accepted: float | None
    """Expected price per accepted answer in the unit of `draw_price`; null where none is accepted."""
    cost_per_correct: float | None
    """Expected price per correct answer in the unit of `draw_price`; null where none is correct."""
    utility: Mapping[float, Estimate]
    """Mean utility by false-positive cost ratio; the key is the ratio, e.g. `0.5`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum(Document):
    """The best number of attempts at one false-positive cost ratio, and which others may be the best.

    Chosen over the tasks that have at least `max_attempts` samples, so that every number is judged on the same tasks.
    """

    fp_cost: float
    """What a false positive costs, in units of what a correct solution is worth."""
    attempts: Count
    """K*: the fewest attempts with the highest mean utility; 0 = do not sample."""
    low: Count | None
    """The smallest number of the confidence set: the numbers not shown to be worse than K*. Null without resamples."""
    high: Count | None
    """The largest number of the set; null without resamples."""
    open_above: bool
    """The set holds the most attempts analysed, so the best may lie beyond."""
    enough: Count
    """The fewest attempts whose utility is within 0.01 of the best: more are hardly worth drawing."""
    utility: Estimate
    """Mean utility at K*. The upper bound is the highest of the set's; where K* is 0 it says what sampling may gain."""
    utility_cross_fitted: float
    """Mean utility if K is chosen on some tasks and used on others: free of the optimism of choosing and scoring on
    the same tasks."""
    tasks: Positive
    """Tasks behind it."""

    @property
    def estimate(self) -> Estimate:
        """K* with the ends of its set."""
        return Estimate(float(self.attempts), self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBucket(Document):
    """Answers that were first accepted within a range of attempts."""

    first: Positive
    """First attempt of the range."""
    last: Positive
    """Last attempt of the range."""
    share_false: ShareEstimate
    """Share of these answers that is wrong."""
    accepted: Share
    """Share of tasks first accepted in this range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTypeOptimum(Document):
    """The best number of attempts if every task were easy or hard."""

    fp_cost: float
    """What a false positive costs, in units of what a correct solution is worth."""
    attempts: Count
    """K* from first principles; 0 = do not sample."""
    unbounded: bool
    """More attempts always help a little; `attempts` is where double precision stops growing."""
    attempts_for_99_percent: Count
    """The fewest attempts that reach 99 % of the best utility."""
    utility: float
    """Expected utility at K*."""
    attempts_printed: Count
    """K* by the formula as printed in arXiv 2411.17501."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTypeFit(Document):
    """The model of easy and hard tasks, fitted to the samples."""

    p1: Share
    """Share of easy tasks: those with at least half of their samples correct."""
    r1: Share | None
    """Chance that a sample of an easy task is correct; null without easy tasks."""
    p2: Share
    """Share of hard tasks."""
    r2: Share | None
    """Chance that a sample of a hard task is correct; null without hard tasks."""
    soundness: Share | None
    """Chance that the base tests reject a wrong sample; null where no sample is wrong."""
    optimal_attempts: tuple[TwoTypeOptimum, ...]
    """K* by cost ratio."""
    belief: tuple[Share, ...] = ()
    """Chance that a task is easy after 0, 1, 2 … failed attempts at it, up to the attempts analysed and 100 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts(Document):
    """Counts of one task."""

    task_id: str
    """Its id."""
    n: Positive
    """Samples that count: labelled ones and, by default, those without a program."""
    base_passes: Count
    """Of these accepted."""
    correct: Count
    """Of these correct."""
    family: str = ""
    """Its family: tasks of one idea with other numbers; empty where it has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinTasks(Document):
    """Tasks with fewer samples than `max_attempts`. Figures at K are over the tasks with at least K samples."""

    tasks: Positive
    """How many."""
    fewest: Positive
    """Samples of the one that has fewest."""
    task_ids: tuple[str, ...]
    """Which, in the benchmark's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyBounds(Document):
    """What single-sample accuracy could be at most and at least, whatever the samples without a verdict would show."""

    low: Share
    """Mean over tasks of t/n: each of them counts as wrong; t is correct samples, n all samples."""
    high: Share
    """Mean over tasks of (t + u)/n: each counts as correct; u is samples without a verdict."""
    harness_errors: Count
    """Samples whose verdict is missing because the harness failed; never part of a figure."""
    unanswered: Count
    """Samples that held no program: cut off, refused, without code. `options.unanswered` says how they count."""
    tasks: Positive
    """Tasks with a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTasks(Document):
    """The headline figures with no task left out."""

    tasks: Positive
    """Tasks, those excluded from the analysis among them."""
    single_sample_accuracy: ShareEstimate
    """As the figure of that name."""
    conditional_accuracy: ShareEstimate
    """As the figure of that name, at the same K."""
    false_discovery_rate: ShareEstimate
    """As the figure of that name, at the same K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlusTestPoint(Document):
    """The false discovery rate if only some of the plus tests were there."""

    share: Share
    """Share of each task's plus tests."""
    tests: float
    """Plus tests per task, on average."""
    false_discovery_rate: Share
    """Mean over tasks of the share of accepted samples that fail one of them, over all choices of so many tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation(Document):
    """Whether more plus tests would find more false positives: the rate at an eighth to all of them."""

    points: tuple[PlusTestPoint, ...]
    """By share, ascending; each has twice the tests of the one before."""
    next_doubling: float | None
    """Rise of the false discovery rate expected from twice the tests, last rise² / rise before (a geometric decline);
    null where the last rise is larger."""
    tasks: Positive
    """Tasks that count: those with accepted samples, per-test results and at least ``least_tests`` plus tests."""
    least_tests: Positive
    """Plus tests that a task needs to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtrapolatedPoint(Document):
    """A prediction at one number of attempts."""

    attempts: Positive
    """K."""
    accepted: ShareEstimate
    """Predicted share of tasks accepted."""
    correct: ShareEstimate
    """Predicted share of tasks answered correctly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extrapolation(Document):
    """A prediction beyond the samples, not a measurement."""

    method: str
    """How it was predicted."""
    anchor: Positive
    """The largest number of attempts that was observed."""
    resamples: Count
    """Refits behind the intervals."""
    points: tuple[ExtrapolatedPoint, ...]
    """By attempts, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTestPoint(Document):
    """The false discovery rate if the base suite had only so many tests."""

    tests: Count
    """Base tests run per task."""
    false_discovery_rate: ShareEstimate
    """Mean over tasks, averaged over all choices of so many tests."""
    micro: Share | None
    """The same pooled over samples."""
    accepted: Share
    """Share of samples let through."""
    tasks: Count
    """Tasks that have at least so many base tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnalysis(Document):
    """One model's figures."""

    model: str
    """Its name in the settings."""
    tasks: Positive
    """Tasks analysed."""
    samples: Positive
    """Samples of those tasks that count."""
    samples_per_task: SamplesPerTask
    """The range of samples per task that count."""
    max_attempts: Positive
    """The largest K analysed: the most attempts that about nine tasks in ten have samples for, unless set lower."""
    single_sample_accuracy: ShareEstimate
    """Mean over tasks of the share of samples that are correct (pass@1)."""
    acceptance: ShareEstimate
    """Mean over tasks of the share of samples that pass the base tests."""
    conditional_accuracy: Annotated[ConditionalAccuracy, OfShares()]
    """P(correct | accepted within K attempts), and the bounds of what resampling without end could solve."""
    false_discovery_rate: ShareRateAt
    """P(incorrect | accepted within K attempts): one minus conditional accuracy."""
    false_positive_rate: ShareRate
    """P(accepted | incorrect): the verifier's own rate."""
    pass_at_k: tuple[Annotated[PassAtK, OfShares()], ...]
    """What a perfect verifier would reach, by k."""
    draw_cost: float
    """What an attempt costs in the utility, in units of what a correct solution is worth."""
    draw_price: DrawPrice
    """What an attempt costs in `cost_per_accepted` and `cost_per_correct`."""
    curve: tuple[CurvePoint, ...]
    """By attempts allowed, K = 1, 2, …"""
    optimal_attempts: tuple[Optimum, ...]
    """The best number of attempts by cost ratio."""
    attempt_buckets: tuple[AttemptBucket, ...]
    """Share false among first acceptances, by ranges of attempts between powers of two."""
    two_type: TwoTypeFit
    """The model of easy and hard tasks."""
    difficulty: tuple[Count, ...] = ()
    """Tasks by their share of correct samples: ten ranges of a tenth each, the last one with 1."""
    per_task: tuple[TaskCounts, ...]
    """Counts per task."""
    thin: ThinTasks | None = None
    """Tasks with too few samples for `max_attempts`; null where every task has enough."""
    accuracy_bounds: AccuracyBounds | None = None
    """What single-sample accuracy could be; null where every sample has a verdict, and where only counts were given."""
    all_tasks: AllTasks | None = None
    """The headline figures with no task excluded; null where none is excluded."""
    extrapolation: Extrapolation | None = None
    """Attempts beyond the samples; null where nothing can be predicted."""
    base_tests: tuple[BaseTestPoint, ...] | None = None
    """The false discovery rate by number of base tests; null without per-test results."""
    saturation: Saturation | None = None
    """What more plus tests would find; null without per-test results."""
    as_published: AsPublished | None = None
    """Figures as arXiv 2411.17501 computes them, where `options.as_published` asks for them."""
    slices: tuple[Slicing, ...] = ()
    """Figures by slices of the tasks, as `options.slices` asks; those that no task belongs to are left out."""
    style: StyleComparison | None = None
    """Style of false against true positives; null where style was not scored."""
    second_verifier: SecondVerifier | None = None
    """Style as a second verifier; null without both kinds of scored program."""

    def optimum(self, fp_cost: float | None) -> Optimum | None:
        """Return the best number of attempts at a cost ratio, ``None`` where that ratio was not analysed."""
        return next((one for one in self.optimal_attempts if one.fp_cost == fp_cost), None)
