"""The analysis of one model: accuracy, curves, utility and derived figures."""

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
    """Range of labelled samples per task."""

    least: Positive
    """Samples of the task with the fewest."""
    most: Positive
    """Samples of the task with the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(CountedEstimate):
    """A share as a mean over tasks and pooled over samples."""

    micro: ShareEstimate
    """The same, pooled over all samples instead of averaged over tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAt(Rate):
    """A share of the answers accepted within K attempts; tasks are weighted by their probability of an acceptance.

    It depends on K, not on the number of samples; K is the same for all models of an analysis.
    """

    attempts: Positive
    """K, the number of attempts allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalAccuracy(RateAt):
    """CA(K) = C(K)/A(K), the share of the answers accepted within K attempts that are correct, and its limit.

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
    """pass@k: the probability that at least one of k samples is correct (Chen et al. 2021, arXiv 2107.03374)."""

    k: Positive
    """Samples."""


class PriceUnit(StrEnum):
    """The unit of an attempt's price."""

    DRAWS = "draws"
    WORTH = "worth"
    """Units of a correct solution's value."""
    MONEY = "money"
    """The currency of the prices in the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPrice(Document):
    """The cost of one attempt in the cost curves."""

    value: float
    """Cost of an attempt."""
    unit: PriceUnit
    """Its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint(Document):
    """The mean yield per task of drawing until the first base pass, at most K times."""

    attempts: Positive
    """K, the number of attempts allowed."""
    tasks: Positive
    """Tasks with at least K samples, over which the point is computed."""
    accepted: ShareEstimate
    """Share of tasks that end with an accepted answer."""
    correct: ShareEstimate
    """Share of tasks that end with a correct answer."""
    draws: Estimate
    """Expected attempts per task."""
    cost_per_accepted: float | None
    """Expected price per accepted answer, in the unit of `draw_price`; null if none is accepted."""
    cost_per_correct: float | None
    """Expected price per correct answer, in the unit of `draw_price`; null if none is correct."""
    utility: Mapping[float, Estimate]
    """Mean utility by false-positive cost ratio; the key is the ratio, e.g. `0.5`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum(Document):
    """The best number of attempts at one false-positive cost ratio, and the others that may be the best.

    Chosen over the tasks with at least `max_attempts` samples, so that every number is judged on the same tasks.
    """

    fp_cost: float
    """Cost of a false positive, in units of a correct solution's value."""
    attempts: Count
    """K*: the fewest attempts with the highest mean utility; 0 = use no model."""
    low: Count | None
    """Smallest number in the set: those not worse than K*, and 0 unless it clearly gains. Null without resamples."""
    high: Count | None
    """Largest number in the set; null without resamples."""
    open_above: bool
    """Whether the set contains the most attempts analysed, so that the best may lie beyond."""
    enough: Count
    """Attempts to allow: the fewest with a utility above 0 and within 0.01 of the best; 0 = use no model."""
    utility: Estimate
    """Mean utility at K*. The upper bound is the highest in the set; if K* is 0, it is what sampling may gain."""
    utility_cross_fitted: float
    """Mean utility with K chosen on some tasks and scored on others, which avoids optimism."""
    tasks: Positive
    """Tasks behind it."""

    @property
    def estimate(self) -> Estimate:
        """Return K* with the ends of its set."""
        return Estimate(float(self.attempts), self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBucket(Document):
    """Answers first accepted within a range of attempts."""

    first: Positive
    """First attempt of the range."""
    last: Positive
    """Last attempt of the range."""
    share_false: ShareEstimate
    """Share of these answers that are wrong."""
    accepted: Share
    """Share of tasks first accepted in this range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTypeOptimum(Document):
    """The best number of attempts in a model of easy and hard tasks."""

    fp_cost: float
    """Cost of a false positive, in units of a correct solution's value."""
    attempts: Count
    """K* from first principles; 0 = use no model."""
    unbounded: bool
    """Whether more attempts always help; `attempts` is then where utility stops growing in double precision."""
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
    """Probability that the base tests reject a wrong sample; null if no sample is wrong."""
    optimal_attempts: tuple[TwoTypeOptimum, ...]
    """K* by cost ratio."""
    belief: tuple[Share, ...] = ()
    """Probability that a task is easy after 0, 1, 2 … failed attempts, up to the attempts analysed but at most 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts(Document):
    """The counts of one task."""

    task_id: str
    """Its id."""
    n: Positive
    """Counted samples: labelled ones and, by default, those without a program."""
    base_passes: Count
    """How many of these are accepted."""
    correct: Count
    """How many of these are correct."""
    family: str = ""
    """Its family: tasks that are variants of one problem; empty if it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinTasks(Document):
    """Tasks with fewer samples than `max_attempts`. Figures at K are over the tasks with at least K samples."""

    tasks: Positive
    """Number of these tasks."""
    fewest: Positive
    """Samples of the task with the fewest."""
    task_ids: tuple[str, ...]
    """Their ids, in the benchmark's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyBounds(Document):
    """Bounds of single-sample accuracy, whatever the samples without a verdict would show."""

    low: Share
    """Mean over tasks of t/n, where t is correct samples and n all samples: those without a verdict count as wrong."""
    high: Share
    """Mean over tasks of (t + u)/n: each counts as correct; u is samples without a verdict."""
    harness_errors: Count
    """Samples without a verdict because the harness failed; never part of a figure."""
    unanswered: Count
    """Samples without a program: truncated, refused, no code. `options.unanswered` says how they count."""
    tasks: Positive
    """Tasks with a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTasks(Document):
    """The headline figures with no task excluded."""

    tasks: Positive
    """Tasks, including those excluded from the analysis."""
    single_sample_accuracy: ShareEstimate
    """As the figure of that name."""
    conditional_accuracy: ShareEstimate
    """As the figure of that name, at the same K."""
    false_discovery_rate: ShareEstimate
    """As the figure of that name, at the same K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlusTestPoint(Document):
    """The false discovery rate with only some of the plus tests."""

    share: Share
    """Share of each task's plus tests."""
    tests: float
    """Plus tests per task, on average."""
    false_discovery_rate: Share
    """Mean over tasks of the share of accepted samples that fail any, over all choices of this many tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation(Document):
    """Whether more plus tests would find more false positives: the rate with an eighth to all of the tests."""

    points: tuple[PlusTestPoint, ...]
    """By share, ascending; each has twice the tests of the one before."""
    next_doubling: float | None
    """Expected rise of the false discovery rate with twice the tests, last rise² / previous rise (a geometric decline);
    null if the last rise is larger.
    """
    tasks: Positive
    """Tasks that count: those with accepted samples, per-test results and at least ``least_tests`` plus tests."""
    least_tests: Positive
    """Plus tests that a task needs to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtrapolatedPoint(Document):
    """A prediction for one number of attempts."""

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
    """The method and its version."""
    anchor: Positive
    """The largest number of attempts observed."""
    resamples: Count
    """Refits behind the intervals."""
    points: tuple[ExtrapolatedPoint, ...]
    """By attempts, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTestPoint(Document):
    """The false discovery rate if the base suite had only this many tests; with none, every sample is accepted."""

    tests: Count
    """Base tests run per task."""
    false_discovery_rate: ShareEstimate
    """Mean over tasks, averaged over all choices of this many tests."""
    micro: Share | None
    """The same pooled over samples."""
    accepted: Share
    """Share of samples accepted."""
    tasks: Count
    """Tasks with at least this many base tests that were run one by one; at 0, those with at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnalysis(Document):
    """One model's figures."""

    model: str
    """Its name in the settings."""
    tasks: Positive
    """Tasks analysed."""
    samples: Positive
    """Counted samples of those tasks."""
    samples_per_task: SamplesPerTask
    """Range of counted samples per task."""
    max_attempts: Positive
    """Largest K analysed: the most attempts for which about nine tasks in ten have samples, unless set lower."""
    single_sample_accuracy: ShareEstimate
    """Mean over tasks of the share of samples that are correct (pass@1)."""
    acceptance: ShareEstimate
    """Mean over tasks of the share of samples that pass the base tests."""
    conditional_accuracy: Annotated[ConditionalAccuracy, OfShares()]
    """P(correct | accepted within K attempts), and the bounds of what unlimited resampling could solve."""
    false_discovery_rate: ShareRateAt
    """P(incorrect | accepted within K attempts): one minus conditional accuracy."""
    false_positive_rate: ShareRate
    """P(accepted | incorrect): the verifier's own error rate."""
    pass_at_k: tuple[Annotated[PassAtK, OfShares()], ...]
    """pass@k, which a perfect verifier would reach, by k."""
    draw_cost: float
    """Cost of an attempt in the utility, in units of a correct solution's value."""
    draw_price: DrawPrice
    """Price of an attempt in `cost_per_accepted` and `cost_per_correct`."""
    curve: tuple[CurvePoint, ...]
    """By attempts allowed, K = 1, 2, …"""
    optimal_attempts: tuple[Optimum, ...]
    """The best number of attempts by cost ratio."""
    attempt_buckets: tuple[AttemptBucket, ...]
    """Share of wrong answers among first acceptances, by ranges of attempts between powers of two."""
    two_type: TwoTypeFit
    """The model of easy and hard tasks."""
    difficulty: tuple[Count, ...] = ()
    """Number of tasks by share of correct samples: ten ranges of a tenth each, the last including 1."""
    per_task: tuple[TaskCounts, ...]
    """Counts per task."""
    thin: ThinTasks | None = None
    """Tasks with too few samples for `max_attempts`; null if every task has enough."""
    accuracy_bounds: AccuracyBounds | None = None
    """Bounds of single-sample accuracy; null if every sample has a verdict or only counts were given."""
    all_tasks: AllTasks | None = None
    """The headline figures with no task excluded; null if none is excluded."""
    extrapolation: Extrapolation | None = None
    """Predictions beyond the samples; null if nothing can be predicted."""
    base_tests: tuple[BaseTestPoint, ...] | None = None
    """The false discovery rate by number of base tests; null without per-test results."""
    saturation: Saturation | None = None
    """What more plus tests would find; null without per-test results."""
    as_published: AsPublished | None = None
    """Figures as arXiv 2411.17501 computes them, if `options.as_published` requests them."""
    slices: tuple[Slicing, ...] = ()
    """Figures by slices of the tasks, as `options.slices` requests; empty slices are left out."""
    style: StyleComparison | None = None
    """Style of false positives compared with true positives; null if style was not scored."""
    second_verifier: SecondVerifier | None = None
    """Style as a second verifier; null without scored programs of both kinds."""

    def optimum(self, fp_cost: float | None) -> Optimum | None:
        """Return the best number of attempts at a cost ratio; ``None`` if that ratio was not analysed."""
        return next((one for one in self.optimal_attempts if one.fp_cost == fp_cost), None)
