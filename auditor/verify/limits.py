"""Time limits of tests: CPU time, scaled from the reference's on this machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.config import VerifyConfig

FIRST_SECONDS = 0.12
"""Smallest limit in a program's first run; a program that needs more runs again, alone, with the limit from the
settings.
"""
CLOSE_CALL = 0.8
"""A test or suite that used at least this share of its limit might have another outcome next time."""
LEAST_BYTES = 2 << 30
"""Memory that a program may always take, enough to start a hundred threads, however little the reference took."""
PEAK_FACTOR = 2
"""Multiple of the reference's peak memory that a program may take."""
_IDLE_SECONDS = 2.0
"""Smallest idle limit in seconds: reading pages from disk and waiting for locks delays honest programs, too."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a child may use until its next line, and in total."""

    cpu: float
    """CPU seconds until the next line."""
    total: float
    """CPU seconds in total."""

    @property
    def idle(self) -> float:
        """Return the seconds that it may neither work nor answer."""
        return max(_IDLE_SECONDS, self.cpu)

    @property
    def idle_total(self) -> float:
        """Return the total seconds that it may be idle, so that answering very slowly does not extend a run."""
        return 1.0 + min(self.total, 40.0 * self.cpu)  # as much as forty tests at their limit

    @property
    def wall(self) -> float:
        """Return the wall-clock seconds until the next line, whatever the reason."""
        return 60.0 + 20.0 * self.cpu  # a machine that gives it a twentieth of a processor, and some more


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU seconds for the tests of one suite."""

    tests: tuple[float, ...]
    """The reference's own CPU seconds, by test."""
    floor: float
    """Smallest limit of a test."""
    factor: float
    """Multiple of the reference's time that a test may take."""
    most: float
    """Upper limit of the sum of the tests' limits, unless the reference itself needs more."""
    peak: int = 0
    """The reference's peak memory in bytes; 0 if not measured."""
    total: float = field(init=False)
    """CPU seconds for the whole suite, including start-up."""
    slow: tuple[int, ...] = field(init=False)
    """Tests whose limit is above the smallest one even in a first run."""

    def __post_init__(self) -> None:
        reference = sum(self.tests)
        summed = sum(max(self.floor, self.factor * seconds) for seconds in self.tests)
        first = min(FIRST_SECONDS, self.floor)
        total = self.floor + max(min(self.most, summed), self.factor * reference)
        object.__setattr__(self, "total", total)  # computed once: it is needed whenever output arrives
        object.__setattr__(
            self, "slow", tuple(i for i, seconds in enumerate(self.tests) if self.factor * seconds > first)
        )

    @classmethod
    def of(cls, seconds: Sequence[float], config: VerifyConfig, peak: int = 0) -> Limits:
        """Build limits from the reference's CPU seconds per test and its peak memory."""
        return cls(tuple(seconds), config.timeout, config.timeout_factor, config.suite_timeout, peak)

    def of_test(self, index: int) -> float:
        """Return one test's final limit."""
        return max(self.floor, self.factor * self._reference(index))

    def clocks(self, index: int, *, alone: bool) -> Clocks:
        """Return the clocks for a run that has reached a test: short ones, or long ones for a second run."""
        if alone:
            return Clocks(self.of_test(index), self.total)
        return Clocks(max(min(FIRST_SECONDS, self.floor), self.factor * self._reference(index)), self.total)

    def _reference(self, index: int) -> float:
        return self.tests[index] if index < len(self.tests) else 0.0

    @property
    def backstop(self) -> int:
        """Return RLIMIT_CPU for the child, which ends it even if nobody watches."""
        return math.ceil(self.total) + 5

    @property
    def data_bytes(self) -> int:
        """Bytes of memory that a program may take; ``[verify] memory_mb`` bounds it too."""
        return max(LEAST_BYTES, PEAK_FACTOR * self.peak)

    def share_of_total(self, seconds: float) -> float:
        """Return CPU seconds as a share of the suite's limit."""
        return seconds / self.total
