"""Exceptions for requests that get no answer.

A failure is transient (:class:`TransientError`), or concerns this one request (:class:`UnansweredError`) or all
requests (:class:`RunWideError`). :func:`~auditor.sampling.classify.classify` distinguishes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.records import SampleStatus


class TransientKind(StrEnum):
    """Reason why a request failed but can be retried."""

    RATE = "rate limit"
    OVERLOAD = "overload"
    TIMEOUT = "timeout"
    SERVER = "server error"
    CONNECT = "no connection"
    BROKEN = "broken connection"
    REPLY = "unusable reply"


class Scope(StrEnum):
    """Reason why every request fails."""

    KEY = "key"
    CREDIT = "credit"
    MODEL = "model"
    URL = "base_url"
    PARAMETER = "parameter"


@dataclass(slots=True)
class TransientError(Exception):
    """A transient failure."""

    kind: TransientKind
    message: str
    retry_after: float | None = None
    """Seconds that the server asks to wait."""
    code: int = 0
    """HTTP status; 0 without a reply."""

    @property
    def is_overload(self) -> bool:
        """Return whether fewer concurrent requests would help."""
        return self.kind in (TransientKind.RATE, TransientKind.OVERLOAD, TransientKind.TIMEOUT)

    @property
    def may_have_cost(self) -> bool:
        """Return whether the server may charge for a request without an answer."""
        return self.kind in (TransientKind.TIMEOUT, TransientKind.BROKEN, TransientKind.REPLY)

    @property
    def may_be_the_request(self) -> bool:
        """Return whether the request itself may be the cause, rather than the load on the server."""
        return self.kind in (TransientKind.SERVER, TransientKind.TIMEOUT, TransientKind.BROKEN, TransientKind.REPLY)


@dataclass(slots=True)
class UnansweredError(Exception):
    """The server rejected this request permanently, which is the outcome of its samples."""

    status: SampleStatus
    """``refused``, ``too_long`` or ``rejected``."""
    message: str
    """The server's message."""
    code: int
    """HTTP status; 0 without a reply."""
    remedy: str
    """Remedy if every request is rejected like this one."""


@dataclass(slots=True)
class RunWideError(Exception):
    """The server rejects requests for a reason unrelated to their content."""

    scope: Scope
    message: str
    code: int
    """HTTP status."""
    remedy: str
    parameter: str | None = None
    """The key of the request that the server does not accept."""


Failure = TransientError | UnansweredError | RunWideError
