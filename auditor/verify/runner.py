"""One worker's hands: its fork servers, and single runs of single suites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from auditor.records import AssertSuite, Outcome
from auditor.verify import routing
from auditor.verify.endings import Ended, how_ended, outcome_of_death
from auditor.verify.expected import FRAME_LIMIT, HASH_ABOVE, Expected
from auditor.verify.inside.confine import Plan
from auditor.verify.limits import Clocks, Limits
from auditor.verify.reading import Claims, why_not_ready
from auditor.verify.server import Zygote, ZygoteDiedError

T = TypeVar("T")
_TRIES = 3
"""Fork servers to try before a program's verdict is an error of ours."""
_CALIBRATION_BYTES = 1 << 30
"""All that a reference may answer; ten times what the largest known suite takes."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a candidate on a suite of inputs."""

    claims: Claims
    ended: Ended
    timed_out: str
    """Which clock ran out; empty where none did."""
    closest: float
    """The largest share of its limit that a test used."""
    slow: bool
    """A test took longer than a first run allows."""

    @property
    def outcome(self) -> tuple[Outcome, str]:
        """Say what came of it, and why in one line."""
        claims = self.claims
        if claims.failing is not None:
            return (Outcome.MEMORY if claims.memory and claims.failing[1][:1] == b"m" else Outcome.FAIL), claims.broken
        if not claims.confined:
            return Outcome.ERROR, f"the child could not confine itself ({how_ended(self.ended)})"
        if self.timed_out:
            return Outcome.TIMEOUT, self.timed_out
        if found := why_not_ready(claims.problem):
            return found
        if claims.done and claims.next_test == len(claims.expected):
            return Outcome.PASS, ""
        if claims.broken:
            return Outcome.FAIL, claims.broken
        return outcome_of_death(self.ended)


class Runner:
    """Fork servers of one worker, started when they are first needed. Not shared between threads."""

    def __init__(self, plan: Plan, numpy_plan: Plan | None) -> None:
        self.level = plan.level
        self._plans: dict[bool, Plan] = {False: plan, True: numpy_plan or plan}
        self._zygotes: dict[bool, Zygote] = {}
        self._closed = False

    def zygote(self, source: str = "") -> Zygote:
        """Return the fork server for a source: one that has numpy where the source speaks of it."""
        wants = "numpy" in source and self._plans[True] is not self._plans[False]
        if wants not in self._zygotes and not self._closed:
            self._zygotes[wants] = Zygote(self._plans[wants])
        if self._closed:  # looked at last: stop() may have come while the fork server started, and missed it
            raise ZygoteDiedError("closed")
        return self._zygotes[wants]

    def replace(self) -> None:
        """Drop every fork server, after one has died."""
        zygotes, self._zygotes = self._zygotes, {}
        for zygote in zygotes.values():
            zygote.kill()

    def stop(self) -> None:
        """End the processes, from any thread; whatever runs at the moment ends with :class:`ZygoteDiedError`."""
        self._closed = True
        for zygote in list(self._zygotes.values()):
            zygote.stop()

    def close(self) -> None:
        """End the fork servers and let go of what they held."""
        self._closed = True
        self.replace()

    def inputs(
        self, source: str, entry: str, key: str, expected: Expected, limits: Limits, *,
        start: int = 0, stop: bool = True, eager: bool = False, alone: bool = False,
    ) -> Run:  # fmt: skip
        """Run a candidate on a suite of inputs from test ``start`` on.

        ``stop`` ends at the first failing test, ``eager`` has every output sent at once, ``alone``
        allows the full time. Raises :class:`ZygoteDiedError` after several tries.
        """
        job = {
            "entry": entry,
            "start": start,
            "stop": stop,
            "eager": eager,
            "limit": FRAME_LIMIT,
            "classes": expected.classes,
            "hashed": expected.hashed,
            "slow": limits.slow,
            "drain": expected.suite.oracle == "set",  # set(…) takes iterators too
        }
        return self._persist(lambda: self._inputs(source, key, expected, limits, job, alone=alone))

    def _persist(self, work: Callable[[], T]) -> T:
        """Do something with fork servers, with new ones where they die."""
        for _ in range(_TRIES - 1):
            try:
                return work()
            except ZygoteDiedError:
                self.replace()
                if self._closed:
                    raise
        return work()

    def _inputs(
        self, source: str, key: str, expected: Expected, limits: Limits, job: Mapping[str, Any], *, alone: bool
    ) -> Run:
        zygote = self.zygote(source)
        zygote.load(key, expected.inputs)
        claims = Claims(expected, job["start"], job["stop"])
        closest, slow = 0.0, False
        with zygote.run("inputs", key, limits.backstop, job, source) as child:
            while True:
                clocks = limits.clocks(claims.next_test, alone=alone)
                data = child.read(clocks)
                closest = max(closest, child.took / limits.of_test(claims.next_test))
                slow = slow or child.took > limits.clocks(claims.next_test, alone=False).cpu
                if not data or not claims.feed(data):
                    break
            claims.finish()
            return Run(claims, child.end(), child.timed_out, closest, slow)

    def calibrate(self, source: str, entry: str, key: str, inputs: bytes, clocks: Clocks) -> tuple[list[bytes], str]:
        """Run a reference; returns its lines (``v``, ``t`` in turn), and what went wrong, if anything.

        Raises :class:`ZygoteDiedError` after several tries.
        """
        return self._persist(lambda: self._calibrate(source, entry, key, inputs, clocks))

    def _calibrate(self, source: str, entry: str, key: str, inputs: bytes, clocks: Clocks) -> tuple[list[bytes], str]:
        zygote = self.zygote(source)
        zygote.load(key, inputs)
        job = {"entry": entry, "limit": HASH_ABOVE}
        parts = []
        room = _CALIBRATION_BYTES
        with zygote.run("calibrate", key, int(clocks.total) + 5, job, source) as child:
            while room > 0 and (data := child.read(clocks)):
                parts.append(data)
                room -= len(data)
                if data.endswith(b"\nz\n"):
                    break
            ended = child.end()
        *lines, rest = b"".join(parts).split(b"\n")
        if child.timed_out or rest or lines[-1:] != [b"z"]:
            return lines, child.timed_out or how_ended(ended)
        return lines, ""

    def script(
        self, source: str, entry: str, suite: AssertSuite, helpers: str, limits: Limits, *, alone: bool = False
    ) -> routing.Scripted:
        """Run an assert script against a candidate, each in a child of its own."""
        return self._persist(
            lambda: routing.run(self.zygote(source), source, entry, suite, helpers, limits, alone=alone)
        )
