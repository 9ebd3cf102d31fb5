"""From runs to a verdict: one suite on one program, with the second runs that settle doubts."""

from __future__ import annotations

from auditor.records import AssertSuite, FailingTest, Outcome, Program, SuiteName, Task, Verdict
from auditor.verify.library import Prepared
from auditor.verify.limits import FIRST_SHARE, MARGIN
from auditor.verify.routing import Scripted
from auditor.verify.runner import Run, Runner
from auditor.verify.show import failing_test, show_line

CLOSE_CALL = 0.8
"""A test that used this share of its limit or more might come out differently another day."""
_UNANSWERED = frozenset({Outcome.CRASH, Outcome.MEMORY, Outcome.TIMEOUT})


def judge(
    runner: Runner, program: Program, task: Task, name: SuiteName, prepared: Prepared,
    *, stop: bool, alone: bool, level: str,
) -> Verdict | None:  # fmt: skip
    """Judge a program on one suite; ``None`` asks for a second run, alone, since time ran out.

    ``stop`` ends at the first failing test. Raises :class:`~auditor.verify.server.ZygoteDiedError`.
    """
    if prepared.expected is None:
        return _judge_script(runner, program, task, name, prepared, alone=alone, level=level)
    expected = prepared.expected

    def run(start: int = 0, *, eager: bool, share: float) -> Run:
        return runner.inputs(
            program.solution, task.entry_point, prepared.key, expected, prepared.limits,
            start=start, stop=stop, eager=eager, share=share,
        )  # fmt: skip

    result = run(eager=alone, share=MARGIN if alone else FIRST_SHARE)
    outcome, detail = result.outcome
    passed, cpu, flaky = bytes(result.claims.passed), result.ended.cpu, False
    if outcome is Outcome.TIMEOUT and not alone:
        return None
    if outcome in {Outcome.CRASH, Outcome.MEMORY} and result.claims.failing is None:
        start = min(result.claims.next_test, max(len(expected) - 1, 0))
        second = run(start, eager=True, share=MARGIN)
        flaky = second.outcome[0] is not outcome
        if flaky:
            start, second = 0, run(eager=True, share=MARGIN)
        passed = passed[:start] + bytes(second.claims.passed)[start:]
        result, (outcome, detail), cpu = second, second.outcome, cpu + second.ended.cpu
    if alone and result.closest >= CLOSE_CALL and outcome in {Outcome.PASS, Outcome.FAIL}:
        flaky = True
        detail = f"a test used {result.closest:.0%} of its time limit"
        outcome = Outcome.TIMEOUT if result.closest > 1 else outcome
    if outcome is Outcome.ERROR:
        return Verdict(program.program, name, outcome, len(expected), b"", detail=detail, sandbox=level)
    failing = _failing(result, outcome, task.entry_point, detail)
    if failing is not None and outcome in _UNANSWERED:
        passed = passed[: failing.index] + b"\0" + passed[failing.index + 1 :]
    ran = passed if result.claims.ready else b""
    return Verdict(program.program, name, outcome, len(expected), ran, failing, detail, flaky, cpu, level)


def _failing(result: Run, outcome: Outcome, entry_point: str, detail: str) -> FailingTest | None:
    """Describe the first test that was not passed, where one was reached."""
    claims = result.claims
    if claims.failing is not None:
        index, line = claims.failing
        return failing_test(claims.expected, entry_point, index, show_line(line))
    if outcome in _UNANSWERED and claims.ready and claims.next_test < len(claims.expected):
        return failing_test(claims.expected, entry_point, claims.next_test, f"no answer: {detail}")
    return None


def _judge_script(
    runner: Runner, program: Program, task: Task, name: SuiteName, prepared: Prepared, *, alone: bool, level: str
) -> Verdict | None:
    suite = task.suite(name)
    assert isinstance(suite, AssertSuite)
    share = 1.0 if alone else FIRST_SHARE
    result = runner.script(program.solution, task.entry_point, suite, task.reference, prepared.limits, share)
    if result.outcome is Outcome.TIMEOUT and not alone:
        return None
    failing = None if result.outcome in {Outcome.PASS, Outcome.INVALID, Outcome.ERROR} else _failing_line(result, suite)
    return Verdict(
        program.program, name, result.outcome, len(suite), b"", failing, result.detail,
        cpu_seconds=result.cpu + result.script_cpu, sandbox=level,
    )  # fmt: skip


def _failing_line(result: Scripted, suite: AssertSuite) -> FailingTest | None:
    """Show the line of the script that failed, and the solution's last answer."""
    if not result.line:
        return None
    lines = suite.source.splitlines()
    line = lines[result.line - 1].strip()[:600] if result.line <= len(lines) else ""
    return FailingTest(index=0, call=line, expected="the test script passes", got=_last_answer(result.got))


def _last_answer(line: bytes) -> str:
    """Take the value out of an answer, which also carries the arguments as the call left them."""
    if line[:1] != b"v":
        return show_line(line)
    from auditor.verify.show import show
    from auditor.verify.wire import WireError, decode

    try:
        result, _ = decode(line[1:])
    except (WireError, TypeError, ValueError):
        return "an unreadable value"
    return show(result)
