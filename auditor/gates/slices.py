"""Rules on part of the tasks: the slice that a rule names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.gates.metrics import Unavailable
from auditor.gates.view import ModelView
from auditor.slices import Pairs, SliceRule, members, names


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
    meant: str = ""
    """A slice with tasks that is written almost alike; empty if there is none."""

    def view(self, model: ModelView) -> ModelView:
        """Restrict a model to these tasks; figures of the report, which are over all tasks, are left out."""
        kept = tuple(task for task in model.counts.task_ids if task in self.tasks)
        return replace(model.only(kept), report=None)

    def refuse_empty(self) -> None:
        """Raise :class:`Unavailable` if no task is in the slice, naming the attributes of the tasks."""
        if not self.tasks:
            there = f"they have {', '.join(self.known)}" if self.known else "they carry none"
            hint = f"; did you mean {self.meant!r}?" if self.meant else ""
            raise Unavailable(f"no task to analyse is in the slice {self.rule} ({there}{hint})")

    def uncovered(self, least: float) -> str:
        """Say that too few of the slice's tasks have samples, if so."""
        if self.reached >= least * len(self.tasks):
            return ""
        return f"only {self.reached} of {len(self.tasks)} tasks of the slice have samples (min_coverage {least:g})"


def part_of(model: ModelView, rule: str) -> TaskPart:
    """Find the tasks of a slice such as ``difficulty=hard`` by the attributes of the run's tasks."""
    parsed = SliceRule.parse(rule)
    tasks = frozenset(members(parsed, model.tasks))
    known = names(model.tasks.values())
    return TaskPart(rule, tasks, len(tasks & set(model.counts.task_ids)), known, _meant(parsed, model.tasks, known))


def _meant(rule: SliceRule, tasks: Mapping[str, Pairs], known: Sequence[str]) -> str:
    """Return the rule with the nearest name or value that tasks have; empty if none is near."""
    values = {value for pairs in tasks.values() for name, value in pairs if name == rule.name}
    relation = rule.relation.value if rule.relation else ""
    if rule.name not in known:
        near = difflib.get_close_matches(rule.name, known, n=1, cutoff=0.6)
        return f"{near[0]}{relation}{rule.value}" if near else ""
    near = difflib.get_close_matches(rule.value, sorted(values), n=1, cutoff=0.6)
    return f"{rule.name}{relation}{near[0]}" if near and near[0] != rule.value else ""
