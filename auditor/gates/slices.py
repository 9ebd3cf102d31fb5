"""Rules on part of the tasks: the slice that a rule names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.gates.metrics import Unavailable
from auditor.gates.view import ModelView
from auditor.slices import SliceRule, members, names


@dataclass(frozen=True, slots=True)
class TaskPart:
    """The tasks of one slice, among those that a model was to answer."""

    rule: str
    """The slice, as the rule names it."""
    tasks: frozenset[str]
    """Ids of the tasks in it, including those without a sample."""
    reached: int
    """How many of them have a counted sample."""
    known: tuple[str, ...]
    """Attributes by which the run's tasks can be grouped."""

    def view(self, model: ModelView) -> ModelView:
        """Restrict a model to these tasks; figures of the report, which are over all tasks, are left out."""
        kept = tuple(task for task in model.counts.task_ids if task in self.tasks)
        return replace(model.only(kept), report=None)

    def refuse_empty(self) -> None:
        """Raise :class:`Unavailable` if no task is in the slice, naming the attributes of the tasks."""
        if not self.tasks:
            there = f"they have {', '.join(self.known)}" if self.known else "they carry none"
            raise Unavailable(f"no task to analyse is in the slice {self.rule} ({there})")

    def uncovered(self, least: float) -> str:
        """Say that too few of the slice's tasks have samples, if so."""
        if self.reached >= least * len(self.tasks):
            return ""
        return f"only {self.reached} of {len(self.tasks)} tasks of the slice have samples (min_coverage {least:g})"


def part_of(model: ModelView, rule: str) -> TaskPart:
    """Find the tasks of a slice such as ``difficulty=hard`` by the attributes of the run's tasks."""
    tasks = frozenset(members(SliceRule.parse(rule), model.tasks))
    return TaskPart(rule, tasks, len(tasks & set(model.counts.task_ids)), names(model.tasks.values()))
