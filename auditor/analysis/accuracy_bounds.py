"""Bounds of single-sample accuracy if samples have no verdict: all of them wrong, all of them correct."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from auditor.results import AccuracyBounds


@dataclass(frozen=True, slots=True)
class UnjudgedSamples:
    """The samples of one task and model, by whether they have a verdict."""

    task_id: str
    """The task."""
    judged: int
    """Samples with a verdict on base and, if it passes, on plus."""
    correct: int
    """Samples that pass both."""
    unanswered: int
    """Samples without a program."""
    harness_errors: int
    """Samples without a verdict because the harness failed."""


def accuracy_bounds(rows: Sequence[UnjudgedSamples], excluded: Collection[str] = ()) -> AccuracyBounds | None:
    """Return the means over tasks of t/n and (t + u)/n, where n is all samples drawn and u those without a verdict.

    ``None`` if every sample has one. These are the widest bounds that any assumption about the missing verdicts
    allows (Manski 1989, Journal of Human Resources 24).
    """
    kept = [row for row in rows if row.task_id not in excluded and row.judged + row.unanswered + row.harness_errors]
    unanswered, errors = sum(row.unanswered for row in kept), sum(row.harness_errors for row in kept)
    if not unanswered + errors:
        return None
    drawn = [row.judged + row.unanswered + row.harness_errors for row in kept]
    low = sum(row.correct / n for row, n in zip(kept, drawn, strict=True)) / len(kept)
    open_ = sum((row.unanswered + row.harness_errors) / n for row, n in zip(kept, drawn, strict=True)) / len(kept)
    return AccuracyBounds(
        low=low, high=min(1.0, low + open_), harness_errors=errors, unanswered=unanswered, tasks=len(kept)
    )
