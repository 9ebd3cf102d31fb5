"""Settings that are one of a few words."""

from __future__ import annotations

from enum import StrEnum


class ProgramScope(StrEnum):
    """Which programs go on to the next step."""

    ACCEPTED = "accepted"
    """Those that pass base."""
    ALL = "all"


class ReadingScope(StrEnum):
    """Which of the programs that an answer can be read as are judged."""

    CHOSEN = "chosen"
    """The one that extraction chose."""
    ALL = "all"
    """The others too, if the chosen one fails base."""


class PerTest(StrEnum):
    """Which suites continue after a failing test."""

    BASE = "base"
    ALL = "all"
    NONE = "none"
