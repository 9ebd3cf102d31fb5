"""Judge a program by a suite of inputs and outputs as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from auditor.comparators import Comparator, first_difference
from auditor.records import FailingTest, FailureKind, Outcome, ResultCode, StdinSuite, Verdict
from auditor.verify.kinds.base import Trial, Unsettled, verdict_of
from auditor.verify.kinds.program.run import CheckerError, ProgramOutput, ProgramText, is_right, run_program
from auditor.verify.limits import CLOSE_CALL
from auditor.verify.runner import Runner

_SHOWN = 600
"""Characters shown of an input or an output."""
_CLEAR = frozenset({Outcome.PASS, Outcome.FAIL})


@dataclass(frozen=True, slots=True)
class PreparedProgram:
    """A suite of texts, ready for judging programs."""

    suite: StdinSuite
    outputs: tuple[str, ...]
    """Expected outputs, one text per test."""
    limits: tuple[float, ...]
    """CPU seconds, one per test."""
    patience: float
    """CPU seconds after which a program that has failed a test is not run on further ones."""
    prelude: str
    """Source whose names a program may use if neither it nor the builtins define them."""
    integers_only: bool = False
    """Expected integers must be matched exactly, see :func:`~auditor.comparators.agrees`."""

    @property
    def weight(self) -> int:
        """Bytes of memory that it holds, roughly."""
        return sum(map(len, self.suite.stdin)) + sum(map(len, self.outputs))

    @property
    def _data_bytes(self) -> int:
        """Return the statement's memory limit; 0 if it has none."""
        return (self.suite.memory_mb or 0) << 20

    def for_second_run(self) -> Self:
        """Return itself: tests have one order, and those that passed do not run again."""
        return self

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run a program on the tests that it has not passed yet; a first run that times out is unsettled."""
        passed = bytearray(trial.known or bytes([ResultCode.NOT_RUN]) * len(self.outputs))
        worst: tuple[int, ProgramOutput, str] | None = None
        cpu, closest, held, unanswered = 0.0, 0.0, 0.0, False
        for number in range(len(self.outputs)):
            if passed[number] == ResultCode.PASSED:
                continue
            if worst is not None and cpu > self.patience:
                break
            output = self._run(trial, runner, number)
            cpu += output.cpu
            closest = max(closest, output.cpu / self.limits[number])
            held = max(held, runner.share_of_memory(output.peak, self._data_bytes))
            if output.outcome is Outcome.ERROR or (output.kind is None and output.outcome is not Outcome.PASS):
                return self._verdict(trial, runner, output.outcome, b"", cpu, detail=output.detail)
            if output.outcome not in _CLEAR and not trial.alone:
                return Unsettled(bytes(passed))
            try:
                right, why = self._judge_output(runner, number, output)
            except CheckerError as error:  # it has answered for every expected output
                right, why, unanswered = False, str(error), True
            passed[number] = ResultCode.PASSED if right else ResultCode.FAILED
            if not right:
                worst = worst or (number, output, why)
                if trial.stop:
                    break
        flaky = max(closest, held) >= CLOSE_CALL and (worst is None or worst[1].outcome in _CLEAR)
        near = f"used {closest:.0%} of its time limit" if closest >= held else f"held {held:.0%} of its memory limit"
        detail = f"a test {near}" if flaky else ""
        if worst is None:
            return self._verdict(trial, runner, Outcome.PASS, bytes(passed), cpu, detail=detail, flaky=flaky)
        number, output, why = worst
        outcome = Outcome.FAIL if output.outcome is Outcome.PASS else output.outcome
        flaky = flaky or unanswered
        failing = self._failing(number, output, why)
        detail = detail or output.detail
        return self._verdict(trial, runner, outcome, bytes(passed), cpu, failing=failing, detail=detail, flaky=flaky)

    def _run(self, trial: Trial, runner: Runner, number: int) -> ProgramOutput:
        program = ProgramText(trial.program.solution, self.prelude, runs_again=len(self.outputs) > 1)
        return run_program(
            runner, program, self.suite.stdin[number], seconds=self.limits[number],
            data_bytes=self._data_bytes, expected_bytes=len(self.outputs[number]),
        )  # fmt: skip

    def _judge_output(self, runner: Runner, number: int, output: ProgramOutput) -> tuple[bool, str]:
        if output.outcome is not Outcome.PASS:
            return False, output.detail
        stdin, expected = self.suite.stdin[number], self.outputs[number]
        return is_right(runner, self.suite, stdin, output.stdout, expected, integers_only=self.integers_only)

    def _failing(self, number: int, output: ProgramOutput, why: str) -> FailingTest:
        expected = self.outputs[number]
        got = _shown(output.stdout)
        kind = output.kind or FailureKind.WRONG_VALUE
        if output.kind is not None:
            got = f"{output.detail}\n{got}".rstrip()
        elif why:
            got = f"{got}\n({why})"
        elif self.suite.comparator is Comparator.CHECKER:
            got = f"{got}\n(the checker says no)"
        else:
            got = f"{got}\n(first difference on line {first_difference(output.stdout, expected)})"
        return FailingTest(number, _shown(self.suite.stdin[number]), _shown(expected), got, kind)

    def _verdict(
        self, trial: Trial, runner: Runner, outcome: Outcome, passed: bytes, cpu: float, *,
        failing: FailingTest | None = None, detail: str = "", flaky: bool = False,
    ) -> Verdict:  # fmt: skip
        return verdict_of(
            trial, outcome, tests=len(self.outputs), level=runner.level, passed=passed, failing=failing,
            detail=detail, flaky=flaky, cpu_seconds=cpu,
        )  # fmt: skip


def _shown(text: str) -> str:
    text = text.rstrip("\n")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
