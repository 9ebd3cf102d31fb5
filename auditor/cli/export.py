"""``auditor export``: export the run's tables for other tools."""

from __future__ import annotations

import itertools
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import OutputFormat, binary_stdout, format_option, print_lines
from auditor.errors import UsageError, writing

_WHOLE_RUN = (OutputFormat.EVERY_EVAL_EVER, OutputFormat.EVALPLUS)


class ExportTable(StrEnum):
    """Tables that can be exported."""

    SAMPLES = "samples"
    VERDICTS = "verdicts"
    STYLE = "style"
    ANALYSIS = "analysis"
    THIRD_PARTY = "third-party"


def _dash_is_stdout(path: Path | None) -> Path | None:
    return None if path == Path("-") else path


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run folder.")],
    table: Annotated[ExportTable | None, typer.Argument(help="Which table.")] = None,
    form: Annotated[
        OutputFormat,
        format_option(
            OutputFormat.JSONL,
            OutputFormat.CSV,
            OutputFormat.PARQUET,
            OutputFormat.EVERY_EVAL_EVER,
            OutputFormat.EVALPLUS,
            about="Nested values become JSON text in csv and parquet; the last two write a folder for the whole run.",
        ),
    ] = OutputFormat.JSONL,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            callback=_dash_is_stdout,
            help="Write to this file or folder, not to stdout (-).",
        ),
    ] = None,
) -> None:
    """Export a table, or the run in another project's format.

    samples: one row per sample, with its program's text.
    verdicts: one row per sample: model, task_id, sample_index, program, base, plus, label, flaky, excluded.
    style: one row per scored program and model.
    analysis: one row per model.
    third-party: one row per verdict from recorded files.
    every-eval-ever: figures and samples of each model, in the folder given by -o.
    evalplus: an eval_results.json of each model, in that folder.
    Example: auditor export reports/audit verdicts --format csv -o verdicts.csv
    Example: auditor export reports/audit --format every-eval-ever -o shared
    """
    from auditor.pipeline.export import rows
    from auditor.pipeline.tabular import write

    if form in _WHOLE_RUN:
        _export_run(folder, table, form, out)
        return
    if table is None:
        raise UsageError("which table?", remedy=f"name one of {', '.join(ExportTable)}")
    found = rows(folder, table.value)
    if out is None:
        with binary_stdout() as stream:
            write(found, form.value, stream)
        return
    first = list(itertools.islice(found, 1))  # a folder without a run is rejected before the file is touched
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("wb") as file:
            write(itertools.chain(first, found), form.value, file)


def _export_run(folder: Path, table: ExportTable | None, form: OutputFormat, out: Path | None) -> None:
    """Write the whole run to a folder, and list its files."""
    from auditor.pipeline.writers import write_run

    if table is not None:
        raise UsageError(f"--format {form} writes the whole run, not a table", remedy=f"omit {table.value!r}")
    if out is None:
        raise UsageError(f"--format {form} writes several files", remedy="name a folder with -o")
    with writing(out):
        for line in write_run(folder, form.value, out):
            print_lines(line)
