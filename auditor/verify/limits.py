"""How long a test may take: CPU time, scaled from the reference's own on this machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.config import VerifyConfig

FIRST_SECONDS = 0.12
"""The floor of a program's first run; a program that needs more runs again, alone, with the floor from the settings."""
CLOSE_CALL = 0.8
"""A test or suite that used this share of its limit or more might come out differently another day."""
LEAST_BYTES = 2 << 30
"""A program may take this much memory, and so start a hundred threads, however little the reference took."""
PEAK_FACTOR = 2
"""A program may take this many times the memory that the reference held at its peak."""
_IDLE_SECONDS = 2.0
"""However short a test's limit: pages that are read from disk, and locks, keep an honest program waiting too."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a child may use until its next line, and in all."""

    cpu: float
    """CPU seconds until the next line."""
    total: float
    """CPU seconds in all."""

    @property
    def idle(self) -> float:
        """Seconds that it may neither work nor answer."""
        return max(_IDLE_SECONDS, self.cpu)

    @property
    def idle_total(self) -> float:
        """Seconds that it may be idle in all, so that answering very slowly does not extend a run."""
        return 1.0 + min(self.total, 40.0 * self.cpu)  # as much as forty tests at their limit

    @property
    def wall(self) -> float:
        """Seconds until the next line whatever the reason."""
        return 60.0 + 20.0 * self.cpu  # a machine that gives it a twentieth of a processor, and some more


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU seconds for the tests of one suite."""

    tests: tuple[float, ...]
    """The reference's own CPU seconds, by test."""
    floor: float
    """No test gets less."""
    factor: float
    """A test may take this many times the reference's time."""
    most: float
    """The sum of the tests' limits is cut to this, unless the reference itself needs more."""
    peak: int = 0
    """Bytes of memory that the reference held at its peak; 0 where that was not measured."""
    total: float = field(init=False)
    """CPU seconds for the whole suite, start included."""
    slow: tuple[int, ...] = field(init=False)
    """The tests whose limit is above the floor even in a first run."""

    def __post_init__(self) -> None:
        reference = sum(self.tests)
        summed = sum(max(self.floor, self.factor * seconds) for seconds in self.tests)
        first = min(FIRST_SECONDS, self.floor)
        total = self.floor + max(min(self.most, summed), self.factor * reference)
        object.__setattr__(self, "total", total)  # computed once: it is asked for at every arrival of output
        object.__setattr__(
            self, "slow", tuple(i for i, seconds in enumerate(self.tests) if self.factor * seconds > first)
        )

    @classmethod
    def of(cls, seconds: Sequence[float], config: VerifyConfig, peak: int = 0) -> Limits:
        """Scale from the reference's CPU seconds per test and its peak of memory."""
        return cls(tuple(seconds), config.timeout, config.timeout_factor, config.suite_timeout, peak)

    def of_test(self, index: int) -> float:
        """Return one test's limit: what decides in the end."""
        return max(self.floor, self.factor * self._reference(index))

    def clocks(self, index: int, *, alone: bool) -> Clocks:
        """Return the clocks for a run that has reached a test: short ones, or long ones for a run alone."""
        if alone:
            return Clocks(self.of_test(index), self.total)
        return Clocks(max(min(FIRST_SECONDS, self.floor), self.factor * self._reference(index)), self.total)

    def _reference(self, index: int) -> float:
        return self.tests[index] if index < len(self.tests) else 0.0

    @property
    def backstop(self) -> int:
        """RLIMIT_CPU for the child: it ends even if nobody watches."""
        return math.ceil(self.total) + 5

    @property
    def data_bytes(self) -> int:
        """Bytes of memory that a program may take; ``[verify] memory_mb`` bounds it too."""
        return max(LEAST_BYTES, PEAK_FACTOR * self.peak)

    def share_of_total(self, seconds: float) -> float:
        """Return which share of the suite's limit so many CPU seconds are."""
        return seconds / self.total
