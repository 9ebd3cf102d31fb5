"""Run an event loop that a signal ends in order: its tasks are cancelled and awaited, then Ctrl-C is raised.

An exception that a signal's handler raises would otherwise end whichever task runs at that moment, and leave the others
with failures that nobody awaits.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(main: Coroutine[object, None, T]) -> T:
    """Run a coroutine like :func:`asyncio.run`; a signal that has a handler in Python cancels it.

    Signals that are ignored, or that end the process at once, keep doing so. Raises :class:`KeyboardInterrupt` after
    the tasks have ended.
    """
    state = _Interruption()

    async def watched() -> T:
        state.loop, state.task = asyncio.get_running_loop(), asyncio.current_task()
        return await main

    try:
        with _handled_by(state.interrupt), asyncio.Runner() as runner:
            result = runner.run(watched())
    except BaseException:
        if state.interrupted:  # whatever its cancelled tasks raised
            raise KeyboardInterrupt from None
        raise
    if state.interrupted:
        raise KeyboardInterrupt
    return result


class _Interruption:
    """Whether a signal has arrived, and the task that it cancels."""

    def __init__(self) -> None:
        self.interrupted = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self.task: asyncio.Task[object] | None = None

    def interrupt(self) -> None:
        """Cancel the task, once: a further signal must not disturb its cleaning up."""
        if self.interrupted:
            return
        self.interrupted = True
        if self.loop is not None and self.task is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.task.cancel)  # wakes the loop as well


@contextmanager
def _handled_by(interrupt: Callable[[], None]) -> Iterator[None]:
    """Replace the handlers of the signals that have one in Python."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        interrupt()

    before = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    try:
        for number in before:
            signal.signal(number, handle)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
