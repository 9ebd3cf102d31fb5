"""How long-running work reports progress: through an object passed in, so that the library never prints."""

from __future__ import annotations

from typing import Protocol


class Advance(Protocol):
    """Callback for finished units."""

    def __call__(self, done: int, work: float = 0.0, /) -> None:
        """Count ``done`` more units; ``work`` is their share of the stage's work, if the stage was started with it."""


class Progress(Protocol):
    """The progress interface of a stage."""

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0) -> Advance:
        """Start a stage of ``total`` units, of which ``kept`` are done already; the previous one is over.

        ``work`` is the sum of the units' expected costs, in any unit, if they differ; it is used to estimate the time
        left.
        """

    def workers(self, count: int) -> None:
        """Report how many workers of a cluster the stage has now."""

    def tell(self, message: str) -> None:
        """Report the state of the work, if progress is shown: what exists, what is left."""

    def note(self, message: str) -> None:
        """Report something that a user should know: a warning, a summary, a remedy."""


class Silent:
    """Progress that is not shown."""

    def stage(self, title: str, total: int, work: float = 0.0, *, kept: int = 0) -> Advance:
        """Start a stage silently."""
        del title, total, work, kept
        return lambda _, __=0.0: None

    def workers(self, count: int) -> None:
        """Do nothing."""
        del count

    def tell(self, message: str) -> None:
        """Do nothing."""
        del message

    def note(self, message: str) -> None:
        """Do nothing."""
        del message
