"""Verdicts of other verifiers, as recorded files carry them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Outcome, SuiteName


@dataclass(frozen=True, slots=True)
class ThirdPartyVerdict:
    """Another verifier's verdict on a recorded sample; never mixed with our own."""

    source: str
    """The verifier, e.g. ``evalplus`` or ``inspect:verify``."""
    model: str
    task_id: str
    sample_index: int
    suite: SuiteName | None
    """``None`` if the verifier has no base and plus suites."""
    outcome: Outcome
    detail: str = ""
    """The verifier's note, in one line."""
    failing_input: str | None = None
    """The input on which the program failed, as the file shows it."""
