"""``auditor export``: the run's tables, for other tools."""

from __future__ import annotations

import itertools
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.gate import OutputOption, writing


class Table(StrEnum):
    """What can be exported."""

    SAMPLES = "samples"
    VERDICTS = "verdicts"
    STYLE = "style"
    ANALYSIS = "analysis"


class Format(StrEnum):
    """How it is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")],
    table: Annotated[Table, typer.Argument(help="Which table.")],
    form: Annotated[
        Format, typer.Option("--format", "-f", help="Nested values become JSON text in csv and parquet.")
    ] = Format.JSONL,
    output: OutputOption = None,
) -> None:
    """Write one of the run's tables to stdout or a file.

    samples: one row a sample, with its program's text.
    verdicts: one row a sample: model, task_id, sample_index, program, base, plus, label.
    style: one row a scored program and model.
    analysis: one row a model.
    Example: auditor export reports/audit verdicts --format csv -o verdicts.csv
    """
    from auditor.pipeline.export import rows, write

    found = rows(folder, table.value)
    if output is None:
        write(found, form.value, sys.stdout.buffer)
        return
    first = list(itertools.islice(found, 1))  # a folder without a run is refused before the file is touched
    with writing(output), output.open("wb") as file:
        write(itertools.chain(first, found), form.value, file)
