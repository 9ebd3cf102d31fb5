"""A comparison as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.gates.compare.measure import Comparison, Direction, Pair
from auditor.gates.compare.verdicts import ChangedProgram
from auditor.gates.compare.wording import (
    ALONE,
    MOST_PROGRAMS,
    changed_lists,
    gap,
    heading,
    left_over,
    own,
    remarks,
    title,
)
from auditor.gates.outputs.tables import TextColumn, markdown_table, text_table
from auditor.results import to_plain
from auditor.text import json_text, markdown_cell, one_line

_NUMBERS = (
    TextColumn("figure"),
    TextColumn("A", right=True, whole=True),
    TextColumn("B", right=True, whole=True),
    TextColumn("B − A (interval)", right=True),
    TextColumn(
        "change",
        whole=True,
        styles={Direction.BETTER: "green", Direction.WORSE: "bold red", Direction.UNCLEAR: "yellow"},
    ),
)
_PROGRAMS = (
    TextColumn("task"), TextColumn("program"), TextColumn("suite"), TextColumn("A"), TextColumn("B"),
    TextColumn("samples A", right=True), TextColumn("samples B", right=True),
)  # fmt: skip

Cells = Sequence[str]


def _number_rows(pair: Pair) -> Iterator[Cells]:
    """Write each number and, below it, each run's own if its other tasks make it different."""
    for row in pair.rows:
        amount, interval = gap(row)
        between = f"{amount} ({interval})" if interval else amount
        yield (row.title, own(row.a.value, row.unit), own(row.b.value, row.unit), between, row.change)
        if row.differs_alone:
            yield (ALONE, own(row.a_alone, row.unit), own(row.b_alone, row.unit), "", "")


def _program_row(one: ChangedProgram) -> Cells:
    return (one.task_id, one.program[:12], one.suite, one.a, one.b, str(one.samples_a), str(one.samples_b))


def to_text(comparison: Comparison, *, width: int | None = None, color: bool = False) -> str:
    """Render as text; with ``width``, for a terminal of that many columns."""
    parts = [one_line(line) for line in (heading(comparison), *(f"note: {remark}" for remark in remarks(comparison)))]
    for pair in comparison.pairs:
        parts += ["", one_line(title(pair)), text_table(_NUMBERS, _safe(_number_rows(pair)), width, color=color)]
    for words, programs in changed_lists(comparison):
        parts += ["", words]
        if programs:
            rows = _safe(map(_program_row, programs[:MOST_PROGRAMS]))
            parts += [text_table(_PROGRAMS, rows, width, color=color), *filter(None, [left_over(programs)])]
    return "\n".join(parts) + "\n"


def _safe(rows: Iterable[Cells]) -> list[Cells]:
    return [tuple(map(one_line, row)) for row in rows]


def to_markdown(comparison: Comparison) -> str:
    """Render as Markdown."""
    parts = ["### Comparison of two runs", "", markdown_cell(heading(comparison))]
    parts += ["", *(f"- {markdown_cell(remark)}" for remark in told)] if (told := remarks(comparison)) else []
    for pair in comparison.pairs:
        parts += ["", f"#### {markdown_cell(title(pair))}", "", markdown_table(_NUMBERS, list(_number_rows(pair)))]
    for words, programs in changed_lists(comparison):
        parts += ["", f"#### {markdown_cell(words)}"]
        if programs:
            rows = [_program_row(program) for program in programs[:MOST_PROGRAMS]]
            parts += ["", markdown_table(_PROGRAMS, rows), *filter(None, [left_over(programs)])]
    return "\n".join(parts) + "\n"


def to_json(comparison: Comparison) -> str:
    """Render as JSON, with every changed program."""
    return json_text(to_plain(comparison))
