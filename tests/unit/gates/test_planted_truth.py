"""Rules on simulated runs whose true numbers are known; the full count is in tests/benchmarks/gate_error_rates.py."""

from __future__ import annotations

import pytest

from auditor.config import GateConfig
from auditor.gates import Judgement, evaluate
from tests.unit.gates.planted import SCENARIOS, Scenario, rules, runs, truths, wrong_verdicts

COUNT = 100
ALLOWED = 0.05 + 3 * (0.05 * 0.95 / COUNT) ** 0.5
"""5 % and three standard errors of a share over that many runs; the seeds are fixed."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", [SCENARIOS[index] for index in (0, 2, 4, 6, 7, 8)], ids=lambda scenario: scenario.name
)
def test_rules_at_95_percent_rarely_decide_wrongly(scenario: Scenario) -> None:
    """With the threshold at the truth itself, at most 5 % of runs get a clear verdict, on every metric."""
    counts = wrong_verdicts(scenario, COUNT)
    assert counts
    assert {name: count / COUNT for name, count in counts.items() if count / COUNT > ALLOWED} == {}


@pytest.mark.slow
def test_lower_confidence_decides_more() -> None:
    """The guarantee follows the rule's confidence: at 60 % wrong verdicts are common, at 99 % they are rare."""
    scenario = SCENARIOS[3]
    low, high = (sum(wrong_verdicts(scenario, 60, confidence).values()) for confidence in (0.6, 0.99))
    assert low > 10 * max(1, high) or high == 0
    assert low > 0.05 * 60 * len(rules(scenario))


def test_rules_decide_when_there_is_something_to_see() -> None:
    """Far from the threshold rules are not timid: 150 tasks decide nearly every time, both ways."""
    scenario = SCENARIOS[3]
    truth = truths(scenario)["single_sample_accuracy"]
    planted = [
        GateConfig.model_validate({"metric": "single_sample_accuracy", "min": truth + shift}) for shift in (-0.12, 0.12)
    ]
    verdicts = [tuple(r.verdict for r in evaluate(planted, run)) for run in runs(scenario, 60)]
    assert verdicts.count((Judgement.PASS, Judgement.FAIL)) >= 54


def test_tiny_runs_come_out_inconclusive() -> None:
    """Five tasks of five samples settle no demanding rule, even when every sample is right."""
    tiny = Scenario("tiny", 5, 5, (60, 1), 1.0, (1, 1))
    strict = [
        GateConfig.model_validate({"metric": "false_discovery_rate", "max": 0.15}),
        GateConfig.model_validate({"metric": "conditional_accuracy", "min": 0.8}),
        GateConfig.model_validate({"metric": "correct", "attempts": 5, "min": 0.8}),
        GateConfig.model_validate({"metric": "false_positive_rate", "max": 0.2}),
    ]
    for run in runs(tiny, 40):
        assert {result.verdict for result in evaluate(strict, run)} == {Judgement.INCONCLUSIVE}
