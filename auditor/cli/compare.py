"""``auditor compare``: two runs, paired by task."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.gate import OutputOption, emit, terminal_width


class CompareFormat(StrEnum):
    """How the comparison is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="A run's folder, or its report.json.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Another; differences are B minus A.")],
    model_a: Annotated[str | None, typer.Option(help="Only this model of A. Default: models match by name.")] = None,
    model_b: Annotated[str | None, typer.Option(help="Only this model of B.")] = None,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    form: Annotated[CompareFormat, typer.Option("--format", "-f", help="html is one section, for your own page.")] = (
        CompareFormat.TEXT
    ),
    output: OutputOption = None,
) -> None:
    """Compare two runs on the tasks both have, paired: accuracy, ceiling, K*, style.

    Lists the programs that both judged and judged differently, flaky ones apart. Exit code 0 whatever it shows.
    Example: auditor compare reports/last reports/audit --format markdown
    """
    from auditor.gates import RunView
    from auditor.gates import compare as comparing

    found = comparing.compare(RunView.open(a), RunView.open(b), model_a=model_a, model_b=model_b, confidence=confidence)
    match form:
        case CompareFormat.TEXT:
            wide = output is None and sys.stdout.isatty()
            text = comparing.to_text(found, width=terminal_width() if wide else None)
        case CompareFormat.JSON:
            text = comparing.to_json(found)
        case CompareFormat.MARKDOWN:
            text = comparing.to_markdown(found)
        case CompareFormat.HTML:
            text = comparing.to_html(found)
    emit(text, output)
