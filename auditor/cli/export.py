"""``auditor export``: the run's tables, for other tools."""

from __future__ import annotations

import itertools
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import FileOption, OutputFormat, binary_stdout, format_option, writing


class Table(StrEnum):
    """What can be exported."""

    SAMPLES = "samples"
    VERDICTS = "verdicts"
    STYLE = "style"
    ANALYSIS = "analysis"


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run folder.")],
    table: Annotated[Table, typer.Argument(help="Which table.")],
    form: Annotated[
        OutputFormat,
        format_option(
            OutputFormat.JSONL,
            OutputFormat.CSV,
            OutputFormat.PARQUET,
            about="Nested values become JSON text in csv and parquet.",
        ),
    ] = OutputFormat.JSONL,
    out: FileOption = None,
) -> None:
    """Write one of the run's tables to stdout or a file.

    samples: one row per sample, with its program's text.
    verdicts: one row per sample: model, task_id, sample_index, program, base, plus, label, flaky, excluded.
    style: one row per scored program and model.
    analysis: one row per model.
    Example: auditor export reports/audit verdicts --format csv -o verdicts.csv
    """
    from auditor.pipeline.export import rows
    from auditor.pipeline.tabular import write

    found = rows(folder, table.value)
    if out is None:
        write(found, form.value, binary_stdout())
        return
    first = list(itertools.islice(found, 1))  # a folder without a run is refused before the file is touched
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("wb") as file:
            write(itertools.chain(first, found), form.value, file)
