"""The parent's side of a fork server: start it, ask it for children, watch the clocks, replace it.

Time is the child's CPU time, read from its process clock by the parent; a child that neither works
nor answers is idle, which has a limit of its own, so that a busy machine makes nobody time out.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from auditor.errors import SandboxError
from auditor.verify.confine import Plan
from auditor.verify.zygote import SUITES_KEPT

SCRIPT = Path(__file__).with_name("zygote.py")
START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
_TICK_MS = 50
_IDLE_SECONDS = 2.0
_DYING_SECONDS = 3.0
_CHUNK = 1 << 18


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
"""All that a program sees of the environment, besides LD_LIBRARY_PATH where the interpreter needs it."""
_THREADS = 512
_counted = (-60.0, 0)


def _threads(plan: Plan) -> int:
    """Return the RLIMIT_NPROC of a child: 512 threads above what its user runs now.

    The kernel counts per user. A user of the child's own runs nothing else; for our own user the
    count is taken anew every five seconds.
    """
    global _counted
    if plan.uid is not None:
        return _THREADS
    if time.monotonic() - _counted[0] > 5:
        own, total = os.getuid(), 0
        for entry in os.scandir("/proc") if os.path.isdir("/proc/self") else ():
            try:
                if entry.name.isdigit() and entry.stat().st_uid == own:
                    total += os.stat(f"/proc/{entry.name}/task").st_nlink - 2
            except OSError:
                continue
        _counted = (time.monotonic(), total)
    return _counted[1] + _THREADS


class ZygoteDiedError(Exception):
    """The fork server is gone or silent; start another and run the program again."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    status: int | None
    """As wait4 gives it; ``None`` where it was never there."""
    cpu: float
    """CPU seconds of the child."""
    killed: bool
    """It still lived when we had had enough."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a child may use until its next line, and in all."""

    cpu: float
    """CPU seconds until the next line."""
    total: float
    """CPU seconds in all."""

    @property
    def idle(self) -> float:
        """Seconds that it may neither work nor answer."""
        return max(_IDLE_SECONDS, self.cpu)

    @property
    def idle_total(self) -> float:
        """Seconds that it may be idle in all, so that answers by drips do not last for ever."""
        return 1.0 + min(self.total, 40.0 * self.cpu)

    @property
    def wall(self) -> float:
        """Seconds until the next line whatever the reason."""
        return 60.0 + 20.0 * self.cpu


class Zygote:
    """One fork server. Not shared between threads."""

    def __init__(self, plan: Plan) -> None:
        """Start it and wait until it is ready; raises :class:`~auditor.errors.SandboxError`."""
        self.plan = plan
        self.loaded: list[str] = []
        ours, theirs = socket.socketpair()
        self._control = ours
        passed_on = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
                [sys.executable, "-P", "-s", "-S", "-B", str(SCRIPT), str(number), json.dumps(asdict(plan))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT | passed_on,
                cwd="/",
                pass_fds=(number,),
                start_new_session=True,
            )
        try:
            self._receive(START_SECONDS)
        except ZygoteDiedError:
            said = self._last_words()
            raise SandboxError(
                f"the fork server does not start: {said}",
                where="sandbox",
                remedy="`auditor doctor` shows what this machine lacks",
            ) from None
        if self._process.stderr is not None:
            self._process.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def load(self, key: str, inputs: bytes) -> None:
        """Give it a suite's inputs, encoded, to decode once."""
        if key in self.loaded:
            return
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._send({"op": "load", "key": key}, theirs)
            theirs.close()
            try:
                ours.sendall(inputs)
            except OSError as error:
                raise ZygoteDiedError(str(error)) from None
        self._receive(ANSWER_SECONDS)
        self.loaded = [*self.loaded, key][-SUITES_KEPT:]

    def run(self, mode: str, key: str, cpu_seconds: int, job: Mapping[str, Any], source: str) -> Child:
        """Fork a child and hand it its job and its source."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._send(
                    {"op": "run", "mode": mode, "key": key, "cpu": cpu_seconds, "threads": _threads(self.plan)}, theirs
                )
                pid = int(self._receive(ANSWER_SECONDS)["pid"])
            except ZygoteDiedError:
                ours.close()
                raise
        code = source.encode("utf-8", "surrogatepass")
        settings = json.dumps({**job, "size": len(code)}).encode()
        child = Child(self, ours, pid)
        child.hand(b"%08x%s%s" % (len(settings), settings, code))
        return child

    def reap(self, pid: int, patience: float = 0.0) -> Ended:
        """Kill a child that does not end by itself within so many seconds; returns how it ended."""
        self._send({"op": "reap", "pid": pid, "patience": patience})
        answer = self._receive(ANSWER_SECONDS)
        return Ended(answer["status"], answer["cpu"], answer["killed"])

    def close(self) -> None:
        """End it and its children."""
        self._control.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End the process at once; whoever waits for its answer finds out."""
        self._process.kill()

    def kill(self) -> None:
        """End it at once, without asking."""
        self.stop()
        self.close()

    def _send(self, request: dict[str, Any], descriptor: socket.socket | None = None) -> None:
        try:
            data = [json.dumps(request).encode() + b"\n"]
            socket.send_fds(self._control, data, [descriptor.fileno()] if descriptor else [])
        except OSError as error:
            raise ZygoteDiedError(str(error)) from None

    def _receive(self, seconds: float) -> dict[str, Any]:
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
        answer: dict[str, Any] = json.loads(data)
        return answer

    def _last_words(self) -> str:
        self._process.kill()
        _, said = self._process.communicate()
        self._control.close()
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"it ended with status {self._process.returncode}"


class Child:
    """A running child and the parent's end of its channel."""

    def __init__(self, zygote: Zygote, channel: socket.socket, pid: int) -> None:
        self._zygote = zygote
        self._channel = channel
        self.pid = pid
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)
        self._clock_id = ((~pid) << 3) | 2  # CPUCLOCK_SCHED of a process, as clock_getcpuclockid(3) makes it
        self.timed_out = ""
        self.took = 0.0
        """CPU seconds between the last two arrivals of output."""
        self._since = 0.0
        self._waited = 0.0
        """Seconds that we have spent in waiting for it."""
        self._hung_up = False

    def hand(self, data: bytes, seconds: float = ANSWER_SECONDS) -> None:
        """Send bytes to the child; one that does not take them in time is out of time.

        One that is gone already shows at the next read.
        """
        self._channel.settimeout(seconds)
        try:
            self._channel.sendall(data)
        except TimeoutError:
            self.timed_out = f"did not listen for {seconds:.0f} seconds"
        except OSError:
            pass
        finally:
            self._channel.setblocking(False)

    def cpu(self) -> float:
        """Return the CPU seconds it has used, or 0 where its clock cannot be read."""
        try:
            return time.clock_gettime(self._clock_id)
        except OSError:
            return 0.0

    def read(self, clocks: Clocks) -> bytes:
        """Wait for output; empty at its end or when a clock has run out (then ``timed_out`` says which)."""
        entered = time.monotonic()
        try:
            data = self._channel.recv(_CHUNK)
        except BlockingIOError:
            data = None
        except OSError:
            data = b""
        if data is None:
            data = self._wait(clocks)
        used = self.cpu()
        self._waited += time.monotonic() - entered
        if data:
            self._check_totals(used, clocks)
        self._hung_up = not data and not self.timed_out
        self.took, self._since = used - self._since, used
        return b"" if self.timed_out else data

    def _check_totals(self, used: float, clocks: Clocks) -> None:
        """Stop a child that goes on for ever by sending a little now and then."""
        idle = self._waited - used
        if used > clocks.total:
            self.timed_out = f"more than {clocks.total:.0f} CPU seconds in all"
        elif idle > clocks.idle_total and idle - self._starved() > clocks.idle_total:
            self.timed_out = f"idle for {clocks.idle_total:.0f} seconds in all"

    def _starved(self) -> float:
        """Return the seconds for which it could have worked and got no processor; 0 where nobody counts them."""
        try:
            with open(f"/proc/{self.pid}/schedstat", "rb") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0

    def _wait(self, clocks: Clocks) -> bytes:
        started = asleep = time.monotonic()
        before = used = self.cpu()
        while True:
            left = clocks.cpu - (used - self._since)
            if self._poll.poll(min(_TICK_MS, max(1, 1000 * left + 1))):
                try:
                    return self._channel.recv(_CHUNK)
                except OSError:
                    return b""
            now, used = time.monotonic(), self.cpu()
            if used > before + 0.001 or not self._is_idle():
                before, asleep = used, now
            if used - self._since > clocks.cpu:
                self.timed_out = f"more than {clocks.cpu:.1f} CPU seconds for one test"
            elif used > clocks.total:
                self.timed_out = f"more than {clocks.total:.0f} CPU seconds in all"
            elif now - asleep > clocks.idle:
                self.timed_out = f"idle for {clocks.idle:.0f} seconds"
            elif now - started > clocks.wall:
                self.timed_out = f"no answer within {clocks.wall:.0f} seconds"
            if self.timed_out:
                return b""

    def _is_idle(self) -> bool:
        """Say whether it waits for something other than a processor; unknown counts as idle."""
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                return file.read().rpartition(b")")[2].split()[0] != b"R"
        except (OSError, IndexError):
            return True

    def end(self) -> Ended:
        """Kill it where it still lives; returns how it ended.

        A child that closed its channel unasked is dying, most likely, and gets the time for it.
        """
        self._channel.close()
        return self._zygote.reap(self.pid, _DYING_SECONDS if self._hung_up else 0.0)
