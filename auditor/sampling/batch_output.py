"""Read samples from the output and error files of a batch, matched by ``custom_id``.

Rows may come in any order, more than once, and from several files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from auditor.benchmark.rows import text_lines
from auditor.config import ModelConfig
from auditor.errors import EndpointError, InputError
from auditor.json_types import JsonObject, int_or_none, object_or_empty, why_not_json
from auditor.records import Sample, SampleStatus, Task
from auditor.sampling.batch import batch_requests, custom_id
from auditor.sampling.choices import plain_message
from auditor.sampling.classify import ErrorReply, classify
from auditor.sampling.failures import Failure, RunWideError, Scope, TransientError, UnansweredError
from auditor.sampling.reply import read_reply, unanswered
from auditor.sampling.request import Key, Request
from auditor.sampling.signs import message_in, status_in
from auditor.text import noun

_UNIT = "expected a batch's output or error file: one JSON object per line with custom_id and response or error"


@dataclass(slots=True)
class BatchRead:
    """Summary of output files; counts are of samples unless stated otherwise."""

    rows: int = 0
    added: int = 0
    present: int = 0
    """Samples drawn already, by this file or another."""
    foreign: int = 0
    """Rows whose custom_id belongs to no request of these settings."""
    statuses: Counter[SampleStatus] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    """Rows without an outcome, by the service's message; the next requests file requests them again."""

    def lines(self) -> Iterator[str]:
        """Return readable lines, one for each fact."""
        statuses = ", ".join(f"{count:,} {status}" for status, count in sorted(self.statuses.items()))
        yield (
            f"{self.added:,} {noun(self.added, 'sample')} read from {self.rows:,} "
            f"{noun(self.rows, 'row')}{f' ({statuses})' if statuses else ''}"
        )
        if self.present:
            yield f"{self.present:,} {noun(self.present, 'sample was', 'samples were')} already present"
        if self.foreign:
            yield f"{self.foreign:,} {noun(self.foreign, 'row')} skipped: of no request of these settings"
        for said, count in self.missing.most_common(5):
            yield f"{count:,} {noun(count, 'row')} gave no sample: {said}"
        if self.missing:
            yield "the next --write-batch requests them again"


def read_batch(
    models: Sequence[tuple[ModelConfig, AbstractSet[Key]]],
    tasks: Sequence[Task],
    paths: Sequence[Path],
    found: BatchRead,
) -> Iterator[tuple[ModelConfig, list[Sample]]]:
    """Stream the new samples of output and error files, with their models, and fill ``found``.

    ``models`` are given with the keys of their existing samples. All files are checked before the first sample.
    Raises :class:`~auditor.errors.InputError` with file and line for a bad row, and if no row is of these
    settings; :class:`~auditor.errors.EndpointError` if no row was answered, with the message.
    """
    known: dict[str, tuple[ModelConfig, Request]] = {}
    done: set[tuple[str, Key]] = set()
    for model, keys in models:
        for request in batch_requests(model, tasks):
            known[custom_id(model, request)] = (model, request)
        done.update((model.name, key) for key in keys)
    _check(paths, known)
    turned_down: list[tuple[ModelConfig, Request, UnansweredError]] = []
    answered = bool(done)
    for row in _rows(paths):
        found.rows += 1
        if row["custom_id"] not in known:
            found.foreign += 1
            continue
        model, request = known[row["custom_id"]]
        try:
            samples = _outcome(row, request, model)
        except (TransientError, RunWideError, UnansweredError) as failure:
            outcome = _as_outcome(failure)
            if outcome is None:
                found.missing[failure.message] += 1
            else:
                turned_down.append((model, request, outcome))
            continue
        answered = True
        yield model, _new(model, samples, done, found)
    if not answered and any(one.status is not SampleStatus.REFUSED for _, _, one in turned_down):
        model, _, last = turned_down[-1]
        raise EndpointError(
            f"none of the {found.rows} rows was answered; the last: {last.message}",
            where=f"model {model.name!r}",
            remedy=last.remedy,
        )
    for model, request, one in turned_down:
        yield model, _new(model, unanswered(one, request, model, None), done, found)


def _as_outcome(failure: Failure) -> UnansweredError | None:
    """Return the outcome of a row without an answer; ``None`` leaves its samples missing."""
    match failure:
        case UnansweredError():
            return failure
        case RunWideError() if failure.scope is not Scope.CREDIT and failure.code != 401:
            return UnansweredError(SampleStatus.REJECTED, failure.message, failure.code, failure.remedy)
    return None


def _check(paths: Sequence[Path], known: Collection[str]) -> None:
    """Reject files with a bad row, and files of other settings."""
    count = matching = 0
    for row in _rows(paths):
        count += 1
        matching += row["custom_id"] in known
    names = ", ".join(map(str, paths))
    if not count:
        raise InputError("contains no rows", where=names, remedy=_UNIT)
    if not matching:
        raise InputError(
            f"none of its {count} rows belongs to a request of these settings",
            where=names,
            remedy="read it with the audit.toml that wrote the requests: model names and settings must be equal",
        )


def _rows(paths: Sequence[Path]) -> Iterator[JsonObject]:
    """Stream the rows of the files, checking the shape of each."""
    for path in paths:
        for line, text in text_lines(path):
            try:
                row = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise InputError(f"not JSON: {why_not_json(error)}", where=f"{path}:{line}", remedy=_UNIT) from None
            if not isinstance(row, dict) or not isinstance(row.get("custom_id"), str):
                raise InputError("has no custom_id", where=f"{path}:{line}", remedy=_UNIT)
            if "method" in row and "body" in row and "response" not in row:
                raise InputError("is a request, not its output", where=f"{path}:{line}", remedy=_UNIT)
            yield row


def _outcome(row: JsonObject, request: Request, model: ModelConfig) -> list[Sample]:
    """Read one row; raises one of :data:`~auditor.sampling.failures.Failure` if it contains no answer."""
    response = object_or_empty(row.get("response"))
    body, status = response.get("body"), int_or_none(response.get("status_code"))
    if row.get("error") is None and body is not None and (status is None or 200 <= status < 300):
        return read_reply(body, request, model, None)
    error: JsonObject = (
        body if isinstance(body, dict) and body else {"error": row.get("error") or "the row contains no response"}
    )
    named = row.get("error")
    code = object_or_empty(named).get("code")
    said = plain_message(message_in(error) or message_in({"error": named}) or json.dumps(named)[:300])
    if code in ("batch_expired", "batch_cancelled", "batch_failed"):
        status = 500
    given = status if status is not None and status >= 400 else status_in(error)
    raise classify(ErrorReply(given or 500, error, said), model, request.body)


def _new(model: ModelConfig, samples: Iterable[Sample], done: set[tuple[str, Key]], found: BatchRead) -> list[Sample]:
    """Keep the samples that are still missing, and count."""
    fresh = []
    for sample in samples:
        key = (model.name, (sample.task_id, sample.sample_index, sample.request_hash))
        if key in done:
            found.present += 1
            continue
        done.add(key)
        found.added += 1
        found.statuses[sample.status] += 1
        fresh.append(sample)
    return fresh
