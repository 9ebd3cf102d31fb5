"""Write samples in batches: those that arrive in one turn of the event loop are one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from auditor.records import Sample

Write = Callable[[Sequence[Sample]], None]


class BatchWriter:
    """Collector that passes samples to ``write``, then ``count`` and ``progress``; all calls from one event loop."""

    def __init__(self, write: Write, count: Write, progress: Callable[[int], None]) -> None:
        self._write = write
        self._count = count
        self._progress = progress
        self._batch: list[Sample] = []
        self._done: asyncio.Future[None] | None = None

    async def written(self, samples: Sequence[Sample]) -> None:
        """Add samples to this turn's batch and wait until it is on disk; raises the errors of writing."""
        if self._done is None:
            loop = asyncio.get_running_loop()
            self._done = loop.create_future()
            loop.call_soon(self._flush)
        self._batch += samples
        await asyncio.shield(self._done)

    def _flush(self) -> None:
        batch, done = self._batch, self._done
        self._batch, self._done = [], None
        if done is None:
            return
        try:
            self._write(batch)
            self._count(batch)
            self._progress(len(batch))
        except Exception as error:  # noqa: BLE001 - handed to the workers that wait for it, and raised there
            done.set_exception(error)
        else:
            done.set_result(None)
