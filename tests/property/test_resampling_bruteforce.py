"""Every closed form equals the average over all orders in which the samples could be drawn."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import combinations, permutations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import metrics, resampling
from auditor.analysis.attempt_set import best_attempt_set
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts
from auditor.analysis.curve import scaling_curve
from auditor.errors import InputError
from tests.examples import examples

EXACT = {"rel": 0, "abs": 1e-12}
POINTS_ONLY = Bootstrap(resamples=0)


@st.composite
def tasks(draw: st.DrawFn, most: int = 6) -> tuple[int, int, int]:
    """Draw (n, base passes, correct) small enough to walk through every order."""
    n = draw(st.integers(1, most))
    base = draw(st.integers(0, n))
    return n, base, draw(st.integers(0, base))


def orders(n: int, base: int, correct: int) -> list[tuple[str, ...]]:
    """List every order of a task's samples; c = correct, f = false positive, x = rejected."""
    return list(permutations("c" * correct + "f" * (base - correct) + "x" * (n - base)))


def first_accepted(order: tuple[str, ...], attempts: int) -> tuple[str, int]:
    """Draw until a sample passes base or the attempts are used up; returns what came and after how many draws."""
    for place, sample in enumerate(order[:attempts], start=1):
        if sample != "x":
            return sample, place
    return "x", attempts


def average(task: tuple[int, int, int], attempts: int, reward: Callable[[str, int], float]) -> float:
    found = [first_accepted(order, attempts) for order in orders(*task)]
    return sum(reward(*one) for one in found) / len(found)


def counts_of(table: list[tuple[int, int, int]], model: str = "m") -> Counts:
    return Counts.from_rows(model, [(f"t{place}", *task) for place, task in enumerate(table)])


@given(tasks(), st.data())
@examples(150)
def test_one_task_equals_enumeration(task: tuple[int, int, int], data: st.DataObject) -> None:
    """Acceptance, correctness, draws and utility of a task equal their average over all orders."""
    attempts = data.draw(st.integers(1, task[0]))
    fp_cost, draw_cost = data.draw(st.sampled_from([0.0, 0.5, 1.0, 8.0])), data.draw(st.sampled_from([0.0, 0.125]))
    counts = counts_of([task])
    worth = {"c": 1.0, "f": -fp_cost, "x": 0.0}
    expected = {
        "accepted": average(task, attempts, lambda sample, _: float(sample != "x")),
        "correct": average(task, attempts, lambda sample, _: float(sample == "c")),
        "draws": average(task, attempts, lambda _, drawn: float(drawn)),
        "utility": average(task, attempts, lambda sample, drawn: worth[sample] - draw_cost * drawn),
    }
    found = {
        "accepted": resampling.accepted(counts, attempts)[0],
        "correct": (resampling.accepted(counts, attempts) * resampling.precision(counts))[0],
        "draws": resampling.draws(counts, attempts)[0],
        "utility": resampling.utility(counts, attempts, fp_cost, draw_cost)[0],
    }
    assert found == pytest.approx(expected, **EXACT)


@given(tasks(most=9), st.data())
def test_pass_at_k_equals_all_choices(task: tuple[int, int, int], data: st.DataObject) -> None:
    """pass@k is the share of all choices of k samples that hold a correct one."""
    n, _, correct = task
    k = data.draw(st.integers(1, n))
    choices = list(combinations(range(n), k))
    hits = sum(min(choice) < correct for choice in choices)
    assert resampling.pass_at(counts_of([task]), k)[0] == pytest.approx(hits / len(choices), **EXACT)


@given(st.lists(tasks(most=5), min_size=1, max_size=4), st.sampled_from([0.0, 0.03]))
@examples(80)
def test_curves_and_best_attempts_equal_enumeration(table: list[tuple[int, int, int]], draw_cost: float) -> None:
    """Every point of every curve equals enumeration, and K* is the first place of its maximum, 0 if none pays."""
    counts = counts_of(table)
    ks = range(1, counts.most_attempts + 1)
    fp_costs = (0.0, 1.0, 3.5)
    curve = scaling_curve(counts, ks[-1], fp_costs, draw_cost=draw_cost, bootstrap=POINTS_ONLY)

    def walk(reward: Callable[[str, int], float]) -> list[float]:
        return [float(np.mean([average(task, k, reward) for task in table])) for k in ks]

    assert curve.accepted.value.tolist() == pytest.approx(walk(lambda sample, _: float(sample != "x")), **EXACT)
    assert curve.correct.value.tolist() == pytest.approx(walk(lambda sample, _: float(sample == "c")), **EXACT)
    assert curve.draws.value.tolist() == pytest.approx(walk(lambda _, drawn: float(drawn)), **EXACT)
    for fp_cost, band in zip(fp_costs, curve.utility, strict=True):
        worth = {"c": 1.0, "f": -fp_cost, "x": 0.0}
        utilities = walk(partial(net_worth, worth, draw_cost))
        assert band.value.tolist() == pytest.approx(utilities, **EXACT)
        first_best = next(k for k, value in enumerate([0.0, *utilities]) if value >= max(0.0, *utilities) - 1e-9)
        assert best_attempt_set(curve.table, fp_cost, draw_cost=draw_cost).best == first_best


def net_worth(worth: dict[str, float], draw_cost: float, sample: str, drawn: int) -> float:
    return worth[sample] - draw_cost * drawn


@given(st.lists(tasks(most=5), min_size=1, max_size=4), st.data())
@examples(80)
def test_attempt_buckets_equal_enumeration(table: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Among all orders of all tasks that are first accepted in a bucket, the share that is false is the closed form."""
    counts = counts_of(table)
    last = data.draw(st.integers(1, counts.most_attempts))
    first = data.draw(st.integers(1, last))
    false = arrived = 0.0
    for task in table:
        runs = [first_accepted(order, last) for order in orders(*task)]
        inside = [sample for sample, place in runs if sample != "x" and place >= first]
        arrived += len(inside) / len(runs)
        false += inside.count("f") / len(runs)
    columns = metrics.attempt_bucket(first, last)(counts)
    assert columns.denominators.sum() == pytest.approx(arrived, **EXACT)
    assert columns.numerators.sum() == pytest.approx(false, **EXACT)


@given(st.lists(tasks(most=30), min_size=1, max_size=8))
def test_blocks_equal_the_whole_table(table: list[tuple[int, int, int]]) -> None:
    """Walking the attempts in blocks gives the numbers of the whole table, and S(K) alone is its last column."""
    counts = counts_of(table)
    attempts = counts.most_attempts
    whole = resampling.survival(counts.n, counts.base_passes, attempts)
    blocks = list(resampling.survival_blocks(counts.n, counts.base_passes, attempts, block=4))
    assert [first for first, _ in blocks] == list(range(1, attempts + 1, 4))
    assert np.allclose(np.concatenate([block for _, block in blocks], axis=1), whole[:, 1:], rtol=0, atol=1e-13)
    assert np.allclose(resampling.survival_at(counts.n, counts.base_passes, attempts), whole[:, -1], rtol=0, atol=1e-15)


@pytest.mark.parametrize("base", [0, 1, 2, 17, 500, 5000, 9990, 9999, 10_000])
@pytest.mark.parametrize("attempts", [1, 10, 1000, 9_999, 10_000])
def test_ten_thousand_samples_stay_right(base: int, attempts: int) -> None:
    """With n = 10,000 acceptance and draws agree with exact rational arithmetic to 1e-11, in relation."""
    n = 10_000
    counts = counts_of([(n, base, base // 2)])
    unanswered = Fraction(comb(n - base, attempts), comb(n, attempts))
    assert resampling.accepted(counts, attempts)[0] == pytest.approx(float(1 - unanswered), rel=1e-11, abs=1e-15)
    assert resampling.draws(counts, attempts)[0] == pytest.approx(float(_expected_draws(n, base, attempts)), rel=1e-11)


def _expected_draws(n: int, hits: int, attempts: int) -> Fraction:
    """Sum S(0) … S(K-1) in closed form: the hockey-stick identity over C(n-j, b)/C(n, b)."""
    return Fraction(comb(n + 1, hits + 1) - comb(n - attempts + 1, hits + 1), comb(n, hits))


@given(tasks(), st.integers(1, 5))
def test_more_attempts_than_samples_are_refused_by_name(task: tuple[int, int, int], more: int) -> None:
    """K > n names the model, the task and the counts, whichever formula is asked."""
    counts = counts_of([(50, 3, 1), task], model="tiny")
    attempts = task[0] + more
    calls: list[Callable[[], object]] = [
        lambda: resampling.accepted(counts, attempts),
        lambda: resampling.draws(counts, attempts),
        lambda: resampling.pass_at(counts, attempts),
        lambda: scaling_curve(counts, attempts, (0.0,), bootstrap=POINTS_ONLY),
        lambda: metrics.attempt_bucket(1, attempts)(counts),
    ]
    for call in calls:
        with pytest.raises(InputError, match=rf"model 'tiny', task 't1' has fewer samples than the {attempts}"):
            call()
