"""Small tables: for a terminal, for a pipe, for Markdown."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Literal

from auditor.text import markdown_cell


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A heading and how its cells are set."""

    heading: str
    right: bool = False
    """Numbers, right-aligned."""
    whole: bool = False
    """Cells are shown unbroken."""
    style: str = ""
    """Colour of the cells on a terminal, by its name in rich."""
    styles: Mapping[str, str] = field(default_factory=dict)
    """Text of a cell → its colour."""


def text_table(
    columns: Sequence[TextColumn], rows: Sequence[Sequence[str]], width: int | None, *, color: bool = True
) -> str:
    """Align cells with spaces; with ``width``, fold them for a terminal of that many columns, bold and in colour.

    Without ``color`` there are no escape sequences.
    """
    return _plain(columns, rows) if width is None else _rich(columns, rows, width, color)


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


def _rich(columns: Sequence[TextColumn], rows: Sequence[Sequence[str]], width: int, color: bool) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        heading = _folded(column.heading, [row[place] for row in rows]) if column.whole else column.heading
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column(Text(heading), justify=justify, overflow="fold", no_wrap=column.whole)
    for row in rows:
        table.add_row(
            *(
                Text(cell, style=column.styles.get(cell, column.style))
                for column, cell in zip(columns, row, strict=True)
            )
        )
    buffer = io.StringIO()
    Console(file=buffer, width=width, force_terminal=color, no_color=not color, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip().splitlines())


def _folded(heading: str, cells: Sequence[str]) -> str:
    """Break a heading between words so that it is no wider than its cells, which stay unbroken."""
    lines = [line for cell in cells for line in cell.splitlines()]
    return "\n".join(wrap(heading, max(map(len, [*lines, *heading.split()]), default=1), break_on_hyphens=False))


def shortened(name: str, longest: int) -> str:
    """Shorten a long name in its middle, since names of models differ at both ends."""
    if len(name) <= longest:
        return name
    tail = longest * 2 // 5
    return f"{name[: longest - tail - 1]}…{name[-tail:]}"


def markdown_table(columns: Sequence[TextColumn], rows: Sequence[Sequence[str]]) -> str:
    """Render a Markdown table with every cell escaped."""
    lines = [
        "| " + " | ".join(column.heading for column in columns) + " |",
        "|" + "|".join("--:" if column.right else "---" for column in columns) + "|",
        *("| " + " | ".join(map(markdown_cell, row)) + " |" for row in rows),
    ]
    return "\n".join(lines)
