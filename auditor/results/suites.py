"""Grades of suites, how often plus calls a wrong program correct, and tasks whose tests may be too narrow."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import SuiteName
from auditor.results.estimate import Count, Document, Estimate, Positive, ShareEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteFigures(Document):
    """One suite on programs for which the right verdict is known; `plus` is base and plus together."""

    suite: SuiteName
    """The suite."""
    mutants: Count
    """Mutants of references judged."""
    mutation_score: ShareEstimate
    """Share of them that it rejects, pooled; interval over tasks. A mutant may be equivalent to its reference."""
    controls: Count
    """Programs judged that must fail: empty, constant, echo, raising, and the solution of another task."""
    controls_passed: Count
    """Number of those that it accepts; should be 0."""
    true_positive_rate: ShareEstimate
    """Share of known-right programs that it accepts; null without any."""
    true_negative_rate: ShareEstimate
    """Share of known-wrong programs that it rejects; null without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedControl(Document):
    """A program that must fail but passes base."""

    task_id: str
    """The task."""
    control: str
    """What it does, e.g. `returns 0`."""
    plus: bool
    """Whether plus accepts it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteGrades(Document):
    """Grades of the suites of the run's benchmark."""

    tasks: Count
    """Tasks graded: those whose reference passes."""
    base: SuiteFigures
    """The base suites."""
    plus: SuiteFigures
    """Base and plus together."""
    accepted_controls: tuple[AcceptedControl, ...]
    """Controls that pass base, by task."""
    errors: Count
    """Programs that could not be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteError(Document):
    """How often a second strong suite rejects samples that plus calls correct, for one model."""

    samples: Count
    """The run's samples of the model when they were judged; a report on other samples omits this."""
    called_correct: Count
    """Samples that base and plus accept and that the second suite judged."""
    tasks: Count
    """Tasks with such samples."""
    found: ShareEstimate
    """Share of them that the second suite rejects; these are wrong if its inputs are valid. A lower bound, as both
    suites may miss errors.
    """
    estimated: Estimate
    """Share of them that is wrong, estimated by capture and recapture (Chapman 1951), which assumes that a wrong
    program missed by one suite is no harder for the other to catch. It usually is harder, so the estimate is low. Null
    if no program is rejected by both.
    """
    right_by_plus: ShareEstimate
    """Mean over tasks of the share correct among accepted samples by plus alone: resampling's ceiling on these
    tasks."""
    right_by_both: ShareEstimate
    """The same if correct is what both suites accept: the union of the tests as truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSuite(Document):
    """Plus and a second strong suite on the distinct programs that pass base, over all models."""

    source: str
    """Source of the second suites (only the name of a file), or the harness that recorded the verdicts."""
    recorded: bool
    """Whether the second opinion is verdicts recorded with the answers, which includes that harness's faults."""
    tasks: Count
    """Tasks that these programs solve."""
    programs: Count
    """Distinct programs judged by both."""
    both_accept: Count
    """Accepted by plus and by the second."""
    second_rejects: Count
    """Accepted by plus, rejected by the second."""
    plus_rejects: Count
    """Rejected by plus, accepted by the second."""
    both_reject: Count
    """Rejected by both."""
    agreement: ShareEstimate
    """Share of the programs on which the two agree, pooled; interval over tasks."""
    plus_found: ShareEstimate
    """Share of the programs that plus accepts which the second rejects, pooled; interval over tasks."""
    plus_estimated: Estimate
    """Share of the programs that plus accepts which is wrong, by capture and recapture as in `SuiteError`."""
    second_found: ShareEstimate
    """Share of the programs that the second accepts which plus rejects, pooled; interval over tasks."""
    second_estimated: Estimate
    """Share of the programs that the second accepts which is wrong, by capture and recapture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSuites(Document):
    """The stored result of a second suite: over all models and by model."""

    suite: SecondSuite
    """Over all models."""
    models: dict[str, SuiteError]
    """Model → how often the second suite rejects what plus calls correct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectTask(Document):
    """A task on which more programs fail plus with the same output than pass it: its tests may be too narrow."""

    task_id: str
    """The task."""
    call: str
    """The input in dispute."""
    expected: str
    """The expected output."""
    got: str
    """The output of these programs."""
    programs: Positive
    """Distinct programs, over all models, that pass base, fail plus first on this input and return this output."""
    accepted: Count
    """Distinct programs that plus accepts; there are fewer of these."""
    judged: Positive
    """Distinct programs that plus judged: all that pass base, of any model."""
