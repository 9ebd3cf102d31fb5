"""What a long command keeps while it works, so that the same command goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from auditor.errors import InputError, writing
from auditor.json_types import JsonObject

T = TypeVar("T")


class Journal:
    """Rows in a file, one JSON object a line; they are only added to, so a kill costs at most the last one."""

    def __init__(self, path: Path | None) -> None:
        """Keep rows in a file; ``None`` keeps nothing."""
        self._path = path

    def read(self, parse: Callable[[JsonObject], T]) -> Iterator[T]:
        """Yield what ``parse`` makes of each row; a line that was cut off, or that it cannot read, is skipped."""
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                found = parse(json.loads(line))
            except (ValueError, KeyError, TypeError, IndexError, InputError):
                continue
            yield found

    def add(self, row: Mapping[str, object]) -> None:
        """Add a row; one that was cut off before it stays a line of its own."""
        if self._path is None:
            return
        text = json.dumps(row) + "\n"
        with writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._append(self._path, text)

    @staticmethod
    def _append(path: Path, text: str) -> None:
        with path.open("a+b") as file:
            if file.tell():
                file.seek(-1, 2)
                text = text if file.read(1) == b"\n" else "\n" + text
            file.write(text.encode())

    def end(self) -> None:
        """Remove the file: all is done."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
