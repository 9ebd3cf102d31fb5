"""Judge a program by a suite of inputs: from runs to a verdict, with further runs to resolve doubts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.records import FailingTest, FailureKind, Outcome, ResultCode, Verdict
from auditor.text import plural
from auditor.verify.endings import failure_of, failure_without_answer
from auditor.verify.kinds.base import Trial, Unsettled, entry_of, verdict_of
from auditor.verify.kinds.calls import run as running
from auditor.verify.kinds.calls.expected import Expected, build, encode_inputs
from auditor.verify.kinds.calls.run import CallsRun
from auditor.verify.limits import CLOSE_CALL, Limits
from auditor.verify.runner import Runner
from auditor.verify.show import show_call, show_line


@dataclass(frozen=True, slots=True)
class PreparedCalls:
    """A suite of inputs, ready for judging programs."""

    key: str
    """Key under which fork servers keep the inputs."""
    expected: Expected
    limits: Limits
    order: tuple[int, ...]
    """Number in the suite of each test, in execution order."""

    @property
    def weight(self) -> int:
        """Bytes of memory that it holds, roughly."""
        return 2 * len(self.expected.stream) + len(self.expected.inputs)

    def for_second_run(self) -> PreparedCalls:
        """Return the suite with its largest input first, where super-linear run time shows at once."""
        suite = self.expected.suite
        outputs = suite.outputs and suite.outputs[::-1]
        suite = replace(suite, inputs=suite.inputs[::-1], outputs=outputs)
        expected = build(suite, self.expected.lines[::-1], encode_inputs(suite))
        limits = replace(self.limits, tests=self.limits.tests[::-1])
        return PreparedCalls(f"{self.key}:backwards", expected, limits, self.order[::-1])

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run a program and return its verdict, or that a second run, alone, must decide."""
        return _Case(self, trial, runner).judge()


@dataclass(frozen=True, slots=True)
class _Case:
    prepared: PreparedCalls
    trial: Trial
    runner: Runner

    def judge(self) -> Verdict | Unsettled:
        alone, run = self.trial.alone, self._run()
        outcome, detail = run.outcome
        unanswered = run.claims.failing is None
        if outcome is Outcome.TIMEOUT and not alone:
            return Unsettled(b"")  # how far it got depends on the machine's speed and load
        if outcome in {Outcome.CRASH, Outcome.MEMORY} and unanswered:
            return self._pin_down(run)
        if alone and run.closest >= CLOSE_CALL and outcome in {Outcome.PASS, Outcome.FAIL} and not run.timed_out:
            late = outcome is Outcome.PASS and run.closest > 1
            detail = f"a test used {run.closest:.0%} of its time limit"
            return self._verdict(run, Outcome.TIMEOUT if late else outcome, detail, flaky=True)
        share = self.prepared.limits.share_of_total(run.ended.cpu)
        passed = run.claims.passed.count(ResultCode.PASSED)
        if outcome is Outcome.TIMEOUT and share >= 1 and passed >= CLOSE_CALL * len(run.claims.passed):
            close = f"{detail}; {passed} of {plural(len(run.claims.passed), 'test')} had passed before"
            return self._verdict(run, outcome, close, flaky=True)
        if share >= CLOSE_CALL and outcome in {Outcome.PASS, Outcome.FAIL} and not run.timed_out:
            return self._verdict(run, outcome, f"the suite used {share:.0%} of its time limit", flaky=True)
        held = self.runner.share_of_memory(run.ended.peak, self.prepared.limits.data_bytes)
        if held >= CLOSE_CALL and outcome in {Outcome.PASS, Outcome.FAIL}:
            return self._verdict(run, outcome, f"held {held:.0%} of its memory limit", flaky=True)
        if alone and not run.slow and run.claims.next_test == len(self.prepared.expected):
            return self._verdict(run, outcome, "a first run was stopped or died, but a second was not", flaky=True)
        return self._verdict(run, outcome, detail)

    def _run(self, start: int = 0, *, eager: bool = False) -> CallsRun:
        prepared, trial = self.prepared, self.trial
        settings = running.Settings(start, trial.stop, eager or trial.alone, trial.alone)
        return running.run(
            self.runner, trial.program.solution, entry_of(trial.task, prepared.expected.suite),
            prepared.key, prepared.expected,
            prepared.limits, settings,
        )  # fmt: skip

    def _pin_down(self, run: CallsRun) -> Verdict | Unsettled:
        """Find the test on which the child died; if it does not die there again, the verdict is flaky."""
        start = min(run.claims.next_test, max(len(self.prepared.expected) - 1, 0))
        again = self._run(start, eager=True)
        passed = bytes(run.claims.passed)[:start] + bytes(again.claims.passed)[start:]
        if again.outcome[0] is run.outcome[0]:
            return self._verdict(again, *again.outcome, passed=passed)
        if not self.trial.alone:
            return Unsettled(b"")
        return self._verdict(run, *run.outcome, flaky=True)

    def _verdict(
        self, run: CallsRun, outcome: Outcome, detail: str, *, passed: bytes | None = None, flaky: bool = False
    ) -> Verdict:
        claims = run.claims
        passed = bytes(claims.passed) if passed is None else passed
        failing = None
        without_answer = failure_without_answer(outcome)
        if claims.failing is not None:
            at, line = claims.failing
            kind = FailureKind.TOO_LARGE if claims.endless else failure_of(line)
            failing = self._failing_test(at, show_line(line), kind)
        elif without_answer is not None and claims.ready and claims.next_test < len(passed):
            at = claims.next_test
            failing = self._failing_test(at, f"no answer: {detail}", without_answer)
            passed = passed[:at] + bytes([ResultCode.FAILED]) + passed[at + 1 :]
        ran = self._in_suite_order(passed) if claims.ready and outcome is not Outcome.ERROR else b""
        return verdict_of(
            self.trial, outcome, tests=len(claims.expected), level=self.runner.level, passed=ran, failing=failing,
            detail=detail, flaky=flaky, cpu_seconds=run.ended.cpu,
        )  # fmt: skip

    def _in_suite_order(self, passed: bytes) -> bytes:
        """Reorder the tests' results from execution order to suite order."""
        results = bytearray(len(passed))
        for number, result in zip(self.prepared.order, passed, strict=True):
            results[number] = result
        return bytes(results)

    def _failing_test(self, at: int, got: str, kind: FailureKind) -> FailingTest:
        expected = self.prepared.expected
        return FailingTest(
            index=self.prepared.order[at],
            call=show_call(self.trial.task.target.name, expected.suite.inputs[at]),
            expected=show_line(expected.lines[at]),
            got=got,
            kind=kind,
        )
