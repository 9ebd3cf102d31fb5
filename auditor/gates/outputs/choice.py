"""A choice of model as text and as Markdown."""

from __future__ import annotations

from auditor.gates.choose import Candidate, Choice
from auditor.gates.outputs.tables import Column, markdown_table, text_table
from auditor.gates.wording import number, span
from auditor.text import one_line

_COLUMNS = (
    Column("model"),
    Column("K", right=True),
    Column("net utility", right=True),
    Column("interval"),
    Column("correct", right=True),
    Column("wrong", right=True),
    Column("draws", right=True),
    Column("cost", right=True),
    Column("best in", right=True),
)


def _row(candidate: Candidate) -> tuple[str, ...]:
    chance = f"{candidate.chance:.0%}"
    if not candidate.attempts:
        return ("none (do not sample)", "0", "0", "", "0", "0", "0", "0", chance)
    return (
        candidate.model,
        str(candidate.attempts),
        number(candidate.utility.value),
        span(candidate.utility.low, candidate.utility.high),
        number(candidate.correct),
        number(candidate.wrong),
        number(candidate.draws),
        f"{candidate.cost:.4g}" if candidate.cost is not None else "–",
        chance,
    )


def choice_text(choice: Choice, *, width: int | None = None) -> str:
    """Render the answer, the candidates as a table, and who was left out."""
    rows = [tuple(map(one_line, _row(candidate))) for candidate in choice.candidates]
    left_out = [f"left out: {one_line(name)}: {why}" for name, why in sorted(choice.left_out.items())]
    return "\n".join([one_line(choice.sentence), "", text_table(_COLUMNS, rows, width), *left_out]) + "\n"


def choice_markdown(choice: Choice) -> str:
    """Render the same as Markdown."""
    from auditor.gates.outputs.markdown import escape

    left_out = [f"- left out: {escape(name)}: {escape(why)}" for name, why in sorted(choice.left_out.items())]
    table = markdown_table(_COLUMNS, [_row(candidate) for candidate in choice.candidates])
    return "\n".join([f"### {escape(choice.sentence)}", "", table, *([""] if left_out else []), *left_out]) + "\n"
