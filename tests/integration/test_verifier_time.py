"""The verifier and time: limits, second runs, the order of tests, verdicts close to a limit."""

from __future__ import annotations

from dataclasses import replace

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Outcome, SuiteName, Task
from auditor.targets import Target
from auditor.verify import Verifier
from tests.integration.doubling import DOUBLE, INPUTS, SCRIPTS, verdicts


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
    """If one test is slow and another fails plainly, the failure decides, whichever run finds it."""
    source = "def double(x):\n    while x == 1:\n        pass\n    return [x]\n"
    base = verdicts(verifier, source)[SuiteName.BASE]
    assert base.outcome is Outcome.FAIL
    assert base.failing is not None
    assert base.failing.index == 0


def test_small_inputs_run_first() -> None:
    """Tests run from the smallest input up, and their results are in the suite's order."""
    suite = InputSuite(((40,), (3,), (50,), (0,)))
    task = Task("T/order", "", Target.function("double"), DOUBLE, suite, suite)
    source = "def double(x):\n    while x > 40:\n        pass\n    return [x, 2 * x] if x < 3 else None\n"
    with Verifier({"T/order": task}, VerifyConfig(workers=1, per_test="all")) as opened:
        base = verdicts(opened, source, task)[SuiteName.BASE]
    assert base.failing is not None
    assert (base.outcome, base.passed) == (Outcome.FAIL, bytes([0, 0, 2, 1]))
    assert (base.failing.index, base.failing.call, base.failing.expected) == (1, "double(3)", "[3, 6]")


def test_second_runs_start_with_the_largest_input(verifier: Verifier) -> None:
    """What takes ever longer is out of time at once, whatever a first run had shown, which depends on the machine."""
    source = """
import time

def double(x):
    end = time.process_time() + {2: 0.6, 3: 60}.get(x, 0)
    while time.process_time() < end:
        pass
    return [x, 2 * x]
"""
    base = verdicts(verifier, source)[SuiteName.BASE]
    assert base.failing is not None
    assert (base.outcome, base.passed, base.failing.index) == (Outcome.TIMEOUT, bytes([2, 2, 2, 0]), 3)


PARTIAL_ANSWERS = """
import os, sys, time

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

def double(x):
    frame = sys._getframe(1)
    while "channel" not in frame.f_locals:
        frame = frame.f_back
    channel = frame.f_locals["channel"]
    channel.flush()
    os.write(3, b"v")
    if x == 3:
        for _ in range(30):
            burn(0.1)
            os.write(3, b" ")
    os.write(3, b"[%d,%d]\\n" % (x, 2 * x))
    type(channel).send = lambda self, line: os.write(3, b"z\\n") if line == "z" else None
"""


def test_a_part_of_an_answer_does_not_restart_the_clock(verifier: Verifier) -> None:
    """A program that sends blanks before a late answer is as late as one that sends nothing."""
    assert verdicts(verifier, PARTIAL_ANSWERS)[SuiteName.BASE].outcome is Outcome.TIMEOUT
    assert verdicts(verifier, PARTIAL_ANSWERS.replace("range(30)", "range(2)"))[SuiteName.BASE].outcome is Outcome.PASS


BURN = """
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def double(x):
    burn(SECONDS)
    return [x, 2 * x]
"""


def test_a_suite_close_to_its_limit_in_all_is_marked() -> None:
    """Tests that are each far from their limit, and together close to that of the suite, make a verdict flaky.

    The last three of a second run burn what there is, so that a slow machine changes neither what has passed before
    the suite's 0.6 seconds are over nor, by much, how far each test is from its own 0.3.
    """
    suite = InputSuite(tuple((n,) for n in range(20)))
    task = replace(INPUTS, base=suite, plus=INPUTS.base)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=0.3, suite_timeout=0.3)) as opened:
        close, beyond, far = (
            verdicts(opened, BURN.replace("SECONDS", seconds), task)
            for seconds in ("0.18 * (x < 3)", "0.23 * (x < 3)", "0.09")
        )
        quick = verdicts(opened, DOUBLE, task)
    assert close[SuiteName.BASE].outcome in {Outcome.PASS, Outcome.TIMEOUT}  # the latter on a slow machine
    assert close[SuiteName.BASE].flaky
    assert not quick[SuiteName.BASE].flaky
    assert (beyond[SuiteName.BASE].outcome, beyond[SuiteName.BASE].flaky) == (Outcome.TIMEOUT, True)
    assert "of 20 tests had passed" in beyond[SuiteName.BASE].detail
    assert (far[SuiteName.BASE].outcome, far[SuiteName.BASE].flaky) == (Outcome.TIMEOUT, False)


def test_a_script_close_to_its_limit_is_marked() -> None:
    """A test script whose solution takes nine tenths of its time is flaky; one that takes little is not."""
    script = AssertSuite("assert candidate(1) == [1, 2]\n")
    task = replace(SCRIPTS, base=script, plus=script)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=0.5)) as opened:
        close = verdicts(opened, BURN.replace("SECONDS", "0.44"), task)[SuiteName.BASE]
        quick = verdicts(opened, DOUBLE, task)[SuiteName.BASE]
    assert (close.outcome, close.flaky) in {(Outcome.PASS, True), (Outcome.TIMEOUT, False)}
    assert "time limit" in close.detail or close.outcome is Outcome.TIMEOUT
    assert (quick.outcome, quick.flaky) == (Outcome.PASS, False)
