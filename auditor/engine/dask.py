"""The engine of a Dask cluster: items go to its workers, results return in any order, and only the driver writes.

The driver assigns items to workers, so it knows which items a dead worker was running. Those items run again, each
alone on a worker. An item that kills that process too is halved until the part that does it is found; ``Job.give_up``
then provides the records of that part.
"""

from __future__ import annotations

import pickle
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Self

from auditor.engine import About, Item, Job, Record
from auditor.engine.cluster import Cluster
from auditor.engine.remote import Call, Done, Failed, Lacks, Packer, Proof
from auditor.errors import EngineError

if TYPE_CHECKING:
    from distributed import Future, Security

BATCH = 100
"""Units of work per item: enough to make the cost of sending it small."""
AHEAD = 2
"""Items in flight per thread of a worker: the one that runs, and the next."""
LOOK_SECONDS = 1.0
"""Seconds between two queries for the connected workers."""
SILENCE = 5
"""Multiple of ``patience`` that a connected worker may take for its proof."""
DEATHS = 3
"""Processes that an item may kill before it is given up."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Callbacks that tell the user about the cluster."""

    note: Callable[[str], None] = lambda _: None
    """Called when a worker is refused or lost, or the scheduler is lost."""
    workers: Callable[[int], None] = lambda _: None
    """Called with the number of worker threads whenever it changes."""


def security_of(ca: Path | None, certificate: Path | None, key: Path | None) -> Security | None:
    """Return the TLS settings of a connection, from PEM files; ``None`` without files."""
    if ca is None:
        return None
    from distributed import Security

    return Security(
        tls_ca_file=str(ca), tls_client_cert=str(certificate), tls_client_key=str(key), require_encryption=True
    )


@dataclass(frozen=True, slots=True)
class DaskEngine:
    """Runs jobs on the workers of a cluster."""

    address: str
    """Address of the scheduler: ``tcp://host:port`` or ``tls://host:port``."""
    security: Security | None = None
    """Certificates for ``tls://``."""
    patience: float = 60.0
    """Seconds without a scheduler or worker after which a job fails."""
    watch: Watch = field(default_factory=Watch)
    answer_seconds: float = 10.0
    """Seconds after which a worker returns the finished part of an item; the rest is sent again."""

    def start(self, job: Job[Item, Record, About]) -> DaskSession[Item, Record, About]:
        """Set up a job on every connected worker.

        Raises :class:`~auditor.errors.EngineError` if there is none, or none that can do the job.
        """
        return DaskSession(job, self)


@dataclass(slots=True, eq=False)
class _Parcel(Generic[Item]):
    """An item, with what happened to it so far."""

    item: Item
    deaths: int = 0
    """Processes that died while running it."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker that has proved its sandbox and can do the job."""

    address: str
    threads: int
    proof: Proof
    sent: set[str] = field(default_factory=set)
    """Digests of the shared objects that it holds."""
    in_flight: dict[str, _Parcel[Any]] = field(default_factory=dict)
    """Items sent to it, by the key of their future, oldest first."""

    def room(self, *, alone: bool) -> int:
        """Return how many more items it can take; an item that killed a process before has the worker to itself."""
        if any(parcel.deaths for parcel in self.in_flight.values()):
            return 0
        return (max(1, self.threads // 2) if alone else self.threads * AHEAD) - len(self.in_flight)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A worker that was asked for a proof."""

    address: str
    threads: int
    since: float
    """Monotonic time."""


class DaskSession(Generic[Item, Record, About]):
    """A job on the workers of a cluster; new workers join once they have proved their sandbox."""

    def __init__(self, job: Job[Item, Record, About], engine: DaskEngine) -> None:
        self._job = job
        self._engine = engine
        self._name = uuid.uuid4().hex
        self._packer = Packer(job.shared)
        self._packed_job = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        self._events: queue.SimpleQueue[tuple[str, Future[Any]]] = queue.SimpleQueue()
        self._cluster = Cluster(engine.address, engine.security, engine.patience, self._events)
        self._workers: dict[str, _Worker] = {}
        self._proving: dict[str, _Asked] = {}
        """Key of the future → the worker that was asked for its proof."""
        self._refused: dict[str, str] = {}
        self._environment: str | None = None
        self._waiting: deque[_Parcel[Item]] = deque()
        self._given_up: list[Record] = []
        self._looked = 0.0
        self._alive = time.monotonic()
        """Monotonic time at which a worker was last connected."""
        try:
            self._gather()
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
        return BATCH

    @property
    def width(self) -> int:
        """Number of threads of all workers."""
        return sum(worker.threads for worker in self._workers.values())

    @property
    def sites(self) -> Sequence[About]:
        """The facts that each worker reported about itself."""
        return [worker.proof.about for worker in self._workers.values()]

    def close(self) -> None:
        """End all work on the cluster, including running items."""
        self._cluster.close(self._name, list(self._workers))
        self._engine.watch.workers(0)

    def map(self, items: Iterable[Item], *, alone: bool = False) -> Iterator[Record]:
        """Stream the records of all items, in any order, reading only a few items ahead of each worker.

        Raises what the job raises, and :class:`~auditor.errors.EngineError` if no worker is left for too long.
        """
        more, is_exhausted = iter(items), False
        try:
            while True:
                self._look()
                while not is_exhausted and not self._waiting and self._has_room(alone):
                    item = next(more, None)
                    is_exhausted = item is None
                    if item is not None:
                        self._waiting.append(_Parcel(item))
                        self._hand_out(alone)
                self._hand_out(alone)
                yield from self._drop_given_up()
                if is_exhausted and not self._waiting and not any(w.in_flight for w in self._workers.values()):
                    return
                with suppress(queue.Empty):
                    yield from self._take(*self._events.get(timeout=LOOK_SECONDS))
        finally:
            self._waiting.clear()
            for worker in self._workers.values():
                self._cluster.cancel(worker.in_flight)
                worker.in_flight.clear()

    # workers -----------------------------------------------------------------------------------------

    def _gather(self) -> None:
        """Wait until every connected worker has answered; the most frequent environment becomes the session's."""
        proofs: list[tuple[str, int, Proof]] = []
        while not proofs or self._proving:
            self._look()
            with suppress(queue.Empty):
                key, future = self._events.get(timeout=LOOK_SECONDS)
                found = self._proven(key, future) if key in self._proving else None
                proofs += [found] if found is not None else []
        counts = Counter(proof.environment for _, _, proof in proofs)
        self._environment = max(sorted(counts), key=counts.__getitem__)
        for address, threads, proof in proofs:
            self._accept(address, threads, proof)

    def _look(self) -> None:
        """Update the list of workers, ask new ones for a proof, and fail if there is none for too long."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        there = self._cluster.threads()
        for address in [one for one in self._workers if there is not None and one not in there]:
            self._lose(address)
        self._drop_unanswered(there, now)
        for address, threads in (there or {}).items():
            is_known = address in self._workers or address in self._refused
            if not is_known and address not in {one.address for one in self._proving.values()}:
                key = self._cluster.prove(address, self._name, self._packed_job, threads)
                self._proving[key] = _Asked(address, threads, now)
        if there and (self._workers or self._proving):
            self._alive = now
        elif now - self._alive > self._engine.patience:
            raise EngineError(self._why_idle(there is None), where=self._engine.address, remedy=_REMEDY)

    def _drop_unanswered(self, there: Mapping[str, int] | None, now: float) -> None:
        """Stop waiting for workers that died before they answered, and refuse those that do not answer at all."""
        for key, one in list(self._proving.items()):
            is_gone = there is not None and one.address not in there
            is_silent = now - one.since > SILENCE * self._engine.patience
            if is_gone or is_silent:
                self._cluster.cancel([key])
                del self._proving[key]
            if is_silent and not is_gone:
                self._refuse(one.address, f"it has not answered for {now - one.since:.0f} s")

    def _why_idle(self, is_lost: bool) -> str:
        if is_lost:
            return f"the scheduler does not answer ({self._cluster.trouble})"
        reason = "; ".join(f"{address}: {why}" for address, why in self._refused.items())
        return f"no worker can do this ({reason})" if reason else "the scheduler has no worker"

    def _proven(self, key: str, future: Future[Any]) -> tuple[str, int, Proof] | None:
        """Return a worker's proof with its address and threads; ``None`` if it is refused or gone."""
        asked = self._proving.pop(key)
        address, threads = asked.address, asked.threads
        match self._cluster.answer(key, future):
            case Proof(refusal="") as proof:
                return address, threads, proof
            case Proof() as proof:
                self._refuse(address, proof.refusal)
            case None:
                pass
            case error:
                self._refuse(address, f"it cannot run auditor: {type(error).__name__}: {error}")
        return None

    def _accept(self, address: str, threads: int, proof: Proof) -> None:
        if self._environment not in (None, proof.environment):
            self._refuse(address, f"its environment is {proof.environment}, that of the others {self._environment}")
            return
        self._workers[address] = _Worker(address, threads, proof)
        self._engine.watch.workers(self.width)

    def _refuse(self, address: str, why: str) -> None:
        self._refused[address] = why
        self._engine.watch.note(f"worker {address} is not used: {why}")

    def _lose(self, address: str) -> None:
        """Take back a dead worker's items; those that were running may have killed it."""
        worker = self._workers.pop(address)
        self._cluster.cancel(worker.in_flight)
        for place, parcel in enumerate(worker.in_flight.values()):
            if place < worker.threads:
                self._suspect(parcel)
            else:
                self._waiting.append(parcel)
        self._engine.watch.note(f"worker {address} on {worker.proof.host} is gone")
        self._engine.watch.workers(self.width)

    # items -------------------------------------------------------------------------------------------

    def _has_room(self, alone: bool) -> bool:
        return any(worker.room(alone=alone) > 0 for worker in self._workers.values())

    def _hand_out(self, alone: bool) -> None:
        """Send waiting items to the worker with most room, and items that killed a process before to an idle one."""
        kept: list[_Parcel[Item]] = []
        reserved: set[str] = set()
        for parcel in sorted(self._waiting, key=lambda one: one.deaths, reverse=True):
            free = [one for one in self._workers.values() if one.address not in reserved]
            if parcel.deaths:
                idle = min(free, key=lambda one: len(one.in_flight), default=None)
                if idle is not None:
                    reserved.add(idle.address)
                if idle is None or idle.in_flight:
                    kept.append(parcel)
                    continue
                self._send(parcel, idle)
                continue
            found = max(free, key=lambda one: one.room(alone=alone), default=None)
            if found is None or found.room(alone=alone) <= 0:
                kept.append(parcel)
            else:
                self._send(parcel, found)
        self._waiting = deque(kept)

    def _send(self, parcel: _Parcel[Item], worker: _Worker, lacks: frozenset[str] = frozenset()) -> None:
        data, needs = self._packer.pack(parcel.item)
        blobs = {digest: self._packer.blobs[digest] for digest in (needs - worker.sent) | lacks}
        worker.sent |= needs
        key = self._cluster.call(worker.address, Call(self._name, data, needs, blobs, self._engine.answer_seconds))
        worker.in_flight[key] = parcel

    def _take(self, key: str, future: Future[Any]) -> Iterator[Record]:
        """Handle the result of a future; yield its records."""
        if key in self._proving:
            if (found := self._proven(key, future)) is not None:
                self._accept(*found)
            return
        worker = next((one for one in self._workers.values() if key in one.in_flight), None)
        if worker is None:
            return  # from a worker that is gone, or from an abandoned map
        parcel = worker.in_flight[key]
        match self._cluster.answer(key, future):
            case Done(records, rest):
                del worker.in_flight[key]
                yield from records
                if rest is not None:
                    self._waiting.appendleft(_Parcel(rest))
            case Lacks(False, blobs):
                del worker.in_flight[key]
                self._send(parcel, worker, blobs)
            case Failed(error):
                raise error
            case None:  # the scheduler was lost, and its state with it
                del worker.in_flight[key]
                self._waiting.append(parcel)
            case _:  # the process has ended; a new one may have its address
                self._lose(worker.address)

    def _drop_given_up(self) -> Iterator[Record]:
        given_up, self._given_up = self._given_up, []
        yield from given_up

    def _suspect(self, parcel: _Parcel[Item]) -> None:
        """Count a process that died while running an item; if it ran alone there, divide it or give it up."""
        parcel.deaths += 1
        if parcel.deaths == 1:
            self._waiting.append(parcel)
            return
        parts = self._job.split(parcel.item)
        if len(parts) > 1:
            self._waiting += [_Parcel(part, deaths=1) for part in parts]
        elif parcel.deaths < DEATHS:
            self._waiting.append(parcel)
        else:
            self._given_up += self._job.give_up(parcel.item, f"it ended each of {DEATHS} worker processes that ran it")


_REMEDY = "start workers (`dask worker ADDRESS`), then run the same command again: finished work is kept"
