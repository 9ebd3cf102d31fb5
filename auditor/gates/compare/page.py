"""A comparison as one page that opens offline, in the look of a report."""

from __future__ import annotations

from auditor.gates.compare.measure import Comparison, ComparisonRow, Direction, Pair
from auditor.gates.compare.verdicts import ChangedProgram
from auditor.gates.compare.wording import MOST_PROGRAMS, changed_lists, gap, heading, left_over, own, remarks, title
from auditor.report.cells import Cell, Column, Grid
from auditor.report.render import page
from auditor.version import __version__

_ALONE = "alone"
"""Behind a run's own number."""


def to_html(comparison: Comparison) -> str:
    """Render as one page that loads nothing; every text of the runs is escaped."""
    context = {
        "title": "Comparison of two runs",
        "heading": heading(comparison),
        "remarks": remarks(comparison, _ALONE),
        "pairs": [(title(pair), _numbers(pair, place)) for place, pair in enumerate(comparison.pairs)],
        "lists": [
            (words, _programs(words, programs, place) if programs else None, left_over(programs))
            for place, (words, programs) in enumerate(changed_lists(comparison))
        ],
        "version": __version__,
        "has_json": False,
    }
    return page("comparison.html.j2", context)


def _numbers(pair: Pair, place: int) -> Grid:
    columns = [
        Column("figure", number=False),
        Column("change", number=False),
        Column("B − A"),
        Column("A"),
        Column("B"),
    ]
    body = [_number(row) for row in pair.rows]
    return Grid(f"numbers-{place}", f"Figures of both runs: {title(pair)}", columns, body)


def _number(row: ComparisonRow) -> list[Cell]:
    """Write a figure of both runs; below it each run's own over all its tasks, if that is different."""
    both = (row.a_alone, row.unit), (row.b_alone, row.unit)
    alone = [f"{own(*one)} {_ALONE}" if row.differs_alone and one[0] is not None else "" for one in both]
    amount, interval = gap(row)
    worse = row.change is Direction.WORSE
    clear = row.change not in {Direction.UNCLEAR, Direction.EQUAL}
    return [
        Cell(row.title),
        Cell(row.change.value, tone="false clear" if worse else "clear" if clear else ""),
        Cell(amount, sub=interval, tone="clear" if clear else ""),
        Cell(own(row.a.value, row.unit), sub=alone[0]),
        Cell(own(row.b.value, row.unit), sub=alone[1]),
    ]


def _programs(caption: str, programs: tuple[ChangedProgram, ...], place: int) -> Grid:
    columns = [
        Column("task", number=False), Column("program", number=False), Column("suite", number=False),
        Column("A", number=False), Column("B", number=False), Column("samples A"), Column("samples B"),
    ]  # fmt: skip
    body = [
        [
            Cell(one.task_id), Cell(one.program[:12]), Cell(one.suite), Cell(one.a), Cell(one.b),
            Cell(str(one.samples_a)), Cell(str(one.samples_b)),
        ]
        for one in programs[:MOST_PROGRAMS]
    ]  # fmt: skip
    return Grid(f"programs-{place}", caption, columns, body, tall=True)
