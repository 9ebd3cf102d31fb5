"""A choice of model as text, as Markdown and as JSON."""

from __future__ import annotations

from auditor.gates.outputs.tables import TextColumn, markdown_table, text_table
from auditor.report.sentences import choice as words
from auditor.results import Candidate, Choice, to_plain
from auditor.text import json_text, one_line

_COLUMNS = (
    TextColumn("model"),
    TextColumn("attempts", right=True),
    TextColumn("right", right=True),
    TextColumn("wrong", right=True),
    TextColumn("gain", right=True),
    TextColumn("interval"),
    TextColumn("draws", right=True),
    TextColumn("cost", right=True),
    TextColumn("best in", right=True),
)
_NOTE = "right, wrong, gain: per 100 tasks; gain counts a wrong answer as −{cost:g} and each draw at its cost"


def _row(candidate: Candidate) -> tuple[str, ...]:
    name = candidate.model if candidate.attempts else "none (do not sample)"
    cost = f"{candidate.cost:.4g}" if candidate.cost is not None else "–"
    return (name, *words.candidate_cells(candidate), cost, words.agreement(candidate))


def choice_text(choice: Choice, *, width: int | None = None) -> str:
    """Render the answer, the candidates as a table, and who was left out."""
    rows = [tuple(map(one_line, _row(candidate))) for candidate in choice.candidates]
    left_out = [f"left out: {one_line(name)}: {why}" for name, why in sorted(choice.left_out.items())]
    note = _NOTE.format(cost=choice.terms.fp_cost)
    return "\n".join([one_line(words.answer(choice)), "", text_table(_COLUMNS, rows, width), note, *left_out]) + "\n"


def choice_markdown(choice: Choice) -> str:
    """Render the same as Markdown."""
    from auditor.gates.outputs.markdown import escape

    left_out = [f"- left out: {escape(name)}: {escape(why)}" for name, why in sorted(choice.left_out.items())]
    table = markdown_table(_COLUMNS, [_row(candidate) for candidate in choice.candidates])
    note = escape(_NOTE.format(cost=choice.terms.fp_cost))
    parts = [escape(words.answer(choice)), "", table, "", note, *([""] if left_out else []), *left_out]
    return "\n".join(parts) + "\n"


def choice_json(choice: Choice) -> str:
    """Render as JSON, the answer at the top."""
    return json_text(
        {
            "schema": "auditor/choice/2",
            "best": choice.best.model,
            "attempts": choice.best.attempts,
            "clear": choice.clear,
            "sentence": words.answer(choice),
            **to_plain(choice),
        }
    )
