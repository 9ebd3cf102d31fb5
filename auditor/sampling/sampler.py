"""Draw a model's samples: in parallel, within limits, resumable at any moment.

Design. As many workers as the configured concurrency pull requests from one stream. A worker reserves the worst case
from the budget, waits for a slot and for the limits per minute, sends the request, retries transient failures, and
passes the samples on for writing. It takes no new request before they are written, so the samples that are paid for but
not on disk never exceed the requests that may be in flight. Answers that arrive in one turn of the loop are written as
one batch.

Requests go one at a time until the first answer: a wrong key, an unknown model or host ends the run before anything
is written or a hundred requests have failed (see ``stopping``). Otherwise the first answer's samples count like any
others.
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
from auditor.errors import BudgetError, EndpointError
from auditor.records import Sample, SampleStatus, Task
from auditor.sampling import interruptible
from auditor.sampling.budget import Budget, Spent
from auditor.sampling.endpoint import Endpoint
from auditor.sampling.failures import Failure, RunWideError, Scope, TransientError, TransientKind, UnansweredError
from auditor.sampling.limits import ConcurrencyLimiter, RateLimiter
from auditor.sampling.reply import read_reply, unanswered
from auditor.sampling.request import Key, Request, requests
from auditor.sampling.stopping import StopRule
from auditor.sampling.summary import SamplingSummary, Tally
from auditor.sampling.writer import BatchWriter, Write
from auditor.text import plural

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between tries if the server gives none: the first, doubled each time up to the longest."""
ENOUGH_RETRIES = 2
"""Minimum retries before a request that always failed is blamed when no other request is pending."""
STRIKES = 3
"""Tries of a request that fails for a reason of the server's while others are answered."""
PATIENCE = 600.0
"""Longest ``Retry-After`` in seconds that is waited for; a server that asks for more ends the run."""


def sample_model(
    model: ModelConfig,
    tasks: Sequence[Task],
    *,
    done: AbstractSet[Key] = frozenset(),
    write: Write,
    progress: Callable[[int], None] | None = None,
    spent: Spent | None = None,
) -> SamplingSummary:
    """Draw a model's missing samples for tasks; blocks until all are written.

    ``done`` holds (task id, index, request hash) of the samples already drawn; they are not requested again.
    ``write`` is called from this thread with each batch as it arrives. ``progress`` is told how many more samples are
    written. ``spent`` is what earlier runs have spent.

    Raises :class:`~auditor.errors.EndpointError` if the server cannot be used or requests failed for good,
    :class:`~auditor.errors.BudgetError` before the budget is overspent,
    :class:`~auditor.errors.ConfigError` for contradictory settings. Everything that arrived before is written.
    """
    return interruptible.run(_Run(model, tasks, done, write, progress, spent or Spent()).all())


def check_endpoint(model: ModelConfig) -> None:
    """Check key, host and TLS of a model's endpoint without spending anything.

    Raises :class:`~auditor.errors.EndpointError` or :class:`~auditor.errors.ConfigError`, with the remedy.
    """

    async def check() -> None:
        async with Endpoint(model) as endpoint:
            await endpoint.check()

    interruptible.run(check())


class _HaltedError(Exception):
    """The run must end, so this request is not sent."""


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
        self._budget = Budget(model, spent)
        self._limiter = ConcurrencyLimiter(model.concurrency, sleep=self._rest_for)
        self._requests_rate = RateLimiter(model.requests_per_minute, sleep=self._rest_for)
        self._tokens_rate = RateLimiter(model.tokens_per_minute, sleep=self._rest_for)
        self._tally = Tally(model)
        self._rule = StopRule(resumed=bool(done))
        self._stop: Exception | None = None
        self._halted = asyncio.Event()
        self._lost: list[TransientError | RunWideError] = []
        self._writer = BatchWriter(write, self._tally.add, progress or (lambda _: None))
        self._random = random.Random()  # noqa: S311 - jitter, not a secret

    async def all(self) -> SamplingSummary:
        """Run until the end, or until something stops it."""
        first = next(self._queue(), None)
        if first is not None:
            async with AsyncExitStack() as stack:
                self._endpoint = await stack.enter_async_context(Endpoint(self._model))
                await self._scout(first)
                if self._stop is None:
                    async with asyncio.TaskGroup() as group:
                        for _ in range(self._model.concurrency):
                            group.create_task(self._work())
                await self._settle_doubts()
            self._tally.adapted = self._endpoint.adapted
        if self._stop is not None:
            raise self._stop
        if self._lost:
            raise self._incomplete()
        return self._tally.summary(self._limiter.least_seen, self._budget.spent)

    def _queue(self) -> Iterator[Request]:
        """Yield the next requests, those to send again first."""
        while True:
            if self._again:
                yield self._again.pop()
                continue
            request = next(self._stream, None)
            if request is None:
                return
            yield request

    async def _scout(self, request: Request | None) -> None:
        """Send requests one at a time until an answer shows that key, model and address are right."""
        queue = self._queue()
        while request is not None and self._stop is None:
            await self._one(request)
            if self._rule.answers:
                return
            request = next(queue, None)
        if self._stop is not None:
            return
        failure = self._rule.last_failure()
        if failure is not None:
            self._halt(self._all_alike(failure))
        elif self._rule.held:
            await self._writer.written([sample for _, samples in self._rule.held for sample in samples])

    async def _work(self) -> None:
        for request in self._queue():
            await self._one(request)
            if self._stop is not None:
                return

    async def _one(self, request: Request) -> None:
        """Get the samples of one request onto the disk; record what stops the run."""
        try:
            samples = await self._fetch(request)
            if samples is None:
                return
            if len(samples) < len(request.indices):
                self._again.append(_rest(request, len(samples)))
            await self._writer.written(samples)
        except _HaltedError:
            return
        except BudgetError as error:
            failure = self._budget.last_failure if not self._rule.answers else None
            self._halt(self._unpaid(failure, error) if failure else error)
        except Exception as error:  # noqa: BLE001 - raised by all() once what is in flight has arrived
            self._halt(error)

    async def _fetch(self, request: Request) -> list[Sample] | None:
        """Send a request until there is an outcome.

        ``None`` if there is none within the configured tries, or not yet.
        """
        attempt = strikes = 0
        answers = None
        while self._stop is None:
            try:
                return await self._within_budget(request)
            except UnansweredError as error:
                return self._turned_down(request, error)
            except RunWideError as error:
                if self._endpoint.adapt(error):
                    continue
                strikes += 1
                if not self._may_pass(request, error, strikes):
                    return self._never_accepted(request, error) if strikes >= STRIKES and not self._stop else None
                await self._rest_for(self._pause(strikes - 1, None))
            except TransientError as error:
                self._tally.retried(error.kind)
                if not self._rule.answers and error.kind is TransientKind.CONNECT:
                    raise self._endpoint.fatal(error) from None
                if error.retry_after is not None and error.retry_after > PATIENCE:
                    raise self._too_patient(error) from None
                answers = self._rule.answers if answers is None else answers
                if attempt == self._model.max_retries:
                    self._give_up(request, error, meanwhile=self._rule.answers - answers)
                    return None
                await self._rest_for(self._pause(attempt, error.retry_after))
                attempt += 1
        return None

    async def _within_budget(self, request: Request) -> list[Sample]:
        """Send a request once, with its worst case reserved."""
        reserved = await self._budget.reserve(request)
        samples: list[Sample] = []
        failure: TransientError | None = None
        try:
            samples = await self._ask(request)
        except TransientError as error:
            failure = error if error.may_have_cost else None
            raise
        finally:
            if failure is None:
                self._budget.settle(reserved, request, samples)
            else:
                self._budget.presume(reserved, failure)
        outcomes, deferred = self._rule.answered()
        self._again += deferred
        if outcomes:
            await self._writer.written(outcomes)
        return samples

    async def _ask(self, request: Request) -> list[Sample]:
        """Send a request once, within all limits."""
        acquired = await self._limiter.acquire()
        try:
            tokens = request.prompt_tokens_guess
            await self._requests_rate.take()
            await self._tokens_rate.take(tokens)
            if self._stop is not None:
                raise _HaltedError
            started = time.perf_counter()
            payload = await self._endpoint.ask(request.body)
            latency = time.perf_counter() - started
            samples = read_reply(payload, request, self._model, latency, self._endpoint.redact)
            used = sum((s.usage.prompt_tokens or 0) + (s.usage.completion_tokens or 0) for s in samples)
            self._tokens_rate.give_back(tokens - used if used else 0)
            self._limiter.answered(acquired, slow=latency > self._model.timeout / 2)
            return samples
        except TransientError as error:
            if error.is_overload:
                self._limiter.overloaded(acquired, error.retry_after)
            raise
        finally:
            self._limiter.release()

    # failures -----------------------------------------------------------------------------------

    def _may_pass(self, request: Request, error: RunWideError, strikes: int) -> bool:
        """Return whether to resend immediately a request that failed for a reason of the server's."""
        self._tally.retried(error.scope)
        if not self._rule.answers:
            if self._rule.defer(error, request):
                self._halt(self._all_alike(error))
            return False
        if self._rule.failed():
            self._halt(self._endpoint.fatal(error))
        return strikes < STRIKES and not self._stop

    def _turned_down(self, request: Request, error: UnansweredError) -> list[Sample] | None:
        """Return the outcome of a rejected request; ``None`` while it is held back."""
        samples = unanswered(error, request, self._model, None)
        if self._rule.answers or self._rule.resumed:
            return samples
        if self._rule.hold(error, samples):
            self._halt(self._all_alike(error))
        return None

    def _never_accepted(self, request: Request, error: RunWideError) -> list[Sample] | None:
        """Decide about a request that keeps failing while others are answered; ``None`` leaves it missing."""
        if error.scope is Scope.CREDIT or error.code == 401:
            self._lost.append(error)
            return None
        outcome = UnansweredError(SampleStatus.REJECTED, error.message, error.code, error.remedy)
        return unanswered(outcome, request, self._model, None)

    def _give_up(self, request: Request, error: TransientError, *, meanwhile: int) -> None:
        """Set aside a request without an answer in all tries; end the run if no request is answered any more.

        ``meanwhile``: the number of others answered since its first try.
        """
        if self._rule.gave_up():
            self._halt(self._endpoint.fatal(error))
        if not self._rule.answers and not self._rule.resumed:
            self._rule.deferred.append((error, request))
        elif error.may_be_the_request and (
            meanwhile or error.kind is TransientKind.REPLY or self._model.max_retries >= ENOUGH_RETRIES
        ):
            self._rule.unproven |= not meanwhile
            said = f"{error.message} (in each of {self._model.max_retries + 1} tries)"
            outcome = UnansweredError(SampleStatus.REJECTED, said, error.code, "")
            self._rule.doubtful.append((error, unanswered(outcome, request, self._model, None)))
        else:
            self._lost.append(error)

    async def _settle_doubts(self) -> None:
        """Write the outcomes of requests that failed in all their tries, if the server is still there."""
        doubtful = self._rule.doubtful
        if self._stop is not None or not doubtful:
            return
        if self._rule.unproven and not await self._endpoint.is_there():
            self._lost += [error for error, _ in doubtful]
            return
        await self._writer.written([sample for _, samples in doubtful for sample in samples])

    def _all_alike(self, error: Failure) -> EndpointError:
        """Return the error that no request was answered, with the last message."""
        fatal = self._endpoint.fatal(error)
        count = len(self._rule.held) + len(self._rule.deferred)
        if not isinstance(error, UnansweredError) or count < 2:
            return fatal
        return EndpointError(
            f"none of the first {count} requests was answered; the last: {error.message}",
            where=fatal.where,
            remedy=fatal.remedy,
            slug=fatal.slug,
        )

    def _unpaid(self, failure: TransientError, error: BudgetError) -> EndpointError:
        """Name the server's failure if it, and no answer, has used up the budget."""
        fatal = self._endpoint.fatal(failure)
        message = f"no request was answered: {error.message}"
        return EndpointError(message, where=fatal.where, remedy=fatal.remedy, slug=fatal.slug)

    def _pause(self, attempt: int, asked: float | None) -> float:
        """Return the seconds before another try: what the server asks, else doubled each time, with jitter."""
        if asked is not None:
            return asked + self._random.uniform(0, 0.1)
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**attempt)
        return self._random.uniform(longest / 2, longest)

    def _halt(self, error: Exception) -> None:
        """Stop starting requests; the first reason counts."""
        self._stop = self._stop or error
        self._halted.set()

    async def _rest_for(self, seconds: float) -> None:
        """Sleep; raise :class:`_HaltedError` as soon as the run must end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._halted.wait()
                raise _HaltedError

    def _incomplete(self) -> EndpointError:
        error = self._endpoint.fatal(self._lost[-1])
        tries = self._model.max_retries + 1
        return EndpointError(
            f"{plural(len(self._lost), 'request')} got no answer in "
            f"{plural(tries, 'try', 'tries')}; the last: {error.message}",
            where=error.where,
            remedy=error.remedy,
            slug=error.slug,
        )

    def _too_patient(self, error: TransientError) -> EndpointError:
        fatal = self._endpoint.fatal(error)
        return EndpointError(
            f"{error.message} (the server asks to wait {error.retry_after:.0f} s)",
            where=fatal.where,
            remedy="wait that long, then run the same command again",
        )


def _rest(request: Request, arrived: int) -> Request:
    """Request again the choices that a reply omitted."""
    indices = request.indices[arrived:]
    body = {key: value for key, value in request.body.items() if key != "n"}
    if len(indices) > 1:
        body["n"] = len(indices)
    if isinstance(seed := body.get("seed"), int):
        body["seed"] = seed + arrived
    return replace(request, indices=indices, hashes=request.hashes[arrived:], body=body)
