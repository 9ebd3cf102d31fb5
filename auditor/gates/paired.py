"""The stricter interval of paired differences between models, so that one rule decides what every difference shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from auditor.analysis import metrics
from auditor.analysis.counts import Counts, common_tasks
from auditor.analysis.metrics import Columns
from auditor.analysis.task_statistic import minus, of_columns
from auditor.gates.view import RunView
from auditor.results import Across, CountedEstimate, PairedDifference

_Two = Callable[[Counts, Counts, int], tuple[Columns, Columns]]

_COMPARED: dict[str, _Two] = {
    "single_sample_accuracy": lambda a, b, _: (metrics.single_sample(a), metrics.single_sample(b)),
    "conditional_accuracy": lambda a, b, k: (metrics.conditional_at(k)(a), metrics.conditional_at(k)(b)),
    "shared_precision": lambda a, b, _: metrics.shared_precision(a, b),
    "false_positive_rate": lambda a, b, _: (metrics.false_positive(a), metrics.false_positive(b)),
}
"""The figures of :attr:`~auditor.results.Across.paired`, of two models over the same tasks."""


def judged_pairs(run: RunView, across: Across) -> Across:
    """Add the stricter interval to each paired difference whose own interval excludes zero."""
    known = {model.name: model for model in run.models}
    confidence = run.document.options.confidence if run.document else 0.95
    paired = tuple(
        replace(row, strict=_strict(row, known[row.a].counts, known[row.b].counts, confidence))
        if row.difference.own_side and row.a in known and row.b in known
        else row
        for row in across.paired
    )
    return replace(across, paired=paired)


def _strict(row: PairedDifference, a: Counts, b: Counts, confidence: float) -> CountedEstimate | None:
    compare = _COMPARED.get(row.metric)
    tasks = common_tasks(a, b)
    if compare is None or not tasks:
        return None
    a, b = a.only(tasks), b.only(tasks)
    if row.attempts is not None:
        enough = a.reaching(row.attempts) & b.reaching(row.attempts)
        tasks = tuple(task for task, is_enough in zip(tasks, enough, strict=True) if is_enough)
        a, b = a.only(tasks), b.only(tasks)
    first, second = (of_columns(tasks, columns) for columns in compare(a, b, row.attempts or 1))
    families = dict(zip(a.task_ids, a.families or (), strict=False))
    return minus(first, second).over(families).estimate(confidence)
