"""A report with the parts that only some runs have: slices of the tasks, and rules of selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from auditor.analysis import AnalysisOptions, analyze
from auditor.results import (
    Difference,
    Estimate,
    ReportDocument,
    RuleCurve,
    Selection,
    SelectionPoint,
    SelectionRule,
    Slicing,
)
from tests.simulated_counts import Population
from tests.unit.report.documents import make_document


def rich_document() -> ReportDocument:
    """Three models, of which the first has two groupings of slices and every rule of selection."""
    document = make_document(models=3, tasks=30, samples=20, false_positives=30)
    first = document.models[0]
    first = replace(first, slices=_slices(), selection=_selection(first.model))
    return replace(document, models=(first, *document.models[1:]))


def _slices() -> tuple[Slicing, ...]:
    counts = Population().counts(60, 20, np.random.default_rng(4))
    said = {
        task: [("difficulty", ("easy", "medium", "hard")[at % 3]), ("date", f"2024-0{1 + at % 9}-01")]
        for at, task in enumerate(counts.task_ids)
    }
    options = AnalysisOptions(resamples=100, extrapolate=False, slices=("difficulty", "date>=2024-05"))
    return analyze([counts], options, tasks=said).models[0].slices


def _selection(model: str) -> Selection:
    rules = []
    for place, rule in enumerate(SelectionRule):
        share, ahead = 0.7 + 0.02 * place, 0.02 * place
        points = tuple(
            SelectionPoint(
                attempts=samples, accuracy=Estimate(share, share - 0.06, share + 0.06),
                gain=Difference(ahead, ahead - 0.03, ahead + 0.03, 30),
            )
            for samples in (1, 2, 5, 10, 20)
        )  # fmt: skip
        over = Difference(ahead, ahead - 0.03, ahead + 0.03, 30, 0.01, 0.2 if place < 3 else 0.001)
        rules.append(RuleCurve(rule=rule, exact=place % 2 == 0, points=points, over_ceiling=over))
    return Selection(
        model=model, tasks=30, samples=600, programs=210, observed=28, inputs=900, written_tests=0, subsets=40,
        ceiling=Estimate(0.72, 0.64, 0.8), rules=tuple(rules),
    )  # fmt: skip
