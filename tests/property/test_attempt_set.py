"""The set of best numbers of attempts: its definition, its coverage, and utility without optimism."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from auditor.analysis import Counts
from auditor.analysis.attempt_set import AttemptSet, best_attempt_set, utilities
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.curve import CurveTable, attempt_grid, scaling_curve
from auditor.analysis.resampling import utility
from tests.examples import examples
from tests.simulated_counts import Population


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    rows = []
    for number in range(draw(st.integers(1, 6))):
        n = draw(st.integers(1, 8))
        base = draw(st.integers(0, n))
        rows.append((f"t{number}", n, base, draw(st.integers(0, base))))
    return Counts.from_rows("m", rows)


def table_of(one: Counts, resamples: int) -> CurveTable:
    return scaling_curve(one, one.most_attempts, (), bootstrap=Bootstrap(resamples=resamples)).table


def found_in(one: Counts, fp_cost: float, resamples: int) -> AttemptSet:
    return best_attempt_set(table_of(one, resamples), fp_cost)


@examples(100)
@given(counts(), st.sampled_from([0.0, 1.0, 4.0]), st.sampled_from([0.0, 0.05]))
def test_utilities_are_the_closed_form(one: Counts, fp_cost: float, draw_cost: float) -> None:
    """Each column of the table is the utility formula at that number of attempts; 0 attempts are worth 0."""
    table = table_of(one, 0)
    kept = one.with_samples(one.most_attempts)
    for attempts, row in zip(table.grid, utilities(table.own, fp_cost, draw_cost), strict=True):
        expected = utility(kept, int(attempts), fp_cost, draw_cost) if attempts else np.zeros(len(kept))
        assert row == pytest.approx(expected, abs=1e-12)


@examples(100)
@given(counts(), st.sampled_from([0.0, 1.0, 4.0]))
def test_the_set_holds_the_observed_best(one: Counts, fp_cost: float) -> None:
    """The best observed number is in its own set, and the fewest that are enough do not exceed it."""
    found = found_in(one, fp_cost, 100)
    assert found.fewest <= found.best <= found.most
    assert found.enough <= found.best
    assert found.utility >= 0
    assert found.open_above == (found.most == one.most_attempts)


def test_long_curves_are_looked_at_on_a_grid() -> None:
    """Ten thousand attempts cost two hundred columns, both ends included."""
    grid = attempt_grid(10_000)
    assert len(grid) <= 202
    assert (grid[0], grid[1], grid[-1]) == (0, 1, 10_000)
    assert (np.diff(grid) > 0).all()


@pytest.mark.parametrize(("fp_cost", "tasks"), [(0.0, 30), (1.0, 164), (2.0, 30), (4.0, 30)])
def test_the_set_holds_the_true_best(fp_cost: float, tasks: int) -> None:
    """Over simulated audits the true best is in the set in at least 92 of 100, also where it is the largest K."""
    population = Population()
    passing = betaincinv(population.a, population.b, (np.arange(20_000) + 0.5) / 20_000)
    precise = population.floor + population.slope * passing
    curve = [((1 - (1 - passing) ** k) * (precise - fp_cost * (1 - precise))).mean() for k in range(21)]
    truth = int(np.argmax(curve))
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        found = found_in(population.counts(tasks, 20, rng), fp_cost, 300)
        held += found.fewest <= truth <= found.most
    assert held >= 92


def test_cross_validation_is_not_optimistic() -> None:
    """On 30 tasks the best observed utility exceeds the truth on average; the cross-validated one does not."""
    population = Population()
    passing = betaincinv(population.a, population.b, (np.arange(20_000) + 0.5) / 20_000)
    precise = population.floor + population.slope * passing
    best = max(((1 - (1 - passing) ** k) * (precise - 4 * (1 - precise))).mean() for k in range(1, 21))
    rng = np.random.default_rng(2)
    found = [found_in(population.counts(30, 20, rng), 4.0, 0) for _ in range(200)]
    assert np.mean([one.utility for one in found]) > max(best, 0)
    assert np.mean([one.fair_utility for one in found]) <= max(best, 0) + 0.005
