"""The judge's part of test scripts: pass calls from the script's child to the solution's and back.

Both children are untrusted, and the judge reads no values: it forwards lines of limited length, times the child whose
turn it is, and takes the outcome from the script's child.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Outcome
from auditor.verify.children import Child
from auditor.verify.endings import not_confined, outcome_of_death, why_not_ready
from auditor.verify.limits import Clocks, Limits
from auditor.verify.protocol import Ended, Entry, Message, ScriptJob, ServeJob, WholeScriptJob, frame, said
from auditor.verify.server import Zygote
from auditor.verify.told import ScriptFailure

LINE_LIMIT = 4 << 20
"""Bytes of one call or one answer."""
MAX_CALLS = 100_000
_LISTEN_SECONDS = 3.0
"""Seconds for a child to read a line that it is waiting for."""


@dataclass(frozen=True, slots=True)
class Script:
    """A test script and what its process needs."""

    source: str
    helpers: str
    """The reference: names that the script uses besides the solution's come from here."""
    names: tuple[str, ...]
    """The names of the solution in the script."""


@dataclass(frozen=True, slots=True)
class Scripted:
    """The result of a script."""

    outcome: Outcome
    detail: str
    line: int
    """The script's line that failed; 0 if none did."""
    asserted: bool
    """Whether an assertion of the script failed."""
    got: bytes
    """The last answer of the solution, as a line; empty in one process with the script."""
    cpu: float
    """CPU seconds of the solution."""
    script_cpu: float
    """CPU seconds of the script's own process."""
    closest: float = 0.0
    """Largest share of a time limit that a process used."""


class Lines:
    """Reader of lines from a child's stream."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._lines: list[bytes] = []
        self._rest: list[bytes] = []
        self._size = 0

    def next(self, clocks: Clocks) -> bytes:
        """Return the next line; empty at the end, after a timeout or if it is too long."""
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
        """Send the child a line, preceded by its size."""
        self.child.hand(frame(line), _LISTEN_SECONDS)


def run(zygote: Zygote, source: str, entry: Entry, script: Script, limits: Limits, *, alone: bool) -> Scripted:
    """Run a script on a solution; raises :class:`~auditor.verify.server.ZygoteDiedError`."""
    clocks = limits.clocks(0, alone=alone)
    with zygote.run(
        ServeJob(entry, LINE_LIMIT), source, cpu_seconds=limits.backstop, data_bytes=limits.data_bytes
    ) as child:
        solution = Lines(child)
        greeting = [solution.next(clocks), solution.next(clocks)]
        if [said(line) for line in greeting] != [Message.CONFINED, Message.READY]:
            ended = child.end()
            return Scripted(*_not_ready(greeting, child, ended), 0, False, b"", ended.cpu, 0.0)
        job = ScriptJob(script.names, script.helpers)
        with zygote.run(job, script.source, cpu_seconds=limits.backstop, data_bytes=limits.data_bytes) as tester:
            last, got, calls = _route(Lines(tester), solution, clocks)
            tests, ended = tester.end(), child.end()
    failure = ScriptFailure.read(last[1:]) if said(last) is Message.FAILED else ScriptFailure(0, False, "")
    outcome, detail = _outcome(last, failure, tester, child, ended, got, calls)
    line = failure.line if outcome in {Outcome.FAIL, Outcome.MEMORY} else 0
    closest = max(child.closest, tester.closest)
    return Scripted(outcome, detail, line, failure.asserted, got, ended.cpu, tests.cpu, closest)


def run_together(zygote: Zygote, source: str, entry: Entry, script: Script, limits: Limits, *, alone: bool) -> Scripted:
    """Run a script in the process of a solution; raises :class:`~auditor.verify.server.ZygoteDiedError`."""
    clocks = limits.clocks(0, alone=alone)
    job = WholeScriptJob(entry, source, script.names, script.helpers)
    with zygote.run(job, script.source, cpu_seconds=limits.backstop, data_bytes=limits.data_bytes) as child:
        lines = Lines(child)
        greeting = [lines.next(clocks), lines.next(clocks)]
        ready = [said(line) for line in greeting] == [Message.CONFINED, Message.READY]
        last = lines.next(clocks) if ready else b""
        ended = child.end()
    if not ready:
        outcome, detail = _not_ready(greeting, child, ended)
    elif child.timed_out:
        outcome, detail = Outcome.TIMEOUT, child.timed_out
    elif said(last) is Message.PASSED:
        outcome, detail = Outcome.PASS, ""
    elif said(last) is Message.FAILED:
        failure = ScriptFailure.read(last[1:])
        return Scripted(Outcome.FAIL, failure.text, failure.line, failure.asserted, b"", ended.cpu, 0.0, child.closest)
    else:
        outcome, detail = why_not_ready(last) or outcome_of_death(ended)
    return Scripted(outcome, detail, 0, False, b"", ended.cpu, 0.0, child.closest)


def _route(script: Lines, solution: Lines, clocks: Clocks) -> tuple[bytes, bytes, int]:
    """Forward calls and answers until the script has ended; return its last line, the last answer, the calls."""
    got, calls = b"", 0
    patience = Clocks(clocks.total, clocks.total)
    if said(script.next(patience)) is not Message.CONFINED:
        return b"", got, calls
    while True:
        line = script.next(patience)
        if said(line) is not Message.CALL or calls == MAX_CALLS:
            return line, got, calls
        calls += 1
        solution.hand(line[1:])
        got = solution.next(clocks)
        if not got:
            return b"", got, calls
        script.hand(got)


def _not_ready(greeting: list[bytes], child: Child, ended: Ended) -> tuple[Outcome, str]:
    if said(greeting[0]) is not Message.CONFINED:
        return not_confined(ended)
    if child.timed_out:
        return Outcome.TIMEOUT, child.timed_out
    return why_not_ready(greeting[1]) or outcome_of_death(ended)


def _outcome(
    last: bytes, failure: ScriptFailure, script: Child, solution: Child, ended: Ended, got: bytes, calls: int
) -> tuple[Outcome, str]:
    """Determine the result from the script's last line, or from the child that ended before it."""
    if solution.timed_out or script.timed_out:
        return Outcome.TIMEOUT, solution.timed_out or f"the test script: {script.timed_out}"
    match said(last):
        case Message.PASSED:
            return (Outcome.PASS, "") if calls else (Outcome.FAIL, "the test script never called the solution")
        case Message.FAILED:
            return Outcome.MEMORY if said(got) is Message.MEMORY else Outcome.FAIL, failure.text
        case Message.CALL:
            return Outcome.FAIL, f"the test script calls more than {MAX_CALLS:,} times"
    if calls and not got:
        return outcome_of_death(ended)
    return Outcome.FAIL, "the test script ended without a result"
