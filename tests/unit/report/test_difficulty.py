"""The charts of how hard tasks are: their figures, and when they are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.report.charts.difficulty import belief, histogram
from auditor.results import ModelAnalysis


def model(correct: list[int], n: int = 10) -> ModelAnalysis:
    size = len(correct)
    counts = Counts("m", [f"t{place}" for place in range(size)], [n] * size, correct, correct)
    return analyze([counts], AnalysisOptions(resamples=0, extrapolate=False)).models[0]


def test_tasks_are_counted_by_tenths() -> None:
    """A share of exactly a tenth belongs to the range that it begins; all correct belongs to the last."""
    found = model([0, 1, 1, 5, 9, 10])
    assert found.difficulty == (1, 2, 0, 0, 0, 1, 0, 0, 0, 2)
    chart = histogram(found)
    assert chart is not None
    assert "In 1 of 6 tasks under a tenth" in chart.title
    assert histogram(model([1, 2], n=4)) is None


def test_belief_is_bayes_rule() -> None:
    """Each rejected draw multiplies the odds of a hard task by how much likelier it is rejected there."""
    found = model([9, 9, 1, 1])  # half easy at 0.9, half hard at 0.1; every wrong sample is rejected
    assert found.two_type.belief[0] == 0.5
    assert found.two_type.belief[1] == pytest.approx(0.1 / (0.1 + 0.9))
    assert found.two_type.belief[2] == pytest.approx(0.01 / (0.01 + 0.81))
    assert belief(found) is not None
    assert belief(replace(found, two_type=replace(found.two_type, belief=()))) is None
