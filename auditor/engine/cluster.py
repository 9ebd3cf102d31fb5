"""The connection to a Dask scheduler: calls to chosen workers, and their results."""

from __future__ import annotations

import itertools
import logging
import queue
import time
import uuid
from collections.abc import Iterable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from auditor.engine.remote import Call, Done, Failed, Lacks, Proof, prove, release, work
from auditor.errors import EngineError, ErrorSlug, UsageError

if TYPE_CHECKING:
    from distributed import Client, Future, Security

_ANSWER_SECONDS = 10.0
"""Seconds allowed for one query to the scheduler, or for fetching one result."""
LOST_SECONDS = 5.0
"""Seconds for which a scheduler may not know a call before the call counts as lost."""
_RELEASE_SECONDS = 5.0
"""Seconds allowed for workers to end their processes when a session is closed."""

Events = queue.SimpleQueue[tuple[str, "Future[Any]"]]
"""Finished futures, each with its key."""
Answer = Done | Lacks | Failed | Proof
"""A worker's result."""


class Cluster:
    """Calls of functions on workers by address; every finished call goes into a queue, whatever its outcome."""

    def __init__(self, address: str, security: Security | None, patience: float, events: Events) -> None:
        """Connect; raises :class:`~auditor.errors.EngineError` if no scheduler answers within ``patience`` seconds.

        Raises :class:`~auditor.errors.UsageError` if Dask is not installed.
        """
        self._address, self._security, self._events = address, security, events
        self._prefix = f"auditor-{uuid.uuid4().hex[:12]}"
        self._numbers = itertools.count()
        self._futures: dict[str, Future[Any]] = {}
        self._unknown: dict[str, float] = {}
        """Call that the scheduler does not know → monotonic time since when."""
        self._lost: set[str] = set()
        self.trouble = ""
        """Reason why the last query to the scheduler failed; empty if it did not."""
        self._client = self._first_connection(patience)

    def _first_connection(self, patience: float) -> Client:
        """Connect, even to a restarting scheduler that closes its first connections."""
        end = time.monotonic() + patience
        while True:
            try:
                return self._connect(max(1.0, end - time.monotonic()))
            except OSError as error:
                if time.monotonic() < end:
                    time.sleep(0.1)
                    continue
                raise EngineError(
                    f"no scheduler answers: {error}",
                    where=self._address,
                    remedy="start one, or correct [engine] scheduler",
                ) from None

    def _connect(self, seconds: float) -> Client:
        try:
            from distributed import Client
        except ImportError:
            remedy = "pip install 'auditor[dask]', or leave out [engine] scheduler"
            raise UsageError(
                "Dask is not installed", where="[engine]", remedy=remedy, slug=ErrorSlug.EXTRA_MISSING
            ) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # lost workers are reported by the session
        return Client(self._address, timeout=seconds, security=self._security, set_as_default=False, name="auditor")

    def threads(self) -> Mapping[str, int] | None:
        """Return the number of threads of each connected worker, by address; ``None`` if no scheduler answers."""
        try:
            if self._client.status == "closed":
                self._client = self._connect(_ANSWER_SECONDS)
            found: Mapping[str, int] = self._client.sync(
                self._client.scheduler.ncores, callback_timeout=_ANSWER_SECONDS
            )
            self._find_lost()
        except Exception as error:  # noqa: BLE001 - a broken connection raises errors of many kinds; it is tried again
            self.trouble = f"{type(error).__name__}: {error}"
            time.sleep(0.1)
            return None
        self.trouble = ""
        return found

    def _find_lost(self) -> None:
        """Report as lost the calls that the scheduler has not known for some seconds, and reconnect.

        Queries use their own connections. They may reach a restarted scheduler while calls are still sent to the old
        one, which would never answer.
        """
        waiting = [key for key, future in list(self._futures.items()) if not future.done()]
        if not waiting:
            self._unknown.clear()
            return
        processing = self._client.sync(self._client.scheduler.processing, callback_timeout=_ANSWER_SECONDS)
        known = {key for keys in processing.values() for key in keys}
        now = time.monotonic()
        self._unknown = {key: self._unknown.get(key, now) for key in waiting if key not in known}
        lost = [key for key, since in self._unknown.items() if now - since > LOST_SECONDS]
        if not lost:
            return
        for key in lost:
            del self._unknown[key]
            self._lost.add(key)
            self._events.put((key, self._futures.pop(key)))
        with suppress(Exception):
            self._client.close(timeout=_RELEASE_SECONDS)  # its other calls are cancelled, and sent again
        self._client = self._connect(_ANSWER_SECONDS)

    def prove(self, address: str, session: str, job: bytes, threads: int) -> str:
        """Let a worker set up a job; returns the key of the answer."""
        return self._submit(address, prove, session, job, threads)

    def call(self, address: str, call: Call) -> str:
        """Send an item to a worker; returns the key of the answer."""
        return self._submit(address, work, call)

    def _submit(self, address: str, function: Any, *arguments: object) -> str:
        key = f"{self._prefix}-{next(self._numbers)}"
        future = self._client.submit(function, *arguments, key=key, workers=[address], pure=False)
        self._futures[key] = future
        future.add_done_callback(lambda done: self._events.put((key, done)))
        return key

    def answer(self, key: str, future: Future[Any]) -> Answer | Exception | None:
        """Return a worker's answer, or the error of the call; ``None`` if it was lost or cancelled."""
        self._futures.pop(key, None)
        if key in self._lost:
            self._lost.discard(key)
            return None
        try:
            found: Answer = future.result(timeout=_ANSWER_SECONDS)
        except (CancelledError, TimeoutError):  # distributed's own error of a cancelled future is a CancelledError
            return None
        except Exception as error:  # noqa: BLE001 - of the cluster: a worker that died, a message that cannot be read
            return error
        return found

    def cancel(self, keys: Iterable[str]) -> None:
        """Cancel calls; results of running ones are ignored."""
        dropped = [future for key in list(keys) if (future := self._futures.pop(key, None)) is not None]
        if dropped:
            with suppress(Exception):
                self._client.cancel(dropped, force=True)

    def close(self, session: str, addresses: Iterable[str]) -> None:
        """End a session on its workers, and the connection."""
        with suppress(Exception):
            self.cancel(list(self._futures))
            if self._client.status == "running":
                self._client.sync(
                    self._client._run,  # noqa: SLF001 - `run` itself waits without a limit
                    release, session, workers=list(addresses), on_error="ignore", callback_timeout=_RELEASE_SECONDS,
                )  # fmt: skip
        with suppress(Exception):
            self._client.close(timeout=_RELEASE_SECONDS)
