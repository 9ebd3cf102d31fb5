"""The stricter intervals of gates, `choose`, `compare` and the history; part of the coverage study."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from auditor.analysis import Counts, StyleRow
from auditor.analysis.task_statistic import TaskStatistic, minus
from auditor.gates.metrics import METRICS, Parameters
from auditor.gates.programs import ProgramRow
from auditor.gates.view import ModelView
from auditor.results import CountedEstimate, Estimate
from tests.coverage_truth import Truth

Audit = tuple[Counts, Truth]
"""What was seen of a model, and what is true of it."""
See = Callable[[str, Estimate | None, float], None]
COST = 2.0
"""Of a false positive."""
STEPS, PERCENTILE = 10, 90.0
"""A measure of programs is their score in so many steps; the percentile that is studied."""


def counted(one: Audit, other: Audit, see: See, *, costly: bool) -> None:
    """Note whether the intervals from counts hold the truth; ``costly`` ones take as many columns as attempts."""
    (first, mine), (second, theirs) = one, other
    most, own, its = mine.most, dict(_figures(mine)), dict(_figures(theirs))
    asked = Parameters(attempts=most, fp_cost=COST)
    wrong = 1 - own["conditional accuracy at K"]
    draws = 1 + sum((1 - mine.within(j)).mean() for j in range(1, most))
    see("gate: accuracy", _strict("single_sample_accuracy", first, asked), own["single-sample accuracy"])
    see("gate: false discovery rate", _strict("false_discovery_rate", first, asked), wrong)
    see("gate: attempts used", _strict("draws", first, asked), draws)
    right = (mine.within(most) * mine.precise).mean()
    see("gate: attempts per right answer", _strict("draws_per_correct", first, asked), draws / right)
    see(f"gate: utility at K, cost {COST:g}", _strict("utility", first, asked), mine.utilities[COST][most])
    change = _change("single_sample_accuracy", first, second, asked)
    see("gate: change of accuracy, paired", change, own["single-sample accuracy"] - its["single-sample accuracy"])
    if costly:
        best, best_of_other = max(mine.to_the_last), max(theirs.to_the_last)
        see(f"gate: best utility, cost {COST:g}", _strict("best_utility", first, asked), best)
        see(f"gate: K*, cost {COST:g}", _strict("optimal_attempts", first, asked), int(np.argmax(mine.to_the_last)))
        change = _change("best_utility", first, second, asked)
        see(f"gate: change of best utility, paired, cost {COST:g}", change, best - best_of_other)


def _figures(truth: Truth) -> list[tuple[str, float]]:
    return [(name, value) for name, _, value in truth.known]


def _measured(metric: str, view: ModelView, asked: Parameters) -> TaskStatistic:
    found = METRICS[metric].measure(view, asked)
    assert isinstance(found, TaskStatistic)
    return found


def _view(counts: Counts, asked: Parameters) -> ModelView:
    return ModelView(counts.model, counts, shared_attempts=asked.attempts)


def _strict(metric: str, counts: Counts, asked: Parameters) -> CountedEstimate:
    return _measured(metric, _view(counts, asked), asked).estimate(0.95)


def _change(metric: str, first: Counts, second: Counts, asked: Parameters) -> CountedEstimate:
    return minus(*(_measured(metric, _view(one, asked), asked) for one in (first, second))).estimate(0.95)


def styled(rows: Sequence[StyleRow]) -> dict[str, TaskStatistic]:
    """Measure what gates on style measure of one model's accepted programs."""
    programs = tuple(
        ProgramRow(row.program, row.task_id, row.samples, row.label, row.score,
                   {name: None if met is None else float(met) for name, met in row.adherence.items()},
                   {"steps": float(np.rint(STEPS * (row.score or 0.0)))})
        for row in rows
    )  # fmt: skip
    tasks = tuple(sorted({row.task_id for row in rows}))
    ones = np.ones(len(tasks), dtype=np.int64)
    view = ModelView("m", Counts("m", tasks, ones, ones, ones), source=lambda: programs)
    asked = {
        "gate: style score": ("style_score", Parameters()),
        "gate: adherence": ("adherence", Parameters(criterion="c")),
        "gate: style gap": ("style_gap", Parameters(criterion="c")),
        "gate: percentile of a measure": ("style_percentile", Parameters(measure="steps", percentile=PERCENTILE)),
    }
    return {row: _measured(metric, view, parameters) for row, (metric, parameters) in asked.items()}
