"""Shared and exclusive runs: most run concurrently, one that ran out of threads runs alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.records import Outcome, Verdict

_LACKS_THREADS = "can't start new thread"


def lacked_threads(verdict: Verdict) -> bool:
    """Return whether a program failed because no thread could be started.

    The system counts an ordinary user's threads together, so the cause may be another program's threads.
    """
    if verdict.outcome not in {Outcome.FAIL, Outcome.CRASH}:
        return False
    got = verdict.failing.got if verdict.failing is not None else ""
    return _LACKS_THREADS in verdict.detail or _LACKS_THREADS in got


class Turns:
    """A lock with shared and exclusive access; thread-safe, not reentrant."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._together = 0
        self._waiting_alone = 0
        self._alone = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Acquire shared access; waits while a thread holds or is waiting for exclusive access."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._waiting_alone)
            self._together += 1
        try:
            yield
        finally:
            with self._changed:
                self._together -= 1
                self._changed.notify_all()

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Acquire exclusive access; waits until all others have released theirs."""
        with self._changed:
            self._waiting_alone += 1
            self._changed.wait_for(lambda: not self._alone and not self._together)
            self._waiting_alone -= 1
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
