"""Where the CPU time of scoring style goes: each linter, parsing, putting together, and the start of the process.

``python -m tests.benchmarks.style_steps RUN/audit.db [RUBRIC]`` lints the accepted programs of a run in one process, in
batches as the worker does, and adds up the CPU seconds of each step. ruff's are those of its own processes.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from auditor.store import Store
from auditor.style import load_rubric, worker
from auditor.style.linters.interface import LinterSession, ProgramFile, ToolReport
from auditor.style.messages import ProgramMessage
from auditor.style.runner import BATCH, SECONDS, batches

Result = TypeVar("Result")


class Clock:
    """CPU seconds by step, of this process and of its children."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = defaultdict(float)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what happens within to a step."""
        before = used()
        yield
        self.steps[name] += used() - before

    def timed(self, name: str, work: Callable[..., Result]) -> Callable[..., Result]:
        """Return a function that adds its time to a step."""

        def run(*arguments: object) -> Result:
            with self.step(name):
                return work(*arguments)

        return run


def used() -> float:
    """Return the CPU seconds of this process and its children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class TimedSession:
    """A linter's session on a clock."""

    def __init__(self, session: LinterSession, name: str, clock: Clock) -> None:
        self._session, self._name, self._clock = session, name, clock

    def check(self, files: Sequence[ProgramFile]) -> dict[str, ToolReport]:
        """Check files."""
        with self._clock.step(self._name):
            return dict(self._session.check(files))


def main(database: str, rubric: str = "pep8") -> None:
    """Lint and print."""
    clock = Clock()
    with Store(database, create=False) as store:
        prompts = {task.task_id: task.prompt for task in store.tasks()}
        programs = list(store.programs(store.programs_in_scope(accepted_only=True)))
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w") as out:
        with clock.step("start"):
            linting = worker.LintingWorker(load_rubric(rubric), SECONDS, Path(name), out)
            gc.freeze()
            gc.disable()
        start = clock.steps.pop("start")
        linting._sessions = {n: TimedSession(one, n, clock) for n, one in linting._sessions.items()}
        worker.read_source = clock.timed("parsing", worker.read_source)
        worker.judge = clock.timed("putting together", worker.judge)
        before = used()
        for number, batch in enumerate(batches(programs, prompts), 1):
            rows: list[ProgramMessage] = [
                {"program": one.program, "solution": one.solution, "prompt": one.prompt, "skip": {}}
                for one in batch.programs
            ]
            linting.run(rows)
            if number % worker.COLLECT_EVERY == 0:
                with clock.step("collecting garbage"):
                    gc.collect()
                    gc.freeze()
        whole = used() - before
    clock.steps["files and messages"] = whole - sum(clock.steps.values())
    print(f"{len(programs)} programs in batches of {BATCH}: {whole:.1f} CPU-s, "
          f"{1000 * whole / len(programs):.2f} ms each; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"  start of a process: {start:.2f} CPU-s")
    for step, seconds in sorted(clock.steps.items(), key=lambda one: -one[1]):
        print(f"  {step:20} {seconds:7.2f} CPU-s  {1000 * seconds / len(programs):6.2f} ms  {seconds / whole:4.0%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
