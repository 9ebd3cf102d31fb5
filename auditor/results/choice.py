"""Which model to use and with how many attempts: the result of ``auditor choose`` and of a report's first section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from auditor.results.estimate import Count, CountedEstimate, Document, Estimate, Positive, Share, clear_side, deciding

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
    tolerance: float = 0.01
    """Gain in mean utility that is too small to be worth more attempts: 1 in net gain per 100 tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Document):
    """A model with the attempts to allow: the fewest that are enough."""

    model: str
    """Its name; `none` for using no model."""
    attempts: Count
    """Attempts to allow: the fewest whose utility is above 0 and at most `tolerance` below the best; 0 for none."""
    best_attempts: Count
    """K*: the fewest attempts with the highest utility, at least `attempts`; 0 for none."""
    best_adds: float
    """Utility at `best_attempts` minus that at `attempts`: at most `tolerance`."""
    utility: CountedEstimate
    """Mean utility per task, net of the cost of attempts: 1 for a correct answer, minus `fp_cost` for a wrong one."""
    strict: CountedEstimate
    """The same with a stricter interval, which holds with few tasks and for all models together (Bonferroni); the one
    that decides holds both.
    """
    accepted: Share
    """Share of tasks that end with an accepted answer."""
    correct: Share
    """Share of tasks that end with a correct answer."""
    wrong: Share
    """Share of tasks that end with a wrong answer that was accepted."""
    accepted_wrong: CountedEstimate
    """False discovery rate at `attempts`: share of the tasks that end with an accepted answer whose answer is wrong."""
    draws: float
    """Expected attempts per task."""
    draw_cost: float
    """Cost of an attempt in the utility."""
    cost: float | None
    """Expected money per task; null if the run contains no prices."""
    chance: Share | None = None
    """Share of resamples over tasks in which it is the best, with K chosen again in each; null if not computed."""

    @property
    def draws_per_correct(self) -> float | None:
        """Return the expected attempts per correct answer; ``None`` if no answer is correct."""
        return self.draws / self.correct if self.correct else None


@dataclass(frozen=True, slots=True)
class Lead:
    """How far one candidate is ahead of another in utility, paired by task, with the two intervals that decide."""

    difference: CountedEstimate
    """The difference."""
    strict: CountedEstimate
    """The same with a stricter interval, which holds with few tasks."""

    NEAR: ClassVar[float] = 0.1
    """Share of a clear difference below which its deciding interval comes so near to zero that this is said."""

    @property
    def clear(self) -> bool:
        """Return whether both intervals lie above 0."""
        return clear_side(self.difference, self.strict) > 0

    @property
    def deciding(self) -> Estimate:
        """Return the difference with the interval that decides."""
        return deciding(self.difference, self.strict)

    @property
    def only_just(self) -> bool:
        """Return whether it is clear, but its deciding interval begins below :attr:`NEAR` of the difference."""
        low, value = self.deciding.low, self.difference.value
        return self.clear and low is not None and value is not None and low < self.NEAR * value


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Document):
    """The candidates, best first, and how clearly the first two differ.

    If no number of attempts is worth it with any model, no model is first, and each is a candidate at one attempt.
    """

    terms: Terms
    """The terms of the choice."""
    tasks: Positive
    """Tasks that all models have; all are judged on these."""
    candidates: tuple[Candidate, ...]
    """Best first at the attempts to allow, including that of no model."""
    best_adds: CountedEstimate
    """`best_adds` of the first candidate with its interval, paired by task."""
    difference: CountedEstimate
    """Utility of the best minus that of the runner-up, paired by task."""
    strict: CountedEstimate
    """The same with a stricter interval, which holds with few tasks and, against no model, for all models together
    (Bonferroni); the one that decides holds both.
    """
    left_out: Mapping[str, str]
    """Model → why it is not a candidate."""

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Return why models were left out → which ones."""
        return by_reason(self.left_out)

    @property
    def best(self) -> Candidate:
        """Return the best candidate."""
        return self.candidates[0]

    @property
    def chosen(self) -> str | None:
        """Return the model that comes first; ``None`` if no model does."""
        return self.best.model if self.best.attempts else None

    @property
    def runner_up(self) -> Candidate:
        """Return the runner-up."""
        return self.candidates[1]

    def candidate(self, model: str | None) -> Candidate | None:
        """Return a model's entry; ``None`` if it is no candidate."""
        return next((one for one in self.candidates if one.attempts and one.model == model), None)

    def gain(self, model: str | None) -> Lead | None:
        """Return a model's utility minus that of no model, paired by task; ``None`` if it is no candidate."""
        found = self.candidate(model)
        if found is None:
            return None
        if found is self.best and not self.runner_up.attempts:
            return Lead(self.difference, self.strict)
        return Lead(found.utility, found.strict)

    def settled_for(self, model: str) -> bool:
        """Return whether a model is clearly better than using no model; false if it is no candidate.

        Both intervals decide, as for a lead over another model.
        """
        gain = self.gain(model)
        return gain is not None and gain.clear

    @property
    def lead(self) -> Lead:
        """Return how far the best is ahead of the runner-up."""
        return Lead(self.difference, self.strict)

    @property
    def clear(self) -> bool:
        """Return whether the best is clearly ahead of the runner-up; of no model, whether every model clearly loses."""
        return self.lead.clear and (bool(self.best.attempts) or self.not_losing is None)

    @property
    def not_losing(self) -> Candidate | None:
        """Return the first model that does not clearly lose against no model; ``None`` if all do."""
        rest = (one for one in self.candidates if one.attempts)
        return next((one for one in rest if clear_side(one.utility, one.strict) >= 0), None)

    @property
    def advised(self) -> tuple[Candidate, ...]:
        """Return the models that are worth sampling, with their attempts to allow; none if no model comes first."""
        return tuple(one for one in self.candidates if one.attempts) if self.best.attempts else ()


def by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    """Turn model → reason into reason → models, both in the order of the models' names."""
    found: dict[str, list[str]] = {}
    for name, reason in sorted(left_out.items()):
        found.setdefault(reason, []).append(name)
    return found


def starting(choices: Sequence[Choice]) -> int:
    """Return the place of the cost that a report speaks of first: 1, else the smallest above 0, else the last."""
    costs = [choice.terms.fp_cost for choice in choices]
    if 1.0 in costs:
        return costs.index(1.0)
    return next((place for place, cost in enumerate(costs) if cost > 0), len(costs) - 1)
