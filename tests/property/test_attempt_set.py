"""The set of best numbers of attempts: its definition, its coverage, and utility without optimism."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from auditor.analysis import Counts
from auditor.analysis.attempt_set import AttemptSet, best_attempt_set, utilities
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.curve import CurveTable, attempt_grid, scaling_curve
from auditor.analysis.dirichlet import ratio_limits
from auditor.analysis.intervals import task_weights, widened_level
from auditor.analysis.resampling import utility
from auditor.analysis.utility import ENOUGH
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


@examples(60)
@given(counts(), st.sampled_from([0.0, 1.0, 4.0, 8.0]))
def test_the_set_is_what_its_definition_says(one: Counts, fp_cost: float) -> None:
    """By loops: every K with d_K <= c se_K is in, both ends are in, 0 is in if the best utility may be 0, and the
    fewest that are enough are the first above 0 and within 0.01 of the best."""
    one = one.with_samples(one.most_attempts)
    ks = range(one.most_attempts + 1)
    own = [list(utility(one, k, fp_cost)) if k else [0.0] * len(one) for k in ks]
    means = [math.fsum(row) / len(one) for row in own]
    best = next(k for k in ks if means[k] >= max(means) - 1e-12)
    found = found_in(one, fp_cost, 200)
    assert (found.best, found.utility) == (best, pytest.approx(means[best], abs=1e-12))
    assert found.enough == next(
        k for k in ks if means[k] >= means[best] - ENOUGH - 1e-12 and (means[k] > 1e-12 or not best)
    )
    if len(one) == 1:
        assert (found.fewest, found.most) == (0, one.most_attempts)
        return
    short = [[a - b for a, b in zip(own[best], row, strict=True)] for row in own]
    middle = [math.fsum(row) / len(row) for row in short]
    errors = [statistics.stdev(row) / math.sqrt(len(row)) for row in short]
    excess = []
    for weights in task_weights(len(one), 200, 0):
        drawn = [math.fsum(w * s for w, s in zip(weights, row, strict=True)) / len(one) for row in short]
        excess.append(max([(d - m) / e for d, m, e in zip(drawn, middle, errors, strict=True) if e > 1e-12] or [0.0]))
    c = float(np.quantile(excess, widened_level(0.95, len(one))))
    near = [k for k in ks if middle[k] <= c * errors[k] + 1e-12]
    assert found.fewest <= min(near)
    assert max(near) <= found.most
    for k in (found.fewest, found.most):
        # Nothing can fall shorter than by this, so a bound that imagines it covers every K that few tasks decide.
        worst = np.array([-max(1.0, fp_cost)])
        bound, _ = ratio_limits(np.array(short[k])[:, None], np.ones((len(one), 1)), worst, -worst, 0.95)
        assert k in near or bound[0] <= 1e-12
    if found.fewest > 0:
        band = scaling_curve(one, best, (fp_cost,), bootstrap=Bootstrap(resamples=200)).utility[0]
        assert band.value[best - 1] > 0


@pytest.mark.parametrize(
    ("tasks", "base", "correct", "fp_cost", "expected"),
    [
        (10, 1, 1, 0.0, (1, 1)),  # a wrong answer costs nothing
        (10, 1, 1, 8.0, (0, 1)),  # ten right answers do not rule out that more than one in nine is wrong
        (60, 1, 1, 8.0, (1, 1)),
        (3, 1, 0, 1.0, (0, 1)),  # three wrong answers do not rule out that half are right
        (3, 1, 0, 8.0, (0, 0)),  # but that eight of nine are
        (60, 1, 0, 8.0, (0, 0)),
    ],
)
def test_few_tasks_leave_it_open(
    tasks: int, base: int, correct: int, fp_cost: float, expected: tuple[int, int]
) -> None:
    """Tasks that all say the same leave the best number open while they are few, and settle it when they are many."""
    one = Counts.from_rows("m", [(f"t{number}", 1, base, correct) for number in range(tasks)])
    found = found_in(one, fp_cost, 300)
    assert (found.fewest, found.most) == expected


def test_utility_holds_where_few_answers_are_accepted() -> None:
    """With one sample for each of 30 tasks and a high cost, the interval knows that wrong answers may not have been
    drawn: it holds the truth in at least 92 of 100 audits, where it held it in 78."""
    population = Population(a=0.25, b=0.8, floor=0.6, slope=0.3, firmness=4.0)
    passing = betaincinv(population.a, population.b, (np.arange(20_000) + 0.5) / 20_000)
    precise = population.floor + population.slope * passing
    truth = float((passing * (precise - 8 * (1 - precise))).mean())
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(100):
        band = scaling_curve(population.counts(30, 1, rng), 1, (8.0,), bootstrap=Bootstrap(resamples=200)).utility[0]
        held += bool(band.low[0] <= truth <= band.high[0])
    assert held >= 92


def test_long_curves_are_looked_at_on_a_grid() -> None:
    """Ten thousand attempts cost two hundred columns, both ends included."""
    grid = attempt_grid(10_000)
    assert len(grid) <= 202
    assert (grid[0], grid[1], grid[-1]) == (0, 1, 10_000)
    assert (np.diff(grid) > 0).all()


@pytest.mark.parametrize(("fp_cost", "tasks"), [(0.0, 30), (1.0, 164), (2.0, 30), (4.0, 30)])
def test_the_set_holds_the_true_best(fp_cost: float, tasks: int) -> None:
    """Over simulated audits the true best is in the set in at least 92 of 100, also if it is the largest K."""
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
