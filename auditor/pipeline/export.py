"""The run's tables as plain rows, and rows as JSONL, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from auditor.errors import UsageError
from auditor.pipeline.run import DATABASE
from auditor.pipeline.tables import style_row
from auditor.store import Store

Row = dict[str, Any]


def rows(folder: Path, table: str) -> Iterator[Row]:
    """Stream the rows of ``samples``, ``verdicts``, ``style`` or ``analysis`` in a fixed order.

    Raises :class:`~auditor.errors.StoreError` where ``folder`` holds no run.
    """
    with Store(folder / DATABASE, create=False) as store:
        yield from _TABLES[table](store)


def _samples(store: Store) -> Iterator[Row]:
    for sample in store.samples():
        row = asdict(sample)
        yield {**row, **row.pop("usage"), "program": sample.program}


def _verdicts(store: Store) -> Iterator[Row]:
    for judged in store.judged():
        yield {
            "model": judged.model,
            "task_id": judged.task_id,
            "sample_index": judged.sample_index,
            "program": judged.program,
            "base": judged.base,
            "plus": judged.plus,
            "label": judged.label,
        }


def _style(store: Store) -> Iterator[Row]:
    rubric = store.meta.rubric
    if rubric is None:
        raise UsageError("style is not scored yet", where=str(store.path), remedy="run `auditor score` first")
    for found in store.styled_programs(rubric.hash, findings=True):
        if found.style is not None and found.style.parses:
            row = asdict(style_row(found.judged, found.style))
            yield {**row, "metrics": found.style.metrics, "rubric_hash": rubric.hash}


def _analysis(store: Store) -> Iterator[Row]:
    analysis = store.meta.analysis
    if analysis is None:
        raise UsageError("there is no analysis yet", where=str(store.path), remedy="run `auditor analyze` first")
    for entry in analysis["models"]:
        yield {key: entry[key] for key in ("model", "tasks", "samples")} | entry


_TABLES = {"samples": _samples, "verdicts": _verdicts, "style": _style, "analysis": _analysis}


def write(found: Iterable[Row], form: str, file: BinaryIO) -> None:
    """Write rows as ``jsonl``, ``csv`` or ``parquet``; memory stays flat for the first two."""
    match form:
        case "jsonl":
            file.writelines(_line(row) for row in found)
        case "csv":
            _write_csv(found, file)
        case _:
            import pandas

            pandas.DataFrame([_flat(row) for row in found]).to_parquet(file, index=False)


def _line(row: Row) -> bytes:
    return (json.dumps(row, ensure_ascii=False, default=sorted) + "\n").encode("utf-8", "replace")


def _flat(row: Row) -> Row:
    """Turn nested values into JSON text, so that a row fits a table."""
    return {
        key: json.dumps(value, ensure_ascii=False, default=sorted)
        if isinstance(value, dict | list | tuple | set | frozenset)
        else value
        for key, value in row.items()
    }


def _write_csv(found: Iterable[Row], file: BinaryIO) -> None:
    iterator = iter(found)
    first = next(iterator, None)
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    if first is not None:
        writer = csv.DictWriter(text, fieldnames=list(first), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(map(_flat, itertools.chain([first], iterator)))
    text.flush()
    text.detach()
