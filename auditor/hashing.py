"""Sets and dicts of untrusted elements, built within a time limit.

Elements whose hashes collide make a set or dict of n elements cost n² comparisons: a short text can cost hours.

This module is loaded on both sides of the sandbox boundary and imports next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

MOST_COLLISIONS = 64
"""Elements of one hash that a set or dict may hold."""
_CHUNK = 512
"""Elements that are put into a set or dict between two looks at the clock."""
_SECONDS, _SECONDS_EACH = 0.05, 2e-6
"""CPU seconds for the elements of a set or dict: a hundred times what honest ones take."""
_clock = getattr(time, "thread_time", time.process_time)


class CollisionError(ValueError):
    """The elements' hashes collide so much that a set or dict of them would take minutes."""


def build_set(items: list[object]) -> set[object]:
    """Make a set; raises :class:`CollisionError`, and ``TypeError`` for an element that has no hash."""
    built: set[object] = set()
    _fill(built.update, items, items)
    return built


def build_dict(pairs: list[tuple[object, object]]) -> dict[object, object]:
    """Make a dict of pairs; raises :class:`CollisionError`, and ``TypeError`` for a key that has no hash."""
    built: dict[object, object] = {}
    _fill(built.update, pairs, [key for key, _ in pairs])
    return built


def _fill(update: Callable[[list[T]], None], items: list[T], keys: list[object]) -> None:
    """Fill a set or dict in steps, as different hashes may be chosen to collide in its table too."""
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
