"""A third corpus, written in a review by somebody who had not read the judge when it began.

``tasks.jsonl`` holds tasks in the format of own tasks, ``programs.jsonl`` the programs: ``right`` says that one has
to pass, ``burns`` that it takes its time, ``reads`` that it opens files. ``python -m tests.hostile.fresh LEVEL`` runs
all of them at a level of confinement, as the user who starts it, and prints what came out otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.records import Task

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class FreshProgram:
    """One program and what has to come of it."""

    task_id: str
    name: str
    right: bool
    """Whether it has to pass; one that has not must fail, and be charged with it."""
    burns: bool
    """It takes longer than a test has time for."""
    reads: bool
    """It opens files of the standard library or the system, which takes Landlock."""
    solution: str


def fresh_tasks() -> dict[str, Task]:
    """Read the tasks, by id."""
    return {task.task_id: task for task in load_benchmark(FOLDER / "tasks.jsonl").tasks}


def fresh_programs() -> Iterator[FreshProgram]:
    """Read the programs."""
    for line in (FOLDER / "programs.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        flags = (row.get(name, False) for name in ("right", "burns", "reads"))
        yield FreshProgram(row["task_id"], row["name"], *flags, row["solution"])
