"""Simulated runs whose true numbers are known, to count how often a rule decides wrongly.

A population of tasks is fixed: task i's samples pass base with chance p_i, and what passes is correct
with chance r_i. A run draws tasks from it, and n samples of each. The truth is the population's own
number, in closed form. A rule whose threshold is that very truth should stay inconclusive: any clear
verdict is wrong on one side of it, however near. That is the hardest place for a rule to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from auditor.analysis.arrays import Floats
from auditor.config import GateConfig
from auditor.gates import Judgement, RunView, evaluate
from auditor.gates.metrics import NAMES
from tests.unit.gates.builders import document, entry

SIZE = 50_000
K = 5


@dataclass(frozen=True)
class Scenario:
    """One kind of model and size of run."""

    name: str
    tasks: int
    samples: int
    easy: tuple[float, float]
    """Beta distribution of p."""
    clean: float
    """Share of tasks on which every accepted sample is correct."""
    wrong: tuple[float, float]
    """Beta distribution of 1 - r on the other tasks."""
    hard: tuple[float, float] | None = None
    """Beta distribution of p on the other tasks; ``None``: as on the clean ones."""
    cost: float = 4.0
    """Of a false positive."""
    draw_cost: float = 0.0

    def population(self) -> tuple[Floats, Floats]:
        """Return p and r of every task there is."""
        rng = np.random.default_rng(1)
        clean = rng.random(SIZE) < self.clean
        p = np.where(clean, rng.beta(*self.easy, SIZE), rng.beta(*(self.hard or self.easy), SIZE))
        wrong = np.where(clean, 0.0, rng.beta(*self.wrong, SIZE))
        return p, 1 - wrong


SCENARIOS = (
    Scenario("few tasks, rarely wrong", 30, 20, (2, 2), 0.9, (1, 4)),
    Scenario("few tasks, often wrong", 30, 20, (1, 2), 0.3, (2, 2)),
    Scenario("very few tasks and samples", 10, 5, (1, 1), 0.6, (1, 3)),
    Scenario("many tasks, rarely wrong", 150, 20, (2, 2), 0.9, (1, 4)),
    Scenario("many tasks, wrong on one kind", 150, 20, (1, 1), 0.85, (9, 1)),
    Scenario("many tasks, often wrong", 150, 20, (0.5, 1), 0.3, (2, 2)),
    Scenario("hard tasks are wrong", 150, 20, (8, 2), 0.6, (7, 3), (2, 20)),
    Scenario("near certainty", 150, 20, (30, 1), 0.97, (1, 9)),
    Scenario("attempts are paid for", 60, 20, (1, 2), 0.8, (1, 4), draw_cost=0.06),
)


def expected_draws(p: Floats, attempts: int) -> Floats:
    """Return the draws that a task takes on average with at most this many attempts."""
    return np.sum([(1 - p) ** j for j in range(attempts)], axis=0, initial=0.0)


def truths(scenario: Scenario) -> dict[str, float]:
    """Return the true value of each metric that is planted."""
    p, r = scenario.population()
    n = scenario.samples
    answered, unsolved = 1 - (1 - p) ** n, 1 - (p * r) ** n
    worth = r - scenario.cost * (1 - r)
    paid = [scenario.draw_cost * expected_draws(p, k) for k in range(n + 1)]
    utilities = [float(np.mean((1 - (1 - p) ** k) * worth - paid[k])) for k in range(n + 1)]
    draws = expected_draws(p, K)
    wrong_given_incorrect = p * (1 - r) / np.maximum(1 - p * r, 1e-300)
    return {
        "single_sample_accuracy": float(np.mean(p * r)),
        "pass_at_k": float(np.mean(1 - (1 - p * r) ** K)),
        "conditional_accuracy": float(np.sum(answered * r) / np.sum(answered)),
        "conditional_accuracy_micro": float(np.sum(p * r) / np.sum(p)),
        "false_discovery_rate": float(np.sum(answered * (1 - r)) / np.sum(answered)),
        "false_positive_rate": float(np.sum(unsolved * wrong_given_incorrect) / np.sum(unsolved)),
        "correct": float(np.mean((1 - (1 - p) ** K) * r)),
        "draws": float(np.mean(draws)),
        "draws_per_correct": float(np.mean(draws) / np.mean((1 - (1 - p) ** K) * r)),
        "utility": utilities[K],
        "best_utility": max(utilities),
        "optimal_attempts": float(np.argmax(utilities)),
    }


def rules(scenario: Scenario, confidence: float = 0.95) -> list[GateConfig]:
    """Return a rule for each metric with the truth itself as its threshold.

    A number that cannot lie on either side of its truth has no wrong verdict and no rule. K* is a whole
    number, so it gets the thresholds right above and below.
    """
    made = []
    for name, truth in truths(scenario).items():
        metric = NAMES[name]
        given: dict[str, Any] = {"attempts": K, "fp_cost": scenario.cost}
        keys = {key: value for key, value in given.items() if key in metric.needs}
        if name == "optimal_attempts":
            thresholds = [{"min": truth + 0.5}, {"max": truth - 0.5}] if 0 < truth < scenario.samples else []
        else:
            thresholds = [{"min": truth}] if metric.lowest < truth < metric.highest else []
        made += [
            GateConfig.model_validate({"metric": name, "confidence": confidence} | keys | threshold)
            for threshold in thresholds
        ]
    return made


def runs(scenario: Scenario, count: int, seed: int = 0) -> Iterator[RunView]:
    """Simulate runs of a model."""
    p, r = scenario.population()
    rng = np.random.default_rng(seed)
    for _ in range(count):
        picked = rng.integers(0, SIZE, scenario.tasks)
        base = rng.binomial(scenario.samples, p[picked])
        right = rng.binomial(base, r[picked])
        rows = [
            (f"T/{i:04d}", scenario.samples, int(b), int(c)) for i, (b, c) in enumerate(zip(base, right, strict=True))
        ]
        yield RunView.of(document(entry("m", rows, draw_cost=scenario.draw_cost)))


def wrong(rule: GateConfig, verdict: Judgement) -> bool:
    """Whether a verdict is wrong: any clear one at the truth, and for K* a pass of a number that it is not."""
    return verdict is Judgement.PASS or (verdict is Judgement.FAIL and rule.metric != "optimal_attempts")


def wrong_verdicts(scenario: Scenario, count: int, confidence: float = 0.95) -> dict[str, int]:
    """Count the wrong verdicts on each metric over simulated runs."""
    planted = rules(scenario, confidence)
    found = dict.fromkeys((rule.metric for rule in planted), 0)
    for run in runs(scenario, count):
        for rule in planted:  # one by one, since the rules around K* contradict each other
            (result,) = evaluate([rule], run)
            found[rule.metric] += wrong(rule, result.verdict)
    return found
