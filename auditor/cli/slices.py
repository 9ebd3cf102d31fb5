"""Figures by slices of the tasks, below the table of a run's figures."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from auditor.text import one_line

if TYPE_CHECKING:
    from auditor.results import Analysis, Slicing

UNLIMITED = 1000
LONGEST = 26
"""Columns of a model's and of a slice's name; the table then fits into 80."""


def slice_tables(analysis: Analysis, width: int | None, *, color: bool = False) -> str:
    """Return a table per grouping: a line for each model and slice; below it what differs clearly and what is unknown.

    Shares are percentages with their intervals, as in the report. Empty without slices. ``width`` is the terminal's;
    ``None`` for a pipe.
    """
    known = dict.fromkeys(found.by for entry in analysis.models for found in entry.slices)
    missing = [
        f"tasks by {one_line(by)}: no task has a value for it" for by in analysis.options.slices if by not in known
    ]
    return "\n\n".join([*(_table(analysis, by, width, color=color) for by in known), *missing])


def _table(analysis: Analysis, by: str, width: int | None, *, color: bool) -> str:
    from auditor.cli.figures import share_cell
    from auditor.gates.outputs.tables import TextColumn, shortened, text_table
    from auditor.report.sentences import names

    columns = [
        TextColumn("model, slice", whole=True),
        TextColumn("tasks", right=True),
        TextColumn(names.SINGLE, right=True, whole=True),
        TextColumn(names.WRONG, right=True, whole=True),
    ]
    longest = UNLIMITED if width is None else LONGEST
    rows: list[list[str]] = []
    told: dict[str, list[str]] = {}
    for entry in analysis.models:
        for found in (one for one in entry.slices if one.by == by):
            model = one_line(entry.model)
            rows += [[shortened(model, longest), "", "", ""]] if found.slices else []
            for one in found.slices:
                shares = (share_cell(one.single_sample_accuracy), share_cell(one.false_discovery_rate))
                rows.append([f"  {shortened(one_line(one.name), longest)}", str(one.tasks), *shares])
            for line in _told(found):
                told.setdefault(line, []).append(model)
    lines = [f"tasks by {one_line(by)}, in %:"]
    lines += [text_table(columns, rows, width, color=color)] if rows else []
    for line, models in told.items():
        note = line if len(models) == len(analysis.models) > 1 else f"{', '.join(models)}: {line}"
        lines += [note] if width is None else textwrap.wrap(note, width)
    return "\n".join(lines)


def _told(found: Slicing) -> list[str]:
    """Say which slices clearly differ from the other tasks, and which have no figures."""
    from auditor.report.sentences import slices as words

    return [one_line(line) for line in (words.title(found) if found.slices else "", words.note(found)) if line]
