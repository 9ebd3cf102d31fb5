"""Shards: parts of a run that separate machines process, to be merged afterwards.

A shard is a set of tasks, so all programs of a task are verified on one machine, against limits calibrated there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """One of several equal parts of a run."""

    number: int
    """From 1 to ``count``."""
    count: int
    """Total number of shards."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse ``3/16``; raises ``ValueError`` unless the number is from 1 to the count."""
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip(), re.ASCII)
        if found is None:
            raise ValueError(f"{text!r} is not a shard; write 3/16 for the third of 16")
        shard = cls(int(found[1]), int(found[2]))
        if not 1 <= shard.number <= shard.count:
            raise ValueError(f"shard {text} does not exist; shards of {shard.count} are numbered from 1")
        return shard

    def __str__(self) -> str:
        """Return ``3/16``."""
        return f"{self.number}/{self.count}"

    @property
    def folder(self) -> str:
        """Return the name of the shard's folder within the run's folder."""
        return f"{self.number}-of-{self.count}"

    def of(self, tasks: Sequence[T]) -> Sequence[T]:
        """Return its tasks: every ``count``-th one, to spread neighbouring tasks, which cost about the same."""
        return tasks[self.number - 1 :: self.count]
