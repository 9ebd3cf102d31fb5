"""A comparison as text, Markdown, JSON and a section of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape as html_escape

from auditor.gates.compare.measure import Comparison, Direction, Pair
from auditor.gates.compare.verdicts import ChangedProgram
from auditor.gates.outputs.tables import TextColumn, markdown_table, text_table
from auditor.gates.wording import bare, figure, percent, span
from auditor.results import Unit, to_plain
from auditor.text import json_text, markdown_cell, one_line, plural

MOST_PROGRAMS = 50
"""Changed programs shown to people; JSON has them all."""

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

_ALONE = "– over all own tasks"
"""Heads the numbers that the runs' own gates and reports show."""
_OF_ALONE = f"“{_ALONE}”: the figure over all tasks of each run, as its own report and gates give it"
_OF_UNCLEAR = f"“{Direction.UNCLEAR}”: the interval, or the stricter one that a verdict needs, includes zero"

Cells = Sequence[str]


def _number_rows(pair: Pair) -> Iterator[Cells]:
    """Write each number; below it each run's own, where its other tasks make it another."""
    for row in pair.rows:
        unit = Unit.DIFFERENCE if row.unit is Unit.SHARE else row.unit
        difference = row.difference
        gap = bare(difference.value, unit)
        if row.change is not Direction.EQUAL:
            gap += f" ({span(difference.low, difference.high, unit)})"
        yield (row.title, _short(row.a.value, row.unit), _short(row.b.value, row.unit), gap, row.change)
        if row.differs_alone:
            yield (_ALONE, _short(row.a_alone, row.unit), _short(row.b_alone, row.unit), "", "")


def _short(value: float | None, unit: Unit) -> str:
    """Write a figure; differences of shares without their unit, which the heading of the table names."""
    return bare(value, unit) if unit is Unit.DIFFERENCE else figure(value, unit)


def _program_row(one: ChangedProgram) -> Cells:
    return (one.task_id, one.program[:12], one.suite, one.a, one.b, str(one.samples_a), str(one.samples_b))


def _title(pair: Pair) -> str:
    models = pair.model_a if pair.model_a == pair.model_b else f"{pair.model_a} (A) and {pair.model_b} (B)"
    left_out = f", {pair.only_a} only in A and {pair.only_b} only in B left out" if pair.only_a or pair.only_b else ""
    return f"{models}: {plural(pair.tasks, 'common task')}{left_out}"


def _lists(comparison: Comparison) -> Iterator[tuple[str, Sequence[ChangedProgram]]]:
    """Yield the headings and programs of both lists; the first always, the flaky where there are any."""
    total = comparison.shared_programs
    yield f"Programs whose verdict changed: {len(comparison.changed)} of {total} judged in both", comparison.changed
    if comparison.flaky:
        yield f"Flaky programs among them, apart: {len(comparison.flaky)}", comparison.flaky


def _remarks(comparison: Comparison) -> list[str]:
    """List notes, models without a counterpart, and what words of the table mean."""
    alone = [
        f"only in {side}: {', '.join(names)}"
        for side, names in (("A", comparison.unmatched_a), ("B", comparison.unmatched_b))
        if names
    ]
    rows = [row for pair in comparison.pairs for row in pair.rows]
    words = [
        *([_OF_ALONE] if any(row.differs_alone for row in rows) else []),
        *([_OF_UNCLEAR] if any(row.change is Direction.UNCLEAR for row in rows) else []),
    ]
    return [*comparison.notes, *alone, *words]


def _heading(comparison: Comparison) -> str:
    intervals = f"intervals at {percent(comparison.confidence)}"
    return f"A: {comparison.a}; B: {comparison.b}; {intervals}, differences of shares in points"


def _more(programs: Sequence[ChangedProgram]) -> list[str]:
    left = len(programs) - MOST_PROGRAMS
    return [f"… and {left} more in the JSON form"] if left > 0 else []


def to_text(comparison: Comparison, *, width: int | None = None, color: bool = False) -> str:
    """Render as text; with a ``width`` for a terminal of that many columns."""
    parts = [one_line(line) for line in (_heading(comparison), *(f"note: {remark}" for remark in _remarks(comparison)))]
    for pair in comparison.pairs:
        parts += ["", one_line(_title(pair)), text_table(_NUMBERS, _safe(_number_rows(pair)), width, color=color)]
    for heading, programs in _lists(comparison):
        parts += ["", heading]
        if programs:
            rows = _safe(map(_program_row, programs[:MOST_PROGRAMS]))
            parts += [text_table(_PROGRAMS, rows, width, color=color), *_more(programs)]
    return "\n".join(parts) + "\n"


def _safe(rows: Iterable[Cells]) -> list[Cells]:
    return [tuple(map(one_line, row)) for row in rows]


def to_markdown(comparison: Comparison) -> str:
    """Render as Markdown."""
    parts = ["### Comparison of two runs", "", markdown_cell(_heading(comparison))]
    parts += ["", *(f"- {markdown_cell(remark)}" for remark in remarks)] if (remarks := _remarks(comparison)) else []
    for pair in comparison.pairs:
        parts += ["", f"#### {markdown_cell(_title(pair))}", "", markdown_table(_NUMBERS, list(_number_rows(pair)))]
    for heading, programs in _lists(comparison):
        parts += ["", f"#### {markdown_cell(heading)}"]
        if programs:
            rows = [_program_row(program) for program in programs[:MOST_PROGRAMS]]
            parts += ["", markdown_table(_PROGRAMS, rows), *_more(programs)]
    return "\n".join(parts) + "\n"


def to_json(comparison: Comparison) -> str:
    """Render as JSON, with every changed program."""
    return json_text(to_plain(comparison))


def to_html(comparison: Comparison) -> str:
    """Render as one ``<section>`` without style or script, every text escaped, to be embedded in any page."""
    parts = ['<section class="comparison">', "<h2>Comparison of two runs</h2>", f"<p>{_html(_heading(comparison))}</p>"]
    if remarks := _remarks(comparison):
        parts.append(f"<ul>{''.join(f'<li>{_html(remark)}</li>' for remark in remarks)}</ul>")
    for pair in comparison.pairs:
        parts += [_html_table(_title(pair), _NUMBERS, _number_rows(pair))]
    for heading, programs in _lists(comparison):
        if programs:
            parts.append(_html_table(heading, _PROGRAMS, map(_program_row, programs[:MOST_PROGRAMS])))
            parts += [f"<p>{_html(line)}</p>" for line in _more(programs)]
        else:
            parts.append(f"<p>{_html(heading)}</p>")
    return "\n".join([*parts, "</section>"]) + "\n"


def _html(text: str) -> str:
    return html_escape(one_line(text), quote=True)


def _html_table(caption: str, columns: Sequence[TextColumn], rows: Iterable[Cells]) -> str:
    head = "".join(f'<th scope="col">{_html(column.heading)}</th>' for column in columns)
    body = "\n".join(
        f'<tr><th scope="row">{_html(first)}</th>{"".join(f"<td>{_html(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    inner = f"<caption>{_html(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    return f"<table>\n{inner}\n</table>"
