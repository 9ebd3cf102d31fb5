"""Runs the corpus at one level of confinement and reports the results and the canaries.

``python -m tests.hostile.harness LEVEL FOLDER SIZE`` prints one JSON object. It runs as the user who
starts it, so that the tests can run it as root and as an ordinary user; SIZE is one of :class:`Size`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import auditor
from auditor.config import VerifyConfig
from auditor.records import AssertSuite, Outcome, Program, Sample, SampleStatus, SuiteName, Task, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.store import Store
from auditor.targets import Target
from auditor.verify import Verifier
from tests.hostile.bombs import BOMBS
from tests.hostile.cheats import CHEATS
from tests.hostile.crossings import CROSSING_CHEATS, CROSSING_HONEST, CROSSING_TASKS
from tests.hostile.forgeries import FORGERIES
from tests.hostile.harms import HARMS
from tests.hostile.honest import HONEST
from tests.hostile.idioms import IDIOM_TASKS, IDIOMS_HONEST, TRICKS
from tests.hostile.kinds import CALL_CHEATS, KIND_TASKS, PROGRAM_CHEATS, UNITTEST_CHEATS
from tests.hostile.lending import LENDING_CHEATS, LENDING_HONEST, LENDING_TASKS
from tests.hostile.review import REVIEW_BOMBS, REVIEW_CHEATS, REVIEW_HONEST
from tests.hostile.suites import CALLS
from tests.hostile.suites import TASKS as FUNCTION_TASKS

TASKS = FUNCTION_TASKS | KIND_TASKS | CROSSING_TASKS | IDIOM_TASKS | LENDING_TASKS
FILES_TASK = replace(FUNCTION_TASKS["Hostile/number"], task_id="Hostile/files", files_mb=4)
"""Programs of this one may write files; it is fit under Landlock only."""
HARMLESS_THERE = (
    "writes to the working folder",
    "makes a temporary file",
    "lists the working folder",
    "changes modes",
    "changes times",
    "changes folder",
    "locks a descriptor",
)
"""What programs that may write files are allowed, or what seems to work and does nothing; the canaries must hold."""

SECRET = "canary-4d1c2b"
MARK = f"auditor-canary-{os.getpid()}"
WATCHED = ("/tmp", "/dev/shm")


class Canaries:
    """What no candidate may reach: files, ports, processes, signals, the environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "canaries"
        self.folder.mkdir()
        self.secret = self.folder / "secret"
        self.secret.write_text(SECRET)
        (self.folder / "link").symlink_to(SECRET)
        (self.folder / "secret_module.py").write_text(f"VALUE = {SECRET!r}\n")
        answers = {str(items): sum(i * i for i in items) + len(items) for (items,) in CALLS}
        (self.folder / "answers.json").write_text(json.dumps(answers))
        with sqlite3.connect(self.folder / "secret.db") as database:
            database.execute("create table t as select ? as value", (SECRET,))
        for path in [self.folder, *self.folder.iterdir()]:
            if not path.is_symlink():
                path.chmod(0o777)  # nothing but the sandbox keeps a program from them
        os.environ["AUDITOR_CANARY"] = SECRET
        self.listeners = [
            self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"{folder}/socket"),
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{MARK}"),
        ]
        self.victim = subprocess.Popen(["sleep", "900"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.signals: list[int] = []
        for number in (signal.SIGIO, signal.SIGUSR1, signal.SIGUSR2, signal.SIGURG, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, lambda got, _: self.signals.append(got))
        self.before = self._state()

    def _listen(self, family: int, kind: int, address: Any) -> socket.socket:
        listener = socket.socket(family, kind)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        listener.setblocking(False)
        return listener

    def fill(self, source: str) -> str:
        """Tell a program where the canaries are."""
        package = Path(auditor.__file__).parent
        tcp, udp, unix, _ = (listener.getsockname() for listener in self.listeners)
        packages = next(path for path in sys.path if (Path(path) / "pydantic").is_dir())
        places = {
            "DIR": self.folder, "SECRET": self.secret,
            "DATA": self.folder / "answers.json", "DATABASE": self.folder / "secret.db",
            "PARENT": os.getpid(), "VICTIM": self.victim.pid, "PACKAGE": package, "PACKAGES": packages,
            "TCP": tcp[1], "UDP": udp[1], "UNIX": unix, "MARK": MARK,
        }  # fmt: skip
        for name, place in places.items():
            source = source.replace(f"@{name}@", str(place))
        return source

    def broken(self) -> list[str]:
        """Name what was touched."""
        found = []
        if self.before != self._state():
            found.append(f"files: {self.before} → {self._state()}")
        found += [f"{listener} was reached" for listener in self.listeners if self._reached(listener)]
        if self.victim.poll() is not None:
            found.append("the victim died")
        if self.signals:
            found.append(f"signals: {self.signals}")
        found += [f"{where}/{MARK}" for where in WATCHED if (Path(where) / MARK).exists()]
        return found

    def _state(self) -> list[tuple[str, int, str]]:
        """List names, modes and contents of the canary files, and of our own package."""
        planted = Path(auditor.__file__).parent / "planted.py"
        found = []
        for path in [self.folder, *sorted(self.folder.iterdir())]:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found.append((path.name, path.lstat().st_mode, content))
        return [*found, (planted.name, int(planted.exists()), "")]

    def _reached(self, listener: socket.socket) -> bool:
        try:
            listener.recv(9) if listener.type == socket.SOCK_DGRAM else listener.accept()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """End what was started."""
        self.victim.kill()
        self.victim.wait()
        for listener in self.listeners:
            listener.close()


class Size(StrEnum):
    """How much of the corpus runs. Harms and honest programs always do, since they depend on user and level most."""

    WHOLE = "whole"
    BRIEF = "brief"
    """Without what only waits or burns time, and each cheat against two suites instead of seven."""
    OUTWARD = "outward"
    """Of cheats and bombs only those of ``BRIEF`` that use the system; the others are the interpreter's business."""


_USES_SYSTEM = re.compile(
    r"@[A-Z]+@|\b(?:open|os|ctypes|signal|socket|subprocess|thread\w*|_thread|multiprocessing|concurrent|resource|mmap)\b"
)
SLOW = (
    "output, by", "output, empty", "loops", "sleeps", "waits", "stops", "folds", "wide", "closes and sleeps",
    "recursion without", "recursion in C", "an exception whose text never", "an entry point that hangs",
    "finally in finally", "comprehensions in", "f-strings of", "names by", "a regular expression that", "a power of",
    "a text of a huge", "a product of", "decompresses", "many weak", "a chain of deletions", "hashes that collide",
    "writes without end", "exhausts a generator", "does not end",
)  # fmt: skip


def corpus(canaries: Canaries, level: SandboxLevel, size: Size) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, name, task and source of every run of a size."""
    for kind, name, task, source in _whole(level, brief=size is not Size.WHOLE):
        tries_us = kind in {"cheat", "bomb"}
        if size is not Size.WHOLE and tries_us and name.startswith(SLOW):
            continue
        if size is Size.OUTWARD and tries_us and not _USES_SYSTEM.search(source):
            continue
        yield kind, name, task, source if kind in {"bomb", "honest"} else canaries.fill(source)


def _whole(level: SandboxLevel, *, brief: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, name, task and source of every run, places of canaries still unfilled."""
    suites = (
        {"Hostile/number", "Hostile/script"} if brief else FUNCTION_TASKS.keys() - {"Hostile/kind"}
    )  # any object is right
    for name, source in (CHEATS | FORGERIES | REVIEW_CHEATS).items():
        for task in sorted(suites):
            yield "cheat", name, task, source
    yield from _of_every_kind()
    for name, source in HARMS.items():
        yield "harm", name, "Hostile/number", source
        if name.startswith(("reads the secret", "kills", "forks")):
            yield "harm", name, "Hostile/script", source
        if level == SandboxLevel.LANDLOCK and name not in HARMLESS_THERE:
            yield "harm", name, FILES_TASK.task_id, source
    for name, source in (BOMBS | REVIEW_BOMBS).items():
        yield "bomb", name, "Hostile/number", source
        if name.startswith(("output", "deep", "a ", "an ")):
            yield "bomb", name, "Hostile/script", source
    for name, source in LENDING_HONEST.items():
        yield "honest", name, "Hostile/lending", source
    for name, source in (HONEST | CROSSING_HONEST | IDIOMS_HONEST | REVIEW_HONEST).items():
        yield "honest", name, f"Hostile/{name.partition(':')[0]}", source


def _of_every_kind() -> Iterator[tuple[str, str, str, str]]:
    """Yield the cheats on programs and unittest suites, and new ones on calls and scripts."""
    cheats = {
        "Hostile/number": CALL_CHEATS, "Hostile/script": CALL_CHEATS,
        "Hostile/program": PROGRAM_CHEATS, "Hostile/sum": TRICKS, "Hostile/unittest": UNITTEST_CHEATS,
        "Hostile/lending": LENDING_CHEATS,
    }  # fmt: skip
    for task, programs in cheats.items():
        for name, source in programs.items():
            yield "cheat", name, task, source
    for kind, programs in CROSSING_CHEATS.items():
        for name, source in programs.items():
            yield "cheat", name, f"Hostile/{kind}", source


def run(level: SandboxLevel, folder: Path, size: Size) -> dict[str, Any]:
    """Run everything; returns each run's outcomes, and what became of the canaries and of ourselves."""
    canaries = Canaries(folder)
    try:
        results, expected, about = _verify(canaries, level, folder, size)
        left = _descendants(os.getpid()) - {canaries.victim.pid}
        broken = canaries.broken()
    finally:
        canaries.close()
    times = os.times()
    cpu = times.user + times.system + times.children_user + times.children_system
    about |= {"uid": os.getuid(), "canaries": broken, "left": sorted(left), "cpu": cpu, "expected": expected}
    return {**about, "results": results}


def _verify(
    canaries: Canaries, level: SandboxLevel, folder: Path, size: Size
) -> tuple[list[dict[str, Any]], int, dict[str, Any]]:
    """Verify the corpus, honest programs last, since whatever the others left behind would show in them."""
    runs = {}
    for kind, name, task, source in corpus(canaries, level, size):
        runs[program_id(task, source)] = (kind, name, task, source)
    programs = [Program(program, task, source) for program, (_, _, task, source) in runs.items()]
    results = []
    config = VerifyConfig(workers=2, timeout=0.25, memory_mb=1024, sandbox="none", per_test="none")
    tasks = TASKS | ({FILES_TASK.task_id: FILES_TASK} if level == SandboxLevel.LANDLOCK else {})
    with Verifier(tasks, config, level=level) as verifier, Store(folder / "audit.db") as store:
        unfit = verifier.check_references()
        store.add_tasks(tasks.values())
        store.add_samples(_sample(number, program) for number, program in enumerate(programs))
        for verdicts in verifier.verify(programs):
            kind, name, task, _ = runs[verdicts[0].program]
            results.append({"kind": kind, "name": name, "task": task, **_told(verdicts)})
            store.add_verdicts(verdicts)
        about = {"level": verifier.level, "unfit": unfit}
    if size is Size.WHOLE:
        about["scripts"] = _verify_scripts(canaries, level, config)
    return results, len(runs), about


def _sample(number: int, program: Program) -> Sample:
    """Make the sample that a program would come from."""
    text = program.solution
    return Sample("hostile", program.task_id, number, program.program, SampleStatus.OK, text, text, "given/1")


def _verify_scripts(canaries: Canaries, level: SandboxLevel, config: VerifyConfig) -> dict[str, str]:
    """Let every harm come as the test script of an untrusted data set; returns what went wrong with each."""
    ending = "\ncandidate()\nresult = solve([1])\nassert not result.startswith('HARM'), result\n"
    tasks = {}
    for name, source in HARMS.items():
        script = AssertSuite(canaries.fill(source) + ending)
        tasks[name] = Task(
            name,
            "",
            Target.function("answer"),
            "def answer():\n    return 0\n",
            base=script,
            plus=AssertSuite("candidate()\n"),
        )
    with Verifier(tasks, config, level=level) as verifier:
        return {name: reason for name, reason in verifier.check_references().items() if "the test script" in reason}


def _told(verdicts: list[Verdict]) -> dict[str, Any]:
    outcomes = {verdict.suite: verdict.outcome for verdict in verdicts}
    return {
        "base": outcomes.get(SuiteName.BASE, Outcome.ERROR),
        "plus": outcomes.get(SuiteName.PLUS),
        "got": " ".join(v.failing.got for v in verdicts if v.failing),
        "detail": " ".join(v.detail for v in verdicts),
    }


def _descendants(root: int) -> set[int]:
    """Find every living process below one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except (OSError, ValueError):
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found: set[int] = set()
    while grown := {pid for pid, parent in parents.items() if parent in found | {root}} - found:
        found |= grown
    return found


def main() -> None:
    """Run from the command line."""
    answer = run(SandboxLevel(sys.argv[1]), Path(sys.argv[2]), Size(sys.argv[3]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
