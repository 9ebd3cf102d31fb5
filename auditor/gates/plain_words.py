"""What each metric asks, for a reader who does not know its name."""

from __future__ import annotations

from auditor.gates.metrics import Metric, Parameters

IN_PLAIN_WORDS = {
    "single_sample_accuracy": "right at the first attempt",
    "acceptance": "accepted by the base tests",
    "conditional_accuracy": "right among accepted answers",
    "conditional_accuracy_micro": "right among all accepted answers, pooled",
    "false_discovery_rate": "wrong among accepted answers",
    "false_discovery_rate_micro": "wrong among all accepted answers, pooled",
    "false_positive_rate": "wrong answers that the base tests accept",
    "accepted": "tasks with an accepted answer",
    "correct": "tasks with a right answer",
    "wrong": "tasks with a wrong answer accepted",
    "utility": "net worth per task",
    "best_utility": "net worth per task at the best number of attempts",
    "optimal_attempts": "best number of attempts",
    "style_score": "style score of the answers",
    "adherence": "answers that meet a style criterion",
    "coverage": "samples that could be judged",
    "task_coverage": "tasks with samples",
    "refusal_share": "requests that the model refused",
    "truncation_share": "answers cut off at the length limit",
    "flaky_share": "answers judged differently when run again",
}
"""What a metric measures, for a reader who does not know its name; the others have their titles."""


_KEYS = {"attempts": "within {} attempts", "fp_cost": "a wrong answer costing {:g}", "slice": "on tasks with {}"}
"""Keys of a metric in plain words; the others are named."""


def _key(key: str, value: str | float) -> str:
    return "within 1 attempt" if (key, value) == ("attempts", 1) else _KEYS.get(key, f"{key} {{}}").format(value)


def plain_words(metric: Metric, parameters: Parameters, *, against: bool = False) -> str:
    """Say what a rule asks, with its metric's keys."""
    keys = ", ".join(_key(key, value) for key, value in parameters.given().items())
    words = IN_PLAIN_WORDS.get(metric.name, metric.title)
    if keys:
        words = f"{words}, {keys}"
    return f"{words}, change from the baseline" if against else words
