"""Faults: fork servers that die, a parent that is killed, a disk that is full. No verdict is lost or wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target
from auditor.verify import Verifier, levels, library, server
from auditor.verify.batch import VerifySite, VerifyWorker
from auditor.verify.inside.confine import Plan
from auditor.verify.kinds.calls import claims
from tests.conftest import ROOT

SQUARE = "def square(x):\n    return x * x\n"
TARGET = Target.function("square")
TASK = Task(
    "T/square", "", TARGET, SQUARE,
    InputSuite(tuple((n,) for n in range(5))), InputSuite(tuple((n,) for n in range(50))),
)  # fmt: skip


def programs(number: int) -> list[Program]:
    """Right and wrong ones in turn, all distinct."""
    sources = [SQUARE + f"# {n}\n" if n % 2 else f"def square(x):\n    return x + {n}\n" for n in range(number)]
    return [Program(program_id(TASK.task_id, source), TASK.task_id, source) for source in sources]


def outcomes(verifier: Verifier, wanted: list[Program]) -> dict[str, list[Outcome]]:
    return {found[0].program: [verdict.outcome for verdict in found] for found in verifier.verify(wanted)}


def alive(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_fork_servers_may_die(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork servers killed in the middle are replaced, and every verdict comes out as it would have."""
    wanted = programs(120)
    workers: list[VerifyWorker] = []
    make = VerifySite.worker
    monkeypatch.setattr(VerifySite, "worker", lambda *given: workers.append(make(*given)) or workers[-1])
    with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=2)) as verifier:
        undisturbed = outcomes(verifier, wanted)
        done = threading.Event()

        def murder() -> None:
            for _ in range(6):
                if done.wait(0.05):
                    return
                for worker in workers:
                    for zygote in list(worker.runner._zygotes.values()):
                        os.kill(zygote.pid, signal.SIGKILL)

        murderer = threading.Thread(target=murder)
        murderer.start()
        try:
            disturbed = outcomes(verifier, wanted)
        finally:
            done.set()
            murderer.join()
    assert disturbed.keys() == undisturbed.keys()
    for program, found in disturbed.items():  # killed three times in a row is a harness error, and says so
        assert found == undisturbed[program] or Outcome.ERROR in found
    assert sum(Outcome.ERROR in found for found in disturbed.values()) <= 4


def test_a_fork_server_that_starts_while_all_is_called_off_serves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner that is stopped while its fork server starts, and so before it could be seen, runs no program on it."""
    runner = levels.Plans(levels.available(), VerifyConfig()).runner(0)
    start = server.Zygote.__init__

    def stopped(self: server.Zygote, plan: Plan) -> None:
        start(self, plan)
        runner.stop()

    monkeypatch.setattr(server.Zygote, "__init__", stopped)
    try:
        with pytest.raises(server.ZygoteDiedError, match="closed"):
            runner.zygote()
    finally:
        runner.close()


CHILD = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored if the tests run in the background
from tests.integration.test_verifier_survives import TASK
from auditor.config import VerifyConfig
from auditor.records import Program, program_id
from auditor.verify import Verifier
with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=1, timeout=60)) as verifier:
    loop = "def square(x):\\n    while True:\\n        pass\\n"
    print(os.getpid(), flush=True)
    for _ in verifier.verify([Program(program_id(TASK.task_id, loop), TASK.task_id, loop)]):
        pass
"""


def descendants(pid: int) -> set[int]:
    """Every process below one, by /proc."""
    found: set[int] = set()
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (thread / "children").read_text().split()):
            found |= {child} | descendants(child)
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    """When the parent is killed with -9, its fork servers and the programs that they run end, and no file stays."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, cwd=ROOT, env=environment) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        deadline = time.monotonic() + 120
        family: set[int] = set()
        while len(family) < 2 and time.monotonic() < deadline:  # a fork server and its child
            time.sleep(0.1)
            family = descendants(parent.pid)
        assert len(family) >= 2
        parent.kill()
    deadline = time.monotonic() + 120
    while any(map(alive, family)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, family))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_an_interrupt_ends_what_runs_at_once() -> None:
    """Ctrl-C in the middle of a program that has an hour left ends it, its fork server and the run."""
    command = [sys.executable, "-c", CHILD.replace("timeout=60", "timeout=3600")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        deadline = time.monotonic() + 120
        while not (family := [pid for pid in descendants(parent.pid) if _cpu_ticks(pid) > 20]):  # the program runs
            assert time.monotonic() < deadline
            time.sleep(0.1)
        family = list(descendants(parent.pid))
        parent.send_signal(signal.SIGINT)
        try:
            _, said = parent.communicate(timeout=120)
        finally:
            parent.kill()
    assert b"KeyboardInterrupt" in said
    assert not any(map(alive, family))


def _cpu_ticks(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
    except OSError:
        return 0


@pytest.mark.parametrize("lasting", [True, False])
def test_a_full_disk_costs_time_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, lasting: bool) -> None:
    """If expected outputs cannot be kept on disk, references run again and the verdicts stay the same."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(os, "pwrite", full)
    monkeypatch.setattr(library, "_KEPT_BYTES", 0)
    other = Task("T/other", "", TARGET, SQUARE, TASK.base, TASK.plus)
    tasks = {TASK.task_id: TASK, other.task_id: other}
    with Verifier(tasks, VerifyConfig(workers=1), cache=tmp_path if lasting else None) as verifier:
        assert verifier.check_references() == {}
        for task in (TASK, other, TASK):
            good = Program(program_id(task.task_id, SQUARE), task.task_id, SQUARE)
            assert outcomes(verifier, [good]) == {good.program: [Outcome.PASS, Outcome.PASS]}


def test_unfit_tasks_are_harness_errors() -> None:
    """A reference that does not pass its own suite makes the task unfit, by name, and no model is charged for it."""
    base = TASK.base
    assert isinstance(base, InputSuite)
    tasks = {
        "T/wrong": Task("T/wrong", "", TARGET, SQUARE, InputSuite(((3,),), (10,)), base),
        "T/raises": Task("T/raises", "", TARGET, "def square(x):\n    return 1 // x\n", base, base),
        "T/parse": Task("T/parse", "", TARGET, "def square(x:\n", base, base),
        "T/oracle": Task("T/oracle", "", TARGET, SQUARE, InputSuite(((3,),), oracle="no such"), base),
        "T/opaque": Task("T/opaque", "", TARGET, "def square(x):\n    return object()\n", base, base),
        "T/random": Task("T/random", "", TARGET, "import os\ndef square(x):\n    return os.urandom(8)\n", base, base),
        "T/good": Task("T/good", "", TARGET, SQUARE, base, base),
    }
    with Verifier(tasks, VerifyConfig(workers=2)) as verifier:
        unfit = verifier.check_references()
        assert set(unfit) == set(tasks) - {"T/good"}
        for task_id in unfit:
            (found,) = verifier.verify([Program(program_id(task_id, SQUARE), task_id, SQUARE)])
            assert [verdict.outcome for verdict in found] == [Outcome.ERROR]
            assert "unfit" in found[0].detail


def test_a_lying_sandbox_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a program known to be wrong passes, or a forbidden thing works, nothing is verified."""
    monkeypatch.setattr(claims, "accepts", lambda *_, **__: True)
    with pytest.raises(SandboxError, match="known to fail"), Verifier({}, VerifyConfig(workers=1)):
        pass
    monkeypatch.undo()
    with pytest.raises(SandboxError, match="reaches level"):
        Verifier({}, VerifyConfig(workers=1, sandbox="landlock+seccomp"), level=SandboxLevel.NONE)


@pytest.mark.parametrize("level", [SandboxLevel.SECCOMP, SandboxLevel.NONE])
def test_lower_levels_judge_alike(level: SandboxLevel) -> None:
    """A lower level protects less and judges the same."""
    with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=1, sandbox="none"), level=level) as verifier:
        assert verifier.level == level
        for n, (_, found) in enumerate(sorted(outcomes(verifier, programs(6)).items())):
            assert found in ([Outcome.PASS, Outcome.PASS], [Outcome.FAIL]), n


def test_known_outcomes_are_not_run_again() -> None:
    """A suite whose outcome is known already is skipped, and plus follows from the known base."""
    good = Program(program_id(TASK.task_id, SQUARE), TASK.task_id, SQUARE)
    with Verifier({TASK.task_id: TASK}, VerifyConfig(workers=1)) as verifier:
        passed = {good.program: {SuiteName.BASE: Outcome.PASS}}
        failed = {good.program: {SuiteName.BASE: Outcome.FAIL}}
        (found,) = verifier.verify([good], suites_done=passed)
        assert [verdict.suite for verdict in found] == [SuiteName.PLUS]
        assert list(verifier.verify([good], suites_done=failed)) == [[]]
