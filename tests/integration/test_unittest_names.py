"""Names that a solution binds to what it did not write, under suites in a process of their own."""

from __future__ import annotations

import pytest

from auditor.records import Outcome, Task, Trust, UnittestSuite
from auditor.targets import Target
from tests.integration.test_unittest_suites import judge

REFERENCE = """
class Empty(Exception):
    pass
class Table(dict):
    def newest(self):
        return list(self)[-1]
def median(values):
    return sorted(values)[len(values) // 2]
def up(text):
    return "".join(one.upper() for one in text)
def second(pair):
    return pair[1]
def inc(n):
    return n + 1
def take(items):
    if not items:
        raise Empty("nothing")
    return items.pop()
LIMIT = 5
"""
TESTS = """
import unittest
from queue import LifoQueue

class T(unittest.TestCase):
    def test_functions(self):
        self.assertEqual([median([3, 1, 2]), up("ab"), second((1, 2)), inc(4)], [2, "AB", 2, 5])

    def test_exception(self):
        self.assertEqual(take([1]), 1)
        with self.assertRaises(Empty):
            take([])

    def test_class(self):
        table = Table(a=1)
        table["b"] = 2
        self.assertEqual(table, {"a": 1, "b": 2})
        self.assertIsInstance(table, Table)

    def test_value(self):
        self.assertEqual(LIMIT + 1, 6)
"""
NAMES = tuple(f"T.test_{name}" for name in ("functions", "exception", "class", "value"))
SUITE = UnittestSuite(TESTS, NAMES)
TASK = Task("N/median", "", Target.function("median"), REFERENCE, SUITE, SUITE)
BOUND = """
import operator
from collections import OrderedDict as Table
from decimal import Decimal
from queue import Empty, LifoQueue
from statistics import median
up = str.upper
second = operator.itemgetter(1)
inc = (1).__add__
LIMIT = Decimal(5)
def take(items):
    if not items:
        return LifoQueue().get(block=False)
    return items.pop()
"""


@pytest.mark.parametrize("reference", [REFERENCE, BOUND], ids=["written", "bound"])
def test_names_bound_to_others_reach_the_tests(reference: str) -> None:
    """Functions, methods, callable objects, classes, exceptions and values, whatever the reference binds them to."""
    task = Task("N/median", "", Target.function("median"), reference, SUITE, SUITE)
    for source in (BOUND, REFERENCE):
        found = judge(source, task)
        assert (found.outcome, found.trust) == (Outcome.PASS, Trust.SEPARATE), found


WRONG = {
    "another function": (BOUND.replace("from statistics import median", "from math import fsum as median"), 0),
    "no function": (BOUND.replace("from statistics import median", ""), 0),
    "another method": (BOUND.replace("str.upper", "str.lower"), 0),
    "another exception": (BOUND.replace("import Empty, LifoQueue", "import Full as Empty, LifoQueue"), 1),
    "another class": (BOUND.replace("collections import OrderedDict", "collections import deque"), 2),
    "a class of mocks": (BOUND.replace("from decimal", "from unittest.mock import _ANY as Table\nfrom decimal"), 2),
    "another value": (BOUND.replace("Decimal(5)", "Decimal(6)"), 3),
}


@pytest.mark.parametrize("reference", [REFERENCE, BOUND], ids=["written", "bound"])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_bindings_fail(name: str, reference: str) -> None:
    """A name that is bound to something else, or to nothing, fails the tests that use it, and no others."""
    source, test = WRONG[name]
    found = judge(source, Task("N/median", "", Target.function("median"), reference, SUITE, SUITE))
    assert found.outcome is Outcome.FAIL, found
    assert [*found.passed] == [place != test for place in range(4)]


def test_a_solution_s_imports_replace_neither_the_tests_nor_the_builtins() -> None:
    """``len`` and ``LifoQueue`` in the tests are what the tests say."""
    cheats = "from operator import truth as len, truth as sorted\nfrom unittest.mock import MagicMock as LifoQueue\n"
    body = "    def test(self):\n        self.assertEqual(len([f()]) + LifoQueue().qsize() + 4, 5)\n"
    tests = f"import unittest\nfrom queue import LifoQueue\nclass T(unittest.TestCase):\n{body}"
    tests += "    def test_length(self):\n        self.assertEqual(len(f()), 2)\n"
    suite = UnittestSuite(tests, ("T.test", "T.test_length"))
    task = Task("N/f", "", Target.function("f"), "def f():\n    return 'ab'\n", suite, suite)
    assert judge(f"{cheats}def f():\n    return 'cd'\n", task).outcome is Outcome.PASS
    found = judge(f"{cheats}def f():\n    return 'cde'\n", task)
    assert [*found.passed] == [1, 0]


def test_a_truth_value_of_numpy_is_neither_true_nor_false() -> None:
    """It equals one of them and has its truth, and is not that object, as in one process."""
    for check, outcome in (
        ("assertIs(even(2), True)", Outcome.FAIL), ("assertEqual(even(2), True)", Outcome.PASS),
        ("assertTrue(even(2) and not even(1))", Outcome.PASS),
    ):  # fmt: skip
        tests = f"import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.{check}\n"
        suite = UnittestSuite(tests, ("T.test",))
        task = Task("N/even", "", Target.function("even"), "def even(n):\n    return n % 2 == 0\n", suite, suite)
        found = judge("import numpy as np\ndef even(n):\n    return np.int64(n) % 2 == 0\n", task)
        assert (found.outcome, found.trust) == (outcome, Trust.SEPARATE), (check, found)


RAISES = "class Empty(Exception):\n    pass\ndef take():\n    raise Empty('no')\n"
NESTED = (
    "class Shelf:\n    class Empty(Exception):\n        pass\n    def take(self):\n        raise Shelf.Empty('no')\n"
)
RAISED = "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n"


def test_exceptions_are_matched_by_class_and_not_by_name() -> None:
    """Another class of the same name is another exception; a subclass of the class is one of it."""
    suite = UnittestSuite(f"{RAISED}        with self.assertRaises(Empty):\n            take()\n", ("T.test",))
    task = Task("N/take", "", Target.function("take"), RAISES, suite, suite)
    local = RAISES.replace("    raise", "    class Empty(Exception):\n        pass\n    raise")
    assert judge(local, task).outcome is Outcome.FAIL
    assert judge(local.replace("   class Empty(Exception)", "   class Empty(globals()['Empty'])"), task).outcome is (
        Outcome.PASS
    )


def test_an_exception_class_inside_another_class_can_be_named() -> None:
    """Before it is raised, and after."""
    body = (
        "        with self.assertRaises(Shelf.Empty):\n            Shelf().take()\n"
        "    def test_after(self):\n        try:\n            Shelf().take()\n"
        "        except Shelf.Empty as error:\n            self.assertEqual(str(error), 'no')\n"
    )
    for names in (("T.test", "T.test_after"), ("T.test_after", "T.test")):
        suite = UnittestSuite(RAISED + body, names)
        task = Task("N/shelf", "", Target.function("Shelf"), NESTED, suite, suite)
        found = judge(NESTED, task)
        assert (found.outcome, found.trust) == (Outcome.PASS, Trust.SEPARATE), found
        assert judge(NESTED.replace("raise Shelf.Empty", "raise KeyError"), task).outcome is Outcome.FAIL
