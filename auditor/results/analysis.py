"""What :func:`auditor.analyze` returns: the models' figures, and the models against each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from auditor.results.estimate import Difference, Document, Estimate, OfShares, Positive, Share
from auditor.results.model import ModelAnalysis
from auditor.results.options import AnalysisOptions
from auditor.results.style import CriterionGap


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine(Document):
    """Least squares of conditional on single-sample accuracy, a point per model."""

    slope: float
    """Rise of the ceiling per unit of accuracy."""
    slope_low: float
    """Lower bound of the slope."""
    slope_high: float
    """Upper bound of the slope."""
    intercept: float
    """Ceiling at accuracy 0."""
    intercept_low: float
    """Lower bound of the intercept."""
    intercept_high: float
    """Upper bound of the intercept."""
    r_squared: Share
    """Share of variance explained."""
    p: Share | None
    """Two-sided p value of the slope."""
    models: Positive
    """Models behind it."""

    def at(self, accuracy: float) -> float:
        """Return the ceiling on the line at a single-sample accuracy."""
        return self.intercept + self.slope * accuracy


class Reach(StrEnum):
    """Whether resampling brings a weaker model to one sample of a stronger one."""

    REACHES = "reaches"
    """It does, at `attempts`."""
    NOT_WITHIN = "not within"
    """Not within the attempts analysed; more might do it."""
    NEVER = "never"
    """Not even if every task without a base pass counted as solved."""
    OPEN = "open"
    """The data cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachCeiling(Estimate):
    """The weaker model's ceiling on the tasks of both."""

    lower_bound: Share
    """Tasks without an accepted sample count as never solved."""
    upper_bound: Share
    """They count as always solved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachPair(Document):
    """Whether resampling the weaker model reaches one sample of the stronger one."""

    weak: str
    """The model that resamples."""
    strong: str
    """The model whose single sample is the target."""
    ceiling: Annotated[ReachCeiling, OfShares()]
    """The weaker model's ceiling."""
    target: Share
    """The stronger model's single-sample accuracy."""
    gap: Estimate
    """Ceiling minus target, paired by task."""
    attempts: Positive | None
    """Fewest attempts at which the share of correct answers is at least the target; null where there are none."""
    verdict: Reach
    """The answer."""
    within: Positive
    """Attempts looked at."""
    tasks: Positive
    """Tasks that both models have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference(Document):
    """One figure of two models over the same tasks."""

    a: str
    """A model."""
    b: str
    """Another."""
    metric: str
    """What is compared."""
    difference: Difference
    """a minus b; adjusted over the pairs of one metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Across(Document):
    """Comparisons over models."""

    line: ModelLine | None
    """Conditional on single-sample accuracy; null with too few models."""
    reach: tuple[ReachPair, ...]
    """For every weaker and stronger model, whether resampling reaches."""
    paired: tuple[PairedDifference, ...]
    """Differences between two models."""
    style: tuple[CriterionGap, ...] = ()
    """Criteria compared over all models together."""


class ExclusionRule(StrEnum):
    """By which rule tasks are left out."""

    NONE = "none"
    AUTO = "auto"
    """Tasks whose tests contradict the reference, each other, or every model."""
    PAPER = "paper"
    """The tasks that arXiv 2411.17501 left out."""
    LIST = "list"
    """Tasks that the user named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Document):
    """A task left out of the analysis."""

    task_id: str
    """Its id."""
    reason: str
    """Why it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions(Document):
    """Tasks left out of the analysis."""

    rule: ExclusionRule
    """By which rule."""
    tasks: tuple[Exclusion, ...] = ()
    """Which, and why."""

    @property
    def reasons(self) -> dict[str, str]:
        """Return the reason by task id."""
        return {one.task_id: one.reason for one in self.tasks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(Document):
    """The analysis of one or more models."""

    schema: Literal["auditor/analysis/2"] = "auditor/analysis/2"
    """The name and version of this shape."""
    models: tuple[ModelAnalysis, ...]
    """One entry per model."""
    across: Across
    """Comparisons over models."""
    options: AnalysisOptions
    """The settings; with the same counts they give the same numbers."""
    exclusions: Exclusions
    """Tasks left out."""

    def model(self, name: str) -> ModelAnalysis:
        """Return a model's figures by its name; raises ``KeyError`` where there is none."""
        return {one.model: one for one in self.models}[name]
