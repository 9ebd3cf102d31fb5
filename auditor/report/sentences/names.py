"""What the headline figures are called wherever a person reads them; their symbols are in the glossary."""

from __future__ import annotations

SUITES = (
    "An answer is accepted if its program passes the base tests. It is correct if it also passes the plus tests, "
    "which are stricter and are taken as the truth."
)
"""Said where a page or a summary first speaks of base and plus."""
SINGLE = "single answer correct"
"""Single-sample accuracy, pass@1."""
ACCEPTED = "single answer accepted"
"""Base pass rate."""
CORRECT = "accepted and correct"
"""Conditional accuracy at K attempts."""
WRONG = "accepted but wrong"
"""False discovery rate at K attempts."""
WRONG_ACCEPTED = "wrong answers that pass base"
"""The verifier's false-positive rate."""
ATTEMPTS = "attempts to allow"
"""K*."""
UTILITY = "mean utility per task"
"""Of a number of attempts, net of what attempts cost."""
BEST_UTILITY = "best mean utility per task"
"""The same at K*."""
STYLE = "style score"
"""Share of the rubric's criteria met."""
STYLE_GAP = "style, wrong minus correct"
"""Within tasks."""
