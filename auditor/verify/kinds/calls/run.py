"""Single runs on a suite of inputs: a candidate's, and a reference's."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Outcome
from auditor.verify.endings import how_ended, not_confined, outcome_of_death, why_not_ready
from auditor.verify.kinds.base import UnfitError
from auditor.verify.kinds.calls.claims import Claims
from auditor.verify.kinds.calls.expected import FRAME_LIMIT, HASH_ABOVE, Expected
from auditor.verify.kinds.calls.reference import ReferenceLines
from auditor.verify.limits import Clocks, Limits
from auditor.verify.protocol import CalibrateJob, CallJob, Ended, Entry, Message, said
from auditor.verify.runner import Runner
from auditor.verify.server import InputsRefusedError, Zygote


@dataclass(frozen=True, slots=True)
class CallsRun:
    """One run of a candidate on a suite of inputs."""

    claims: Claims
    ended: Ended
    timed_out: str
    """Which clock ran out; empty if none did."""
    closest: float
    """Largest share of its limit that a test used."""
    slow: bool
    """Whether a test took longer than a first run allows."""

    @property
    def outcome(self) -> tuple[Outcome, str]:
        """Return the outcome and, in one line, the reason."""
        claims = self.claims
        if claims.failing is not None:
            is_memory = claims.memory and said(claims.failing[1]) is Message.MEMORY
            return (Outcome.MEMORY if is_memory else Outcome.FAIL), claims.broken
        if not claims.confined:
            return not_confined(self.ended)
        if self.timed_out:
            return Outcome.TIMEOUT, self.timed_out
        if found := why_not_ready(claims.problem):
            return found
        if claims.done and claims.next_test == len(claims.expected):
            return Outcome.PASS, ""
        if claims.broken:
            return Outcome.FAIL, claims.broken
        return outcome_of_death(self.ended)


@dataclass(frozen=True, slots=True)
class Settings:
    """Options for running a candidate."""

    start: int = 0
    """The first test."""
    stop: bool = True
    """Stop at the first failing test."""
    eager: bool = False
    """Send every output immediately."""
    alone: bool = False
    """Allow the full time limits."""


def run(
    runner: Runner, source: str, entry: Entry, key: str, expected: Expected, limits: Limits, settings: Settings
) -> CallsRun:
    """Run a candidate on a suite of inputs, which its fork server keeps under ``key``.

    Raises :class:`~auditor.verify.server.ZygoteDiedError` after several tries.
    """
    job = CallJob(
        entry=entry,
        start=settings.start,
        stop=settings.stop,
        eager=settings.eager,
        limit=FRAME_LIMIT,
        doublings=expected.doublings,
        hashed=tuple(expected.hashed),
        slow=limits.slow,
        drain=expected.suite.oracle == "set",  # set(…) takes iterators too
    )
    return runner.persist(
        lambda: _run(runner, source, key, expected, limits, job, alone=settings.alone), memory=limits.data_bytes
    )


def _run(
    runner: Runner, source: str, key: str, expected: Expected, limits: Limits, job: CallJob, *, alone: bool
) -> CallsRun:
    zygote = runner.zygote(source, job.entry.prelude)
    _load(zygote, key, expected.inputs)
    claims = Claims(expected, job.start, job.stop)
    closest, slow = 0.0, False
    with zygote.run(job, source, cpu_seconds=limits.backstop, key=key, data_bytes=limits.data_bytes) as child:
        while True:
            clocks = limits.clocks(claims.next_test, alone=alone)
            data = child.read(clocks)
            closest = max(closest, child.took / limits.of_test(claims.next_test))
            slow = slow or child.took > limits.clocks(claims.next_test, alone=False).cpu
            if not data or not claims.feed(data):
                break
        claims.finish()
        return CallsRun(claims, child.end(), child.timed_out, closest, slow)


def _load(zygote: Zygote, key: str, inputs: bytes) -> None:
    try:
        zygote.load(key, inputs)
    except InputsRefusedError as error:
        raise UnfitError(f"its inputs cannot be handed to a candidate: {error}") from None


def calibrate(
    runner: Runner, source: str, entry: Entry, key: str, inputs: bytes, tests: int, clocks: Clocks
) -> tuple[ReferenceLines, str]:
    """Run a reference on a number of tests; return its output and what went wrong, if anything.

    Raises :class:`~auditor.verify.server.ZygoteDiedError` after several tries, and
    :class:`~auditor.verify.kinds.base.UnfitError` if the inputs cannot be decoded.
    """
    return runner.persist(lambda: _calibrate(runner, source, entry, key, inputs, tests, clocks))


def _calibrate(
    runner: Runner, source: str, entry: Entry, key: str, inputs: bytes, tests: int, clocks: Clocks
) -> tuple[ReferenceLines, str]:
    zygote = runner.zygote(source, entry.prelude)
    _load(zygote, key, inputs)
    lines = ReferenceLines(tests)
    with zygote.run(CalibrateJob(entry, HASH_ABOVE), source, cpu_seconds=int(clocks.total) + 5, key=key) as child:
        while (data := child.read(clocks)) and lines.feed(data):
            pass
        ended = child.end()
        lines.peak = ended.peak
    if lines.problem or lines.done:
        return lines, lines.problem
    return lines, child.timed_out or how_ended(ended)
