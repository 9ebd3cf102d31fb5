"""Limit how fast requests are sent: an adaptive number in flight, and rates per minute.

Design. Additive increase, multiplicative decrease: each timely answer raises the limit by ``1 / limit`` (by one
per round trip); overload cuts it by three tenths, at most once for the requests in flight together. A 429, a 503 and a
timeout are signs of overload. Single ones occur by chance and cost only a retry, so more than a quarter of the recent
requests must show them. An answer that took over half the timeout stops the growth. The configured concurrency is both
the initial and the largest limit, so that a server without limits is fully used from the start.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

LEAST = 1.0
CUT = 0.7
TOLERATED = 1 / 4
"""Share of recent requests that may show overload before the limit is cut."""
MEMORY = 20
"""Number of requests over which that share is averaged."""


Sleep = Callable[[float], Awaitable[object]]
"""Wait for the given seconds; may raise an exception to cancel the wait."""


class ConcurrencyLimiter:
    """A semaphore whose limit adapts to the server; all calls from one event loop."""

    def __init__(
        self, ceiling: int, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.limit = float(ceiling)
        """Requests that may be in flight now; at least 1."""
        self.least_seen = float(ceiling)
        """The lowest limit so far."""
        self._ceiling = float(ceiling)
        self._clock = clock
        self._sleep = sleep
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._last_cut = -1.0
        self._overload = 0.0
        self._closed_until = 0.0

    async def acquire(self) -> float:
        """Wait for a slot; return the time at which it was taken, for :meth:`answered` and :meth:`overloaded`."""
        while True:
            if self._in_flight >= int(self.limit):
                slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(slot)
                await slot
                continue
            pause = self._closed_until - self._clock()
            if pause <= 0:
                self._in_flight += 1
                return self._clock()
            try:
                await self._sleep(pause)
            except BaseException:
                self._wake()  # this one does not take the slot for which it was woken
                raise

    def release(self) -> None:
        """Release the slot."""
        self._in_flight -= 1
        self._wake()

    def answered(self, acquired: float, *, slow: bool) -> None:
        """Adapt to an answer, timely or slow."""
        self._overload -= self._overload / MEMORY
        if not slow and acquired >= self._last_cut:
            self.limit = min(self._ceiling, self.limit + 1.0 / self.limit)

    def overloaded(self, acquired: float, pause: float | None = None) -> None:
        """Adapt to a sign of overload; all requests pause for ``pause`` seconds, as the server asked."""
        self._overload += (1.0 - self._overload) / MEMORY
        if self._overload > TOLERATED and acquired >= self._last_cut:
            self.limit = max(LEAST, self.limit * CUT)
            self.least_seen = min(self.least_seen, self.limit)
            self._last_cut = self._clock()
        if pause:
            self._closed_until = max(self._closed_until, self._clock() + pause)

    def _wake(self) -> None:
        free = int(self.limit) - self._in_flight
        while self._waiting and free > 0:
            slot = self._waiting.popleft()
            if not slot.done():
                slot.set_result(None)
                free -= 1


class RateLimiter:
    """An even rate per minute: a leaky bucket with the capacity of one second."""

    def __init__(
        self, per_minute: float | None, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._per_second = None if per_minute is None else per_minute / 60.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    async def take(self, amount: float = 1.0) -> None:
        """Wait until ``amount`` may pass."""
        if self._per_second is None:
            return
        now = self._clock()
        at = max(self._next, now - 1.0)
        self._next = at + amount / self._per_second
        if at > now:
            await self._sleep(at - now)

    def give_back(self, amount: float) -> None:
        """Return what was taken but not used (or, negative, take what was used beyond)."""
        if self._per_second is not None:
            self._next -= amount / self._per_second
