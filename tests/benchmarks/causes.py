"""Why a verdict of ours differs from one recorded elsewhere: found by judging the program again with one thing changed.

Each cause has its own experiment, and is named where the experiment gives the other verdict. A difference that no
experiment explains is ours until somebody reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.records import InputSuite, Outcome, Program, Suite, SuiteName, Task, Verdict, program_id
from auditor.verify import Verifier

NO_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)")
SETTINGS = VerifyConfig(workers=1, oracle_for="all", per_test="none")
TIGHT = SETTINGS.model_copy(update={"timeout": 0.1, "timeout_factor": 1.0, "suite_timeout": 1.0})
"""A program that is slower than the reference may well exceed limits by the wall clock on a loaded machine."""
LOOSE = SETTINGS.model_copy(update={"timeout": 8.0, "timeout_factor": 16.0, "suite_timeout": 120.0})


class Cause(StrEnum):
    """What makes two harnesses disagree."""

    CONTRADICTION = "the other harness gave this very program both verdicts"
    PACKAGE = "a package is missing here"
    EXTRACTION = "the recorded text was judged, we judge the program that was read from it"
    TIME_LIMIT = "a time limit: CPU time here, the wall clock there"
    OTHER_TESTS = "other tests: another version of the benchmark"
    EQUALITY = "the rule of equality"
    REFERENCE = "the task: its reference fails there"
    OURS = "not explained: ours until somebody has read it"


@dataclass(frozen=True)
class Difference:
    """A program on which we and another harness disagree about one suite."""

    program: Program
    recorded: str
    """The text that the other harness ran, as far as it is known."""
    suite: SuiteName
    ours: Verdict
    theirs: frozenset[bool]
    """What the other harness said of this program; both values where it said both."""


@dataclass
class Experiments:
    """Judges programs again, each time with one thing changed."""

    tasks: Mapping[str, Task]
    others: Mapping[str, Task] = field(default_factory=dict)
    """The tasks of another version of the benchmark."""
    broken_there: frozenset[str] = frozenset()
    """Tasks whose reference the other harness fails."""
    cache: Path | None = None
    """A folder in which references' answers are kept."""

    def cause(self, found: Difference) -> Cause:
        """Return the first cause whose experiment gives the other verdict."""
        if len(found.theirs) > 1:
            return Cause.CONTRADICTION
        if found.program.task_id in self.broken_there:
            return Cause.REFERENCE
        text = f"{found.ours.detail} {found.ours.failing.got if found.ours.failing else ''}"
        if NO_MODULE.search(text):
            return Cause.PACKAGE
        (theirs,) = found.theirs
        for cause, task, solution, settings in self._changed(found):
            if self._passes(task, solution, found.suite, settings) is theirs:
                return cause
        return Cause.OURS

    def _changed(self, found: Difference) -> Iterator[tuple[Cause, Task, str, VerifyConfig]]:
        """Yield (cause, task, solution, settings) of each experiment."""
        task, solution = self.tasks[found.program.task_id], found.program.solution
        if found.recorded != solution:
            yield Cause.EXTRACTION, task, found.recorded, SETTINGS
        settings = LOOSE if found.ours.outcome is Outcome.TIMEOUT else TIGHT
        if found.ours.outcome in {Outcome.TIMEOUT, Outcome.PASS}:
            yield Cause.TIME_LIMIT, task, solution, settings
        other = self.others.get(task.task_id)
        if other is not None:
            yield Cause.OTHER_TESTS, replace(task, base=other.base, plus=other.plus), solution, SETTINGS
        for atol in (1e-6, 1e-3, 0.0):
            changed = [_with_rule(task.suite(name), atol) for name in SuiteName]
            if changed != [task.base, task.plus]:
                yield Cause.EQUALITY, replace(task, base=changed[0], plus=changed[1]), solution, SETTINGS

    def _passes(self, task: Task, solution: str, suite: SuiteName, settings: VerifyConfig) -> bool | None:
        """Judge a program by a task; ``None`` where the task or the harness does not allow it."""
        program = Program(program_id(task.task_id, solution), task.task_id, solution)
        with Verifier({task.task_id: task}, settings, cache=self.cache) as verifier:
            (verdicts,) = verifier.verify([program])
        outcome = {verdict.suite: verdict.outcome for verdict in verdicts}.get(suite, Outcome.ERROR)
        return None if outcome is Outcome.ERROR else outcome is Outcome.PASS


def _with_rule(suite: Suite, atol: float) -> Suite:
    """Return a suite that compares plainly, within a tolerance."""
    return replace(suite, atol=atol, oracle=None) if isinstance(suite, InputSuite) else suite
