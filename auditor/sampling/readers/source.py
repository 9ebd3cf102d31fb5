"""A recorded source as readers see it: its location, its first bytes, and the task ids that it may name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import IO

from auditor.benchmark.unpacked import DAMAGED, open_text
from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.json_types import JsonObject

_HEAD = 1 << 16
"""Bytes examined for detection."""


class Container(StrEnum):
    """How a source is stored, detected from its first bytes and not from its name."""

    FOLDER = "folder"
    TEXT = "text"
    """Plain or compressed."""
    ZIP = "zip"
    PARQUET = "parquet"
    MISSING = "missing"
    """No such file; a data set on the hub may have the name."""


_FOREIGN = {
    b"SQLite format 3\0": ("an SQLite database", "export its rows as JSONL first"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "unpack it and name one of its files"),
    b"ARROW1": ("an Arrow file", "save it as Parquet"),
    b"\x89HDF": ("an HDF5 file", "save it as Parquet or JSONL"),
    b"\x80\x04\x95": ("a pickle, which could run code when read", "save it as JSONL"),
    b"%PDF": ("a PDF", "name the file that holds the samples"),
}  # fmt: skip


@dataclass(frozen=True)
class RecordedSource:
    """A recorded source and how to read it."""

    path: Path
    """A file or folder, or the id of a data set on the hub."""
    tasks: tuple[str, ...]
    """The benchmark's task ids, in its order."""
    model: ModelConfig
    """Its settings: ``take``, ``filter``, ``split``."""
    notes: list[str] = field(default_factory=list)
    """A reader's notes on the file, filled while it reads."""

    @cached_property
    def container(self) -> Container:
        """Return how the source is stored.

        Raises :class:`~auditor.errors.InputError` for a source that no reader accepts, with its name and a remedy.
        """
        if self.path.is_dir():
            return Container.FOLDER
        try:
            with self.path.open("rb") as file:
                start = file.read(16)
        except FileNotFoundError:
            return Container.MISSING
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", where=str(self.path)) from None
        for magic, (name, remedy) in _FOREIGN.items():
            if start.startswith(magic):
                raise InputError(f"is {name}", where=str(self.path), remedy=remedy)
        if start.startswith(b"PK\x03\x04"):
            return Container.ZIP
        return Container.PARQUET if start.startswith(b"PAR1") else Container.TEXT

    @cached_property
    def head(self) -> str:
        """Return the beginning of a text source; empty for others."""
        if self.container is not Container.TEXT:
            return ""
        try:
            with self.open() as file:
                start = file.read(_HEAD)
        except DAMAGED:
            return ""  # the reader reports what is wrong, and where
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InputError("is UTF-16 text", where=str(self.path), remedy="save the file as UTF-8")
        if b"\0" in start:
            raise InputError("is a binary file, not text", where=str(self.path), remedy="name a file of samples")
        return start.decode("utf-8-sig", "replace").lstrip()

    @cached_property
    def is_document(self) -> bool:
        """Return whether a text source is one JSON value rather than a row per line."""
        if self.head.startswith("["):
            return True
        return self.head.startswith("{") and self.first_row is None and not self.lines_are_rows

    @cached_property
    def lines_are_rows(self) -> bool:
        """Return whether the first line looks like a whole row, parsed or not."""
        line = self.head.split("\n", 1)[0].rstrip()
        return len(line) > 1 and line.endswith("}")

    @cached_property
    def first_row(self) -> JsonObject | None:
        """Return the first row of a JSONL source, or a whole document on one line; ``None`` if there is none."""
        line = self._first_line() if self.head.startswith("{") else ""
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return row if isinstance(row, dict) else None

    def _first_line(self) -> str:
        """Return the first non-blank line, read to its end."""
        if "\n" in self.head:
            return self.head.split("\n", 1)[0]
        try:
            with self.open() as file:
                return next((line for line in file if line.strip()), b"").decode("utf-8-sig", "replace")
        except DAMAGED:
            return ""

    def open(self) -> IO[bytes]:
        """Open a text source for reading, decompressing it if necessary."""
        return open_text(self.path)


class TaskIds:
    """Lookup of the benchmark's task by an id as another tool writes it.

    An exact id matches first; else ``HumanEval_0`` and ``humaneval/0`` mean ``HumanEval/0``, and a bare number means
    the only id that ends in ``/number``.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._exact = {task_id: task_id for task_id in known}
        self._loose = _unique((_plain(task_id), task_id) for task_id in self._exact)
        numbered = ((task_id.rpartition("/")[2], task_id) for task_id in self._exact if "/" in task_id)
        self._numbers = _unique((_number(number), task_id) for number, task_id in numbered if number.isdecimal())

    def find(self, given: str | int) -> str | None:
        """Return the benchmark's id, or ``None`` if there is none or more than one."""
        text = str(given)
        if text in self._exact:
            return text
        return self._loose.get(_plain(text)) or (self._numbers.get(_number(text)) if text.isdecimal() else None)


def _plain(task_id: str) -> str:
    return task_id.replace("/", "_").replace("-", "_").casefold()


def _number(text: str) -> str:
    return str(int(text)) if text.isdecimal() else text


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map keys to values, leaving out keys shared by two values."""
    found: dict[str, str | None] = {}
    for key, value in pairs:
        found[key] = None if key in found else value
    return {key: value for key, value in found.items() if value is not None}
