"""The order in which a suite's tests run: from the smallest input to the largest.

A wrong program fails on small inputs as on large ones, but at a lower cost, and the first failure is the one that the
report shows. Slow tests come last, so that a wrong program fails before it times out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_LARGEST = 1e18
"""Magnitudes above this are measured by their length instead."""


def by_size(inputs: Sequence[Sequence[object]]) -> tuple[int, ...]:
    """Return the numbers of a suite's tests in execution order; equal sizes keep their order."""
    return tuple(sorted(range(len(inputs)), key=lambda number: size(inputs[number])))


def size(value: object) -> float:
    """Measure an input: the number of its elements and characters, and the magnitude of its numbers."""
    if isinstance(value, bool):
        return 1.0
    if isinstance(value, int):
        return 1.0 + (abs(value) if abs(value) < _LARGEST else _LARGEST * value.bit_length())
    if isinstance(value, float | complex):
        magnitude = abs(value)
        return 1.0 + (min(magnitude, _LARGEST) if magnitude == magnitude else 0.0)
    if isinstance(value, str | bytes | bytearray):
        return 1.0 + len(value)
    if isinstance(value, dict):
        return 1.0 + _summed(value.keys()) + _summed(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return 1.0 + _summed(value)
    return 1.0


def _summed(values: Iterable[object]) -> float:
    return sum(map(size, values))
