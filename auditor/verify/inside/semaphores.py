"""Semaphores of ``multiprocessing`` among the threads of one process.

The system's named semaphores are files, and no file can be written here; nor can a program start another
process. So ``multiprocessing.Lock``, ``Queue`` and ``pool.ThreadPool`` work on these instead.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

_RECURSIVE = 0


class SemLock:
    """Behaves as ``_multiprocessing.SemLock`` does, without a name that another process could open."""

    SEM_VALUE_MAX = (1 << 31) - 1

    def __init__(self, kind: int, value: int, maxvalue: int, *_name_and_whether_to_unlink: object) -> None:
        self.kind, self.maxvalue, self.name, self.handle = kind, maxvalue, None, 0
        self._changed = threading.Condition()
        self._value = value
        self._held = 0
        self._owner = 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it; returns whether that was possible in time."""
        if self.kind == _RECURSIVE and self._is_mine():
            self._held += 1
            return True
        with self._changed:
            if not self._changed.wait_for(lambda: self._value > 0, _patience(block, timeout)):
                return False
            self._value -= 1
            self._held += 1
            self._owner = threading.get_ident()
        return True

    def release(self) -> None:
        """Give it back."""
        if self.kind == _RECURSIVE:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._held > 1:
                self._held -= 1
                return
        with self._changed:
            if self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._held -= 1
            self._value += 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _count(self) -> int:
        return self._held

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        self._held = 0


def _patience(block: bool, timeout: float | None) -> float | None:
    """Return the seconds to wait; ``None``: for ever."""
    if not block:
        return 0.0
    return None if timeout is None else max(0.0, timeout)


def provide() -> None:
    """Put them in the place of the system's, for every child."""
    try:
        module: Any = importlib.import_module("_multiprocessing")
    except ImportError:  # an interpreter without them
        return
    module.SemLock = SemLock
