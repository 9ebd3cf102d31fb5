"""How long work speaks while it goes on: an object handed in, so that the library never prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Advance = Callable[[int], None]
"""Called with the number of units just done."""


class Progress(Protocol):
    """What a stage may say."""

    def stage(self, title: str, total: int) -> Advance:
        """Begin a stage of ``total`` units; the one before it is over."""

    def workers(self, count: int) -> None:
        """Say how many workers of a cluster the stage has now."""

    def note(self, message: str) -> None:
        """Say something that a user should know: a warning, a summary, a remedy."""


class Silent:
    """Progress that nobody watches."""

    def stage(self, title: str, total: int) -> Advance:
        """Begin a stage without a word."""
        del title, total
        return lambda _: None

    def workers(self, count: int) -> None:
        """Say nothing."""
        del count

    def note(self, message: str) -> None:
        """Say nothing."""
        del message
