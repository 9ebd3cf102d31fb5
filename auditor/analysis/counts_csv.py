"""Read counts from a CSV file: model, task_id, n, base_passes, correct, and optionally family and false_negatives."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable
from pathlib import Path

from auditor.analysis.counts import Counts
from auditor.errors import InputError

COLUMNS = ("model", "task_id", "n", "base_passes", "correct")
"""Required columns, in any order; others except the two below are ignored."""
FAMILY = "family"
"""A task's family: variants of one problem, which intervals must not treat as independent."""
FALSE_NEGATIVES = "false_negatives"
"""Samples that fail base and pass plus, at most ``n - base_passes``."""

_MODEL, _TASK, _N, _BASE, _CORRECT = COLUMNS


def counts_from_csv(path: str | Path) -> list[Counts]:
    """Read the counts of every model in a file, in the order of first appearance.

    Raises :class:`~auditor.errors.InputError` with file, line and error.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), remedy="check the path") from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", where=str(path), remedy="save the file as UTF-8") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), remedy="name a CSV file") from None
    return parse_counts(io.StringIO(text, newline=""), where=str(path))


def parse_counts(lines: Iterable[str], *, where: str) -> list[Counts]:
    """Parse the lines of a counts CSV; ``where`` names it in errors."""
    reader = csv.DictReader(lines, strict=True)
    models: dict[str, dict[str, tuple[int, int, int]]] = {}
    missed: dict[tuple[str, str], int] = {}
    families: dict[str, str] = {}
    try:
        _check_header(reader.fieldnames or (), where)
        for row in reader:
            place = f"{where}:{reader.line_num}"
            if None in row:
                remedy = "quote names that contain a comma"
                raise InputError("the row has more cells than there are columns", where=place, remedy=remedy)
            _add_row(models, row, place)
            _add_family(families, row, place)
            if FALSE_NEGATIVES in row:
                key = (row[_MODEL] or "").strip(), (row[_TASK] or "").strip()
                missed[key] = _whole(row, FALSE_NEGATIVES, place)
    except csv.Error as error:
        place = f"{where}:{reader.reader.line_num}"
        raise InputError(f"not CSV: {error}", where=place, remedy="save it with commas and quotes") from None
    if not models:
        raise InputError("contains no counts", where=where, remedy="one row per model and task")
    return [
        Counts(
            model,
            tuple(tasks),
            [n for n, _, _ in tasks.values()],
            [base for _, base, _ in tasks.values()],
            [correct for _, _, correct in tasks.values()],
            [families.get(task_id) or task_id for task_id in tasks] if families else None,
            [missed[model, task_id] for task_id in tasks] if missed else None,
        )
        for model, tasks in models.items()
    ]


def _check_header(header: Iterable[str], where: str) -> None:
    given = list(header)
    if len(given) == 1 and (mark := next((mark for mark in (";", "\t") if mark in given[0]), None)):
        remedy = "save the file with commas between the columns"
        raise InputError(f"the columns are separated by {mark!r}", where=f"{where}:1", remedy=remedy)
    for column in COLUMNS:
        if column in given:
            continue
        spare = [name for name in given if name not in COLUMNS]
        near = difflib.get_close_matches(column, spare, n=1, cutoff=0.5)
        hint = f"rename {near[0]!r} to {column!r}" if near else f"the columns are {', '.join(COLUMNS)}"
        raise InputError(f"column {column!r} is missing", where=f"{where}:1", remedy=hint)
    if twice := sorted({name for name in given if name in COLUMNS and given.count(name) > 1}):
        raise InputError(f"column {twice[0]!r} is given twice", where=f"{where}:1", remedy="keep one")


def _add_row(models: dict[str, dict[str, tuple[int, int, int]]], row: dict[str, str | None], place: str) -> None:
    """Check one row and store it by model and task."""
    model, task_id = (row[_MODEL] or "").strip(), (row[_TASK] or "").strip()
    if not model or not task_id:
        raise InputError(f"{_MODEL if not model else _TASK} is empty", where=place, remedy="name it")
    n, base, correct = (_whole(row, column, place) for column in (_N, _BASE, _CORRECT))
    if n < 1:
        raise InputError("n is 0: a task without samples cannot be analysed", where=place, remedy="leave the row out")
    if base > n:
        raise InputError(f"base_passes {base} is above n {n}", where=place, remedy="fix the row")
    if correct > base:
        remedy = "correct counts the samples that pass base and plus"
        raise InputError(f"correct {correct} is above base_passes {base}", where=place, remedy=remedy)
    tasks = models.setdefault(model, {})
    if task_id in tasks:
        raise InputError(
            f"model {model!r} has task {task_id!r} twice", where=place, remedy="one row per model and task"
        )
    tasks[task_id] = (n, base, correct)


def _add_family(families: dict[str, str], row: dict[str, str | None], place: str) -> None:
    """Record the family of the row's task, which must be the same in all rows of the task."""
    family, task_id = (row.get(FAMILY) or "").strip(), (row[_TASK] or "").strip()
    if family and families.setdefault(task_id, family) != family:
        raise InputError(
            f"task {task_id!r} is in family {families[task_id]!r} and in {family!r}", where=place, remedy="keep one"
        )


def _whole(row: dict[str, str | None], column: str, place: str) -> int:
    text = (row[column] or "").strip()
    try:
        number = float(text)
    except ValueError:
        raise InputError(f"{column} is {text!r}, not a number", where=place, remedy="give a count") from None
    if number < 0:
        raise InputError(f"{column} is negative: {text}", where=place, remedy="give a count")
    if not (number < 2**53 and number.is_integer()):
        raise InputError(f"{column} is {text}, not a count", where=place, remedy="give an integer below 2**53")
    return int(number)
