"""Edit Python source by position, so that everything else keeps its form and its comments."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.extraction.python import lines_of


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``source[start:end]`` by ``text``; offsets in characters."""

    start: int
    end: int
    text: str


def apply(source: str, edits: Iterable[Edit]) -> str:
    """Apply edits from the last to the first; one that overlaps a later one is skipped."""
    limit = len(source)
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        if edit.end <= limit:
            source = source[: edit.start] + edit.text + source[edit.end :]
            limit = edit.start
    return source


class Places:
    """Positions of a tree's nodes in its source."""

    def __init__(self, source: str) -> None:
        self._lines = lines_of(source)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """Turn a line (from 1) and a column in UTF-8 bytes into an offset in characters."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return self._starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))

    def line_start(self, line: int) -> int:
        """Return the offset at which a line, from 1, begins."""
        return self._starts[min(line, len(self._starts)) - 1]

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return start and end of a node."""
        end_line = node.end_lineno or node.lineno
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, node.end_col_offset or 0)

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        """Replace a node with text."""
        return Edit(*self.of(node), text)

    def drop_lines(self, node: ast.stmt) -> Edit:
        """Remove the lines of a statement."""
        return Edit(self.line_start(node.lineno), self.line_start((node.end_lineno or node.lineno) + 1), "")
