"""The cost of extraction: accuracy as answers were read, and with the best reading of each."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.results.estimate import Count, Document, Share

WARNING_GAP = 0.01
"""A larger gap deserves a warning: the model may be charged for the harness's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredAnswer(Document):
    """An answer that is wrong or without a program as read, and correct in another reading."""

    task_id: str
    """Its task."""
    sample_index: Count
    """Its index within model and task."""
    program: str | None
    """The program that was judged; null if none was found."""
    reading: str
    """The program that passes both suites."""
    rule: str
    """How that program is found in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingGap(Document):
    """One model's accuracy as its answers were read, and with the best reading of each.

    Both are means over tasks of the share of correct samples; samples without a program count as wrong, those with a
    harness error are left out. The second is an upper bound: it takes whichever reading passes.
    """

    samples: Count
    """Samples behind both figures."""
    reread: Count
    """Answers for which other readings were judged."""
    as_read: Share
    """Accuracy of the answers as read."""
    at_best: Share
    """Accuracy with the best reading of every answer."""
    recovered: tuple[RecoveredAnswer, ...]
    """The answers that make the difference, by task and index."""

    @property
    def gap(self) -> float:
        """Return the most that the choice of readings may cost, 0 to 1."""
        return self.at_best - self.as_read

    @property
    def is_large(self) -> bool:
        """Return whether the gap is above one percentage point."""
        return self.gap > WARNING_GAP
