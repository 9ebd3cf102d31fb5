"""Style of accepted programs: those that are wrong (false positives) against those that are correct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from auditor.results.estimate import Count, Difference, Document, Estimate, OfShares, Share, ShareEstimate

LEAST_TASKS = 10
"""Tasks with both kinds of program below which a difference within tasks is not shown.

With nine equal ones its interval spans 43 points on either side, which says next to nothing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinTask(Difference):
    """A mean difference within tasks, false positives minus true positives.

    Its p value asks what its interval asks, whether the mean over tasks like these is zero; where the interval includes
    zero, it is at least 1 minus the confidence.
    """

    units: Count
    """Pairs of model and task behind it."""

    @property
    def enough(self) -> bool:
        """Whether it has a value from at least :data:`LEAST_TASKS` tasks."""
        return self.known and self.tasks >= LEAST_TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts(Document):
    """Distinct programs by group."""

    true_positive: Count
    """Correct programs."""
    false_positive: Count
    """Wrong programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled(Document):
    """A comparison over all programs, without adjusting for the difficulty of tasks."""

    true_positive: ShareEstimate
    """Share of correct programs that adhere."""
    false_positive: ShareEstimate
    """Share of wrong programs that adhere."""
    difference: Estimate
    """Wrong minus correct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Document):
    """Adherence as means over tasks."""

    given_pass: ShareEstimate
    """P(adheres | accepted)."""
    given_correct: ShareEstimate
    """P(adheres | correct)."""
    given_false_positive: ShareEstimate
    """P(adheres | false positive)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionGap(Document):
    """One criterion of the rubric, compared between accepted programs that are wrong and that are correct."""

    criterion: str
    """Its id in the rubric."""
    title: str
    """Its title."""
    reason: str
    """Why the rubric asks for it."""
    tasks: Count
    """Tasks with both kinds of program."""
    programs: GroupCounts
    """Programs compared."""
    within_task: WithinTask | None
    """The comparison within tasks, adjusted over the criteria; null if no task has both kinds."""
    pooled: Pooled
    """The comparison over all programs."""
    conditional: Conditional
    """Adherence as means over tasks."""

    @property
    def compared(self) -> WithinTask | None:
        """The comparison within tasks where it has enough tasks to be shown."""
        return self.within_task if self.within_task and self.within_task.enough else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreGap(Document):
    """The rubric's score, 0 to 1, compared the same way."""

    true_positive: ShareEstimate
    """Mean of correct programs, over tasks."""
    false_positive: ShareEstimate
    """Mean of wrong programs, over tasks."""
    accepted: ShareEstimate
    """Mean of accepted programs, over tasks."""
    within_task: WithinTask | None
    """The difference within tasks; null if no task has both kinds."""
    tasks: Count
    """Tasks with both kinds of program."""

    @property
    def compared(self) -> WithinTask | None:
        """The difference within tasks where it has enough tasks to be shown."""
        return self.within_task if self.within_task and self.within_task.enough else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGap(Document):
    """One linter rule, compared within tasks."""

    tool: str
    """The linter."""
    rule: str
    """The linter's own code."""
    name: str
    """The rule's readable name."""
    url: str
    """Address of its documentation, or empty."""
    true_positive: Share | None
    """Share of correct programs on which it fires, over the tasks behind the difference and with its weights."""
    false_positive: Share | None
    """The same share of wrong programs; minus the one above, it is the difference."""
    difference: WithinTask
    """False positives minus true positives, adjusted over the rules that fired."""
    programs: Count
    """Programs on which it fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleComparison(Document):
    """Style of false positives compared with true positives."""

    criteria: tuple[CriterionGap, ...]
    """By criterion, in the rubric's order."""
    score: ScoreGap
    """The rubric's score."""
    rules: tuple[RuleGap, ...]
    """By linter rule, largest differences first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RocPoint(Document):
    """The shares that one threshold keeps."""

    threshold: float
    """Least score; above every score, nothing is kept."""
    true_positive_rate: Share
    """Share of correct samples kept."""
    false_positive_rate: Share
    """Share of false samples kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter(Document):
    """A figure with and without the second verifier."""

    before: float | None
    """Without it."""
    after: float | None
    """With it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptShare(BeforeAfter):
    """Share of accepted samples that are kept."""

    tasks_before: Count
    """Tasks with an accepted sample."""
    tasks_after: Count
    """Tasks that keep one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilityChange(BeforeAfter):
    """Mean utility of unlimited resampling."""

    difference: Estimate
    """After minus before, on tasks not used to choose the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdEffect(Document):
    """A threshold chosen by cross-validation over tasks, and its effect on held-out tasks."""

    fp_cost: float
    """The false-positive cost ratio for which it was chosen."""
    threshold: Share | None
    """Programs with a lower score are rejected; null if rejecting nothing is best."""
    conditional_accuracy: BeforeAfter
    """Share of accepted samples that are correct, a mean over tasks."""
    coverage: KeptShare
    """Share of accepted samples kept."""
    utility: UtilityChange
    """Mean utility of unlimited resampling."""

    @property
    def gains(self) -> bool:
        """Whether a threshold is chosen and the change of utility is clearly above zero."""
        return self.threshold is not None and self.utility.difference.side > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondVerifier(Document):
    """Style as a second verifier: accepted programs below a score are rejected."""

    criterion: str
    """The thresholded measure: `score`."""
    auc_within_task: Annotated[Estimate, OfShares()]
    """Chance that a correct program of a task outscores a wrong one, ties counting half."""
    tasks: Count
    """Tasks with both kinds of program."""
    roc: tuple[RocPoint, ...]
    """By threshold, ascending."""
    chosen: ThresholdEffect
    """At the largest cost ratio analysed up to 1, else the smallest."""
    by_cost: tuple[ThresholdEffect, ...]
    """At every cost ratio analysed."""
    folds: Count
    """Folds of the cross-validation."""

    @property
    def judged(self) -> bool:
        """Whether anything can be said: at least :data:`LEAST_TASKS` tasks with both kinds, or a clear gain."""
        return self.tasks >= LEAST_TASKS or self.chosen.gains
