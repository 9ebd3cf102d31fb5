"""Assert scripts, the parent's part: hand calls from the script's child to the solution's and back.

Both children are untrusted, and the parent reads no value on the way: it moves lines of limited
length, keeps the clocks of whoever has the word, and lets the script's child say how it ended.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import AssertSuite, Outcome
from auditor.verify.children import Child
from auditor.verify.endings import Ended, how_ended, outcome_of_death
from auditor.verify.limits import Clocks, Limits
from auditor.verify.reading import text_of, why_not_ready
from auditor.verify.server import Zygote

LINE_LIMIT = 4 << 20
"""Bytes of one call or one answer."""
MAX_CALLS = 100_000
_LISTEN_SECONDS = 3.0
"""Whoever is handed a line waits for it; one that takes longer to read it does not mean to."""


@dataclass(frozen=True, slots=True)
class Scripted:
    """What came of a script."""

    outcome: Outcome
    detail: str
    line: int
    """The script's line that failed; 0 where none did."""
    got: bytes
    """The last answer of the solution, as a line."""
    cpu: float
    """CPU seconds of the solution."""
    script_cpu: float
    """CPU seconds of the script's own process."""


class _Lines:
    """Lines out of a child's stream."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._lines: list[bytes] = []
        self._rest: list[bytes] = []
        self._size = 0

    def next(self, clocks: Clocks) -> bytes:
        """Return the next line; empty at the end, after a timeout or for one without end."""
        if self.child.timed_out:
            return b""
        while not self._lines:
            data = self.child.read(clocks)
            if not data or self._size > LINE_LIMIT:
                return b""
            self._rest.append(data)
            self._size += len(data)
            if b"\n" in data:
                *self._lines, rest = b"".join(self._rest).split(b"\n")
                self._rest, self._size = [rest], len(rest)
        return self._lines.pop(0)

    def hand(self, line: bytes) -> None:
        """Give the child a line, with its size before it."""
        self.child.hand(b"%08x%s" % (len(line), line), _LISTEN_SECONDS)


def run(
    zygote: Zygote, source: str, entry: str, suite: AssertSuite, helpers: str, limits: Limits, *, alone: bool
) -> Scripted:
    """Run a script; raises :class:`~auditor.verify.server.ZygoteDiedError`."""
    clocks = limits.clocks(0, alone=alone)
    job = {"entry": entry, "limit": LINE_LIMIT}
    with zygote.run("serve", "", limits.backstop, job, source) as child:
        solution = _Lines(child)
        greeting = [solution.next(clocks), solution.next(clocks)]
        if greeting != [b"c", b"r"]:
            ended = child.end()
            return Scripted(*_not_ready(greeting, child, ended), 0, b"", ended.cpu, 0.0)
        with zygote.run("script", "", limits.backstop, {**job, "helpers": helpers}, suite.source) as tester:
            said, got, calls = _route(_Lines(tester), solution, clocks)
            tests, ended = tester.end(), child.end()
    outcome, detail, line = _outcome(said, tester, child, ended, got, calls)
    return Scripted(outcome, detail, line, got, ended.cpu, tests.cpu)


def _route(script: _Lines, solution: _Lines, clocks: Clocks) -> tuple[bytes, bytes, int]:
    """Pass calls and answers until the script has ended; returns its last line, the last answer, the calls."""
    got, calls = b"", 0
    patience = Clocks(clocks.total, clocks.total)
    if script.next(patience) != b"c":
        return b"", got, calls
    while True:
        said = script.next(patience)
        if said[:1] != b"c" or calls == MAX_CALLS:
            return said, got, calls
        calls += 1
        solution.hand(said[1:])
        got = solution.next(clocks)
        if not got:
            return b"", got, calls
        script.hand(got)


def _not_ready(greeting: list[bytes], child: Child, ended: Ended) -> tuple[Outcome, str]:
    if greeting[0] != b"c":
        return Outcome.ERROR, f"the child could not confine itself ({how_ended(ended)})"
    if child.timed_out:
        return Outcome.TIMEOUT, child.timed_out
    return why_not_ready(greeting[1]) or outcome_of_death(ended)


def _outcome(
    said: bytes, script: Child, solution: Child, ended: Ended, got: bytes, calls: int
) -> tuple[Outcome, str, int]:
    """Decide from the script's last line, or from whoever ended before it."""
    if solution.timed_out or script.timed_out:
        return Outcome.TIMEOUT, solution.timed_out or f"the test script: {script.timed_out}", 0
    if said == b"p":
        return (Outcome.PASS, "", 0) if calls else (Outcome.FAIL, "the test script never called the solution", 0)
    if said[:1] == b"f":
        number, _, text = said[1:].partition(b" ")
        outcome = Outcome.MEMORY if got == b"m" else Outcome.FAIL
        return outcome, text_of(b"f" + text), int(number) if number.isdigit() and len(number) < 9 else 0
    if said[:1] == b"c":
        return Outcome.FAIL, f"the test script calls more than {MAX_CALLS:,} times", 0
    if calls and not got:
        return *outcome_of_death(ended), 0
    return Outcome.FAIL, "the test script ended without a word", 0
