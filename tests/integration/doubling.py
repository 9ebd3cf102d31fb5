"""Two tasks of one function, with inputs and with a script, and a program's verdicts on them."""

from __future__ import annotations

from auditor.records import AssertSuite, InputSuite, Program, SuiteName, Task, Verdict, program_id
from auditor.targets import Target
from auditor.verify import Verifier

DOUBLE = "def double(x):\n    return [x, 2 * x]\n"
INPUTS = Task(
    "T/inputs", "", Target.function("double"), DOUBLE,
    InputSuite(tuple((n,) for n in range(4))), InputSuite(tuple((n,) for n in range(40))),
)  # fmt: skip
SCRIPTS = Task(
    "T/script", "", Target.function("double"), DOUBLE,
    AssertSuite("def check(candidate):\n    assert candidate(1) == [1, 2]\n    assert candidate(3) == [3, 6]\n"),
    AssertSuite("assert double(5)[1] == 10\n"),
)  # fmt: skip
TASKS = {task.task_id: task for task in (INPUTS, SCRIPTS)}


def verdicts(verifier: Verifier, source: str, task: Task = INPUTS) -> dict[SuiteName, Verdict]:
    (found,) = verifier.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    return {verdict.suite: verdict for verdict in found}
