"""Intervals: known values, honest edges, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis.intervals import (
    holm,
    mean_interval,
    ratio_interval,
    task_weights,
    wilson,
)
from auditor.errors import UsageError
from auditor.results import UNDEFINED, Estimate


def test_wilson_matches_scipy() -> None:
    """Wilson's interval equals scipy's for every count of a small trial."""
    from scipy.stats import binomtest

    for successes in range(12):
        ours = wilson(successes, 11, 0.9)
        theirs = binomtest(successes, 11).proportion_ci(0.9, method="wilson")
        assert ours.low == pytest.approx(theirs.low, abs=1e-12)
        assert ours.high == pytest.approx(theirs.high, abs=1e-12)


def test_wilson_of_nothing_knows_nothing() -> None:
    """No trials give no value and the whole range."""
    assert wilson(0, 0) == Estimate(None, 0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 5), (1, 0)])
def test_wilson_refuses_what_is_no_share(successes: int, trials: int) -> None:
    """More successes than trials, or fewer than none, are refused."""
    with pytest.raises(UsageError, match="not a share"):
        wilson(successes, trials)


def test_holm_by_hand() -> None:
    """Holm's step-down gives the values worked out by hand, keeps the order and skips no-tests."""
    assert holm([0.01, None, 0.04, 0.03, 0.005]) == pytest.approx([0.03, None, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_lies_between_raw_and_bonferroni(p_values: list[float]) -> None:
    """An adjusted p-value is at least the raw one, at most Bonferroni's, and keeps their order."""
    adjusted = holm(p_values)
    for raw, p in zip(p_values, adjusted, strict=True):
        assert p is not None
        assert raw <= p <= min(1.0, raw * len(p_values)) + 1e-15
    order = np.argsort(p_values, kind="stable")
    assert np.all(np.diff(np.array(adjusted, dtype=float)[order]) >= 0)


def test_weights_are_paired_and_read_only() -> None:
    """Equal arguments give one array that nobody can change; each resample draws as many tasks as there are."""
    first, second = task_weights(7, 50, 3), task_weights(7, 50, 3)
    assert first is second
    assert np.all(first.sum(axis=1) == 7)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=30),
    st.sampled_from([0, 1, 200]),
    st.sampled_from([0.5, 0.9, 0.99]),
)
def test_a_mean_lies_in_its_interval(values: list[float], resamples: int, confidence: float) -> None:
    """low <= value <= high, inside the range, for any values, without NaN; and more confidence is never narrower."""
    interval = mean_interval(values, resamples=resamples, confidence=confidence)
    wider = mean_interval(values, resamples=resamples, confidence=0.995)
    assert interval.value == pytest.approx(np.mean(values))
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert wider.low <= interval.low + 1e-12
    assert wider.high >= interval.high - 1e-12


def test_equal_values_are_not_certainty() -> None:
    """Ten tasks without one false positive do not prove that there are none; a thousand come closer."""
    ten, thousand = mean_interval(np.zeros(10)), mean_interval(np.zeros(1000), resamples=100)
    assert ten.low == thousand.low == 0
    assert 0.2 < ten.high < 0.4
    assert thousand.high < 0.005


def test_one_task_says_nothing_about_others() -> None:
    """A single task's interval is the whole range, and without a range there is none."""
    assert mean_interval([0.4]) == Estimate(0.4, 0.0, 1.0)
    assert mean_interval([0.4], bounds=None) == Estimate(0.4, None, None)


def test_mean_over_nothing_is_undefined() -> None:
    """No values, or only unmarked ones, have no mean, and no NaN either."""
    assert mean_interval([]) == UNDEFINED
    assert ratio_interval([0, 0], [0, 0]) == UNDEFINED


@pytest.mark.parametrize("tops", [[0.1, float("nan")], [0.1, float("inf")]])
def test_what_is_no_number_has_no_interval(tops: list[float]) -> None:
    """NaN, an infinity and a negative denominator are refused rather than carried into a report."""
    with pytest.raises(UsageError, match="finite"):
        mean_interval(tops)
    with pytest.raises(UsageError, match="not negative"):
        ratio_interval([0.1, 0.2], [1, -1])
    with pytest.raises(UsageError, match="finite"):
        ratio_interval([0.1, 0.2], tops)


def test_differences_may_be_negative() -> None:
    """A mean of differences keeps its sign and its own range."""
    interval = mean_interval([-0.5, -0.4, -0.45, -0.55], bounds=(-1, 1))
    assert interval.value == pytest.approx(-0.475)
    assert -1 < interval.low < -0.475 < interval.high < 0


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 1.5])
def test_impossible_confidence_is_refused(confidence: float) -> None:
    """A confidence outside (0, 1) is refused by its number."""
    with pytest.raises(UsageError, match="not between 0 and 1"):
        mean_interval([0.1, 0.2], confidence=confidence)
    with pytest.raises(UsageError, match="not between 0 and 1"):
        wilson(1, 2, confidence)


def test_no_difference_anywhere_is_not_proof() -> None:
    """Two models that agree on every task may still differ elsewhere, by less the more tasks agree."""
    few, many = (mean_interval(np.zeros(tasks), bounds=(-1, 1), resamples=50) for tasks in (10, 1000))
    assert few.low == pytest.approx(-few.high)
    assert 0.2 < few.high < 0.4
    assert 0 < many.high < 0.005
