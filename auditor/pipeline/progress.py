"""How long work speaks while it goes on: an object handed in, so that the library never prints."""

from __future__ import annotations

from typing import Protocol


class Advance(Protocol):
    """Called when units are done."""

    def __call__(self, done: int, work: float = 0.0, /) -> None:
        """Count ``done`` more units; ``work`` is their share of the stage's work, where it was begun with one."""


class Progress(Protocol):
    """What a stage may say."""

    def stage(self, title: str, total: int, work: float = 0.0) -> Advance:
        """Begin a stage of ``total`` units; the one before it is over.

        ``work`` is the sum of the units' expected costs where they differ, in any unit: time left is told by it.
        """

    def workers(self, count: int) -> None:
        """Say how many workers of a cluster the stage has now."""

    def tell(self, message: str) -> None:
        """Say how the work stands, where it is watched: what is kept, what is to do."""

    def note(self, message: str) -> None:
        """Say something that a user should know: a warning, a summary, a remedy."""


class Silent:
    """Progress that nobody watches."""

    def stage(self, title: str, total: int, work: float = 0.0) -> Advance:
        """Begin a stage without a word."""
        del title, total, work
        return lambda _, __=0.0: None

    def workers(self, count: int) -> None:
        """Say nothing."""
        del count

    def tell(self, message: str) -> None:
        """Say nothing."""
        del message

    def note(self, message: str) -> None:
        """Say nothing."""
        del message
