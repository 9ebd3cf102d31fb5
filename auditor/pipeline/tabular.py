"""Write rows as JSONL, CSV or Parquet as they arrive: memory use is constant."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from auditor.errors import UsageError
from auditor.pipeline.export import Row

if TYPE_CHECKING:
    import pyarrow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Leading characters that make a spreadsheet read a text as a formula."""

_CHUNK = 1_000
"""Rows of one Parquet row group."""

_TYPES = {
    "sample_index": "int64", "samples": "int64", "readings": "int64", "prompt_tokens": "int64",
    "completion_tokens": "int64", "reasoning_tokens": "int64", "cached_tokens": "int64",
    "latency": "float64", "cost": "float64", "score": "float64", "flaky": "bool", "readings_differ": "bool",
    **dict.fromkeys(
        ("model", "task_id", "request_hash", "status", "raw", "solution", "rule", "finish_reason", "refusal",
         "served_model", "fingerprint", "program", "base", "plus", "label", "trust", "excluded",
         "rubric_hash"), "string",
    ),
}  # fmt: skip
"""Parquet types of columns whose first rows may be empty; other types are inferred from the first rows."""


def write(found: Iterable[Row], form: str, file: BinaryIO) -> None:
    """Write rows as ``jsonl``, ``csv`` or ``parquet``; in the last two, nested values become JSON text.

    In CSV, a text that a spreadsheet would read as a formula is prefixed with an apostrophe.
    Raises :class:`~auditor.errors.UsageError` if Parquet is requested and pyarrow is not installed.
    """
    match form:
        case "jsonl":
            file.writelines(_line(row) for row in found)
        case "csv":
            _write_csv(found, file)
        case _:
            _write_parquet(found, file)


def _line(row: Row) -> bytes:
    return (json.dumps(row, ensure_ascii=False, default=sorted) + "\n").encode("utf-8", "replace")


def _flat(row: Row) -> Row:
    """Turn nested values into JSON text, since a cell holds one value."""
    return {
        key: json.dumps(value, ensure_ascii=False, default=sorted)
        if isinstance(value, dict | list | tuple | set | frozenset)
        else value
        for key, value in row.items()
    }


def _no_formula(row: Row) -> Row:
    return {
        key: f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
        for key, value in row.items()
    }


def _write_csv(found: Iterable[Row], file: BinaryIO) -> None:
    iterator = iter(found)
    first = next(iterator, None)
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    if first is not None:
        writer = csv.DictWriter(text, fieldnames=list(first), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(_no_formula(_flat(row)) for row in itertools.chain([first], iterator))
    text.flush()
    text.detach()


def _write_parquet(found: Iterable[Row], file: BinaryIO) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError("Parquet needs the package pyarrow", remedy="pip install pyarrow, or --format csv") from None
    chunks = _chunks(found)
    chunk = next(chunks, [])
    schema = _schema(chunk)
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        while chunk:
            writer.write_table(pyarrow.Table.from_pylist(chunk, schema=schema))
            chunk.clear()  # before the next one is read
            chunk = next(chunks, [])


def _chunks(found: Iterable[Row]) -> Iterator[list[dict[str, object]]]:
    iterator = iter(found)
    while chunk := [_safe(_flat(row)) for row in itertools.islice(iterator, _CHUNK)]:
        yield chunk


def _safe(row: Row) -> Row:
    """Replace what UTF-8 cannot hold."""
    return {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }


def _schema(rows: list[Row]) -> pyarrow.Schema:
    """Return the columns' types: known ones, and for the others what the rows hold."""
    import pyarrow

    inferred = pyarrow.Table.from_pylist(rows).schema
    types = {
        "string": pyarrow.string(),
        "int64": pyarrow.int64(),
        "float64": pyarrow.float64(),
        "bool": pyarrow.bool_(),
    }
    return pyarrow.schema(
        [
            pyarrow.field(field.name, types[_TYPES[field.name]] if field.name in _TYPES else field.type)
            for field in inferred
        ]
    )
