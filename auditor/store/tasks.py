"""The tasks of a run: what they require, and which are unfit or excluded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from auditor.records import Task
from auditor.store.database import Database
from auditor.store.packing import storable
from auditor.store.rows import StoredTask
from auditor.targets import Target, TargetKind

_ADD = """
INSERT OR IGNORE INTO task (task_id, position, prompt, kind, target, reference, base_tests, plus_tests, family, slices)
VALUES (:task_id, :position, :prompt, :kind, :target, :reference, :base_tests, :plus_tests, :family, :slices)
"""


class Tasks(Database):
    """Access to tasks."""

    def add_tasks(self, tasks: Iterable[Task]) -> None:
        """Add a benchmark's tasks in their order; existing ones stay unchanged."""
        self._write(
            _ADD,
            (
                {
                    "task_id": task.task_id,
                    "position": position,
                    "prompt": storable(task.prompt),
                    "kind": task.target.kind,
                    "target": task.target.name,
                    "reference": storable(task.reference),
                    "base_tests": len(task.base),
                    "plus_tests": len(task.plus),
                    "family": task.family,
                    "slices": json.dumps(task.slices, ensure_ascii=False),
                }
                for position, task in enumerate(tasks)
            ),
        )

    def update_slices(self, tasks: Iterable[Task]) -> None:
        """Update the attributes of tasks: they decide no verdict, so a benchmark's file may change them."""
        changed = [(json.dumps(task.slices, ensure_ascii=False), task.task_id) for task in tasks]
        self._write("UPDATE task SET slices = ? WHERE task_id = ? AND slices <> ?", [(*row, row[0]) for row in changed])

    def mark_unfit(self, reasons: Mapping[str, str]) -> None:
        """Record why tasks are unfit: their reference fails here."""
        self._write("UPDATE task SET unfit = ? WHERE task_id = ?", [(why, task) for task, why in reasons.items()])

    def mark_excluded(self, reasons: Mapping[str, str]) -> None:
        """Record which tasks the analysis leaves out, and why; all others are included."""
        with self.transaction():
            self._write("UPDATE task SET excluded = NULL WHERE excluded IS NOT NULL", [()])
            self._write(
                "UPDATE task SET excluded = ? WHERE task_id = ?", [(why, task) for task, why in reasons.items()]
            )

    def tasks(self) -> list[StoredTask]:
        """Return the tasks in the benchmark's order."""
        return [
            StoredTask(
                task_id=row["task_id"],
                prompt=row["prompt"],
                target=Target(TargetKind(row["kind"]), row["target"]),
                reference=row["reference"],
                base_tests=row["base_tests"],
                plus_tests=row["plus_tests"],
                family=row["family"],
                slices=tuple((name, value) for name, value in json.loads(row["slices"])),
                unfit=row["unfit"],
                excluded=row["excluded"],
            )
            for row in self._rows("SELECT * FROM task ORDER BY position")
        ]
