"""``[[gate]]``: rules with thresholds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from auditor.results import Severity
from auditor.results.options import MOST_COST
from auditor.settings import Section, conflicting
from auditor.slices import SliceRule


def _is_slice(text: str) -> str:
    SliceRule.parse(text)
    return text


def _is_part(text: str) -> str:
    if SliceRule.parse(text).relation is None:
        raise ValueError(f'{text!r} names no part of the tasks — write "{text}=VALUE", or a cutoff: "date>=2024-08"')
    return text


SliceText = Annotated[str, AfterValidator(_is_slice)]
"""A group of tasks, see :mod:`auditor.slices`."""


class GateConfig(Section):
    """``[[gate]]``: one rule. ``docs/metrics.md`` lists the metrics and the keys of each."""

    named_by: ClassVar[tuple[str, ...]] = ("name", "metric")

    metric: str = Field(min_length=1)
    """Metric to judge."""
    name: str | None = Field(None, min_length=1)
    """Name of the rule; by default, its metric and thresholds."""
    min: float | None = None
    """Smallest value allowed."""
    max: float | None = None
    """Largest value allowed."""
    margin: float | None = Field(None, ge=0)
    """How much worse than the baseline the figure may be, paired by task; needs a baseline."""
    attempts: int | None = Field(None, ge=1)
    """Number of attempts (K), for metrics that depend on it."""
    fp_cost: float | None = Field(None, ge=0, le=MOST_COST)
    """Cost of a false positive, for utilities and optimal attempts."""
    group: Literal["accepted", "true_positive", "false_positive"] | None = None
    """Programs whose style is judged."""
    criterion: str | None = None
    """A criterion of the rubric, or ``score``."""
    measure: str | None = None
    """A measure of the programs, such as ``complexity``."""
    percentile: float | None = Field(None, gt=0, lt=100)
    """Percentile of ``measure``."""
    path: str | None = None
    """Dotted path into the model's entry of report.json, for ``metric = "report"``."""
    slice: Annotated[str, AfterValidator(_is_part)] | None = None
    """Only the tasks of this slice: ``difficulty=hard``, ``date>=2024-08``."""
    confidence: float = Field(0.95, ge=0, lt=1)
    """Confidence of the interval that must clear the threshold; 0 compares the value itself."""
    looks: int = Field(1, ge=1)
    """Number of times the rule is evaluated while tasks are added; the error is divided among them."""
    models: tuple[str, ...] = ()
    """Only these models; empty means all."""
    over: Literal["each", "all", "any"] = "each"
    """``each``: one verdict per model; ``all`` or ``any``: one verdict over the models."""
    min_tasks: int = Field(0, ge=0)
    """Fewest tasks behind the figure; with fewer, the rule is inconclusive."""
    min_samples: int = Field(0, ge=0)
    """Fewest labelled samples of the model; with fewer, the rule is inconclusive."""
    max_errors: float = Field(0.01, ge=0, le=1)
    """Largest share of samples with harness errors; above it, the rule is inconclusive."""
    max_unscored: float = Field(0.2, ge=0, le=1)
    """Likewise for samples without a label for any reason: truncated, refused, no code found, errors."""
    min_coverage: float = Field(1.0, ge=0, le=1)
    """Smallest share of tasks with samples; below it, the rule is inconclusive: missing tasks may be the hard ones."""
    severity: Severity = Severity.ERROR
    """A warning is shown and never changes the exit code."""
    reason: str = ""
    """Reason for the rule; shown with its verdict."""

    @model_validator(mode="after")
    def _thresholds(self) -> Self:
        if self.min is None and self.max is None and self.margin is None:
            raise ValueError("no threshold — give min, max, or margin with a baseline")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise conflicting(f"min {self.min:g} is above max {self.max:g} — correct one of them", "min", "max")
        return self
