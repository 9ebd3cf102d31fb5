"""``auditor history``: the same figures and gates over several runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import ConfidenceOption, FileOption, OutputFormat, emit, emit_text, format_option, table_width


def history(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="DIR…", help="Run folders, baseline files or analyses of counts, oldest first."),
    ],
    baseline: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run to compare the others with. Default: the first.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=OLD…]",
            help="Only this model, under the name OLD in other runs; repeatable. Default: models match by name.",
        ),
    ] = None,
    rules: Annotated[
        list[str] | None,
        typer.Option(help="A file of rules or a built-in set by name; repeatable. Default: the last run's own."),
    ] = None,
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
    """Compare several runs over time: model versions, prompts, dates.

    Shows each figure of each run with its interval, its change from the baseline paired by task, the gates, and any
    other change of tasks, tools, environment, settings or rubric. Exit code 0 whatever the result.
    Example: auditor history reports/2026-09 reports/2026-10 reports/2026-11 --format html -o history.html
    """
    from auditor.gates import history as comparing
    from auditor.gates import load_rules

    chosen = tuple(rule for source in rules for rule in load_rules(source)) if rules else None
    found = comparing.history_of(
        runs, baseline=baseline, models=_names(model or ()), rules=chosen, confidence=confidence
    )
    if form is OutputFormat.JSON:
        emit(comparing.to_json(found), out)
    elif form is OutputFormat.MARKDOWN:
        emit(comparing.to_markdown(found), out)
    elif form is OutputFormat.HTML:
        from auditor.report.history_page import history_html

        emit(history_html(found), out)
    else:
        emit_text(comparing.to_text(found, width=table_width(out)), out)


def _names(given: list[str] | tuple[()]) -> dict[str, tuple[str, ...]]:
    """Parse ``NEW=OLD=OLDER``: the name of a model, and its names in other runs."""
    names = {}
    for text in given:
        name, *others = text.split("=")
        if not all((name, *others)):
            raise typer.BadParameter(f"{text!r} is not NAME or NAME=OLD", param_hint="--model")
        names[name] = tuple(others)
    return names
