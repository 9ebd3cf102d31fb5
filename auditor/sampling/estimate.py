"""Estimate what sampling will take, before the first request is sent."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from auditor.config import ModelConfig, PriceConfig
from auditor.records import Task, Usage
from auditor.sampling.budget import Spent, output_bound
from auditor.sampling.reply import cost_of
from auditor.sampling.request import Key, requests
from auditor.text import noun

LIKELY_ANSWER = 250
"""Completion tokens of a usual answer to a task of HumanEval's size, for the lower end of the cost."""


@dataclass(frozen=True, slots=True)
class SpendingEstimate:
    """Requests and tokens still to come, and what they may cost."""

    model: str
    requests: int
    samples: int
    """Samples still missing."""
    present: int
    """Samples drawn earlier."""
    prompt_tokens: int
    """Estimated from the prompts' length."""
    completion_tokens: tuple[int, int | None]
    """Tokens of typical answers, and the most they may take; ``None`` if unbounded."""
    cost: tuple[float, float | None] | None
    """The same in the currency of the prices; ``None`` without prices."""
    max_cost: float | None = None
    """The limit that audit.toml sets, in the same currency."""
    price: PriceConfig | None = None
    """The prices, which name the currency."""

    def __str__(self) -> str:
        """Return the estimate as one readable line."""
        low, high = self.completion_tokens
        tokens = f"about {self.prompt_tokens:,} prompt tokens and {_between(low, high, ',')} completion tokens"
        cost = "cost not known: the model has no price in audit.toml"
        if self.cost is not None and self.price is not None:
            most = self.cost[1]
            cost = f"cost {self.price.told(_between(*self.cost, '.4g'))}"
            if self.max_cost is not None and (most is None or most > self.max_cost):
                cost += f"; stops before max_cost = {self.max_cost:g}{_unit(self.price)} is exceeded"
        return (
            f"{self.samples:,} {noun(self.samples, 'sample')} in {self.requests:,} "
            f"{noun(self.requests, 'request')} ({self.present:,} already sampled); {tokens}; {cost}"
        )


def estimate(model: ModelConfig, tasks: Sequence[Task], done: AbstractSet[Key] = frozenset()) -> SpendingEstimate:
    """Estimate what :func:`~auditor.sampling.sample_model` would send with the same arguments."""
    count = samples = prompt = 0
    for request in requests(model, tasks, done):
        count += 1
        samples += len(request.indices)
        prompt += request.prompt_tokens_guess
    bound = output_bound(model)
    likely = samples * (LIKELY_ANSWER if bound is None else min(LIKELY_ANSWER, bound))
    most = None if bound is None else samples * bound
    low = cost_of(Usage(prompt, likely), model.price)
    high = None if most is None else cost_of(Usage(prompt, most), model.price)
    return SpendingEstimate(
        max_cost=model.max_cost,
        price=model.price,
        model=model.name,
        requests=count,
        samples=samples,
        present=len(tasks) * model.samples_per_task - samples,
        prompt_tokens=prompt,
        completion_tokens=(likely, most),
        cost=None if low is None else (low, high),
    )


def shortfall(wanted: SpendingEstimate, model: ModelConfig, spent: Spent) -> str | None:
    """Say if a budget will not last for the missing samples; ``None`` if it may.

    ``spent`` is what earlier runs have spent.
    """
    low, high = wanted.completion_tokens
    ranges = []
    if model.max_cost is not None and wanted.cost is not None:
        ranges.append(("max_cost", model.max_cost, spent.cost, *wanted.cost, ".4g"))
    if model.max_tokens is not None:
        at_most = None if high is None else wanted.prompt_tokens + high
        ranges.append(("max_tokens", model.max_tokens, spent.tokens, wanted.prompt_tokens + low, at_most, ","))
    for name, limit, used, least, most, style in ranges:
        left = max(0, limit - used)
        if wanted.samples and left < least:
            share = int(100 * left / least)
            unit = _unit(model.price) if name == "max_cost" else " tokens"
            return (
                f"{name} = {limit:{style}}{unit} will not last: {left:{style}}{unit} left, "
                f"{_between(least, most, style)}{unit} needed for the missing samples; "
                f"expect about {share} % of them, or raise {name}"
            )
    return None


def _unit(price: PriceConfig | None) -> str:
    """Return the currency behind a number whose own is clear from the context."""
    return f" {price.currency}" if price is not None and price.currency else ""


def _between(low: float, high: float | None, style: str) -> str:
    """Format a range; an unbounded end is left open."""
    return f"{low:{style}} or more" if high is None else f"{low:{style}} to {high:{style}}"
