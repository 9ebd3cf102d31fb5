"""How fast to ask: a number of requests in flight that adapts, and limits a minute.

Design. Additive increase, multiplicative decrease: each answer in good time lets ``1 / limit`` more
requests fly (one more a round trip); overload takes three tenths of them away, at most once for the
requests that were in the air together. Signs of overload are a 429, a 503, a timeout; some of them come
by chance and cost only a retry, so it takes more than a quarter of the recent requests to count. An answer that
took over half the timeout stops the growth. The configured concurrency is both start and ceiling, so
that a server without limits is used in full from the first request.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

LEAST = 1.0
CUT = 0.7
TOLERATED = 1 / 4
"""Share of recent requests that may show overload before fewer are sent."""
MEMORY = 20
"""Requests over which that share is averaged."""


Sleep = Callable[[float], Awaitable[object]]
"""Waits so many seconds; may raise to call a wait off."""


class Flight:
    """A counting gate whose width adapts; all calls from one event loop."""

    def __init__(
        self, ceiling: int, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.limit = float(ceiling)
        """Requests that may be in the air now; at least 1."""
        self.least_seen = float(ceiling)
        """The narrowest it has been."""
        self._ceiling = float(ceiling)
        self._clock = clock
        self._sleep = sleep
        self._flying = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._last_cut = -1.0
        self._strain = 0.0
        self._closed_until = 0.0

    async def enter(self) -> float:
        """Wait for a place; return the time of entry, to be given back on leaving."""
        while True:
            if self._flying >= int(self.limit):
                place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(place)
                await place
                continue
            pause = self._closed_until - self._clock()
            if pause <= 0:
                self._flying += 1
                return self._clock()
            try:
                await self._sleep(pause)
            except BaseException:
                self._wake()  # this one does not take the place it was woken for
                raise

    def leave(self) -> None:
        """Give the place back."""
        self._flying -= 1
        self._wake()

    def arrived(self, entered: float, *, slow: bool) -> None:
        """Learn from an answer: in good time, or slow."""
        self._strain -= self._strain / MEMORY
        if not slow and entered >= self._last_cut:
            self.limit = min(self._ceiling, self.limit + 1.0 / self.limit)

    def overloaded(self, entered: float, pause: float | None = None) -> None:
        """Learn from a refusal or timeout; ``pause`` seconds keeps everyone on the ground, as the server asked."""
        self._strain += (1.0 - self._strain) / MEMORY
        if self._strain > TOLERATED and entered >= self._last_cut:
            self.limit = max(LEAST, self.limit * CUT)
            self.least_seen = min(self.least_seen, self.limit)
            self._last_cut = self._clock()
        if pause:
            self._closed_until = max(self._closed_until, self._clock() + pause)

    def _wake(self) -> None:
        free = int(self.limit) - self._flying
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1


class Pace:
    """So much a minute, evenly: a leaky bucket that lets a second's worth through at once."""

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
