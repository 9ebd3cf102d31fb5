"""How many results a stage writes at once: many fast ones, each slow one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.pipeline import stages


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@given(st.lists(st.sampled_from([0, 1, 3, 60]), max_size=60), st.integers(1, 7))
def test_nothing_waits_for_what_is_slow(pauses: list[int], size: int) -> None:
    """A batch is written when it is full, or once the last one was written two seconds ago."""
    clock = Clock()

    def results() -> Iterator[int]:
        for number, pause in enumerate(pauses):
            clock.now += pause
            yield number

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "time", clock)
        found, written = list[int](), 0.0
        for batch in stages.batches(results(), size, seconds=2.0):
            assert 1 <= len(batch) <= size
            came = [sum(pauses[: number + 1]) for number in batch]
            assert all(time - written < 2.0 for time in came[:-1])  # else it would have been written before
            written = clock.now
            found += batch
    assert found == list(range(len(pauses)))
