"""Prepare a test suite and judge solutions by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self, assert_never

from auditor.records import FailingTest, Outcome, ResultCode, SuiteName, Task, Trust, UnittestSuite, Verdict
from auditor.targets import Target, TargetKind
from auditor.text import one_line
from auditor.verify.kinds.base import (
    REFERENCE_SECONDS,
    TOGETHER,
    UNSTABLE,
    Trial,
    UnfitError,
    Unsettled,
    Workshop,
    run_together,
    verdict_of,
)
from auditor.verify.kinds.tests.run import Given, TestRun, Where, run, seconds_of
from auditor.verify.limits import CLOSE_CALL, Limits
from auditor.verify.runner import Runner


def prepare(task: Task, name: SuiteName, suite: UnittestSuite, workshop: Workshop) -> PreparedTests:
    """Run a suite on the reference, and on a stub that must fail it.

    A suite that does not ask for separate processes and cannot work in them (for example because it patches modules)
    runs in one process, and its verdicts say so. Where the reference passes apart and in one process, so must a
    solution. Raises :class:`~auditor.verify.kinds.base.UnfitError` if the reference does not pass, or the stub does.
    The stub may pass a base suite that is a part of the plus suite: such a suite is weak, and the plus suite tells.
    """
    if not suite.tests:
        raise UnfitError("the suite has no test")
    if suite.otherwise and isinstance(task.plus, UnittestSuite):
        try:
            return prepare(task, name, replace(suite, otherwise=()), workshop)
        except UnfitError:
            return prepare(task, name, replace(task.plus, tests=suite.otherwise), workshop)
    given = Given(task.reference, task.prelude, task.target.binds)
    cache = workshop.cache
    entry = cache.name(
        task, ["unittest", suite.source, suite.tests, suite.trust.value, suite.apart_only], workshop.runner.level
    )
    known = cache.read(entry)
    if known is not None:
        trust, why, why_apart, *lines = map(bytes.decode, known.lines)
        limits = Limits.of(known.seconds, workshop.config)
        return PreparedTests(suite, limits, Trust(trust), given, tuple(lines), why, why_apart)
    generous = Limits((), REFERENCE_SECONDS, 1.0, REFERENCE_SECONDS)
    either = suite.trust is Trust.SEPARATE and not suite.apart_only
    trusts = (Trust.SEPARATE, Trust.IN_PROCESS) if either else (suite.trust,)
    problem = ""
    for trust in trusts:
        found = _run(workshop.runner, task.reference, suite, given, generous, _WHERE[trust])
        if found.outcome is Outcome.PASS:
            seconds = seconds_of(found, suite.tests)
            limits = Limits.of(seconds, workshop.config)
            taught, why_apart = found.ended.taught, ""
            if trust is Trust.SEPARATE:
                *_, together = run_together(
                    lambda: _run(workshop.runner, task.reference, suite, given, generous, Where.TOGETHER)
                )
                why_apart = "" if together.outcome is Outcome.PASS else _why(together, suite)
            prepared = PreparedTests(suite, limits, trust, given, taught, problem, why_apart)
            if name is SuiteName.PLUS or not _is_part(suite, task):
                _refuse_stub(task, prepared, workshop.runner)
            cache.write(entry, seconds, [*map(_as_line, (trust.value, problem, why_apart, *taught))])
            return prepared
        problem = _why(found, suite)
    where = " in a process apart from the tests, as the suite asks" if suite.apart_only else ""
    raise UnfitError(f"the reference does not pass{where}: {problem}")


def _is_part(suite: UnittestSuite, task: Task) -> bool:
    """Say whether the plus suite holds every test of a suite, and others."""
    plus = task.plus
    return isinstance(plus, UnittestSuite) and plus.source == suite.source and set(suite.tests) < set(plus.tests)


_WHERE = {Trust.SEPARATE: Where.APART, Trust.IN_PROCESS: Where.INSIDE}


def _run(runner: Runner, source: str, suite: UnittestSuite, given: Given, limits: Limits, where: Where) -> TestRun:
    return run(runner, source, suite, given, limits, where=where, stop=True, alone=True)


def _why(found: TestRun, suite: UnittestSuite) -> str:
    if found.failing is None:
        return found.detail or found.outcome
    number, text, _ = found.failing
    return f"{suite.tests[number]}: {text}"


def _as_line(text: str) -> bytes:
    return one_line(text).encode("utf-8", "replace")


def _refuse_stub(task: Task, prepared: PreparedTests, runner: Runner) -> None:
    """Check that a solution that does nothing fails; a suite that it passes tests nothing."""
    source, where = stub(task.target), _WHERE[prepared.trust]
    if source and _run(runner, source, prepared.suite, prepared.given, prepared.limits, where).outcome is Outcome.PASS:
        raise UnfitError("a solution that does nothing passes every test")


def stub(target: Target) -> str:
    """Write a stub of the right form that does nothing; empty if there is no such form."""
    nothing = "    def __getattr__(self, name):\n        return lambda *a, **k: None\n"
    match target.kind:
        case TargetKind.FUNCTION:
            return f"def {target.name}(*a, **k):\n    return None\n"
        case TargetKind.CLASS | TargetKind.METHOD:
            return f"class {target.binds}:\n    def __init__(self, *a, **k):\n        pass\n{nothing}"
        case TargetKind.PROGRAM:
            return ""
        case _:
            assert_never(target.kind)


@dataclass(frozen=True, slots=True)
class PreparedTests:
    """A test suite, ready for judging solutions."""

    suite: UnittestSuite
    limits: Limits
    trust: Trust
    """Where its tests run: in a separate process unless they cannot."""
    given: Given
    """Sources that it runs with."""
    taught: tuple[str, ...] = ()
    """What the reference's run has taught about results; a solution is held to it."""
    why_in_process: str = ""
    """What failed when tests and solution ran apart; empty if that works or the suite asks for one process."""

    why_apart: str = ""
    """What the reference fails in one process with the tests; empty if it passes, so that a solution must as well."""

    @property
    def weight(self) -> int:
        """Bytes of memory that it holds, roughly."""
        return 1000 + len(self.suite.source) + len(self.given.reference)

    def for_second_run(self) -> Self:
        """Return itself: tests have one order."""
        return self

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run the suite on a solution; a first run that times out is unsettled."""
        found = self._run(trial, runner, _WHERE[self.trust])
        both_ways = self.trust is Trust.SEPARATE and not self.why_apart
        if found.outcome is Outcome.PASS and both_ways:
            found = _joined(found, *run_together(lambda: self._run(trial, runner, Where.TOGETHER)))
        if found.outcome in {Outcome.TIMEOUT, Outcome.CRASH, Outcome.MEMORY} and not trial.alone:
            return Unsettled(b"")
        failing = None
        if found.failing is not None:
            number, text, kind = found.failing
            failing = FailingTest(number, self.suite.tests[number], "the test passes", text, kind)
        ran = bytes(found.passed) if set(found.passed) != {ResultCode.NOT_RUN} else b""
        close = found.closest >= CLOSE_CALL and found.outcome in {Outcome.PASS, Outcome.FAIL}
        detail = f"used {found.closest:.0%} of a time limit" if close else found.peculiar or found.detail
        return verdict_of(
            trial, found.outcome, tests=len(self.suite), level=runner.level, passed=ran, failing=failing,
            detail=detail, flaky=close or bool(found.peculiar), cpu_seconds=found.cpu, trust=self.trust,
        )  # fmt: skip

    def _run(self, trial: Trial, runner: Runner, where: Where) -> TestRun:
        found = run(
            runner, trial.program.solution, self.suite, self.given, self.limits, where=where, stop=trial.stop,
            alone=trial.alone, taught=self.taught,
        )  # fmt: skip
        if not trial.alone:
            found.closest = self.limits.share_of_total(found.cpu)
        return found


def _joined(apart: TestRun, *together: TestRun) -> TestRun:
    """Return the result of a solution that passes apart, by its runs in one process: the last of these counts."""
    runs, last = (apart, *together), together[-1]
    last.cpu = sum(one.cpu for one in runs)
    last.closest = max(one.closest for one in runs)
    if last.outcome is Outcome.PASS:
        last.peculiar = UNSTABLE if len(together) > 1 else ""
    elif last.failing is not None:
        number, text, kind = last.failing
        last.failing = (number, f"{TOGETHER}, {text}", kind)
    last.detail = f"{TOGETHER}: {last.detail}" if last.detail else ""
    return last
