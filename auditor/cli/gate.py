"""``auditor gate``: rules on a finished run, with an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from auditor.cli.outputs import refuse_inputs
from auditor.cli.terminal import (
    FileOption,
    OutputFormat,
    RunArgument,
    emit,
    emit_text,
    format_option,
    print_lines,
    say,
    table_width,
    use_colour,
    writable,
)
from auditor.errors import UsageError, check_writable, writing
from auditor.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.gates import GateResult, PlacedRules, RunView
    from auditor.results import Choice


DEFAULT_MARGIN = 0.05
_FORMATS = (
    OutputFormat.TEXT,
    OutputFormat.JSON,
    OutputFormat.MARKDOWN,
    OutputFormat.JUNIT,
    OutputFormat.SARIF,
    OutputFormat.GITHUB,
)


def _list(wanted: bool) -> None:
    if wanted:
        from auditor.gates.metrics.page import overview

        print_lines(overview())
        raise typer.Exit


def gate(
    folder: RunArgument,
    rules: Annotated[
        list[str] | None,
        typer.Option(help="A TOML file of rules or a built-in set; repeatable. Default: the run's audit.toml."),
    ] = None,
    form: Annotated[
        OutputFormat,
        format_option(
            *_FORMATS,
            about="sarif: each wrong answer, then the rubric's findings; junit: a case per rule.",
        ),
    ] = OutputFormat.TEXT,
    out: FileOption = None,
    baseline: Annotated[
        Path | None, typer.Option(help="A baseline file or a run folder that no rule's metric may fall behind.")
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(min=0, help="How far behind the baseline is still accepted, in the metric's unit. Default: 0.05."),
    ] = None,
    save_baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", callback=writable, help="Save this run as a baseline file, without judging anything."
        ),
    ] = None,
    programs: Annotated[
        Path | None, typer.Option(help="Also write the accepted programs into this folder, where sarif places them.")
    ] = None,
    list_metrics: Annotated[  # noqa: ARG001 - its callback does the work
        bool,
        typer.Option(
            "--list-metrics", help="List the metrics that a rule can name, and exit.", callback=_list, is_eager=True
        ),
    ] = False,
    max_findings: Annotated[int, typer.Option(min=0, help="Most results in sarif; wrong answers come first.")] = 5000,
    write: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="Also write this format to a file, as markdown=gate.md; repeatable."),
    ] = None,
    report_url: Annotated[str, typer.Option(metavar="URL", help="Address of the report, linked in markdown.")] = "",
) -> None:
    """Judge a run by rules: pass, fail or inconclusive.

    Each rule judges each model and gives a reason. A rule passes or fails only if the interval at its confidence clears
    the threshold. Without --rules, the [[gate]] tables of the run's current audit.toml apply; if the file is gone,
    those stored in the run.

    Exit codes: 0 passed, 1 error, 2 bad input or no gate is set, 3 a rule failed, 4 a rule was inconclusive.
    Example: auditor gate reports/audit --rules strict --format junit -o gates.xml
    """
    from auditor.gates import RunView, exit_code
    from auditor.gates.baseline import save_baseline as write_baseline
    from auditor.gates.outputs import write_programs

    also = [_parse_write(word) for word in write or ()]
    for _, path in also:
        refuse_inputs(path, [folder, rules, baseline])
    run = RunView.open(folder)
    if save_baseline is not None:
        with writing(save_baseline):
            write_baseline(run, save_baseline)
        say(f"baseline: {save_baseline}")
        return
    results = judge(run, rules, baseline, margin)
    for other, path in also:
        _write(results, run, other, max_findings, report_url, path)
    _write(results, run, form, max_findings, report_url, out)
    if programs is not None:
        with writing(programs):
            say(f"{plural(write_programs(run, programs), 'program')}: {programs}")
    raise typer.Exit(exit_code(results))


def _parse_write(word: str) -> tuple[OutputFormat, Path]:
    """Parse ``FORMAT=FILE``."""
    name, _, path = word.partition("=")
    if name not in _FORMATS or not path:
        raise UsageError(f"not FORMAT=FILE: {word}", where="--write", remedy=f"FORMAT is one of {', '.join(_FORMATS)}")
    check_writable(Path(path))
    return OutputFormat(name), Path(path)


def judge(run: RunView, rules: list[str] | None, baseline: Path | None, margin: float | None) -> list[GateResult]:
    """Find the rules and judge the run by them."""
    from auditor.gates import evaluate
    from auditor.gates.baseline import open_baseline

    chosen = _rules(run, rules)
    chosen.check(run.names)
    if baseline is None:
        if margin is not None:
            raise UsageError("--margin requires a comparison with a baseline", remedy="give --baseline too")
        return evaluate(chosen.rules, run)
    return evaluate(chosen.rules, run, open_baseline(baseline, run), DEFAULT_MARGIN if margin is None else margin)


def _rules(run: RunView, sources: list[str] | None) -> PlacedRules:
    """Return the rules of the named files and sets, or the run's own, noting where those come from if that matters."""
    from auditor.gates import PlacedRules, own_rules, placed_rules

    if sources:
        return sum(map(placed_rules, sources), PlacedRules())
    own = own_rules(run)
    if own.note:
        say(own.note)
    return own.placed


def _choices(run: RunView) -> Sequence[Choice]:
    """Return the run's choices of a model by the cost of a wrong answer."""
    return run.document.choices if run.document else ()


def _write(results: list[GateResult], run: RunView, form: OutputFormat, most: int, link: str, out: Path | None) -> None:
    """Write results in a format; on a terminal, text is a table."""
    from auditor.gates import outputs

    match form:
        case OutputFormat.TEXT:
            emit_text(outputs.to_text(results, _choices(run), width=table_width(out), color=use_colour(out)), out)
        case OutputFormat.JSON:
            emit(outputs.to_json(results, _choices(run)), out)
        case OutputFormat.MARKDOWN:
            emit(outputs.to_markdown(results, choices=_choices(run), link=link), out)
        case OutputFormat.JUNIT:
            emit(outputs.to_junit(results), out)
        case OutputFormat.GITHUB:
            emit(outputs.to_github(results), out)
        case OutputFormat.SARIF:
            emit(outputs.to_sarif(results, run, most=most), out)
        case (
            OutputFormat.JSONL
            | OutputFormat.CSV
            | OutputFormat.PARQUET
            | OutputFormat.HTML
            | OutputFormat.EVERY_EVAL_EVER
            | OutputFormat.EVALPLUS
        ):
            raise ValueError(form)  # not offered by --format
        case _:
            assert_never(form)
