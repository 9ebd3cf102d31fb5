"""The parent's view of a running child: its channel, its clocks, its end.

Time is the child's CPU time, read from its process clock by the parent; a child that neither works nor answers is idle,
which has its own limit, so that no child times out because the machine is busy.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from auditor.verify.files import PrivateFolder
from auditor.verify.limits import Clocks
from auditor.verify.protocol import Ended

LISTEN_SECONDS = 30.0
"""Seconds for a child to take its job once it is confined, which may take a while on a machine that swaps."""
_TICK_MS = 50
"""Seconds between checks of a silent child's clocks."""
_DYING_SECONDS = 3.0
_CHUNK = 1 << 18


class Child:
    """A running child and the parent's end of its channel, which closes with the ``with`` block."""

    def __init__(
        self, channel: socket.socket, pid: int, reap: Callable[[int, float], Ended], files: PrivateFolder | None = None
    ) -> None:
        """Take over a child's channel; ``reap`` makes its fork server end it within the given seconds.

        ``files`` is the folder that it may write, if any.
        """
        self._channel = channel
        self._reap = reap
        self._files = files
        self._excess = ""
        self.pid = pid
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)
        self._clock_id = ((~pid) << 3) | 2  # CPUCLOCK_SCHED of a process, as clock_getcpuclockid(3) makes it
        self.timed_out = ""
        self.took = 0.0
        """CPU seconds between the end of a line, or the start, and the last arrival of output."""
        self.closest = 0.0
        """Largest share that it has used of a limit, per line or total."""
        self._since = 0.0
        self._waited = 0.0
        """Seconds that we have spent waiting for it."""
        self._hung_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def hand(self, data: bytes, seconds: float = LISTEN_SECONDS) -> None:
        """Send bytes to the child; one that does not read them in time has timed out.

        A child that is already gone is detected at the next read.
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
        """Return the CPU seconds that it has used; 0 if its clock cannot be read."""
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
        self.took = used - self._since
        self.closest = max(self.closest, self.took / clocks.cpu, used / clocks.total)
        if data:
            self._check_totals(used, clocks)
            self._check_files()
        if self._excess:
            return b""
        self._hung_up = not data and not self.timed_out
        if b"\n" in data:  # a test's clock restarts with an answer, not with a part of one
            self._since = used
        elif data and self.took > clocks.cpu:
            self._run_out(clocks)
        return b"" if self.timed_out else data

    def _run_out(self, clocks: Clocks) -> None:
        self.timed_out = f"more than {clocks.cpu:.1f} CPU seconds for one test"

    def _check_files(self) -> None:
        if self._files is not None:
            self._excess = self._excess or self._files.excess()

    def _check_totals(self, used: float, clocks: Clocks) -> None:
        """Stop a child that would run for ever by sending a little now and then."""
        idle = self._waited - used
        if used > clocks.total:
            self.timed_out = f"more than {clocks.total:.0f} CPU seconds in all"
        elif idle > clocks.idle_total and idle - self._starved() > clocks.idle_total:
            self.timed_out = f"idle for {clocks.idle_total:.0f} seconds in all"

    def _starved(self) -> float:
        """Return the seconds for which it was runnable but got no processor; 0 if not measured."""
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
                self._run_out(clocks)
            elif used > clocks.total:
                self.timed_out = f"more than {clocks.total:.0f} CPU seconds in all"
            elif now - asleep > clocks.idle:
                self.timed_out = f"idle for {clocks.idle:.0f} seconds"
            elif now - started > clocks.wall:
                self.timed_out = f"no answer within {clocks.wall:.0f} seconds"
            self._check_files()
            if self.timed_out or self._excess:
                return b""

    def _is_idle(self) -> bool:
        """Return whether it waits for something other than a processor; unknown counts as idle."""
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                return file.read().rpartition(b")")[2].split()[0] != b"R"
        except (OSError, IndexError):
            return True

    def end(self) -> Ended:
        """Kill the child if it is still running; return how it ended.

        A child that closed its channel is probably dying and is given time to do so.
        """
        self._channel.close()
        ended = self._reap(self.pid, _DYING_SECONDS if self._hung_up else 0.0)
        return replace(ended, excess=self._excess)
