"""What all kinds of task share: prepared suites, trials and their results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from auditor.config import VerifyConfig
from auditor.records import FailingTest, InputSuite, Outcome, Program, SuiteName, Task, Trust, Verdict
from auditor.verify.cache import Cache
from auditor.verify.protocol import Entry
from auditor.verify.runner import Runner

REFERENCE_SECONDS = 300.0
"""CPU seconds allowed for a reference on one test, and in total."""


TOGETHER = "in one process with the tests"
"""Begins what is said of a program that passes apart from its tests and fails in their process."""
UNSTABLE = f"{TOGETHER}, one of two runs failed"


class Ran(Protocol):
    """A run of a suite."""

    @property
    def outcome(self) -> Outcome:
        """Return how it ended."""
        ...


T = TypeVar("T", bound=Ran)


def run_together(run: Callable[[], T]) -> tuple[T, ...]:
    """Run a suite in the process of a program that passes it apart, and once more if it fails: the last run counts.

    A run that is out of time is not repeated here: it runs again alone like any other.
    """
    first = run()
    return (first,) if first.outcome in {Outcome.PASS, Outcome.TIMEOUT} else (first, run())


class UnfitError(Exception):
    """The task cannot be used, usually because its reference fails its own suite here; the message says why."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What is needed to prepare a suite."""

    runner: Runner
    """Runs the reference."""
    cache: Cache
    """Stores the reference's outputs."""
    config: VerifyConfig
    """Scales the limits."""
    known_fit: bool = False
    """The references of this benchmark are known to pass and to be deterministic."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of one program on one suite."""

    program: Program
    task: Task
    suite: SuiteName
    stop: bool
    """Stop at the first failing test."""
    alone: bool
    """Whether this is a second run, with the full limits, which always gives a verdict."""
    known: bytes = b""
    """Results of a first run, in suite order, to which this run adds."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """No verdict yet: a first run timed out or died unexpectedly, so a second run, alone, must decide."""

    results: bytes
    """Results of the first run, in suite order; empty if the second run must repeat all tests."""


class Prepared(Protocol):
    """One suite of one task, ready for judging programs: limits are measured, expected outputs known."""

    @property
    def weight(self) -> int:
        """Return approximately how many bytes of memory it holds."""
        ...

    def for_second_run(self) -> Self:
        """Return the suite for a second run; for most kinds, itself."""
        ...

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run a program and return its verdict, or that a second run, alone, must decide.

        Raises :class:`~auditor.verify.server.ZygoteDiedError` if fork servers keep dying.
        """
        ...


def entry_of(task: Task, suite: InputSuite | None = None) -> Entry:
    """Return what to call in a program of a task, and how a suite of inputs passes the arguments."""
    keywords, nodes = (suite.keywords, suite.nodes) if suite is not None else ((), ())
    return Entry(task.target.binds, task.target.method, task.prelude, keywords, nodes)


def verdict_of(
    trial: Trial, outcome: Outcome, *, tests: int, level: str, passed: bytes = b"", failing: FailingTest | None = None,
    detail: str = "", flaky: bool = False, cpu_seconds: float = 0.0, trust: Trust = Trust.SEPARATE,
) -> Verdict:  # fmt: skip
    """Build the verdict of a trial at a level of confinement."""
    return Verdict(
        trial.program.program,
        trial.suite,
        outcome,
        tests,
        passed,
        failing,
        detail,
        flaky,
        cpu_seconds,
        level,
        trust=trust,
    )
