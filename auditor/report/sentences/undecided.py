"""What is said of differences none of which is clear: that none is, or that they are not known well enough."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import points_span
from auditor.report.sentences.evidence import say
from auditor.results import NARROW, Estimate


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
