"""Which accepted answer to take: rules compared on one model's samples, at the same number of samples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.results.estimate import Count, Difference, Document, Positive, ShareEstimate


class SelectionRule(StrEnum):
    """How one of a task's accepted answers is chosen."""

    ANY = "any accepted"
    """The first that passes base, as in resampling."""
    SHORTEST = "shortest"
    """The one with the fewest characters."""
    STYLE = "best style"
    """The one with the highest style score."""
    LARGEST_CLASS = "largest class"
    """One of the largest class of programs that give the same answers to all inputs (AlphaCode)."""
    CLASS_STYLE = "largest class, then style"
    """The best style within the largest class."""
    DISTINGUISHING = "distinguishing inputs"
    """The class that wins most pairwise comparisons; in each, the inputs on which the two differ vote, each for the
    answer that more programs give (S*, with programs instead of a model as judge).
    """
    TESTS = "agreement with written tests"
    """The group of programs that pass the same written tests, at the largest √programs x tests (CodeT)."""
    WEIGHTED = "weighted verifiers"
    """The highest weighted sum of the signs above, with weights learnt on other tasks."""
    ORACLE = "perfect choice"
    """A correct one wherever there is one."""


class CeilingVerdict(StrEnum):
    """How a rule at the most samples compares with resampling's ceiling."""

    ABOVE = "above"
    BELOW = "below"
    OPEN = "open"
    """Not clear by the interval of the difference or the p value adjusted for the number of rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionPoint(Document):
    """One rule at one number of samples."""

    attempts: Positive
    """Samples per task."""
    accuracy: ShareEstimate
    """Share of tasks that end with a correct answer; a task without an accepted one does not."""
    gain: Difference
    """That share minus the share of `any accepted` at the same samples, paired by task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCurve(Document):
    """One rule over the number of samples."""

    rule: SelectionRule
    """The rule."""
    exact: bool
    """Computed over all subsets of the samples; else in the mean over `subsets` random ones."""
    points: tuple[SelectionPoint, ...]
    """By ascending number of samples."""
    over_ceiling: Difference
    """Accuracy at the most samples minus the ceiling, paired by task; p values adjusted over the rules (Holm)."""

    @property
    def verdict(self) -> CeilingVerdict:
        """Return how the rule compares with unlimited resampling."""
        match self.over_ceiling.side:
            case 1:
                return CeilingVerdict.ABOVE
            case -1:
                return CeilingVerdict.BELOW
            case _:
                return CeilingVerdict.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Document):
    """Rules of selection compared on the samples of one model."""

    model: str
    """The model."""
    tasks: Positive
    """Tasks with at least the most samples compared."""
    samples: Count
    """Samples of the model when the rules were compared; a report on more samples omits this."""
    programs: Count
    """Distinct accepted programs."""
    observed: Count
    """Tasks whose accepted programs were run on new inputs; on the others, all programs count as one class."""
    inputs: Count
    """Total number of new inputs."""
    written_tests: Count
    """Total number of written tests; 0 if none were given."""
    subsets: Positive
    """Random subsets per task and number of samples, for the rules that are not exact."""
    ceiling: ShareEstimate
    """Share of these tasks that resampling without end answers correctly: the mean share correct among accepted
    samples, 0 if none is accepted."""
    rules: tuple[RuleCurve, ...]
    """In the order of :class:`SelectionRule`; those without data are left out."""

    def rule(self, name: SelectionRule) -> RuleCurve | None:
        """Return a rule's curve; ``None`` if it could not be computed."""
        return next((one for one in self.rules if one.rule is name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selections(Document):
    """The comparison of every model of a run."""

    models: tuple[Selection, ...]
    """In the order of the settings."""
