"""A model's figures by slices of the tasks: by difficulty, before and after a date, by a tag."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.results.estimate import Count, Difference, Document, Positive, ShareEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceFigures(Document):
    """One slice with enough tasks, and how it differs from the other tasks of its grouping."""

    name: str
    """What its tasks have in common, e.g. `hard` or `from 2024-08`."""
    tasks: Positive
    """Tasks in it."""
    samples: Positive
    """Samples of these tasks that count."""
    single_sample_accuracy: ShareEstimate
    """As the figure of that name, over these tasks."""
    acceptance: ShareEstimate
    """As the figure of that name, over these tasks."""
    conditional_accuracy: ShareEstimate
    """As the figure of that name, over these tasks, at the same K."""
    false_discovery_rate: ShareEstimate
    """As the figure of that name, over these tasks, at the same K."""
    accuracy_difference: Difference | None
    """Its single-sample accuracy minus that of the other tasks, adjusted over the grouping's slices; null where too
    few other tasks are there. `tasks` counts those of both."""
    false_discovery_difference: Difference | None
    """The same of the false discovery rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinSlice(Document):
    """A slice with too few tasks for figures."""

    name: str
    """What its tasks have in common."""
    tasks: Positive
    """Tasks in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicing(Document):
    """A model's tasks grouped in one way."""

    by: str
    """The grouping, as the settings write it: `difficulty`, `date>=2024-08`."""
    attempts: Positive
    """K of conditional accuracy and the false discovery rate, as of all tasks."""
    slices: tuple[SliceFigures, ...]
    """Those with enough tasks, in the order of their values; of two sides the one that the settings name first."""
    thin: tuple[ThinSlice, ...] = ()
    """Those with too few."""
    unsorted: Count = 0
    """Tasks that are in none: they say nothing of it, or nothing that can be compared."""
    least_tasks: Positive
    """Fewest tasks of a slice that has figures."""

    @property
    def is_cutoff(self) -> bool:
        """Whether the tasks were cut in two, so that one difference says it all."""
        return any(mark in self.by for mark in "<>=")
