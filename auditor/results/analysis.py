"""The result of :func:`auditor.analyze`: each model's figures, and comparisons between models."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from auditor.results.estimate import (
    Count,
    CountedEstimate,
    Difference,
    Document,
    Estimate,
    Positive,
    Share,
    ShareEstimate,
    clear_side,
)
from auditor.results.model import ModelAnalysis
from auditor.results.options import AnalysisOptions
from auditor.results.style import CriterionGap


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine(Document):
    """Least squares of conditional accuracy at K attempts on single-sample accuracy, a point per model.

    Intervals are percentiles of a bootstrap that draws the same tasks for all models, because models share tasks; the
    percentiles are widened by Student's distribution, because there are few models.
    """

    slope: float
    """Rise of conditional accuracy per unit of single-sample accuracy."""
    slope_low: float
    """Lower bound of the slope."""
    slope_high: float
    """Upper bound of the slope."""
    intercept: float
    """Conditional accuracy at accuracy 0."""
    intercept_low: float
    """Lower bound of the intercept."""
    intercept_high: float
    """Upper bound of the intercept."""
    r_squared: Share
    """Share of variance explained."""
    attempts: Positive
    """K, the same for all models: the slope depends on it."""
    models: Positive
    """Models fitted, at least five."""
    tasks: Positive
    """Tasks that all of them have with at least K samples."""

    @property
    def side(self) -> int:
        """Return 1 if the line clearly rises, −1 if it clearly falls, 0 if the slope's interval contains 0."""
        return (self.slope_low > 0) - (self.slope_high < 0)

    def at(self, accuracy: float) -> float:
        """Return the conditional accuracy on the line at a single-sample accuracy."""
        return self.intercept + self.slope * accuracy


class Reach(StrEnum):
    """Whether resampling a weaker model reaches the accuracy of one sample of a stronger one."""

    REACHES = "reaches"
    """Yes, within `attempts`: the lower limit of its accuracy there minus the target is above 0."""
    NOT_WITHIN = "not within"
    """Clearly not within the attempts analysed: the upper limit of its accuracy minus the target is below 0.
    More attempts might do it."""
    NEVER = "never"
    """Not at any number of attempts: the upper limit stays below the target even if every task without an accepted
    sample counts as answered correctly."""
    OPEN = "open"
    """Undecided: within the attempts analysed, neither is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachPair(Document):
    """Whether resampling the weaker model reaches one sample of the stronger one, over the tasks that both have."""

    weak: str
    """The model that resamples."""
    strong: str
    """The model whose single sample is the target."""
    target: Share
    """The stronger model's single-sample accuracy."""
    verdict: Reach
    """The answer."""
    within: Positive
    """Attempts analysed."""
    attempts: Positive | None
    """Fewest attempts at which the lower limit of accuracy minus target is above 0; null unless it reaches."""
    seen_at: Positive | None
    """Fewest attempts at which the observed accuracy is at least the target, whether clearly or not; null if none."""
    accuracy: ShareEstimate
    """Share of tasks that the weaker model answers correctly with `within` attempts."""
    gap: Estimate
    """That accuracy minus the target, paired by task."""
    upper_bound: ShareEstimate
    """Share of tasks that it could answer correctly without end, if every task without an accepted sample counts as
    answered correctly."""
    upper_bound_gap: Estimate
    """That bound minus the target, paired by task."""
    tasks: Positive
    """Tasks that both models have, the weaker one with at least `within` samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference(Document):
    """One figure of two models compared over the same tasks."""

    a: str
    """The first model."""
    b: str
    """The second model."""
    metric: str
    """The figure compared. `shared_precision` is the mean of t/b over the tasks for which both models have accepted
    samples: the same tasks with the same weights, so a different acceptance alone makes no difference.
    """
    difference: Difference
    """a minus b; adjusted over the pairs of one metric."""
    attempts: Positive | None = None
    """K, if the figure depends on it."""
    strict: CountedEstimate | None = None
    """a minus b with a stricter interval, which holds with few tasks; null if the interval of `difference` includes
    zero, as nothing is then left to decide, and in an analysis without a report.
    """

    @property
    def side(self) -> int:
        """Return the sign of the difference if it is clear by both intervals and the adjusted p value, else 0."""
        return 0 if self.strict is None else clear_side(self.difference, self.strict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Across(Document):
    """Comparisons between models."""

    attempts: Positive
    """K that all models share: the smallest of their `max_attempts`. Conditional accuracy is at this K."""
    line: ModelLine | None
    """Conditional on single-sample accuracy; null for fewer than five models."""
    reach: tuple[ReachPair, ...]
    """For every pair of a weaker and a stronger model, whether resampling reaches the stronger one."""
    paired: tuple[PairedDifference, ...]
    """Differences between two models."""
    pairs_left_out: Count = 0
    """Number of pairs of models not compared because there are too many; `options.pairs` requests them."""
    style: tuple[CriterionGap, ...] = ()
    """Criteria compared over all models combined."""


class ExclusionRule(StrEnum):
    """The rule by which tasks are left out."""

    NONE = "none"
    """No task is left out."""
    AUTO = "auto"
    """Tasks whose reference fails its own tests; this depends on the benchmark alone."""
    CONTRADICTED = "contradicted"
    """Those, and tasks whose plus suite clearly accepts what base rejects; this also depends on the models audited."""
    PUBLISHED = "published-rates"
    """Tasks on which some model passes plus more often than base, with however few samples, as in arXiv 2411.17501."""
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
    """The reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions(Document):
    """Tasks left out of the analysis."""

    rule: ExclusionRule
    """The rule."""
    tasks: tuple[Exclusion, ...] = ()
    """Which tasks, and why."""

    @property
    def reasons(self) -> dict[str, str]:
        """Return the reason by task id."""
        return {one.task_id: one.reason for one in self.tasks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(Document):
    """The analysis of one or more models."""

    schema: Literal["auditor/analysis/2"] = "auditor/analysis/2"
    """Name and version of this format."""
    models: tuple[ModelAnalysis, ...]
    """One entry per model."""
    across: Across
    """Comparisons between models."""
    options: AnalysisOptions
    """The settings; with the same counts, they give the same numbers."""
    exclusions: Exclusions
    """Tasks left out."""

    def model(self, name: str) -> ModelAnalysis:
        """Return a model's figures by its name; raises ``KeyError`` if there is none."""
        return {one.model: one for one in self.models}[name]
