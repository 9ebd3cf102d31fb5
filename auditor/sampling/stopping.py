"""Decide when failures end a run: only if every answer so far agrees.

Until the first answer nothing shows that key, model and address are right, so failures are held back. The first answer
releases them: rejected requests become outcomes, others are sent again. If enough requests fail alike before any
answer, the run ends and nothing is written. Later, only an unbroken series of failures ends it, and a request that
fails in all its tries while others are answered counts as rejected.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.records import Sample, SampleStatus
from auditor.sampling.failures import Failure, RunWideError, TransientError, UnansweredError
from auditor.sampling.request import Request

AGREEING = 3
"""Requests failing alike for a reason of the server's that end the run before any answer."""
TURNED_DOWN = 8
"""Rejected requests that end the run before any answer."""
FILTERED = 24
"""The same if a filter rejected all of them: a strict filter is possible, a blocked account more likely."""
GIVEN_UP = 2
"""Requests without an answer in all their tries that end the run before any answer."""
HOPELESS = 8
"""Consecutive failures that end a run that has had answers."""


@dataclass(slots=True)
class StopRule:
    """Counts answers and failures of one run."""

    resumed: bool = False
    """Whether an earlier run had answers: a rejection is then an outcome from the start."""
    answers: int = 0
    held: list[tuple[UnansweredError, list[Sample]]] = field(default_factory=list)
    """Requests rejected before the first answer."""
    deferred: list[tuple[RunWideError | TransientError, Request]] = field(default_factory=list)
    """Requests to send again once an answer shows that the endpoint works."""
    doubtful: list[tuple[TransientError, list[Sample]]] = field(default_factory=list)
    """Outcomes of requests that failed in all their tries while others were answered; void if the server is gone."""
    unproven: bool = False
    """For some of these, no other request was answered in the meantime."""
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
        """Hold back a rejection; return whether that ends the run."""
        self.held.append((error, samples))
        filtered = all(held.status is SampleStatus.REFUSED for held, _ in self.held)
        return len(self.held) >= (FILTERED if filtered else TURNED_DOWN)

    def defer(self, error: RunWideError, request: Request) -> bool:
        """Hold back a request that failed for a reason of the server's; return whether that ends the run."""
        self.deferred.append((error, request))
        alike = [one for one, _ in self.deferred if isinstance(one, RunWideError) and one.scope is error.scope]
        return len(alike) >= AGREEING

    def failed(self) -> bool:
        """Count a failure among answers; return whether that ends the run."""
        self._in_a_row += 1
        return self._in_a_row >= HOPELESS

    def gave_up(self) -> bool:
        """Count a request without an answer in all its tries; return whether that ends the run."""
        self._given_up += 1
        return self.failed() or (self.answers == 0 and self._given_up >= GIVEN_UP)

    def last_failure(self) -> Failure | None:
        """Return what ends a run whose requests all failed; ``None`` if everything held back is an outcome."""
        if self.deferred:
            return self.deferred[-1][0]
        if self.resumed or all(error.status is SampleStatus.REFUSED for error, _ in self.held):
            return None
        return self.held[-1][0]
