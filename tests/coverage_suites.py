"""How often intervals of graded suites, impossible tasks and rules of selection hold; part of the coverage study.

Plus and a second suite each catch a wrong program with a chance of its own, whatever the other says, which is what
counting by capture and recapture takes for granted. Mutants are more, and killed less often, on hard tasks. One
impossible task in five can be passed. Wrong programs are longer than right ones in the mean. Truths are closed forms,
but for selection (200,000 tasks).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

from auditor.analysis import AnalysisOptions
from auditor.analysis.intervals import ratio_interval
from auditor.analysis.selection import AcceptedProgram, TaskPool, compare_rules
from auditor.analysis.suite_error import TwoSuites, agreement, suite_error
from auditor.results import Estimate, SelectionRule
from tests.coverage_truth import Tallies, Tally, by_size
from tests.simulated_counts import Floats, Population

OPTIONS = AnalysisOptions(resamples=300)
POPULATION = Population(a=1.0, b=0.7)
PLUS, SECOND = 0.8, 0.7
"""Chance that a suite catches a wrong program."""
LENGTH, LONGER = 100.0, 0.5
"""Standard deviation of a program's length in characters, and how much longer wrong ones are, in such deviations."""
PASSABLE = 0.2
"""Share of impossible tasks that can be passed."""

Seen = Iterator[tuple[str, Estimate, float]]
"""Row, interval and truth."""


def suites(repeats: int) -> None:
    """Print the coverage of each interval by number of tasks."""
    by_size(_study, repeats)


def _study(tasks: int, n: int, repeats: int) -> Tallies:
    rng, tallies = np.random.default_rng((31, tasks, n)), Tallies()
    parts: tuple[Callable[[int, int, np.random.Generator], Seen], ...] = (_two_suites, _mutants, _canaries, _selection)
    for _ in range(repeats):
        for part in parts:
            for name, estimate, value in part(tasks, n, rng):
                if estimate.low is not None and estimate.high is not None:
                    tallies.setdefault(name, Tally()).see(estimate.low, estimate.high, value)
    return tallies


def _two_suites(tasks: int, n: int, rng: np.random.Generator) -> Seen:
    passing, precise = POPULATION.rates(tasks, rng)
    accepted = rng.binomial(n, passing)
    right = rng.binomial(accepted, precise)
    both = rng.multinomial(accepted - right, [*_caught().values()])
    rows = [TwoSuites(int(good + none), int(second), int(plus), int(two))
            for good, (none, second, plus, two) in zip(right, both, strict=True)]  # fmt: skip
    found, truths = suite_error(rows, OPTIONS, samples=n * tasks), _suite_truths(n)
    for name, estimate in (
        ("second suite: share it rejects of what plus accepts", found.found),
        ("second suite: share of it that is wrong, estimated", found.estimated),
        ("right by plus", found.right_by_plus),
        ("right by both suites", found.right_by_both),
        ("agreement of two suites", agreement(rows, OPTIONS)),
    ):
        yield name, estimate, truths[name]


def _caught() -> dict[str, float]:
    """Give the chances that neither suite catches a wrong program, the second alone, plus alone, or both."""
    return {"none": (1 - PLUS) * (1 - SECOND), "second": (1 - PLUS) * SECOND, "plus": PLUS * (1 - SECOND),
            "both": PLUS * SECOND}  # fmt: skip


@lru_cache
def _suite_truths(n: int) -> dict[str, float]:
    passing, precise = POPULATION.rates(400_000, np.random.default_rng(89))
    right, wrong, caught = passing * precise, passing * (1 - precise), _caught()
    by_plus = right + wrong * (1 - PLUS)
    within = 1 - (1 - passing) ** n
    shares = {name: precise + (1 - precise) * chance for name, chance in (("plus", 1 - PLUS), ("both", caught["none"]))}
    return {
        "second suite: share it rejects of what plus accepts": float(wrong.sum() * caught["second"] / by_plus.sum()),
        "second suite: share of it that is wrong, estimated": float(wrong.sum() * (1 - PLUS) / by_plus.sum()),
        "right by plus": float(within @ shares["plus"] / within.sum()),
        "right by both suites": float(within @ shares["both"] / within.sum()),
        "agreement of two suites": float(
            (right.sum() + wrong.sum() * (caught["none"] + caught["both"])) / passing.sum()
        ),
    }


def _mutants(tasks: int, n: int, rng: np.random.Generator) -> Seen:
    hard = rng.random(tasks)
    made, killed = rng.poisson(n * (0.5 + hard)), rng.beta(9 - 4 * hard, 1 + hard)
    score = ratio_interval(rng.binomial(made, killed), made, resamples=300)
    yield "mutation score of a suite", score, _mutation_truth()


@lru_cache
def _mutation_truth() -> float:
    """Average the chance of a kill, (9 - 4h) / (10 - 3h), over hardness h with weights 0.5 + h."""
    hard = (np.arange(100_000) + 0.5) / 100_000
    return float(((0.5 + hard) * (9 - 4 * hard) / (10 - 3 * hard)).mean())


def _canaries(tasks: int, n: int, rng: np.random.Generator) -> Seen:
    chance = np.where(rng.random(tasks) < PASSABLE, rng.beta(1, 1, tasks), 0.0)
    rate = ratio_interval(rng.binomial(n, chance), np.full(tasks, n), resamples=300)
    yield "samples that pass an impossible task", rate, PASSABLE / 2


def _selection(tasks: int, n: int, rng: np.random.Generator) -> Seen:
    accepted, right, lengths = _drawn(tasks, n, rng)
    pools = [
        TaskPool(f"t{task}", n, tuple(
            AcceptedProgram(bool(right[task, place]), 1, int(lengths[task, place]))
            for place in np.flatnonzero(accepted[task])
        ))
        for task in range(tasks)
    ]  # fmt: skip
    found, truths = compare_rules("m", pools, (n,), OPTIONS, samples=n * tasks), _selection_truths(n)
    rule = found.rule(SelectionRule.SHORTEST)
    assert rule is not None
    for name, estimate in (
        ("selection: accuracy of a rule", rule.points[0].accuracy),
        ("selection: a rule minus resampling, paired", rule.over_ceiling),
        ("selection: resampling's ceiling", found.ceiling),
    ):
        yield name, estimate, truths[name]


def _drawn(tasks: int, n: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Draw samples: accepted or not, right or not, and their lengths; shape (tasks, samples) each."""
    passing, precise = POPULATION.rates(tasks, rng)
    accepted = rng.random((tasks, n)) < passing[:, None]
    right = accepted & (rng.random((tasks, n)) < precise[:, None])
    lengths = np.rint(1000 + LENGTH * (rng.standard_normal((tasks, n)) + LONGER * ~right))
    return accepted, right, lengths


@lru_cache
def _selection_truths(n: int) -> dict[str, float]:
    tasks = 200_000
    accepted, right, lengths = _drawn(tasks, n, np.random.default_rng(88))
    lengths = np.where(accepted, lengths, np.inf)
    shortest = (lengths == lengths.min(axis=1, keepdims=True)) & accepted
    chosen = (shortest & right).sum(axis=1) / np.maximum(shortest.sum(axis=1), 1)
    ceiling = right.sum(axis=1) / np.maximum(accepted.sum(axis=1), 1)
    return {
        "selection: accuracy of a rule": float(chosen.mean()),
        "selection: a rule minus resampling, paired": float((chosen - ceiling).mean()),
        "selection: resampling's ceiling": float(ceiling.mean()),
    }
