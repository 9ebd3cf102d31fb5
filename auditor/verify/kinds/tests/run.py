"""Run a test suite on a solution, in one process or in two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from auditor.records import FailureKind, Outcome, ResultCode, UnittestSuite
from auditor.verify.children import Child
from auditor.verify.endings import failure_without_answer, not_confined, outcome_of_death, why_not_ready
from auditor.verify.kinds.script.route import Lines
from auditor.verify.limits import Clocks, Limits
from auditor.verify.protocol import HoldJob, Message, UnittestJob, said
from auditor.verify.runner import Runner
from auditor.verify.told import TestResult, TestsEnded

LINE_LIMIT = 4 << 20
"""Bytes of one operation or one answer."""
MAX_OPERATIONS = 200_000


class Where(Enum):
    """Where tests run, and which names they have."""

    APART = "apart"
    """In a process apart from the solution's, with the reference's imports and proxies of what the solution defines."""
    TOGETHER = "together"
    """In the solution's process, with the same names as apart."""
    INSIDE = "inside"
    """In the solution's process, with the solution's names alone, as the task asks."""


@dataclass(slots=True)
class TestRun:
    """The result of a run."""

    passed: bytearray
    """A :class:`~auditor.records.ResultCode` a test."""
    outcome: Outcome = Outcome.PASS
    detail: str = ""
    failing: tuple[int, str, FailureKind] | None = None
    """The first test that failed, why, and how."""
    cpu: float = 0.0
    """CPU seconds of all processes."""
    closest: float = 0.0
    """The largest share of a time limit that a process used."""
    seconds: list[float] = field(default_factory=list)
    """CPU seconds of each test that ran."""
    peculiar: str = ""
    """Why the outcome might be another one next time; empty if nothing says so."""
    ended: TestsEnded = field(default_factory=TestsEnded)
    """What the tests say at their end."""


@dataclass(frozen=True, slots=True)
class Given:
    """Sources of the task that a suite runs with, besides its own."""

    reference: str
    """The reference; tests share its imports if they run apart from the solution."""
    prelude: str
    """Its names are the solution's if neither it nor the builtins define them."""
    target: str
    """The name that a solution has to bind; empty for a program."""


def run(
    runner: Runner, solution: str, suite: UnittestSuite, given: Given, limits: Limits, *, where: Where, stop: bool,
    alone: bool, taught: tuple[str, ...] | None = None,
) -> TestRun:  # fmt: skip
    """Run a suite on a solution.

    ``taught`` comes from the reference's run. Raises :class:`~auditor.verify.server.ZygoteDiedError` if fork servers
    keep dying.
    """
    attempt = _Attempt(runner, solution, suite, given, limits, where, stop, alone, taught)
    processes = 2 if where is Where.APART else 1
    return runner.persist(attempt.run, memory=limits.data_bytes, processes=processes)


@dataclass(frozen=True, slots=True)
class _Attempt:
    runner: Runner
    solution: str
    suite: UnittestSuite
    given: Given
    limits: Limits
    where: Where
    stop: bool
    alone: bool
    taught: tuple[str, ...] | None

    def run(self) -> TestRun:
        reference, prelude = self.given.reference, self.given.prelude
        zygote = self.runner.zygote(self.solution, self.suite.source, reference, prelude)
        apart = self.where is Where.APART
        source, helpers = "" if apart else self.solution, "" if self.where is Where.INSIDE else reference
        job = UnittestJob(self.suite.tests, self.stop, source, helpers, self.given.target, prelude, apart, self.taught)
        if not apart:
            with zygote.run(
                job, self.suite.source, cpu_seconds=self.limits.backstop, data_bytes=self.limits.data_bytes
            ) as tester:
                return self._follow(tester, None)
        with zygote.run(
            HoldJob(LINE_LIMIT, prelude), self.solution, cpu_seconds=self.limits.backstop,
            data_bytes=self.limits.data_bytes,
        ) as holder:  # fmt: skip
            solution = Lines(holder)
            clocks = self.limits.clocks(0, alone=self.alone)
            hello, ready = solution.next(clocks), solution.next(clocks)
            if said(ready) is not Message.READY:
                return self._not_loaded(hello, ready, holder)
            with zygote.run(
                job, self.suite.source, cpu_seconds=self.limits.backstop, data_bytes=self.limits.data_bytes
            ) as tester:
                return self._follow(tester, solution)

    def _not_loaded(self, hello: bytes, line: bytes, child: Child) -> TestRun:
        ended = child.end()
        found = self._blank()
        found.cpu = ended.cpu
        if said(hello) is not Message.CONFINED:
            found.outcome, found.detail = not_confined(ended)
        elif child.timed_out:
            found.outcome, found.detail = Outcome.TIMEOUT, child.timed_out
        else:
            found.outcome, found.detail = why_not_ready(line) or outcome_of_death(ended)
        return found

    def _blank(self) -> TestRun:
        return TestRun(bytearray([ResultCode.NOT_RUN]) * len(self.suite))

    def _follow(self, tester: Child, solution: Lines | None) -> TestRun:
        """Read the tests' results, and pass operations on to the solution's process and answers back."""
        found, lines, next_test, operations = self._blank(), Lines(tester), 0, 0
        hello, started = b"", 0.0
        loaded = solution is None
        while True:
            clocks = self._clocks(next_test)
            line = lines.next(clocks)
            match said(line):
                case Message.CONFINED if not hello:
                    hello = line
                case Message.READY:
                    loaded = True
                    started = self._used(tester, solution)
                case Message.TEST:
                    result = TestResult.read(line[1:])
                    if result is None or not 0 <= result.number < len(self.suite):
                        break
                    used = self._used(tester, solution)
                    found.seconds.append(used - started)
                    started = used
                    next_test = result.number + 1
                    self._note(found, result)
                    if self.stop and not result.passed:
                        break
                case Message.CALL | Message.ANSWER if solution is not None and operations < MAX_OPERATIONS:
                    operations += 1
                    solution.hand(line)
                    answer = solution.next(clocks)
                    if not answer:
                        break
                    lines.hand(answer)
                case Message.DONE:
                    found.ended = TestsEnded.read(line[1:])
                    break
                case _:
                    break
        return self._settle(found, hello, line, loaded, next_test, tester, solution)

    def _clocks(self, test: int) -> Clocks:
        return self.limits.clocks(min(test, len(self.suite) - 1), alone=self.alone)

    def _used(self, tester: Child, solution: Lines | None) -> float:
        return tester.cpu() + (0.0 if solution is None else solution.child.cpu())

    def _note(self, found: TestRun, result: TestResult) -> None:
        """Record a result; a test that has failed stays failed."""
        if found.passed[result.number] != ResultCode.FAILED:
            found.passed[result.number] = ResultCode.PASSED if result.passed else ResultCode.FAILED
        if not result.passed and found.failing is None:
            kind = FailureKind.ASSERTION if result.asserted else FailureKind.EXCEPTION
            found.failing = (result.number, result.text, kind)
            found.outcome = Outcome.FAIL

    def _settle(
        self, found: TestRun, hello: bytes, last: bytes, loaded: bool, at: int, tester: Child, solution: Lines | None
    ) -> TestRun:
        """Determine the result of a run once its processes have ended."""
        ended = tester.end()
        found.cpu = ended.cpu
        found.closest = max(tester.closest, solution.child.closest if solution is not None else 0.0)
        timed_out = tester.timed_out
        if solution is not None:
            other = solution.child.end()
            found.cpu += other.cpu
            timed_out = timed_out or solution.child.timed_out
            if not last or said(last) in {Message.CALL, Message.ANSWER}:
                ended = other
        if found.failing is not None:
            return found
        if not hello:
            found.outcome, found.detail = not_confined(ended)
        elif not timed_out and said(last) in {Message.INVALID, Message.LOAD_RAISED, Message.MEMORY}:
            found.outcome, found.detail = why_not_ready(last) or outcome_of_death(ended)
        elif timed_out or said(last) is not Message.DONE:
            found.outcome, found.detail = (Outcome.TIMEOUT, timed_out) if timed_out else outcome_of_death(ended)
            kind = failure_without_answer(found.outcome)
            if loaded and kind is not None and at < len(self.suite):
                found.passed[at] = ResultCode.FAILED
                found.failing = (at, f"no answer: {found.detail}", kind)
        elif ResultCode.NOT_RUN in found.passed:  # it claimed to be done but omitted tests
            number = found.passed.index(ResultCode.NOT_RUN)
            found.passed[number] = ResultCode.FAILED
            found.outcome, found.failing = Outcome.FAIL, (number, "the test did not run", FailureKind.CRASH)
        return found


def seconds_of(found: TestRun, tests: Sequence[str]) -> list[float]:
    """Return CPU seconds for every test, 0 for those that did not run."""
    return [*found.seconds, *[0.0] * len(tests)][: len(tests)]
