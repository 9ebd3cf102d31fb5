"""Systems that lack something: processes, /proc, room on the disk, a home to write, a steady clock."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.verify import Verifier
from auditor.verify.kinds.calls import run as running
from auditor.verify.levels import available
from auditor.verify.server import ZygoteDiedError
from tests.e2e.test_odd_hosts import VERDICTS, audit, verdicts
from tests.users import command_of, environment

__all__ = ["audit"]
OWN_USER = "65532"


def command(folder: Path, *words: str, before: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``auditor`` after a shell command; as root in a mount namespace of its own."""
    separate = ["unshare", "-m"] if os.geteuid() == 0 and shutil.which("unshare") else []
    program = " ".join([*command_of("root" if os.geteuid() == 0 else "user"), "-m", "auditor", *words])
    return subprocess.run(
        [*separate, "sh", "-c", f"{before}; exec {program}"],
        cwd=folder, env=environment() | {"AUDITOR_CACHE": "off", "NO_COLOR": "1"} | more,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def needs_mounts() -> None:
    """Skip if no file system can be mounted."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace here")


def test_without_proc_or_home_or_temporary_folder(audit: Path) -> None:
    """The home is read-only, the temporary folder is full and /proc is not there: verdicts are the same."""
    needs_mounts()
    mounts = (
        "mkdir home tmp; mount -t tmpfs -o ro none home; mount -t tmpfs -o size=4k none tmp;"
        "head -c 4096 /dev/zero > tmp/full; umount -l /proc"
    )
    done = command(audit, "verify", "--out", "run", before=mounts, HOME=f"{audit}/home", TMPDIR=f"{audit}/tmp")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert verdicts(audit) == VERDICTS


@pytest.mark.slow
def test_a_full_disk(audit: Path) -> None:
    """If a real disk is full, one line says what could not be written and to free it."""
    needs_mounts()
    mounts = "mkdir disk; mount -t tmpfs -o size=220k none disk"
    done = command(audit, "run", "--quiet", "--out", "disk/run", before=mounts)
    assert done.returncode in {1, 2}
    (line,) = done.stderr.splitlines()
    assert "cannot be written" in line
    assert "free disk space" in line


@pytest.mark.slow
def test_few_processes(audit: Path) -> None:
    """An ordinary user, or a container, that may start few processes and threads: forty are enough."""
    above = [folder for folder in audit.parents if any(part.startswith("pytest-of-") for part in folder.parts)]
    for path in (*above, audit, *audit.iterdir()):
        path.chmod(path.stat().st_mode | 0o777 if audit in (path, path.parent) else 0o755)
    words = [word.replace("65534", OWN_USER) for word in command_of("user")]  # all processes of a user count together
    program = ["prlimit", "--nproc=40", words[-1], "-m", "auditor", "verify", "-q", "--out", "run"]
    done = subprocess.run(
        [*words[:-1], *program], cwd=audit, env=environment() | {"AUDITOR_CACHE": "off"}, capture_output=True,
        text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert verdicts(audit) == VERDICTS


def test_no_process_at_all_names_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """If no program can be started the line says which limits to raise."""

    def no_room(*_: object) -> None:
        raise ZygoteDiedError("it has ended")

    monkeypatch.setattr(running, "calibrate", no_room)
    with pytest.raises(SandboxError, match=r"no program could be started.* — raise .*ulimit -u"):
        Verifier({}, VerifyConfig(workers=1)).__enter__()


CLOCK = """
import time
real, count = time.time, [0]
def hop():
    count[0] += 1
    return real() + 86400 * (count[0] % 3 - 1)
time.time = hop
"""


def test_a_clock_that_jumps(audit: Path) -> None:
    """A day forward and back at every look changes no verdict and ends nothing early."""
    (audit / "clock").mkdir()
    (audit / "clock" / "sitecustomize.py").write_text(CLOCK)
    path = os.pathsep.join([str(audit / "clock"), environment()["PYTHONPATH"]])
    done = command(audit, "verify", "--quiet", "--out", "run", before=":", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert verdicts(audit) == VERDICTS


HOG = """
import threading, time
def f(n):
    try:
        while True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
    except RuntimeError:
        time.sleep(0.3)
    return -1 - MARK
"""
HONEST = """
from concurrent.futures import ThreadPoolExecutor
import threading
def f(n):
    barrier = threading.Barrier(20)
    with ThreadPoolExecutor(20) as pool: list(pool.map(lambda _: barrier.wait(), range(20)))
    return n + 0 * MARK
"""
HARNESS = """
import json, sys
from auditor.config import VerifyConfig
from auditor.records import InputSuite, Program, Task, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target
from auditor.verify import Verifier

level, *sources = json.load(sys.stdin)
suite = InputSuite(((0,), (1,), (2,)))
task = Task("T/t", "", Target.function("f"), "def f(n): return n", suite, suite)
programs = [Program(program_id("T/t", source), "T/t", source) for source in sources]
kinds = {one.program: "hog" if "except RuntimeError" in one.solution else "honest" for one in programs}
with Verifier({"T/t": task}, VerifyConfig(workers=3), level=SandboxLevel(level)) as verifier:
    found = [[kinds[one[0].program], one[0].outcome.value] for one in verifier.verify(programs)]
print(json.dumps(sorted(found)))
"""


@pytest.mark.slow
def test_threads_of_others_charge_nobody() -> None:
    """An ordinary user's threads count together: honest programs next to others that take all still pass."""
    sources = [text.replace("MARK", str(number)) for number in range(4) for text in (HOG, HONEST)]
    words = [word.replace("65534", OWN_USER) for word in command_of("user")]
    done = subprocess.run(
        [*words, "-c", HARNESS], env=environment(), cwd="/", input=json.dumps([available(), *sources]),
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["hog", "fail"]] * 4 + [["honest", "pass"]] * 4
