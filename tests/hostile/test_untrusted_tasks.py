"""References and test scripts that are hostile themselves: a data set may be untrusted too."""

from __future__ import annotations

import os
import resource
import sys

import pytest

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Outcome, Program, Task, program_id
from auditor.targets import Target
from auditor.verify import Verifier
from auditor.verify.children import LISTEN_SECONDS, Child
from auditor.verify.levels import available

pytestmark = pytest.mark.skipif(available() == "none", reason="confinement is for Linux on x86-64 and aarch64")

FIVE = "def solve(items):\n    return 5\n"
TARGET = Target.function("solve")
SUITE = InputSuite((([1],), ([2],)))
CALL = """b'q{"tuple":[[[1]],{"dict":[]}]}\\n'"""
LISTS = "for _ in range(9):\n    candidate(list(range(20_000)))\nassert candidate([1]) == 5\n"
"""Sends more than a socket holds."""


def reference(lines: bytes) -> str:
    """Make a reference that writes its own lines to the channel."""
    return f"import os\ndef solve(items):\n    os.write(3, {lines!r})\n    os._exit(0)\n"


REFERENCES = {
    "times that are none": reference(b"r\nv5\ntabc\nv5\ntabc\nz\n"),
    "a time without end": reference(b"r\nv5\ntinf\nv5\ntinf\nz\n"),
    "a time before time": reference(b"r\nv5\nt-1\nv5\nt-1\nz\n"),
    "no time": reference(b"r\nv5\ntnan\nv5\ntnan\nz\n"),
    "other lines": reference(b"r\nv5\nx5\nv5\nx5\nz\n"),
    "values that are none": reference(b"r\nv{\nt0\nv{\nt0\nz\n"),
    "too few values": reference(b"r\nv5\nt0\nz\n"),
    "nothing but an end": reference(b"z\n"),
    "nothing": "import os\nos._exit(0)\n",
    "noise": reference(b"\x00\xff\n" * 9),
    "lines without end": "import os\ndef solve(items):\n    while True: os.write(3, b'\\n' * (1 << 20))\n",
    "answers without end": "import os\ndef solve(items):\n    while True: os.write(3, b'v1\\nt0\\n' * (1 << 17))\n",
    "a line without end": "import os\ndef solve(items):\n    while True: os.write(3, b'v' * (1 << 20))\n",
    "a huge line of a huge decimal": """
import os
line = memoryview(b'r\\nv["' + b'x' * 1100000 + b'",{"decimal":"1e100000000"}]\\nt0\\n' * 2 + b'z\\n')
while line: line = line[os.write(3, line):]
os._exit(0)
""",
    "asynchronous": "async def solve(items):\n    return 5\n",
}
COLLIDING = frozenset(range(0, 99 * sys.hash_info.modulus, sys.hash_info.modulus))
"""Numbers of one hash."""

SCRIPTS = {
    "fails on a line of many digits": f"import os\nos.write(3, {CALL} + b'f[' + b'9' * 6000 + b', true, 0]\\n')\n",
    "fails on no line": f"import os\nos.write(3, {CALL} + b'f\\n')\n",
    "says nothing readable": "import os\nos.write(3, b'\\x00\\xff\\n' * 9)\n",
    "asks and never listens": f"import os\nwhile True:\n    os.write(3, {CALL})\n",
    "claims a pass without a call": "import os\nos.write(3, b'p\\n')\nos._exit(0)\n",
    "dies": "import os\nos._exit(0)\n",
    "shadows what runs it": """
import auditor.verify.inside.scripting as s
s.Proxy = s._line_of = None
raise SystemExit
""",
}


def judge(verifier: Verifier, task: str, source: str) -> list[Outcome]:
    (verdicts,) = verifier.verify([Program(program_id(task, source), task, source)])
    return [verdict.outcome for verdict in verdicts]


def test_hostile_references_and_scripts_only_make_their_task_unfit() -> None:
    """Whatever a reference or a script writes to its channel, its own task is unfit and the others are judged."""
    tasks = {name: Task(name, "", TARGET, source, SUITE, SUITE) for name, source in REFERENCES.items()}
    for name, source in SCRIPTS.items():
        tasks[name] = Task(name, "", TARGET, FIVE, AssertSuite(source), AssertSuite(source))
    tasks["good"] = Task("good", "", TARGET, FIVE, SUITE, SUITE)
    with Verifier(tasks, VerifyConfig(workers=2, timeout=0.25)) as verifier:
        unfit = verifier.check_references()
        bad = {name: judge(verifier, name, FIVE) for name in tasks if name not in unfit and name != "good"}
        assert judge(verifier, "good", FIVE) == [Outcome.PASS, Outcome.PASS]
    # a reference that forges the same unreadable value every time is consistent with itself, and with nobody else
    assert bad.keys() <= {"values that are none"}
    assert not any(Outcome.PASS in outcomes for outcomes in bad.values())


def test_a_solution_that_answers_ahead_and_never_listens_is_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers sent before the calls were made hold nobody up: after one call in vain there is no other."""
    handed, hand = list[tuple[bool, float]](), Child.hand

    def noted(child: Child, data: bytes, seconds: float = LISTEN_SECONDS) -> None:
        handed.append((bool(child.timed_out), seconds))
        hand(child, data, seconds)

    task = Task("T/lists", "", TARGET, FIVE, AssertSuite(LISTS), AssertSuite(LISTS))
    ahead = "import os, time\nos.write(3, b'r\\n' + b'v{\"tuple\":[5,null]}\\n' * 500)\ntime.sleep(999)\n"
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=0.25)) as verifier:
        verifier.check_references()
        monkeypatch.setattr(Child, "hand", noted)
        assert judge(verifier, task.task_id, ahead) == [Outcome.TIMEOUT]
    assert not any(in_vain for in_vain, _ in handed)
    assert min(seconds for _, seconds in handed) < 5


def test_no_descriptor_is_left_to_a_program_of_a_busy_parent() -> None:
    """If we have hundreds of files open, programs inherit none of them, nor those of the fork server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 700:
        pytest.skip("no more than a few files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 700), hard))
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(400)]
    look = (
        "import os\ndef solve(items):\n    found = []\n    for fd in range(4, 1024):\n"
        "        try: found.append(os.fstat(fd).st_mode)\n        except OSError: pass\n"
        "    return 5 if not found else found\n"
    )
    try:
        task = Task("T/five", "", TARGET, FIVE, SUITE, SUITE)
        with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=0.25)) as verifier:
            assert judge(verifier, task.task_id, look) == [Outcome.PASS, Outcome.PASS]
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_one_odd_task_stops_no_other() -> None:
    """A task with inputs or outputs that cannot be decoded, or with a very long id, ends nothing but itself."""
    long = "T/" + "x" * 70_000
    length = "def solve(items):\n    return len(items)\n"
    ones = InputSuite((([1],),))
    tasks = {
        "inputs": Task("inputs", "", TARGET, length, InputSuite(((COLLIDING,),)), ones),
        "outputs": Task("outputs", "", TARGET, length, ones, InputSuite((([1],),), outputs=(COLLIDING,))),
        long: Task(long, "", TARGET, FIVE, SUITE, SUITE),
    }
    with Verifier(tasks, VerifyConfig(workers=1, timeout=0.25)) as verifier:
        unfit = verifier.check_references()
        assert unfit.keys() == {"inputs", "outputs"}
        assert "colliding hashes" in unfit["inputs"]
        assert judge(verifier, long, FIVE) == [Outcome.PASS, Outcome.PASS]


def test_a_reference_takes_no_memory_of_ours() -> None:
    """Lines without end are refused as they come: reading them takes a few megabytes."""
    tasks = {name: Task(name, "", TARGET, REFERENCES[name], SUITE, SUITE) for name in REFERENCES if "without" in name}
    with Verifier(tasks, VerifyConfig(workers=1, timeout=0.25)) as verifier:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert verifier.check_references().keys() == tasks.keys()
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10
