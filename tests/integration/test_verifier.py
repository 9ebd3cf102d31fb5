"""The verifier as its callers meet it: programs in, verdicts out, in a real sandbox."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target
from auditor.verify import Verifier
from auditor.verify.batch import Batch, Standing, VerifyJob
from auditor.verify.kinds.base import Trial, Unsettled
from auditor.verify.kinds.calls.judge import PreparedCalls
from auditor.verify.protocol import Job
from auditor.verify.runner import Runner
from auditor.verify.server import Zygote
from tests.conftest import ROOT

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


RUNS = {"wrong", "raises", "loops", "sleeps", "takes all memory", "leaves", "segfaults"}
"""These get as far as a test."""
ANSWERS = {"wrong", "raises", "takes all memory"}
"""And these answer it, so that a script goes on to the line that fails."""


@pytest.mark.parametrize("task", [INPUTS, SCRIPTS], ids=["inputs", "script"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes(verifier: Verifier, name: str, task: Task) -> None:
    """Every way to end has its own outcome, whichever kind of suite, and names the failing test if there is one."""
    source, outcome = OUTCOMES[name]
    found = verdicts(verifier, source, task)
    base = found[SuiteName.BASE]
    assert (base.outcome, base.sandbox) == (outcome, verifier.level), base
    assert (SuiteName.PLUS in found) == (outcome is Outcome.PASS)
    assert not base.flaky
    assert (base.failing is not None) == (name in (RUNS if task is INPUTS else ANSWERS)), base


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


def test_layout_equivalent_programs_run_once(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of programs that differ in layout only one runs, and each has its verdicts, as if it had run for itself."""
    ran = []
    judge = PreparedCalls.judge

    def noted(self: PreparedCalls, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        ran.append(trial.program)
        return judge(self, trial, runner)

    monkeypatch.setattr(PreparedCalls, "judge", noted)
    texts = [DOUBLE, f"{DOUBLE}# twice\n", DOUBLE.replace(", ", ","), DOUBLE.replace("2 *", "3 *"), f"\n{DOUBLE}"]
    loops = ["def double(x):\n    while True:\n        pass\n", "def double(x):\n    while True: pass\n"]
    programs = [Program(program_id("T/inputs", text), "T/inputs", text) for text in texts + loops]
    known = {programs[4].program: {SuiteName.BASE: Outcome.PASS}}
    found = {verdicts[0].program: verdicts for verdicts in verifier.verify(programs, suites_done=known)}
    assert set(found) == {program.program for program in programs}
    outcomes = [[(verdict.suite.value, verdict.outcome.value) for verdict in found[one.program]] for one in programs]
    right, late = [("base", "pass"), ("plus", "pass")], [("base", "timeout")]
    assert outcomes == [right, right, right, [("base", "fail")], right[1:], late, late]
    assert {program.solution for program in ran} == {texts[0], texts[3], texts[4], loops[0]}


def test_references_are_kept_for_the_next_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder for it, references run once; another reference, or a torn entry, runs again."""
    started: list[Job] = []
    run = Zygote.run

    def noted(self: Zygote, job: Job, source: str, **more: Any) -> Any:
        started.append(job)
        return run(self, job, source, **more)

    monkeypatch.setattr(Zygote, "run", noted)

    def references(tasks: dict[str, Task]) -> int:
        with Verifier(tasks, VerifyConfig(workers=1), cache=tmp_path) as opened:
            started.clear()
            assert opened.check_references() == {}
            ran = len(started)
            assert verdicts(opened, DOUBLE.replace("2 *", "1 *"))[SuiteName.BASE].outcome is Outcome.FAIL
            assert verdicts(opened, DOUBLE + "# !\n", SCRIPTS)[SuiteName.PLUS].outcome is Outcome.PASS
        return ran

    assert references(TASKS) > 0
    assert references(TASKS) == 0
    other = replace(INPUTS, reference=DOUBLE.replace("2 * x", "x + x"))
    assert references(TASKS | {"T/inputs": other}) > 0
    assert references(TASKS) == 0
    for entry in (tmp_path / "references").iterdir():
        entry.write_bytes(entry.read_bytes()[:-3])
    assert references(TASKS) > 0
    assert references(TASKS) == 0


def test_per_test_results(verifier: Verifier) -> None:
    """Base goes on after a failing test, so that each test has its result."""
    source = "def double(x):\n    return [x, 2 * x] if x % 2 else None\n"
    assert verdicts(verifier, source)[SuiteName.BASE].passed == bytes([0, 1, 0, 1])


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


def test_batches_are_judged_alike_in_another_process() -> None:
    """Job, batches and records travel by pickle: a process elsewhere comes to the same verdicts."""
    sources = [DOUBLE, "def double(x):\n    return [x]\n", "def double(x):\n    raise KeyError(x)\n", "x = 1\n"]
    programs = [Program(program_id("T/inputs", text), "T/inputs", text) for text in sources]
    job = VerifyJob(VerifyConfig(workers=1), tuple(SandboxLevel), None)
    batch = Batch(INPUTS, tuple(Standing(number, program) for number, program in enumerate(programs)))
    command = [sys.executable, "-c", ELSEWHERE]
    ended = subprocess.run(command, input=pickle.dumps((job, batch)), capture_output=True, check=True, cwd=ROOT)
    level, records = pickle.loads(ended.stdout)
    with Verifier(TASKS, VerifyConfig(workers=1)) as opened:
        assert level == opened.level
        here = {found[0].program: found for found in opened.verify(programs)}
    for record, program in zip(records, programs, strict=True):
        assert [replace(verdict, cpu_seconds=0.0) for verdict in record.verdicts] == [
            replace(verdict, cpu_seconds=0.0) for verdict in here[program.program]
        ]


ELSEWHERE = """
import pickle, sys
job, batch = pickle.load(sys.stdin.buffer)
site = job.open()
worker = site.worker(0)
records = list(worker.run(batch))
worker.close()
site.close()
sys.stdout.buffer.write(pickle.dumps((site.about.level, records)))
"""


BURN = """
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def double(x):
    burn(0.027)
    return [x, 2 * x]
"""


def test_a_suite_close_to_its_limit_in_all_is_marked() -> None:
    """Tests that are each far from their limit, and together close to that of the suite, make a verdict flaky."""
    suite = InputSuite(tuple((n,) for n in range(20)))
    task = replace(INPUTS, base=suite, plus=INPUTS.base)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=0.1, suite_timeout=0.5)) as opened:
        close, quick = verdicts(opened, BURN, task), verdicts(opened, DOUBLE, task)
        beyond = verdicts(opened, BURN.replace("0.027", "0.033"), task)
        far = verdicts(opened, BURN.replace("0.027", "0.09"), task)
    assert (close[SuiteName.BASE].outcome, close[SuiteName.BASE].flaky) in {
        (Outcome.PASS, True),
        (Outcome.TIMEOUT, False),  # a busy machine is a little slower
    }
    assert not quick[SuiteName.BASE].flaky
    assert (beyond[SuiteName.BASE].outcome, beyond[SuiteName.BASE].flaky) == (Outcome.TIMEOUT, True)
    assert "of 20 tests had passed" in beyond[SuiteName.BASE].detail
    assert (far[SuiteName.BASE].outcome, far[SuiteName.BASE].flaky) == (Outcome.TIMEOUT, False)


def test_a_script_close_to_its_limit_is_marked() -> None:
    """A test script whose solution takes nine tenths of its time is flaky; one that takes little is not."""
    script = AssertSuite("assert candidate(1) == [1, 2]\n")
    task = replace(SCRIPTS, base=script, plus=script)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=0.5)) as opened:
        close = verdicts(opened, BURN.replace("0.027", "0.44"), task)[SuiteName.BASE]
        quick = verdicts(opened, DOUBLE, task)[SuiteName.BASE]
    assert (close.outcome, close.flaky) in {(Outcome.PASS, True), (Outcome.TIMEOUT, False)}
    assert "time limit" in close.detail or close.outcome is Outcome.TIMEOUT
    assert (quick.outcome, quick.flaky) == (Outcome.PASS, False)


STARVED = """
import os
def double(x):
    if x == 2 and not MARK:
        raise RuntimeError("can't start new thread")
    return [x, 2 * x]
"""


def test_a_program_that_lacked_threads_runs_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails as no thread could be started is judged by a run without others; what still fails there, fails."""
    seen: list[bool] = []

    def judge(self: PreparedCalls, trial: Trial, runner: Runner) -> Verdict | Unsettled:
        seen.append(trial.alone)
        lacks = len(seen) < 3 or "MARK" in trial.program.solution
        program = replace(trial.program, solution=STARVED.replace("MARK", str(not lacks)))
        return whole(self, replace(trial, program=program), runner)

    whole = PreparedCalls.judge
    monkeypatch.setattr(PreparedCalls, "judge", judge)
    task = replace(INPUTS, plus=INPUTS.base)
    with Verifier({task.task_id: task}, VerifyConfig(workers=2, timeout=1.0)) as opened:
        found = verdicts(opened, DOUBLE, task)
        assert [verdict.outcome for verdict in found.values()] == [Outcome.PASS, Outcome.PASS]
        assert seen[:3] == [False, True, True]
        found = verdicts(opened, STARVED, task)
        assert [verdict.outcome for verdict in found.values()] == [Outcome.FAIL]


REVERSE = """
def reverse(head: Optional[ListNode]) -> Optional[ListNode]:
    last = None
    while head:
        head.next, last, head = last, head, head.next
    return last
"""
MIRROR = """
class TreeNode:
    def __init__(self, val, left=None, right=None):
        self.val, self.left, self.right = val, left, right

def mirror(root, depth):
    assert root is None or type(root) is TreeNode
    return root and TreeNode(root.val + depth, mirror(root.right, depth), mirror(root.left, depth))
"""


@pytest.mark.parametrize(
    ("reference", "wrong", "suite"),
    [
        (
            REVERSE,
            "def reverse(head):\n    return head\n",
            InputSuite((([1, 2, 3],), ([],)), ([3, 2, 1], []), nodes=("list", "list")),
        ),
        (
            MIRROR,
            MIRROR.replace("mirror(root.right, depth), mirror(root.left, depth)", "root.left, root.right"),
            InputSuite(
                (([1, 2, 3, None, 4], 1), ([], 0), ([7, None, None, None, None], 0)),
                ([2, 4, 3, None, None, 5], [], [7]),
                nodes=("tree", "", "tree"),
            ),
        ),
        (
            "def loop(head):\n    return head\n",
            "def loop(head):\n    head.next = head\n    return head\n",
            InputSuite((([1, 2],),), ([1, 2],), nodes=("list", "list")),
        ),
    ],
    ids=["list", "tree", "without end"],
)
def test_lists_and_trees(reference: str, wrong: str, suite: InputSuite) -> None:
    """Nodes are made from lists and read as such, of the program's class, the prelude's or ours; cycles end."""
    name = re.search(r"^def (\w+)", reference, re.MULTILINE)
    assert name
    prelude = "from typing import *\n"
    task = Task("nodes", "", Target.function(name[1]), reference, suite, suite, prelude=prelude)
    with Verifier({"nodes": task}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        assert verdicts(opened, wrong, task)[SuiteName.BASE].outcome is Outcome.FAIL


def test_a_program_takes_no_more_memory_than_its_task_needs(verifier: Verifier) -> None:
    """Memory is bounded by what the reference held, well below what a reference may take."""
    take = "def double(x):\n    held = bytes({} << 20)\n    return [x, 2 * x]\n"
    assert verdicts(verifier, take.format(1500))[SuiteName.BASE].outcome is Outcome.PASS
    assert verdicts(verifier, take.format(2500))[SuiteName.BASE].outcome is Outcome.MEMORY


def test_a_message_that_names_a_local_is_not_shared(verifier: Verifier) -> None:
    """Programs that differ in a local's name share a verdict, but not the message of a name that is not bound."""
    sources = [f"def double(x):\n    if x > 99: {name} = 1\n    return {name}\n" for name in ("one", "other")]
    programs = [Program(program_id(INPUTS.task_id, source), INPUTS.task_id, source) for source in sources]
    found = {v.program: v for verdicts in verifier.verify(programs) for v in verdicts}
    for program, name in zip(programs, ("one", "other"), strict=True):
        failing = found[program.program].failing
        assert failing is not None
        assert f"local variable '{name}'" in failing.got
