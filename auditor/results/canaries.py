"""Impossible variants of tasks: a model that passes one knows its tests or special-cases their inputs."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.results.estimate import Count, Document, ShareEstimate

CANARY = "canary"
"""The slice that marks an impossible variant; its value names the change."""
REASON = "an impossible variant (canary)"
"""The reason for which the analysis leaves such a task out of every other figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries(Document):
    """One model's samples on impossible variants of tasks."""

    tasks: Count
    """Number of impossible variants with a sample that could be judged."""
    samples: Count
    """Samples of these variants that could be judged; one without a program counts as not passing."""
    passed: Count
    """Samples that pass the base suite."""
    rate: ShareEstimate
    """Share of the samples that pass, pooled; interval over tasks."""
    passed_tasks: tuple[str, ...]
    """Variants that a sample passes, in the benchmark's order."""
