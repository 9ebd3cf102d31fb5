"""``auditor gate``: rules on a finished run, with an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.gates import GateResult, RunView


DEFAULT_MARGIN = 0.05


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"


RunArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder, or its report.json.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of stdout.")]


def _list(wanted: bool) -> None:
    if wanted:
        from auditor.gates.metrics.page import overview

        typer.echo(overview())
        raise typer.Exit


def gate(
    folder: RunArgument,
    rules: Annotated[
        list[str] | None,
        typer.Option(help="A TOML file of rules, or a ready set by name; may be given again. Default: the run's own."),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="sarif carries style findings; junit a case a rule.")
    ] = (Format.TEXT),
    output: OutputOption = None,
    baseline: Annotated[
        Path | None, typer.Option(help="A blessed run's folder or file: no rule's metric may fall behind it.")
    ] = None,
    margin: Annotated[
        float | None, typer.Option(min=0, help="How far behind the baseline is still fine. Default: 0.05.")
    ] = None,
    bless: Annotated[Path | None, typer.Option(help="Write this run as a baseline file; judges nothing.")] = None,
    programs: Annotated[
        Path | None, typer.Option(help="Also write the accepted programs into this folder, where sarif places them.")
    ] = None,
    list_metrics: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--list-metrics", help="List what a rule can name, and exit.", callback=_list, is_eager=True)
    ] = False,
    max_findings: Annotated[
        int, typer.Option(min=0, help="Most findings in sarif; false positives come first.")
    ] = 5000,
) -> None:
    """Judge a run by rules: pass, fail or inconclusive for each rule and model, and why.

    A rule passes or fails only where the interval at its confidence clears the threshold.
    Exit codes: 0 passed, 1 error, 2 bad input, 3 a rule failed, 4 a rule was inconclusive.
    Example: auditor gate reports/audit --rules strict --format junit -o gates.xml
    """
    from auditor.gates import RunView, exit_code
    from auditor.gates.baseline import bless as write_baseline
    from auditor.gates.outputs import write_programs

    run = RunView.open(folder)
    if bless is not None:
        with writing(bless):
            write_baseline(run, bless)
        typer.echo(f"baseline: {bless}", err=True)
        return
    results = judge(run, rules, baseline, margin)
    emit(render(results, run, form, max_findings, to_terminal=output is None), output)
    if programs is not None:
        with writing(programs):
            typer.echo(f"{write_programs(run, programs)} programs: {programs}", err=True)
    raise typer.Exit(exit_code(results))


def judge(run: RunView, rules: list[str] | None, baseline: Path | None, margin: float | None) -> list[GateResult]:
    """Find the rules and judge the run by them."""
    from auditor.errors import UsageError
    from auditor.gates import check_rules, evaluate, load_rules, rules_of
    from auditor.gates.baseline import open_baseline

    chosen = tuple(rule for source in rules for rule in load_rules(source)) if rules else rules_of(run.document)
    if not chosen:
        raise UsageError(
            "the run has no rules of its own", where=run.where, remedy="give a rules file or a ready set with --rules"
        )
    check_rules(chosen, models=run.names)
    if baseline is None:
        if margin is not None:
            raise UsageError("--margin says how far behind a baseline is fine", remedy="give --baseline too")
        return evaluate(chosen, run)
    return evaluate(chosen, run, open_baseline(baseline, run), DEFAULT_MARGIN if margin is None else margin)


def render(results: list[GateResult], run: RunView, form: Format, most: int, *, to_terminal: bool) -> str:
    """Render results in a format; text is a table where it goes to a terminal."""
    from auditor.gates import outputs

    match form:
        case Format.TEXT:
            terminal = to_terminal and sys.stdout.isatty()
            width = None if not terminal else max(60, terminal_width())
            return outputs.to_text(results, width=width, color=terminal and not os.environ.get("NO_COLOR")) + "\n"
        case Format.JSON:
            return outputs.to_json(results)
        case Format.MARKDOWN:
            return outputs.to_markdown(results)
        case Format.JUNIT:
            return outputs.to_junit(results)
        case Format.GITHUB:
            return outputs.to_github(results)
        case Format.SARIF:
            return outputs.to_sarif(results, run, most=most)


def terminal_width() -> int:
    """Count the terminal's columns."""
    import shutil

    return shutil.get_terminal_size().columns


def emit(text: str, output: Path | None) -> None:
    """Write to a file, or to stdout as UTF-8 whatever the terminal's encoding."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
        return
    with writing(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8", errors="replace")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure to write into a line for the user."""
    from auditor.errors import UsageError

    try:
        yield
    except OSError as error:
        reason = f"cannot be written: {error.strerror}"
        raise UsageError(reason, where=str(error.filename or path), remedy="name another place") from None
