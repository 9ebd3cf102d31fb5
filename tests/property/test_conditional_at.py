"""Conditional accuracy at K attempts: its definition, its independence of n, and intervals behind few tasks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaincinv

from auditor.analysis import metrics
from auditor.analysis.intervals import effective_tasks
from tests.simulated_counts import Population

STRONG = Population(2, 0.5, 0.75, 0.2)


def test_it_is_correct_over_accepted() -> None:
    """CA(K) = C(K) / A(K), and the false discovery rate at K is the rest."""
    counts = Population().counts(40, 10, np.random.default_rng(0))
    for attempts in (1, 3, 10):
        both = metrics.correct(attempts)(counts).value / metrics.accepted(attempts)(counts).value
        assert metrics.conditional_at(attempts)(counts).value == pytest.approx(both)
        assert metrics.false_discovery_at(attempts)(counts).value == pytest.approx(1 - both)


def test_it_does_not_depend_on_the_number_of_samples() -> None:
    """From 5 or from 100 samples per task, CA(5) estimates the same number; the mean of t/b does not."""
    population, rng = Population(), np.random.default_rng(1)
    few, many = (population.counts(20_000, n, rng) for n in (5, 100))
    at_five = [metrics.conditional_at(5)(counts).value for counts in (few, many)]
    over_tasks = [
        np.mean(one.correct[one.base_passes > 0] / one.base_passes[one.base_passes > 0]) for one in (few, many)
    ]
    assert at_five[0] == pytest.approx(at_five[1], abs=0.006)
    assert abs(over_tasks[0] - over_tasks[1]) > 0.015


def test_effective_tasks() -> None:
    """Equal denominators count each task; one that dominates counts as one."""
    assert effective_tasks(np.ones(7)) == pytest.approx(7)
    assert effective_tasks(np.array([1.0, 0.0, 0.0])) == pytest.approx(1)
    assert 1 < effective_tasks(np.array([1.0, 0.01, 0.01])) < 1.1
    assert effective_tasks(np.zeros(3)) == 0


@pytest.mark.parametrize(("first", "last"), [(4, 7), (8, 15)])
def test_late_buckets_of_a_strong_model_are_covered(first: int, last: int) -> None:
    """Few tasks are still open after some attempts; the interval counts those, not all that add a trace."""
    passing = betaincinv(STRONG.a, STRONG.b, (np.arange(50_000) + 0.5) / 50_000)
    arrived = (1 - passing) ** (first - 1) - (1 - passing) ** last
    false = 1 - STRONG.floor - STRONG.slope * passing
    truth = float((arrived * false).sum() / arrived.sum())
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(150):
        interval = metrics.attempt_bucket(first, last)(STRONG.counts(30, 100, rng)).interval(resamples=300)
        assert interval.low is not None
        assert interval.high is not None
        held += interval.low <= truth <= interval.high
    assert held >= 0.93 * 150
