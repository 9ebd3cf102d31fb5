"""The first section of the index: which model to use, at how many attempts, or none, by the cost of a wrong answer.

Every position of the slider is rendered here, by the page's own templates; the script only puts one in
the place of another.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.report.cells import Cell, Column, Grid, named
from auditor.report.render import macro
from auditor.report.sentences import choice as words
from auditor.report.text import MISSING, count, significant
from auditor.results import Candidate, Choice, ReportDocument


@dataclass(frozen=True, slots=True)
class Answer:
    """The choice at one cost of a wrong answer, and at every other that the slider has."""

    words: str
    """The cost in words."""
    sentence: str
    """The answer at that cost."""
    grid: Grid
    """Its candidates, best first."""
    start: int
    """The slider's place of that cost."""
    last: int
    """Its last place."""
    data: str
    """All places: base64 of deflated JSON, a list of cost in words, sentence as HTML, rows as HTML."""
    tasks: str
    """On how many tasks the models are compared."""


def answer(document: ReportDocument, files: Mapping[str, str]) -> Answer | None:
    """Build the section; ``files`` gives each model's page."""
    choices = document.choices
    if not choices:
        return None
    start = starting(choices)
    names = [model.model for model in document.models]
    priced = any(candidate.cost for choice in choices for candidate in choice.candidates)
    grids = [_grid(choice, names, files, priced=priced) for choice in choices]
    places = [
        [
            words.cost_in_words(choice.terms.fp_cost),
            macro("parts.html.j2", "text", words.answer(choice)),
            macro("parts.html.j2", "grid_rows", grid),
        ]
        for choice, grid in zip(choices, grids, strict=True)
    ]
    chosen = choices[start]
    return Answer(
        words=words.cost_in_words(chosen.terms.fp_cost),
        sentence=words.answer(chosen),
        grid=grids[start],
        start=start,
        last=len(choices) - 1,
        data=base64.b64encode(zlib.compress(json.dumps(places).encode(), 9)).decode(),
        tasks=count(chosen.tasks),
    )


def starting(choices: Sequence[Choice]) -> int:
    """Return the place of the cost that a report speaks of first: 1, else the smallest above 0, else the last."""
    costs = [choice.terms.fp_cost for choice in choices]
    if 1.0 in costs:
        return costs.index(1.0)
    return next((place for place, cost in enumerate(costs) if cost > 0), len(costs) - 1)


def _grid(choice: Choice, names: Sequence[str], files: Mapping[str, str], *, priced: bool) -> Grid:
    columns = [
        Column("model", number=False),
        Column("attempts"),
        Column("right of 100"),
        Column("wrong of 100"),
        Column("gain per 100 tasks"),
        Column("draws per task"),
    ]
    if priced:
        columns.append(Column("cost per task"))
    body = [_row(candidate, files, priced=priced) for candidate in choice.candidates]
    body += [
        [named(name, files.get(name, "")), Cell("0", sub=why), *(Cell(MISSING) for _ in columns[2:])]
        for name, why in words.left_out(choice, names)
    ]
    return Grid("answer-table", "Models at their best number of attempts, best first", columns, body)


def _row(candidate: Candidate, files: Mapping[str, str], *, priced: bool) -> list[Cell]:
    attempts, right, wrong, gain, span, draws = words.candidate_cells(candidate)
    name = named(candidate.model, files.get(candidate.model, "")) if candidate.attempts else Cell("do not sample")
    wrong_cell = Cell(wrong, tone="false" if candidate.wrong else "")
    row = [name, Cell(attempts), Cell(right), wrong_cell, Cell(gain, sub=span), Cell(draws)]
    if priced:
        row.append(Cell(MISSING if candidate.cost is None else significant(candidate.cost)))
    return row
