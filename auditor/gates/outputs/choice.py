"""A choice of model as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from auditor.gates.outputs.tables import TextColumn, markdown_table, shortened, text_table
from auditor.report.sentences import choice as words
from auditor.results import Candidate, Choice, Decision, GateResult, to_plain
from auditor.text import json_text, markdown_cell, one_line

_LONGEST_NAME = 16
"""Columns of a model's name on a terminal; the table then fits into 80."""
_NOTES = (
    (
        "correct, wrong, net gain: per 100 tasks; net gain: correct minus {cost:g} times wrong, minus what attempts "
        "cost; below 0 a loss"
    ),
    (
        "attempts: to allow, the fewest that come within {tolerance:g} per 100 tasks of the best net gain; used: mean "
        "per task; “best”: the number with the highest net gain, and what it would add"
    ),
)


def _columns(choice: Choice) -> list[TextColumn]:
    columns = [
        TextColumn("model", whole=True),
        TextColumn("attempts", right=True),
        TextColumn("correct", right=True),
        TextColumn("wrong", right=True),
        TextColumn("net gain (interval)", right=True, whole=True),
        TextColumn("used", right=True),
    ]
    if _priced(choice):
        columns.append(TextColumn("cost", right=True))
    return [*columns, TextColumn("best", right=True)]


def _priced(choice: Choice) -> bool:
    return any(candidate.cost for candidate in choice.candidates)


def _row(candidate: Candidate, *, priced: bool) -> list[str]:
    attempts, right, wrong, gain, span, draws = words.candidate_cells(candidate)
    name = candidate.model if candidate.attempts else "(use no model)"
    row = [name, attempts, right, wrong, f"{gain} ({span})" if span else gain, draws]
    if priced:
        row.append(f"{candidate.cost:.4g}" if candidate.cost is not None else "–")
    return [*row, words.best_cell(candidate)]


def _notes(choice: Choice) -> list[str]:
    return [note.format(cost=choice.terms.fp_cost, tolerance=100 * choice.terms.tolerance) for note in _NOTES]


def _rows(choice: Choice) -> list[list[str]]:
    return [_row(candidate, priced=_priced(choice)) for candidate in choice.candidates]


def choice_text(
    choice: Choice, gates: Sequence[GateResult] = (), *, width: int | None = None, color: bool = False
) -> str:
    """Render the answer, its gate results, the candidates as a table, and the models left out."""
    rows = [list(map(one_line, row)) for row in _rows(choice)]
    if width is not None:
        rows = [[shortened(name, _LONGEST_NAME), *rest] for name, *rest in rows]
    left_out = [
        f"left out: {', '.join(map(one_line, names))}: {one_line(why)}" for why, names in choice.reasons.items()
    ]
    notes = _notes(choice)
    lines = [one_line(words.answer(choice, gates)), "", text_table(_columns(choice), rows, width, color=color)]
    if width is not None:
        answer, table, *notes = (lines[0], "\n".join(lines[1:]), *notes, *left_out)
        folded = [part for note in notes for part in wrap(note, width)]
        return "\n".join([*wrap(answer, width), table, *folded]) + "\n"
    return "\n".join([*lines, *notes, *left_out]) + "\n"


def choice_markdown(choice: Choice, gates: Sequence[GateResult] = ()) -> str:
    """Render the same as Markdown."""
    left_out = [
        f"- left out: {', '.join(map(markdown_cell, names))}: {markdown_cell(why)}"
        for why, names in choice.reasons.items()
    ]
    table = markdown_table(_columns(choice), _rows(choice))
    notes = [markdown_cell(note) + "  " for note in _notes(choice)]
    parts = [markdown_cell(words.answer(choice, gates)), "", table, "", *notes, *([""] if left_out else []), *left_out]
    return "\n".join(parts) + "\n"


def choice_json(choice: Choice, gates: Sequence[GateResult] = ()) -> str:
    """Render as JSON, the answer at the top."""
    return json_text(
        {
            "schema": "auditor/choice/3",
            "best": choice.best.model,
            "attempts": choice.best.attempts,
            "clear": choice.clear,
            "decision": to_plain(Decision.of(choice, gates)),
            "sentence": words.answer(choice, gates),
            **to_plain(choice),
        }
    )
