"""The verdict on a difference, what leaves it open, and what is said of several none of which is clear."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import points_span
from auditor.report.sentences.evidence import say
from auditor.report.text import p_value
from auditor.results import NARROW, SIGNIFICANT, Difference, Estimate


def rule(shown: str, several: str, level: str) -> str:
    """Say when a difference is clear, how that is ``shown``, and of which ``several`` it is one."""
    return say(
        "A difference is clear, and {shown}, if its {level} interval excludes zero and its p value, corrected for the "
        "number of {several} (Holm), is below {least:g}.",
        shown=shown, level=level, several=several, least=SIGNIFICANT,
    )  # fmt: skip


ONLY_INTERVAL = "If only the interval excludes zero, it is open, and the p value is beside it."
"""What :func:`rule` leaves open, for tables that show the p value there only."""


def verdict(gap: Estimate) -> str:
    """Give the verdict on a difference in a word."""
    return say("clear") if gap.side else say("open")


def p_of_open(gap: Estimate) -> str:
    """Write the p value that alone leaves a difference open, ``p = 0.08``; empty for every other difference."""
    if not isinstance(gap, Difference) or gap.side or not gap.own_side or gap.p_adjusted is None:
        return ""
    return f"p = {p_value(gap.p_adjusted)}"


def why_open(gap: Estimate) -> str:
    """Say that a corrected p value leaves a difference open whose interval excludes zero; else empty."""
    found = p_of_open(gap)
    return say("{found} after correction", found=found) if found else ""


def judged_span(gap: Estimate, digits: int = 1) -> str:
    """Write the interval of a difference in points and, where a p value alone leaves it open, that value."""
    return "; ".join(filter(None, (points_span(gap, digits), p_of_open(gap))))


def verdict_whole(gap: Estimate) -> str:
    """Give the verdict and, where a p value alone leaves it open, that value: ``open: p = 0.08``."""
    return ": ".join(filter(None, (verdict(gap), p_of_open(gap))))


def is_narrow(found: Sequence[Estimate]) -> bool:
    """Whether no interval reaches far from zero; differences of shares, of 1."""
    return all(gap.low is not None and gap.high is not None and max(-gap.low, gap.high) <= NARROW for gap in found)


def undecided(found: Sequence[Estimate], where: str) -> str:
    """Title of comparisons none of which is clear: no clear difference, or intervals that are too wide to tell."""
    if is_narrow(found):
        return say("No clear difference {where}", where=where)
    widest = max((gap for gap in found if gap.bounded), key=lambda gap: (gap.high or 0) - (gap.low or 0), default=None)
    if widest is None:
        return say("Not measured well enough: no difference has an interval")
    return say("Not measured well enough: the widest interval is {span} points", span=points_span(widest))
