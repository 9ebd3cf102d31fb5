"""How long commands say what they are at."""

from __future__ import annotations

from collections.abc import Callable

BeginStage = Callable[[str, int], Callable[[int], None]]
"""Begins a stage of a number of units, by its name, and returns what to call with units done."""


def silent(_name: str, _units: int) -> Callable[[int], None]:
    """Begin a stage that nobody hears of."""
    return lambda _: None
