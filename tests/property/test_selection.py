"""Rules of selection against counting by hand: every subset of few samples, and small pools worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analysis.selection import (
    AcceptedProgram,
    TaskPool,
    agreement,
    chosen_right,
    class_sizes,
    class_then_style,
    compare_rules,
    distinguishing,
    exactly,
    rules_for,
    signs,
    subsets_of,
)
from auditor.analysis.weak_verifiers import learn
from auditor.results import AnalysisOptions, CeilingVerdict, SelectionRule

candidates = st.builds(
    AcceptedProgram, right=st.booleans(), samples=st.integers(1, 3), length=st.integers(1, 3),
    answers=st.tuples(st.integers(0, 1), st.integers(2, 3)),
)  # fmt: skip
pools = st.builds(
    lambda accepted, rejected: TaskPool("T/1", sum(one.samples for one in accepted) + rejected, tuple(accepted)),
    st.lists(candidates, min_size=1, max_size=3), st.integers(0, 3),
)  # fmt: skip


@given(pools, st.data())
@settings(max_examples=60, deadline=None)
def test_a_ranked_rule_is_the_mean_over_every_subset(pool: TaskPool, data: st.DataObject) -> None:
    attempts = data.draw(st.integers(1, pool.drawn))
    samples = [place for place, one in enumerate(pool.accepted) for _ in range(one.samples)]
    samples += [-1] * (pool.drawn - len(samples))
    total, ways = 0.0, 0
    for subset in combinations(samples, attempts):
        ways += 1
        drawn = [place for place in subset if place >= 0]
        if drawn:
            best = max(pool.shortness[place] for place in drawn)
            chosen = [pool.right[place] for place in drawn if pool.shortness[place] == best]
            total += sum(chosen) / len(chosen)
    assert exactly(pool, pool.shortness, attempts) == pytest.approx(total / ways)


solvable = pools.filter(lambda pool: bool(pool.right.any()))


@given(solvable)
@settings(max_examples=60, deadline=None)
def test_random_subsets_are_of_the_samples_and_hold_a_right_one(pool: TaskPool) -> None:
    attempts = max(1, pool.drawn - 1)
    drawn = subsets_of(pool, attempts, 20)
    assert (drawn <= pool.counts).all()
    rejected = pool.drawn - int(pool.counts.sum())
    assert ((drawn.sum(axis=1) <= attempts) & (drawn.sum(axis=1) >= attempts - rejected)).all()
    assert (drawn @ pool.right > 0).all()
    assert (subsets_of(pool, pool.drawn, 20) == pool.counts).all()


@given(st.lists(pools, min_size=1, max_size=4), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_no_rule_exceeds_the_perfect_choice(tasks: list[TaskPool], subsets: int) -> None:
    """Even with a single random subset, at every number of samples."""
    named = [replace(pool, task_id=f"T/{number}") for number, pool in enumerate(tasks)]
    draws = range(1, min(pool.drawn for pool in named) + 1)
    found = compare_rules("m", named, draws, AnalysisOptions(resamples=20), samples=9, subsets=subsets)
    bound = found.rule(SelectionRule.ORACLE)
    assert bound is not None
    for rule in found.rules:
        for point, most in zip(rule.points, bound.points, strict=True):
            assert (point.accuracy.value or 0.0) <= (most.accuracy.value or 0.0)


def test_a_sampled_rule_tends_to_the_mean_over_every_subset() -> None:
    right = AcceptedProgram(right=True, samples=3, length=1, answers=(1,))
    wrong = [AcceptedProgram(right=False, samples=count, length=1, answers=(2 + count,)) for count in (1, 2, 2)]
    pool = TaskPool("T/1", 10, (right, *wrong))
    samples = [0, 0, 0, 1, 2, 2, 3, 3, -1, -1]
    for attempts in (2, 4, 7):
        every = [
            chosen_right(pool, drawn, class_sizes(pool, drawn))
            for subset in combinations(samples, attempts)
            for drawn in [np.array([[subset.count(place) for place in range(4)]])]
        ]
        found = compare_rules("m", [pool], (attempts,), AnalysisOptions(resamples=20), samples=10, subsets=20_000)
        largest = found.rule(SelectionRule.LARGEST_CLASS)
        assert largest is not None
        assert largest.points[0].accuracy.value == pytest.approx(np.mean(every), abs=0.012), "4 standard errors"


def test_the_largest_class_counts_samples_and_style_breaks_its_ties() -> None:
    one = AcceptedProgram(right=True, samples=1, length=9, answers=(1, 1), score=0.2)
    other = AcceptedProgram(right=True, samples=1, length=8, answers=(1, 1), score=0.9)
    wrong = AcceptedProgram(right=False, samples=3, length=7, answers=(1, 2), score=0.5)
    pool = TaskPool("T/1", 8, (one, other, wrong))
    assert class_sizes(pool, pool.counts[None, :]).tolist() == [[2, 2, 3]]
    assert chosen_right(pool, pool.counts[None, :], class_sizes(pool, pool.counts[None, :])) == 0.0
    drawn = np.array([[1, 1, 1]])
    scores = class_then_style(pool, drawn)
    assert scores.argmax() == 1
    assert chosen_right(pool, drawn, scores) == 1.0
    assert chosen_right(pool, np.array([[0, 0, 0]]), scores) == 0.0, "no accepted sample among those drawn"


def test_agreement_is_codet_s_product() -> None:
    many = AcceptedProgram(right=False, samples=4, length=1, tests=frozenset({0}))
    few = AcceptedProgram(right=True, samples=1, length=1, tests=frozenset({0, 1}))
    pool = TaskPool("T/1", 5, (many, few), tests=(1, 4))
    assert agreement(pool, pool.counts[None, :]).tolist() == [[2 * 1, 1 * 5]]
    rare = TaskPool("T/1", 5, (many, few), tests=(2, 1))
    assert agreement(rare, rare.counts[None, :]).tolist() == [[2 * 2, 1 * 3]]


def test_distinguishing_inputs_ask_the_other_programs() -> None:
    """The largest class errs on two inputs, where all others agree against it; they err elsewhere, each alone."""
    large = AcceptedProgram(right=False, samples=3, length=1, answers=(9, 9, 0, 0, 0))
    others = [
        AcceptedProgram(right=False, samples=2, length=1, answers=(0, 0, 8, 0, 0)),
        AcceptedProgram(right=True, samples=2, length=1, answers=(0, 0, 0, 0, 0)),
        AcceptedProgram(right=False, samples=2, length=1, answers=(0, 0, 0, 8, 8)),
    ]
    pool = TaskPool("T/1", 9, (large, *others))
    drawn = pool.counts[None, :]
    assert chosen_right(pool, drawn, class_sizes(pool, drawn)) == 0.0
    assert distinguishing(pool, drawn).argmax() == 2
    assert chosen_right(pool, drawn, distinguishing(pool, drawn)) == 1.0


def test_weights_point_to_what_tells_right_from_wrong() -> None:
    rng = np.random.default_rng(0)
    tasks = []
    for _ in range(40):
        values = rng.normal(size=(6, 2))
        right = (values[:, 0] > np.median(values[:, 0])).astype(float)
        tasks.append((values + 100 * rng.normal(), right, np.ones(6)))
    first, second = learn(tasks)
    assert first > 5 * abs(second)
    assert learn([(np.ones((2, 2)), np.ones(2), np.ones(2))]).tolist() == [0, 0]


def test_a_comparison_says_what_beats_the_ceiling() -> None:
    """On every task the right class is large and the wrong one scattered, with written tests for the right one."""
    pools = []
    for number in range(40):
        right = AcceptedProgram(right=True, samples=4, length=20, answers=(1, 1), tests=frozenset({0, 1}), score=0.5)
        wrong = [
            AcceptedProgram(right=False, samples=1, length=10, answers=(2 + place, 1), tests=frozenset({0}), score=0.5)
            for place in range(4)
        ]
        pools.append(TaskPool(f"T/{number}", 12, (right, *wrong), tests=(1, 1)))
    found = compare_rules("m", pools, (1, 4, 12), AnalysisOptions(resamples=200), samples=480)
    assert found.ceiling.value == pytest.approx(0.5)
    verdicts = {rule.rule: rule.verdict for rule in found.rules}
    assert verdicts[SelectionRule.LARGEST_CLASS] is CeilingVerdict.ABOVE
    assert verdicts[SelectionRule.TESTS] is CeilingVerdict.ABOVE
    assert verdicts[SelectionRule.SHORTEST] is CeilingVerdict.BELOW
    assert verdicts[SelectionRule.ANY] is CeilingVerdict.OPEN
    for rule in found.rules:
        assert rule.points[0].accuracy.value == pytest.approx(4 / 12), "one draw leaves nothing to choose"
    oracle = found.rule(SelectionRule.ORACLE)
    assert oracle is not None
    assert oracle.points[-1].accuracy.value == 1.0
    weighted = found.rule(SelectionRule.WEIGHTED)
    assert weighted is not None
    assert weighted.points[-1].accuracy.value == 1.0


def test_rules_without_data_are_left_out() -> None:
    pool = TaskPool("T/1", 2, (AcceptedProgram(right=True, samples=1, length=3),))
    assert rules_for([pool]) == [SelectionRule.ANY, SelectionRule.SHORTEST, SelectionRule.ORACLE]
    assert signs(pool, pool.counts[None, :]).shape == (1, 1, 5)


@pytest.mark.parametrize("tasks", [1, 2])
def test_few_tasks_leave_no_others_to_learn_weights_on(tasks: int) -> None:
    """With no other task, weights are 0, and the rule takes any accepted program: half of them are right."""
    both = (
        AcceptedProgram(right=True, samples=1, length=3, answers=(0,)),
        AcceptedProgram(right=False, samples=1, length=3, answers=(1,)),
    )
    pools = [TaskPool(f"T/{number}", 2, both) for number in range(tasks)]
    found = compare_rules("m", pools, (1, 2), AnalysisOptions(resamples=20), samples=2 * tasks)
    (weighted,) = [one for one in found.rules if one.rule is SelectionRule.WEIGHTED]
    assert [point.accuracy.value for point in weighted.points] == [0.5, 0.5]
