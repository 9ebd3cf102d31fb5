"""The fork servers of one worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from auditor.verify.inside.confine import Plan
from auditor.verify.server import Zygote, ZygoteDiedError

T = TypeVar("T")
_TRIES = 3
"""Fork servers to try before a program's verdict is a harness error."""


class Runner:
    """Fork servers of one worker, started when they are first needed. Not shared between threads."""

    def __init__(self, plan: Plan, numpy_plan: Plan | None) -> None:
        self.level = plan.level
        self._plans: dict[bool, Plan] = {False: plan, True: numpy_plan or plan}
        self._zygotes: dict[bool, Zygote] = {}
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether it has been told to stop."""
        return self._closed

    def zygote(self, *sources: str) -> Zygote:
        """Return the fork server for programs made of these sources: one that has numpy where any speaks of it.

        Raises :class:`ZygoteDiedError` after :meth:`stop`.
        """
        wants = self._plans[True] is not self._plans[False] and any("numpy" in source for source in sources)
        if wants not in self._zygotes and not self._closed:
            self._zygotes[wants] = Zygote(self._plans[wants])
        if self._closed:  # looked at last: stop() may have come while the fork server started, and missed it
            raise ZygoteDiedError("closed")
        return self._zygotes[wants]

    def replace(self) -> None:
        """Drop every fork server, after one has died."""
        zygotes, self._zygotes = self._zygotes, {}
        for zygote in zygotes.values():
            zygote.kill()

    def stop(self) -> None:
        """End the processes, from any thread; whatever runs at the moment ends with :class:`ZygoteDiedError`."""
        self._closed = True
        for zygote in list(self._zygotes.values()):
            zygote.stop()

    def close(self) -> None:
        """End the fork servers and let go of what they held."""
        self._closed = True
        self.replace()

    def persist(self, work: Callable[[], T]) -> T:
        """Do something with fork servers, with new ones where they die.

        Raises :class:`ZygoteDiedError` after several tries, or when stopped.
        """
        for _ in range(_TRIES - 1):
            try:
                return work()
            except ZygoteDiedError:
                self.replace()
                if self._closed:
                    raise
        return work()
