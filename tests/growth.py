"""How CPU time grows with the size of the input: a property of the code, however slow or busy the machine is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FACTOR = 8
"""The larger input's size as a multiple of the smaller one's."""
MOST = 24
"""Linear work grows by about 8 and quadratic work by 64; this is as far from one as from the other."""
_ROUNDS = 5
_SMALL_RUNS = 3
"""Runs with the smaller input in a round, which cost little."""


def growth(make: Callable[[int], T], work: Callable[[T], object], size: int) -> float:
    """Return the CPU time of work of size ``8 * size`` as a multiple of that of ``size``; below ``MOST`` if linear.

    Each time is the minimum of several runs, in turns; there are no more once the ratio is below ``MOST``. The smaller
    input is to take some milliseconds. ``make`` is not timed, and makes a new input for each run.
    """
    small = large = ratio = float("inf")
    for _ in range(_ROUNDS):
        small = min(small, *(_seconds(work, make(size)) for _ in range(_SMALL_RUNS)))
        large = min(large, _seconds(work, make(FACTOR * size)))
        ratio = large / small
        if ratio < MOST:
            break
    return ratio


def _seconds(work: Callable[[T], object], made: T) -> float:
    """Return the CPU seconds of one run in this thread, without collections of garbage of other tests."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        began = time.thread_time()
        work(made)
        return time.thread_time() - began
    finally:
        if enabled:
            gc.enable()
