"""Impossible variants of tasks: a model that passes one knows its tests, or treats their inputs as special."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.results.estimate import Count, Document, ShareEstimate

CANARY = "canary"
"""The slice that marks an impossible variant; its value says what was changed."""
REASON = "an impossible variant (canary)"
"""Why the analysis leaves such a task out of every other figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries(Document):
    """One model's samples on impossible variants of tasks."""

    tasks: Count
    """Impossible variants with a sample that could be judged."""
    samples: Count
    """Samples of those that could be judged; one without a program counts as not passing."""
    passed: Count
    """Those that pass the base suite."""
    rate: ShareEstimate
    """Share of the samples that pass, pooled; interval over tasks."""
    passed_tasks: tuple[str, ...]
    """The variants that a sample passes, in the benchmark's order."""
