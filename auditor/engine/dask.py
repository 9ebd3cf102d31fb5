"""The engine of a Dask cluster: batches go to its workers, results come back in any order, this process alone writes.

The driver decides which worker gets which item, so that it knows what a worker that dies was at. Items that were at
work in a process that died run again with no other item beside them. One that ends a process alone, too, is halved,
and halved again, until the part that does it is found; that part's records are what the job gives up with.
"""

from __future__ import annotations

import pickle
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
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
"""Small things in an item: enough that handing it over costs little."""
AHEAD = 2
"""Items handed out for each thread of a worker: the one at work, and the next."""
LOOK_SECONDS = 1.0
"""Time between two looks at which workers there are."""
DEATHS = 3
"""Processes that an item may end before it is given up."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a user is told of the cluster."""

    note: Callable[[str], None] = lambda _: None
    """A worker was refused or lost, or the scheduler."""
    workers: Callable[[int], None] = lambda _: None
    """How many threads work now."""


def security_of(ca: Path | None, certificate: Path | None, key: Path | None) -> Security | None:
    """Return what a connection by TLS takes, from files in PEM; ``None`` where there are none."""
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
    """Of the scheduler: ``tcp://host:port`` or ``tls://host:port``."""
    security: Security | None = None
    """Certificates for ``tls://``."""
    patience: float = 60.0
    """Seconds without a scheduler or worker after which a job fails."""
    watch: Watch = field(default_factory=Watch)
    answer_seconds: float = 10.0
    """A worker returns what it has done of an item after so long, and the rest is sent again: none waits for long."""

    def start(self, job: Job[Item, Record, About]) -> DaskSession[Item, Record, About]:
        """Set a job up on every worker that is there.

        Raises :class:`~auditor.errors.EngineError` where there is none, or none that can do the job.
        """
        return DaskSession(job, self)


@dataclass(slots=True, eq=False)
class _Parcel(Generic[Item]):
    """An item on its way."""

    item: Item
    deaths: int = 0
    """Processes that have ended while it was at work there."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker that has proved that it can do the job."""

    address: str
    threads: int
    proof: Proof
    sent: set[str] = field(default_factory=set)
    """Shared objects that it has."""
    in_flight: dict[str, _Parcel[Any]] = field(default_factory=dict)
    """Items that were sent there, by the key of their future, in that order."""

    def room(self, *, alone: bool) -> int:
        """Return how many more items it takes; an item under suspicion fills it."""
        if any(parcel.deaths for parcel in self.in_flight.values()):
            return 0
        return (max(1, self.threads // 2) if alone else self.threads * AHEAD) - len(self.in_flight)


class DaskSession(Generic[Item, Record, About]):
    """A job on the workers of a cluster; new workers join it once they have proved themselves."""

    def __init__(self, job: Job[Item, Record, About], engine: DaskEngine) -> None:
        self._job = job
        self._engine = engine
        self._name = uuid.uuid4().hex
        self._packer = Packer(job.shared)
        self._packed_job = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        self._events: queue.SimpleQueue[tuple[str, Future[Any]]] = queue.SimpleQueue()
        self._cluster = Cluster(engine.address, engine.security, engine.patience, self._events)
        self._workers: dict[str, _Worker] = {}
        self._proving: dict[str, tuple[str, int]] = {}
        """Key of the future → address and threads."""
        self._refused: dict[str, str] = {}
        self._environment: str | None = None
        self._waiting: deque[_Parcel[Item]] = deque()
        self._given_up: list[Record] = []
        self._looked = 0.0
        self._alive = time.monotonic()
        """When there was a worker last."""
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
        """How many small things to put into one item."""
        return BATCH

    @property
    def width(self) -> int:
        """How many threads the workers have."""
        return sum(worker.threads for worker in self._workers.values())

    @property
    def sites(self) -> Sequence[About]:
        """What each worker said about itself."""
        return [worker.proof.about for worker in self._workers.values()]

    def close(self) -> None:
        """End all work on the cluster, also items that are at work."""
        self._cluster.close(self._name, list(self._workers))
        self._engine.watch.workers(0)

    def map(self, items: Iterable[Item], *, alone: bool = False) -> Iterator[Record]:
        """Stream the records of all items, in any order, taking items only a few ahead of each worker.

        Raises what the job raises, and :class:`~auditor.errors.EngineError` where no worker is left for long.
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
        """Wait for a worker; when all that are connected have answered, agree on what most of them are."""
        proofs: list[tuple[str, int, Proof]] = []
        while not proofs or self._proving:
            self._look()
            with suppress(queue.Empty):
                found = self._proven(*self._events.get(timeout=LOOK_SECONDS))
                proofs += [found] if found is not None else []
        counts = Counter(proof.environment for _, _, proof in proofs)
        self._environment = max(sorted(counts), key=counts.__getitem__)
        for address, threads, proof in proofs:
            self._accept(address, threads, proof)

    def _look(self) -> None:
        """See which workers came and went; have new ones prove themselves; fail when there is none for too long."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        there = self._cluster.threads()
        for address in [one for one in self._workers if there is not None and one not in there]:
            self._lose(address)
        for address, threads in (there or {}).items():
            is_known = address in self._workers or address in self._refused
            if not is_known and address not in {one for one, _ in self._proving.values()}:
                self._proving[self._cluster.prove(address, self._name, self._packed_job, threads)] = address, threads
        if there and (self._workers or self._proving):
            self._alive = now
        elif now - self._alive > self._engine.patience:
            raise EngineError(self._why_idle(there is None), where=self._engine.address, remedy=_REMEDY)

    def _why_idle(self, is_lost: bool) -> str:
        if is_lost:
            return "the scheduler does not answer"
        reason = "; ".join(f"{address}: {why}" for address, why in self._refused.items())
        return f"no worker can do this ({reason})" if reason else "the scheduler has no worker"

    def _proven(self, key: str, future: Future[Any]) -> tuple[str, int, Proof] | None:
        """Return a worker's proof with its address and threads; ``None`` where it is refused, or gone."""
        address, threads = self._proving.pop(key)
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
        """Take back what a worker had; what was at work there may have ended it."""
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
        """Send what waits, to the worker with most room; one under suspicion to a worker that is idle."""
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
        """Take in what a future came to; yield the records."""
        if key in self._proving:
            if (found := self._proven(key, future)) is not None:
                self._accept(*found)
            return
        worker = next((one for one in self._workers.values() if key in one.in_flight), None)
        if worker is None:
            return  # of a worker that is gone, or of a map that was left
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
            case None:  # the scheduler was lost, and all that it knew
                del worker.in_flight[key]
                self._waiting.append(parcel)
            case _:  # the process has ended; a new one may have its address
                self._lose(worker.address)

    def _drop_given_up(self) -> Iterator[Record]:
        given_up, self._given_up = self._given_up, []
        yield from given_up

    def _suspect(self, parcel: _Parcel[Item]) -> None:
        """Count that a process ended with an item at work; divide it or give it up if it was alone there."""
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


_REMEDY = "start workers (docs/scale.md), then give the same command again: what is done is kept"
