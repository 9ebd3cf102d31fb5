"""Sets and dicts of untrusted elements, built within a time limit.

If all hashes collide, building a set or dict of n elements takes n² comparisons: a short text can cost hours.

This module is loaded on both sides of the sandbox boundary and imports next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

MOST_COLLISIONS = 64
"""Most elements with the same hash in one set or dict."""
_CHUNK = 512
"""Elements added between two checks of the clock."""
_SECONDS, _SECONDS_EACH = 0.05, 2e-6
"""CPU seconds allowed for building a set or dict: a hundred times what honest elements take."""
_clock = getattr(time, "thread_time", time.process_time)


class CollisionError(ValueError):
    """Raised if so many hashes collide that a set or dict of the elements would take minutes."""


def build_set(items: list[object]) -> set[object]:
    """Make a set; raises :class:`CollisionError`, and ``TypeError`` for an unhashable element."""
    built: set[object] = set()
    _fill(built.update, items, items)
    return built


def build_dict(pairs: list[tuple[object, object]]) -> dict[object, object]:
    """Make a dict of pairs; raises :class:`CollisionError`, and ``TypeError`` for an unhashable key."""
    built: dict[object, object] = {}
    _fill(built.update, pairs, [key for key, _ in pairs])
    return built


def _fill(update: Callable[[list[T]], None], items: list[T], keys: list[object]) -> None:
    """Fill a set or dict in steps, since different hashes can also be chosen to collide in its table."""
    if len(keys) > MOST_COLLISIONS:
        hashes = sorted(map(hash, keys))
        if any(hashes[i] == hashes[i + MOST_COLLISIONS] for i in range(len(hashes) - MOST_COLLISIONS)):
            raise CollisionError("colliding hashes")
    if len(items) <= _CHUNK:
        update(items)
        return
    last = _clock() + _SECONDS + _SECONDS_EACH * len(items)
    for start in range(0, len(items), _CHUNK):
        update(items[start : start + _CHUNK])
        if _clock() > last:
            raise CollisionError("colliding keys")
