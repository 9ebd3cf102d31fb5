"""The verifier as its callers meet it: programs in, verdicts out, in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.verify import Verifier

DOUBLE = "def double(x):\n    return [x, 2 * x]\n"
INPUTS = Task(
    "T/inputs", "", "double", DOUBLE,
    InputSuite(tuple((n,) for n in range(4))), InputSuite(tuple((n,) for n in range(40))),
)  # fmt: skip
SCRIPTS = Task(
    "T/script", "", "double", DOUBLE,
    AssertSuite("def check(candidate):\n    assert candidate(1) == [1, 2]\n    assert candidate(3) == [3, 6]\n"),
    AssertSuite("assert double(5)[1] == 10\n"),
)  # fmt: skip
TASKS = {task.task_id: task for task in (INPUTS, SCRIPTS)}


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(TASKS, VerifyConfig(workers=2, timeout=1.0)) as opened:
        yield opened


def verdicts(verifier: Verifier, source: str, task: Task = INPUTS) -> dict[SuiteName, Verdict]:
    (found,) = verifier.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    return {verdict.suite: verdict for verdict in found}


OUTCOMES = {
    "right": (DOUBLE, Outcome.PASS),
    "wrong": ("def double(x):\n    return [x]\n", Outcome.FAIL),
    "raises": ("def double(x):\n    raise ValueError('no')\n", Outcome.FAIL),
    "exits at import": ("import sys\nsys.exit()\n", Outcome.FAIL),
    "does not parse": ("def double(x:\n", Outcome.INVALID),
    "lone surrogate": ("def double(x):\n    return '\udc80'\n", Outcome.INVALID),
    "lacks the entry point": ("x = 1\n", Outcome.INVALID),
    "loops": ("def double(x):\n    while True:\n        pass\n", Outcome.TIMEOUT),
    "sleeps": ("import time\ndef double(x):\n    time.sleep(60)\n", Outcome.TIMEOUT),
    "takes all memory": ("def double(x):\n    return [0] * 10**11\n", Outcome.MEMORY),
    "leaves": ("import os\ndef double(x):\n    os._exit(0)\n", Outcome.CRASH),
    "segfaults": ("import ctypes\ndef double(x):\n    ctypes.string_at(0)\n", Outcome.CRASH),
}


@pytest.mark.parametrize("task", [INPUTS, SCRIPTS], ids=["inputs", "script"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes(verifier: Verifier, name: str, task: Task) -> None:
    """Every way to end has its own outcome, whichever kind of suite, and names the failing test where there is one."""
    source, outcome = OUTCOMES[name]
    found = verdicts(verifier, source, task)
    base = found[SuiteName.BASE]
    assert (base.outcome, base.sandbox) == (outcome, verifier.level), base
    assert (SuiteName.PLUS in found) == (outcome is Outcome.PASS)
    assert not base.flaky


def test_references_pass(verifier: Verifier) -> None:
    """Every reference passes both of its own suites."""
    assert verifier.check_references() == {}


def test_slow_on_both_suites(verifier: Verifier) -> None:
    """A program that outlasts its first run on base and again on plus gets both verdicts, from second runs."""
    slow = """
import time

def double(x):
    end = time.process_time() + (0.4 if x == 2 else 0)
    while time.process_time() < end:
        pass
    return [x, 2 * x]
"""
    found = verdicts(verifier, slow)
    assert [found[suite].outcome for suite in SuiteName] == [Outcome.PASS, Outcome.PASS]
    assert not any(verdict.flaky for verdict in found.values())


def test_a_plain_failure_settles_a_slow_program(verifier: Verifier) -> None:
    """Where one test is slow and a later one fails plainly, the suite has failed and nothing runs again."""
    source = "def double(x):\n    while x == 1:\n        pass\n    return [x]\n"
    base = verdicts(verifier, source)[SuiteName.BASE]
    assert base.outcome is Outcome.FAIL
    assert base.failing is not None
    quick = "def double(x):\n    while x == 1:\n        pass\n    return [x, 2 * x] if x < 3 else 0\n"
    base = verdicts(verifier, quick)[SuiteName.BASE]
    assert base.outcome is Outcome.FAIL
    assert base.failing is not None
    assert (base.failing.index, base.failing.call, base.failing.got) == (3, "double(3)", "0")
    assert base.passed[3] == 0
    assert base.passed[1] != 1


def test_per_test_results(verifier: Verifier) -> None:
    """Base goes on after a failing test, so that each test has its result."""
    source = "def double(x):\n    return [x, 2 * x] if x % 2 else None\n"
    assert verdicts(verifier, source)[SuiteName.BASE].passed == bytes([0, 1, 0, 1])
