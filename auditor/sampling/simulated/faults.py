"""Faults between a client and a model's server, which can be enabled for a share of the requests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """One way to fail or to answer unusually."""

    RATE_LIMIT = "429 with Retry-After"
    RATE_LIMIT_BARE = "429"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    RESET = "reset in mid-body"
    HANG = "hang"
    MALFORMED = "malformed JSON"
    EMPTY = "empty choices"
    SLOW = "slow streaming"
    LENGTH = "finish_reason length"
    REFUSAL = "refusal"
    WRONG_MODEL = "wrong model name"
    IDENTICAL = "identical answers"

    @property
    def brings_answer(self) -> bool:
        """Return whether the client still gets (and pays for) a reply that it can record."""
        return self in _ANSWERS


_ANSWERS = frozenset({FaultKind.SLOW, FaultKind.LENGTH, FaultKind.REFUSAL, FaultKind.WRONG_MODEL, FaultKind.IDENTICAL})
TRANSPORT = tuple(kind for kind in FaultKind if not kind.brings_answer)
"""Faults without an answer, after which a client must retry."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults a server shows, and how slow it is."""

    rate: float = 0.0
    """Share of requests that meet a fault, 0 to 1."""
    kinds: tuple[FaultKind, ...] = TRANSPORT
    declined: float = 0.0
    """Share of samples, by prompt and seed, that a filter always rejects, 0 to 1."""
    latency: float = 0.0
    """Seconds before every answer."""
    retry_after: float = 0.05
    """Seconds that a 429 with ``Retry-After`` asks for."""
    hang: float = 5.0
    """Seconds that a hanging request is held before the connection closes."""
    capacity: int | None = None
    """Most requests served at once; further ones get a 429."""
