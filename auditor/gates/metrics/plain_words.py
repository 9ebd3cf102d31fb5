"""Metrics in plain words, for readers who do not know their names."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.gates.metrics.base import Metric, Parameters
from auditor.report.sentences import names

IN_PLAIN_WORDS = {
    "single_sample_accuracy": names.SINGLE,
    "acceptance": names.ACCEPTED,
    "conditional_accuracy": names.CORRECT,
    "conditional_accuracy_micro": f"{names.CORRECT}, samples pooled",
    "false_discovery_rate": names.WRONG,
    "false_discovery_rate_micro": f"{names.WRONG}, samples pooled",
    "false_positive_rate": names.WRONG_ACCEPTED,
    "false_positive_rate_micro": f"{names.WRONG_ACCEPTED}, samples pooled",
    "accepted": "tasks with an accepted answer",
    "correct": "tasks with a correct answer",
    "wrong": "tasks with a wrong answer accepted",
    "utility": names.UTILITY,
    "best_utility": names.BEST_UTILITY,
    "optimal_attempts": names.BEST_ATTEMPTS,
    "style_score": names.STYLE,
    "style_gap": names.STYLE_GAP,
    "coverage": "samples that could be judged",
    "task_coverage": "tasks with samples",
    "refusal_share": "requests that the model refused",
    "truncation_share": "answers cut off at the length limit",
    "cost_per_sample": "cost of a sample in the currency of the prices",
    "cost_per_correct": "cost per correct answer in the currency of the prices",
    "flaky_share": "answers judged differently when run again",
}
"""What a metric measures, in plain words; other metrics use their titles."""


_KEYS = {
    "attempts": "within {} attempts",
    "fp_cost": "if one wrong answer cancels out {:g} correct",
    "slice": "on tasks with {}",
}
"""Keys of a metric in plain words; the others are named."""
_GROUPS = {
    "accepted": "of accepted answers",
    "true_positive": "of correct answers",
    "false_positive": "of wrong answers",
}
_SCORE = "score"
_ADHERENCE = "adherence"


def _key(key: str, value: str | float, criteria: Mapping[str, str]) -> str:
    if (key, value) == ("attempts", 1):
        return "within 1 attempt"
    if key == "group":
        return _GROUPS.get(str(value), f"group {value}")
    if key == "criterion":
        return f"“{criteria.get(str(value), value)}”"
    return _KEYS.get(key, f"{key} {{}}").format(value)


def plain_words(
    metric: Metric, parameters: Parameters, *, against: bool = False, criteria: Mapping[str, str] | None = None
) -> str:
    """Describe what a rule asks, with its metric's keys; ``criteria`` maps ids of the rubric's criteria to titles."""
    given = parameters.given()
    if given.get("criterion") == _SCORE:
        del given["criterion"]
    words = [IN_PLAIN_WORDS.get(metric.name, metric.title)]
    if metric.name == _ADHERENCE and "criterion" in given:
        title = given.pop("criterion")
        words = [f"meets “{(criteria or {}).get(str(title), title)}”"]
    words += [_key(key, value, criteria or {}) for key, value in given.items()]
    if against:
        words.append("change from the baseline")
    return ", ".join(words)
