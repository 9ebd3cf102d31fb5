"""The false positives of a page: those written out, and the rest as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.report import exhibits
from auditor.report.code import Code, show
from auditor.report.text import count, cut, number, plural, visible
from auditor.results import FalsePositiveExample, ModelReport, TaskRow


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One false positive, ready to show."""

    key: str
    """Its anchor."""
    task_id: str
    entry_point: str
    kind: str
    rules: str
    """The rules that fire, joined by spaces: what the filter looks at."""
    facts: str
    failing: Sequence[tuple[str, str]]
    """Pairs of term and text: test, call, expected, got, why."""
    solution: Code
    reference: Code | None


@dataclass(frozen=True, slots=True)
class Cases:
    """All false positives of a model."""

    total: int
    """Distinct programs."""
    samples: int
    """Samples behind them."""
    shown: Sequence[Exhibit]
    data: str
    """The rest as a data block, see :func:`auditor.report.exhibits.data_block`; empty where nothing is left."""
    deflated: bool
    left_out: int
    """Distinct programs that neither the page nor its data hold; report.json does."""


def cases(model: ModelReport, tasks: Mapping[str, TaskRow]) -> Cases:
    """Split a model's false positives into those written out and the data for the rest."""
    found = model.false_positives
    chosen = exhibits.telling(found)
    written = {id(row) for row in chosen}
    packed, left_out = exhibits.pack([row for row in found if id(row) not in written], tasks)
    data, deflated = exhibits.data_block(packed) if packed["rows"] else ("", False)
    return Cases(
        total=len(found),
        samples=sum(row.samples for row in found),
        shown=[_exhibit(row, tasks.get(row.task_id)) for row in chosen],
        data=data,
        deflated=deflated,
        left_out=left_out,
    )


def _exhibit(row: FalsePositiveExample, task: TaskRow | None) -> Exhibit:
    kind = exhibits.kind_of(row)
    about = [f"seen in {plural(row.samples, 'sample')}", kind]
    if row.score is not None:
        about.append(f"style {number(100 * row.score, 0)} of 100")
    head = row.prompt_lines
    reference = task.reference if task else ""
    same_head = reference.split("\n")[:head] == row.solution.split("\n")[:head]
    return Exhibit(
        key=f"fp-{visible(row.program)[:12]}",
        task_id=row.task_id,
        entry_point=task.entry_point if task else "",
        kind=kind,
        rules=" ".join(exhibits.rules_of(row)),
        facts=" · ".join(about),
        failing=_failing(row),
        solution=show(row.solution, head, row.findings),
        reference=show(reference, head if same_head else 0) if reference else None,
    )


def _failing(row: FalsePositiveExample) -> list[tuple[str, str]]:
    """List what is known of the first failing test, absent parts left out."""
    terms: list[tuple[str, str]] = []
    if row.failing is not None:
        terms.append(("test", f"number {count(row.failing.index + 1)} of the plus suite"))
        texts = {"call": row.failing.call, "expected": row.failing.expected, "got": row.failing.got}
        terms += [(key, cut(visible(text), 600)) for key, text in texts.items()]
    why = cut(visible(row.detail), 300)
    terms.append(("why", "" if why in dict(terms).get("got", "") else why))
    return [pair for pair in terms if pair[1]]
