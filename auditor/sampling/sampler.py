"""Draw a model's samples: in parallel, within limits, resumable at any moment.

Design. As many workers as the configured concurrency pull requests from one stream. A worker sets aside
the worst case from the budget, waits for a place in the air and for the limits a minute, asks, retries
what may pass, and hands the samples to be written. It takes no new request before they are written, so
at any moment no more samples are paid for but not on disk than requests may be in the air. Answers that
arrive in one turn of the loop are written as one batch.

The first request goes alone: a wrong key, an unknown model or host ends the run before anything is
written or a hundred requests have failed, and where all is well its samples count like any others.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import replace

from auditor.config import ModelConfig
from auditor.errors import EndpointError
from auditor.records import Sample, Task
from auditor.sampling.budget import Budget, Spent
from auditor.sampling.endpoint import Endpoint, FilteredError, Kind, TransientError
from auditor.sampling.pace import Flight, Pace
from auditor.sampling.reply import BadReplyError, read_reply, refused
from auditor.sampling.request import Key, Request, requests
from auditor.sampling.summary import SamplingSummary, Tally

Write = Callable[[Sequence[Sample]], None]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between two tries where the server asks for none; the first, doubled each time up to the longest."""
HOPELESS = 8
"""Requests given up in a row, without one answer between, after which the server counts as gone."""
PATIENCE = 600.0
"""Seconds of ``Retry-After`` that are waited for; a server that asks for more ends the run."""


def sample_model(
    model: ModelConfig,
    tasks: Sequence[Task],
    *,
    done: AbstractSet[Key] = frozenset(),
    write: Write,
    progress: Callable[[int], None] | None = None,
    spent: Spent | None = None,
) -> SamplingSummary:
    """Draw what is missing of a model's samples for tasks; blocks until all are written.

    ``done`` holds (task id, index, request hash) of the samples that are there; they are not asked again.
    ``write`` is called from this thread with each batch as it arrives. ``progress`` is told how many more samples are
    written. ``spent`` is what earlier runs took from the budget.

    Raises :class:`~auditor.errors.EndpointError` where the server cannot be used or requests failed for good,
    :class:`~auditor.errors.BudgetError` before the budget is overspent,
    :class:`~auditor.errors.ConfigError` for settings that do not go together. All that arrived before is written.
    """
    return asyncio.run(_Run(model, tasks, done, write, progress, spent or Spent()).all())


def check_endpoint(model: ModelConfig) -> None:
    """Check key, host and TLS of a model's endpoint without spending anything.

    Raises :class:`~auditor.errors.EndpointError` or :class:`~auditor.errors.ConfigError`, with the remedy.
    """

    async def check() -> None:
        async with Endpoint(model) as endpoint:
            await endpoint.check()

    asyncio.run(check())


class _HaltedError(Exception):
    """The run is to end, so this request is not sent."""


class _Run:
    """The state of one call of :func:`sample_model`."""

    def __init__(
        self,
        model: ModelConfig,
        tasks: Sequence[Task],
        done: AbstractSet[Key],
        write: Write,
        progress: Callable[[int], None] | None,
        spent: Spent,
    ) -> None:
        self._model = model
        self._stream = requests(model, tasks, done)
        self._again: list[Request] = []
        self._write = write
        self._progress = progress or (lambda _: None)
        self._budget = Budget(model, spent)
        self._flight = Flight(model.concurrency, sleep=self._rest_for)
        self._requests_pace = Pace(model.requests_per_minute, sleep=self._rest_for)
        self._tokens_pace = Pace(model.tokens_per_minute, sleep=self._rest_for)
        self._tally = Tally(model)
        self._stop: Exception | None = None
        self._halted = asyncio.Event()
        self._lost: list[TransientError] = []
        self._batch: list[Sample] = []
        self._batch_written: asyncio.Future[None] | None = None
        self._random = random.Random()  # noqa: S311 - jitter, not a secret

    async def all(self) -> SamplingSummary:
        """Run to the end, or to the first thing that stops it."""
        first = next(self._queue(), None)
        if first is None:
            return self._tally.summary(self._flight.least_seen, self._budget.spent)
        async with AsyncExitStack() as stack:
            self._endpoint = await stack.enter_async_context(Endpoint(self._model))
            await self._one(first, scout=True)
            if self._stop is None:
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._model.concurrency):
                        group.create_task(self._work())
        if self._stop is not None:
            raise self._stop
        if self._lost:
            raise self._incomplete()
        return self._tally.summary(self._flight.least_seen, self._budget.spent)

    def _queue(self) -> Iterator[Request]:
        """Give what is next: follow-ups of short replies first."""
        while True:
            if self._again:
                yield self._again.pop()
                continue
            request = next(self._stream, None)
            if request is None:
                return
            yield request

    async def _work(self) -> None:
        for request in self._queue():
            await self._one(request)
            if self._stop is not None:
                return

    async def _one(self, request: Request, *, scout: bool = False) -> None:
        """Bring the samples of one request onto the disk; note what stops the run."""
        try:
            samples = await self._fetch(request, scout=scout)
            if samples is None:
                return
            if len(samples) < len(request.indices):
                self._again.append(_rest(request, len(samples)))
            await self._written(samples)
        except _HaltedError:
            return
        except Exception as error:  # noqa: BLE001 - raised by all() once what is in the air has landed
            self._halt(error)

    async def _fetch(self, request: Request, *, scout: bool) -> list[Sample] | None:
        """Ask until an answer comes; ``None`` where it did not come in the configured number of tries."""
        for attempt in range(self._model.max_retries + 1):
            if self._stop is not None:
                return None
            try:
                return await self._within_budget(request)
            except TransientError as error:
                self._tally.retried(error.kind)
                if scout and error.kind is Kind.CONNECT:
                    raise self._endpoint.fatal(error) from None
                if error.retry_after is not None and error.retry_after > PATIENCE:
                    raise self._too_patient(error) from None
                if attempt == self._model.max_retries:
                    self._give_up(error, scout=scout)
                else:
                    await self._rest_for(self._pause(attempt, error))
        return None

    async def _within_budget(self, request: Request) -> list[Sample]:
        """Ask once, with the worst case set aside meanwhile."""
        aside = await self._budget.reserve(request)
        outcome: list[Sample] | None = []
        try:
            outcome = await self._ask(request)
            return outcome
        except TransientError as error:
            outcome = None if error.may_have_cost else []
            raise
        finally:
            self._budget.settle(aside, request, outcome)

    async def _ask(self, request: Request) -> list[Sample]:
        """Ask once, within all limits."""
        entered = await self._flight.enter()
        try:
            tokens = request.prompt_tokens_guess
            await self._requests_pace.take()
            await self._tokens_pace.take(tokens)
            if self._stop is not None:
                raise _HaltedError
            started = time.perf_counter()
            try:
                payload = await self._endpoint.ask(request.body)
                latency = time.perf_counter() - started
                samples = read_reply(payload, request, self._model, latency)
            except FilteredError as error:
                return refused(str(error), request, self._model, time.perf_counter() - started)
            except BadReplyError as error:
                raise TransientError(Kind.REPLY, str(error)) from None
            used = sum((s.usage.prompt_tokens or 0) + (s.usage.completion_tokens or 0) for s in samples)
            self._tokens_pace.give_back(tokens - used if used else 0)
            self._flight.arrived(entered, slow=latency > self._model.timeout / 2)
            return samples
        except TransientError as error:
            if error.is_overload:
                self._flight.overloaded(entered, error.retry_after)
            raise
        finally:
            self._flight.leave()

    def _pause(self, attempt: int, error: TransientError) -> float:
        """Wait before another try: what the server asks, else twice as long each time, with jitter (seconds)."""
        if error.retry_after is not None:
            return error.retry_after + self._random.uniform(0, 0.1)
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**attempt)
        return self._random.uniform(longest / 2, longest)

    def _give_up(self, error: TransientError, *, scout: bool) -> None:
        """Leave a request unanswered; stop altogether where the server answers nothing any more."""
        self._lost.append(error)
        in_a_row = self._tally.gave_up()
        if scout or in_a_row >= HOPELESS:
            self._halt(self._endpoint.fatal(error))

    def _halt(self, error: Exception) -> None:
        """Let no further request start; the first reason counts."""
        self._stop = self._stop or error
        self._halted.set()

    async def _rest_for(self, seconds: float) -> None:
        """Sleep; raise :class:`_HaltedError` as soon as the run is to end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._halted.wait()
                raise _HaltedError

    def _incomplete(self) -> EndpointError:
        error = self._endpoint.fatal(self._lost[-1])
        tries = self._model.max_retries + 1
        return EndpointError(
            f"{len(self._lost)} requests brought nothing in {tries} tries; the last: {error.message}",
            where=error.where,
            remedy=error.remedy,
        )

    def _too_patient(self, error: TransientError) -> EndpointError:
        fatal = self._endpoint.fatal(error)
        return EndpointError(
            f"{error.message} (the server asks to wait {error.retry_after:.0f} s)",
            where=fatal.where,
            remedy="wait that long, then give the same command again",
        )

    # writing ------------------------------------------------------------------------------------

    async def _written(self, samples: Sequence[Sample]) -> None:
        """Put samples into the batch of this turn of the loop, and wait until it is on disk."""
        if self._batch_written is None:
            loop = asyncio.get_running_loop()
            self._batch_written = loop.create_future()
            loop.call_soon(self._flush)
        self._batch += samples
        await asyncio.shield(self._batch_written)

    def _flush(self) -> None:
        batch, written = self._batch, self._batch_written
        self._batch, self._batch_written = [], None
        if written is None:
            return
        try:
            self._write(batch)
            self._tally.add(batch)
            self._progress(len(batch))
        except Exception as error:  # noqa: BLE001 - handed to the workers that wait for it, and raised there
            written.set_exception(error)
        else:
            written.set_result(None)


def _rest(request: Request, arrived: int) -> Request:
    """Ask again for the choices that a reply left out."""
    indices = request.indices[arrived:]
    body = {key: value for key, value in request.body.items() if key != "n"}
    if len(indices) > 1:
        body["n"] = len(indices)
    if "seed" in body:
        body["seed"] += arrived
    return replace(request, indices=indices, hashes=request.hashes[arrived:], body=body)
