"""A model's figures by slices of the tasks: by difficulty, before and after a date, by a tag."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.results.estimate import Count, Difference, Document, Positive, ShareEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceFigures(Document):
    """One slice with enough tasks, and how it differs from the other tasks of its grouping."""

    name: str
    """Label of its tasks, e.g. `hard` or `from 2024-08`."""
    tasks: Positive
    """Tasks in it."""
    samples: Positive
    """Counted samples of these tasks."""
    single_sample_accuracy: ShareEstimate
    """As the figure of that name, over these tasks."""
    acceptance: ShareEstimate
    """As the figure of that name, over these tasks."""
    conditional_accuracy: ShareEstimate
    """As the figure of that name, over these tasks, at the same K."""
    false_discovery_rate: ShareEstimate
    """As the figure of that name, over these tasks, at the same K."""
    accuracy_difference: Difference | None
    """Its single-sample accuracy minus that of the other tasks, adjusted over the grouping's slices; null if there are
    too few other tasks. `tasks` counts those of both.
    """
    false_discovery_difference: Difference | None
    """The same for the false discovery rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinSlice(Document):
    """A slice with too few tasks for figures."""

    name: str
    """Label of its tasks."""
    tasks: Positive
    """Tasks in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicing(Document):
    """A model's tasks grouped in one way."""

    by: str
    """The grouping as written in the settings: `difficulty`, `date>=2024-08`."""
    attempts: Positive
    """K of conditional accuracy and the false discovery rate; the same as over all tasks."""
    slices: tuple[SliceFigures, ...]
    """Slices with enough tasks, ordered by value; of two sides, the one that the settings name comes first."""
    thin: tuple[ThinSlice, ...] = ()
    """Slices with too few tasks."""
    unsorted: Count = 0
    """Tasks in no slice: they lack the attribute, or its value cannot be compared."""
    least_tasks: Positive
    """Fewest tasks for a slice to have figures."""

    @property
    def is_cutoff(self) -> bool:
        """Return whether the tasks were cut in two, so that one difference is enough."""
        return any(mark in self.by for mark in "<>=")
