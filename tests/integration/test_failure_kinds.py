"""Each way to fail a test has a kind of its own, whatever a class is called or a value reads like."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, FailureKind, InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier

REFERENCE = "def one(n):\n    return n + 1\n"
INPUTS, SCRIPT = InputSuite(((1,), (2,))), AssertSuite("assert candidate(1) == 2\nassert one(2) + 0 == 3\n")
TARGET = Target.function("one")
METHOD = "class Solution:\n    seen = 0\n    def one(self, n):\n        self.seen += 1\n        return n + self.seen\n"
TASKS = {
    "inputs": Task("inputs", "", TARGET, REFERENCE, INPUTS, INPUTS),
    "script": Task("script", "", TARGET, REFERENCE, SCRIPT, SCRIPT),
    "method": Task("method", "", Target(TargetKind.METHOD, "Solution().one"), METHOD, INPUTS, INPUTS),
    "prelude": Task(
        "prelude", "", TARGET, "def one(n):\n    return up(n, 1)\n", INPUTS, INPUTS,
        prelude="from math import *\ndef up(a, b):\n    return a + b\ndef len(x):\n    return -1\n",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(TASKS, VerifyConfig(workers=2)) as opened:
        yield opened


def judge(verifier: Verifier, task_id: str, source: str) -> Verdict:
    (found,) = verifier.verify([Program(program_id(task_id, source), task_id, source)])
    return next(verdict for verdict in found if verdict.suite is SuiteName.BASE)


KINDS = {
    "def one(n):\n    return 0\n": (FailureKind.WRONG_VALUE, FailureKind.ASSERTION),
    "def one(n):\n    return 'ValueError: no'\n": (FailureKind.WRONG_VALUE, FailureKind.ASSERTION),
    "class NotFound(Exception):\n    pass\ndef one(n):\n    raise NotFound\n": (FailureKind.EXCEPTION,) * 2,
    "def one(n):\n    if n == 2: return None\n    return n + 1\n": (FailureKind.WRONG_VALUE,) * 2,
    "def one(n):\n    return bytearray(10 ** 11)\n": (FailureKind.MEMORY,) * 2,
    "def one(n):\n    return 'x' * 10 ** 7\n": (FailureKind.TOO_LARGE,) * 2,
    "def one(n):\n    while True: pass\n": (FailureKind.NO_ANSWER, None),
    "import os\ndef one(n):\n    os._exit(0)\n": (FailureKind.CRASH, None),
}


@pytest.mark.parametrize("source", KINDS)
def test_kinds_of_failure(verifier: Verifier, source: str) -> None:
    for task_id, kind in zip(("inputs", "script"), KINDS[source], strict=True):
        failing = judge(verifier, task_id, source).failing
        assert (failing.kind if failing else None) is kind, (task_id, failing)


def test_a_method_is_called_on_a_fresh_object(verifier: Verifier) -> None:
    assert verifier.check_references() == {}
    assert judge(verifier, "method", METHOD.replace("seen", "told")).outcome is Outcome.PASS
    for wrong in (METHOD.replace("def one", "def two"), "def one(n):\n    return n + 1\n", "Solution = 1\n"):
        found = judge(verifier, "method", wrong)
        assert (found.outcome, found.detail) == (Outcome.INVALID, "does not define Solution().one")


def test_a_prelude_only_fills_gaps(verifier: Verifier) -> None:
    """Its names come after the program's own and after the builtins: ``pow`` of three is not ``math.pow``."""
    fallback = "def one(n):\n    return int(up(n, sqrt(1)) + pow(2, 3, 8) + len([]))\n"
    own = "def up(a, b):\n    return -1\ndef one(n):\n    return up(n, 1)\n"
    assert judge(verifier, "prelude", fallback).outcome is Outcome.PASS
    assert judge(verifier, "prelude", own).outcome is Outcome.FAIL
    assert judge(verifier, "inputs", fallback).outcome is Outcome.FAIL
