"""The tables of a model's page that list rather than compare: tasks and samples by outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.records import Outcome, SampleStatus, SuiteName
from auditor.report.cells import Cell, Column, Grid, share_picture
from auditor.report.sentences import names, readings
from auditor.report.text import MISSING, count, cut, natural, number, percent, plural, visible
from auditor.results import ModelReport, TaskCounts, TaskRow


def task_grid(model: ModelReport, tasks: Mapping[str, TaskRow]) -> Grid:
    """List every task: what was drawn, accepted and correct; those left out with the reason."""
    analysed = {row.task_id: row for row in model.per_task}
    body = [_task_row(key, tasks.get(key), analysed[key]) for key in sorted(analysed, key=natural)]
    body += [
        _task_row(task_id, about, None)
        for task_id, about in sorted(tasks.items(), key=lambda pair: natural(pair[0]))
        if task_id not in analysed and not about.analysed
    ]
    columns = [
        Column("task", number=False),
        Column(names.WRONG),
        Column("samples"),
        Column("accepted"),
        Column("correct"),
        Column("base tests"),
        Column("plus tests"),
        Column("entry point", number=False),
    ]
    if any(row is None or len(row) > len(columns) for row in body):
        columns.append(Column("left out", number=False))
        body = [row if len(row) == len(columns) else [*row, Cell("")] for row in body]
    caption = "Tasks with their samples, accepted and correct answers"
    return Grid("tasks-table", caption, columns, body, sortable=True, tall=True)


def _task_row(task_id: str, about: TaskRow | None, counts: TaskCounts | None) -> list[Cell]:
    tests = (about.base_tests, about.plus_tests) if about else (None, None)
    last = [*(Cell(count(number_), number_) for number_ in tests), Cell(about.entry_point if about else "")]
    if counts is None:
        why = f"unfit: {about.unfit}" if about and about.unfit else str(about and about.excluded)
        return [Cell(task_id), *(Cell(MISSING, -1) for _ in range(4)), *last, Cell(cut(why, 160))]
    n, base, right = counts.n, counts.base_passes, counts.correct
    false = (base - right) / base if base else None
    return [
        Cell(task_id),
        Cell(percent(false, 0), -1 if false is None else false, tone="false" if false else "",
             picture=share_picture(n, base, right)),
        *(Cell(count(number_), number_) for number_ in (n, base, right)),
        *last,
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadingTable:
    """What extraction may cost, and the answers behind it."""

    finding: str
    grid: Grid


def reading_gap(model: ModelReport) -> ReadingTable | None:
    """List the answers that are correct in a reading that was not taken; nothing unless others were judged."""
    found = model.readings
    if found is None:
        return None
    columns = [
        Column("task", number=False),
        Column("sample"),
        Column("the correct program is found", number=False),
        Column("judged instead", number=False),
    ]
    body = [
        [
            Cell(row.task_id),
            Cell(count(row.sample_index), row.sample_index),
            Cell(row.rule),
            Cell(row.program[:12] if row.program else "no program"),
        ]
        for row in found.recovered
    ]
    caption = "Answers that are correct in a reading that was not taken"
    return ReadingTable(readings.gap(found), Grid("readings-table", caption, columns, body, sortable=True, tall=True))


def sample_outcomes(model: ModelReport, currency: str = "") -> list[tuple[str, str]]:
    """Say what became of the samples; ``currency`` is that of the prices, if the settings name it."""
    row, cost = model.coverage, model.cost
    reached = f"{count(row.tasks_sampled)} of {count(row.tasks)} have samples"
    judged = sum(row.outcomes.get(SuiteName.BASE, {}).values())
    accepted = row.outcomes.get(SuiteName.BASE, {}).get(Outcome.PASS, 0)
    pairs = [
        ("Samples", f"{count(row.samples)}, of which {count(row.labelled)} could be judged"),
        ("Tasks", f"{reached}, {count(row.tasks_scored)} with one that could be judged"),
        ("Answers", _counts(row.statuses)),
        (
            "Base suite",
            _run_on("sample with a program", "samples with a program", judged, row.outcomes, SuiteName.BASE),
        ),
        ("Plus suite", _run_on("accepted sample", "accepted samples", accepted, row.outcomes, SuiteName.PLUS)),
        ("Programs", f"{count(row.distinct_programs)} distinct in {plural(judged, 'sample')}"),
        ("Repeats", f"{plural(row.duplicates, 'answer')} equal to an earlier one of the task, to the letter"),
        ("Flaky", f"{plural(row.flaky, 'sample')} judged differently when run again"),
        ("Served as", visible(", ".join(model.served_models))),
        ("Tokens", _counts({"prompt": cost.prompt_tokens, "completion": cost.completion_tokens})),
    ]
    if cost.cost is not None:
        unit = visible(currency) or "in the currency of the prices given"
        pairs.append(("Cost", f"{number(cost.cost, 2)} {unit}"))
    return [pair for pair in pairs if pair[1]]


def _run_on(
    one: str, many: str, amount: int, outcomes: Mapping[SuiteName, Mapping[Outcome, int]], suite: SuiteName
) -> str:
    """Write how many samples a suite judged, and the results."""
    found = outcomes.get(suite, {})
    said = _counts(found)
    if not said or sum(found.values()) != amount:
        return said
    return f"{plural(amount, one, many)}: {said}"


def _counts(found: Mapping[str, int | None] | Mapping[SampleStatus, int] | Mapping[Outcome, int]) -> str:
    """Join what was counted, zeros left out: ``pass 11 284, fail 21 426``."""
    return ", ".join(f"{str(key).replace('_', ' ')} {count(value)}" for key, value in found.items() if value)
