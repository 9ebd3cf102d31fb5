"""The caller's side of the process in which linters run; ``worker`` is the other side."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO

from auditor.errors import AuditorError
from auditor.records import StyleResult
from auditor.style.messages import ProgramMessage, ReplyRow, SetupRow, read_result, rubric_row
from auditor.style.rubric import Rubric

BETWEEN = ("", "between programs")
"""Program and step before a worker starts on its first program."""
_START = "import sys; sys.path[:] = sys.argv[1:]; from auditor.style.worker import main; main()"


class WorkerDied(Exception):  # noqa: N818 - an event that the caller handles
    """A worker process ended, or was ended, during a step on a program."""

    def __init__(self, program: str, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.program = program
        self.step = step
        self.why = why


class LinterProcess:
    """A worker process and the pipe to it."""

    def __init__(self, rubric: Rubric, seconds: float) -> None:
        """Start a process; one step on one program may take ``seconds`` of CPU time."""
        self.batches = 0
        """Number of batches so far."""
        self._seconds = seconds
        self._at = BETWEEN
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        # linters read the environment, so it must contain no secrets and no user settings
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        self._home = tempfile.TemporaryDirectory(prefix="auditor-style-")
        environment |= {"HOME": self._home.name, "PYLINTHOME": self._home.name, "TMPDIR": self._home.name}
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-s", "-P", "-c", _START, *_paths()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment, cwd=self._home.name,
            process_group=0,  # we handle Ctrl-C: a worker must not die from it in the middle of a program
        )  # fmt: skip
        self._buffer = b""
        self._setup: SetupRow = {"rubric": rubric_row(rubric), "seconds": seconds, "folder": self._home.name}

    def run(self, rows: list[ProgramMessage]) -> list[StyleResult]:
        """Lint one batch, in order. Raises :class:`WorkerDied`."""
        self.batches += 1
        self._at = BETWEEN
        if self.batches == 1:
            self._send(self._setup)
        self._send(rows)
        while True:
            row = self._read()
            if "error" in row:
                raise AuditorError(f"style cannot be scored: {row['error']}", remedy="free disk space and run it again")
            if "results" in row:
                return [read_result(result) for result in row["results"]]
            program, step = row["at"]
            self._at = (program, step)

    def _send(self, row: SetupRow | list[ProgramMessage]) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(row).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._death("") from None

    def _read(self) -> ReplyRow:
        """Read one line; the wall-clock limit only guards against a child that neither works nor ends."""
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
        row: ReplyRow = json.loads(line)
        return row

    def _death(self, why: str) -> WorkerDied:
        status = self._child.wait()
        if why == "" and status == -signal.SIGPROF:
            why = f"took more than {self._seconds:g} s of CPU time"
        self._errors.seek(0)
        last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return WorkerDied(*self._at, why or f"ended with status {status} {' '.join(last)[:200]}".strip())

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        if self._child.poll() is None:
            self._child.kill()

    def close(self) -> None:
        """End the process and delete its folder."""
        self.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                _close(stream)
        self._errors.close()
        self._home.cleanup()


def _paths() -> list[str]:
    """Return a worker's import path: this process's, as absolute paths, and auditor's folder."""
    return [*(str(Path(entry).absolute()) for entry in sys.path if entry), str(Path(__file__).resolve().parents[2])]


def _close(stream: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):  # the child may have ended before it read everything
        stream.close()
