"""Semaphores among threads behave as the system's."""

from __future__ import annotations

import _multiprocessing
import os
import threading
from multiprocessing import synchronize
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.inside.semaphores import SemLock


def real(kind: int, value: int, maximum: int) -> Any:
    return _multiprocessing.SemLock(kind, value, maximum, f"/auditor-test-{os.getpid()}-{threading.get_ident()}", True)


@given(st.sampled_from([(0, 1, 1), (1, 1, 1), (1, 0, 3), (1, 2, 2**31 - 1)]), st.lists(st.booleans(), max_size=12))
def test_they_behave_as_the_systems(made: tuple[int, int, int], takes: list[bool]) -> None:
    """Taking and giving back in any order gives the same answers, errors and counts."""
    try:
        theirs = real(*made)
    except OSError:
        pytest.skip("this machine has no named semaphores")
    ours = SemLock(*made)
    for take in takes:
        answers = []
        for one in (ours, theirs):
            try:
                answers.append(one.acquire(False) if take else one.release())
            except (ValueError, AssertionError) as error:
                answers.append(type(error))
        assert answers[0] == answers[1]
        assert (ours._count(), ours._get_value(), ours._is_mine(), ours._is_zero()) == (
            theirs._count(), theirs._get_value(), theirs._is_mine(), theirs._is_zero(),
        )  # fmt: skip


def test_another_thread_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of multiprocessing keeps other threads out until it is given back; waiting ends in time."""
    monkeypatch.setattr(_multiprocessing, "SemLock", SemLock)
    import multiprocessing

    lock, seen = synchronize.Lock(ctx=multiprocessing.get_context("fork")), []
    with lock:
        thread = threading.Thread(target=lambda: seen.append(lock.acquire(timeout=0.01)))
        thread.start()
        thread.join()
        later = threading.Thread(target=lambda: seen.append(lock.acquire(timeout=120)))
        later.start()
    later.join()
    assert seen == [False, True]
