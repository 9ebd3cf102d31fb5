"""Write requests to files in OpenAI's batch format, for hosted batches and a local engine's offline batch.

Design. A row's ``custom_id`` is a hash of model name, task, indices and request hashes. It can be recomputed from the
settings alone, so that an output file can be matched to its samples whatever has been drawn in the meantime. A row that
cannot be used (server error, expired batch) leaves its samples missing, and the next requests file requests them again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from auditor.config import ModelConfig
from auditor.errors import BudgetError, writing
from auditor.json_types import JsonObject
from auditor.records import Task
from auditor.sampling.budget import Budget, Spent
from auditor.sampling.request import Key, Request, requests

MOST_ROWS = 50_000
MOST_BYTES = 190_000_000
"""Limits of one file at the services that accept the format (50,000 rows, 200 MB)."""
URLS = {"chat": "/v1/chat/completions", "completions": "/v1/completions", "responses": "/v1/responses"}


@dataclass(frozen=True, slots=True)
class BatchWritten:
    """The result of writing a requests file."""

    files: tuple[Path, ...]
    """Files in the order written; more than one if a service's limits for a file are reached."""
    requests: int
    samples: int
    beyond_budget: int
    """Missing requests that were not written because their worst case exceeds the budget."""


def write_batch(
    model: ModelConfig, tasks: Sequence[Task], path: Path, *, done: AbstractSet[Key] = frozenset(), spent: Spent
) -> BatchWritten:
    """Write the missing requests to ``path``; compressed if the name ends in ``.gz``.

    If ``max_cost`` or ``max_tokens`` is set, requests are written as long as their total worst case fits.
    Raises :class:`~auditor.errors.BudgetError` if none fits, :class:`~auditor.errors.OutputError` if the
    file cannot be written.
    """
    budget = Budget(model, spent)
    total, count, samples, beyond = spent, 0, 0, 0
    with writing(path), _RollingFile(path) as file:
        for request in _split(requests(model, tasks, done), model):
            worst = budget.worst(request)
            if not budget.fits(total + worst):
                beyond += 1
                continue
            total, count, samples = total + worst, count + 1, samples + len(request.indices)
            file.write(json.dumps(_row(model, request)).encode() + b"\n")
    if beyond and not count:
        raise BudgetError(
            "the budget leaves no room for a single request at its worst case",
            where=f"model {model.name!r}",
            remedy="raise max_cost or max_tokens, or lower max_output_tokens",
        )
    return BatchWritten(tuple(file.files), count, samples, beyond)


def custom_id(model: ModelConfig, request: Request) -> str:
    """Return a request's name in a batch: 40 characters, the same for the same settings, task and indices."""
    named = json.dumps([model.name, request.task.task_id, request.indices, request.hashes])
    return "auditor-" + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _row(model: ModelConfig, request: Request) -> JsonObject:
    url = URLS[model.endpoint]
    return {
        "custom_id": custom_id(model, request),
        "method": "POST",
        "url": url.removeprefix("/v1") if model.api_version else url,
        "body": request.body,
    }


def _split(stream: Iterable[Request], model: ModelConfig) -> Iterator[Request]:
    """Request a group of choices together if all of it is missing, else each choice separately."""
    for request in stream:
        whole = len(request.indices) == min(
            model.choices_per_request, model.samples_per_task - _start(request.indices[0], model)
        )
        yield from [request] if whole else _singles(request)


def _start(index: int, model: ModelConfig) -> int:
    return index - index % model.choices_per_request


def _singles(request: Request) -> Iterator[Request]:
    """Split a request into one per index."""
    first = request.indices[0]
    for index, key in zip(request.indices, request.hashes, strict=True):
        body = {name: value for name, value in request.body.items() if name != "n"}
        if isinstance(seed := body.get("seed"), int):
            body["seed"] = seed + index - first
        yield replace(request, indices=(index,), hashes=(key,), body=body)


def batch_requests(model: ModelConfig, tasks: Sequence[Task]) -> Iterator[Request]:
    """Stream every request that a file written with these settings may contain."""
    for request in requests(model, tasks, frozenset()):
        yield request
        if len(request.indices) > 1:
            yield from _singles(request)


class _RollingFile:
    """Writer of lines to one file, or several if a service's limits are reached. Use as a context manager.

    Files get their names once all are complete, so that an incomplete one is never mistaken for a whole one.
    """

    def __init__(self, path: Path) -> None:
        self.files: list[Path] = []
        self._path = path
        self._stack = ExitStack()
        self._file: IO[bytes] | None = None
        self._rows = self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()
        for path in self.files:
            if kind is None:
                _partial(path).replace(path)
            else:
                _partial(path).unlink(missing_ok=True)

    def write(self, line: bytes) -> None:
        """Write a line; start a new file if it does not fit."""
        if self._file is None or self._rows >= MOST_ROWS or self._size + len(line) > MOST_BYTES:
            self._file = self._begin()
        self._file.write(line)
        self._rows += 1
        self._size += len(line)

    def _begin(self) -> IO[bytes]:
        """Start requests.jsonl, then requests-2.jsonl and so on."""
        stem, dot, suffixes = self._path.name.partition(".")
        path = self._path.with_name(f"{stem}-{len(self.files) + 1}{dot}{suffixes}") if self.files else self._path
        part = _partial(path)
        opened = gzip.open(part, "wb") if path.suffix == ".gz" else part.open("wb")  # noqa: SIM115 - closed by the stack
        self.files.append(path)
        self._rows = self._size = 0
        return self._stack.enter_context(cast("IO[bytes]", opened))


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")
