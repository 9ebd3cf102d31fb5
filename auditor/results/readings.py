"""What extraction costs: accuracy as answers were read, and had each been read at its best."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.results.estimate import Count, Document, Share

WARNING_GAP = 0.01
"""A larger gap is worth a warning: the model may be charged with the harness's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredAnswer(Document):
    """An answer that is wrong, or no program, as it was read, and correct in another reading."""

    task_id: str
    """Its task."""
    sample_index: Count
    """Its index within model and task."""
    program: str | None
    """The program that was judged; null where none was found."""
    reading: str
    """The program that passes both suites."""
    rule: str
    """How that one is found in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingGap(Document):
    """One model's accuracy as its answers were read, and had every answer been read at its best.

    Both are means over tasks of the share of correct samples; samples without a program count as wrong, those with a
    harness error are left out. The second is an upper bound: of several readings it takes whichever passes.
    """

    samples: Count
    """Samples behind both figures."""
    reread: Count
    """Answers of which other readings were judged."""
    as_read: Share
    """Accuracy as the answers were read."""
    at_best: Share
    """Accuracy had every answer been read at its best."""
    recovered: tuple[RecoveredAnswer, ...]
    """The answers between the two, by task and index."""

    @property
    def gap(self) -> float:
        """What the choice of readings may cost, 0 to 1."""
        return self.at_best - self.as_read

    @property
    def is_large(self) -> bool:
        """Whether the gap is above one percentage point."""
        return self.gap > WARNING_GAP
