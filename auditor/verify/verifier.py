"""Verify programs: form batches, share verdicts of equivalent programs, schedule second runs.

A program whose test exceeds a first, short limit is set aside and runs again after all others, alone and with the full
limit; only that second run decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from auditor.config import VerifyConfig
from auditor.engine import Engine, Session
from auditor.engine.local import LocalEngine
from auditor.errors import SandboxError
from auditor.records import AssertSuite, Outcome, Program, SuiteName, Task, UnittestSuite, Verdict
from auditor.sandbox import SandboxLevel
from auditor.verify import known, levels
from auditor.verify.batch import Batch, Fitness, Judged, Place, Record, Standing, VerifyJob
from auditor.verify.layout import canonical

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)
_NAMES_A_LOCAL = "UnboundLocalError"
BATCH_CHARACTERS = 500_000
"""Total characters of programs after which a batch is closed."""
COMPARED_WIDTH = 32
"""Largest number of workers for which programs are compared by layout. A comparison takes this process 0.3 to 0.7 ms
per program, which would delay a larger number of workers, and saves some 4 % of their work.
"""


class Verifier:
    """Verifies programs of a set of tasks; use as a context manager.

    Entering probes the sandbox and runs a known-good and a known-bad program; it raises
    :class:`~auditor.errors.SandboxError` if the level is below what ``config.sandbox`` requires or if either program
    gets the wrong verdict.
    """

    def __init__(
        self, tasks: Mapping[str, Task], config: VerifyConfig, *, level: SandboxLevel | None = None,
        cache: Path | Literal["user"] | None = None,
        engine: Engine | None = None, benchmark: str = "",
    ) -> None:  # fmt: skip
        """Prepare for ``tasks`` by id.

        ``level`` forces a level of confinement instead of the best. ``cache`` is a folder that keeps reference outputs
        (``user``: the user's own, on whichever machine the work runs); without one, every reference runs. ``engine``
        says where the work runs, by default on ``config.workers`` cores of this machine. ``benchmark`` is the digest of
        the tasks' benchmark: the references of some published ones are known to pass and run only when needed.
        """
        self.tasks = tasks
        self.config = config
        self.reference_seconds: dict[str, float] = {}
        """Task id → CPU seconds of its reference on both suites, once :meth:`check_references` has run."""
        self.in_process: dict[str, Mapping[SuiteName, str]] = {}
        """Task id → its suites that run in the solution's process without asking for it, with what failed when run
        apart.
        """
        self.apart_only: dict[str, Mapping[SuiteName, str]] = {}
        """Task id → its suites that the reference passes only apart from them, with what fails in one process."""
        requires = tuple(dict.fromkeys(one for task in tasks.values() for one in task.requires))
        self._job = VerifyJob(
            config, levels.acceptable(config.sandbox, level), cache, requires, _modules_named(tasks.values()), benchmark
        )
        self._engine: Engine = engine or LocalEngine(config.workers)
        self._session: Session[Batch, Record, Place] | None = None
        self.level = self._job.levels[0]
        """The level of confinement in effect; if sites differ, the lowest. Certain only once entered."""

    def __enter__(self) -> Self:
        self._session = self._engine.start(self._job)
        self.level = max((site.level for site in self._session.sites), key=lambda level: level.rank)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every fork server and child."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    @property
    def place(self) -> Place:
        """Return where programs run: the machine, or the first of several."""
        return self._opened.sites[0]

    @property
    def _opened(self) -> Session[Batch, Record, Place]:
        if self._session is None:
            raise SandboxError("the verifier is not open", remedy="use it in a with statement")
        return self._session

    def check_references(
        self, progress: Callable[[int], None] | None = None, *, only: Iterable[str] | None = None
    ) -> dict[str, str]:
        """Run every reference, or those of some tasks, on both suites; return task id → why it is unfit.

        Also measures the time limits and stores the expected outputs; :attr:`reference_seconds` then holds each
        reference's time. ``progress`` is called with 1 for each finished task. If all references are known to pass,
        none runs until a program needs its outputs.
        """
        unfit: dict[str, str] = {}
        if all(known.are_fit(self._job.benchmark, site.python) for site in self._opened.sites):
            if progress is not None:
                progress(len(self.tasks) if only is None else len([*only]))
            return unfit
        chosen = self.tasks.values() if only is None else (self.tasks[task_id] for task_id in only)
        for record in self._opened.map(map(Batch, chosen)):
            if isinstance(record, Fitness):
                self.reference_seconds[record.task_id] = record.seconds
                if record.in_process:
                    self.in_process[record.task_id] = record.in_process
                if record.apart_only:
                    self.apart_only[record.task_id] = record.apart_only
                if record.reason:
                    unfit[record.task_id] = record.reason
            if progress is not None:
                progress(1)
        return {task_id: unfit[task_id] for task_id in self.tasks if task_id in unfit}

    def verify(
        self, programs: Iterable[Program], *, suites_done: Mapping[str, Mapping[SuiteName, Outcome]] | None = None
    ) -> Iterator[list[Verdict]]:
        """Stream the verdicts of programs, one list per program, as they finish.

        Pass each program once, and those of one task together. A list holds base and, if it ran, plus.
        ``suites_done`` holds known outcomes by program id; those suites do not run again. Programs of unfit or unknown
        tasks give harness errors, never failures. Programs that differ only in layout run once and share the verdict,
        unless there are more than COMPARED_WIDTH workers.
        """
        session = self._opened
        queue = _Queue(self.tasks, suites_done or {}, session.batch_size, compare=session.width <= COMPARED_WIDTH)
        for record in session.map(queue.batches(programs)):
            yield from queue.take(record)
        yield from queue.take_ready()
        while again := queue.take_aside():  # again if plus times out, too
            for record in session.map(again, alone=True):
                yield from queue.take(record)


def _modules_named(tasks: Iterable[Task]) -> tuple[str, ...]:
    """List the modules that references, preludes and tests import, from packages or elsewhere."""
    named: dict[str, None] = {}
    for task in tasks:
        suites = (task.suite(name) for name in SuiteName)
        tests = (suite.source for suite in suites if isinstance(suite, AssertSuite | UnittestSuite))
        for source in (task.reference, task.prelude, *tests):
            named |= dict.fromkeys(_IMPORT.findall(source))
    return tuple(named)


@dataclass(slots=True)
class _Leader:
    """A program that runs for itself and for equivalent programs."""

    task: Task
    standing: Standing
    verdicts: list[Verdict] = field(default_factory=list)
    followers: list[Program] = field(default_factory=list)
    is_settled: bool = False

    @property
    def names_a_local(self) -> bool:
        """Return whether a verdict names a local variable, which may have another name in an equivalent program."""
        texts = ((verdict.detail, verdict.failing.got if verdict.failing else "") for verdict in self.verdicts)
        return any(_NAMES_A_LOCAL in text for pair in texts for text in pair)

    def verdicts_of(self, program: Program) -> list[Verdict]:
        """Return the verdicts as another program's."""
        return [replace(verdict, program=program.program) for verdict in self.verdicts]


class _Queue:
    """Queue that forms batches of programs, and turns their results into verdicts of all programs."""

    def __init__(
        self, tasks: Mapping[str, Task], done: Mapping[str, Mapping[SuiteName, Outcome]], batch_size: int, *,
        compare: bool,
    ) -> None:  # fmt: skip
        self._tasks = tasks
        self._done = done
        self._batch_size = batch_size
        self._compare = compare
        """Whether to look for programs that differ only in layout."""
        self._tickets = 0
        self._running: dict[int, _Leader] = {}
        self._aside: list[_Leader] = []
        self._ready: list[list[Verdict]] = []

    def batches(self, programs: Iterable[Program]) -> Iterator[Batch]:
        """Yield what must run; a program equivalent to an earlier one is attached to it."""
        task: Task | None = None
        waiting: list[Standing] = []
        leaders = dict[tuple[str, frozenset[object]], _Leader]()
        size = 0
        for program in programs:
            if task is None or program.task_id != task.task_id:
                if task is not None and waiting:
                    yield Batch(task, tuple(waiting))
                task, waiting, leaders, size = self._tasks.get(program.task_id), [], {}, 0
            if task is None:
                self._ready.append([_of_no_task(program)])
                continue
            leader = self._join(task, program, leaders)
            if leader is not None:
                waiting.append(leader.standing)
                size += len(program.solution)
            if len(waiting) == self._batch_size or size > BATCH_CHARACTERS:
                yield Batch(task, tuple(waiting))
                waiting, size = [], 0
        if task is not None and waiting:
            yield Batch(task, tuple(waiting))

    def _join(
        self, task: Task, program: Program, leaders: dict[tuple[str, frozenset[object]], _Leader]
    ) -> _Leader | None:
        """Return a leader for a program that must run; ``None`` if another runs for it."""
        outcomes = self._known(program)
        form = canonical(program.solution) if self._compare else None
        key = (form or "", frozenset(outcomes.items()))
        found = leaders.get(key) if form is not None else None
        if found is not None and not (found.is_settled and found.names_a_local):
            if found.is_settled:
                self._ready.append(found.verdicts_of(program))
            else:
                found.followers.append(program)
            return None
        leader = self._lead(task, program, outcomes)
        if form is not None:
            leaders[key] = leader
        return leader

    def _lead(self, task: Task, program: Program, outcomes: Mapping[SuiteName, Outcome]) -> _Leader:
        self._tickets += 1
        self._running[self._tickets] = leader = _Leader(task, Standing(self._tickets, program, outcomes))
        return leader

    def _known(self, program: Program) -> dict[SuiteName, Outcome]:
        return dict(self._done.get(program.program, {}))

    def take(self, record: Record) -> Iterator[list[Verdict]]:
        """Process a result; yield the verdicts of the programs that it settles."""
        yield from self.take_ready()
        if not isinstance(record, Judged):
            return
        leader = self._running.pop(record.ticket)
        leader.verdicts += record.verdicts
        if record.stopped is not None:
            reached = {verdict.suite: verdict.outcome for verdict in record.verdicts}
            leader.standing = replace(
                leader.standing,
                outcomes={**leader.standing.outcomes, **reached},
                stopped=record.stopped,
                results=record.results,
            )
            self._aside.append(leader)
            return
        leader.is_settled = True
        yield leader.verdicts
        if leader.names_a_local:
            self._aside += [self._lead(leader.task, program, self._known(program)) for program in leader.followers]
            return
        for program in leader.followers:
            yield leader.verdicts_of(program)

    def take_ready(self) -> Iterator[list[Verdict]]:
        """Yield the verdicts of programs for which nothing had to run."""
        ready, self._ready = self._ready, []
        yield from ready

    def take_aside(self) -> list[Batch]:
        """Return the pending second runs and programs set aside, each as its own batch."""
        aside, self._aside = self._aside, []
        self._running.update({leader.standing.ticket: leader for leader in aside})
        return [Batch(leader.task, (leader.standing,)) for leader in aside]


def _of_no_task(program: Program) -> Verdict:
    detail = f"no such task: {program.task_id}"
    return Verdict(program.program, SuiteName.BASE, Outcome.ERROR, 0, b"", detail=detail)
