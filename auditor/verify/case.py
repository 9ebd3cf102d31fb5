"""From runs to a verdict: one suite on one program, with the second runs that settle doubts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.records import AssertSuite, FailingTest, Outcome, Program, SuiteName, Task, Verdict
from auditor.verify.expected import Expected
from auditor.verify.library import Prepared
from auditor.verify.reading import FAILED, NOT_RUN
from auditor.verify.routing import Scripted
from auditor.verify.runner import Run, Runner
from auditor.verify.show import show, show_call, show_line
from auditor.verify.wire import WireError, decode

CLOSE_CALL = 0.8
"""A test that used this share of its limit or more might come out differently another day."""
_UNANSWERED = frozenset({Outcome.CRASH, Outcome.MEMORY, Outcome.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Unsettled:
    """No verdict yet: a first run was out of time or died oddly, and a run alone is to decide."""

    results: bytes
    """What the first run has shown, in the order of the suite; empty for a script."""


@dataclass(frozen=True, slots=True)
class Case:
    """One program before one suite."""

    runner: Runner
    program: Program
    task: Task
    name: SuiteName
    prepared: Prepared
    stop: bool
    """The first failing test is enough."""
    known: bytes = b""
    """Results of a first run, in the order of the suite; a second run adds to them."""

    def judge(self, *, alone: bool) -> Verdict | Unsettled:
        """Return the verdict, which a run ``alone`` always comes to.

        Raises :class:`~auditor.verify.server.ZygoteDiedError`.
        """
        expected = self.prepared.expected
        if expected is None:
            return self._judge_script(alone=alone)
        run = self._run(expected, alone=alone)
        outcome, detail = run.outcome
        unanswered = run.claims.failing is None
        if outcome is Outcome.TIMEOUT and not alone:
            return Unsettled(self._in_suite_order(bytes(run.claims.passed)))
        if outcome in {Outcome.CRASH, Outcome.MEMORY} and unanswered:
            return self._pin_down(expected, run, alone=alone)
        if alone and run.closest >= CLOSE_CALL and outcome in {Outcome.PASS, Outcome.FAIL} and not run.timed_out:
            late = outcome is Outcome.PASS and run.closest > 1
            detail = f"a test used {run.closest:.0%} of its time limit"
            return self._verdict(run, Outcome.TIMEOUT if late else outcome, detail, flaky=True)
        if alone and not run.slow and run.claims.next_test == len(expected):
            return self._verdict(run, outcome, "a first run was stopped or died, a second was not", flaky=True)
        return self._verdict(run, outcome, detail)

    def _run(self, expected: Expected, start: int = 0, *, alone: bool, eager: bool = False) -> Run:
        return self.runner.inputs(
            self.program.solution, self.task.entry_point, self.prepared.key, expected, self.prepared.limits,
            start=start, stop=self.stop, eager=eager or alone, alone=alone,
        )  # fmt: skip

    def _pin_down(self, expected: Expected, run: Run, *, alone: bool) -> Verdict | Unsettled:
        """Find the very test on which the child died; one that does not die there again is flaky."""
        start = min(run.claims.next_test, max(len(expected) - 1, 0))
        again = self._run(expected, start, alone=alone, eager=True)
        passed = bytes(run.claims.passed)[:start] + bytes(again.claims.passed)[start:]
        if again.outcome[0] is run.outcome[0]:
            return self._verdict(again, *again.outcome, passed=passed)
        if not alone:
            return Unsettled(self._in_suite_order(bytes(run.claims.passed)))
        return self._verdict(run, *run.outcome, flaky=True)

    def _verdict(
        self, run: Run, outcome: Outcome, detail: str, *, passed: bytes | None = None, flaky: bool = False
    ) -> Verdict:
        claims = run.claims
        passed = bytes(claims.passed) if passed is None else passed
        failing = None
        if claims.failing is not None:
            failing = self._failing_test(claims.expected, claims.failing[0], show_line(claims.failing[1]))
        elif outcome in _UNANSWERED and claims.ready and claims.next_test < len(passed):
            at = claims.next_test
            failing = self._failing_test(claims.expected, at, f"no answer: {detail}")
            passed = passed[:at] + bytes([FAILED]) + passed[at + 1 :]
        ran = self._in_suite_order(passed) if claims.ready and outcome is not Outcome.ERROR else b""
        return Verdict(
            self.program.program, self.name, outcome, len(claims.expected), ran, failing, detail, flaky,
            run.ended.cpu, self.runner.level,
        )  # fmt: skip

    def _in_suite_order(self, passed: bytes) -> bytes:
        """Put the tests' results, which are in the order of the run, where the suite has the tests."""
        results = bytearray(self.known or bytes([NOT_RUN]) * len(passed))
        for number, result in zip(self.prepared.order, passed, strict=True):
            if result != NOT_RUN:
                results[number] = result
        return bytes(results)

    def _failing_test(self, expected: Expected, at: int, got: str) -> FailingTest:
        return FailingTest(
            index=self.prepared.order[at],
            call=show_call(self.task.entry_point, expected.suite.inputs[at]),
            expected=show_line(expected.lines[at]),
            got=got,
        )

    def _judge_script(self, *, alone: bool) -> Verdict | Unsettled:
        suite = self.task.suite(self.name)
        assert isinstance(suite, AssertSuite)
        solution, entry, limits = self.program.solution, self.task.entry_point, self.prepared.limits
        result = self.runner.script(solution, entry, suite, self.task.reference, limits, alone=alone)
        if result.outcome is Outcome.TIMEOUT and not alone:
            return Unsettled(b"")
        failing = _failing_line(result, suite) if result.line else None
        return Verdict(
            self.program.program, self.name, result.outcome, len(suite), b"", failing, result.detail,
            cpu_seconds=result.cpu + result.script_cpu, sandbox=self.runner.level,
        )  # fmt: skip


def _failing_line(result: Scripted, suite: AssertSuite) -> FailingTest:
    """Show the line of the script that failed, and the solution's last answer."""
    lines = re.split(r"\r\n|[\r\n]", suite.source)  # as the parser counts them
    line = lines[result.line - 1].strip()[:600] if result.line <= len(lines) else ""
    return FailingTest(index=0, call=line, expected="the test script passes", got=_last_answer(result.got))


def _last_answer(line: bytes) -> str:
    """Take the value out of an answer, which also carries the arguments as the call left them."""
    if line[:1] != b"v":
        return show_line(line)
    try:
        result, _ = decode(line[1:])
    except (WireError, TypeError, ValueError):
        return "an unreadable value"
    return show(result)
