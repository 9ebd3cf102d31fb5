"""Read a reference's answers line by line as they arrive; a reference may be untrusted, too.

A reference could send endless lines or infinitely many, so both are bounded, and long values are stored as digests.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.verify.kinds.calls import expected as expecting
from auditor.verify.protocol import Message, said
from auditor.verify.values import WireError

_LONGEST_LINE = expecting.HASH_ABOVE + (64 << 10)
"""Bytes; what is longer than ``HASH_ABOVE`` comes as a digest."""
_MOST_BYTES = 1 << 30
"""Most bytes that a reference may answer: ten times what the largest known suite takes."""


@dataclass(slots=True)
class ReferenceLines:
    """A reference's output so far: greeting, then value and CPU seconds of each test in turn, then the end."""

    tests: int
    """Number of tests that it must answer."""
    lines: list[bytes] = field(default_factory=list)
    """Whole lines; the values of a large suite as digests if they are long."""
    done: bool = False
    """Whether it has said that it is done."""
    problem: str = ""
    """Reason why reading ended early."""
    peak: int = 0
    """Peak memory of its process in bytes, once it has ended."""
    _rest: bytes = b""
    _bytes: int = 0
    _held: int = 0
    """Bytes in ``lines``."""

    def feed(self, data: bytes) -> bool:
        """Process bytes; return whether to continue reading."""
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
        """Store a line; once the lines are large in total, store long ones only as digests."""
        was = self._held
        self._held += len(line)
        try:
            if was <= expecting.LARGE_SUITE < self._held:
                self.lines = expecting.shrink(self.lines, large=True)
            self.lines += expecting.shrink([line], large=self._held > expecting.LARGE_SUITE)
        except WireError as error:
            self.problem = f"it writes to the harness's channel ({error})"
