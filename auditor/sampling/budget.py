"""A budget that is never overspent: the worst case of a request is reserved before it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.config import ModelConfig
from auditor.errors import BudgetError, ConfigError
from auditor.records import Sample, Usage
from auditor.sampling.failures import TransientError
from auditor.sampling.reply import cost_of
from auditor.sampling.request import Request
from auditor.text import plural


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens (prompt and completion) and cost, in the currency of the configured prices."""

    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.tokens - other.tokens, self.cost - other.cost)


def spent_on(samples: Iterable[Sample]) -> Spent:
    """Add up what samples have cost so far, as their servers counted."""
    total = Spent()
    for sample in samples:
        tokens = (sample.usage.prompt_tokens or 0) + (sample.usage.completion_tokens or 0)
        total += Spent(tokens, sample.cost or 0.0)
    return total


class Budget:
    """Budget with the invariant ``spent + reserved ≤ budget``; all calls from one event loop."""

    def __init__(self, model: ModelConfig, spent: Spent) -> None:
        self._model = model
        self.spent = spent
        self.last_failure: TransientError | None = None
        """The last failure that may have been charged for."""
        self._presumed = Spent()
        self._failures = 0
        self._reserved = Spent()
        self._settled = asyncio.Event()
        self._output = output_bound(model)
        self._prompts: dict[str, int] = {}
        if model.max_cost is not None and model.price is None:
            raise ConfigError("max_cost needs prices", where=f"model {model.name!r}", remedy="add [model.price]")
        if self.limited and self._output is None:
            raise ConfigError(
                "a budget requires a limit on the answers",
                where=f"model {model.name!r}",
                remedy="set max_output_tokens",
            )

    @property
    def limited(self) -> bool:
        """Return whether there is a budget."""
        return self._model.max_cost is not None or self._model.max_tokens is not None

    async def reserve(self, request: Request) -> Spent:
        """Reserve the worst case of a request, waiting for others to settle if they hold the rest.

        Raises :class:`~auditor.errors.BudgetError` if no request in flight can make room for it.
        """
        if not self.limited:
            return Spent()
        worst = self.worst(request)
        while not self.fits(self.spent + self._reserved + worst):
            if self._reserved.tokens == 0 or not self.fits(self.spent + worst):
                raise self._refusal(worst)
            self._settled.clear()
            await self._settled.wait()
        self._reserved += worst
        return worst

    def settle(self, reserved: Spent, request: Request, samples: Iterable[Sample]) -> None:
        """Replace the reservation with the samples' actual cost, or zero if there are none."""
        self._reserved -= reserved
        known = list(samples)
        first = known[0].usage.prompt_tokens if known else 0
        uncounted = any(sample.usage.completion_tokens is None for sample in known) or first is None
        self.spent += reserved if uncounted and self.limited else spent_on(known)
        if first:
            self._prompts[request.task.task_id] = first
        self._settled.set()

    def presume(self, reserved: Spent, failure: TransientError) -> None:
        """Count the whole reservation as spent: the server may have charged for a request without an answer."""
        self._reserved -= reserved
        self.spent += reserved
        self._presumed += reserved
        self._failures += 1
        self.last_failure = failure
        self._settled.set()

    def worst(self, request: Request) -> Spent:
        """Return the worst case of a request."""
        prompt = self._prompts.get(request.task.task_id, request.prompt_tokens_bound)
        completion = (self._output or 0) * len(request.indices)
        return Spent(prompt + completion, cost_of(Usage(prompt, completion), self._model.price) or 0.0)

    def fits(self, total: Spent) -> bool:
        """Return whether a total is within the budget."""
        tokens, cost = self._model.max_tokens, self._model.max_cost
        return (tokens is None or total.tokens <= tokens) and (cost is None or total.cost <= cost * (1 + 1e-12))

    def _refusal(self, worst: Spent) -> BudgetError:
        name = f"model {self._model.name!r}"
        out_of_tokens = self._model.max_tokens is not None and self.spent.tokens + worst.tokens > self._model.max_tokens
        if out_of_tokens:
            setting, limit = "max_tokens", f"{self._model.max_tokens}"
            spent, more, presumed = f"{self.spent.tokens} tokens", f"take {worst.tokens}", f"{self._presumed.tokens}"
        else:
            unit = f" {self._model.price.currency}" if self._model.price and self._model.price.currency else ""
            setting, limit = "max_cost", f"{self._model.max_cost}{unit}"
            spent, more = f"{self.spent.cost:.6g}{unit}", f"cost {worst.cost:.6g}{unit}"
            presumed = f"{self._presumed.cost:.6g}{unit}"
        message = f"{setting} = {limit} leaves no room for another request: {spent} are spent, one more may {more}"
        if self.last_failure is None:
            return BudgetError(message, where=name, remedy=f"raise {setting}, then run the same command again")
        return BudgetError(
            f"{message}; {presumed} of it is for {plural(self._failures, 'request')} "
            "that got no answer and may have been "
            f"charged, the last: {self.last_failure.message}",
            where=name,
            remedy=f"find out why the server fails, raise {setting}, then run the same command again",
        )


def output_bound(model: ModelConfig) -> int | None:
    """Return the most tokens that one answer to a request may have; ``None`` if unbounded."""
    given = [model.extra_body.get(key) for key in ("max_tokens", "max_completion_tokens", "max_output_tokens")]
    own = None if "max_completion_tokens" in model.extra_body else model.output_limit
    known = [bound for bound in (own, *given) if isinstance(bound, int)]
    return max(known) if known else None
