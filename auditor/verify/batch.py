"""The unit of verification: one task with some of its programs, judged on any machine with a sandbox.

Batches and their results are plain records, so that they can be sent to other machines. Limits are calibrated where the
batch runs: the reference and the programs share a machine.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from auditor.caches import cache_folder
from auditor.config import PerTest, ProgramScope, VerifyConfig
from auditor.errors import ConfigError, SandboxError
from auditor.records import InputSuite, Outcome, Program, StdinSuite, SuiteName, Task, Verdict
from auditor.sandbox import SandboxLevel
from auditor.verify import environment, known, levels, probe
from auditor.verify.cache import Cache
from auditor.verify.environment import Environment
from auditor.verify.kinds.base import Prepared, Trial, UnfitError, Unsettled, Workshop, verdict_of
from auditor.verify.kinds.script import PreparedScript
from auditor.verify.kinds.tests import PreparedTests
from auditor.verify.library import Library
from auditor.verify.limits import Limits
from auditor.verify.runner import Runner
from auditor.verify.server import ZygoteDiedError
from auditor.verify.syntax import version_needed
from auditor.verify.turns import Turns, lacked_threads


@dataclass(frozen=True, slots=True)
class Standing:
    """A program to judge, with what is already known about it."""

    ticket: int
    """Name of its result."""
    program: Program
    outcomes: Mapping[SuiteName, Outcome] = field(default_factory=dict)
    """Outcomes of the suites that need not run."""
    stopped: SuiteName | None = None
    """The suite on which a first run timed out; this is the second run, alone."""
    results: bytes = b""
    """Results of that first run, test by test."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One task and some of its programs; without programs, the task's references are checked."""

    task: Task
    programs: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether a task's reference passes both of its suites."""

    task_id: str
    reason: str
    """The reason why not; empty if it does."""
    seconds: float = 0.0
    """CPU seconds of the reference on both suites, as far as measured."""
    in_process: Mapping[SuiteName, str] = field(default_factory=dict)
    """Suites that run in the solution's process without asking for it, and what failed when run apart."""
    apart_only: Mapping[SuiteName, str] = field(default_factory=dict)
    """Suites that do not hold in one process, and what the reference fails there: sharing is not checked by them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of one program of a batch."""

    ticket: int
    verdicts: tuple[Verdict, ...]
    """Verdicts that this batch has reached."""
    stopped: SuiteName | None = None
    """The suite on which a first run timed out; a second run, alone, must decide."""
    results: bytes = b""
    """Results of that first run, test by test."""


Record = Fitness | Judged


@dataclass(frozen=True, slots=True)
class Place:
    """A place where programs are judged."""

    level: SandboxLevel
    """The level of confinement in effect."""
    host: str
    """The machine's name."""
    environment: str
    """Digest over interpreter and packages."""
    python: str
    """The interpreter's version."""
    packages: Mapping[str, str]
    """Package that programs may import → version."""


@dataclass(frozen=True, slots=True)
class VerifyJob:
    """Set-up for batches."""

    config: VerifyConfig
    levels: tuple[SandboxLevel, ...]
    """Levels of confinement to try, best first."""
    cache: Path | Literal["user"] | None
    """Folder that keeps reference outputs; ``user``: that of the user who opens the job; ``None``: none."""
    requires: tuple[str, ...] = ()
    """Packages that the tasks require."""
    named: tuple[str, ...] = ()
    """Modules that the tasks' own sources import."""
    benchmark: str = ""
    """Digest of the tasks' benchmark; empty if unknown."""

    @property
    def shared(self) -> tuple[type, ...]:
        """Prepared tasks kept in memory; their suites are large."""
        return (Task,)

    def split(self, item: Batch) -> Sequence[Batch]:
        """Halve the programs of a batch."""
        middle = len(item.programs) // 2
        if not middle:
            return (item,)
        return replace(item, programs=item.programs[:middle]), replace(item, programs=item.programs[middle:])

    def rest(self, item: Batch, records: Sequence[Record]) -> Batch | None:
        """Return a batch of the programs without a record."""
        done = {record.ticket for record in records if isinstance(record, Judged)}
        left = tuple(standing for standing in item.programs if standing.ticket not in done)
        return replace(item, programs=left) if left else None

    def give_up(self, item: Batch, reason: str) -> Iterator[Record]:
        """Return harness errors for a batch or, if its references were to be checked, that the task is unfit."""
        if not item.programs:
            yield Fitness(item.task.task_id, reason)
        for standing in item.programs:
            name = next(name for name in SuiteName if name not in standing.outcomes)
            tests = len(item.task.suite(name))
            verdict = Verdict(standing.program.program, name, Outcome.ERROR, tests, b"", detail=reason)
            yield Judged(standing.ticket, (verdict,))

    def open(self) -> VerifySite:
        """Choose the best level that works on this machine.

        Raises :class:`~auditor.errors.SandboxError` with what the best one lacks if none works.
        """
        problems: list[SandboxError] = []
        found = environment.find(self.config.python, (*self.config.packages, *self.requires))
        if reason := found.lacks(self.config.packages):
            raise ConfigError(reason, where="[verify] packages", remedy="correct the list, or install it there")
        for level in self.levels:
            plans = levels.Plans(level, self.config, found, self.named)
            runner = plans.runner(0)
            try:
                probe.prove(runner, level)
                place = Place(level, socket.gethostname(), found.digest, found.interpreter.version, found.versions)
                cache = cache_folder() if self.cache == "user" else self.cache
                known_fit = known.are_fit(self.benchmark, place.python)
                return VerifySite(place, plans, self.config, Cache(cache, found.digest), known_fit)
            except SandboxError as problem:
                problems.append(problem)
            finally:
                runner.close()
        raise problems[0]


@dataclass(frozen=True, slots=True)
class VerifySite:
    """State shared by the workers of one process."""

    place: Place
    """This machine, as named in verdicts."""
    plans: levels.Plans
    config: VerifyConfig
    cache: Cache
    known_fit: bool = False
    """Whether every reference is known to pass here."""
    library: Library = field(default_factory=Library)
    turns: Turns = field(default_factory=Turns)
    """Second runs; one that could not start its threads runs once more with no other next to it."""

    @property
    def about(self) -> Place:
        """Return this site."""
        return self.place

    @property
    def environment(self) -> str:
        """Digest over interpreter and packages."""
        return self.place.environment

    def worker(self, number: int) -> VerifyWorker:
        """Create the worker with that number."""
        return VerifyWorker(self, self.plans.runner(number))

    def close(self) -> None:
        """Release temporary resources."""
        self.cache.close()


class VerifyWorker:
    """Judge of batches, with its own fork servers."""

    def __init__(self, site: VerifySite, runner: Runner) -> None:
        self.runner = runner
        self._site = site
        self._workshop = Workshop(runner, site.cache, site.config, site.known_fit)

    def run(self, batch: Batch) -> Iterator[Record]:
        """Judge a batch's programs, one after the other."""
        if not batch.programs:
            yield self._check_reference(batch.task)
        for standing in batch.programs:
            yield self._judge(batch.task, standing)

    def stop(self) -> None:
        """End its fork servers, from any thread."""
        self.runner.stop()

    def close(self) -> None:
        """End its fork servers and release their resources."""
        self.runner.close()

    def _check_reference(self, task: Task) -> Fitness:
        seconds = 0.0
        in_process, apart_only = dict[SuiteName, str](), dict[SuiteName, str]()
        for name in SuiteName:
            try:
                self._provide(task)
                prepared = self._site.library.get(task, name, self._workshop)
                seconds += _seconds_of(prepared)
                if isinstance(prepared, PreparedTests) and prepared.why_in_process:
                    in_process[name] = prepared.why_in_process
                if isinstance(prepared, PreparedTests | PreparedScript) and prepared.why_apart:
                    apart_only[name] = prepared.why_apart
            except UnfitError as reason:
                return Fitness(task.task_id, str(reason))
            except ZygoteDiedError as reason:
                raise SandboxError(f"the fork server dies on the reference of {task.task_id}: {reason}") from None
        why = self._why_unfit_by_right(task) or self._why_unfit_by_wrong(task)
        return Fitness(task.task_id, why, seconds, in_process, apart_only)

    @property
    def _environment(self) -> Environment:
        return self._site.plans.environment

    def _unless_newer(self, program: Program, verdict: Verdict) -> Verdict:
        """Make it a harness error if a program is refused for syntax that the Python here does not know yet."""
        if verdict.outcome is not Outcome.INVALID or not verdict.detail.startswith("SyntaxError"):
            return verdict
        interpreter = self._environment.interpreter
        needed = version_needed(program.solution, interpreter.numbers)
        if not needed:
            return verdict
        detail = f"is written for Python {needed}, and runs with {interpreter.version}: set a newer [verify] python"
        return replace(verdict, outcome=Outcome.ERROR, detail=detail)

    def _provide(self, task: Task) -> None:
        """Provide what a task needs: packages, and a folder for files.

        Raises :class:`~auditor.verify.kinds.base.UnfitError` if this machine does not have it.
        """
        if reason := self._environment.lacks(task.requires):
            raise UnfitError(f"{reason}: install it, or name a Python that has it in [verify] python")
        if task.files_mb and self.runner.level is SandboxLevel.SECCOMP:
            raise UnfitError("its solutions write files, which takes Landlock: run it on Linux 5.13 or later with that")
        self.runner.files_mb = task.files_mb

    def _why_unfit_by_right(self, task: Task) -> str:
        """Run the programs known to be right; one that fails a suite makes the task unfit."""
        for number, source in enumerate(task.known_right, 1):
            program = Program.of(task.task_id, source)
            for name in SuiteName:
                suite = task.suite(name)
                if isinstance(suite, StdinSuite) or (isinstance(suite, InputSuite) and not task.reference):
                    continue  # preparation has run them
                verdict = self._try(task, Standing(0, program, stopped=name), name)
                outcome = Outcome.TIMEOUT if isinstance(verdict, Unsettled) else verdict.outcome
                if outcome is not Outcome.PASS:
                    return f"program {number} of those known to be right does not pass {name}: {outcome}"
        return ""

    def _why_unfit_by_wrong(self, task: Task) -> str:
        """Run the programs known to be wrong; one that passes both suites makes the task unfit."""
        for number, source in enumerate(task.known_wrong, 1):
            program = Program.of(task.task_id, source)
            for name in SuiteName:
                verdict = self._try(task, Standing(0, program, stopped=name), name)
                if isinstance(verdict, Unsettled) or verdict.outcome is not Outcome.PASS:
                    break
            else:
                return f"program {number} of those known to be wrong passes both suites"
        return ""

    def _judge(self, task: Task, standing: Standing) -> Judged:
        """Judge a program on the remaining suites, until a first run of one times out."""
        outcomes, verdicts = dict(standing.outcomes), list[Verdict]()
        for name in SuiteName:
            if name in outcomes:
                continue
            accepted = outcomes.get(SuiteName.BASE) is Outcome.PASS
            if name is SuiteName.PLUS and self._site.config.oracle_for is ProgramScope.ACCEPTED and not accepted:
                continue
            verdict = self._try(task, standing, name)
            if isinstance(verdict, Unsettled):
                return Judged(standing.ticket, tuple(verdicts), name, verdict.results)
            place = self._site.place
            verdict = self._unless_newer(standing.program, verdict)
            verdicts.append(replace(verdict, host=place.host, environment=place.environment))
            outcomes[name] = verdict.outcome
        return Judged(standing.ticket, tuple(verdicts))

    def _try(self, task: Task, standing: Standing, name: SuiteName) -> Verdict | Unsettled:
        """Judge a program on one suite."""
        per_test, alone = self._site.config.per_test, standing.stopped is name
        stop = per_test is PerTest.NONE or (per_test is PerTest.BASE and name is SuiteName.PLUS)
        trial = Trial(standing.program, task, name, stop, alone, standing.results if alone else b"")
        try:
            self._provide(task)
            prepared = self._site.library.get(task, name, self._workshop, second=alone)
            return self._judge_apart(prepared, trial)
        except UnfitError as reason:
            detail = f"the task is unfit: {reason}"
        except ZygoteDiedError as reason:
            if self.runner.is_closed:
                raise
            detail = f"the fork server kept dying: {reason}"
        tests = len(task.suite(name))
        return verdict_of(trial, Outcome.ERROR, tests=tests, level=self._site.place.level, detail=detail)

    def _judge_apart(self, prepared: Prepared, trial: Trial) -> Verdict | Unsettled:
        """Judge a program; one that could not start its threads is retried, if necessary with no other next to it."""
        if not trial.alone:
            verdict = prepared.judge(trial, self.runner)
            starved = isinstance(verdict, Verdict) and lacked_threads(verdict)
            return Unsettled(b"") if starved else verdict
        with self._site.turns.together():
            verdict = prepared.judge(trial, self.runner)
        if isinstance(verdict, Verdict) and lacked_threads(verdict):
            with self._site.turns.by_itself():
                return prepared.judge(trial, self.runner)
        return verdict


def _seconds_of(suite: object) -> float:
    """Return the reference's total CPU seconds on a prepared suite; 0 if its kind measures none."""
    limits = getattr(suite, "limits", None)
    return sum(limits.tests) if isinstance(limits, Limits) else 0.0
