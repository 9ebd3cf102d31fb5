"""The worker's side of a cluster: it keeps a session per job and processes the items that it receives.

Items and records travel as pickles. Objects of a job's shared types (the tasks of a benchmark) are left out of the
items and sent once for each process, compressed, under a digest of their content.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import socket
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.engine import Job
from auditor.engine.local import LocalSession
from auditor.errors import AuditorError

_BLOB_SECONDS = 5.0
"""Seconds that a call waits for a shared object from another call."""
_OBJECTS = 32
"""Number of shared objects kept unpacked."""
_IDLE_SECONDS = 900.0
"""Idle seconds after which a session is closed when a new one starts, since its driver has probably ended."""


class Packer:
    """Pickles items without their shared objects, each of which is pickled once."""

    def __init__(self, shared: tuple[type, ...]) -> None:
        self._shared = shared
        self._digests: dict[int, tuple[object, str]] = {}
        """By ``id()``; holding the object keeps its id from being reused."""
        self.blobs: dict[str, bytes] = {}
        """Digest → the object, pickled and compressed."""

    def pack(self, item: object) -> tuple[bytes, frozenset[str]]:
        """Return an item's bytes and the digests of the shared objects in it."""
        needs: set[str] = set()
        file = io.BytesIO()
        pickler = _Pickler(file, pickle.HIGHEST_PROTOCOL)
        pickler.shared, pickler.digest_of, pickler.needs = self._shared, self._digest, needs
        pickler.dump(item)
        return file.getvalue(), frozenset(needs)

    def _digest(self, value: object) -> str:
        known = self._digests.get(id(value))
        if known is None:
            data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            digest = hashlib.sha256(data).hexdigest()
            self.blobs.setdefault(digest, zlib.compress(data, 6))
            known = self._digests[id(value)] = (value, digest)
        return known[1]


class _Pickler(pickle.Pickler):
    shared: tuple[type, ...]
    digest_of: Any
    needs: set[str]

    def persistent_id(self, value: object) -> str | None:
        if not isinstance(value, self.shared):
            return None
        digest: str = self.digest_of(value)
        self.needs.add(digest)
        return digest


class _Unpickler(pickle.Unpickler):
    objects: Any

    def persistent_load(self, digest: str) -> object:
        return self.objects(digest)


@dataclass(frozen=True, slots=True)
class Call:
    """An item for a worker."""

    session: str
    item: bytes
    needs: frozenset[str]
    """Digests of the shared objects in it."""
    blobs: Mapping[str, bytes]
    """Those of them that were not sent to this process before."""
    seconds: float
    """Time after which the call returns the finished part of the item."""


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a call."""

    records: Sequence[Any]
    rest: Any
    """The part of the item that was not finished in time; ``None`` if everything was."""
    seconds: float
    """Wall time taken."""


@dataclass(frozen=True, slots=True)
class Lacks:
    """The process lacks the session or shared objects, e.g. because it is a new process at an old address."""

    session: bool
    blobs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Failed:
    """The job itself raised an error."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Proof:
    """A process that can do a job, or says why it cannot."""

    host: str
    about: Any
    environment: str
    """Digest of the environment that records depend on."""
    refusal: str = ""
    """Reason why it cannot do the job; empty if it can."""


@dataclass(slots=True)
class _Open:
    """A session of this process."""

    job: Job[Any, Any, Any]
    session: LocalSession[Any, Any, Any]
    blobs: dict[str, bytes] = field(default_factory=dict)
    objects: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    used: float = field(default_factory=time.monotonic)

    def keep(self, blobs: Mapping[str, bytes]) -> None:
        with self.arrived:
            self.blobs.update(blobs)
            self.arrived.notify_all()

    def lacking(self, needs: frozenset[str]) -> frozenset[str]:
        """Return the digests that have not arrived after ``_BLOB_SECONDS``."""
        with self.arrived:
            self.arrived.wait_for(lambda: needs <= self.blobs.keys(), _BLOB_SECONDS)
            return needs - self.blobs.keys()

    def load(self, digest: str) -> Any:
        """Return a shared object; all items get the same one while it is kept."""
        with self.arrived:
            if digest not in self.objects:
                self.objects[digest] = pickle.loads(zlib.decompress(self.blobs[digest]))  # noqa: S301 - of our driver
            self.objects.move_to_end(digest)
            while len(self.objects) > _OBJECTS:
                self.objects.popitem(last=False)
            return self.objects[digest]


_sessions: dict[str, _Open] = {}
_guard = threading.Lock()


def prove(session: str, job: bytes, threads: int) -> Proof:
    """Set up a job in this process as a session of that name, and report what this process is."""
    host = socket.gethostname()
    with _guard:
        found = _sessions.get(session)
        if found is None:
            _drop_idle()
            unpacked: Job[Any, Any, Any] = pickle.loads(job)  # noqa: S301 - from our driver
            try:
                found = _Open(unpacked, LocalSession(unpacked, threads))
            except AuditorError as error:
                return Proof(host, None, "", refusal=str(error))
            _sessions[session] = found
    return Proof(host, found.session.sites[0], found.session.environment)


def work(call: Call) -> Done | Lacks | Failed:
    """Process an item, for a bounded time."""
    with _guard:
        found = _sessions.get(call.session)
    if found is None:
        return Lacks(session=True, blobs=frozenset())
    found.used = time.monotonic()
    found.keep(call.blobs)
    if lacking := found.lacking(call.needs):
        return Lacks(session=False, blobs=lacking)
    unpickler = _Unpickler(io.BytesIO(call.item))
    unpickler.objects = found.load
    item = unpickler.load()
    started = time.monotonic()
    records: list[Any] = []
    try:
        stream = found.session.map([item])
        for record in stream:
            records.append(record)
            if time.monotonic() - started > call.seconds:
                break
    except BaseException as error:  # noqa: BLE001 - raised again by the driver
        return Failed(_portable(error))
    rest = found.job.rest(item, records)
    return Done(records, rest, time.monotonic() - started)


def release(session: str) -> None:
    """End a session with its processes."""
    with _guard:
        found = _sessions.pop(session, None)
    if found is not None:
        found.session.close()


def _drop_idle() -> None:
    for name, one in list(_sessions.items()):
        if time.monotonic() - one.used > _IDLE_SECONDS:
            del _sessions[name]
            one.session.close()


def _portable(error: BaseException) -> BaseException:
    """Return an error that can be sent to the driver."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - whatever its class does
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
