"""The local engine: one site, and a few threads that usually wait for their own subprocesses."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from auditor.engine import About, Item, Job, Record, Site, Worker

T = TypeVar("T")
_ITEMS_AHEAD = 2
"""Items in flight per worker: the current one, and the next."""
_BATCH = 8
"""Handing over a batch is free here, and small batches keep all workers busy to the end."""


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalEngine:
    """Runs jobs in threads of this process."""

    def __init__(self, workers: int = 0) -> None:
        """Run this many workers at once; 0 means one per core."""
        self.workers = workers or cores()

    def start(self, job: Job[Item, Record, About]) -> LocalSession[Item, Record, About]:
        """Set a job up; raises what its ``open`` raises."""
        return LocalSession(job, self.workers)


@dataclass(frozen=True, slots=True)
class _Finished:
    """Marks the end of an item."""

    error: BaseException | None


class LocalSession(Generic[Item, Record, About]):
    """The threads of one job, each with its own worker, created on first use.

    Only these threads start processes, and they live until the session is closed: with ``PR_SET_PDEATHSIG`` the kernel
    kills a process when the thread that started it ends.
    """

    def __init__(self, job: Job[Item, Record, About], workers: int) -> None:
        self.workers = workers
        self._made: dict[int, Worker[Item, Record]] = {}
        self._guard = threading.Lock()
        self._site: Site[Item, Record, About] | None = None
        self._is_closed = False
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        try:
            self._site = self._pool.submit(job.open).result()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def batch_size(self) -> int:
        """How many units of work to put into one item."""
        return _BATCH

    @property
    def width(self) -> int:
        """Number of items that run at once."""
        return self.workers

    @property
    def sites(self) -> Sequence[About]:
        """The facts about this process."""
        return [self._site.about] if self._site is not None else []

    @property
    def environment(self) -> str:
        """Digest of the environment that records depend on here."""
        return self._site.environment if self._site is not None else ""

    def close(self) -> None:
        """End all workers, also those in the middle of an item."""
        with self._guard:  # from here on no thread gets a worker
            self._is_closed = True
            made = list(self._made.values())
        for worker in made:
            worker.stop()
        self._pool.shutdown(cancel_futures=True)
        for worker in made:
            worker.close()
        if self._site is not None:
            self._site.close()

    def map(self, items: Iterable[Item], *, alone: bool = False) -> Iterator[Record]:
        """Stream the records of all items, in any order, reading only a few items ahead."""
        ahead = max(1, self.workers // 2) if alone else self.workers * _ITEMS_AHEAD
        records: queue.SimpleQueue[Record | _Finished] = queue.SimpleQueue()
        abandoned = threading.Event()
        running = 0
        try:
            for item in items:
                self._pool.submit(self._work, item, records, abandoned)
                running += 1
                while running >= ahead:
                    running -= yield from _next(records)
            while running:
                running -= yield from _next(records)
        finally:
            abandoned.set()

    def _work(self, item: Item, records: queue.SimpleQueue[Record | _Finished], abandoned: threading.Event) -> None:
        """Process an item in a thread of the pool, until its consumer is gone."""
        error: BaseException | None = None
        try:
            if not abandoned.is_set():
                for record in self._worker().run(item):
                    records.put(record)
                    if abandoned.is_set():
                        break
        except BaseException as caught:  # noqa: BLE001 - raised again where the records are taken
            error = caught
        records.put(_Finished(error))

    def _worker(self) -> Worker[Item, Record]:
        """Return this thread's worker."""
        thread = threading.get_ident()
        with self._guard:
            if self._is_closed or self._site is None:
                raise RuntimeError("the session is closed")
            if thread not in self._made:
                self._made[thread] = self._site.worker(len(self._made))
            return self._made[thread]


def _next(records: queue.SimpleQueue[T | _Finished]) -> Generator[T, None, int]:
    """Take one message: yield a record or raise an error; returns the number of finished items, 0 or 1."""
    message = records.get()
    if not isinstance(message, _Finished):
        yield message
        return 0
    if message.error is not None:
        raise message.error
    return 1
