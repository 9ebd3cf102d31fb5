"""Prepare a test suite and judge solutions by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self, assert_never

from auditor.records import FailingTest, Outcome, ResultCode, SuiteName, Task, Trust, UnittestSuite, Verdict
from auditor.targets import Target, TargetKind
from auditor.text import one_line
from auditor.verify.kinds.base import REFERENCE_SECONDS, Trial, UnfitError, Unsettled, Workshop, verdict_of
from auditor.verify.kinds.tests.run import Given, TestRun, run, seconds_of
from auditor.verify.limits import CLOSE_CALL, Limits
from auditor.verify.runner import Runner


def prepare(task: Task, name: SuiteName, suite: UnittestSuite, workshop: Workshop) -> PreparedTests:
    """Run a suite on the reference, and on a stub that must fail it.

    A suite that does not ask for separate processes and cannot work in them (for example because it patches modules)
    runs in one process, and its verdicts say so. Raises :class:`~auditor.verify.kinds.base.UnfitError` if the reference
    does not pass, or the stub does. The stub may pass a base suite that is a part of the plus suite: such a suite is
    weak, and the plus suite tells.
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
        trust, why, *taught = map(bytes.decode, known.lines)
        limits = Limits.of(known.seconds, workshop.config)
        return PreparedTests(suite, limits, Trust(trust), given, tuple(taught), why)
    generous = Limits((), REFERENCE_SECONDS, 1.0, REFERENCE_SECONDS)
    either = suite.trust is Trust.SEPARATE and not suite.apart_only
    trusts = (Trust.SEPARATE, Trust.IN_PROCESS) if either else (suite.trust,)
    problem = ""
    for trust in trusts:
        found = _run(workshop.runner, task.reference, suite, given, generous, trust)
        if found.outcome is Outcome.PASS:
            seconds = seconds_of(found, suite.tests)
            limits = Limits.of(seconds, workshop.config)
            prepared = PreparedTests(suite, limits, trust, given, found.taught, problem)
            if name is SuiteName.PLUS or not _is_part(suite, task):
                _refuse_stub(task, prepared, workshop.runner)
            cache.write(entry, seconds, [*map(_as_line, (trust.value, problem, *found.taught))])
            return prepared
        problem = _why(found, suite)
    where = " in a process apart from the tests, as the suite asks" if suite.apart_only else ""
    raise UnfitError(f"the reference does not pass{where}: {problem}")


def _is_part(suite: UnittestSuite, task: Task) -> bool:
    """Say whether the plus suite holds every test of a suite, and others."""
    plus = task.plus
    return isinstance(plus, UnittestSuite) and plus.source == suite.source and set(suite.tests) < set(plus.tests)


def _run(runner: Runner, source: str, suite: UnittestSuite, given: Given, limits: Limits, trust: Trust) -> TestRun:
    return run(runner, source, suite, given, limits, trust=trust, stop=True, alone=True)


def _why(found: TestRun, suite: UnittestSuite) -> str:
    if found.failing is None:
        return found.detail or found.outcome
    number, text, _ = found.failing
    return f"{suite.tests[number]}: {text}"


def _as_line(text: str) -> bytes:
    return one_line(text).encode("utf-8", "replace")


def _refuse_stub(task: Task, prepared: PreparedTests, runner: Runner) -> None:
    """Check that a solution that does nothing fails; a suite that it passes tests nothing."""
    source = stub(task.target)
    if source and _run(runner, source, prepared.suite, prepared.given, prepared.limits, prepared.trust).outcome is (
        Outcome.PASS
    ):
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

    @property
    def weight(self) -> int:
        """Bytes of memory that it holds, roughly."""
        return 1000 + len(self.suite.source) + len(self.given.reference)

    def for_second_run(self) -> Self:
        """Return itself: tests have one order."""
        return self

    def judge(self, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        """Run the suite on a solution; a first run that times out is unsettled."""
        found = run(
            runner, trial.program.solution, self.suite, self.given, self.limits, trust=self.trust, stop=trial.stop,
            alone=trial.alone, taught=self.taught,
        )  # fmt: skip
        if found.outcome in {Outcome.TIMEOUT, Outcome.CRASH, Outcome.MEMORY} and not trial.alone:
            return Unsettled(b"")
        failing = None
        if found.failing is not None:
            number, text, kind = found.failing
            failing = FailingTest(number, self.suite.tests[number], "the test passes", text, kind)
        ran = bytes(found.passed) if set(found.passed) != {ResultCode.NOT_RUN} else b""
        share = found.closest if trial.alone else self.limits.share_of_total(found.cpu)
        close = share >= CLOSE_CALL and found.outcome in {Outcome.PASS, Outcome.FAIL}
        detail = f"used {share:.0%} of a time limit" if close else found.detail
        return verdict_of(
            trial, found.outcome, tests=len(self.suite), level=runner.level, passed=ran, failing=failing,
            detail=detail, flaky=close, cpu_seconds=found.cpu, trust=self.trust,
        )  # fmt: skip
