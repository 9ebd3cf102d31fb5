"""``auditor choose``: which model, and how many attempts."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from auditor.cli.gate import OutputOption, RunArgument, emit, terminal_width


class ChoiceFormat(StrEnum):
    """How the choice is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def choose(
    folder: RunArgument,
    cost: Annotated[float, typer.Option(min=0, help="What a false positive costs; a correct solution is worth 1.")],
    draw_cost: Annotated[
        float | None, typer.Option(min=0, help="What a draw costs, in the same units. Default: as in the run's report.")
    ] = None,
    value: Annotated[
        float | None, typer.Option(min=0, help="What a correct solution is worth in money; prices a draw per model.")
    ] = None,
    budget: Annotated[float | None, typer.Option(min=0, help="Most money that a task may cost on average.")] = None,
    max_attempts: Annotated[int | None, typer.Option(min=1, help="Most draws for a task.")] = None,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    form: Annotated[ChoiceFormat, typer.Option("--format", "-f", help="How to write it.")] = ChoiceFormat.TEXT,
    output: OutputOption = None,
) -> None:
    """Choose the model and number of attempts with the best utility net of cost, or none.

    Shows the runner-up and the evidence between the two, paired by task. Exit code 0 whatever the answer.
    Example: auditor choose reports/audit --cost 2 (a wrong answer does twice the harm that a right one does good)
    """
    from auditor.gates import RunView
    from auditor.gates.choose import Terms
    from auditor.gates.choose import choose as decide
    from auditor.gates.outputs.choice import choice_markdown, choice_text

    run = RunView.open(folder)
    choice = decide(run, Terms(cost, draw_cost, value, budget, max_attempts, confidence))
    match form:
        case ChoiceFormat.JSON:
            text = json.dumps(choice.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        case ChoiceFormat.MARKDOWN:
            text = choice_markdown(choice)
        case ChoiceFormat.TEXT:
            wide = output is None and sys.stdout.isatty()
            text = choice_text(choice, width=terminal_width() if wide else None)
    emit(text, output)
