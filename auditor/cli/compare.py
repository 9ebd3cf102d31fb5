"""``auditor compare``: two runs, paired by task."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import (
    ConfidenceOption,
    FileOption,
    OutputFormat,
    emit,
    emit_text,
    format_option,
    table_width,
    use_colour,
)


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="A run folder, or its report.json.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Another; differences are B minus A.")],
    model_a: Annotated[str | None, typer.Option(help="Only this model of A. Default: models match by name.")] = None,
    model_b: Annotated[str | None, typer.Option(help="Only this model of B.")] = None,
    confidence: ConfidenceOption = 0.95,
    form: Annotated[
        OutputFormat,
        format_option(
            OutputFormat.TEXT,
            OutputFormat.JSON,
            OutputFormat.MARKDOWN,
            OutputFormat.HTML,
            about="html is a page that opens offline.",
        ),
    ] = OutputFormat.TEXT,
    out: FileOption = None,
) -> None:
    """Compare two runs, paired by task: accuracy, ceiling, K*, style.

    Lists the programs with different verdicts in the two runs, flaky ones separately. Exit code 0 whatever the result.
    Example: auditor compare reports/last reports/audit --format markdown
    """
    from auditor.gates import RunView
    from auditor.gates import compare as comparing

    found = comparing.compare(RunView.open(a), RunView.open(b), model_a=model_a, model_b=model_b, confidence=confidence)
    if form is OutputFormat.JSON:
        emit(comparing.to_json(found), out)
    elif form is OutputFormat.MARKDOWN:
        emit(comparing.to_markdown(found), out)
    elif form is OutputFormat.HTML:
        emit(comparing.to_html(found), out)
    else:
        emit_text(comparing.to_text(found, width=table_width(out), color=use_colour(out)), out)
