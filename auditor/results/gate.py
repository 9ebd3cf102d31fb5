"""The result of a gate: pass, fail or inconclusive, with the numbers and the sentence that say why."""

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
    """The interval holds the threshold, or the run cannot say."""


class Severity(StrEnum):
    """Whether a gate may fail the run."""

    ERROR = "error"
    """It sets the exit code."""
    WARNING = "warning"
    """It never changes the exit code."""


class Unit(StrEnum):
    """In what a metric is measured."""

    SHARE = "share of 1"
    DIFFERENCE = "difference of shares"
    UTILITY = "utility, 1 = one correct solution"
    DRAWS = "draws"
    MONEY = "money"
    COUNT = "count"
    MEASURED = "as measured"
    """In the unit of the measure that the rule names."""
    REPORTED = "as reported"
    """In the unit of the number that the rule points at."""


class GateKind(StrEnum):
    """What a gate compares."""

    THRESHOLD = "threshold"
    """A figure of the run with a limit."""
    BASELINE = "baseline"
    """The difference from a saved run with a margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksNeeded(Document):
    """How many tasks like these would settle an open rule, at the error left to it among the rules judged together."""

    least: Positive
    """If the figure lies as far from the threshold as its upper quartile."""
    most: Positive | None
    """If it lies as near as its lower quartile; null where that may be no distance at all."""
    power: Share
    """The chance that so many settle it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult(Document):
    """One rule on one model, or over the models."""

    rule: str
    """The rule's name."""
    metric: str
    """What it looks at."""
    parameters: Mapping[str, str | float | int]
    """The keys that shape the metric."""
    model: str
    """The model's name, or `all models` or `any model`."""
    verdict: Judgement
    """The verdict."""
    value: float | None
    """The figure; null where nothing is behind it."""
    low: float | None
    """Its lower bound; null where there is none, or where it is infinite."""
    high: float | None
    """Its upper bound; null where there is none, or where it is infinite."""
    min: float | None
    """The least allowed."""
    max: float | None
    """The most allowed."""
    confidence: Share
    """Of the interval here, which is that of the rule alone; 0 for the bare figure."""
    severity: Severity
    """A warning never fails the run."""
    reason: str
    """Why the rule exists, in its author's words."""
    sentence: str
    """The verdict in plain words."""
    kind: GateKind = GateKind.THRESHOLD
    """What is compared: `baseline` where the figures are differences from a saved run."""
    tasks: Count = 0
    """Tasks behind the figure."""
    samples: Count = 0
    """Labelled samples of the model."""
    members: tuple[str, ...] = ()
    """The models behind a rule over models."""
    asked: str = ""
    """What the rule asks, in plain words."""
    unit: Unit = Unit.MEASURED
    """In what the figure is measured; `difference of shares` too where a share is compared with a baseline."""
    tests: Count = 0
    """Statements with an interval over tasks that were judged together; 0 where this is none of them."""
    p: Share | None = None
    """Two-sided p value of the verdict alone: the least error at which it would be clear; null where not tested."""
    p_adjusted: Share | None = None
    """The same after Holm's correction over `tests`; a clear verdict needs it at or below 1 - `confidence`."""
    tasks_needed: TasksNeeded | None = None
    """What would settle an open verdict; null where it is clear, or no interval was judged."""

    @property
    def estimate(self) -> CountedEstimate:
        """The figure with its interval."""
        return CountedEstimate(self.value, self.low, self.high, self.tasks)

    @property
    def warns(self) -> bool:
        """Whether it is not a pass and yet never changes the exit code."""
        return self.severity is Severity.WARNING and self.verdict is not Judgement.PASS

    @property
    def blocks(self) -> bool:
        """Whether it may change the exit code."""
        return self.severity is Severity.ERROR and self.verdict is not Judgement.PASS
