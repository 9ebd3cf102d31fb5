"""No p value is below the level beside an interval that includes zero: interval and test ask the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.analysis.metrics import Columns, column_difference
from auditor.results import Analysis, Difference
from tests.examples import examples


def differences(analysis: Analysis) -> Iterator[Difference]:
    """Every difference between models and between slices."""
    yield from (row.difference for row in analysis.across.paired)
    for model in analysis.models:
        for found in model.slices:
            for one in found.slices:
                yield from (gap for gap in (one.accuracy_difference, one.false_discovery_difference) if gap)


def contradicts(gap: Difference, confidence: float) -> bool:
    """Whether the interval includes zero and the p value is below the level."""
    inside = gap.low is not None and gap.high is not None and gap.low <= 0 <= gap.high
    return inside and gap.p is not None and gap.p < 1 - confidence - 1e-12


@given(st.integers(20, 40), st.sampled_from([1, 5]), st.integers(0, 2**16), st.sampled_from([0.9, 0.95]))
@examples(60)
def test_models_and_slices_have_one_verdict(tasks: int, samples: int, seed: int, confidence: float) -> None:
    """Of two models, and of hard tasks against the others, near and far from zero."""
    rng = np.random.default_rng(seed)
    ids, hard = tuple(f"T/{place}" for place in range(tasks)), rng.random(tasks) < 0.5
    models = []
    for name in ("a", "b"):
        chance = np.clip(rng.beta(2, 1, tasks) - rng.choice([0.0, 0.3]) * hard, 0, 1)
        base = rng.binomial(samples, chance)
        models.append(Counts(name, ids, np.full(tasks, samples), base, rng.binomial(base, 0.85)))
    labels = {task: (("level", "hard" if one else "easy"),) for task, one in zip(ids, hard.tolist(), strict=True)}
    options = AnalysisOptions(resamples=60, confidence=confidence, slices=("level",), extrapolate=False, seed=seed % 7)
    found = analyze(models, options, tasks=labels)
    assert [gap for gap in differences(found) if contradicts(gap, confidence)] == []


@given(st.integers(3, 30), st.integers(0, 2**16), st.sampled_from([0.9, 0.95]))
@examples(80)
def test_paired_figures_have_one_verdict(tasks: int, seed: int, confidence: float) -> None:
    """Of any two means over the same tasks, as rules of selection are compared with the ceiling."""
    rng = np.random.default_rng(seed)
    samples, chance = rng.choice([1, 3, 10]), rng.random(tasks) ** rng.choice([0.1, 1, 4])
    shifted = np.clip(chance + rng.choice([0, 0.1, 0.2, 0.3]), 0, 1)
    one, other = (rng.binomial(samples, part) / samples for part in (chance, shifted))
    gap = column_difference(
        *(Columns(values, np.ones(tasks)) for values in (one, other)), confidence=confidence, resamples=100, seed=0
    )
    assert not contradicts(gap, confidence)
