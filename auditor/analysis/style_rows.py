"""The rows behind every comparison of style, and what they add up to by task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from auditor.records import Label

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Rule(NamedTuple):
    """A linter's rule as a finding names it."""

    tool: str
    rule: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class StyleRow:
    """One program of one model: its label and what the rubric says of it."""

    model: str
    task_id: str
    program: str
    """Its id; equal texts of one task share it, also between models."""
    samples: int
    """How many of the model's samples are this program; its weight."""
    label: Label
    score: float | None
    """0 to 1; ``None`` where the rubric gives none."""
    adherence: Mapping[str, bool | None]
    """Criterion id → met; ``None`` where it does not apply."""
    rules: frozenset[tuple[str, str, str, str]]
    """(tool, rule, name, url) of every rule that fired on the model's own lines."""


@dataclass(frozen=True)
class StyleTable:
    """Accepted rows as columns. A unit is a (model, task); a bootstrap draws tasks, with all their units."""

    unit: Ints
    """Unit of each row."""
    task_of_unit: Ints
    """Task of each unit, so units of several models on one task are drawn together."""
    false: Mask
    """Rows that are false positives; the others are true positives."""
    weight: Floats
    """Samples of each row."""
    program: Ints
    """Number of each row's program; several models may have written it."""

    @cached_property
    def once(self) -> Mask:
        """Marks each program where it comes first."""
        marked = np.zeros(len(self.program), dtype=np.bool_)
        marked[np.unique(self.program, return_index=True)[1]] = True
        return marked

    def distinct(self, rows: Mask | Sequence[int]) -> int:
        """Count the different programs of some rows."""
        return int(np.count_nonzero(np.bincount(self.program[rows])))

    @property
    def units(self) -> int:
        """Count the (model, task) pairs."""
        return len(self.task_of_unit)

    @property
    def tasks(self) -> int:
        """Count the tasks."""
        return int(self.task_of_unit.max(initial=-1)) + 1

    def per_unit(self, values: Floats, rows: Mask) -> tuple[Floats, Floats]:
        """Sum weight times value, and weight, by unit over ``rows`` whose value is a number."""
        chosen = rows & ~np.isnan(values)
        unit, weight = self.unit[chosen], self.weight[chosen]
        return (
            np.bincount(unit, weight * values[chosen], self.units).astype(np.float64),
            np.bincount(unit, weight, self.units).astype(np.float64),
        )

    def per_task(self, of_units: Floats) -> Floats:
        """Add up numbers of units by task."""
        return np.bincount(self.task_of_unit, of_units, self.tasks).astype(np.float64)


def tabulate(rows: Sequence[StyleRow]) -> tuple[list[StyleRow], StyleTable]:
    """Keep the accepted rows, ordered by task, model and program, and lay them out as columns."""
    labels = (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)
    accepted = sorted(
        (row for row in rows if row.label in labels), key=lambda row: (row.task_id, row.model, row.program)
    )
    units: dict[tuple[str, str], int] = {}
    tasks: dict[str, int] = {}
    programs: dict[str, int] = {}
    unit = [units.setdefault((row.task_id, row.model), len(units)) for row in accepted]
    task_of_unit = [tasks.setdefault(task, len(tasks)) for task, _ in units]
    return accepted, StyleTable(
        np.array(unit, dtype=np.int64),
        np.array(task_of_unit, dtype=np.int64),
        np.array([row.label is Label.FALSE_POSITIVE for row in accepted], dtype=np.bool_),
        np.array([row.samples for row in accepted], dtype=np.float64),
        np.array([programs.setdefault(row.program, len(programs)) for row in accepted], dtype=np.int64),
    )
