"""How a child speaks to the judge: a channel of lines out, and exact reads in.

The functions used here are bound when the module is loaded, before any program is: a program may well
replace ``os.read`` or ``time.monotonic`` for purposes of its own, and must neither break nor steer
what is said on its behalf. (Forging lines gains nothing: they are claims, and are judged.)
"""

from __future__ import annotations

import os
import sys
import time

_SENT_AT_ONCE = 9
"""Lines: ready, and the first eight answers."""
_FLUSH_BYTES = 16 << 10
_FLUSH_SECONDS = 0.005
_read, _write, _exit, _clock = os.read, os.write, os._exit, time.monotonic


class Channel:
    """The child's one way out.

    The first few lines are sent at once, so that an early wrong answer counts before a later call that never
    ends; the others are sent when 16 KiB or 5 ms have come together, or each at once if ``eager``.
    """

    def __init__(self, descriptor: int, *, eager: bool) -> None:
        self._descriptor = descriptor
        self._left = sys.maxsize if eager else _SENT_AT_ONCE
        self._lines: list[str] = []
        self._size = 0
        self._sent = _clock()

    def send(self, line: str) -> None:
        """Queue a line; send what is queued if it is time."""
        self._lines.append(line)
        self._size += len(line)
        self._left -= 1
        if self._left >= 0 or self._size > _FLUSH_BYTES or _clock() - self._sent > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Send everything queued."""
        if self._lines:
            data = memoryview(("\n".join(self._lines) + "\n").encode("ascii"))
            self._lines, self._size = [], 0
            while data:
                data = data[_write(self._descriptor, data) :]
        self._sent = _clock()


def read_exactly(descriptor: int, size: int) -> bytes:
    """Read ``size`` bytes or end the process: the parent is gone."""
    parts = []
    while size:
        part = _read(descriptor, min(size, 1 << 20))
        if not part:
            _exit(3)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
