"""The parent's side of a fork server: start it, load inputs into it, request children, end it."""

from __future__ import annotations

import functools
import json
import os
import socket
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Self, TypeVar

from auditor.errors import SandboxError
from auditor.verify.children import Child
from auditor.verify.compiled import CODE_BYTES, read_code
from auditor.verify.files import PrivateFolder
from auditor.verify.inside.confine import Plan
from auditor.verify.inside.zygote import SUITES_KEPT
from auditor.verify.protocol import (
    Ended,
    Fork,
    Forked,
    Job,
    Load,
    ProgramJob,
    Ready,
    Reap,
    Request,
    decode,
    encode,
    encode_job,
)

T = TypeVar("T")

SCRIPT = Path(__file__).with_name("inside") / "zygote.py"
START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
"""Seconds after which a fork server is replaced; it normally answers within milliseconds."""

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "HOME": "/",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""The environment that a program sees, besides the variable that is passed on."""
PASSED_ON = "LD_LIBRARY_PATH"
"""Environment variable that is passed on if set: the interpreter may need it to start."""
_THREADS = 512
"""Approximate number of threads that a child may run: enough for one per core, few enough for the machine."""
_NOTE_BYTES = CODE_BYTES + 4096
_COUNT_SECONDS = 5
"""How long a thread count is cached, because scanning /proc takes milliseconds."""


def _threads(plan: Plan) -> int:
    """Return the RLIMIT_NPROC of a child: the kernel counts per user, so on top of what its user runs now.

    A user of the child's own runs nothing else.
    """
    if plan.uid is not None:
        return _THREADS
    return _THREADS + _threads_of_ours(int(time.monotonic() / _COUNT_SECONDS))


@functools.lru_cache(maxsize=1)
def _threads_of_ours(_moment: int) -> int:
    """Count the current threads of our own user; 0 if there is no /proc."""
    own, total = os.getuid(), 0
    for entry in os.scandir("/proc") if os.path.isdir("/proc/self") else ():
        try:
            if entry.name.isdigit() and entry.stat().st_uid == own:
                total += os.stat(f"/proc/{entry.name}/task").st_nlink - 2
        except OSError:
            continue
    return total


def _file_of(data: bytes) -> IO[bytes]:
    """Put bytes into an unnamed file, in memory if the system supports that."""
    memory = os.memfd_create("stdin") if hasattr(os, "memfd_create") else None
    file: IO[bytes] = tempfile.TemporaryFile() if memory is None else os.fdopen(memory, "w+b")  # noqa: SIM115
    file.write(data)
    file.seek(0)
    return file


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """A program that runs as its own process, and its process's notes; closed with the ``with`` block."""

    child: Child
    notes: socket.socket
    keeps_code: bool
    """Whether its process returns the compiled program before running it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.notes.close()
        self.child.__exit__()

    def left(self) -> tuple[bytes, bytes]:
        """Return the compiled program, if requested, and the note on the program's end, once it has ended.

        Either is empty if the process left nothing. The code was written before the program began.
        """
        self.notes.setblocking(False)
        data = b""
        try:
            while len(data) < _NOTE_BYTES and (part := self.notes.recv(_NOTE_BYTES)):
                data += part
        except OSError:
            pass
        return read_code(data) if self.keeps_code else (b"", data)


def _folder_of(plan: Plan) -> PrivateFolder | None:
    """Create the folder that programs of a plan may write to; raises :class:`~auditor.errors.SandboxError`."""
    if not plan.file_bytes:
        return None
    try:
        return PrivateFolder(plan.file_bytes, plan.uid)
    except OSError as error:
        remedy = "make room there, or set TMPDIR to another folder"
        raise SandboxError(
            f"the folder for files of programs cannot be made: {error}", where="sandbox", remedy=remedy
        ) from None


class ZygoteDiedError(Exception):
    """The fork server is gone or does not answer; start another and run the program again."""


class InputsRefusedError(Exception):
    """A suite's inputs cannot be decoded inside the sandbox; the message says why."""


class Zygote:
    """One fork server. Not shared between threads."""

    def __init__(self, plan: Plan) -> None:
        """Start it and wait until it is ready; raises :class:`~auditor.errors.SandboxError`."""
        self._files = _folder_of(plan)
        if self._files is not None:
            plan = replace(plan, folder=self._files.path)
        self.plan = plan
        self.loaded: list[str] = []
        self._children: set[int] = set()
        ours, theirs = socket.socketpair()
        self._control = ours
        passed_on = {PASSED_ON: os.environ[PASSED_ON]} if PASSED_ON in os.environ else {}
        if self._files is not None:
            passed_on |= {"HOME": self._files.path, "TMPDIR": self._files.path}
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
                [plan.executable, "-P", "-s", "-S", "-B", str(SCRIPT), str(number), json.dumps(asdict(plan))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT | passed_on,
                cwd=plan.folder or "/",
                pass_fds=(number,),
                start_new_session=True,
            )
        try:
            self._receive(START_SECONDS, Ready)
        except ZygoteDiedError:
            said = self._last_words()
            raise SandboxError(
                f"the fork server does not start: {said}",
                where="sandbox",
                remedy="`auditor doctor` shows what this machine lacks",
            ) from None
        if self._process.stderr is not None:
            self._process.stderr.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def load(self, key: str, inputs: bytes) -> None:
        """Send it a suite's encoded inputs to decode once; ``key`` is short and names them from then on.

        Raises :class:`InputsRefusedError` if it cannot decode them.
        """
        if key in self.loaded:
            return
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._send(Load(key), theirs.fileno())
            theirs.close()
            ours.settimeout(ANSWER_SECONDS)
            try:
                ours.sendall(inputs)
            except OSError as error:
                raise ZygoteDiedError(str(error)) from None
        if refused := self._receive(ANSWER_SECONDS, Ready).refused:
            raise InputsRefusedError(refused)
        self.loaded = [*self.loaded, key][-SUITES_KEPT:]

    def run(self, job: Job, source: str, *, cpu_seconds: int, key: str = "", data_bytes: int = 0) -> Child:
        """Fork a child and send it its job and source.

        ``key`` names the suite whose loaded inputs it needs. ``data_bytes``, if it is not 0, is the memory that it
        may take beyond what it starts with.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._send(Fork(key, cpu_seconds, _threads(self.plan), data_bytes=data_bytes), theirs.fileno())
                pid = self._receive(ANSWER_SECONDS, Forked).pid
            except ZygoteDiedError:
                ours.close()
                raise
        child = self._adopt(ours, pid)
        child.hand(encode_job(job, source))
        return child

    def run_program(
        self, job: ProgramJob, source: str, stdin: bytes, *, cpu_seconds: int, data_bytes: int = 0
    ) -> ProgramRun:
        """Fork a child that runs a program as its own process, with ``stdin`` in a file as standard input."""
        ours, theirs = socket.socketpair()
        notes, leave_notes = socket.socketpair()
        with theirs, leave_notes, _file_of(stdin) as file:
            request = Fork("", cpu_seconds, _threads(self.plan), program=True, data_bytes=data_bytes)
            try:
                self._send(request, theirs.fileno(), file.fileno(), leave_notes.fileno())
                pid = self._receive(ANSWER_SECONDS, Forked).pid
            except ZygoteDiedError:
                ours.close()
                notes.close()
                raise
        child = self._adopt(ours, pid)
        child.hand(encode_job(job, source))
        return ProgramRun(child, notes, job.keep)

    def _adopt(self, channel: socket.socket, pid: int) -> Child:
        self._children.add(pid)
        return Child(channel, pid, self.reap, self._files)

    def reap(self, pid: int, patience: float) -> Ended:
        """Kill a child that does not end by itself within ``patience`` seconds; return how it ended.

        After the last child, its files are removed. Raises :class:`ZygoteDiedError` if that fails, since a program must
        not find another's files.
        """
        self._send(Reap(pid, patience))
        ended = self._receive(ANSWER_SECONDS, Ended)
        self._children.discard(pid)
        if self._files is not None and not self._children:
            try:
                self._files.empty()
            except OSError as error:
                raise ZygoteDiedError(f"files of a program cannot be removed: {error}") from None
        return ended

    def close(self) -> None:
        """End it and its children."""
        self._control.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._files is not None:
            self._files.remove()

    def stop(self) -> None:
        """End the process immediately; a thread that waits for its answer gets :class:`ZygoteDiedError`."""
        self._process.kill()

    def kill(self) -> None:
        """Kill it immediately."""
        self.stop()
        self.close()

    def _send(self, request: Request, *descriptors: int) -> None:
        try:
            socket.send_fds(self._control, [encode(request) + b"\n"], descriptors)
        except OSError as error:
            raise ZygoteDiedError(str(error)) from None

    def _receive(self, seconds: float, expected: type[T]) -> T:
        self._control.settimeout(seconds)
        data = b""
        while not data.endswith(b"\n"):
            try:
                part = self._control.recv(1 << 16)
            except OSError as error:
                raise ZygoteDiedError(str(error)) from None
            if not part:
                raise ZygoteDiedError("it has ended")
            data += part
        return decode(data, expected)

    def _last_words(self) -> str:
        self._process.kill()
        _, said = self._process.communicate()
        self._control.close()
        if self._files is not None:
            self._files.remove()
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with status {self._process.returncode}"
