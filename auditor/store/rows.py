"""What the store's questions give back, where no record of the product fits."""

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
    """A task as the run keeps it: without its suites."""

    task_id: str
    prompt: str
    target: Target
    reference: str
    base_tests: int
    plus_tests: int
    family: str
    slices: tuple[tuple[str, str], ...]
    unfit: str | None
    """Why its reference does not pass here; ``None``: it does, or was not checked yet."""
    excluded: str | None
    """Why the last analysis left it out; ``None``: it did not, or there was none."""

    @property
    def entry_point(self) -> str:
        """The name that a solution binds; empty for a program."""
        return self.target.binds


@dataclass(frozen=True, slots=True)
class SamplingTotals:
    """What one model's samples took."""

    model: str
    prompt_tokens: int | None
    """``None``: no sample has a count."""
    completion_tokens: int | None
    cost: float | None
    served_models: tuple[str, ...]
    """Names that the server gave, sorted."""


RuleName = tuple[str, str, str, str]
"""Tool, rule, name and url of a linter's rule."""


@dataclass(frozen=True, slots=True)
class StyledProgram:
    """One program of one model with what one rubric says of it.

    Programs that are alike share their adherence and their rules, so a list of all of them is small.
    """

    model: str
    task_id: str
    program: str
    samples: int
    """The model's samples that are this program."""
    label: Label
    parses: bool
    """False: no tool could read it, or there is no result."""
    score: float | None
    """0 to 1; ``None`` where nothing applies, or there is no result."""
    adherence: Mapping[str, bool | None]
    """Criterion id → met; ``None`` where it does not apply. Empty where there is no result."""
    metrics: Mapping[str, float]
    rules: frozenset[RuleName]
    """The rules that fired on the model's own lines, those left out that repeat another tool's."""


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
    """The model's samples that are this program."""
    plus: Outcome
    failing: FailingTest | None
    """The first plus test that it fails, where one is known."""
    detail: str


@dataclass(frozen=True, slots=True)
class PlusFailure:
    """A distinct program of a model that passes base and fails plus, with its results on plus."""

    model: str
    task_id: str
    program: str
    passed: bytes
    """A :class:`~auditor.records.ResultCode` a test; empty where that is not known."""
    failing_index: int | None
    """The first test that it fails, where one is known."""


@dataclass(frozen=True, slots=True)
class ProgramOutcomes:
    """What both suites say of one program, and how many samples of all models are this program."""

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
    """The model's samples that are this program."""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What one suite says of one program, per-test results summed up."""

    outcome: Outcome
    tests: int
    """Tests in the suite."""
    passed: int | None
    """Tests that passed; ``None`` where nothing ran, time ran out, or the suite is a script."""
    failing: FailingTest | None
    """The first test that fails, where one is known."""
    detail: str
    """Why, in one line, where the outcome alone does not say."""
    flaky: bool
    """A second run came out differently."""
    trust: Trust
    """Whether tests and solution shared a process."""


@dataclass(frozen=True, slots=True)
class BrowsedProgram:
    """A distinct program of one model with its verdicts and its style."""

    program: str
    solution: str
    samples: int
    """The model's samples that are this program."""
    label: Label
    base: SuiteResult | None
    """``None``: not run yet."""
    plus: SuiteResult | None
    """``None``: not run, as where base did not pass."""
    score: float | None
    """0 to 1; ``None`` where nothing applies, or there is no result."""
    adherence: Mapping[str, bool | None]
    """Criterion id → met; ``None`` where it does not apply. Empty where there is no result."""
    findings: tuple[Finding, ...]
    """Every linter's findings in order."""
