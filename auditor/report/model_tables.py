"""The tables of a model's page that list rather than compare: tasks and coverage."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.report.cells import Cell, Column, Grid, share_picture
from auditor.report.reading import Json, part, rows
from auditor.report.text import MISSING, count, cut, number, percent, plural, visible


def task_grid(model: Json, tasks: Mapping[str, Json]) -> Grid:
    """List every task: what was drawn, accepted and right; those left out with the reason."""
    analysed = {str(row["task_id"]): row for row in rows(model, "per_task")}
    body = [_task_row(task_id, tasks.get(task_id, {}), row) for task_id, row in analysed.items()]
    body += [
        _task_row(task_id, about, None)
        for task_id, about in tasks.items()
        if task_id not in analysed and (about.get("unfit") or about.get("excluded"))
    ]
    columns = [
        Column("task", number=False),
        Column("entry point", number=False),
        Column("base tests"),
        Column("plus tests"),
        Column("samples"),
        Column("accepted"),
        Column("right"),
        Column("false among accepted"),
    ]
    if any(row is None or len(row) > len(columns) for row in body):
        columns.append(Column("left out", number=False))
        body = [row if len(row) == len(columns) else [*row, Cell("")] for row in body]
    caption = "Tasks with their samples, accepted and right answers"
    return Grid("tasks-table", caption, columns, body, sortable=True, tall=True)


def _task_row(task_id: str, about: Json, counts: Json | None) -> list[Cell]:
    cells = [Cell(task_id), Cell(str(about.get("entry_point") or ""))]
    cells += [Cell(count(about.get(key)), about.get(key)) for key in ("base_tests", "plus_tests")]
    if counts is None:
        why = f"unfit: {about['unfit']}" if about.get("unfit") else str(about.get("excluded"))
        return [*cells, *(Cell(MISSING, -1) for _ in range(4)), Cell(cut(why, 160))]
    n, base, right = int(counts["n"]), int(counts["base_passes"]), int(counts["correct"])
    false = (base - right) / base if base else None
    cells += [Cell(count(number_), number_) for number_ in (n, base, right)]
    picture = share_picture(n, base, right)
    return [
        *cells,
        Cell(percent(false, 0), -1 if false is None else false, tone="false" if false else "", picture=picture),
    ]


def coverage(model: Json) -> list[tuple[str, str]]:
    """Say what came of the samples: the facts that keep the figures honest."""
    row, cost = part(model, "coverage"), part(model, "cost")
    pairs: list[tuple[str, str]] = []
    if row:
        pairs.append(("Samples", f"{count(row.get('samples'))}, of which {count(row.get('labelled'))} could be judged"))
    if "tasks_sampled" in row:
        reached = f"{count(row['tasks_sampled'])} of {count(row.get('tasks'))} have samples"
        pairs.append(("Tasks", f"{reached}, {count(row.get('tasks_scored'))} with one that could be judged"))
    pairs.append(("Answers", _counts(part(row, "statuses"))))
    pairs.append(("Base suite", _counts(part(row, "outcomes", "base"))))
    pairs.append(("Plus suite", _counts(part(row, "outcomes", "plus"))))
    if "distinct_programs" in row:
        repeats = plural(row.get("duplicates") or 0, "repeat")
        flaky = count(row.get("flaky") or 0)
        pairs.append(("Distinct programs", f"{count(row['distinct_programs'])}; {repeats} of an answer, {flaky} flaky"))
    served = ", ".join(str(name) for name in model.get("served_models") or ())
    pairs.append(("Served as", visible(served)))
    tokens = {name: cost.get(f"{name}_tokens") for name in ("prompt", "completion")}
    pairs.append(("Tokens", _counts({name: amount for name, amount in tokens.items() if amount is not None})))
    if cost.get("cost") is not None:
        unit = visible(str(cost.get("currency") or "in the currency of the prices given"))
        pairs.append(("Cost", f"{number(cost['cost'], 2)} {unit}"))
    return [pair for pair in pairs if pair[1]]


def _counts(found: Json) -> str:
    """Join what was counted, zeros left out: ``pass 11 284, fail 21 426``."""
    return ", ".join(f"{visible(str(key)).replace('_', ' ')} {count(value)}" for key, value in found.items() if value)
