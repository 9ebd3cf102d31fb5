"""Compare a child's claims, a stream of lines, with what is expected, test by test."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.records import ResultCode
from auditor.verify import wire
from auditor.verify.equality import accepts
from auditor.verify.kinds.calls.expected import HELLO, Expected
from auditor.verify.protocol import Message, said
from auditor.verify.values import WireError

_SLACK = 1024
"""Bytes beyond the limit of an output after which a line counts as endless."""
_LAST_WORDS = 1 << 16
"""Bytes allowed after the last answer."""


@dataclass(slots=True)
class Claims:
    """State of reading one run."""

    expected: Expected
    start: int
    """The first test of this run."""
    stop: bool
    """Stop at the first failing test."""
    passed: bytearray = field(init=False)
    confined: bool = False
    ready: bool = False
    done: bool = False
    problem: bytes = b""
    """The line that says why nothing ran: invalid, raised on import, or out of memory."""
    failing: tuple[int, bytes] | None = None
    """The first failing test and its line."""
    broken: str = ""
    """Reason why the stream could not be read."""
    endless: bool = False
    """Whether the first failing answer had no end within its limit."""
    memory: bool = False
    _offset: int = 0
    """Length of the prefix equal to the perfect stream; -1 once it has differed."""
    _rest: bytes = b""
    _next: int = field(init=False)
    _perfect: bytes = field(init=False)
    _decided: int = field(init=False)
    """Up to here, equal bytes prove right answers; beyond, every line is judged."""

    def __post_init__(self) -> None:
        self.passed = bytearray([ResultCode.NOT_RUN]) * len(self.expected)
        self._next = self.start
        skip = self.expected.starts[self.start]
        self._perfect = self.expected.stream if self.start == 0 else HELLO + self.expected.stream[skip:]
        until = self.expected.decided_until(self.start)
        whole = until == len(self.expected)
        self._decided = len(self._perfect) if whole else len(HELLO) + self.expected.starts[until] - skip

    @property
    def next_test(self) -> int:
        """The first test that has not been answered."""
        return self._next if self._offset < 0 else self._test_at(self._offset)

    def feed(self, data: bytes) -> bool:
        """Process bytes; return whether to continue reading."""
        if self._offset >= 0:
            end = self._offset + len(data)
            if end <= self._decided and self._perfect[self._offset : end] == data:
                self._offset = end
                if end < len(self._perfect):
                    return True
                self._accept_prefix(end)
                self.done = True
                return False
            data = self._fall_back() + data
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if not self._line(line):
                return False
        limit = self.expected.limit(self._next) if self._next < len(self.expected) else _LAST_WORDS
        if len(self._rest) > limit + _SLACK:
            self._fail(self._rest[:_SLACK])
            self.broken = "an output without end"
            self.endless = True
            return False
        return True

    def _test_at(self, offset: int) -> int:
        """Return the test whose line contains an offset of the perfect stream."""
        skipped = self.expected.starts[self.start] - len(HELLO)
        return max(self.start, min(self.expected.test_at(offset + skipped), len(self.expected)))

    def finish(self) -> None:
        """Record what the bytes so far prove, once the run has ended."""
        if self._offset >= 0 and not self.done:
            self._rest = self._fall_back()

    def _accept_prefix(self, offset: int) -> None:
        """Mark every test whose line ends before this offset as passed."""
        self.confined = offset >= 2
        self.ready = offset >= len(HELLO)
        if self.ready:
            self._next = self._test_at(offset)
            self.passed[self.start : self._next] = bytes([ResultCode.PASSED]) * (self._next - self.start)

    def _fall_back(self) -> bytes:
        """Leave the fast path; returns the bytes of the line that was being matched."""
        matched = self._perfect[: self._offset]
        begun = matched.rfind(b"\n") + 1
        self._accept_prefix(begun)
        self._offset = -1
        return matched[begun:]

    def _line(self, line: bytes) -> bool:
        """Judge one line; return whether to continue."""
        kind = said(line)
        if not self.confined:
            self.confined = line == Message.CONFINED.encode()
            self.broken = "" if self.confined else "no greeting"
            return self.confined
        if kind is Message.DONE:
            self.done = True
            return False
        if not self.ready:
            self.ready = line == Message.READY.encode()
            if not self.ready:
                self.problem = line
            return self.ready
        if self._next >= len(self.expected):
            self.broken = "more answers than tests"
            return False
        if self._right(line):
            self.passed[self._next] = ResultCode.PASSED
        else:
            self._fail(line)
            if kind is Message.MEMORY:
                self.memory = True
        self._next += 1
        return not (self.stop and self.failing is not None)

    def _fail(self, line: bytes) -> None:
        if self._next < len(self.passed):
            self.passed[self._next] = ResultCode.FAILED
        if self.failing is None:
            self.failing = (self._next, line)

    def _right(self, line: bytes) -> bool:
        expected = self.expected.lines[self._next]
        suite = self.expected.suite
        if line == expected and self.expected.decides(self._next):
            return True
        if not (said(line) is said(expected) is Message.VALUE) or len(line) > self.expected.limit(self._next) + 1:
            return False
        try:
            got, wanted = wire.decode(line[1:]), wire.decode(expected[1:])
        except WireError:
            return False
        return accepts(got, wanted, suite.inputs[self._next], atol=suite.atol, oracle=suite.oracle)
