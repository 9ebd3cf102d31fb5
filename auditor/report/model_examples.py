"""A model's false positives as its page has them: some written out, the others as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.report.example_data import pack
from auditor.report.examples import Example, example, telling
from auditor.results import ModelReport, TaskRow

OPEN = 3
"""Examples whose code is shown at once; that of the others is a click away, and all of it is printed."""


@dataclass(frozen=True, slots=True)
class Examples:
    """All false positives of a model."""

    total: int
    """Distinct programs."""
    samples: int
    """Samples behind them."""
    shown: Sequence[Example]
    data: str
    """The others as a block of data, see :func:`auditor.report.example_data.pack`; empty where there are none."""
    left_out: int
    """Distinct programs that neither the page nor its data hold; report.json does."""


def examples(model: ModelReport, tasks: Mapping[str, TaskRow]) -> Examples:
    """Split a model's false positives into those written out and the data of the others."""
    found = model.false_positives
    chosen = telling(found)
    written = {id(row) for row in chosen}
    data, left_out = pack([row for row in found if id(row) not in written], tasks)
    return Examples(
        total=len(found),
        samples=sum(row.samples for row in found),
        shown=[example(row, tasks.get(row.task_id)) for row in chosen],
        data=data,
        left_out=left_out,
    )
