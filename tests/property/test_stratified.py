"""The stratified difference against its definition, full enumeration, and known nulls."""

from __future__ import annotations

from itertools import combinations, product
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis.stratified import Stratified, stratified_difference
from tests.examples import examples

Groups = list[tuple[list[float], list[float]]]
VALUES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
GROUPS: st.SearchStrategy[Groups] = st.lists(
    st.tuples(st.lists(VALUES, max_size=3), st.lists(VALUES, max_size=3)), min_size=1, max_size=3
)
"""At most 20 ^ 3 assignments of labels: p is exact."""


def compare(groups: Groups, *, seed: int = 0, confidence: float = 0.95) -> Stratified | None:
    rows = [
        (value, first, stratum)
        for stratum, pair in enumerate(groups)
        for first, group in zip((True, False), pair, strict=True)
        for value in group
    ]
    values, first, stratum = (np.array([row[at] for row in rows]) for at in range(3))
    return stratified_difference(
        values.astype(float),
        first.astype(bool),
        stratum.astype(int),
        stratum.astype(int),
        seed=seed,
        confidence=confidence,
    )


def weighted(groups: Groups) -> float:
    """Σ w (mean of first - mean of second) over the strata with both groups."""
    return sum(len(a) * len(b) / (len(a) + len(b)) * (fmean(a) - fmean(b)) for a, b in groups if a and b)


@examples(80)
@given(GROUPS)
def test_the_estimate_and_p_are_their_definitions(groups: Groups) -> None:
    """The estimate is the weighted mean difference, the p of labels counts every assignment, and p is the larger."""
    found = compare(groups)
    both = [pair for pair in groups if pair[0] and pair[1]]
    if not both:
        assert found is None
        return
    assert found is not None
    total = sum(len(a) * len(b) / (len(a) + len(b)) for a, b in both)
    assert found.difference == pytest.approx(weighted(both) / total)
    assert found.strata == found.tasks == len(both)
    assignments = []
    for a, b in both:
        pool: list[float] = a + b
        ways: list[tuple[list[float], list[float]]] = []
        ways.extend(
            ([pool[i] for i in chosen], [value for i, value in enumerate(pool) if i not in chosen])
            for chosen in combinations(range(len(pool)), len(a))
        )
        assignments.append(ways)
    sums = [abs(weighted(list(way))) for way in product(*assignments)]
    assert found.p_of_labels == pytest.approx(np.mean([one >= abs(weighted(both)) - 1e-9 for one in sums]))
    assert found.p == max(found.p_of_labels, found.p_over_tasks)
    assert found.means[0] - found.means[1] == pytest.approx(found.difference)
    assert found.low <= found.difference <= found.high


@examples(80)
@given(GROUPS, st.sampled_from([0.8, 0.95, 0.99]))
def test_p_is_small_only_where_the_interval_excludes_zero(groups: Groups, confidence: float) -> None:
    """The p over tasks is the level at which the interval reaches zero, so an interval over zero has no small p."""
    found = compare(groups, confidence=confidence)
    if found is None:
        return
    excludes = not found.low <= 0 <= found.high
    assert excludes == (found.p_over_tasks < 1 - confidence)
    assert not (found.p < 1 - confidence and not excludes)


@given(GROUPS)
def test_swapping_the_groups_flips_the_sign(groups: Groups) -> None:
    """Nothing but the sign depends on which group is called first."""
    one, other = compare(groups), compare([(b, a) for a, b in groups])
    if one is None or other is None:
        assert one is other
        return
    assert one.difference == pytest.approx(-other.difference)
    assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))
    assert one.p == pytest.approx(other.p)


def test_values_that_are_missing_do_not_count() -> None:
    """A program to which a criterion does not apply is left out of its stratum."""
    with_gap = compare([([1.0, float("nan")], [0.0, 0.5])])
    without = compare([([1.0], [0.0, 0.5])])
    assert with_gap is not None
    assert without is not None
    assert (with_gap.difference, with_gap.p, with_gap.strata) == (without.difference, without.p, without.strata)


def test_one_task_bounds_nothing() -> None:
    """One task says nothing about others: its interval is the whole range."""
    found = compare([([1.0, 1.0], [0.0, 0.0])])
    assert found is not None
    assert (found.low, found.high) == (-1.0, 1.0)


def test_random_assignments_agree_with_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn assignments estimate the exact p value, for 0/1 values and for scores."""
    rng = np.random.default_rng(5)
    for scores in (False, True):
        draw = rng.random if scores else lambda size: (rng.random(size) < 0.6).astype(float)
        groups = [(list(draw(2)), list(draw(4))) for _ in range(3)]
        exact = compare(groups)
        monkeypatch.setattr("auditor.analysis.stratified.EXACT_ASSIGNMENTS", 0)
        drawn = compare(groups)
        monkeypatch.undo()
        assert exact is not None
        assert drawn is not None
        assert drawn.p_of_labels == pytest.approx(exact.p_of_labels, abs=0.03)


def test_differences_that_vary_around_zero_do_not_reject() -> None:
    """Tasks differ by 30 points to either side, zero in the mean: p < 0.05 in about 5 %, by labels alone far more."""
    rejected = by_labels = 0
    repeats = 60
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        groups: Groups = [
            (list((rng.random(20) < 0.5 + sign).astype(float)), list((rng.random(20) < 0.5).astype(float)))
            for sign in rng.choice([-0.3, 0.3], 30)
        ]
        found = compare(groups, seed=seed)
        assert found is not None
        rejected += found.p < 0.05
        by_labels += found.p_of_labels < 0.05
    assert rejected <= 0.15 * repeats
    assert by_labels > 2 * rejected


@pytest.mark.parametrize("scores", [False, True])
def test_groups_of_unequal_size_do_not_reject_a_true_null(scores: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """One false positive against a dozen correct programs per task, no difference: p < 0.05 in about 5 %."""
    monkeypatch.setattr("auditor.analysis.stratified.RANDOM_ASSIGNMENTS", 999)
    rng = np.random.default_rng(7)
    rejected = excluded = 0
    repeats = 100
    for seed in range(repeats):
        groups: Groups = []
        for _ in range(25):
            share = rng.beta(2, 1)
            sizes = (1 + rng.poisson(0.7), 1 + rng.poisson(12))
            pair = [
                list(np.clip(share + 0.2 * rng.standard_normal(size), 0, 1))
                if scores
                else list((rng.random(size) < share).astype(float))
                for size in sizes
            ]
            groups.append((pair[0], pair[1]))
        found = compare(groups, seed=seed)
        assert found is not None
        rejected += found.p < 0.05
        excluded += not found.low <= 0 <= found.high
    assert rejected <= 0.1 * repeats
    assert excluded <= 0.1 * repeats
