"""Style of many programs: batches that an engine hands to worker processes; results in order.

A worker that dies over a program (out of time, memory or stack) has said which program and which step
it was at; that step is left out for that program, the rest of the batch goes to a new worker, and the
result names what gave no answer. So nothing a candidate writes can end or stall a run.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from auditor.engine import Engine
from auditor.engine.local import LocalEngine
from auditor.errors import AuditorError
from auditor.records import Program, StyleResult
from auditor.style.messages import read_result, rubric_row
from auditor.style.rubric import Rubric

BATCH = 40
"""Programs a batch: enough to spread ruff's start, few enough to keep all workers busy."""
BATCHES_A_WORKER = 100
"""After so many batches a worker is replaced, since pylint grows: by some 15 MB in a thousand programs."""
SECONDS = 20.0
"""CPU time that one step on one program may take; pylint needs some 0.01."""

IDLE_DEATHS = 3
"""Workers in a row that may die before they turn to a program, e.g. killed from outside."""

_BETWEEN = ("", "between programs")
_START = "import sys; sys.path[:] = sys.argv[1:]; from auditor.style.worker import main; main()"


def score_programs(
    programs: Iterable[Program],
    prompts: Mapping[str, str],
    rubric: Rubric,
    *,
    workers: int = 0,
    seconds: float = SECONDS,
    engine: Engine | None = None,
) -> Iterator[StyleResult]:
    """Lint programs under a rubric and yield one result each, in the order given.

    ``prompts`` are by task id; a task without one has every line charged to the model. ``engine`` says where
    the work runs, by default on ``workers`` cores of this machine (0: one a core). ``seconds`` bounds the CPU
    time of one tool on one program. Programs are read as they are needed, two batches ahead for each worker.
    """
    batches = (
        StyleBatch(number, tuple(_row(program, prompts) for program in batch))
        for number, batch in enumerate(_batches(programs))
    )
    early: dict[int, ScoredBatch] = {}
    due = 0
    with (engine or LocalEngine(workers)).start(StyleJob(rubric, seconds)) as session:
        for scored in session.map(batches):
            early[scored.number] = scored
            while due in early:
                yield from early.pop(due).results
                due += 1


def _batches(programs: Iterable[Program]) -> Iterator[list[Program]]:
    stream = iter(programs)
    while batch := list(itertools.islice(stream, BATCH)):
        yield batch


def _row(program: Program, prompts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "program": program.program,
        "solution": program.solution,
        "prompt": prompts.get(program.task_id, ""),
    }


class WorkerDied(Exception):  # noqa: N818 - what happened, handled here
    """A worker ended, or was ended, at a step on a program."""

    def __init__(self, program: str, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.program = program
        self.step = step
        self.why = why


@dataclass(frozen=True, slots=True)
class StyleBatch:
    """Some programs: the unit of style."""

    number: int
    rows: tuple[dict[str, Any], ...]
    """Programs with their prompts, as a worker process reads them."""


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """What came of a batch."""

    number: int
    results: list[StyleResult]
    """One for each program, in the order of the batch."""


@dataclass(frozen=True, slots=True)
class StyleJob:
    """How to set up for batches, in any process."""

    rubric: Rubric
    seconds: float
    """CPU time that one step on one program may take."""

    @property
    def about(self) -> None:
        """There is nothing to know of a process that lints."""

    def open(self) -> StyleJob:
        """Workers share nothing but the job itself."""
        return self

    def worker(self, _number: int) -> StyleWorker:
        """Make a worker."""
        return StyleWorker(self.rubric, self.seconds)

    def close(self) -> None:
        """Nothing is shared."""


class StyleWorker:
    """Lints one batch after another in a process of its own, which is replaced when it dies or has grown."""

    def __init__(self, rubric: Rubric, seconds: float) -> None:
        self._setup = {"seconds": seconds, "rubric": rubric_row(rubric)}
        self._seconds = seconds
        self._own: _Process | None = None
        self._is_stopped = False

    def run(self, batch: StyleBatch) -> Iterator[ScoredBatch]:
        """Lint one batch, going round what kills a worker."""
        yield ScoredBatch(batch.number, self._results([{**row, "skip": {}} for row in batch.rows]))

    def _results(self, rows: list[dict[str, Any]]) -> list[StyleResult]:
        tries = 0
        while True:
            process = self._process()
            if self._is_stopped:  # looked at last: stop() may have come while the process started
                raise WorkerDied(*_BETWEEN, "called off")
            try:
                return process.run(rows)
            except WorkerDied as death:
                self._retire(process)
                if self._is_stopped:
                    raise
                if (death.program, death.step) == _BETWEEN and tries < IDLE_DEATHS:
                    tries += 1  # it died before it turned to any of these: no program is to blame
                    continue
                culprit = next((row for row in rows if row["program"] == death.program), None)
                if culprit is None or death.step in culprit["skip"]:
                    raise AuditorError(
                        f"the style worker cannot work: {death}", remedy="check the memory and the disk of this machine"
                    ) from None
                culprit["skip"][death.step] = death.why
            finally:
                if process.batches >= BATCHES_A_WORKER:
                    self._retire(process)

    def _process(self) -> _Process:
        if self._own is None:
            self._own = _Process(self._setup, self._seconds)
        return self._own

    def _retire(self, process: _Process) -> None:
        process.close()
        self._own = None

    def stop(self) -> None:
        """End the work under way, from any thread."""
        self._is_stopped = True
        process = self._own
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process."""
        if self._own is not None:
            self._own.close()


class _Process:
    """A worker and the pipe to it."""

    def __init__(self, setup: dict[str, Any], seconds: float) -> None:
        self.batches = 0
        self._seconds = seconds
        self._at = _BETWEEN
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        # no secrets, no settings of the user's: linters read the environment
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        self._home = tempfile.TemporaryDirectory(prefix="auditor-style-")
        environment |= {"HOME": self._home.name, "PYLINTHOME": self._home.name, "TMPDIR": self._home.name}
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-s", "-P", "-c", _START, *_paths()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment, cwd=self._home.name,
            process_group=0,  # Ctrl-C is for us to handle: a worker must not die of it in the middle of a program
        )  # fmt: skip
        self._buffer = b""
        self._setup = {**setup, "folder": self._home.name}

    def run(self, rows: list[dict[str, Any]]) -> list[StyleResult]:
        """Lint one batch; raises :class:`WorkerDied`."""
        self.batches += 1
        self._at = _BETWEEN
        if self.batches == 1:
            self._send(self._setup)
        self._send(rows)
        while True:
            row = self._read()
            if "error" in row:
                raise AuditorError(f"style cannot be scored: {row['error']}", remedy="free the disk and run it again")
            if "results" in row:
                return [read_result(result) for result in row["results"]]
            self._at = tuple(row["at"])

    def _send(self, row: Any) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(row).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._death("") from None

    def _read(self) -> dict[str, Any]:
        """Read one line; the wall clock is only a backstop against a child that neither works nor ends."""
        assert self._child.stdout is not None
        while b"\n" not in self._buffer:
            ready = wait([self._child.stdout.fileno()], 10 * self._seconds + 60)
            data = os.read(self._child.stdout.fileno(), 1 << 20) if ready else b""
            if not ready:
                self._child.kill()
                raise self._death("neither worked nor ended")
            if not data:
                raise self._death("")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        row: dict[str, Any] = json.loads(line)
        return row

    def _death(self, why: str) -> WorkerDied:
        status = self._child.wait()
        if why == "" and status == -signal.SIGPROF:
            why = f"took more than {self._seconds:g} s of CPU time"
        self._errors.seek(0)
        last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return WorkerDied(*self._at, why or f"ended with status {status} {' '.join(last)[:200]}".strip())

    def kill(self) -> None:
        """End the worker in the middle of whatever it does."""
        if self._child.poll() is None:
            self._child.kill()

    def close(self) -> None:
        """End the worker and forget what it left."""
        self.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                _close(stream)
        self._errors.close()
        self._home.cleanup()


def _paths() -> list[str]:
    """Return where a worker finds auditor and its tools: our own path, made absolute, and auditor's own folder."""
    return [*(str(Path(entry).absolute()) for entry in sys.path if entry), str(Path(__file__).resolve().parents[2])]


def _close(stream: Any) -> None:
    with contextlib.suppress(BrokenPipeError):  # the child may have gone before it read all
        stream.close()
