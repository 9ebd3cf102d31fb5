"""Where the reference passes apart from the tests and in one process, a solution has to pass both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.config import VerifyConfig
from auditor.records import AssertSuite, FailureKind, Outcome, Program, Task, Verdict, program_id
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier
from tests.integration.test_unittest_callbacks import judge_all

BOX = """
class Box:
    def __init__(self, items=()):
        self._items = list(items)
    def add(self, item):
        self._items.append(item)
        return self
    def items(self):
        return list(self._items)
    def count(self):
        return len(self._items)

def grid(n):
    return [[0] * n for _ in range(n)]
def collect(item, into=None):
    into = [] if into is None else into
    into.append(item)
    return into
def doubled(items):
    return [2 * item for item in items]
def without_none(items):
    return [item for item in items if item is not None]
"""
BOX_TESTS = """
import unittest
class T(unittest.TestCase):
    def test_returned(self):
        box = Box([1, 2])
        got = box.items()
        box.add(3)
        self.assertEqual(got, [1, 2])
    def test_own(self):
        box = Box([1, 2])
        box.items().append(9)
        self.assertEqual(box.items(), [1, 2])
    def test_kept(self):
        given = [1]
        box = Box(given)
        given.append(2)
        self.assertEqual(box.count(), 1)
    def test_changed(self):
        given = [1]
        Box(given).add(2)
        self.assertEqual(given, [1])
    def test_cached(self):
        grid(2)[0][0] = 7
        self.assertEqual(grid(2), [[0, 0], [0, 0]])
    def test_default(self):
        first = collect(1)
        second = collect(2)
        self.assertEqual((first, second), ([1], [2]))
    def test_copied(self):
        items = []
        got = doubled(items)
        got.append(1)
        self.assertEqual(items, [])
    def test_sometimes(self):
        items = [1, 2]
        self.assertEqual(without_none([None, 1]), [1])
        without_none(items).append(3)
        self.assertEqual(items, [1, 2])
"""
ALIASED = {
    "returned": ("return list(self._items)", "return self._items"),
    "kept": ("self._items = list(items)", "self._items = items if isinstance(items, list) else list(items)"),
    "cached": ("def grid(n)", "import functools\n@functools.lru_cache\ndef grid(n)"),
    "default": ("into=None):\n    into = [] if into is None else into", "into=[]):\n    into.clear()"),
    "copied": ("return [2 * item for item in items]", "items[:] = [2 * item for item in items]\n    return items"),
    "sometimes": ("return [item for item", "return items if None not in items else [item for item"),
}
FAILS = {
    "returned": {"test_returned", "test_own"}, "kept": {"test_kept", "test_changed"}, "cached": {"test_cached"},
    "default": {"test_default"}, "copied": {"test_copied"}, "sometimes": {"test_sometimes"},
}  # fmt: skip
HONEST = [
    BOX.replace("return list(self._items)", "return self._items[:]"),
    BOX.replace("self._items = list(items)", "self._items = [*items]"),
    BOX.replace("def grid(n):\n    return [", "import functools\n@functools.lru_cache\ndef _grid(n):\n    return [")
    + "def grid(n):\n    return [list(row) for row in _grid(n)]\n",
    BOX.replace(
        "return [item for item in items if item is not None]", "return list(filter(lambda x: x is not None, items))"
    ),
]


def test_aliasing_fails_the_tests_that_show_it() -> None:
    """Each wrong class or function fails where sharing shows, and the message says where it ran; honest ones pass."""
    sources = [BOX.replace(*change) for change in ALIASED.values()]
    assert BOX not in sources
    found = judge_all(Target(TargetKind.CLASS, "Box"), BOX, BOX_TESTS, [*HONEST, *sources])
    assert [one.outcome for one in found[: 1 + len(HONEST)]] == [Outcome.PASS] * (1 + len(HONEST))
    names = [line.split()[1].partition("(")[0] for line in BOX_TESTS.splitlines() if "def test" in line]
    for kind, verdict in zip(ALIASED, found[1 + len(HONEST) :], strict=True):
        failed = {name for name, code in zip(names, verdict.passed, strict=True) if not code}
        assert verdict.outcome is Outcome.FAIL, kind
        assert failed == FAILS[kind], kind
        assert verdict.failing is not None
        assert verdict.failing.kind is FailureKind.ASSERTION
        assert verdict.failing.got.startswith("in one process with the tests, line "), verdict.failing


SCRIPTS = {
    "kept list": (
        "a = candidate(1)\nassert candidate(2) == [0, 0]\nassert a == [0]\n",
        "def solve(n):\n    return [0] * n\n",
        "kept = {}\ndef solve(n):\n    found = kept.setdefault(0, [])\n    found[:] = [0] * n\n    return found\n",
    ),
    "lru_cache": (
        "def check(candidate):\n    candidate(3).append(1)\n    assert candidate(3) == [0, 1, 2]\n",
        "def solve(n):\n    return list(range(n))\n",
        "import functools\n@functools.lru_cache\ndef solve(n):\n    return list(range(n))\n",
    ),
    "default": (
        "first = candidate(1)\nassert candidate(2) == [2] and first == [1]\n",
        "def solve(n):\n    return [n]\n",
        "def solve(n, seen=[]):\n    seen[:] = [n]\n    return seen\n",
    ),
    "argument": (
        "given = [[1]]\ngot = candidate(given)\ngot[0].append(2)\nassert given == [[1]]\n",
        "import copy\ndef solve(rows):\n    return copy.deepcopy(rows)\n",
        "def solve(rows):\n    return rows[:]\n",
    ),
    "kept argument": (
        "d = {'a': 1}\ncandidate(d)\nd['b'] = 2\nassert candidate({'c': 3}) == 1\n",
        "def solve(d, last=[0]):\n    n, last[0] = last[0], len(d)\n    return n\n",
        "def solve(d, last=[{}]):\n    n, last[0] = len(last[0]), d\n    return n\n",
    ),
}


@pytest.mark.parametrize("kind", SCRIPTS)
def test_scripts_hold_both_ways(kind: str) -> None:
    """A script's failing line is shown, and a right program passes."""
    script, right, wrong = SCRIPTS[kind]
    suite = AssertSuite(script)
    task = Task("T", "", Target.function("solve"), right, suite, suite)
    found = judge(task, [right + "# same\n", wrong])
    assert [one.outcome for one in found] == [Outcome.PASS, Outcome.FAIL]
    assert found[1].failing is not None
    assert found[1].failing.call.startswith("assert ")
    assert found[1].failing.got == "in one process with the tests: AssertionError"
    assert found[1].failing.kind is FailureKind.ASSERTION


def judge(task: Task, sources: Iterable[str]) -> list[Verdict]:
    """Judge programs by a task's base suite."""
    programs = [Program(program_id(task.task_id, one), task.task_id, one) for one in sources]
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}
        found = {one[0].program: one[0] for one in verifier.verify(programs)}
    return [found[one.program] for one in programs]


def test_suites_that_hold_one_way_are_named(tmp_path: Path) -> None:
    """``tasks check`` says for each task which way fails, by which test, and what to do; all tasks stay fit."""
    unit = "import unittest\nclass T(unittest.TestCase):\n    def test_same(self):\n        x = [1]\n        {}\n"
    returns, script = "def f(x):\n    return x\n", "a = f([1])\nf([2])\nassert a == [1]\n"
    cases = {
        "inside": (returns, {"unittest": unit.format("self.assertIs(f(x), x)")}),
        "apart": (returns, {"unittest": unit.format("f(x).append(2); self.assertEqual(x, [1])")}),
        "script": ("kept = []\ndef f(x):\n    kept[:] = x\n    return kept\n", {"assert": script}),
        "both": (returns, {"unittest": unit.format("self.assertEqual(f(x), x)")}),
    }
    rows = [
        {"task_id": name, "prompt": "x", "entry_point": "f", "reference": source, "base": suite, "plus": suite}
        for name, (source, suite) in cases.items()
    ]
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def check(*words: str) -> str:
        done = CliRunner().invoke(app, ["tasks", "check", str(tasks), "--workers", "1", "--quiet", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    listed = json.loads(check("--format", "json"))["tasks"]
    assert [row["unfit"] for row in listed] == [None] * 4
    one_way = {row["task_id"]: (row["in_process"].get("plus"), row["apart_only"].get("plus")) for row in listed}
    assert one_way["both"] == (None, None)
    assert one_way["inside"][0].startswith("T.test_same: line 5: AssertionError: [1] is not [1]")
    assert one_way["apart"][1].startswith("T.test_same: line 5: AssertionError: Lists differ: [1, 2] != [1]")
    assert one_way["script"][1] == "line 3 of the test script: AssertionError"
    notes = [line for line in check().splitlines() if "plus " in line and ": " in line]
    assert [line.partition(": plus ")[0] for line in notes] == ["inside", "apart", "script"]
    assert all(line.endswith("so that it passes both ways") for line in notes[1:])
    assert notes[0].endswith('"trust": "in-process"')
