"""From programs to verdicts: workers, order, second runs.

Each worker is a thread with fork servers of its own; the threads mostly wait, the children do the
work. A program whose test outlasts a first, short limit is put aside and runs again when all others
are done, alone and with the full limit; only that second run decides.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.records import Outcome, Program, SuiteName, Task, Verdict
from auditor.verify import levels, probe
from auditor.verify.cache import Cache
from auditor.verify.case import Case, Unsettled
from auditor.verify.library import Library, UnfitError
from auditor.verify.runner import Runner
from auditor.verify.server import ZygoteDiedError
from auditor.verify.twins import canonical

T = TypeVar("T")
Item = TypeVar("Item")
_IN_FLIGHT = 4
"""Programs handed to the workers ahead, for each worker."""


@dataclass(slots=True)
class Progress:
    """How far a program has come."""

    program: Program
    outcomes: dict[SuiteName, Outcome]
    """Of the suites that are done, in this run or before it."""
    verdicts: list[Verdict] = field(default_factory=list)
    """Those of this run."""
    stopped: SuiteName | None = None
    """The suite on which a first run was out of time: the next run is the second, alone."""
    results: bytes = b""
    """What that first run has shown, test by test."""
    twins: list[Program] = field(default_factory=list)
    """Programs that wait for this one's verdicts, which will be theirs."""
    settled: bool = False
    """The verdicts are out."""

    @property
    def accepted(self) -> bool:
        """Whether it passes base."""
        return self.outcomes.get(SuiteName.BASE) is Outcome.PASS

    def settle(self) -> Iterator[list[Verdict]]:
        """Yield the verdicts, its own and those of its twins so far."""
        self.settled = True
        yield self.verdicts
        for twin in self.twins:
            yield self.of_twin(twin).verdicts

    def of_twin(self, twin: Program) -> Progress:
        """Return what came of a twin, now that it is known."""
        verdicts = [replace(verdict, program=twin.program) for verdict in self.verdicts]
        return Progress(twin, self.outcomes, verdicts, settled=True)


class Verifier:
    """Verifies programs of a set of tasks; use as a context manager.

    Entering probes the sandbox and runs a known-good and a known-bad program; it raises
    :class:`~auditor.errors.SandboxError` where the level is below what ``config.sandbox`` asks for
    or where either program comes out wrong.
    """

    def __init__(
        self, tasks: Mapping[str, Task], config: VerifyConfig, *, level: str | None = None, cache: Path | None = None
    ) -> None:
        """Prepare for ``tasks`` by id.

        ``level`` forces a level of confinement instead of the best. ``cache`` is a folder where what
        references gave outlives the verifier; without one, every reference runs.
        """
        self.tasks = tasks
        self.config = config
        self.workers = config.workers or os.cpu_count() or 1
        self._levels = levels.acceptable(config.sandbox, level)
        self.level = self._levels[0]
        self._plans = levels.Plans(self.level, config)
        self._cache = Cache(cache)
        self._library = Library(tasks, config, self._cache)
        self._local = threading.local()
        self._runners: list[Runner] = []
        self._guard = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="verify")
        try:
            self._submit(self._choose_level).result()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every fork server and child."""
        with self._guard:  # from here on no thread gets a runner
            pool, self._pool = self._pool, None
        for runner in self._runners:
            runner.stop()
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        for runner in self._runners:
            runner.close()
        self._cache.close()

    def check_references(self, progress: Callable[[int], None] | None = None) -> dict[str, str]:
        """Run every reference on both suites; returns task id → why it is unfit, for those that fail.

        Also measures the time limits and keeps the expected outputs. ``progress`` is called with 1
        for each task done.
        """
        unfit: dict[str, str] = {}
        for task_id, reason in self._map(self._check_reference, self.tasks):
            if reason:
                unfit[task_id] = reason
            if progress is not None:
                progress(1)
        return {task_id: unfit[task_id] for task_id in self.tasks if task_id in unfit}

    def verify(
        self, programs: Iterable[Program], *, suites_done: Mapping[str, Mapping[SuiteName, Outcome]] | None = None
    ) -> Iterator[list[Verdict]]:
        """Stream the verdicts of programs, one list a program, as they are done.

        Give each program once, those of one task together. A list holds base and, where it ran, plus.
        ``suites_done`` names outcomes that are known already by program id; those suites do not run
        again. Programs of tasks that are unfit or unknown come out as errors, never as failures.
        Of programs of a task that differ in layout only, the first runs, for all of them.
        """
        aside: list[Progress] = []
        for progress in self._map(self._go_on, _begin(programs, suites_done or {})):
            if progress.stopped is None:
                yield from progress.settle()
            else:
                aside.append(progress)
        while aside:  # once more where plus is out of time too
            again, aside = aside, []
            for progress in self._map(self._go_on, again, at_once=max(1, self.workers // 2)):
                if progress.stopped is None:
                    yield from progress.settle()
                else:
                    aside.append(progress)

    # workers ------------------------------------------------------------------------------------

    def _runner(self) -> Runner:
        """Return this thread's runner."""
        runner: Runner | None = getattr(self._local, "runner", None)
        if runner is None:
            with self._guard:
                if self._pool is None:
                    raise ZygoteDiedError("closed")
                runner = self._plans.runner(len(self._runners))
                self._runners.append(runner)
            self._local.runner = runner
        return runner

    def _submit(self, work: Callable[..., T], *arguments: Any) -> Future[T]:
        if self._pool is None:
            raise SandboxError("the verifier is not open", remedy="use it in a with statement")
        return self._pool.submit(work, *arguments)

    def _map(self, work: Callable[[Item], T], items: Iterable[Item], *, at_once: int | None = None) -> Iterator[T]:
        """Run ``work`` on items in the workers, a few ahead, and yield the results as they are done."""
        ahead = at_once or self.workers * _IN_FLIGHT
        running: set[Future[T]] = set()
        for item in items:
            running.add(self._submit(work, item))
            if len(running) >= ahead:
                yield from _done(running)
        while running:
            yield from _done(running)

    def _choose_level(self) -> None:
        """Take the best level that keeps its promises; raises what the best one lacks where none does."""
        problems: list[SandboxError] = []
        for level in self._levels:
            self.level, self._plans = level, levels.Plans(level, self.config)
            runner = self._plans.runner(0)
            try:
                probe.prove(runner, level)
                return
            except SandboxError as problem:
                problems.append(problem)
            finally:
                runner.close()
        raise problems[0]

    def _check_reference(self, task_id: str) -> tuple[str, str]:
        """Return a task and why it is unfit; an empty reason where it is not."""
        for name in SuiteName:
            try:
                self._library.get(task_id, name, self._runner())
            except UnfitError as reason:
                return task_id, str(reason)
            except ZygoteDiedError as reason:
                raise SandboxError(f"the fork server dies on the reference of {task_id}: {reason}") from None
        return task_id, ""

    # one program --------------------------------------------------------------------------------

    def _go_on(self, progress: Progress) -> Progress:
        """Judge a program on the suites that remain, until a first run of one is out of time."""
        if progress.settled:  # by its twin
            return progress
        for name in SuiteName:
            if name in progress.outcomes:
                continue
            if name is SuiteName.PLUS and self.config.oracle_for == "accepted" and not progress.accepted:
                continue
            verdict = self._suite(progress, name)
            if isinstance(verdict, Unsettled):
                progress.stopped, progress.results = name, verdict.results
                return progress
            progress.verdicts.append(verdict)
            progress.outcomes[name] = verdict.outcome
        progress.stopped = None
        return progress

    def _suite(self, progress: Progress, name: SuiteName) -> Verdict | Unsettled:
        """Judge a program on one suite.

        The second run starts with the largest input: what takes ever longer shows it there at once.
        """
        program, alone = progress.program, progress.stopped is name
        task = self.tasks.get(program.task_id)
        if task is None:
            return self._error(program, name, 0, f"no such task: {program.task_id}")
        try:
            runner = self._runner()
            prepared = self._library.get(program.task_id, name, runner, backwards=alone)
            stop = self.config.per_test == "none" or (self.config.per_test == "base" and name is SuiteName.PLUS)
            known = progress.results if alone else b""
            return Case(runner, program, task, name, prepared, stop, known).judge(alone=alone)
        except UnfitError as reason:
            return self._error(program, name, len(task.suite(name)), f"the task is unfit: {reason}")
        except ZygoteDiedError as reason:
            if self._pool is None:
                raise
            return self._error(program, name, len(task.suite(name)), f"the fork server died again and again: {reason}")

    def _error(self, program: Program, name: SuiteName, tests: int, detail: str) -> Verdict:
        return Verdict(program.program, name, Outcome.ERROR, tests, b"", detail=detail, sandbox=self.level)


def _begin(programs: Iterable[Program], known: Mapping[str, Mapping[SuiteName, Outcome]]) -> Iterator[Progress]:
    """Yield what is to run; a twin of a program that runs already is hung on to it."""
    task_id, leaders = "", dict[tuple[str, frozenset[Any]], Progress]()
    for program in programs:
        progress = Progress(program, dict(known.get(program.program, {})))
        if program.task_id != task_id:
            task_id, leaders = program.task_id, {}
        form = canonical(program.solution)
        if form is None:
            yield progress
            continue
        leader = leaders.setdefault((form, frozenset(progress.outcomes.items())), progress)
        if leader is progress:
            yield progress
        elif leader.settled:
            yield leader.of_twin(program)
        else:
            leader.twins.append(program)


def _done(running: set[Future[T]]) -> list[T]:
    """Take out what is done, waiting for at least one."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    running -= done
    return [future.result() for future in done]
