"""What the headline figures are called wherever a person reads them; their symbols are in the glossary."""

from __future__ import annotations

from auditor.results import Unanswered

SUITES = (
    "An answer is accepted if its program passes the base tests. It is correct if it also passes the plus tests, "
    "which are stricter and are taken as the truth."
)
"""Said where a page or a summary first speaks of base and plus."""
_WRONG = (
    "An answer is wrong if it is not correct: it fails a test, raises an error, exceeds its limit of time or memory"
)
WRONG_IF = f"{_WRONG}, or has no program."
"""What counts as a wrong answer."""
WRONG_IF_ANSWERED = f"{_WRONG}. Answers without a program are left out."
"""The same where the settings leave answers without a program out."""
ATTEMPT = "With several attempts, a model is sampled until an answer is accepted."
"""What an attempt is."""
ALLOW = "The attempts to allow are the fewest whose net gain is within 1 per 100 tasks of the best."
"""How many attempts are advised."""
CANCELS = (
    "One wrong answer cancels out N correct ones if it does as much harm as N correct answers do good. Net gain: the "
    "correct answers that remain."
)
"""What the cost of a wrong answer and the net gain are."""
GATE = (
    "A gate is a requirement set for the audit. It is passed or failed if the deciding interval is on one side of its "
    "threshold, and inconclusive otherwise."
)
"""What a gate is."""


def terms(level: str, *, unanswered: Unanswered, gates: bool, costs: bool) -> list[str]:
    """Explain the terms of a report's opening, in the order in which it uses them; ``level`` is its confidence."""
    deciding = (
        f"The deciding interval is at least as wide as the {level} interval. It also holds with few tasks and, for "
        "gates, for all gates together."
    )
    wrong = WRONG_IF if unanswered is Unanswered.COUNT else WRONG_IF_ANSWERED
    return [SUITES, wrong, ATTEMPT, *([GATE] if gates else []), deciding, *([CANCELS, ALLOW] if costs else [])]


SINGLE = "single answers that are correct"
"""Single-sample accuracy, pass@1."""
ACCEPTED = "single answers that are accepted"
"""Base pass rate."""
CORRECT = "accepted answers that are correct"
"""Conditional accuracy at K attempts: a share of the answers that are accepted, not of all tasks."""
WRONG = "accepted answers that are wrong"
"""False discovery rate at K attempts: the rest of them."""
WRONG_AT_ADVICE = f"{WRONG}, at the attempts to allow"
"""The same at the attempts to allow."""
WRONG_ACCEPTED = "wrong answers that pass base"
"""The verifier's false-positive rate."""
ATTEMPTS = "attempts to allow"
"""The fewest whose mean utility is above 0 and at most 0.01 below the best."""
BEST_ATTEMPTS = "best number of attempts"
"""K*."""
NET_GAIN = "net gain, below 0 a loss"
"""100 times the mean utility, everywhere with the same sign."""
UTILITY = "mean utility per task"
"""Of a number of attempts, net of what attempts cost."""
BEST_UTILITY = "best mean utility per task"
"""The same at K*."""
STYLE = "style score"
"""Share of the rubric's criteria met."""
STYLE_GAP = "style, wrong minus correct"
"""Within tasks."""
