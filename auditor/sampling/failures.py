"""The ways in which a request brings no answer, as exceptions.

A failure may pass (:class:`TransientError`), concern this one request (:class:`UnansweredError`), or concern every
request alike (:class:`RunWideError`). :func:`~auditor.sampling.classify.classify` tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.records import SampleStatus


class TransientKind(StrEnum):
    """Why a request failed and may be sent again."""

    RATE = "rate limit"
    OVERLOAD = "overload"
    TIMEOUT = "timeout"
    SERVER = "server error"
    CONNECT = "no connection"
    BROKEN = "broken connection"
    REPLY = "unusable reply"


class Scope(StrEnum):
    """What is wrong with every request alike."""

    KEY = "key"
    CREDIT = "credit"
    MODEL = "model"
    URL = "base_url"
    PARAMETER = "parameter"


@dataclass(slots=True)
class TransientError(Exception):
    """A failure that may pass."""

    kind: TransientKind
    message: str
    retry_after: float | None = None
    """Seconds that the server asks to wait."""
    code: int = 0
    """HTTP status; 0 where none came."""

    @property
    def is_overload(self) -> bool:
        """Say whether fewer requests at once would help."""
        return self.kind in (TransientKind.RATE, TransientKind.OVERLOAD, TransientKind.TIMEOUT)

    @property
    def may_have_cost(self) -> bool:
        """Say whether the server may have worked, and charge, for a request that brought nothing."""
        return self.kind in (TransientKind.TIMEOUT, TransientKind.BROKEN, TransientKind.REPLY)

    @property
    def may_be_the_request(self) -> bool:
        """Say whether the request itself may be the cause, rather than the load on the server."""
        return self.kind in (TransientKind.SERVER, TransientKind.TIMEOUT, TransientKind.BROKEN, TransientKind.REPLY)


@dataclass(slots=True)
class UnansweredError(Exception):
    """The server turned this one request down for good: an outcome of its samples."""

    status: SampleStatus
    """``refused``, ``too_long`` or ``rejected``."""
    message: str
    """What the server said."""
    code: int
    """HTTP status; 0 where none came."""
    remedy: str
    """What to do where every request is turned down like this one."""


@dataclass(slots=True)
class RunWideError(Exception):
    """The server turns requests down for a reason that has nothing to do with what they ask."""

    scope: Scope
    message: str
    code: int
    """HTTP status."""
    remedy: str
    parameter: str | None = None
    """The key of the request that the server does not accept."""


Failure = TransientError | UnansweredError | RunWideError
