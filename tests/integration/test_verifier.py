"""The verifier as its callers meet it: programs in, verdicts out, in a real sandbox."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.config import VerifyConfig
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, Verdict, program_id
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
from tests.integration.doubling import DOUBLE, INPUTS, SCRIPTS, TASKS, verdicts

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
