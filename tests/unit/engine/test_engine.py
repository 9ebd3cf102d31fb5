"""The local engine: records stream in any order, errors arrive, and workers end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from auditor.engine.local import LocalEngine


@dataclass
class Counting:
    """A job that counts its workers; an item n gives n records, and -1 raises."""

    sites: int = 0
    made: list[int] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    hold: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)
    about: str = "here"

    def open(self) -> Counting:
        self.sites += 1
        return self

    def worker(self, number: int) -> Steps:
        self.made.append(number)
        return Steps(self, threading.get_ident())

    def close(self) -> None:
        self.ended.append("site")


@dataclass
class Steps:
    job: Counting
    thread: int
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, item: int) -> Iterator[tuple[int, int]]:
        assert threading.get_ident() == self.thread
        if item == -1:
            raise ValueError("no such item")
        with self.job.guard:
            self.job.running += 1
            self.job.most = max(self.job.most, self.job.running)
        time.sleep(0.002)
        for step in range(item):
            yield item, step
        with self.job.guard:
            self.job.running -= 1
        while item == 7 and not self.stopped.wait(0.01):
            pass

    def stop(self) -> None:
        self.stopped.set()

    def close(self) -> None:
        self.job.ended.append("worker")


def test_records_of_all_items_arrive_once() -> None:
    job = Counting()
    with LocalEngine(3).start(job) as session:
        assert list(session.sites) == ["here"]
        found = list(session.map([0, 1, 2, 3, 4, 5] * 5))
        assert sorted(found) == sorted((n, step) for n in range(6) for step in range(n) for _ in range(5))
    assert job.sites == 1
    assert sorted(job.made) == list(range(len(job.made)))
    assert 1 < job.most <= 3
    assert job.ended == ["worker"] * len(job.made) + ["site"]


def test_alone_means_half_the_workers() -> None:
    job = Counting()
    with LocalEngine(4).start(job) as session:
        list(session.map([1] * 20, alone=True))
    assert job.most <= 2


def test_items_are_taken_a_few_ahead_only() -> None:
    taken: list[int] = []

    def items() -> Iterable[int]:
        for number in range(100):
            taken.append(number)
            yield 1

    with LocalEngine(2).start(Counting()) as session:
        records = session.map(items())
        next(records)
        assert len(taken) <= 5
        records.close()  # type: ignore[attr-defined]
    assert len(taken) <= 5


def test_an_error_of_a_worker_is_raised_where_its_records_are_taken() -> None:
    with LocalEngine(2).start(Counting()) as session:
        with pytest.raises(ValueError, match="no such item"):
            list(session.map([1, 2, -1, 3]))
        assert list(session.map([1])) == [(1, 0)]  # and the next map is as good as new


def test_closing_ends_workers_in_the_middle_of_an_item() -> None:
    job = Counting()
    session = LocalEngine(2).start(job)
    records = session.map([7, 7])
    next(records)
    session.close()
    assert job.ended[-1] == "site"
    with pytest.raises(RuntimeError):
        list(session.map([1]))


def test_a_job_that_cannot_open_leaves_nothing_behind() -> None:
    class Broken(Counting):
        def open(self) -> Counting:
            raise OSError("no sandbox here")

    before = threading.active_count()
    with pytest.raises(OSError, match="no sandbox"):
        LocalEngine(2).start(Broken())
    assert threading.active_count() == before
