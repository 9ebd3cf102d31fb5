"""Programs that read standard input, in a real sandbox: honest idioms pass, wrong ones fail for the right reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from auditor.comparators import Comparator
from auditor.config import VerifyConfig
from auditor.records import FailureKind, Outcome, Program, StdinSuite, SuiteName, Task, Verdict, program_id
from auditor.sandbox import SandboxLevel
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier
from auditor.verify.inside import landlock
from tests.hostile.idioms import IDIOMS, SUM, TRICKS

STDIN = ("1 2\n3\n", "10\n", "", "5 5\n5\n" * 100)
SUITE = StdinSuite(STDIN, ("6\n", "10\n", "0\n", "1500\n"))
PROGRAM = Target(TargetKind.PROGRAM)
TASK = Task("P/sum", "Add all numbers.", PROGRAM, SUM, SUITE, SUITE)
CHECKED = Task(
    "P/pair", "Print two numbers that add up to n.", PROGRAM, "n = int(input())\nprint(1, n - 1)\n",
    *[StdinSuite(
        ("5\n", "9\n"), ("1 4\n", "1 8\n"), Comparator.CHECKER,
        checker=(
            "def check(stdin, stdout, expected):\n"
            "    words = stdout.split()\n"
            "    if len(words) != 2:\n        return False, 'two numbers are asked for'\n"
            "    if words[0] == '9' * 10:\n        import os\n        os._exit(0)\n"
            "    if words == ['7', '7']:\n        import os\n        os.write(3, b'k[true\\n')\n        os._exit(0)\n"
            "    return sum(map(int, words)) == int(stdin)\n"
        ),
    )] * 2,
)  # fmt: skip
TASKS = {task.task_id: task for task in (TASK, CHECKED)}
LEVELS = [SandboxLevel.SECCOMP, *([SandboxLevel.LANDLOCK] if landlock.abi() else [])]


@pytest.fixture(scope="module", params=LEVELS)
def verifier(request: pytest.FixtureRequest) -> Iterator[Verifier]:
    config = VerifyConfig(workers=2, timeout=1.0)
    with Verifier(TASKS, config, level=request.param) as opened:
        yield opened


def verdict(verifier: Verifier, source: str, task: Task = TASK) -> Verdict:
    (found,) = verifier.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    return found[0]


FAILING = {
    "wrong answer": ("print(7)\n", Outcome.FAIL, FailureKind.WRONG_VALUE),
    "nothing": ("pass\n", Outcome.FAIL, FailureKind.WRONG_VALUE),
    "exit code": (f"{SUM}sys.exit(3)\n", Outcome.FAIL, FailureKind.EXIT_CODE),
    "exit code of os._exit": (
        f"{SUM}sys.stdout.flush()\nimport os\nos._exit(1)\n",
        Outcome.FAIL,
        FailureKind.EXIT_CODE,
    ),
    "exception after the answer": (f"{SUM}1 / 0\n", Outcome.FAIL, FailureKind.EXCEPTION),
    "loop": ("while True: pass\n", Outcome.TIMEOUT, FailureKind.NO_ANSWER),
    "chatty loop": ("while True: print(end='', flush=True)\n", Outcome.TIMEOUT, FailureKind.NO_ANSWER),
    "memory": ("x = [0] * 10**11\n", Outcome.MEMORY, FailureKind.MEMORY),
    "crash": ("import ctypes\nctypes.string_at(0)\n", Outcome.CRASH, FailureKind.CRASH),
    "endless output": ("while True: print('x' * 1000)\n", Outcome.FAIL, FailureKind.TOO_LARGE),
    "does not parse": ("print(\n", Outcome.INVALID, None),
}


AS_INTERPRETED = f"""
import builtins, inspect, io, pathlib, sys, types
def twice(x):
    return 2 * x  # as it is written
text = open(__file__).read()
assert "as it is written" in inspect.getsource(twice) and inspect.getsource(twice) in text
assert pathlib.Path(__file__).read_text() == text == open(__file__, "rb").read().decode() == open(sys.argv[0]).read()
assert text in inspect.getsource(sys.modules["__main__"])
assert __builtins__ is builtins and type(__builtins__) is types.ModuleType
assert __builtins__.sum is sum and __cached__ is None and __name__ == "__main__"
assert all(callable(one) for one in (help, copyright, credits, license, exit, quit))
assert "quit" in repr(quit) and isinstance(exit, type(quit))
for wrong in ("program.pyc", "other.py"):
    try:
        open(wrong)
    except OSError:
        continue
    raise AssertionError(wrong)
import traceback
try:
    twice(None, None)
except TypeError:
    assert "twice(None, None)" in traceback.format_exc()
{SUM}
exit()
print("after the end")
"""


def test_a_program_finds_what_the_interpreter_gives_it(verifier: Verifier) -> None:
    """Its own text, the builtins as a module and what ``site`` adds, on every test of a suite."""
    found = verdict(verifier, AS_INTERPRETED)
    assert (found.outcome, found.passed, found.failing) == (Outcome.PASS, b"\1" * 4, None)


LATE = {
    "prints in a destructor": f"{SUM}class D:\n    def __del__(self):\n        print('late')\nd = D()\n",
    "prints when a generator is closed": (
        f"{SUM}def g():\n    try:\n        yield\n    finally:\n        print('late')\ng = g()\nnext(g)\n"
    ),
}


@pytest.mark.parametrize("name", LATE)
def test_what_a_program_does_at_its_very_end_counts(verifier: Verifier, name: str) -> None:
    """Its names are released before the process ends, as the interpreter does."""
    assert verdict(verifier, LATE[name]).outcome is Outcome.FAIL


@pytest.mark.parametrize("name", IDIOMS)
def test_honest_idioms_pass(verifier: Verifier, name: str) -> None:
    """A real process runs the program, so every way of reading and writing works."""
    found = verdict(verifier, IDIOMS[name])
    assert found.outcome is Outcome.PASS, (found.detail, found.failing)
    assert found.passed == bytes([1] * len(STDIN))


def test_a_program_that_kills_itself_did_not_run_out_of_memory(verifier: Verifier) -> None:
    """Its end is determined by the signal."""
    found = verdict(verifier, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    assert (found.outcome, found.failing and found.failing.kind) == (Outcome.CRASH, FailureKind.CRASH)
    assert "killed by SIGKILL" in found.detail


@pytest.mark.parametrize("name", FAILING)
def test_failures_say_why(verifier: Verifier, name: str) -> None:
    """Each way of failing has an outcome and a kind of its own."""
    source, outcome, kind = FAILING[name]
    if outcome is Outcome.TIMEOUT:  # burns its limits on every test
        with Verifier(TASKS, VerifyConfig(workers=1, timeout=0.2), level=verifier.level) as short:
            found = verdict(short, source)
    else:
        found = verdict(verifier, source)
    assert (found.outcome, found.failing and found.failing.kind) == (outcome, kind), found


@pytest.mark.parametrize("name", TRICKS)
def test_cheats_fail(verifier: Verifier, name: str) -> None:
    """The expected outputs are not in the process, and no line of it is believed."""
    assert verdict(verifier, TRICKS[name]).outcome not in {Outcome.PASS, Outcome.ERROR}


def test_a_failing_test_shows_input_and_output(verifier: Verifier) -> None:
    """The reader sees what went in, what was expected, and what came."""
    found = verdict(verifier, "print(6)\n").failing
    assert found is not None
    assert (found.index, found.call, found.expected) == (1, "10", "10")
    assert found.got == "6\n(first difference on line 1)"


def test_exceptions_are_named(verifier: Verifier) -> None:
    """The class and message of what ended the program are kept."""
    found = verdict(verifier, "raise LookupError('no such key')\n").failing
    assert found is not None
    assert found.got == "LookupError: no such key"


def test_what_a_program_leaves_among_the_notes_is_not_run(verifier: Verifier) -> None:
    """A program is compiled once, before it runs; what it writes in the place of that is no later run's program."""
    forged = (
        "import marshal, os, sys\ncode = marshal.dumps(compile('print(10)', 'x', 'exec'))\n"
        "for fd in range(3, 9):\n    try:\n        os.write(fd, b'%08x' % len(code) + code)\n"
        "    except OSError:\n        pass\nprint(6)\nsys.stdin.read()\n"
    )
    assert verdict(verifier, forged).passed == bytes([1, 0, 0, 0])


@pytest.mark.parametrize("lines", [1, 3000])
def test_programs_that_are_compiled_once_pass(verifier: Verifier, lines: int) -> None:
    """Kept code and code that is too large to keep run alike, whatever it holds."""
    filler = "".join(f"name_{n} = 'größe \\udcff {n}'\n" for n in range(lines))
    source = f"{filler}import sys\nassert __name__ == '__main__' and f'{{sys.argv}}' == \"['program.py']\"\n{SUM}"
    assert verdict(verifier, source).passed == bytes([1] * len(STDIN))


def test_a_prelude_s_names_are_a_program_s_fallbacks() -> None:
    """They are found if neither the program nor the builtins have them."""
    prelude = "from math import *\nimport sys\nmax = None\n"
    task = replace(TASK, prelude=prelude, reference=SUM.removeprefix("import sys\n"))
    source = (
        "words = sys.stdin.read().split()\nassert max(2, gcd(4, 6)) == 2 == pow(5, 1, 3)\nprint(sum(map(int, words)))\n"
    )
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        assert verdict(opened, source, task).outcome is Outcome.PASS
        assert verdict(opened, "print(isqrt(36)); exit(absent)\n", task).outcome is Outcome.FAIL


def test_a_checker_decides(verifier: Verifier) -> None:
    """Any two numbers with the right sum pass; the checker's message explains a failure."""
    assert verdict(verifier, "n = int(input())\nprint(n - 2, 2)\n", CHECKED).outcome is Outcome.PASS
    found = verdict(verifier, "print(int(input()))\n", CHECKED)
    assert found.outcome is Outcome.FAIL
    assert found.failing is not None
    assert "two numbers are asked for" in found.failing.got


WRONG_FOR_CHECKER = {
    "raises": ("print('x 4')\n", "the checker raised ValueError", False),
    "does not answer": ("print('9' * 10, '1')\n", "the checker did not answer", True),
    "forges a line": ("print(7, 7)\n", "the checker did not answer", True),
}


@pytest.mark.parametrize("name", WRONG_FOR_CHECKER)
def test_an_output_that_breaks_the_checker_is_wrong(verifier: Verifier, name: str) -> None:
    """The checker has accepted every expected output, so the program is charged, and not the harness."""
    source, why, flaky = WRONG_FOR_CHECKER[name]
    found = verdict(verifier, source, CHECKED)
    assert (found.outcome, found.flaky) == (Outcome.FAIL, flaky)
    assert found.failing is not None
    assert why in found.failing.got


def test_all_references_are_fit(verifier: Verifier) -> None:
    """The tasks of this module can be judged by."""
    assert verifier.check_references() == {}


UNFIT = {
    "a reference that fails": replace(TASK, reference="print(1)\n"),
    "a checker that refuses the expected output": replace(
        CHECKED, base=replace(CHECKED.base, checker="def check(stdin, stdout, expected):\n    return False\n")
    ),
    "a checker that raises": replace(
        CHECKED, base=replace(CHECKED.base, checker="def check(stdin, stdout, expected):\n    return stdout[99]\n")
    ),
    "a checker that returns text": replace(
        CHECKED, base=replace(CHECKED.base, checker="def check(stdin, stdout, expected):\n    return 'yes'\n")
    ),
    "a right program that fails": replace(TASK, reference="", known_right=(SUM, "print(6)\n")),
    "no outputs and no reference": replace(TASK, reference="", base=StdinSuite(("1\n",))),
}


@pytest.mark.parametrize("name", UNFIT)
def test_suites_that_cannot_be_trusted_are_unfit(name: str) -> None:
    """The reason names what speaks against the task."""
    task = UNFIT[name]
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        assert list(opened.check_references()) == [task.task_id]


def test_without_a_reference_known_programs_stand_in() -> None:
    """Outputs come with the task, and a program that is known to be right passes them."""
    task = replace(TASK, reference="", known_right=(SUM,))
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        (found,) = opened.verify([Program(program_id(task.task_id, SUM), task.task_id, SUM)])
    assert [one.outcome for one in found] == [Outcome.PASS, Outcome.PASS]
    assert [one.suite for one in found] == list(SuiteName)


def test_a_stated_memory_limit_holds() -> None:
    """A program that takes more than the statement allows is out of memory; one that takes less passes."""
    suite = replace(SUITE, memory_mb=128)
    task = replace(TASK, base=suite, plus=suite)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        for megabytes, outcome in ((64, Outcome.PASS), (400, Outcome.MEMORY)):
            source = f"x = bytearray({megabytes} << 20)\n{SUM}"
            (found,) = opened.verify([Program(program_id(task.task_id, source), task.task_id, source)])
            assert found[0].outcome is outcome


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no files in memory")
def test_large_inputs_and_outputs() -> None:
    """Megabytes go in and come out whole."""
    text = "1 2 3 4 5\n" * 200_000
    suite = StdinSuite((text,), (text,))
    task = replace(TASK, reference="import sys\nsys.stdout.write(sys.stdin.read())\n", base=suite, plus=suite)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        source = "for line in open(0):\n    print(line, end='')\n"
        (found,) = opened.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    assert [one.outcome for one in found] == [Outcome.PASS, Outcome.PASS]


def test_a_program_that_has_failed_is_not_run_for_ever() -> None:
    """Once a program has failed, further tests run only until the suite's CPU time is used; the rest did not run."""
    suite = StdinSuite(("1",) * 20, ("1",) * 20)
    task = replace(TASK, base=suite, plus=suite, reference="print(input())\n")
    slow = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end:\n    pass\nprint(2)\n"
    config = VerifyConfig(workers=1, suite_timeout=0.5)
    with Verifier({task.task_id: task}, config) as opened:
        found = verdict(opened, slow, task)
    assert found.outcome is Outcome.FAIL
    assert 0 in found.passed
    assert found.passed[-1] == 2
    assert found.passed.count(0) <= 5


def test_standard_streams_have_their_names_and_modes(verifier: Verifier) -> None:
    """Readers that programs bring along ask for them."""
    source = (
        "import sys\nassert (sys.stdin.mode, sys.stdin.name) == ('r', '<stdin>')\n"
        "assert (sys.stdout.mode, sys.stdout.name) == ('w', '<stdout>')\n"
    )
    assert verdict(verifier, source + SUM).outcome is Outcome.PASS
