"""What a suite of inputs expects, in a form that makes judging cheap: the exact bytes of a pass.

The lines of a right program are known beforehand, so a pass costs one comparison of bytes and no decoding. If bytes
cannot decide (NaN, opaque values, some oracles), the test is listed as undecided: the comparison stops before it and
the judge decodes the answer. The stream has no placeholder for it, since a child could send the same bytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.records import InputSuite
from auditor.verify import wire
from auditor.verify.digest import digest
from auditor.verify.oracles import ORACLES
from auditor.verify.protocol import Message, greeting, said

HELLO = greeting(ready=True)
"""Beginning of every good run."""
_VALUE, _DIGEST = Message.VALUE.encode(), Message.DIGEST.encode()
FRAME_LIMIT = 128 << 10
"""Size limit of one output in bytes; doubled until it has room for twice the expected one."""
HASH_ABOVE = 1 << 20
"""Size of an expected encoding above which values are compared by their digests."""
_HASH_IN_LARGE = 64 << 10
LARGE_SUITE = 32 << 20
"""Bytes of all expected encodings above which more of them are compared by their digests."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One suite of one task, ready for judging."""

    suite: InputSuite
    lines: tuple[bytes, ...] = field(repr=False)
    """The line of each test: its value or its digest."""
    stream: bytes = field(repr=False)
    """Everything that a perfect run sends."""
    starts: array[int] = field(repr=False)
    """Offset of each test's line in ``stream``, and of the end after the last."""
    undecided: tuple[int, ...] = field(repr=False)
    """Tests, ascending, for which equal bytes do not imply a right answer."""
    inputs: bytes = field(repr=False)
    """All arguments, encoded for the fork server."""
    hashed: list[int] = field(repr=False)
    """The tests that are compared by digest."""
    doublings: dict[str, int] = field(repr=False)
    """Doublings of the frame limit, by test, if the expected output needs them.

    Powers of two, so that the sizes reveal next to nothing to a candidate.
    """

    def __len__(self) -> int:
        return len(self.lines)

    def decided_until(self, start: int) -> int:
        """Return the first test from ``start`` that bytes do not decide; the number of tests if there is none."""
        at = bisect_left(self.undecided, start)
        return self.undecided[at] if at < len(self.undecided) else len(self.lines)

    def decides(self, index: int) -> bool:
        """Return whether equal bytes imply a right answer to this test."""
        return self.decided_until(index) != index

    def limit(self, index: int) -> int:
        """Return the size limit of a test's output in bytes."""
        return FRAME_LIMIT << _doublings(len(self.lines[index]))

    def test_at(self, offset: int) -> int:
        """Return the test whose line contains this offset of ``stream``."""
        return bisect_right(self.starts, offset) - 1


def _doublings(size: int) -> int:
    count = 0
    while (FRAME_LIMIT << count) < (FRAME_LIMIT >> 1) + 2 * size:
        count += 1
    return count


def shrink(lines: Sequence[bytes], *, large: bool | None = None) -> list[bytes]:
    """Replace huge values by their digests, and more of them in a large suite (by default judged from the lines).

    Raises :class:`~auditor.verify.values.WireError` for a huge value that cannot be read.
    """
    if large is None:
        large = sum(map(len, lines)) > LARGE_SUITE
    limit = _HASH_IN_LARGE if large else HASH_ABOVE
    return [
        _DIGEST + digest(wire.decode(line[1:])).encode() if said(line) is Message.VALUE and len(line) > limit else line
        for line in lines
    ]


def build(suite: InputSuite, lines: Sequence[bytes], inputs: bytes) -> Expected:
    """Build the expectation from the value lines of a suite's tests."""
    rule = ORACLES.get(suite.oracle) if suite.oracle is not None else None
    bytes_decide = rule is None or rule.or_equal or suite.oracle == "set"
    starts, offset = array("Q"), len(HELLO)
    for line in lines:
        starts.append(offset)
        offset += len(line) + 1
    starts.append(offset)
    stream = b"".join([HELLO, *(line + b"\n" for line in lines), b"%s\n" % Message.DONE.encode()])
    undecided = tuple(
        index
        for index, line in enumerate(lines)
        if not bytes_decide or b"NaN" in line or wire.OPAQUE_MARK in line or line == _DIGEST
    )
    hashed = [index for index, line in enumerate(lines) if said(line) is Message.DIGEST]
    doublings = {str(index): count for index, line in enumerate(lines) if (count := _doublings(len(line)))}
    return Expected(suite, tuple(lines), stream, starts, undecided, inputs, hashed, doublings)


def value_line(value: object) -> bytes:
    """Write a value as the line that a child would send."""
    return _VALUE + wire.encode(value).encode("ascii")


def as_digest(line: bytes) -> bytes:
    """Turn the line of a value too large to send into the line of its digest; return other lines unchanged."""
    return _DIGEST + line[1:].partition(b" ")[0] if said(line) is Message.TOO_LARGE else line


def encode_inputs(suite: InputSuite) -> bytes:
    """Write a suite's arguments for the fork server."""
    return wire.encode([list(arguments) for arguments in suite.inputs]).encode("ascii")
