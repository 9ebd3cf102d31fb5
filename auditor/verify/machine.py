"""Measure this machine's speed, for time limits that a statement gives in seconds on a judge's machine."""

from __future__ import annotations

import functools
import time

NOMINAL_SECONDS = 0.04
"""CPU seconds of the workload on a machine for which stated limits are unchanged (a 3 GHz core of 2020)."""
UNSTATED_SECONDS = 4.0
"""CPU seconds per test, on such a machine, if neither a reference nor the statement gives a limit."""
_TRIES = 3


@functools.cache
def machine_factor() -> float:
    """Return the factor for stated time limits on this machine, at least 1; measured once per process."""
    return max(1.0, min(_workload() for _ in range(_TRIES)) / NOMINAL_SECONDS)


def _workload() -> float:
    """Time a loop of integer arithmetic, list and dict accesses, as contest programs have them."""
    started = time.thread_time()
    table: dict[int, int] = {}
    values = [0] * 1024
    state = 1
    for step in range(150_000):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        values[state & 1023] += step
        table[state & 4095] = step
    return time.thread_time() - started
