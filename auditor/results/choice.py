"""Which model to use, and at how many attempts: the answer of ``auditor choose``, and of a report's first section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.results.estimate import Count, CountedEstimate, Document, Positive, Share, clear_side

NONE = "none"
"""What the candidate that does not sample is called; it is known by its 0 attempts, whatever models are called."""


@dataclass(frozen=True, slots=True)
class Terms(Document):
    """What to optimise."""

    fp_cost: float
    """What a false positive costs, in units of what a correct solution is worth."""
    draw_cost: float | None = None
    """What an attempt costs, in the same units; null: it follows from `value`, else it is what the run's report charges
    the model."""
    value: float | None = None
    """What a correct solution is worth in money; each model's price per attempt is divided by it."""
    budget: float | None = None
    """Most money that a task may cost on average."""
    max_attempts: int | None = None
    """Most attempts per task; null: as many as the samples can answer for."""
    confidence: float = 0.95
    """Of the intervals, inside (0, 1)."""


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
    """What an attempt costs in the utility."""
    cost: float | None
    """Expected money per task; null where the run contains no prices."""
    chance: Share | None = None
    """Share of resamples over tasks in which it is the best, its K chosen again in each; null where not computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Document):
    """The candidates, best first, and the evidence between the first two."""

    terms: Terms
    """What was optimised."""
    tasks: Positive
    """Tasks that all models have; all are judged on these."""
    candidates: tuple[Candidate, ...]
    """Best first; not sampling is one of them."""
    difference: CountedEstimate
    """Utility of the best minus that of the runner-up, paired by task."""
    strict: CountedEstimate
    """The same with the stricter interval that a verdict also needs, which holds with few tasks."""
    left_out: Mapping[str, str]
    """Model → why it is not a candidate."""

    @property
    def best(self) -> Candidate:
        """The first."""
        return self.candidates[0]

    @property
    def runner_up(self) -> Candidate:
        """The second."""
        return self.candidates[1]

    @property
    def clear(self) -> bool:
        """Whether both intervals of the difference exclude 0."""
        return clear_side(self.difference, self.strict) > 0
