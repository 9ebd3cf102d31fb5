"""The run's tables as streams of plain rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from auditor.errors import UsageError
from auditor.pipeline.analysed import analysis_of
from auditor.pipeline.tables import style_row
from auditor.results import to_plain
from auditor.slices import names
from auditor.store import DATABASE, Store

Row = dict[str, object]


def rows(folder: Path, table: str) -> Iterator[Row]:
    """Stream the rows of ``samples``, ``verdicts``, ``style``, ``analysis`` or ``third-party`` in a fixed order.

    Memory use is constant. Raises :class:`~auditor.errors.StoreError` if ``folder`` contains no run, and
    :class:`~auditor.errors.UsageError` if the stage that fills the table has not run.
    """
    with Store(folder / DATABASE, create=False) as store:
        yield from _TABLES[table](store)


def _samples(store: Store) -> Iterator[Row]:
    tasks = _tasks(store)
    for sample in store.samples():
        row = asdict(sample)
        usage = row.pop("usage")
        yield {**row, **usage, "program": sample.program, **tasks.get(sample.task_id, _NO_TASK)}


def _verdicts(store: Store) -> Iterator[Row]:
    tasks = _tasks(store)
    for judged in store.judged():
        yield {
            "model": judged.model,
            "task_id": judged.task_id,
            "sample_index": judged.sample_index,
            "program": judged.program,
            "base": judged.base,
            "plus": judged.plus,
            "label": judged.label,
            "flaky": judged.flaky,
            "trust": judged.trust,
            **tasks.get(judged.task_id, _NO_TASK),
        }


_NO_TASK: Row = {"excluded": None, "slices": {}}


def _tasks(store: Store) -> dict[str, Row]:
    """Return task id → why the last analysis left the task out, and the task's attributes.

    Several values of one name are joined, as in ``graphs; search``.
    """
    return {
        task.task_id: {
            "excluded": task.excluded,
            "slices": {
                name: "; ".join(value for other, value in task.slices if other == name) for name in names([task.slices])
            },
        }
        for task in store.tasks()
    }


def _style(store: Store) -> Iterator[Row]:
    rubric = store.meta.rubric
    if rubric is None:
        raise UsageError("style has not been scored", where=str(store.path), remedy="run `auditor score` first")
    tasks = _tasks(store)
    for found in store.styled_programs(rubric.hash):
        if found.parses:
            yield {
                **asdict(style_row(found)),
                "metrics": found.metrics,
                "rubric_hash": rubric.hash,
                **tasks.get(found.task_id, _NO_TASK),
            }


def _analysis(store: Store) -> Iterator[Row]:
    for entry in analysis_of(store).models:
        yield to_plain(entry)


def _third_party(store: Store) -> Iterator[Row]:
    return (asdict(verdict) for verdict in store.third_party_verdicts())


_TABLES = {
    "samples": _samples, "verdicts": _verdicts, "style": _style, "analysis": _analysis, "third-party": _third_party,
}  # fmt: skip
