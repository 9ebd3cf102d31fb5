"""``auditor run`` and its stages, one command each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.terminal import (
    FolderOption,
    OutputFormat,
    QuietOption,
    format_option,
    print_lines,
    say,
    table_width,
    use_colour,
)
from auditor.shards import Shard
from auditor.text import one_line

if TYPE_CHECKING:
    from auditor.gates import GateResult
    from auditor.pipeline import Run, Stage
    from auditor.results import Choice


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


ShardOption = Annotated[
    Shard | None,
    typer.Option("--shard", metavar="K/N", parser=_shard, help="Only the K-th of N parts, in its own folder."),
]
ConfigArgument = Annotated[Path, typer.Argument(help="The audit's settings; `auditor init` writes a commented file.")]


NoGateOption = Annotated[
    bool, typer.Option("--no-gate", help="Exit code 0 whatever the gates' verdicts; `auditor gate` judges them later.")
]


DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Send and write nothing: list unfit tasks, requests and what they may cost."),
]


class PrintedLength(StrEnum):
    """Extent of a printed report."""

    SHORT = "short"
    FULL = "full"


PdfOption = Annotated[
    PrintedLength | None,
    typer.Option(
        "--pdf", help="Also print each page with an installed Chromium: at most 8 pages per model, or full, with code."
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Verify and score on this Dask cluster: tcp://HOST:8786"),
]


def run(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    quiet: QuietOption = False,
    no_gate: NoGateOption = False,
    dry_run: DryRunOption = False,
    scheduler: SchedulerOption = None,
) -> None:
    """Run every stage: sample, verify, score, analyze, report, gate.

    Does only the work that remains: after an interruption, run the same command again. --dry-run checks the
    references and shows what would be requested, what it may cost, and whether max_cost covers it.
    Exit codes: 0 gates passed, 1 error, 2 bad input, 3 a gate failed, 4 a gate was inconclusive, 130 interrupted.
    Example: auditor run audit.toml --out reports/monday
    """
    if dry_run:
        print_estimates(config, out, quiet=quiet)
        return
    results = perform(config, out, quiet=quiet, changes=_on(scheduler))
    raise typer.Exit(0 if no_gate else _gate_code(results))


def verify(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    quiet: QuietOption = False,
    shard: ShardOption = None,
    scheduler: SchedulerOption = None,
) -> None:
    """Judge programs that have no verdict yet, in the sandbox.

    With --shard 3/16, only the third of 16 parts of the tasks, into DIR/shards/3-of-16; `auditor merge` joins them.
    Example: auditor verify audit.toml --shard 3/16
    """
    from auditor.pipeline import Stage

    perform(config, out, quiet=quiet, stages=(Stage.VERIFY,), shard=shard, changes=_on(scheduler))


def score(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    quiet: QuietOption = False,
    shard: ShardOption = None,
    scheduler: SchedulerOption = None,
) -> None:
    """Lint programs that have no style score yet, and score them.

    With --shard 3/16, only the programs of that shard, once it is verified.
    Example: auditor score audit.toml
    """
    from auditor.pipeline import Stage

    perform(config, out, quiet=quiet, stages=(Stage.SCORE,), shard=shard, changes=_on(scheduler))


def _on(scheduler: str | None) -> dict[str, dict[str, object]]:
    """Return the settings that ``--scheduler`` replaces."""
    if scheduler is None:
        return {}
    from auditor.config import EngineConfig

    try:
        EngineConfig(scheduler=scheduler, tls_ca=Path(), tls_cert=Path(), tls_key=Path())
    except ValueError:
        raise typer.BadParameter(f"--scheduler: {scheduler!r} is not tcp://HOST:PORT or tls://HOST:PORT") from None
    return {"engine": {"scheduler": scheduler}}


def report(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    quiet: QuietOption = False,
    formats: Annotated[
        list[OutputFormat] | None,
        format_option(
            OutputFormat.HTML,
            OutputFormat.MARKDOWN,
            OutputFormat.JSON,
            about="May be repeated. Default: what audit.toml says.",
        ),
    ] = None,
    no_gate: NoGateOption = False,
    pdf: PdfOption = None,
) -> None:
    """Write the report from the run folder.

    It has an index, a page per model, JSON and Markdown. The figures are recomputed from the verdicts; nothing is
    sampled, run or scored. Exit codes as for run.

    Given an analysis (auditor analyze --counts counts.csv -o analysis.json) instead of audit.toml, its pages are
    written to the folder given by -o.
    Example: auditor report audit.toml --format html --pdf short
    """
    from auditor.pipeline import Stage

    chosen = tuple(form.value for form in formats or ())
    if config.suffix == ".json":
        from auditor.pipeline.report import report_of_counts

        place = report_of_counts(config, out or config.parent / "report", chosen)
        print_lines(f"report: {place}", essential=False)
        _print_pdf(place if place.is_dir() else place.parent, pdf)
        return
    changes = {"report": {"formats": chosen}} if chosen else {}
    results = perform(config, out, quiet=quiet, stages=(Stage.ANALYZE, Stage.REPORT), changes=changes, pdf=pdf)
    raise typer.Exit(0 if no_gate else _gate_code(results))


def perform(
    config: Path,
    out: Path | None,
    *,
    quiet: bool,
    stages: Sequence[Stage] = (),
    changes: Mapping[str, Mapping[str, object]] | None = None,
    shard: Shard | None = None,
    pdf: PrintedLength | None = None,
) -> list[GateResult]:
    """Run stages (default: all) in order; print the figures, the gates and the report's path.

    ``changes`` are settings of the command line (section → key → value) that replace the file's. ``shard`` takes one
    part of the tasks. ``pdf`` also prints the pages, ``short`` or ``full``.
    """
    from auditor.cli.progress import TerminalProgress
    from auditor.pipeline import Run, Stage, conclusion

    stages = stages or tuple(Stage)
    with TerminalProgress(quiet=quiet) as progress:
        the_run = Run.open(config, out, progress).changed(changes or {})
        if shard is not None:
            the_run = the_run.sharded(shard)
        found = conclusion(the_run, stages)
    if found is None:
        print_lines(f"run: {the_run.folder}", essential=False)
        return []
    results = found.gates
    _print_figures(the_run, found.choices)
    if results:
        from auditor.gates import to_text

        print_lines(to_text(results, found.choices, width=table_width(), color=use_colour()), essential=False)
    elif not quiet:
        from auditor.gates import NO_RULES_REMEDY

        say(f"no gate is set — {NO_RULES_REMEDY}")
    if not results:
        _print_choice(found.choices)
    page = the_run.report_folder / "index.html"
    place = page if "html" in the_run.config.report.formats else the_run.report_folder
    print_lines(f"report: {place}", essential=False)
    _print_pdf(the_run.report_folder, pdf)
    return results


def print_estimates(config: Path, out: Path | None, *, quiet: bool) -> None:
    """Print what sampling would request and may cost, after the tasks that are unfit here."""
    from auditor.cli.progress import TerminalProgress
    from auditor.pipeline import Run, estimates

    with TerminalProgress(quiet=quiet) as progress:
        for line in estimates(Run.open(config, out, progress)):
            print_lines(line)


def _print_pdf(folder: Path, length: PrintedLength | None) -> None:
    """Print the pages of a report, if requested, and list the files."""
    if length is None:
        return
    from auditor.report.pdf import print_pages

    for path in print_pages(sorted(folder.glob("*.html")), full=length is PrintedLength.FULL):
        print_lines(f"printed: {path}", essential=False)


def _print_figures(run: Run, choices: Sequence[Choice]) -> None:
    """Print a line of figures per model, and those by slices."""
    from auditor.cli.figures import figures_table
    from auditor.cli.slices import slice_tables
    from auditor.results import starting

    choice = choices[starting(choices)] if choices else None
    with run.store(create=False) as store:
        analysis = store.meta.analysis
    if analysis is not None:
        simulated = {model.name for model in run.config.model if model.simulated}
        table = figures_table(analysis, table_width(), simulated, choice, color=use_colour())
        slices = slice_tables(analysis, table_width(), color=use_colour())
        print_lines("\n\n".join(filter(None, (table, slices))) + "\n\n", essential=False)


def _print_choice(choices: Sequence[Choice]) -> None:
    """Print which model to use where no gate is set, as the report's first sentences do."""
    from textwrap import wrap

    from auditor.report.sentences.opening import opening

    if choices:
        text = one_line(opening(choices, ()).short)
        width = table_width()
        print_lines(text if width is None else "\n".join(wrap(text, width)), essential=False)


def _gate_code(results: list[GateResult]) -> int:
    """Return the exit code for the gates' results."""
    from auditor.gates import exit_code

    return exit_code(results)
