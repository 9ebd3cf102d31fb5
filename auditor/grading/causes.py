"""Find why a recorded verdict differs from ours, by judging the program again with one thing changed.

Each cause has its own experiment, and is named if the experiment gives the other verdict. All programs to which an
experiment applies are judged together, by the verifier in its sandbox. What no experiment explains stays
:attr:`Cause.UNKNOWN` until somebody has read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import assert_never

from auditor.comparators import Comparator
from auditor.config import PerTest, ProgramScope, VerifyConfig
from auditor.grading import harnesses
from auditor.records import InputSuite, Outcome, Program, StdinSuite, Suite, SuiteName, Task, Verdict
from auditor.verify import Verifier

NO_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError)\W+No module named '?([\w.]+)")
LIMITS = {"timeout": 0.1, "timeout_factor": 0.5, "suite_timeout": 1.0}
"""A program that needs over a second, or half as long as a slow reference, may exceed a wall-clock limit when many run
in parallel.
"""
LOOSE = {"timeout": 8.0, "timeout_factor": 16.0, "suite_timeout": 120.0}


class Side(StrEnum):
    """The side whose verdict a cause discredits."""

    THEIRS = "theirs"
    """The recorded verdict is wrong because of the other harness."""
    RULE = "rule"
    """Both follow their rules; the rules, the tests or the program differ."""
    OURS = "ours"
    """The verdict here is wrong or impossible."""
    OPEN = "open"
    """Not known yet."""


class Cause(StrEnum):
    """Reasons why two harnesses disagree about a program."""

    CONTRADICTION = "the other harness gave this very program both verdicts"
    PACKAGE_THERE = "a package was missing there"
    PACKAGE = "a package is missing here"
    EXTRACTION = "another text: the answer there, the program read from it here"
    TIME_LIMIT = "a time limit: CPU time here, the wall clock there"
    MOCKED_STDIN = "standard input was mocked there (no buffer, no descriptor 0)"
    OUTPUT_LOST = "output was lost there (stdout.buffer, or after the main thread)"
    WRAPPED = "the program ran inside a function there, without its globals"
    OTHER_TESTS = "other tests: another version of the benchmark"
    FEWER_TESTS = "fewer tests here: the record does not hold the failing one"
    EQUALITY = "the rule of equality"
    REFERENCE = "the task: its reference fails there"
    UNKNOWN = "not explained: read it before you trust either"

    @property
    def side(self) -> Side:
        """The side whose verdict it discredits."""
        match self:
            case Cause.CONTRADICTION | Cause.PACKAGE_THERE | Cause.MOCKED_STDIN | Cause.OUTPUT_LOST | Cause.WRAPPED:
                return Side.THEIRS
            case Cause.TIME_LIMIT | Cause.REFERENCE:
                return Side.THEIRS
            case Cause.OTHER_TESTS | Cause.EQUALITY | Cause.EXTRACTION:
                return Side.RULE
            case Cause.PACKAGE:
                return Side.OURS
            case Cause.FEWER_TESTS | Cause.UNKNOWN:
                return Side.OPEN
        assert_never(self)


@dataclass(frozen=True, slots=True)
class RecordedDifference:
    """A program on which this verifier and another harness disagree."""

    program: Program
    recorded: str
    """The text that the other harness ran, as far as known."""
    suite: SuiteName | None
    """``None`` if the other harness has only one suite, which is compared with base and plus together."""
    ours: Verdict
    theirs: frozenset[bool]
    """The other harness's verdicts on this program; both values if it gave both."""
    outcome: Outcome | None = None
    """Its outcome if it recorded more than right or wrong."""
    detail: str = ""
    """Its note, in one line."""
    test_is_known: bool = True
    """Whether the test on which the program failed there is among ours; ``False`` if the record lost it."""


@dataclass(frozen=True)
class _Experiment:
    """One thing to change, for the differences that it can concern."""

    cause: Cause
    change: Callable[[RecordedDifference, Task], tuple[Task, str] | None]
    """Return the task and the program to judge; ``None`` if it does not apply to this difference."""
    settings: Mapping[str, float] = field(default_factory=dict)
    """Fields of :class:`~auditor.config.VerifyConfig` to change."""


@dataclass(frozen=True)
class Experiments:
    """Judge programs again, each time with one thing changed."""

    tasks: Mapping[str, Task]
    others: Mapping[str, Task] = field(default_factory=dict)
    """The tasks of another version of the benchmark."""
    broken_there: frozenset[str] = frozenset()
    """Tasks whose reference the other harness fails."""
    cache: Path | None = None
    """A folder that caches reference outputs."""
    config: VerifyConfig = field(default_factory=VerifyConfig)
    """The limits under which our verdicts were reached."""
    progress: Callable[[int], None] = lambda _: None
    """Called with the number of differences just explained."""

    def causes(self, found: Sequence[RecordedDifference]) -> list[Cause]:
        """Return the cause of each difference: the first whose experiment gives the other verdict."""
        causes: dict[int, Cause] = {}
        for index, difference in enumerate(found):
            told = self._told(difference)
            if told is not None:
                causes[index] = told
        self.progress(len(causes))
        for experiment in self._experiments():
            open_ones = {index: one for index, one in enumerate(found) if index not in causes}
            explained = self._run(experiment, open_ones)
            causes |= dict.fromkeys(explained, experiment.cause)
            self.progress(len(explained))
        self.progress(len(found) - len(causes))
        for index, difference in enumerate(found):
            if index not in causes:
                missing = not difference.test_is_known and difference.theirs == {False}
                causes[index] = Cause.FEWER_TESTS if missing else Cause.UNKNOWN
        return [causes[index] for index in range(len(found))]

    def _told(self, found: RecordedDifference) -> Cause | None:
        """Return a cause that needs no experiment, since the verdicts themselves show it."""
        if len(found.theirs) > 1:
            return Cause.CONTRADICTION
        if found.program.task_id in self.broken_there:
            return Cause.REFERENCE
        if NO_MODULE.search(f"{found.ours.detail} {found.ours.failing.got if found.ours.failing else ''}"):
            return Cause.PACKAGE
        if found.theirs == {False} and NO_MODULE.search(found.detail):
            return Cause.PACKAGE_THERE
        if found.theirs == {False} and found.outcome is Outcome.TIMEOUT and found.test_is_known:
            return Cause.TIME_LIMIT
        return None

    def _experiments(self) -> Iterator[_Experiment]:
        yield _Experiment(Cause.EXTRACTION, _as_recorded)
        yield _Experiment(Cause.MOCKED_STDIN, _wrapped(harnesses.mocked_stdin))
        yield _Experiment(Cause.OUTPUT_LOST, _wrapped(harnesses.captured_stdout))
        yield _Experiment(Cause.WRAPPED, _wrapped(harnesses.in_function))
        yield _Experiment(Cause.OTHER_TESTS, self._on_other_tests)
        for atol in (1e-6, 1e-3, 0.0):
            yield _Experiment(Cause.EQUALITY, _by_rule(partial(_tolerant, atol=atol)))
        for rule in (Comparator.EXACT, Comparator.LINES, Comparator.LINES_DECIMAL, Comparator.TOKENS_FLOAT):
            yield _Experiment(Cause.EQUALITY, _by_rule(partial(_compared, rule=rule)))
        yield _Experiment(Cause.TIME_LIMIT, _if_ours(Outcome.TIMEOUT), LOOSE)
        yield _Experiment(Cause.TIME_LIMIT, _if_ours(Outcome.PASS), LIMITS)

    def _on_other_tests(self, found: RecordedDifference, task: Task) -> tuple[Task, str] | None:
        other = self.others.get(task.task_id)
        changed = None if other is None else replace(task, base=other.base, plus=other.plus)
        return None if changed is None else (changed, found.program.solution)

    def _run(self, experiment: _Experiment, found: Mapping[int, RecordedDifference]) -> list[int]:
        """Return the differences that an experiment explains, by their index."""
        tasks: dict[str, Task] = {}
        programs: dict[int, Program] = {}
        for index, difference in found.items():
            change = experiment.change(difference, self.tasks[difference.program.task_id])
            if change is not None:
                task, solution = change
                tasks[task.task_id] = task
                programs[index] = Program.of(task.task_id, solution)
        passing = self._passing(tasks, programs.values(), experiment.settings)
        return [
            index
            for index, program in programs.items()
            if {passing.get((program.program, found[index].suite))} == found[index].theirs
        ]

    def _passing(
        self, tasks: Mapping[str, Task], programs: Iterable[Program], settings: Mapping[str, float]
    ) -> dict[tuple[str, SuiteName | None], bool]:
        """Judge programs; returns (program, suite) → passed, without the suites that could not be judged."""
        unique = {one.program: one for one in sorted(programs, key=lambda one: (one.task_id, one.program))}
        if not unique:
            return {}
        config = self.config.model_copy(update={"oracle_for": ProgramScope.ALL, "per_test": PerTest.NONE, **settings})
        passing: dict[tuple[str, SuiteName | None], bool] = {}
        with Verifier(tasks, config, cache=self.cache) as verifier:
            for verdicts in verifier.verify(unique.values()):
                passing |= _by_suite(verdicts)
        return passing


def _by_suite(verdicts: Sequence[Verdict]) -> dict[tuple[str, SuiteName | None], bool]:
    passed: dict[tuple[str, SuiteName | None], bool] = {
        (one.program, one.suite): one.outcome is Outcome.PASS for one in verdicts if one.outcome is not Outcome.ERROR
    }
    if verdicts and len(passed) == len(verdicts):
        passed[verdicts[0].program, None] = all(passed.values())
    return passed


def _as_recorded(found: RecordedDifference, task: Task) -> tuple[Task, str] | None:
    return (task, found.recorded) if found.recorded != found.program.solution else None


def _wrapped(wrap: Callable[[str], str]) -> Callable[[RecordedDifference, Task], tuple[Task, str] | None]:
    """Run a program like another harness, if it failed there."""

    def change(found: RecordedDifference, task: Task) -> tuple[Task, str] | None:
        if not isinstance(task.plus, StdinSuite) or found.theirs != {False}:
            return None
        return task, wrap(found.program.solution)

    return change


def _by_rule(changed: Callable[[Suite], Suite]) -> Callable[[RecordedDifference, Task], tuple[Task, str] | None]:
    """Judge by another rule of equality, if that changes the task."""

    def change(found: RecordedDifference, task: Task) -> tuple[Task, str] | None:
        other = replace(task, base=changed(task.base), plus=changed(task.plus))
        return None if other == task else (other, found.program.solution)

    return change


def _tolerant(suite: Suite, atol: float) -> Suite:
    """Return a suite that compares plainly, within a tolerance."""
    return replace(suite, atol=atol, oracle=None) if isinstance(suite, InputSuite) else suite


def _compared(suite: Suite, rule: Comparator) -> Suite:
    if isinstance(suite, StdinSuite) and suite.comparator is not Comparator.CHECKER:
        return replace(suite, comparator=rule)
    return suite


def _if_ours(outcome: Outcome) -> Callable[[RecordedDifference, Task], tuple[Task, str] | None]:
    return lambda found, task: (task, found.program.solution) if found.ours.outcome is outcome else None
