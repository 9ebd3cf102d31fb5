"""The table of differences between models on the index, paired by task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.report.cells import Cell, Column, Grid
from auditor.report.reading import FEW, OF_ACCEPTED, points_of, points_span, share_accepted
from auditor.report.sentences import names
from auditor.report.sentences.differences import why_open
from auditor.report.text import MISSING, brief, count, hundredths, plural
from auditor.results import Estimate, ModelReport, PairedDifference, ReportDocument, deciding

MOST_OPEN = 30
"""Paired differences that are shown without a box that scrolls."""
MOST_SHOWN = 60
"""Paired differences in the page; the clear and large ones come first, all are in report.json."""
_METRICS = {
    "single_sample_accuracy": names.SINGLE,
    "conditional_accuracy": names.CORRECT,
    "false_discovery_rate": names.WRONG,
    "false_discovery_rate_micro": f"{names.WRONG}, samples pooled",
    "false_positive_rate": names.WRONG_ACCEPTED,
    "shared_precision": f"{names.CORRECT}, same tasks",
}
"""What the pages call the metrics that models are compared by."""


def paired_grid(document: ReportDocument, level: str) -> Grid | None:
    """List paired differences, those that are clear first; each is the stronger model's figure minus the weaker's."""
    accuracy = {model.model: model.single_sample_accuracy.value or 0.0 for model in document.models}
    models = {model.model: model for model in document.models}
    found = [_Pair.of(row, accuracy, models) for row in document.across.paired if row.difference.known]
    ordered = sorted(found, key=lambda row: (not row.clear, -abs(row.difference.value or 0)))[:MOST_SHOWN]
    columns = [
        Column("models", number=False),
        Column("figure", number=False),
        Column("difference, points"),
        Column("deciding interval"),
        Column("verdict", number=False),
    ]
    body = [
        [
            Cell(row.models),
            Cell(row.figure, behind=row.behind),
            Cell(points_of(row.difference), row.difference.value, sub=points_span(row.difference),
                 tone="clear" if row.clear else ""),
            Cell(points_span(row.decides) if row.decides else MISSING, row.decides.low if row.decides else -2.0),
            Cell("clear" if row.clear else "open", sub=row.why),
        ]
        for row in ordered
    ]  # fmt: skip
    caption = f"Paired differences between models over the same tasks, with {level} intervals"
    return Grid("paired-table", caption, columns, body, sortable=True, tall=len(body) > MOST_OPEN) if body else None


@dataclass(frozen=True, slots=True)
class _Pair:
    """A paired difference, turned so that the model whose single answers are correct more often comes first."""

    figure: str
    models: str
    difference: Estimate
    decides: Estimate | None
    clear: bool
    why: str
    """Why the difference is open although its own interval excludes zero, or nothing."""
    behind: str
    """What is behind the figure, if not all tasks: wrong answers, or tasks with an accepted answer."""

    @classmethod
    def of(cls, row: PairedDifference, accuracy: Mapping[str, float], models: Mapping[str, ModelReport]) -> _Pair:
        a, b = row.a, row.b
        difference: Estimate = row.difference
        decides = deciding(row.difference, row.strict) if row.strict else None
        if accuracy.get(a, 0.0) < accuracy.get(b, 0.0):
            a, b, difference = b, a, difference.negative()
            decides = decides.negative() if decides else None
        figure = _METRICS.get(row.metric, row.metric.replace("_", " "))
        return cls(
            figure,
            f"{brief(a, 32)} minus {brief(b, 32)}",
            difference,
            decides,
            bool(row.side),
            _why_open(row, decides),
            _behind(row, models[a], models[b]) if a in models and b in models else "",
        )


def _behind(row: PairedDifference, a: ModelReport, b: ModelReport) -> str:
    """Say how many wrong answers, or tasks with an accepted one, of each model a difference rests on."""
    if row.metric == "false_positive_rate":
        wrong = [count(sum(task.n - task.correct for task in model.per_task)) for model in (a, b)]
        return f"of {wrong[0]} and {wrong[1]} wrong answers"
    if row.metric == "shared_precision":
        accepted = [{task.task_id for task in model.per_task if task.base_passes} for model in (a, b)]
        both, of = len(accepted[0] & accepted[1]), max(a.tasks, b.tasks)
        return f"{count(both)} of {plural(of, 'task')}" if both < FEW * of else ""
    if row.metric in OF_ACCEPTED and row.attempts is not None:
        shares = [share_accepted(model, row.attempts) for model in (a, b)]
        few = [hundredths(share, 0) if share is not None and share < FEW else "" for share in shares]
        return f"{few[0] or 'nearly all'} and {few[1] or 'nearly all'} of 100 tasks" if any(few) else ""
    return ""


def _why_open(row: PairedDifference, decides: Estimate | None) -> str:
    """Say what leaves a difference open whose own interval excludes zero."""
    if row.side or not row.difference.own_side:
        return ""
    if decides is not None and not decides.side:
        return "deciding interval includes zero"
    return why_open(row.difference)
