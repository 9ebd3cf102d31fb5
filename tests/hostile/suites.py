"""The tasks that hostile programs are run against: each kind of suite and of oracle."""

from __future__ import annotations

from auditor.records import AssertSuite, InputSuite, Task
from auditor.targets import Target

CALLS = tuple((list(range(n, 3 * n + 2)),) for n in range(1, 7))
"""Inputs of every suite: lists of integers, none empty."""

NUMBER = "def solve(items):\n    return sum(i * i for i in items) + len(items)\n"
VALUES = "def solve(items):\n    return [(i, str(i)) for i in sorted(items, reverse=True)]\n"
FRACTION = "def solve(items):\n    return sum(items) / 7 + 0.25\n"
TALLY = "def solve(items):\n    return {str(i % 3): sum(j % 3 == i % 3 for j in items) for i in items}\n"
DISTINCT = "def solve(items):\n    return [i // 2 for i in items]\n"
ROOT = "def solve(items):\n    return -items[0] / items[1]\n"
SCRIPT = """
import math

for size in range(1, 7):
    items = list(range(size, 3 * size + 2))
    expected = sum(i * i for i in items) + len(items)
    assert candidate(list(items)) == expected
    assert math.isclose(solve(items), expected)
    assert not candidate(list(items)) != expected
    assert candidate(items) in (expected,)
"""


TARGET = Target.function("solve")


def _task(name: str, reference: str, calls: tuple[tuple[list[int]], ...] = CALLS, oracle: str | None = None) -> Task:
    suite = InputSuite(calls, oracle=oracle)
    return Task(
        f"Hostile/{name}",
        "def solve(items):\n",
        TARGET,
        reference,
        suite,
        InputSuite(calls, oracle=oracle),
    )


TASKS = {
    task.task_id: task
    for task in (
        _task("number", NUMBER),
        _task("values", VALUES),
        _task("fraction", FRACTION),
        _task("tally", TALLY),
        _task("distinct", DISTINCT, oracle="set"),
        _task("root", ROOT, tuple(([n, 2 * n + 1],) for n in range(1, 7)), oracle="find_zero"),
        _task("kind", "def solve(items):\n    return object()\n", oracle="not_none"),
        Task(
            "Hostile/script",
            "def solve(items):\n",
            TARGET,
            NUMBER,
            AssertSuite(SCRIPT),
            AssertSuite(SCRIPT),
        ),
    )
}
