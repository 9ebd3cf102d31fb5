"""Samples that someone recorded earlier, from JSONL or JSONL.gz.

A row has ``task_id`` and one of ``solution`` (a program) or ``completion`` (goes after the prompt),
perhaps ``sample_index``, ``model``, ``usage`` and what an endpoint says of an answer. Without
``sample_index`` rows count per task in order. The whole file is checked before the first sample is
given, so that a bad row leaves nothing half-read.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from auditor.benchmark.rows import text_lines
from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.extraction import Extraction, assemble, complete
from auditor.records import Sample, SampleStatus, Task
from auditor.sampling.reply import cost_of, read_usage

_UNIT = "one JSON object a line with task_id and solution or completion"


def read_recorded(
    model: ModelConfig, tasks: Mapping[str, Task], *, known: frozenset[str] = frozenset()
) -> Iterator[Sample]:
    """Stream the recorded samples of ``model`` for ``tasks`` (by id), in the file's order.

    Rows for task ids in ``known`` (of the benchmark, but not to be sampled) are passed over.
    Raises :class:`~auditor.errors.InputError`, with file and line, before the first sample where any row is bad.
    """
    check_recorded(model, tasks, known=known)
    for _, row, index in _rows(model, tasks, known):
        yield _sample(model, row, index, tasks[row["task_id"]])


def check_recorded(model: ModelConfig, tasks: Mapping[str, Task], *, known: frozenset[str] = frozenset()) -> int:
    """Check every row of the recorded file; return how many samples it holds.

    Raises :class:`~auditor.errors.InputError` with file, line and remedy.
    """
    seen: set[tuple[str, int]] = set()
    for line, row, index in _rows(model, tasks, known):
        key = (row["task_id"], index)
        if key in seen:
            raise _refusal(
                model, line, f"sample {index} of {row['task_id']} is there twice",
                "give each sample of a task its own sample_index, or leave sample_index out",
            )  # fmt: skip
        seen.add(key)
    if not seen:
        which = f" of model {model.recorded_model!r}" if model.recorded_model else ""
        raise InputError(f"holds no samples{which}", where=str(model.recorded), remedy=f"expected {_UNIT}")
    return len(seen)


def _rows(
    model: ModelConfig, tasks: Mapping[str, Task], known: frozenset[str]
) -> Iterator[tuple[int, dict[str, Any], int]]:
    """Stream (line, row, sample index) of the rows to take, each checked."""
    counts: Counter[str] = Counter()
    indexed: bool | None = None
    for line, text in text_lines(model.recorded or Path()):
        row = _object(model, line, text)
        if model.recorded_model is not None and row.get("model") != model.recorded_model:
            continue
        task_id = row.get("task_id")
        if task_id in known and task_id not in tasks:
            continue
        _check_row(model, line, row, tasks, ids_match=bool(counts))
        given = row.get("sample_index")
        if indexed is not None and indexed != (given is not None):
            raise _refusal(model, line, "sample_index stands in some rows but not in all", "give it in all or in none")
        indexed = given is not None
        yield line, row, counts[row["task_id"]] if given is None else given
        counts[row["task_id"]] += 1


def _object(model: ModelConfig, line: int, text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refusal(model, line, f"not JSON: {error}", f"expected {_UNIT}") from None
    if not isinstance(row, dict):
        raise _refusal(model, line, "not a JSON object", f"expected {_UNIT}")
    return row


def _check_row(
    model: ModelConfig, line: int, row: dict[str, Any], tasks: Mapping[str, Task], *, ids_match: bool
) -> None:
    """Refuse a row that cannot become a sample; ``ids_match``: an earlier row's id was one of the benchmark's."""
    task_id = row.get("task_id")
    if not isinstance(task_id, str):
        raise _refusal(model, line, "task_id is missing or no text", f"expected {_UNIT}")
    if task_id not in tasks:
        example = next(iter(tasks), "none")
        remedy = f"the benchmark's ids look like {example!r}; choose the matching one"
        if ids_match:
            remedy = "the benchmark has no such task: take the rows of such tasks out of the file"
        raise _refusal(model, line, f"unknown task {task_id!r}", remedy)
    given = [key for key in ("solution", "completion") if row.get(key) is not None]
    if len(given) != 1 or not isinstance(row[given[0]], str):
        raise _refusal(model, line, "needs exactly one of solution and completion, as text", f"expected {_UNIT}")
    index = row.get("sample_index")
    if index is not None and (not isinstance(index, int) or isinstance(index, bool) or index < 0):
        raise _refusal(model, line, f"sample_index is {index!r}", "it must be a whole number from 0 on")


def _sample(model: ModelConfig, row: dict[str, Any], index: int, task: Task) -> Sample:
    """Build the sample of one checked row."""
    raw, extraction = _program(model, row, task)
    finish = row.get("finish_reason")
    refusal = row.get("refusal")
    status = SampleStatus.OK if extraction.solution is not None else SampleStatus.EXTRACTION_FAILED
    if refusal:
        status = SampleStatus.REFUSED
    elif finish == "length":
        status = SampleStatus.TRUNCATED
    usage = read_usage(row.get("usage"))
    return Sample(
        model=model.name,
        task_id=task.task_id,
        sample_index=index,
        request_hash=_hash(row, index),
        status=status,
        raw=raw,
        solution=extraction.solution if status is SampleStatus.OK else None,
        rule=extraction.rule,
        readings=extraction.count,
        readings_differ=extraction.differ,
        finish_reason=finish if isinstance(finish, str) else None,
        refusal=refusal if isinstance(refusal, str) else None,
        served_model=row["model"] if isinstance(row.get("model"), str) else None,
        usage=usage,
        cost=cost_of(usage, model.price),
    )


def _program(model: ModelConfig, row: dict[str, Any], task: Task) -> tuple[str, Extraction]:
    """Return the text as recorded and the program it stands for."""
    if row.get("solution") is not None:
        raw: str = row["solution"]
        return raw, complete(_cut(raw, model.stop), task) if model.extract == "auto" else Extraction(
            raw, "raw/1", judged=False
        )
    raw = row["completion"]
    text = _cut(raw, model.stop)
    if model.extract == "raw":
        return raw, Extraction(task.prompt + model.join + text, "raw/1", judged=False)
    return raw, assemble(text, task, model.join)


def _cut(text: str, stops: tuple[str, ...]) -> str:
    """Cut a text at the first of the stops."""
    ends = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(ends)] if ends else text


def _hash(row: dict[str, Any], index: int) -> str:
    """Hash a row and its index: SHA-256 in hex."""
    text = json.dumps([row, index], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _refusal(model: ModelConfig, line: int, message: str, remedy: str) -> InputError:
    return InputError(message, where=f"{model.recorded}:{line}", remedy=remedy)
