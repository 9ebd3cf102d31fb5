"""The intervals under the gates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy import stats

from auditor.analysis.metrics import Columns
from auditor.analysis.task_statistic import TaskStatistic, mean_of, minus, of_columns, ratio
from tests.examples import examples

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def ids(count: int) -> tuple[str, ...]:
    return tuple(f"T/{index:03d}" for index in range(count))


def share_of(hits: ArrayLike, tries: ArrayLike) -> TaskStatistic:
    """The pooled share of hits among tries, one of each a task."""
    columns = Columns(np.asarray(hits, dtype=float), np.asarray(tries, dtype=float))
    return of_columns(ids(len(columns.numerators)), columns)


@given(st.integers(1, 60), st.data())
@examples(25)
def test_binary_values_get_clopper_and_pearson(tasks: int, data: st.DataObject) -> None:
    """For values of 0 and 1 both bounds are Clopper and Pearson's, up to the noise of the draws."""
    hits = data.draw(st.integers(0, tasks))
    values = np.array([1.0] * hits + [0.0] * (tasks - hits))
    estimate = mean_of(ids(tasks), values, 0, 1).estimate(0.95)
    low = stats.beta.ppf(0.025, hits, tasks - hits + 1) if hits else 0.0
    high = stats.beta.ppf(0.975, hits + 1, tasks - hits) if hits < tasks else 1.0
    tolerance = 0.35 / np.sqrt(tasks) * 0.25
    assert estimate.low == pytest.approx(low, abs=tolerance)
    assert estimate.high == pytest.approx(high, abs=tolerance)


@given(VALUES)
def test_bounds_enclose_the_value_and_widen_with_confidence(values: list[float]) -> None:
    """The interval holds its value, stays in the range, and a higher confidence never narrows it."""
    statistic = mean_of(ids(len(values)), np.array(values), 0, 1)
    narrow, wide = statistic.estimate(0.8), statistic.estimate(0.99)
    assert narrow.value == pytest.approx(np.mean(values))
    assert 0 <= wide.low <= narrow.low + 0.02 <= narrow.value + 0.02
    assert narrow.value <= narrow.high + 1e-12
    assert narrow.high <= wide.high + 0.02
    assert wide.high <= 1


@given(st.integers(1, 200), st.sampled_from([0.0, 0.3, 1.0]))
@examples(30)
def test_equal_tasks_never_give_a_point(tasks: int, value: float) -> None:
    """Tasks that all agree leave doubt, above and below, that shrinks with their number."""
    estimate = mean_of(ids(tasks), np.full(tasks, value), 0, 1).estimate(0.95)
    assert estimate.high - estimate.low > 1 / (tasks + 1)
    assert value == 0 or estimate.low < value
    assert value == 1 or estimate.high > value


def test_confidence_zero_is_the_bare_value() -> None:
    """At confidence 0 both bounds are the value."""
    estimate = mean_of(ids(3), np.array([0.0, 0.5, 1.0]), 0, 1).estimate(0)
    assert (estimate.value, estimate.low, estimate.high) == (0.5, 0.5, 0.5)


def test_nothing_behind_it_has_no_value() -> None:
    """A mean over no task, and a share of no tries, are undefined rather than 0."""
    assert mean_of((), np.array([]), 0, 1).estimate(0.95).value is None
    assert share_of([0, 0], [0, 0]).estimate(0.95).value is None


def test_tasks_without_a_try_do_not_matter() -> None:
    """Tasks that add nothing change neither the value nor, up to noise, the bounds, and are not counted."""
    rng = np.random.default_rng(0)
    hits, tries = rng.integers(0, 5, 20), np.full(20, 5)
    alone = share_of(hits, tries).estimate(0.95)
    padded = share_of(np.append(hits, np.zeros(20)), np.append(tries, np.zeros(20))).estimate(0.95)
    assert (padded.value, padded.tasks) == (alone.value, alone.tasks)
    assert padded.low == pytest.approx(alone.low, abs=0.02)
    assert padded.high == pytest.approx(alone.high, abs=0.02)


@given(VALUES, st.floats(0, 1))
def test_a_run_against_itself_differs_by_nothing(values: list[float], shift: float) -> None:
    """The difference from itself is 0 with an interval around it; from a shifted self it is the shift."""
    ours = mean_of(ids(len(values)), np.array(values), 0, 2)
    same = minus(ours, ours).estimate(0.95)
    assert same.value == 0
    assert same.low <= 0 <= same.high
    moved = mean_of(ids(len(values)), np.array(values) + shift, 0, 2)
    assert minus(moved, ours).value == pytest.approx(shift)


def test_pairing_takes_the_common_tasks() -> None:
    """Only tasks of both sides enter a difference, whatever their order."""
    ours = mean_of(("a", "b", "c"), np.array([1.0, 0.0, 1.0]), 0, 1)
    theirs = mean_of(("c", "b", "z"), np.array([0.0, 0.0, 1.0]), 0, 1)
    difference = minus(ours, theirs)
    assert difference.task_ids == ("b", "c")
    assert difference.value == 0.5


def test_pairing_narrows() -> None:
    """If tasks differ much and runs little, the paired interval is far narrower than either run's."""
    rng = np.random.default_rng(1)
    hard = rng.random(600)
    ours, theirs = (mean_of(ids(600), np.clip(hard + rng.normal(0, 0.01, 600), 0, 1), 0, 1) for _ in range(2))
    paired, single = minus(ours, theirs).estimate(0.95), ours.estimate(0.95)
    assert paired.high - paired.low < 0.5 * (single.high - single.low)


def test_same_run_same_interval() -> None:
    """The draws come from a fixed seed: the same numbers give the same bounds, to the bit."""
    values = np.random.default_rng(2).random(50)
    assert mean_of(ids(50), values, 0, 1).estimate(0.9) == mean_of(ids(50), values, 0, 1).estimate(0.9)


def test_wide_statistics_are_drawn_in_parts() -> None:
    """A statistic with thousands of columns keeps its memory bounded and its value right."""
    columns = np.random.default_rng(3).random((100, 5000))
    statistic = TaskStatistic(ids(100), columns, np.zeros(5000), np.ones(5000), lambda sums: sums.sum(axis=-1))
    estimate = statistic.estimate(0.95)
    assert estimate.value == pytest.approx(columns.sum())


def test_ratio_of_nothing_is_not_a_number() -> None:
    """A share of no tries is NaN, without a warning."""
    assert np.isnan(ratio(np.array([0.0, 0.0])))
