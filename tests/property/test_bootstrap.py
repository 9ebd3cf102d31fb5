"""The bootstrap's two ways to a figure agree, and what it draws has the right spread."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import Counts, Level, metrics
from auditor.analysis.bootstrap import Bootstrap, measure
from auditor.analysis.curve import curve_table
from tests.examples import examples
from tests.simulated_counts import Population

TABLES = st.lists(
    st.tuples(st.integers(2, 9), st.integers(0, 9), st.integers(0, 9)).map(
        lambda row: (row[0], min(row[:2]), min(row))
    ),
    min_size=2,
    max_size=14,
)


@given(TABLES, st.sampled_from(list(Level)), st.data())
@examples(60)
def test_curves_and_statistics_replicate_alike(
    table: list[tuple[int, int, int]], level: Level, data: st.DataObject
) -> None:
    """A point of the curve has the replicates of the statistic of that point, at every level and with any n."""
    counts = Counts.from_rows("m", [(f"t{place}", *row) for place, row in enumerate(table)])
    k = data.draw(st.integers(1, counts.most_attempts))
    draws = Bootstrap(resamples=40, level=level).draw(counts)
    assert draws is not None
    accepted, correct, _ = (part[1:] for part in curve_table(counts, counts.most_attempts, draws).drawn)
    assert np.allclose(accepted[k - 1], draws.replicates(metrics.accepted(k)), rtol=0, atol=1e-12)
    assert np.allclose(correct[k - 1], draws.replicates(metrics.correct(k)), rtol=0, atol=1e-12)


def test_large_tables_take_the_sparse_way_to_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dense and sparse histograms give the same replicates."""
    counts = Population().counts(20, 30, np.random.default_rng(2))
    draws = Bootstrap(resamples=50, level=Level.BOTH).draw(counts)
    assert draws is not None
    dense = curve_table(counts, 10, draws).drawn
    monkeypatch.setattr("auditor.analysis.bootstrap._DENSE_CELLS", 0)
    for one, other in zip(dense, curve_table(counts, 10, draws).drawn, strict=True):
        assert np.allclose(one, other, rtol=0, atol=1e-12)


def test_drawing_samples_has_the_binomial_spread() -> None:
    """With tasks fixed, the spread of accuracy is that of as many binomial tasks."""
    counts = Counts("m", [f"t{place}" for place in range(30)], [40] * 30, [20] * 30, [10] * 30)
    draws = Bootstrap(resamples=4000, level=Level.SAMPLES).draw(counts)
    assert draws is not None
    replicates = draws.replicates(metrics.single_sample)
    assert replicates.mean() == pytest.approx(0.25, abs=1e-12)
    assert replicates.std() == pytest.approx(np.sqrt(0.25 * 0.75 / 40 / 30), rel=0.05)


def test_equal_tasks_leave_nothing_to_the_draw_of_tasks() -> None:
    """Tasks that are all alike have no spread between them, and the samples' spread at level both."""
    counts = Counts("m", [f"t{place}" for place in range(30)], [40] * 30, [20] * 30, [10] * 30)
    spread = {}
    for level in (Level.TASKS, Level.BOTH):
        draws = Bootstrap(resamples=2000, level=level).draw(counts)
        assert draws is not None
        spread[level] = draws.replicates(metrics.single_sample).std()
    assert spread[Level.TASKS] == pytest.approx(0, abs=1e-12)
    assert spread[Level.BOTH] == pytest.approx(np.sqrt(0.25 * 0.75 / 40 / 30), rel=0.06)


@pytest.mark.parametrize("level", list(Level))
def test_a_fixed_benchmark_has_the_narrower_interval(level: Level) -> None:
    """Samples alone leave less open than tasks do, and both at once leave the most."""
    counts = Population().counts(100, 20, np.random.default_rng(4))
    width = {}
    for one in Level:
        interval = measure(metrics.single_sample, counts, Bootstrap(resamples=800, level=one))
        assert interval.low is not None
        assert interval.high is not None
        width[one] = interval.high - interval.low
    assert width[Level.SAMPLES] < width[Level.TASKS] <= width[level] or level is not Level.BOTH
