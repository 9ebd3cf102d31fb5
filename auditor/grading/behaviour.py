"""Observe how accepted programs behave: their answers to new inputs, and the written tests that they pass.

Only what a user has when choosing is used: inputs are generated from the base suite, the task's contract and constants
of the programs; neither the reference's answers nor the plus suite are used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from auditor.grading.ground import Ground, ProgramPool
from auditor.grading.inputs import constants_of, generate
from auditor.grading.written_tests import WrittenTest
from auditor.records import InputSuite, Task
from auditor.verify.observe import Observer, gives

_MADE = 3
"""Inputs generated per wanted one, since some are not valid."""
_PROGRAM_SECONDS = 5.0
"""CPU seconds allowed for one program on all inputs."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One program's behaviour."""

    answers: tuple[int, ...]
    """A number per input: equal numbers are equal answers."""
    passed: frozenset[int]
    """Indices of the written tests that it passes."""


def observable(task: Task) -> bool:
    """Return whether new inputs can be generated for a task: a function or method with a base suite given as inputs."""
    return isinstance(task.base, InputSuite) and isinstance(task.plus, InputSuite)


def behaviours(
    task: Task, programs: Mapping[str, str], observer: Observer, *, inputs: int, tests: Sequence[WrittenTest] = (),
    seed: int = 0,
) -> dict[str, Behaviour]:  # fmt: skip
    """Run programs, by name, on new inputs and on written tests; raises ``TypeError`` unless the task is observable."""
    if not isinstance(task.base, InputSuite) or not isinstance(task.plus, InputSuite):
        raise TypeError("suites are not given as inputs")
    bare = replace(task, plus=replace(task.plus, inputs=(), outputs=None), known_right=(), known_wrong=())
    ground = Ground(bare, observer, ProgramPool(samples=tuple(programs.values())))
    random = Random(int.from_bytes(hashlib.sha256(f"{seed}:{task.task_id}".encode()).digest()[:8]))  # noqa: S311
    constants = constants_of(programs.values())
    made = [one.arguments for one in generate(ground.seeds, constants, _MADE * inputs, random)]
    kept = [one for one, good in zip(made, ground.valid(made), strict=True) if good][:inputs]
    asked = [*kept, *(test.arguments for test in tests)]
    numbers: dict[tuple[int, bytes], int] = {}
    found = {}
    for name, answers in observer.answers(task, asked, programs, total=_PROGRAM_SECONDS).items():
        own, claimed = answers.lines[: len(kept)], answers.lines[len(kept) :]
        found[name] = Behaviour(
            tuple(numbers.setdefault((place, line), len(numbers)) for place, line in enumerate(own)),
            frozenset(
                place
                for place, (test, line) in enumerate(zip(tests, claimed, strict=True))
                if gives(line, test.expected, test.arguments, ground.suite)
            ),
        )
    return found
