"""Which model to use and with how many attempts: the result of ``auditor choose`` and of a report's first section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.results.estimate import Count, CountedEstimate, Document, Positive, Share, clear_side

NONE = "none"
"""Name of the candidate that does not sample; it is identified by its 0 attempts, whatever models are called."""


@dataclass(frozen=True, slots=True)
class Terms(Document):
    """The terms of a choice."""

    fp_cost: float
    """Cost of a false positive, in units of a correct solution's value."""
    draw_cost: float | None = None
    """Cost of an attempt, in the same units; null: computed from `value` if given, else what the run's report charges
    the model.
    """
    value: float | None = None
    """Value of a correct solution in money; each model's price per attempt is divided by it."""
    budget: float | None = None
    """Largest mean cost per task in money."""
    max_attempts: int | None = None
    """Most attempts per task; null: as many as the samples support."""
    confidence: float = 0.95
    """Confidence of the intervals, inside (0, 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Document):
    """A model at its best number of attempts."""

    model: str
    """Its name; `none` for not sampling at all."""
    attempts: Count
    """The number of attempts with the best utility; 0 for none."""
    utility: CountedEstimate
    """Mean utility per task, net of the cost of attempts: 1 for a correct answer, minus `fp_cost` for a wrong one."""
    accepted: Share
    """Share of tasks that end with an accepted answer."""
    correct: Share
    """Share of tasks that end with a correct answer."""
    wrong: Share
    """Share of tasks that end with a wrong answer that was accepted."""
    draws: float
    """Expected attempts per task."""
    draw_cost: float
    """Cost of an attempt in the utility."""
    cost: float | None
    """Expected money per task; null if the run contains no prices."""
    chance: Share | None = None
    """Share of resamples over tasks in which it is the best, with K chosen again in each; null if not computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Document):
    """The candidates, best first, and how clearly the first two differ."""

    terms: Terms
    """The terms of the choice."""
    tasks: Positive
    """Tasks that all models have; all are judged on these."""
    candidates: tuple[Candidate, ...]
    """Best first, including not sampling."""
    difference: CountedEstimate
    """Utility of the best minus that of the runner-up, paired by task."""
    strict: CountedEstimate
    """The same with the stricter interval that a verdict also needs; it holds with few tasks."""
    left_out: Mapping[str, str]
    """Model → why it is not a candidate."""

    @property
    def best(self) -> Candidate:
        """Return the best candidate."""
        return self.candidates[0]

    @property
    def runner_up(self) -> Candidate:
        """Return the runner-up."""
        return self.candidates[1]

    @property
    def clear(self) -> bool:
        """Return whether both intervals of the difference exclude 0."""
        return clear_side(self.difference, self.strict) > 0
