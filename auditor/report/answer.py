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
from auditor.report.reading import MORE_NOT_MEASURED, OR_MORE, most_attempts
from auditor.report.render import macro
from auditor.report.sentences import choice as words
from auditor.report.sentences import names
from auditor.report.text import MISSING, count, number, plural, significant
from auditor.results import Candidate, Choice, ReportDocument, starting


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
    attempts_are_free: bool
    """Whether the net gain leaves out what attempts cost."""
    tasks: str
    """The tasks that the models are compared on: ``42 tasks``."""
    ticks: Sequence[str]
    """A label for each place of the slider, or nothing."""


def answer(document: ReportDocument, files: Mapping[str, str]) -> Answer | None:
    """Build the section; ``files`` gives each model's page."""
    choices = document.choices
    if not choices:
        return None
    start = starting(choices)
    most = {model.model: most_attempts(model) for model in document.models}
    priced = any(candidate.cost for choice in choices for candidate in choice.candidates)
    grids = [_grid(choice, most, files, priced=priced) for choice in choices]
    places = [
        [
            words.cost_in_words(choice.terms.fp_cost),
            macro("parts.html.j2", "text", words.at_cost(choice, document.gates)),
            macro("parts.html.j2", "grid_rows", grid),
        ]
        for choice, grid in zip(choices, grids, strict=True)
    ]
    chosen = choices[start]
    return Answer(
        words=words.cost_in_words(chosen.terms.fp_cost),
        sentence=words.at_cost(chosen, document.gates),
        grid=grids[start],
        start=start,
        last=len(choices) - 1,
        data=base64.b64encode(zlib.compress(json.dumps(places).encode(), 9)).decode(),
        attempts_are_free=not any(candidate.draw_cost for candidate in chosen.candidates),
        tasks=plural(chosen.tasks, "task"),
        ticks=_ticks([choice.terms.fp_cost for choice in choices]),
    )


LABELLED = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0)
"""Costs that the slider's scale names, besides its ends."""


def _ticks(costs: Sequence[float]) -> list[str]:
    """Label the ends of the slider's scale and some costs between, far enough from each other to be read."""
    labels = [f"{cost:g}" if cost in {*LABELLED, costs[0], costs[-1]} else "" for cost in costs]
    shown = -2
    for place, label in enumerate(labels[:-1]):
        if (label and place - shown < 2) or len(labels) - 1 - place < 2:
            labels[place] = ""
        elif label:
            shown = place
    return labels


def _grid(choice: Choice, most: Mapping[str, int], files: Mapping[str, str], *, priced: bool) -> Grid:
    columns = [
        Column("model", number=False),
        Column(names.NET_GAIN, whole="Correct answers minus those that the wrong ones cancel out, per 100 tasks"),
        Column("attempts to allow", whole="The fewest attempts per task that are enough"),
        Column("correct", whole="Tasks that end with a correct answer, of 100"),
        Column("wrong", whole="Tasks that end with a wrong answer, of 100"),
        Column("attempts used", whole="Mean attempts per task, which end with an accepted answer or at the limit"),
        Column(names.BEST_ATTEMPTS, whole="Attempts with the highest net gain; below, what they would add to it"),
    ]
    if priced:
        columns.append(Column("cost", whole="Money per task"))
    body = [_row(candidate, most.get(candidate.model, 0), files, priced=priced) for candidate in choice.candidates]
    body += [
        [named(name, files.get(name, "")), Cell(MISSING, sub=why), *(Cell(MISSING) for _ in columns[2:])]
        for name, why in words.left_out(choice, most)
    ]
    return Grid(
        "answer-table",
        "Models with their attempts to allow, best first; correct, wrong and gain per 100",
        columns,
        body,
    )


def _row(candidate: Candidate, most: int, files: Mapping[str, str], *, priced: bool) -> list[Cell]:
    attempts, right, wrong, gain, span, draws = words.candidate_cells(candidate)
    name = named(candidate.model, files.get(candidate.model, "")) if candidate.attempts else Cell("use no model")
    adds = f"adds {number(100 * candidate.best_adds, 1)}" if candidate.best_attempts > candidate.attempts else ""
    beyond = OR_MORE if candidate.attempts and candidate.best_attempts >= most > 1 else ""
    best = Cell(f"{count(candidate.best_attempts)}{beyond}", candidate.best_attempts, sub=adds)
    if candidate.attempts and most <= 1:
        best = Cell(MISSING, sub=MORE_NOT_MEASURED)
    row = [name, Cell(gain, sub=span), Cell(attempts), Cell(right), Cell(wrong), Cell(draws), best]
    if priced:
        row.append(Cell(MISSING if candidate.cost is None else significant(candidate.cost)))
    return row
