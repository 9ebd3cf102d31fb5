"""Small tables: for a terminal, for a pipe, for Markdown."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A heading and how its cells are set."""

    heading: str
    right: bool = False
    """Numbers, set flush right."""


def text_table(columns: Sequence[TextColumn], rows: Sequence[Sequence[str]], width: int | None) -> str:
    """Align cells with spaces; with a ``width`` fold them into a terminal of that many columns, in bold headings."""
    return _plain(columns, rows) if width is None else _rich(columns, rows, width)


def _plain(columns: Sequence[TextColumn], rows: Sequence[Sequence[str]]) -> str:
    table = [[column.heading for column in columns], *[list(row) for row in rows]]
    widths = [max(len(row[index]) for row in table) for index in range(len(columns))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.rjust(width) if column.right else cell.ljust(width)
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        return "  ".join(cells).rstrip()

    return "\n".join(map(line, table))


def _rich(columns: Sequence[TextColumn], rows: Sequence[Sequence[str]], width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(column.heading), justify="right" if column.right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    buffer = io.StringIO()
    Console(file=buffer, width=width, force_terminal=True, legacy_windows=False).print(table)
    return buffer.getvalue().rstrip()


def markdown_table(columns: Sequence[TextColumn], rows: Sequence[Sequence[str]]) -> str:
    """Render a Markdown table with every cell escaped."""
    from auditor.gates.outputs.markdown import escape

    lines = [
        "| " + " | ".join(column.heading for column in columns) + " |",
        "|" + "|".join("--:" if column.right else "---" for column in columns) + "|",
        *("| " + " | ".join(map(escape, row)) + " |" for row in rows),
    ]
    return "\n".join(lines)
