"""The false positives of a page: those written out, and the rest as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.report import exhibits
from auditor.report.code import Code, show
from auditor.report.reading import Json, rows
from auditor.report.text import count, cut, number, plural, visible


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


def cases(model: Json, tasks: Mapping[str, Json]) -> Cases:
    """Split a model's false positives into those written out and the data for the rest."""
    found = rows(model, "exhibits")
    chosen = exhibits.telling(found)
    written = {id(row) for row in chosen}
    packed, left_out = exhibits.pack([row for row in found if id(row) not in written], tasks)
    data, deflated = exhibits.data_block(packed) if packed["rows"] else ("", False)
    return Cases(
        total=len(found),
        samples=sum(int(row.get("samples") or 0) for row in found),
        shown=[_exhibit(row, tasks.get(str(row["task_id"]), {})) for row in chosen],
        data=data,
        deflated=deflated,
        left_out=left_out,
    )


def _exhibit(row: Json, task: Json) -> Exhibit:
    kind = exhibits.kind_of(row)
    about = [f"seen in {plural(row.get('samples') or 0, 'sample')}", kind]
    if row.get("score") is not None:
        about.append(f"style {number(100 * row['score'], 0)} of 100")
    head = int(row.get("prompt_lines") or 0)
    reference = exhibits.reference_of(row, task)
    same_head = reference.split("\n")[:head] == str(row["solution"]).split("\n")[:head]
    return Exhibit(
        key=f"fp-{visible(str(row['program']))[:12]}",
        task_id=str(row["task_id"]),
        entry_point=str(task.get("entry_point") or ""),
        kind=kind,
        rules=" ".join(exhibits.rules_of(row)),
        facts=" · ".join(about),
        failing=_failing(row),
        solution=show(str(row["solution"]), head, rows(row, "findings")),
        reference=show(reference, head if same_head else 0) if reference else None,
    )


def _failing(row: Json) -> list[tuple[str, str]]:
    """List what is known of the first failing test, absent parts left out."""
    failing = row.get("failing") or {}
    index = failing.get("index")
    terms = [("test", f"number {count(index + 1)} of the plus suite" if index is not None else "")]
    terms += [(key, cut(visible(str(failing.get(key) or "")), 600)) for key in ("call", "expected", "got")]
    why = cut(visible(str(row.get("detail") or "")), 300)
    terms.append(("why", "" if why in dict(terms)["got"] else why))
    return [pair for pair in terms if pair[1]]
