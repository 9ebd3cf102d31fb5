"""What every kind of task has in common: what is prepared, what is tried, what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

from auditor.config import VerifyConfig
from auditor.records import FailingTest, InputSuite, Outcome, Program, SuiteName, Task, Trust, Verdict
from auditor.verify.cache import Cache
from auditor.verify.protocol import Entry
from auditor.verify.runner import Runner

REFERENCE_SECONDS = 300.0
"""CPU seconds that a reference may take on one test, and in all."""


class UnfitError(Exception):
    """A task cannot be used: mostly since its reference does not pass its own suite here; the message says why."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What preparing a suite takes."""

    runner: Runner
    """Runs the reference."""
    cache: Cache
    """Keeps what the reference gave."""
    config: VerifyConfig
    """Scales the limits."""
    known_fit: bool = False
    """The references of this benchmark are known to pass, and to answer alike each time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of one program on one suite."""

    program: Program
    task: Task
    suite: SuiteName
    stop: bool
    """The first failing test is enough."""
    alone: bool
    """A second run, with the full limits: it always comes to a verdict."""
    known: bytes = b""
    """Results of a first run, in the order of the suite, to which this run adds."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """No verdict yet: a first run was out of time or died oddly, and a run alone is to decide."""

    results: bytes
    """What the first run has shown, in the order of the suite; empty where the second run is to repeat all tests."""


class Prepared(Protocol):
    """One suite of one task, ready to judge programs by: limits are measured, expected outputs known."""

    @property
    def weight(self) -> int:
        """Bytes of memory that it holds, roughly."""
        ...

    def for_second_run(self) -> Self:
        """Return it as a second run wants it, which is itself for most kinds."""
        ...

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run a program and return its verdict, or that only a run alone can tell.

        Raises :class:`~auditor.verify.server.ZygoteDiedError` where fork servers keep dying.
        """
        ...


def entry_of(task: Task, suite: InputSuite | None = None) -> Entry:
    """Return what to call in a program of a task, with its arguments as a suite of inputs wants them passed."""
    keywords, nodes = (suite.keywords, suite.nodes) if suite is not None else ((), ())
    return Entry(task.target.binds, task.target.method, task.prelude, keywords, nodes)


def verdict_of(
    trial: Trial, outcome: Outcome, *, tests: int, level: str, passed: bytes = b"", failing: FailingTest | None = None,
    detail: str = "", flaky: bool = False, cpu_seconds: float = 0.0, trust: Trust = Trust.SEPARATE,
) -> Verdict:  # fmt: skip
    """Make the verdict of a trial at a level of confinement."""
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
