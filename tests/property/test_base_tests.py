"""The false discovery rate by number of base tests equals the average over all choices of tests."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, BaseTestRow, Counts, analyze, base_test_curve
from auditor.errors import InputError
from auditor.results import Estimate
from tests.examples import examples


@st.composite
def suites(draw: st.DrawFn) -> list[tuple[int, list[tuple[list[bool], bool, int]]]]:
    """Draw tasks: a number of tests, and programs with a result per test, correctness and a weight."""
    tasks = []
    for _ in range(draw(st.integers(1, 3))):
        tests = draw(st.integers(1, 5))
        programs = []
        for _ in range(draw(st.integers(1, 4))):
            results = draw(st.lists(st.booleans(), min_size=tests, max_size=tests))
            programs.append((results, all(results) and draw(st.booleans()), draw(st.integers(1, 3))))
        tasks.append((tests, programs))
    return tasks


def rows(tasks: list[tuple[int, list[tuple[list[bool], bool, int]]]]) -> list[BaseTestRow]:
    return [
        BaseTestRow("m", f"t{place}", tests, sum(results), correct, weight)
        for place, (tests, programs) in enumerate(tasks)
        for results, correct, weight in programs
    ]


@given(suites())
@examples(150)
def test_every_point_equals_all_choices_of_tests(
    tasks: list[tuple[int, list[tuple[list[bool], bool, int]]]],
) -> None:
    """Macro rate, pooled rate and acceptance equal the average over every choice of m tests of each task."""
    curve = base_test_curve(rows(tasks), resamples=0)
    assert [point.tests for point in curve] == list(range(max(tests for tests, _ in tasks) + 1))
    for point in curve:
        rates, all_accepted, all_false, shares = [], 0.0, 0.0, []
        for tests, programs in tasks:
            choices = list(combinations(range(tests), min(point.tests, tests)))
            accepted = false = 0.0
            for results, correct, weight in programs:
                passing = weight * sum(all(results[i] for i in choice) for choice in choices) / len(choices)
                accepted += passing
                false += 0 if correct else passing
            shares.append(accepted / sum(weight for _, _, weight in programs))
            all_accepted, all_false = all_accepted + accepted, all_false + false
            rates += [false / accepted] if accepted else []
        assert point.accepted == pytest.approx(sum(shares) / len(shares), abs=1e-12)
        if rates:
            assert point.false_discovery_rate.value == pytest.approx(sum(rates) / len(rates), abs=1e-12)
            assert point.micro == pytest.approx(all_false / all_accepted, abs=1e-12)
        else:
            assert (point.false_discovery_rate.value, point.micro) == (None, None)


@given(suites())
@examples(40)
def test_more_tests_accept_less(tasks: list[tuple[int, list[tuple[list[bool], bool, int]]]]) -> None:
    """Acceptance and the pooled rate never rise with more tests, and intervals hold their value."""
    curve = base_test_curve(rows(tasks), resamples=50)
    for fewer, more in pairwise(curve):
        assert more.accepted <= fewer.accepted + 1e-12
        assert more.tasks <= fewer.tasks
        if None not in (fewer.micro, more.micro):
            assert more.micro <= fewer.micro + 1e-12
    for point in curve:
        rate = point.false_discovery_rate
        if rate.known:
            assert 0 <= rate.low <= rate.value <= rate.high <= 1


@st.composite
def judged(draw: st.DrawFn) -> tuple[Counts, list[BaseTestRow]]:
    """Draw counts with the same number of samples for each task, and the per-test results behind them.

    Some tasks are in families, and some samples have no results, accepted or not, as after timeouts.
    """
    n = draw(st.sampled_from([1, 1, 2, 5]))
    size = draw(st.integers(2, 30))
    names = [f"t{place}" for place in range(size)]
    base = [draw(st.integers(0, n)) for _ in names]
    right = [draw(st.integers(0, passes)) for passes in base]
    families = [draw(st.sampled_from(["x", "y", name])) for name in names] if draw(st.booleans()) else None
    found = []
    for name, passes, correct in zip(names, base, right, strict=True):
        tests = draw(st.integers(1, 6))
        parts = [(tests, True, correct), (tests, False, passes - correct)] if draw(st.integers(0, 3)) else []
        if draw(st.booleans()):
            parts.append((draw(st.integers(0, tests - 1)), False, n - passes))
        found += [BaseTestRow("m", name, tests, passed, is_right, w) for passed, is_right, w in parts if w]
    return Counts("m", names, [n] * size, base, right, families), found


@given(judged())
@examples(60)
def test_one_quantity_has_one_interval(drawn: tuple[Counts, list[BaseTestRow]]) -> None:
    """At both ends the curve has the headline figures' values and intervals, where both mean the same.

    Without tests every sample is accepted, so the share is one minus accuracy, whatever was run test by test. With all
    tests it is the false discovery rate where every task's samples are all allowed: each task with an accepted sample
    then counts once.
    """
    counts, results = drawn
    model = analyze([counts], AnalysisOptions(resamples=80), base_tests=results).models[0]
    if not model.base_tests:
        return
    first, last = (model.base_tests[place].false_discovery_rate for place in (0, -1))
    right, headline = model.single_sample_accuracy, model.false_discovery_rate
    assert headline.attempts == counts.n[0]
    unchecked = Estimate(1 - right.value, 1 - right.high, 1 - right.low)
    for found, wanted in ((first, unchecked), (last, headline)):
        for name in ("value", "low", "high"):
            assert getattr(found, name) == pytest.approx(getattr(wanted, name), abs=1e-9), name


def test_more_results_than_samples_are_refused() -> None:
    """Per-test results of a sample that is not counted would make the curve that of other samples."""
    counts = Counts("m", ["t"], [2], [1], [1])
    twice = [BaseTestRow("m", "t", 3, 3, True, 2)]
    with pytest.raises(InputError, match="model 'm', task 't': has more per-test results than samples"):
        base_test_curve(twice, counts=counts)


def test_a_thousand_tests_are_thinned_out() -> None:
    """A large suite is shown at 40 numbers of tests at most, with 0, 1 and all of them among them."""
    curve = base_test_curve([BaseTestRow("m", "t", 1000, 900, False), BaseTestRow("m", "t", 1000, 1000, True)])
    tests = [point.tests for point in curve]
    assert len(tests) <= 40
    assert (tests[0], tests[1], tests[-1]) == (0, 1, 1000)
    assert curve[0].false_discovery_rate.value == 0.5
    assert curve[-1].false_discovery_rate.value == 0


def test_nothing_judged_has_no_curve() -> None:
    """Without rows there is no point, and no warning."""
    assert base_test_curve([]) == ()


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (BaseTestRow("m", "t", 3, 4, False), "4 of 3 tests pass"),
        (BaseTestRow("m", "t", 0, 0, False), "0 of 0 tests pass"),
        (BaseTestRow("m", "t", 3, 2, True), "cannot be correct"),
    ],
)
def test_impossible_results_are_refused(row: BaseTestRow, complaint: str) -> None:
    """More passes than tests, no tests, and a correct program that fails a test are refused by model and task."""
    with pytest.raises(InputError, match=rf"model 'm', task 't'.*{complaint}"):
        base_test_curve([row])


def test_results_of_a_task_that_is_not_counted_are_refused() -> None:
    """A task with per-test results has counts; otherwise its interval would not be over the model's tasks."""
    counts = Counts("m", ["t"], [1], [1], [1])
    with pytest.raises(InputError, match="model 'm', task 'u': has per-test results but no counts"):
        base_test_curve([BaseTestRow("m", "u", 3, 3, True)], counts=counts)
