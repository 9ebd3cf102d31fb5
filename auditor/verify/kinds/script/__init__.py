"""Tasks with a test script, which calls the solution through a proxy and passes or fails as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Self

from auditor.records import AssertSuite, FailingTest, FailureKind, Outcome, Task, Verdict
from auditor.text import one_line
from auditor.verify.endings import failure_of
from auditor.verify.kinds.base import (
    REFERENCE_SECONDS,
    TOGETHER,
    UNSTABLE,
    Trial,
    UnfitError,
    Unsettled,
    Workshop,
    entry_of,
    run_together,
    verdict_of,
)
from auditor.verify.kinds.script import route
from auditor.verify.kinds.script.route import Scripted
from auditor.verify.limits import CLOSE_CALL, Limits
from auditor.verify.protocol import Message, said
from auditor.verify.runner import Runner
from auditor.verify.show import show, show_line
from auditor.verify.values import WireError
from auditor.verify.wire import OPAQUE_MARK, SUBCLASS_MARK, decode

_LONGEST_LINE = 600
"""Characters shown of a script's line."""


def prepare(task: Task, suite: AssertSuite, workshop: Workshop) -> PreparedScript:
    """Time a script on the reference, and see whether it passes in one process with the script, too.

    Raises :class:`~auditor.verify.kinds.base.UnfitError` if the reference fails apart.
    """
    cache = workshop.cache
    entry = cache.name(task, [suite.source], workshop.runner.level)
    known = cache.read(entry)
    if known is not None:
        return PreparedScript(suite, Limits.of(known.seconds, workshop.config), known.lines[0].decode())
    generous = Limits((), REFERENCE_SECONDS, 1.0, REFERENCE_SECONDS)
    result = _run(workshop.runner, task.reference, task, suite, generous, alone=True)
    if result.outcome is not Outcome.PASS:
        raise UnfitError(f"the reference does not pass: {_why(result)}{_remedy(result)}")
    seconds = [result.cpu + result.script_cpu]
    *_, together = run_together(
        lambda: _run(workshop.runner, task.reference, task, suite, generous, alone=True, together=True)
    )
    why_apart = "" if together.outcome is Outcome.PASS else _why(together)
    cache.write(entry, seconds, [one_line(why_apart).encode("utf-8", "replace")])
    return PreparedScript(suite, Limits.of(seconds, workshop.config), why_apart)


def _why(result: Scripted) -> str:
    where = f"line {result.line} of the test script: " if result.line else ""
    return f"{where}{result.detail or result.outcome}"


@dataclass(frozen=True, slots=True)
class PreparedScript:
    """A test script, ready for judging programs."""

    suite: AssertSuite
    limits: Limits
    why_apart: str = ""
    """What the reference fails in one process with the script; empty if it passes, so that a program must as well."""

    @property
    def weight(self) -> int:
        """Bytes of memory that it holds, roughly."""
        return 1000 + len(self.suite.source)

    def for_second_run(self) -> Self:
        """Return itself: a script has one order."""
        return self

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run the script on a program and return the verdict, or that a second run, alone, must decide."""
        result = self._run(trial, runner)
        if result.outcome is Outcome.PASS and not self.why_apart:
            result = _joined(result, *run_together(lambda: self._run(trial, runner, together=True)))
        if result.outcome is Outcome.TIMEOUT and not trial.alone:
            return Unsettled(b"")
        close = result.closest >= CLOSE_CALL and result.outcome in {Outcome.PASS, Outcome.FAIL}
        detail = f"used {result.closest:.0%} of a time limit" if close and not result.detail else result.detail
        return verdict_of(
            trial, result.outcome, tests=len(self.suite), level=runner.level, failing=_failing_test(result, self.suite),
            detail=detail, flaky=close or detail == UNSTABLE, cpu_seconds=result.cpu + result.script_cpu,
        )  # fmt: skip

    def _run(self, trial: Trial, runner: Runner, *, together: bool = False) -> Scripted:
        result = _run(
            runner, trial.program.solution, trial.task, self.suite, self.limits, alone=trial.alone, together=together
        )
        if trial.alone:
            return result
        return replace(result, closest=self.limits.share_of_total(max(result.cpu, result.script_cpu)))


def _joined(apart: Scripted, *together: Scripted) -> Scripted:
    """Return the result of a program that passes apart, by its runs in one process: the last of these counts."""
    runs, last = (apart, *together), together[-1]
    passes = last.outcome is Outcome.PASS
    detail = (UNSTABLE if len(together) > 1 else "") if passes else f"{TOGETHER}: {last.detail}"
    return replace(
        last, detail=detail, cpu=sum(one.cpu for one in runs), script_cpu=sum(one.script_cpu for one in runs),
        closest=max(one.closest for one in runs),
    )  # fmt: skip


def _remedy(result: Scripted) -> str:
    """Say what to do if a script wants more of the reference's last answer than a value."""
    stays = OPAQUE_MARK in result.got or (SUBCLASS_MARK in result.got and "AttributeError" in result.detail)
    return "; a script gets values only, objects of the solution's classes need a unittest suite" if stays else ""


def _run(
    runner: Runner, source: str, task: Task, suite: AssertSuite, limits: Limits, *, alone: bool, together: bool = False
) -> Scripted:
    entry = entry_of(task)
    names = ("candidate",) if entry.method else ("candidate", entry.name)
    script = route.Script(suite.source, task.reference, names)
    start = route.run_together if together else route.run

    def work() -> Scripted:
        zygote = runner.zygote(source, suite.source, task.reference, task.prelude)
        return start(zygote, source, entry, script, limits, alone=alone)

    return runner.persist(work, memory=limits.data_bytes, processes=1 if together else 2)


def _failing_test(result: Scripted, suite: AssertSuite) -> FailingTest | None:
    """Show the line of the script that failed, and the solution's last answer."""
    if not result.line:
        return None
    lines = re.split(r"\r\n|[\r\n]", suite.source)  # as the parser counts them
    line = lines[result.line - 1].strip()[:_LONGEST_LINE] if result.line <= len(lines) else ""
    if result.detail.startswith(TOGETHER):  # nobody has seen the answers
        kind = FailureKind.ASSERTION if result.asserted else FailureKind.EXCEPTION
        return FailingTest(0, line, "the test script passes", result.detail, kind)
    answered = failure_of(result.got)
    no_value = answered in {FailureKind.MEMORY, FailureKind.TOO_LARGE}
    kind = FailureKind.ASSERTION if result.asserted and not no_value else answered
    return FailingTest(0, line, "the test script passes", _last_answer(result.got), kind)


def _last_answer(line: bytes) -> str:
    """Extract the value from an answer, which also holds the arguments after the call."""
    if said(line) is not Message.VALUE:
        return show_line(line)
    try:
        told = decode(line[1:])
        result, _ = told[0] if isinstance(told, list) else told  # a list if attributes of objects follow
    except (WireError, TypeError, ValueError):
        return "an unreadable value"
    return show(result)
