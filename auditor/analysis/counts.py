"""The input of the analysis: samples, base passes and correct samples per model and task."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auditor.analysis.arrays import Ints
from auditor.errors import InputError
from auditor.text import plural

REACHED = 0.9
"""Share of the tasks that must have K samples for figures at K."""


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Counts without names, one entry per task: all that the formulas need."""

    n: Ints
    """Counted samples, at least 1: those with a label and, depending on the settings, those without a program."""
    base_passes: Ints
    """Samples that pass the base suite, which resampling would accept; at most ``n``."""
    correct: Ints
    """Samples that pass base and plus; at most ``base_passes``."""

    def __len__(self) -> int:
        """Count the tasks."""
        return len(self.n)

    @property
    def false_positives(self) -> Ints:
        """Return the samples that pass base and fail plus, per task."""
        return self.base_passes - self.correct

    @property
    def most_attempts(self) -> int:
        """Return the largest number of attempts that the samples support.

        It is the largest K for which a share :data:`REACHED` of the tasks has at least K samples, so that a few tasks
        with few samples do not shorten the curves of all. Figures at K are over the tasks with at least K samples.
        """
        if not len(self):
            return 0
        return int(np.sort(self.n)[len(self) - math.ceil(REACHED * len(self))])

    def reaching(self, attempts: int) -> NDArray[np.bool_]:
        """Return a mask of the tasks with at least this many samples."""
        return self.n >= attempts

    def allow(self, attempts: int) -> None:
        """Reject more attempts than :attr:`most_attempts`, naming a task with too few samples, or fewer than one."""
        if attempts < 1:
            raise InputError(f"{plural(attempts, 'attempt')} cannot be made", remedy="1 is the least")
        if attempts > self.most_attempts:
            self._refuse(
                ~self.reaching(attempts),
                f"has fewer samples than the {attempts} attempts requested",
                f"at most {plural(self.most_attempts, 'attempt')} here; extrapolation goes further, marked as such",
            )

    def _refuse(self, wrong: NDArray[np.bool_], what: str, remedy: str) -> None:
        if not wrong.any():
            return
        at = int(np.argmax(wrong))
        numbers = f"n={self.n[at]}, base_passes={self.base_passes[at]}, correct={self.correct[at]}"
        raise InputError(f"{self._place(at)} {what} ({numbers})", remedy=remedy)

    def _place(self, index: int) -> str:
        return f"task number {index + 1}"


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Counts(Tallies):
    """Counts of one model, one entry per task; 0 <= correct <= base_passes <= n and n >= 1.

    Anything else raises :class:`~auditor.errors.InputError` with the model's and the task's name.
    """

    model: str
    task_ids: tuple[str, ...]
    """Unique ids, in the order of the arrays."""
    families: tuple[str, ...] | None
    """The family of each task, if some are variants of one problem: families are then drawn instead of tasks."""
    false_negatives: Ints | None
    """Samples that fail base and pass plus; ``None`` if what fails base was not run on plus."""

    def __init__(
        self,
        model: str,
        task_ids: Sequence[str],
        n: ArrayLike,
        base_passes: ArrayLike,
        correct: ArrayLike,
        families: Sequence[str] | None = None,
        false_negatives: ArrayLike | None = None,
    ) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "task_ids", tuple(task_ids))
        object.__setattr__(self, "families", None if families is None else tuple(families))
        if self.families is not None and len(self.families) != len(self.task_ids):
            raise InputError(
                f"model {model!r}: {plural(len(self.families), 'family', 'families')} "
                f"for {plural(len(self.task_ids), 'task')}"
            )
        columns = {"n": n, "base_passes": base_passes, "correct": correct, "false_negatives": false_negatives}
        for name, given in columns.items():
            if given is None:
                object.__setattr__(self, name, None)
                continue
            with np.errstate(invalid="ignore"):  # anything but integers is rejected below
                array = np.asarray(given).astype(np.int64)
            if array.shape != (len(self.task_ids),) or np.any(array != np.asarray(given)):
                raise InputError(f"model {model!r}: {name} must have one integer per task")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        self._refuse_duplicates()
        self._refuse(self.n < 1, "has no sample", "leave the task out")
        self._refuse(self.correct < 0, "has a negative count", "counts start at 0")
        self._refuse(self.base_passes > self.n, "has more base passes than samples", "n >= base_passes")
        self._refuse(
            self.correct > self.base_passes,
            "has more correct samples than base passes",
            "correct means that base and plus both pass",
        )
        if self.false_negatives is not None:
            beyond = (self.false_negatives < 0) | (self.false_negatives > self.n - self.base_passes)
            self._refuse(beyond, "has impossible false negatives", "they must be among the samples that fail base")

    @classmethod
    def from_rows(cls, model: str, rows: Iterable[tuple[str, int, int, int]]) -> Counts:
        """Build counts from (task_id, n, base_passes, correct) rows."""
        table = list(rows)
        columns = np.array([row[1:] for row in table]).reshape(len(table), 3)
        return cls(model, tuple(row[0] for row in table), columns[:, 0], columns[:, 1], columns[:, 2])

    @property
    def samples(self) -> int:
        """Count the samples of all tasks."""
        return int(self.n.sum())

    def only(self, task_ids: Sequence[str]) -> Counts:
        """Return these tasks' counts in this order; an unknown task raises KeyError."""
        if tuple(task_ids) == self.task_ids:
            return self
        place = {task_id: index for index, task_id in enumerate(self.task_ids)}
        picked = [place[task_id] for task_id in task_ids]
        families = None if self.families is None else [self.families[index] for index in picked]
        arrays = self.n[picked], self.base_passes[picked], self.correct[picked]
        missed = None if self.false_negatives is None else self.false_negatives[picked]
        return Counts(self.model, tuple(task_ids), *arrays, families, missed)

    @property
    def clusters(self) -> Ints | None:
        """Number each task's family, from 0; ``None`` if no task has a family."""
        if self.families is None or len(set(self.families)) == len(self.families):
            return None
        numbers = {name: number for number, name in enumerate(dict.fromkeys(self.families))}
        return np.array([numbers[name] for name in self.families], dtype=np.int64)

    def with_samples(self, attempts: int) -> Counts:
        """Return the counts of the tasks with at least this many samples."""
        if self.reaching(attempts).all():
            return self
        return self.only([one for one, kept in zip(self.task_ids, self.reaching(attempts), strict=True) if kept])

    def without(self, task_ids: Collection[str]) -> Counts:
        """Return the counts of all other tasks."""
        return self.only([task_id for task_id in self.task_ids if task_id not in task_ids])

    def _place(self, index: int) -> str:
        return f"model {self.model!r}, task {self.task_ids[index]!r}"

    def _refuse_duplicates(self) -> None:
        if len(set(self.task_ids)) == len(self.task_ids):
            return
        twice = next(task_id for place, task_id in enumerate(self.task_ids) if task_id in self.task_ids[:place])
        raise InputError(f"model {self.model!r}, task {twice!r} is given twice", remedy="one row per model and task")


def common_tasks(first: Counts, second: Counts) -> tuple[str, ...]:
    """List the tasks that both models have, in the first one's order."""
    if first.task_ids == second.task_ids:
        return first.task_ids
    there = set(second.task_ids)
    return tuple(task_id for task_id in first.task_ids if task_id in there)
