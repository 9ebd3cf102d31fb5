"""The terms of the product as frozen records.

A benchmark is a set of tasks. A model answers a task with samples; equal solutions of one task are
one program. A program gets a verdict per suite, a label from its two verdicts, and style results.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NewType

from auditor.suites import AssertSuite as AssertSuite
from auditor.suites import InputSuite as InputSuite
from auditor.suites import StdinSuite as StdinSuite
from auditor.suites import Suite as Suite
from auditor.suites import Trust as Trust
from auditor.suites import UnittestSuite as UnittestSuite
from auditor.targets import Target


class SuiteName(StrEnum):
    """Which of a task's two suites."""

    BASE = "base"
    """The imperfect verifier: the tests that resampling samples against."""
    PLUS = "plus"
    """The ground truth together with base: correct means that both pass."""


class Outcome(StrEnum):
    """The result of running one suite on one program."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    """Every test passes."""
    FAIL = "fail"
    """A test fails, with a wrong result or an exception."""
    TIMEOUT = "timeout"
    """A test, or the whole suite, ran out of CPU time."""
    MEMORY = "memory"
    """It exceeded its memory limit."""
    CRASH = "crash"
    """Its process ended before its tests did."""
    INVALID = "invalid"
    """It does not parse, or does not define the entry point."""
    ERROR = "error"
    """An error of the harness, never charged to the model."""


class Label(StrEnum):
    """The label of a sample, derived from its two verdicts."""

    TRUE_POSITIVE = "true_positive"
    """Passes base and plus: accepted and correct."""
    FALSE_POSITIVE = "false_positive"
    """Passes base and fails plus: accepted and wrong."""
    TRUE_NEGATIVE = "true_negative"
    """Fails base; fails plus or was not run on it."""
    FALSE_NEGATIVE = "false_negative"
    """Fails base but passes plus: the task's base suite is suspect."""
    UNKNOWN = "unknown"
    """It has no program, no verdict yet, or a harness error."""

    @classmethod
    def of(cls, base: Outcome | None, plus: Outcome | None) -> Label:
        """Label a pair of outcomes; ``None`` means that the suite was not run."""
        if base is None or Outcome.ERROR in (base, plus):
            return cls.UNKNOWN
        if base is Outcome.PASS:
            if plus is None:
                return cls.UNKNOWN
            return cls.TRUE_POSITIVE if plus is Outcome.PASS else cls.FALSE_POSITIVE
        return cls.FALSE_NEGATIVE if plus is Outcome.PASS else cls.TRUE_NEGATIVE


class SampleStatus(StrEnum):
    """The outcome of one request for a sample; only ``ok`` samples have a program that is scored."""

    OK = "ok"
    """An answer with a program."""
    TRUNCATED = "truncated"
    """The server cut the answer at its length limit."""
    REFUSED = "refused"
    """The model, or a content filter before or after it, declined."""
    EXTRACTION_FAILED = "extraction_failed"
    """The answer contains no code that could be a solution."""
    TOO_LONG = "too_long"
    """The server rejected the request because it does not fit the model's context. There is no answer."""
    REJECTED = "rejected"
    """The server turned this request down for a reason of its own. There is no answer."""


@dataclass(frozen=True, slots=True)
class Task:
    """One problem: prompt, what a solution must be, reference and the two suites."""

    task_id: str
    prompt: str
    """What a completion continues; a solution is judged without it."""
    target: Target
    """What a solution must define."""
    reference: str
    """A whole program that solves the task; empty only if the target is a program."""
    base: Suite
    plus: Suite
    family: str = ""
    """Tasks that are variants of one problem share a family; intervals resample families. Empty if the task has no
    variants.
    """
    slices: tuple[tuple[str, str], ...] = ()
    """(name, value) pairs to group results by, e.g. ``("difficulty", "hard")`` or ``("date", "2024-08-01")``."""
    requires: tuple[str, ...] = ()
    """Packages that solutions may import, as requirements, e.g. ``pandas>=2.2``."""
    prelude: str = ""
    """Source whose names a solution may use without defining them; its own names and builtins take precedence."""
    files_mb: int = 0
    """Megabytes of files that a solution and its tests may write into a private folder; 0: none."""
    known_right: tuple[str, ...] = ()
    """Programs that must pass both suites; they replace a missing reference."""
    known_wrong: tuple[str, ...] = ()
    """Programs that must fail one of the suites."""
    contract: str = ""
    """A program that defines ``valid(*arguments)``, true for the inputs that the task allows; empty if it has none."""

    @property
    def entry_point(self) -> str:
        """Return the name that a solution binds at module level; empty for a program."""
        return self.target.binds

    def suite(self, name: SuiteName) -> Suite:
        """Return the suite of that name."""
        return self.base if name is SuiteName.BASE else self.plus


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An ordered set of tasks and where it comes from."""

    name: str
    source: str
    """Hub id or path, as the user gave it."""
    tasks: tuple[Task, ...]
    digest: str
    """SHA-256 over everything that decides a verdict: prompts, targets, references, suites."""
    unfit: dict[str, str] = field(default_factory=dict)
    """Task id → why the loader could not read its suites; those tasks are not in ``tasks``."""
    places: dict[str, str] = field(default_factory=dict)
    """Task id → file and line; only if the source is a file."""
    ids: tuple[str, ...] = ()
    """Ids of all tasks of the source in its order, including those that are unfit or not asked for."""
    caveat: str = ""
    """A warning about its suites to read before any figure; usually empty."""

    def __len__(self) -> int:
        """Count the tasks."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer, as the server counted them; ``None`` if it did not report them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of one model to one task."""

    model: str
    """The name in audit.toml."""
    task_id: str
    sample_index: int
    """0, 1, … within (model, task)."""
    request_hash: str
    """SHA-256 over the whole request and the index, or over the recorded row."""
    status: SampleStatus
    raw: str
    """The text as received."""
    solution: str | None
    """The whole program to judge; ``None`` unless the status is ``ok``."""
    rule: str
    """The extraction rule that gave the solution, with its version, e.g. ``fence/1``."""
    finish_reason: str | None = None
    refusal: str | None = None
    served_model: str | None = None
    fingerprint: str | None = None
    usage: Usage = Usage()
    latency: float | None = None
    """Seconds from request to answer."""
    cost: float | None = None
    """In the currency of the configured prices."""
    readings: int | None = None
    """Number of candidate programs in the answer; ``None``: not counted."""
    readings_differ: bool | None = None
    """Whether those candidates are different programs; ``None``: not compared."""

    @property
    def program(self) -> str | None:
        """The id of the program that this sample is an instance of."""
        return None if self.solution is None else program_id(self.task_id, self.solution)


def program_id(task_id: str, solution: str) -> str:
    """Return the id of a distinct (task, solution text): 32 hex digits of the SHA-256 over the id's length and both.

    Lone surrogates, which some models emit, are hashed unchanged.
    """
    task, text = (part.encode("utf-8", "surrogatepass") for part in (task_id, solution))
    return hashlib.sha256(b"%d:%s%s" % (len(task), task, text)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Program:
    """A distinct solution text of one task; verdicts and style belong to it."""

    program: str
    """Its id, see :func:`program_id`."""
    task_id: str
    solution: str

    @classmethod
    def of(cls, task_id: str, solution: str) -> Program:
        """Return the program of that text."""
        return cls(program_id(task_id, solution), task_id, solution)


class FailureKind(StrEnum):
    """How a program fails a test."""

    WRONG_VALUE = "wrong value"
    """The value or output differs from the expected one."""
    EXCEPTION = "exception"
    """The program raised an exception."""
    ASSERTION = "assertion"
    """An assertion of a test script did not hold."""
    NO_ANSWER = "no answer"
    """It ran out of time."""
    MEMORY = "memory"
    """It exceeded its memory limit."""
    CRASH = "crash"
    """The process ended without an answer."""
    TOO_LARGE = "output too large"
    """The value or output is larger than what is read."""
    EXIT_CODE = "exit code"
    """A program ended with a status other than 0."""


@dataclass(frozen=True, slots=True)
class FailingTest:
    """The first test that a program fails, cut to a size that fits a report."""

    index: int
    """Position in the suite, from 0."""
    call: str
    """The call as Python source, e.g. ``f([1, 2], 3)``."""
    expected: str
    """A repr of the expected value."""
    got: str
    """A repr of the value, or the exception's type and message."""
    kind: FailureKind


class ResultCode(IntEnum):
    """A test's result, as a byte of :attr:`Verdict.passed`; databases hold these numbers."""

    FAILED = 0
    PASSED = 1
    NOT_RUN = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of running one suite on one program."""

    program: str
    suite: SuiteName
    outcome: Outcome
    tests: int
    """Tests in the suite."""
    passed: bytes
    """A :class:`ResultCode` per test; empty if nothing ran or the suite is a script."""
    failing: FailingTest | None = None
    detail: str = ""
    """The reason, in one line, if the outcome alone does not give it."""
    flaky: bool = False
    """Whether a second run gave another outcome."""
    cpu_seconds: float = 0.0
    """CPU time of the child over all tests of this suite."""
    sandbox: str = ""
    """The level of confinement that it ran under."""
    host: str = ""
    """The machine that it ran on; empty if not recorded."""
    environment: str = ""
    """Digest over interpreter and packages; empty if not recorded."""
    trust: Trust = Trust.SEPARATE
    """Whether tests and solution shared a process."""


@dataclass(frozen=True, slots=True)
class JudgedSample:
    """A sample with the verdicts of its program: what the analysis counts."""

    model: str
    task_id: str
    sample_index: int
    status: SampleStatus
    program: str | None
    base: Outcome | None
    """``None`` if there is no program, or it has not been run yet."""
    plus: Outcome | None
    """``None`` if not run, for example because base failed."""
    flaky: bool = False
    trust: Trust | None = None
    """Where its tests ran, for the less trusted of the two suites; ``None`` if not run yet."""

    @property
    def label(self) -> Label:
        """What the sample is."""
        return Label.of(self.base, self.plus)


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """An alternative program that an answer can be read as, with its verdicts."""

    task_id: str
    sample_index: int
    rule: str
    """How it was found in the answer."""
    program: str
    base: Outcome | None
    """``None``: not run yet."""
    plus: Outcome | None

    @property
    def label(self) -> Label:
        """Return the sample's label under this reading."""
        return Label.of(self.base, self.plus)


LinterName = NewType("LinterName", str)
"""The name of a linter in :mod:`auditor.style.linters.registry`, the only place that checks names from outside."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one linter on one line of one program."""

    tool: LinterName
    """The linter that made it."""
    rule: str
    """The tool's own code, e.g. ``E501`` or ``C0103``."""
    name: str
    """The rule's readable name."""
    message: str
    """Its message about this line."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    in_prompt: bool
    """Whether it is on a line of the prompt, so not the model's."""
    duplicate: bool = False
    """Whether another linter reports the same on the same line; it is not counted again in a score."""
    url: str = ""
    """The rule's page in the linter's manual."""
    criterion: str | None = None
    """Id of the rubric's criterion that asks about this rule or number; ``None``: the rubric does not ask about it."""


@dataclass(frozen=True, slots=True)
class StyleResult:
    """Style of one program under one rubric."""

    program: str
    rubric_hash: str
    """Hash over the rubric's content and the tools' versions; results with different hashes are never mixed."""
    parses: bool
    """False if no tool could read it: score and adherence are then empty."""
    score: float | None
    """Weighted share of criteria met, 0 to 1; ``None`` if nothing applies."""
    adherence: dict[str, bool | None]
    """Criterion id → met; ``None`` if it does not apply."""
    metrics: dict[str, float]
    """radon's and our own numbers by name."""
    findings: tuple[Finding, ...]
    pragmas: int = 0
    """Linter-silencing comments that were neutralised."""
