"""Own tasks that are programs, methods, classes and test suites: what is read, and what is refused by name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.benchmark.own import read_task
from auditor.benchmark.rows import SourceRow
from auditor.benchmark.unittests import find_tests
from auditor.comparators import Comparator
from auditor.errors import InputError
from auditor.suites import InputSuite, StdinSuite, Trust, UnittestSuite
from auditor.targets import TargetKind

STDIN = {"stdin": ["1\n", "2\n"], "stdout": ["2\n", "4\n"]}
PROGRAM = {"task_id": "p", "prompt": "Double.", "reference": "print(2 * int(input()))\n", "base": STDIN, "plus": STDIN}
TESTS = (
    "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(Stack().size(), 0)\n"
)
CLASS = {
    "task_id": "c", "prompt": "A stack.", "entry_point": "Stack",
    "reference": "class Stack:\n    def size(self):\n        return 0\n",
    "base": {"unittest": TESTS}, "plus": {"unittest": TESTS, "trust": "in-process"},
}  # fmt: skip
METHOD = {
    "task_id": "m", "prompt": "Add.", "entry_point": "Solution().add", "prelude": "from typing import *\n",
    "reference": "class Solution:\n    def add(self, a: List[int], b):\n        return sum(a) + b\n",
    "base": {"inputs": [[[1], 2]], "keywords": ["a", "b"]}, "plus": {"inputs": [[[1, 2], 3]]},
}  # fmt: skip


def read(values: dict[str, Any], **changes: Any) -> Any:
    row = {key: value for key, value in {**values, **changes}.items() if value is not ...}
    return read_task(SourceRow(row, "tasks.jsonl:1"))


def test_a_program() -> None:
    """No entry point, suites of texts; the reference may be missing if outputs are given."""
    draft = read(PROGRAM, reference=..., correct=["print(2 * int(input()))\n"], wrong=["print(2)\n"])
    assert draft.target.kind is TargetKind.PROGRAM
    assert draft.base == StdinSuite(("1\n", "2\n"), ("2\n", "4\n"))
    assert (draft.reference, len(draft.known_right), len(draft.known_wrong)) == ("", 1, 1)
    assert read(PROGRAM, slices={"difficulty": "hard"}, family="own").slices == (("difficulty", "hard"),)
    tagged = read(PROGRAM, slices={"topic": ["graphs", "search"], "rating": 1600}).slices
    assert tagged == (("topic", "graphs"), ("topic", "search"), ("rating", "1600"))


def test_rules_and_limits_of_a_program() -> None:
    """A checker is a rule by itself; limits are the statement's."""
    checker = "def check(stdin, stdout, expected):\n    return True\n"
    suite = read(PROGRAM, base={**STDIN, "checker": checker, "cpu_seconds": 2, "memory_mb": 255.5}).base
    assert (suite.comparator, suite.cpu_seconds, suite.memory_mb) == (Comparator.CHECKER, 2.0, 256)
    suite = read(PROGRAM, base={**STDIN, "comparator": "tokens+float", "atol": 1e-6, "rtol": 0}).base
    assert (suite.comparator, suite.atol, suite.rtol) == (Comparator.TOKENS_FLOAT, 1e-6, 0.0)


NODES = {
    "task_id": "n", "prompt": "Reverse.", "entry_point": "reverse",
    "reference": "def reverse(head):\n    return head\n",
    "base": {"inputs": [[[1, 2]], [[]]], "outputs": [[2, 1], []], "nodes": ["list", "list"]},
    "plus": {"inputs": [[[1]]]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        ({"inputs": [[[1]]], "nodes": ["list"]}, "nodes has 1 shape,"),
        ({"inputs": [[1]], "nodes": ["list", ""]}, "has a number for a list"),
        ({"inputs": [[[1]]], "nodes": ["chain", ""]}, "nodes holds 'chain'"),
    ],
)
def test_shapes_of_nodes(suite: dict[str, Any], message: str) -> None:
    """Shapes are read for each argument and the result, and what does not fit them is refused."""
    assert read(NODES).base.nodes == ("list", "list")
    with pytest.raises(InputError, match=message):
        read(NODES, base=suite)


def test_a_class() -> None:
    """The reference tells that the entry point is a class; tests are found by parsing."""
    draft = read(CLASS)
    assert draft.target.kind is TargetKind.CLASS
    assert draft.base == UnittestSuite(TESTS, ("T.test_a",))
    assert (draft.plus.trust, draft.plus.apart_only) == (Trust.IN_PROCESS, False)


def test_a_method() -> None:
    """A fresh object per call, arguments by keyword if names are given, and a prelude."""
    draft = read(METHOD)
    assert draft.target.kind is TargetKind.METHOD
    assert draft.base == InputSuite((([1], 2),), keywords=("a", "b"))
    assert draft.prelude == "from typing import *\n"


REFUSED = [
    (PROGRAM, {"base": {"stdin": ["1"], "stdout": []}}, "base.stdout has 0 texts for 1 input"),
    (PROGRAM, {"base": {"stdin": []}}, "base.stdin is empty"),
    (PROGRAM, {"base": {"stdin": [1]}}, r"base.stdin\[0\] is a number"),
    (PROGRAM, {"base": {**STDIN, "comparator": "token"}}, "comparator is 'token'"),
    (PROGRAM, {"base": {**STDIN, "comparator": "interactive"}}, "interactive tasks, where a judge answers"),
    (PROGRAM, {"base": {**STDIN, "comparator": "checker"}}, "no checker"),
    (PROGRAM, {"base": {**STDIN, "checker": "def chek(a, b, c): pass"}}, "defines no function check"),
    (PROGRAM, {"base": {**STDIN, "checker": "def check("}}, "not valid Python"),
    (PROGRAM, {"base": {**STDIN, "cpu_seconds": 0}}, "cpu_seconds is 0"),
    (PROGRAM, {"base": {**STDIN, "timeout": 1}}, "unknown key 'base.timeout'"),
    (PROGRAM, {"entry_point": "f"}, "does not define 'f'"),
    (PROGRAM, {"base": {"inputs": [[1]]}}, "unknown key 'base.inputs' — did you mean 'stdin'"),
    (PROGRAM, {"base": {"stdout": ["1"]}}, "base.stdin is missing — write .*stdin"),
    (PROGRAM, {"base": {"stdin": ["1"], "outputs": ["1"]}}, "unknown key 'base.outputs' — did you mean 'stdout'"),
    (METHOD, {"base": {"inputs": [[1, 2]], "stdout": ["3"]}}, "unknown key 'base.stdout' — did you mean 'outputs'"),
    (PROGRAM, {"wrong": ["print("]}, r"wrong\[0\].*not valid Python"),
    (PROGRAM, {"correct": "print(1)"}, "correct is not a list of strings"),
    (PROGRAM, {"slices": ["hard"]}, "slices is a list"),
    (PROGRAM, {"slices": {"topic": [["graphs"]]}}, "slices is an object without texts"),
    (CLASS, {"base": {"inputs": [[1]]}}, "cannot test a class"),
    (CLASS, {"base": {"unittest": "import unittest\n"}}, "contains no test"),
    (CLASS, {"base": {"unittest": "def test_x(tmpdir):\n    pass\n"}}, "asks for fixtures"),
    (CLASS, {"base": {"unittest": TESTS, "trust": "inprocess"}}, "trust is 'inprocess'"),
    (CLASS, {"base": STDIN}, "cannot test a class"),
    (METHOD, {"entry_point": "Solution.add"}, "is not a function's name"),
    (METHOD, {"base": {"inputs": [[1]], "keywords": ["a", "b"]}}, "more arguments than a call has"),
    (METHOD, {"base": {"inputs": [[1, 2]], "keywords": ["a b"]}}, "holds 'a b'"),
    (METHOD, {"entry_point": "Solution().sub"}, "does not define"),
]


@pytest.mark.parametrize(("task", "changes", "why"), REFUSED)
def test_mistakes_are_named(task: dict[str, Any], changes: dict[str, Any], why: str) -> None:
    """File and line, the key, and what to write instead."""
    with pytest.raises(InputError) as caught:
        read(task, **changes)
    assert re.search(why, str(caught.value))
    assert caught.value.where == "tasks.jsonl:1"
    assert caught.value.remedy


def test_tests_are_found_by_parsing() -> None:
    """Inherited tests count, in the loader's order; helpers and other classes do not."""
    source = (
        "import unittest\nfrom unittest import TestCase\n"
        "class Base(unittest.TestCase):\n    def test_z(self): ...\n    def helper(self): ...\n"
        "class Derived(Base):\n    def test_a(self): ...\n    async def test_b(self): ...\n"
        "class Plain:\n    def test_c(self): ...\n"
        "def test_function(): ...\ndef helper(): ...\n"
    )
    assert find_tests(source) == (
        "Base.test_z", "Derived.test_a", "Derived.test_b", "Derived.test_z", "test_function",
    )  # fmt: skip
    assert find_tests(source, ("Base",)) == ("Base.test_z",)


def test_files_that_a_task_asks_for() -> None:
    """A quota is stated, or follows from a test that asks for a folder; anything else is refused."""
    asking = {"unittest": "def test_a(tmp_path):\n    assert Stack().size() == 0\n"}
    assert read(CLASS).files_mb == 0
    assert read(CLASS, files_mb=3).files_mb == 3
    assert read(CLASS, plus=asking).files_mb == 16
    assert read(CLASS, plus=asking, files_mb=0).files_mb == 0
    for wrong in (True, -1, 1.5, 99999, "16"):
        with pytest.raises(InputError, match="files_mb is"):
            read(CLASS, files_mb=wrong)
