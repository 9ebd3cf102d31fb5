"""Results of the store's queries that fit no other record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.records import FailingTest, Finding, Label, Outcome, SuiteName, Trust
from auditor.targets import Target


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another program that an answer can be read as."""

    solution: str
    rule: str
    """How it was found in the answer."""


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task as stored in the run, without its suites."""

    task_id: str
    prompt: str
    target: Target
    reference: str
    base_tests: int
    plus_tests: int
    family: str
    slices: tuple[tuple[str, str], ...]
    unfit: str | None
    """Why its reference fails here; ``None`` if it passes or has not been checked."""
    excluded: str | None
    """Why the last analysis left it out; ``None`` if it did not, or there was none."""

    @property
    def entry_point(self) -> str:
        """Return the name that a solution binds; empty for a program."""
        return self.target.binds


@dataclass(frozen=True, slots=True)
class SamplingTotals:
    """Tokens and cost of one model's samples."""

    model: str
    prompt_tokens: int | None
    """``None`` if no sample has a count."""
    completion_tokens: int | None
    cost: float | None
    served_models: tuple[str, ...]
    """Model names that the server reported, sorted."""


RuleName = tuple[str, str, str, str]
"""Tool, rule, name and url of a linter's rule."""


@dataclass(frozen=True, slots=True)
class StyledProgram:
    """One program of one model with its result under one rubric.

    Equal adherences and rules are shared, so a list of all programs is small.
    """

    model: str
    task_id: str
    program: str
    samples: int
    """The model's samples with this program."""
    label: Label
    parses: bool
    """False if no tool could read it or there is no result."""
    score: float | None
    """0 to 1; ``None`` if nothing applies or there is no result."""
    adherence: Mapping[str, bool | None]
    """Criterion id → met; ``None`` if it does not apply. Empty if there is no result."""
    metrics: Mapping[str, float]
    rules: frozenset[RuleName]
    """Rules that fired on the model's own lines, without duplicates of another tool's."""


@dataclass(frozen=True, slots=True)
class AcceptedSolution:
    """A program of a model that passes base and was judged on plus."""

    model: str
    task_id: str
    program: str
    solution: str
    label: Label
    """True or false positive."""


@dataclass(frozen=True, slots=True)
class FalsePositive:
    """A distinct program of a model that passes base and fails plus."""

    program: str
    task_id: str
    solution: str
    prompt: str
    reference: str
    samples: int
    """The model's samples with this program."""
    plus: Outcome
    failing: FailingTest | None
    """The first plus test that it fails, if one is known."""
    detail: str


@dataclass(frozen=True, slots=True)
class PlusFailure:
    """A distinct program of a model that passes base and fails plus, with its results on plus."""

    model: str
    task_id: str
    program: str
    passed: bytes
    """A :class:`~auditor.records.ResultCode` per test; empty if unknown."""
    failing_index: int | None
    """The first test that it fails, if one is known."""


@dataclass(frozen=True, slots=True)
class ProgramOutcomes:
    """The outcomes of both suites on one program, and how many samples of all models have this program."""

    program: str
    task_id: str
    base: Outcome
    plus: Outcome | None
    flaky: bool
    samples: int

    @property
    def outcomes(self) -> Mapping[SuiteName, Outcome | None]:
        """Suite → outcome."""
        return {SuiteName.BASE: self.base, SuiteName.PLUS: self.plus}


@dataclass(frozen=True, slots=True)
class CorrectSolution:
    """A correct program of a model."""

    program: str
    solution: str
    samples: int
    """The model's samples with this program."""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The outcome of one suite on one program, with per-test results summarised."""

    outcome: Outcome
    tests: int
    """Tests in the suite."""
    passed: int | None
    """Tests that passed; ``None`` unless each test of the suite has a result."""
    not_run: int
    """Tests without a result, as after a first failure that ends the suite; 0 if none has one."""
    failing: FailingTest | None
    """The first test that fails, if one is known."""
    detail: str
    """The reason, in one line, if the outcome alone does not give it."""
    flaky: bool
    """Whether a second run gave another outcome."""
    trust: Trust
    """Whether tests and solution shared a process."""


@dataclass(frozen=True, slots=True)
class BrowsedProgram:
    """A distinct program of one model with its verdicts and its style."""

    program: str
    solution: str
    samples: int
    """The model's samples with this program."""
    label: Label
    base: SuiteResult | None
    """``None`` if not run yet."""
    plus: SuiteResult | None
    """``None`` if not run, for example because base failed."""
    score: float | None
    """0 to 1; ``None`` if nothing applies or there is no result."""
    adherence: Mapping[str, bool | None]
    """Criterion id → met; ``None`` if it does not apply. Empty if there is no result."""
    findings: tuple[Finding, ...]
    """Every linter's findings in order."""
