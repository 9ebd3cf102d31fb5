"""The parts that an answer is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from auditor.extraction.fences import Fence


class SpanKind(StrEnum):
    """The kind of a part of an answer."""

    REASONING = "reasoning"
    PROSE = "prose"
    CODE = "code"
    TOKEN = "token"  # noqa: S105 - a kind of span, not a password
    """A fence line or a mark."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an answer; the spans of an answer cover it without gaps or overlaps."""

    kind: SpanKind
    start: int
    end: int
    """Offsets in the text."""
    turn: int = 0
    """Turn of a conversation, from 0; a model that does not stop writes several."""
    region: int = 0
    """Incremented when an answer starts again, for example after an unopened closing reasoning mark."""
    block: int = -1
    """Code spans of one block share a number; -1 for other spans."""
    fence: Fence | None = None
    """The fence around code; ``None`` for code between prose."""
    unclosed: bool = False
    """Whether it is reasoning that never ends."""


class SpanTraits(NamedTuple):
    """What a span is, besides where: parts next to each other that agree in it are one span."""

    kind: SpanKind
    turn: int
    region: int
    block: int
    fence: Fence | None
    unclosed: bool
