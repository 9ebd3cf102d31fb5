"""A job for tests of engines: squares of numbers, with numbers that fail, that end the process, or that take time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from auditor.errors import SandboxError

ENVIRONMENT, REFUSES = "AUDITOR_TEST_ENVIRONMENT", "AUDITOR_TEST_REFUSES"
"""Variables of a worker: what it calls its environment, and that it cannot do the job."""
POISON, BROKEN = -1, -2
"""A number that ends the process, and one that the job fails on."""


@dataclass(frozen=True)
class Table:
    """Something large that many items share; counts how often it arrives in a process."""

    name: str
    arrivals: dict[str, int] = field(default_factory=dict, compare=False)

    def __reduce__(self) -> tuple[object, tuple[str, bytes]]:
        return arrived, (self.name, b"x" * 100_000)


_arrivals: dict[str, int] = {}


def arrived(name: str, weight: bytes) -> Table:
    del weight
    _arrivals[name] = _arrivals.get(name, 0) + 1
    return Table(name, _arrivals)


@dataclass(frozen=True)
class Numbers:
    values: tuple[int, ...]
    table: Table = Table("t")
    seconds: float = 0.0


@dataclass(frozen=True)
class Square:
    value: int
    square: int | None
    """``None``: given up."""
    process: int = 0
    arrivals: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Squares:
    """Job, site and worker in one."""

    @property
    def shared(self) -> tuple[type, ...]:
        return (Table,)

    @property
    def about(self) -> int:
        return os.getpid()

    @property
    def environment(self) -> str:
        return os.environ.get(ENVIRONMENT, "usual")

    def open(self) -> Squares:
        if REFUSES in os.environ:
            raise SandboxError("this machine only reaches level 'none'", where="verify.sandbox")
        return self

    def worker(self, number: int) -> Squares:
        del number
        return self

    def run(self, item: Numbers) -> Iterator[Square]:
        for value in item.values:
            time.sleep(item.seconds)
            if value == POISON:
                os._exit(1)
            if value == BROKEN:
                raise SandboxError("the job fails on this")
            arrivals = item.table.arrivals.get(item.table.name, 0)
            yield Square(value, value * value, os.getpid(), arrivals)

    def split(self, item: Numbers) -> Sequence[Numbers]:
        middle = len(item.values) // 2
        if not middle:
            return (item,)
        return replace(item, values=item.values[:middle]), replace(item, values=item.values[middle:])

    def rest(self, item: Numbers, records: Sequence[Square]) -> Numbers | None:
        left = item.values[len(records) :]
        return replace(item, values=left) if left else None

    def give_up(self, item: Numbers, reason: str) -> Iterator[Square]:
        for value in item.values:
            yield Square(value, None, reason=reason)

    def stop(self) -> None:
        """Nothing runs on."""

    def close(self) -> None:
        """Nothing is held."""
