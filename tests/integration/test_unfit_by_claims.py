"""Tasks that are unfit because what they claim does not hold: right programs, and where tests run."""

from __future__ import annotations

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Suite, Task, UnittestSuite
from auditor.targets import Target
from auditor.verify import Verifier


def test_programs_known_to_be_right_have_to_pass() -> None:
    """One that fails a suite makes the task unfit, whatever the kind of suite."""
    suites: tuple[Suite, ...] = (
        UnittestSuite("def test():\n    assert f(2) == 4\n", ("test",)), AssertSuite("assert f(2) == 4\n"),
        InputSuite(((2,), (3,))),
    )  # fmt: skip
    right, wrong = "def f(n):\n    return n * n\n", "def f(n):\n    return 0\n"
    tasks = {
        f"{number}/{name}": Task(
            f"{number}/{name}", "", Target.function("f"), right, suite, suite, known_right=programs
        )
        for number, suite in enumerate(suites)
        for name, programs in (("right", (right,)), ("wrong", (right, wrong)))
    }
    with Verifier(tasks, VerifyConfig(workers=1)) as opened:
        found = opened.check_references()
    reason = "program 2 of those known to be right does not pass base: fail"
    assert found == {f"{number}/wrong": reason for number in range(3)}


def test_a_suite_that_asks_to_run_apart_does_so_or_is_unfit() -> None:
    """It never runs in the solution's process."""
    source = "import random\ndef draw():\n    return random.randint(1, 6)\n"
    tests = "import unittest.mock\ndef test():\n    with unittest.mock.patch('random.randint', return_value=9):\n"
    suite = UnittestSuite(f"{tests}        assert draw() == 9\n", ("test",), apart_only=True)
    task = Task("C/apart", "", Target.function("draw"), source, suite, suite)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        (reason,) = opened.check_references().values()
    assert reason.startswith(
        "the base suite: the reference does not pass in a process apart from the tests, as the suite asks: test"
    ), reason
