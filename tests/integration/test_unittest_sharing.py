"""One object in two places of a result is one object in the tests' process too."""

from __future__ import annotations

import pytest

from auditor.config import VerifyConfig
from auditor.records import InputSuite, Outcome, Task
from auditor.targets import Target
from auditor.verify import Verifier
from tests.integration.test_script_boundary import judge, task
from tests.integration.test_unittest_callbacks import judge_all

REFERENCE = """
from typing import NamedTuple
class Two(NamedTuple):
    a: list
    b: list
class Rows(list):
    pass
def grid(n, m):
    return [[0] * m for _ in range(n)]
def table(keys):
    return {key: set() for key in keys}
def two():
    return Two([], [])
def rows(n):
    return Rows([0] for _ in range(n))
def clear(rows):
    rows[0][0] = 0
"""
TESTS = """
import unittest
class T(unittest.TestCase):
    def test_grid(self):
        g = grid(2, 2)
        g[0][0] = 1
        self.assertEqual(g, [[1, 0], [0, 0]])
    def test_table(self):
        t = table("ab")
        t["a"].add(1)
        self.assertEqual(t, {"a": {1}, "b": set()})
        self.assertIsNot(t["a"], t["b"])
    def test_two(self):
        t = two()
        t.a.append(1)
        self.assertEqual(t.b, [])
    def test_rows(self):
        first, second = rows(2)
        first.append(1)
        self.assertEqual(second, [0])
    def test_given(self):
        row = [1]
        both = [row, row]
        clear(both)
        self.assertEqual(both, [[0], [0]])
"""
SHARED = {
    "[[0] * m for _ in range(n)]": "[[0] * m] * n",
    "{key: set() for key in keys}": "dict.fromkeys(keys, set())",
    "Two([], [])": "Two(*[[]] * 2)",
    "Rows([0] for _ in range(n))": "Rows([[0]] * n)",
    "    rows[0][0] = 0": "    rows[:] = [list(row) for row in rows]\n    rows[0][0] = 0",
}


def test_shared_rows_fail_where_they_show() -> None:
    """Each of the wrong solutions shares (or copies) in one function, and fails its test and no other."""
    wrong = [REFERENCE.replace(old, new) for old, new in SHARED.items()]
    honest = REFERENCE.replace("[0] * m for _ in range(n)", "list(row) for row in [[0] * m] * n")
    right, same, *found = judge_all(Target.function("grid"), REFERENCE, TESTS, [honest, *wrong])
    assert (right.outcome, same.outcome) == (Outcome.PASS, Outcome.PASS)
    assert [[*one.passed] for one in found] == [[place != test for place in range(5)] for test in range(5)]


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("def solve(n):\n    return [[0] * n] * n\n", Outcome.FAIL),
        ("def solve(n):\n    return list(map(list, [[0] * n] * n))\n", Outcome.PASS),
    ],
)
def test_scripts_see_shared_rows(source: str, outcome: Outcome) -> None:
    """As suites of unittest do."""
    reference = "def solve(n):\n    return [[0] * n for _ in range(n)]\n"
    script = "g = candidate(2)\ng[0][0] = 1\nassert g == [[1, 0], [0, 0]]\n"
    with Verifier({"T": task(script, reference)}, VerifyConfig(workers=1)) as verifier:
        assert judge(verifier, source).outcome is outcome


def test_inputs_and_outputs_compare_values() -> None:
    """A row that is shared equals one that is not."""
    suite = InputSuite(((2,),), ([[0, 0], [0, 0]],))
    one = Task("T", "", Target.function("solve"), "def solve(n):\n    return [[0] * n] * n\n", suite, suite)
    with Verifier({"T": one}, VerifyConfig(workers=1)) as verifier:
        for source in (one.reference, "def solve(n):\n    return [[0] * n for _ in range(n)]\n"):
            assert judge(verifier, source).outcome is Outcome.PASS
