"""Verdicts of somebody else's verifier, as recorded files carry them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Outcome, SuiteName


@dataclass(frozen=True, slots=True)
class ThirdPartyVerdict:
    """What someone else's verifier said of a recorded sample; never mixed with our own verdicts."""

    source: str
    """Who judged, e.g. ``evalplus`` or ``inspect:verify``."""
    model: str
    task_id: str
    sample_index: int
    suite: SuiteName | None
    """``None`` where the judge knows no base and plus suites."""
    outcome: Outcome
    detail: str = ""
    """What the judge noted, in one line."""
    failing_input: str | None = None
    """The input on which the program failed, as the file shows it."""
