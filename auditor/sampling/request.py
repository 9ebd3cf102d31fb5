"""The requests to send to a model, and the key of every sample in them.

Design. The key of a sample is (task, index, request hash). The hash covers everything that is sent, the endpoint and
the index, but neither the API key nor the host, so that a run can resume on a server that has moved. With several
choices per request, indices are requested in fixed groups, so the hash of an index does not depend on which of its
neighbours are already drawn. Requests are breadth first (index 0 of every task, then index 1 …), so that when a budget
runs out every task has nearly the same number of samples.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import assert_never

from auditor.config import ModelConfig
from auditor.json_types import JsonObject, JsonValue
from auditor.records import Task
from auditor.sampling.prompts import render

Key = tuple[str, int, str]
"""(task id, sample index, request hash)."""

PROTOCOL = 1
"""Part of every request hash; increased when the meaning of the same body changes."""
TOKENS_PER_BYTE = 0.3
"""Approximate bytes per token of common tokenizers for English and Python."""
TOKENS_AROUND = 16
"""Tokens that a chat format adds around a prompt."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request for one or more samples of one task."""

    task: Task
    indices: tuple[int, ...]
    """Indices of the samples that it requests."""
    hashes: tuple[str, ...]
    """One request hash per index."""
    body: JsonObject
    """The JSON to send."""
    prompt_bytes: int
    """UTF-8 bytes of prompt and system message."""

    @property
    def prompt_tokens_bound(self) -> int:
        """Return an upper bound of the prompt's tokens: a token is at least a byte."""
        return self.prompt_bytes + 4 * TOKENS_AROUND

    @property
    def prompt_tokens_guess(self) -> int:
        """Estimate the prompt's tokens."""
        return round(self.prompt_bytes * TOKENS_PER_BYTE) + TOKENS_AROUND


def requests(model: ModelConfig, tasks: Sequence[Task], done: AbstractSet[Key]) -> Iterator[Request]:
    """Stream the requests still to be sent, breadth first; nothing in ``done`` is requested again.

    Raises :class:`~auditor.errors.ConfigError` for a prompt template that does not work.
    """
    plans = [_Plan(model, task) for task in tasks]
    step = model.choices_per_request
    for start in range(0, model.samples_per_task, step):
        group = range(start, min(start + step, model.samples_per_task))
        for plan in plans:
            wanted = [(index, plan.hash(start, index)) for index in group]
            missing = [(index, key) for index, key in wanted if (plan.task.task_id, index, key) not in done]
            if missing:
                yield plan.request(*zip(*missing, strict=True))


def asked_name(model: ModelConfig) -> str:
    """Return the model name to send; the simulated model's names its strength."""
    return f"simulated-{model.simulated}" if model.simulated else model.served_name


class _Plan:
    """The common part of one task's requests."""

    def __init__(self, model: ModelConfig, task: Task) -> None:
        self.task = task
        self._model = model
        self._seed = model.first_seed
        text = render(model, task)
        self._prompt_bytes = len(text.encode("utf-8", "surrogatepass")) + len((model.system or "").encode())
        self._body = _body(model, text)
        fixed = {"protocol": PROTOCOL, "endpoint": model.endpoint, "choices": model.choices_per_request}
        self._digest = hashlib.sha256(json.dumps([fixed, self._body], sort_keys=True).encode())

    def hash(self, start: int, index: int) -> str:
        """Return the hash of the request for one index: SHA-256 in hex."""
        digest = self._digest.copy()
        digest.update(f"\0{self._seed_of(start)}\0{index}".encode())
        return digest.hexdigest()

    def request(self, indices: tuple[int, ...], hashes: tuple[str, ...]) -> Request:
        """Build the request for some indices of one group; a full group's seed is that of its first index."""
        body = dict(self._body)
        if self._seed is not None:
            body["seed"] = self._seed_of(indices[0])
        if len(indices) > 1:
            body["n"] = len(indices)
        return Request(self.task, indices, hashes, body, self._prompt_bytes)

    def _seed_of(self, start: int) -> int | None:
        return None if self._seed is None else self._seed + start


def _body(model: ModelConfig, text: str) -> JsonObject:
    """Build the part of the body that all samples of a task share."""
    body: JsonObject = {"model": asked_name(model)}
    system: list[JsonValue] = [{"role": "system", "content": model.system}] if model.system else []
    messages: list[JsonValue] = [*system, {"role": "user", "content": text}]
    limit = "max_tokens"
    match model.endpoint:
        case "chat":
            body["messages"] = messages
        case "completions":
            body["prompt"] = text
        case "responses":
            body["input"] = messages
            limit = "max_output_tokens"
        case _:
            assert_never(model.endpoint)
    optional: JsonObject = {
        "temperature": None if model.temperature == "default" else model.temperature,
        "top_p": model.top_p,
        limit: None if "max_completion_tokens" in model.extra_body else model.output_limit,
        "stop": [*model.stop] or None,
    }
    body |= {name: value for name, value in optional.items() if value is not None}
    return body | model.extra_body
