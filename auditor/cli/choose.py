"""``auditor choose``: choose a model and a number of attempts."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli.terminal import (
    ConfidenceOption,
    FileOption,
    OutputFormat,
    RunArgument,
    emit,
    emit_text,
    format_option,
    say,
    table_width,
    use_colour,
)
from auditor.text import plural


def choose(
    folder: RunArgument,
    cost: Annotated[
        float, typer.Option(min=0, max=1e9, help="Number of correct answers that one wrong answer cancels out.")
    ],
    draw_cost: Annotated[
        float | None,
        typer.Option(min=0, help="Cost of an attempt, in correct answers. Default: that of the run's report."),
    ] = None,
    value: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Value of a correct answer, in the currency of the prices; the price of an attempt is divided by it.",
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=0, help="Highest mean cost per task, in the currency of the prices. Default: no limit."),
    ] = None,
    max_attempts: Annotated[
        int | None, typer.Option(min=1, help="Most attempts per task. Default: what the samples allow.")
    ] = None,
    confidence: ConfidenceOption = 0.95,
    form: Annotated[
        OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON, OutputFormat.MARKDOWN)
    ] = OutputFormat.TEXT,
    out: FileOption = None,
) -> None:
    """Decide which model to use, with how many attempts.

    The decision follows from the report's gates and the net gain. Shows the runner-up and the evidence between
    the two, paired by task. Exit code 0 whatever the answer.
    Example: auditor choose reports/audit --cost 2
    """
    from auditor.gates import RunView
    from auditor.gates.choose import choose as decide
    from auditor.gates.outputs.choice import choice_json, choice_markdown, choice_text
    from auditor.results import Terms

    run = RunView.open(folder)
    choice = decide(run, Terms(cost, draw_cost, value, budget, max_attempts, confidence))
    gates = run.document.gates if run.document else ()
    due = max((model.report.coverage.tasks for model in run.models if model.report), default=0)
    if choice.tasks < due:
        say(
            f"chosen on {choice.tasks} of {plural(due, 'task')}: those "
            "on which every model has a sample that could be judged"
        )
    if form is OutputFormat.JSON:
        emit(choice_json(choice, gates), out)
    elif form is OutputFormat.MARKDOWN:
        emit(choice_markdown(choice, gates), out)
    else:
        emit_text(choice_text(choice, gates, width=table_width(out), color=use_colour(out)), out)
