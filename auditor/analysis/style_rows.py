"""The accepted programs for comparisons of style, as columns, and their sums by task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from auditor.analysis.arrays import Floats, Ints, Mask
from auditor.analysis.stratified import Layout
from auditor.records import Label

UnitSums = tuple[Floats, Floats]
"""For each unit, the sums of weight times value and of weight."""

ACCEPTED = (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)
_MET = {True: 1.0, False: 0.0, None: float("nan")}
"""Adherence as a number."""


class Rule(NamedTuple):
    """A linter's rule, as in a finding."""

    tool: str
    rule: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class StyleRow:
    """One program of one model: its label and its style."""

    model: str
    task_id: str
    program: str
    """Its id; equal texts of one task share it, even across models."""
    samples: int
    """Number of the model's samples with this program; its weight."""
    label: Label
    score: float | None
    """Score, 0 to 1; ``None`` if there is none."""
    adherence: Mapping[str, bool | None]
    """Criterion id → met; ``None`` if it does not apply."""
    rules: frozenset[tuple[str, str, str, str]]
    """(tool, rule, name, url) of every rule that fired on the model's own lines."""


@dataclass(frozen=True, eq=False)
class StyleTable:
    """Accepted programs of one or more models as columns, ordered by task, model and program id.

    Every column has one entry per row. A unit is a (model, task); a bootstrap draws tasks, with all their units.
    """

    model: Ints
    """Number of each row's model."""
    task: Ints
    """Number of each row's task, ascending."""
    program: Ints
    """Number of each row's program; several models may have written it."""
    false: Mask
    """Rows that are false positives; the others are true positives."""
    weight: Floats
    """Samples of each row."""
    score: Floats
    """0 to 1; NaN if the rubric gives none."""
    adherence: Mapping[str, Floats]
    """Criterion id → 1 met, 0 not met, NaN if it does not apply."""
    rules: Sequence[tuple[str, str, str, str]]
    """(tool, rule, name, url), sorted."""
    fired: Ints
    """Shape (pairs, 2): index in ``rules`` and row, for each rule that fired on the model's own lines; sorted."""

    @classmethod
    def of(cls, rows: Iterable[StyleRow]) -> Self:
        """Build the columns from the accepted programs among the rows."""
        accepted = sorted(
            (row for row in rows if row.label in ACCEPTED), key=lambda row: (row.task_id, row.model, row.program)
        )
        criteria = sorted({name for row in accepted for name in row.adherence})
        rules = sorted({rule for row in accepted for rule in row.rules})
        pairs = [(rules.index(rule), place) for place, row in enumerate(accepted) for rule in row.rules]
        return cls(
            model=_numbers([row.model for row in accepted]),
            task=_numbers([row.task_id for row in accepted]),
            program=_numbers([row.program for row in accepted]),
            false=np.array([row.label is Label.FALSE_POSITIVE for row in accepted], dtype=np.bool_),
            weight=np.array([row.samples for row in accepted], dtype=np.float64),
            score=np.array([row.score for row in accepted], dtype=np.float64),  # None becomes NaN
            adherence={name: met([row.adherence for row in accepted], name) for name in criteria},
            rules=rules,
            fired=np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2),
        )

    def select(self, rows: Mask) -> Self:
        """Return some of the rows, in their order."""
        place = np.cumsum(rows) - 1
        fired = self.fired[rows[self.fired[:, 1]]]
        return replace(
            self,
            model=self.model[rows],
            task=self.task[rows],
            program=self.program[rows],
            false=self.false[rows],
            weight=self.weight[rows],
            score=self.score[rows],
            adherence={name: values[rows] for name, values in self.adherence.items()},
            fired=np.stack((fired[:, 0], place[fired[:, 1]]), axis=1),
        )

    def __len__(self) -> int:
        return len(self.weight)

    @cached_property
    def unit(self) -> Ints:
        """Return the unit of each row, from 0, ascending."""
        return _inverse(self.task * (self.model.max(initial=0) + 1) + self.model)

    @cached_property
    def task_of_unit(self) -> Ints:
        """Return the task of each unit, from 0, so that units of several models on one task are drawn together."""
        return _inverse(self.task)[np.unique(self.unit, return_index=True)[1]]

    @cached_property
    def _programs(self) -> Ints:
        return _inverse(self.program)

    @cached_property
    def once(self) -> Mask:
        """Mark the first row of each program."""
        marked = np.zeros(len(self), dtype=np.bool_)
        marked[np.unique(self.program, return_index=True)[1]] = True
        return marked

    def layout(self, known: Mask) -> Layout:
        """Return the strata of the programs with a known value, cached by mask."""
        key = known.tobytes()
        if key not in self._layouts:
            self._layouts[key] = Layout.of(known, self.false, self.unit, self.task_of_unit[self.unit])
        return self._layouts[key]

    @cached_property
    def _layouts(self) -> dict[bytes, Layout]:
        return {}

    def distinct(self, rows: Mask | Ints) -> int:
        """Count the distinct programs of some rows."""
        return int(np.count_nonzero(np.bincount(self._programs[rows])))

    @cached_property
    def units(self) -> int:
        """Return the number of (model, task) pairs."""
        return len(self.task_of_unit)

    @cached_property
    def tasks(self) -> int:
        """Return the number of tasks."""
        return int(self.task_of_unit.max(initial=-1)) + 1

    def per_unit(self, values: Floats, rows: Mask) -> UnitSums:
        """Sum weight times value, and weight, by unit over ``rows`` whose value is a number."""
        chosen = rows & ~np.isnan(values)
        unit, weight = self.unit[chosen], self.weight[chosen]
        return (
            np.bincount(unit, weight * values[chosen], self.units).astype(np.float64),
            np.bincount(unit, weight, self.units).astype(np.float64),
        )

    def per_task(self, of_units: Floats) -> Floats:
        """Sum numbers of units by task."""
        return np.bincount(self.task_of_unit, of_units, self.tasks).astype(np.float64)


def met(adherences: Sequence[Mapping[str, bool | None]], criterion: str) -> Floats:
    """Return whether each of some adherences meets a criterion: 1, 0, or NaN if it does not apply."""
    return np.array([_MET[one.get(criterion)] for one in adherences], dtype=np.float64)


def _numbers(names: Sequence[str]) -> Ints:
    """Return the index of each name among the sorted distinct ones."""
    place = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([place[name] for name in names], dtype=np.int64)


def _inverse(numbers: Ints) -> Ints:
    """Renumber from 0 without gaps, in the same order."""
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64).reshape(-1)
