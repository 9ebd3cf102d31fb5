"""The index's section on the tests: what they are worth, and where they may be too narrow."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.report.cells import Cell, Column, Grid
from auditor.report.sentences import selection
from auditor.report.sentences import suites as words
from auditor.report.text import brief, count, cut, visible
from auditor.results import ReportDocument

SHOWN = 40
"""Rows of a table; report.json has all."""
_LONGEST = 60
"""Characters of an input or output in a table; both ends stay, the whole shows on hovering."""


@dataclass(frozen=True, slots=True)
class SuitesSection:
    """Sentences and tables."""

    sentences: tuple[str, ...]
    remedies: tuple[str, ...]
    """Which commands would measure what this run has not."""
    controls: Grid | None
    """Programs that must fail and pass."""
    suspects: Grid | None


def section(document: ReportDocument) -> SuitesSection:
    """Gather what is known of the run's tests."""
    analysed = sum(row.analysed for row in document.tasks)
    is_run = document.provenance.sandbox is not None  # an analysis of counts has no programs to judge
    said = (
        words.grades(document.suites) if is_run or document.suites else "",
        words.agreement(document.second_suite) if is_run or document.second_suite else "",
        words.disputed(len(document.suspects), analysed),
    )
    remedies = (
        (words.GRADE, document.suites is None),
        (words.JUDGE_AGAIN, document.second_suite is None),
        (selection.NOT_COMPARED, not any(model.selection for model in document.models)),
    )
    missing = tuple(text for text, is_missing in remedies if is_run and is_missing)
    return SuitesSection(tuple(filter(None, said)), missing, _controls(document), _suspects(document))


def _controls(document: ReportDocument) -> Grid | None:
    found = document.suites.accepted_controls if document.suites else ()
    columns = [
        Column("task", number=False),
        Column("accepts a program that", number=False),
        Column("suite", number=False),
    ]
    body = [
        [Cell(one.task_id), Cell(one.control), Cell("base and plus" if one.plus else "base alone")]
        for one in found[:SHOWN]
    ]
    return Grid("controls-table", "Programs that must fail and pass", columns, body, sortable=True) if body else None


def _suspects(document: ReportDocument) -> Grid | None:
    columns = [
        Column("task", number=False),
        Column("input", number=False),
        Column("expected output", number=False),
        Column("most common other output", number=False),
        Column("give it", whole="Distinct programs whose first failure on plus is this input with this output"),
        Column("pass plus", whole="Distinct programs that pass all plus tests"),
        Column("judged", whole="Distinct programs that pass base: all that plus judged"),
    ]
    body = [
        [
            Cell(one.task_id), *(_shortened(text) for text in (one.call, one.expected, one.got)),
            Cell(count(one.programs), one.programs), Cell(count(one.accepted), one.accepted),
            Cell(count(one.judged), one.judged),
        ]
        for one in document.suspects[:SHOWN]
    ]  # fmt: skip
    caption = "Tasks on which more distinct programs, of all models, fail plus with the same output than pass it"
    return Grid("suspects-table", caption, columns, body, sortable=True, tall=True) if body else None


def _shortened(text: str) -> Cell:
    """Show a value that may be long without a space, such as a number of a hundred digits."""
    short = brief(text, _LONGEST)
    return Cell(short, whole="" if short == visible(text) else cut(visible(text), 1000))
