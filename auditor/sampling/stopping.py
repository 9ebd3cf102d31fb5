"""When failures end a run: only where every answer so far says the same.

Until the first answer nothing shows that key, model and address are right, so failures are kept back. The first answer
releases them: requests that were turned down become outcomes, others are sent again. Where enough requests agree
before any answer came, the run ends and nothing is written. Later, only an unbroken row of failures ends it, and a
request that fails in all its tries while others are answered is turned down too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.records import Sample, SampleStatus
from auditor.sampling.failures import Failure, RunWideError, TransientError, UnansweredError
from auditor.sampling.request import Request

AGREEING = 3
"""Requests that fail alike for a reason that is not theirs, before any answer, which end the run."""
TURNED_DOWN = 8
"""Requests that are turned down, before any answer, which end the run."""
FILTERED = 24
"""The same where a filter turned all of them down: a strict filter is possible, a blocked account more likely."""
GIVEN_UP = 2
"""Requests that bring nothing in all their tries, before any answer, which end the run."""
HOPELESS = 8
"""Failures in a row, without an answer between, which end a run that has had answers."""


@dataclass(slots=True)
class StopRule:
    """Counts answers and failures of one run."""

    resumed: bool = False
    """An earlier run had answers: what is turned down is an outcome from the start."""
    answers: int = 0
    held: list[tuple[UnansweredError, list[Sample]]] = field(default_factory=list)
    """What was turned down before the first answer."""
    deferred: list[tuple[RunWideError | TransientError, Request]] = field(default_factory=list)
    """Requests to send again once an answer shows that the endpoint works."""
    doubtful: list[tuple[TransientError, list[Sample]]] = field(default_factory=list)
    """Outcomes of requests that failed in all their tries while others were answered; void if the server is gone."""
    unproven: bool = False
    """Some of these had no other request answered meanwhile."""
    _given_up: int = 0
    _in_a_row: int = 0

    def answered(self) -> tuple[list[Sample], list[Request]]:
        """Count an answer; return the outcomes and the requests that it releases."""
        self.answers += 1
        self._in_a_row = 0
        outcomes = [sample for _, samples in self.held for sample in samples]
        requests = [request for _, request in self.deferred]
        self.held.clear()
        self.deferred.clear()
        return outcomes, requests

    def hold(self, error: UnansweredError, samples: list[Sample]) -> bool:
        """Keep back what was turned down; return whether that ends the run."""
        self.held.append((error, samples))
        filtered = all(held.status is SampleStatus.REFUSED for held, _ in self.held)
        return len(self.held) >= (FILTERED if filtered else TURNED_DOWN)

    def defer(self, error: RunWideError, request: Request) -> bool:
        """Keep back a request that failed for a reason not its own; return whether that ends the run."""
        self.deferred.append((error, request))
        alike = [one for one, _ in self.deferred if isinstance(one, RunWideError) and one.scope is error.scope]
        return len(alike) >= AGREEING

    def failed(self) -> bool:
        """Count a failure amid answers; return whether that ends the run."""
        self._in_a_row += 1
        return self._in_a_row >= HOPELESS

    def gave_up(self) -> bool:
        """Count a request that brought nothing in all its tries; return whether that ends the run."""
        self._given_up += 1
        return self.failed() or (self.answers == 0 and self._given_up >= GIVEN_UP)

    def last_failure(self) -> Failure | None:
        """Return what ends a run whose every request failed; ``None`` where all that was kept back are outcomes."""
        if self.deferred:
            return self.deferred[-1][0]
        if self.resumed or all(error.status is SampleStatus.REFUSED for error, _ in self.held):
            return None
        return self.held[-1][0]
