"""The result of a gate: pass, fail or inconclusive, with the numbers and a sentence that explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.results.estimate import Count, CountedEstimate, Document, Positive, Share


class Judgement(StrEnum):
    """The verdict of a gate."""

    PASS = "pass"  # noqa: S105 - a judgement, not a password
    """The whole interval is on the right side of the threshold."""
    FAIL = "fail"
    """The whole interval is on the wrong side of the threshold."""
    INCONCLUSIVE = "inconclusive"
    """The interval contains the threshold, or the run lacks the data."""


WORST_FIRST = (Judgement.FAIL, Judgement.INCONCLUSIVE, Judgement.PASS)
"""Verdicts in the order in which they decide, and in which a page lists them."""


class Severity(StrEnum):
    """Whether a gate can fail the run."""

    ERROR = "error"
    """It sets the exit code."""
    WARNING = "warning"
    """It never changes the exit code."""


class Unit(StrEnum):
    """The unit of a metric."""

    SHARE = "share of 1"
    DIFFERENCE = "difference of shares"
    UTILITY = "utility, 1 = one correct solution"
    DRAWS = "draws"
    MONEY = "money"
    COUNT = "count"
    MEASURED = "as measured"
    """The unit of the measure that the rule names."""
    REPORTED = "as reported"
    """The unit of the number that the rule points to."""


class GateKind(StrEnum):
    """What a gate compares."""

    THRESHOLD = "threshold"
    """A figure of the run, with a limit."""
    BASELINE = "baseline"
    """The difference from a saved run, with a margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksNeeded(Document):
    """Tasks like these needed to settle an open rule, at its share of the error among the verdicts judged together."""

    least: Positive
    """Number of tasks if the figure's distance from the threshold is at its upper quartile."""
    most: Positive | None
    """Number of tasks if the distance is at its lower quartile; null if that may be zero."""
    power: Share
    """Probability that this many tasks settle it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult(Document):
    """One rule on one model, or over the models."""

    rule: str
    """The rule's name."""
    metric: str
    """The metric."""
    parameters: Mapping[str, str | float | int]
    """The keys that shape the metric."""
    model: str
    """The model's name, or `all models` or `any model`."""
    verdict: Judgement
    """The verdict."""
    value: float | None
    """The figure; null if it has no data."""
    low: float | None
    """Its lower bound; null if there is none or it is infinite."""
    high: float | None
    """Its upper bound; null if there is none or it is infinite."""
    deciding_low: float | None
    """Lower bound of the interval that decides: that of `low`, widened so that it also holds with few tasks and for all
    verdicts judged together; null if there is none or it is infinite."""
    deciding_high: float | None
    """Its upper bound; null if there is none or it is infinite."""
    min: float | None
    """Smallest value allowed."""
    max: float | None
    """Largest value allowed."""
    confidence: Share
    """Confidence of the interval here, which is that of the rule alone; 0 for the bare figure."""
    severity: Severity
    """A warning never fails the run."""
    reason: str
    """Reason for the rule, in its author's words."""
    sentence: str
    """The verdict in plain words."""
    kind: GateKind = GateKind.THRESHOLD
    """What is compared: `baseline` if the figures are differences from a saved run."""
    tasks: Count = 0
    """Tasks behind the figure."""
    samples: Count = 0
    """Labelled samples of the model."""
    members: tuple[str, ...] = ()
    """The models behind a rule over models."""
    asked: str = ""
    """The rule in plain words."""
    unit: Unit = Unit.MEASURED
    """The figure's unit; `difference of shares` also if a share is compared with a baseline."""
    tests: Count = 0
    """Number of statements with an interval over tasks that were judged together; 0 if this is not one of them."""
    p: Share | None = None
    """Two-sided p value of the verdict alone: the smallest error at which it would be clear; null if not tested."""
    p_adjusted: Share | None = None
    """The same after Holm's correction over `tests`; a clear verdict needs it at or below 1 - `confidence`."""
    tasks_needed: TasksNeeded | None = None
    """What would settle an open verdict; null if it is clear, or no interval was judged."""

    @property
    def estimate(self) -> CountedEstimate:
        """Return the figure with its interval."""
        return CountedEstimate(self.value, self.low, self.high, self.tasks)

    @property
    def deciding(self) -> CountedEstimate:
        """Return the figure with the interval that decides."""
        return CountedEstimate(self.value, self.deciding_low, self.deciding_high, self.tasks)

    @property
    def judges(self) -> tuple[str, ...]:
        """Return the models that it judges: its own, or those that it is over."""
        return self.members or (self.model,)

    @property
    def warns(self) -> bool:
        """Return whether it is not a pass and never changes the exit code."""
        return self.severity is Severity.WARNING and self.verdict is not Judgement.PASS

    @property
    def blocks(self) -> bool:
        """Return whether it may change the exit code."""
        return self.severity is Severity.ERROR and self.verdict is not Judgement.PASS
