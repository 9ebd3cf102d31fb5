"""What a sentence may claim: the evidence behind it, and the words that need it."""

from __future__ import annotations

import re
import string
from enum import IntEnum

from auditor.results import Choice, Estimate, Lead, Reach


class Evidence(IntEnum):
    """How much is known, in ascending order."""

    SEEN = 0
    """A figure, or two of them side by side: what was counted."""
    CLEAR = 1
    """The interval, adjusted for the number of comparisons, is on one side."""
    CERTAIN = 2
    """It holds for all samples counted, or for whatever else could be drawn."""


STRONG: dict[str, Evidence] = {
    **dict.fromkeys(
        ["clearly", "better", "worse", "more", "less", "higher", "lower", "safer", "safest"], Evidence.CLEAR
    ),
    **dict.fromkeys(["never", "always", "cannot", "impossible", "however"], Evidence.CERTAIN),
}
"""Words that claim, and the least evidence that each needs; after ``not`` the word claims nothing."""

_WORDS = re.compile(r"[a-z]+")


class OverstatedError(ValueError):
    """A sentence whose words are stronger than its evidence: a bug of the sentence, not of the data."""


def say(template: str, evidence: Evidence = Evidence.SEEN, /, **values: object) -> str:
    """Fill the template of a sentence; names and figures go in as ``values`` and may hold any words.

    Raises :class:`OverstatedError` where a word of the template needs stronger evidence.
    """
    own = " ".join(text for text, *_ in string.Formatter().parse(template))
    before = ""
    for word in _WORDS.findall(own.lower()):
        if STRONG.get(word, evidence) > evidence and before != "not":
            raise OverstatedError(f"“{word}” needs {STRONG[word].name} evidence, given {evidence.name}: {template}")
        before = word
    return template.format(**values)


def of_estimate(estimate: Estimate) -> Evidence:
    """Return the evidence for a difference: clear where its interval, adjusted, is on one side of zero."""
    return Evidence.CLEAR if estimate.side else Evidence.SEEN


def of_lead(lead: Lead) -> Evidence:
    """Return the evidence that one candidate is ahead of another."""
    return Evidence.CLEAR if lead.clear else Evidence.SEEN


def of_choice(choice: Choice) -> Evidence:
    """Return the evidence that the first candidate is ahead of the second."""
    return Evidence.CLEAR if choice.clear else Evidence.SEEN


def of_reach(verdict: Reach) -> Evidence:
    """Return the evidence for who reaches whom."""
    match verdict:
        case Reach.NEVER:
            return Evidence.CERTAIN
        case Reach.REACHES | Reach.NOT_WITHIN:
            return Evidence.CLEAR
        case Reach.OPEN:
            return Evidence.SEEN
