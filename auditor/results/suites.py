"""What suites are worth, how often plus calls a wrong program correct, and tasks whose tests may be too narrow."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import SuiteName
from auditor.results.estimate import Count, Document, Estimate, Positive, ShareEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteFigures(Document):
    """One suite on programs of which it is known what it should say; `plus` is base and plus together."""

    suite: SuiteName
    """Which suite."""
    mutants: Count
    """Mutants of references judged."""
    mutation_score: ShareEstimate
    """Share of them that it rejects, pooled; interval over tasks. A mutant may mean the same as its reference."""
    controls: Count
    """Programs judged that must fail: empty, constant, echo, raising, and the answer to another task."""
    controls_passed: Count
    """Those that it accepts: 0 is the only good number."""
    true_positive_rate: ShareEstimate
    """Share of known-right programs that it accepts; null without any."""
    true_negative_rate: ShareEstimate
    """Share of known-wrong programs that it rejects; null without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedControl(Document):
    """A program that must fail and passes base."""

    task_id: str
    """The task."""
    control: str
    """What it does, e.g. `returns 0`."""
    plus: bool
    """Whether plus accepts it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteGrades(Document):
    """What the suites of the run's benchmark are worth."""

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
    """How often a second strong suite rejects what plus calls correct, over one model's samples."""

    samples: Count
    """The run's samples of the model when they were judged; a report of other samples leaves this out."""
    called_correct: Count
    """Samples that base and plus accept and the second suite judged."""
    tasks: Count
    """Tasks with such samples."""
    found: ShareEstimate
    """Share of them that the second suite rejects: wrong, if its inputs are valid. A lower bound, as both may err."""
    estimated: Estimate
    """Share of them that is wrong, counted by capture and recapture (Chapman 1951), if a wrong program that one suite
    misses is no harder to catch for the other; it usually is harder, so this is on the low side. Null where no program
    is rejected by both."""
    right_by_plus: ShareEstimate
    """Mean over tasks of the share correct among accepted samples by plus alone: resampling's ceiling on these
    tasks."""
    right_by_both: ShareEstimate
    """The same where correct is what both suites accept: the union of the tests as truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSuite(Document):
    """Plus and a second strong suite on the distinct programs that pass base, over all models."""

    source: str
    """Where the second suites come from; of a file its name alone. For recorded verdicts, who judged."""
    recorded: bool
    """Whether the second opinion is verdicts that the recorded answers carry: that harness's faults are part of it."""
    tasks: Count
    """Tasks of these programs."""
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
    """Share of the programs on which the two say the same, pooled; interval over tasks."""
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
    """What is kept of a second suite: over all models, and by model."""

    suite: SecondSuite
    """Over all models."""
    models: dict[str, SuiteError]
    """Model → how often the second suite rejects what plus calls correct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectTask(Document):
    """A task on which most programs agree with each other against the expected output: its tests may be too narrow."""

    task_id: str
    """The task."""
    call: str
    """The input in dispute."""
    expected: str
    """What the suite expects."""
    got: str
    """What the programs that agree return."""
    programs: Positive
    """Distinct programs, of all models, that pass base, fail plus first on this input and return this."""
    accepted: Count
    """Distinct programs that plus accepts: fewer."""
