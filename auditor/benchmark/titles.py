"""Tasks that two collections share under other ids: one may name by a problem's title what the other numbers."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from auditor.records import Benchmark, Task

_OTHERS = re.compile(r"[^a-z0-9]+")


def slug(title: str) -> str:
    """Return a title as LeetCode writes it in addresses: small letters and digits, joined by hyphens."""
    return _OTHERS.sub("-", title.lower()).strip("-")


def same_tasks(second: Benchmark, first: Benchmark, due: Collection[str]) -> dict[str, Task]:
    """Return the tasks of a second source by the ids that the first one has for them.

    ``due`` are the ids that are wanted. Ids are compared first; where no id is the same, titles.
    """
    found = {task.task_id: task for task in second.tasks if task.task_id in due}
    if found:
        return found
    ids = {first.titles.get(task_id, task_id): task_id for task_id in due}
    titled = {ids.get(second.titles.get(task.task_id, task.task_id)): task for task in second.tasks}
    return {task_id: replace(task, task_id=task_id) for task_id, task in titled.items() if task_id is not None}
