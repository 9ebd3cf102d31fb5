"""Reading what a reference answers, line by line as it arrives: a reference may be untrusted too.

A reference could send lines without number or without end, so both are bounded, and a long value is kept
as its digest from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.verify.kinds.calls import expected as expecting
from auditor.verify.protocol import Message, said
from auditor.verify.values import WireError

_LONGEST_LINE = expecting.HASH_ABOVE + (64 << 10)
"""Bytes; what is longer than ``HASH_ABOVE`` comes as a digest."""
_MOST_BYTES = 1 << 30
"""All that a reference may answer; ten times what the largest known suite takes."""


@dataclass(slots=True)
class ReferenceLines:
    """What a reference has said so far: greeting, then value and CPU seconds of each test in turn, then the end."""

    tests: int
    """How many tests it is to answer."""
    lines: list[bytes] = field(default_factory=list)
    """Whole lines; the values of a large suite as digests where they are long."""
    done: bool = False
    """It has said that it is done."""
    problem: str = ""
    """Why reading ended early."""
    peak: int = 0
    """Bytes of memory that its process held at most, once it has ended."""
    _rest: bytes = b""
    _bytes: int = 0
    _held: int = 0
    """Bytes in ``lines``."""

    def feed(self, data: bytes) -> bool:
        """Take in bytes; returns whether to go on reading."""
        self._bytes += len(data)
        if self._bytes > _MOST_BYTES:
            self.problem = f"it answers more than {_MOST_BYTES >> 20} MiB"
            return False
        room = 3 + 2 * self.tests - len(self.lines)
        *lines, self._rest = (self._rest + data).split(b"\n", room + 1)
        for line in lines:
            if said(line) is Message.DONE:
                self.lines.append(line)
                self.done = True
                return False
            if len(self.lines) >= 2 + 2 * self.tests:
                self.problem = "it gives more answers than there are tests"
                return False
            self._keep(line)
        if len(self._rest) > _LONGEST_LINE:
            self.problem = "it writes a line without end"
        return not self.problem

    def _keep(self, line: bytes) -> None:
        """Keep a line; once they are many bytes together, the long ones as digests only."""
        was = self._held
        self._held += len(line)
        try:
            if was <= expecting.LARGE_SUITE < self._held:
                self.lines = expecting.shrink(self.lines, large=True)
            self.lines += expecting.shrink([line], large=self._held > expecting.LARGE_SUITE)
        except WireError as error:
            self.problem = f"it writes to the harness's channel ({error})"
