"""The settings of an analysis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.errors import UsageError
from auditor.results.estimate import Document
from auditor.results.published import Published
from auditor.slices import SliceRule


class Level(StrEnum):
    """What the bootstrap resamples."""

    TASKS = "tasks"
    """Other tasks of the same kind, each with its own samples: the right level for a claim about a benchmark."""
    SAMPLES = "samples"
    """Other samples of the same tasks: what a second run of the same audit would give."""
    BOTH = "both"
    """Tasks, and samples within each: counts the samples' noise twice, so intervals are too wide."""


class Unanswered(StrEnum):
    """How samples without a program count: truncated, refused, no code, or rejected by the server."""

    COUNT = "count"
    """As failed attempts."""
    LEAVE_OUT = "leave_out"
    """Not at all, as if they had not been drawn. They are not missing at random, so accuracy is too high."""


class Pairs(StrEnum):
    """Pairs of models to compare."""

    AUTO = "auto"
    """All pairs of up to 20 models, none of more."""
    ALL = "all"
    """All pairs; time and size grow with the square of the number of models."""


MOST_COST = 1e9
"""Largest cost of a false positive, or of an attempt, in units of a correct solution's value."""
MOST_RESAMPLES = 1_000_000
"""Most bootstrap resamples; their standard error is then a thousandth of an interval's own."""


@dataclass(frozen=True, slots=True)
class AnalysisOptions(Document):
    """Settings of one analysis, recorded in its result.

    Raises :class:`~auditor.errors.UsageError` for a setting outside its range.
    """

    fp_costs: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0, 8.0)
    """Costs of a false positive, in units of a correct solution's value; each at least 0."""
    max_attempts: int | None = None
    """Largest K; ``None``: the most for which nine tasks in ten of a model have samples, at most 10,000."""
    exclude: str | tuple[str, ...] = "none"
    """A rule of :class:`~auditor.results.ExclusionRule` by its value, or task ids."""
    pairs: Pairs = Pairs.AUTO
    """Pairs of models to compare."""
    unanswered: Unanswered = Unanswered.COUNT
    """How samples without a program entered the counts; no effect if counts are given directly."""
    draw_cost: float = 0.0
    """Cost of an attempt, in units of a correct solution's value; at least 0."""
    draw_prices: Mapping[str, float] = field(default_factory=dict)
    """Model → mean cost of an attempt in money, from its tokens and their prices."""
    solution_worth: float | None = None
    """Value of a correct solution in money; with it, ``draw_prices`` enter the utility."""
    currency: str = ""
    """Currency of ``draw_prices`` and ``solution_worth``, such as `USD`; empty if the settings do not name it."""
    slices: tuple[str, ...] = ()
    """How tasks are grouped, see :mod:`auditor.slices`: `difficulty`, `difficulty=hard`, `date>=2024-08`."""
    as_published: tuple[Published, ...] = ()
    """Figures to give as published, too; ``exclusion`` replaces ``exclude``."""
    confidence: float = 0.95
    """Confidence of every interval, inside (0, 1)."""
    resamples: int = 2000
    """Bootstrap resamples; with 0 there are only score intervals."""
    level: Level = Level.TASKS
    seed: int = 0
    """Seed of the bootstrap, at least 0."""
    extrapolate: bool = True
    """Whether to predict attempts beyond the samples."""

    def __post_init__(self) -> None:
        """Reject settings that no analysis can run with."""
        for cost in (*self.fp_costs, self.draw_cost, *self.draw_prices.values()):
            if not (math.isfinite(cost) and cost >= 0):
                raise UsageError(f"a cost of {cost} is not a number of 0 or more", remedy="give one")
            if cost > MOST_COST:
                raise UsageError(f"a cost of {cost:g} is too large", remedy=f"give at most {MOST_COST:g}")
        if not self.fp_costs:
            raise UsageError("no false-positive cost is given", remedy="0 counts correct solutions alone")
        if self.max_attempts is not None and self.max_attempts < 1:
            raise UsageError(f"max_attempts {self.max_attempts} is below 1", remedy="give 1 or more")
        for rule in self.slices:
            try:
                SliceRule.parse(rule)
            except ValueError as error:
                raise UsageError(str(error)) from None
        if not 0 < self.confidence < 1:
            raise UsageError(f"confidence {self.confidence} is not between 0 and 1", remedy="0.95 is usual")
        if self.resamples < 0 or self.seed < 0:
            raise UsageError("resamples and seed cannot be negative", remedy="2000 resamples and seed 0 are usual")
        if self.resamples > MOST_RESAMPLES:
            raise UsageError(f"{self.resamples} resamples are too many", remedy=f"give at most {MOST_RESAMPLES}")
        if self.solution_worth is not None and not (math.isfinite(self.solution_worth) and self.solution_worth > 0):
            raise UsageError(f"a correct solution cannot be worth {self.solution_worth}", remedy="give a positive sum")

    def draw_cost_of(self, model: str) -> float:
        """Return the cost of this model's attempts in the utility, in units of a correct solution's value."""
        if self.solution_worth is not None and model in self.draw_prices:
            return self.draw_prices[model] / self.solution_worth
        return self.draw_cost
