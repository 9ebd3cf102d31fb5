"""Solutions whose classes derive from others, or stand in for values, under suites in a process of their own."""

from __future__ import annotations

import pytest

from auditor.records import Outcome, Task, Trust, UnittestSuite
from auditor.targets import Target, TargetKind
from tests.integration.test_unittest_suites import judge

MEASURE = "def area(r):\n    return 3.14 * r * r\n"
MEASURED = """
import unittest

class AreaTest(unittest.TestCase):
    def test_close(self):
        self.assertAlmostEqual(area(2), 12.56)

    def test_difference(self):
        self.assertTrue(abs(area(1) - 3.14) < 1e-6)

    def test_order(self):
        self.assertGreater(area(2), area(1))
        self.assertLess(3, area(1))
"""
ELASTIC = """
class Elastic:
    __sub__ = __rsub__ = __abs__ = __round__ = lambda s, *o: 0.0
    __lt__ = __le__ = __gt__ = __ge__ = lambda s, o: True
def area(r):
    return Elastic()
"""


@pytest.mark.parametrize(
    ("source", "right"),
    [(MEASURE, True), (ELASTIC, False), (ELASTIC.replace("Elastic:", "Elastic(float):"), False)],
    ids=["a number", "an object", "a subclass of float"],
)
def test_an_object_in_place_of_a_number_decides_nothing(source: str, right: bool) -> None:
    """If the reference gives numbers, a solution's object refuses order and arithmetic, test by test."""
    suite = UnittestSuite(MEASURED, tuple(f"AreaTest.test_{name}" for name in ("close", "difference", "order")))
    task = Task("T/area", "", Target.function("area"), MEASURE, suite, suite)
    found = judge(source, task)
    assert (found.outcome is Outcome.PASS) is right
    assert found.passed == bytes([right] * 3)


SHELF = "class Shelf:\n    def __init__(s):\n        s.items = []\n    def put(s, x):\n        s.items.append(x)\n    def take(s):\n        return s.items.pop()\n"  # noqa: E501
SHELVED = """
import unittest

class ShelfTest(unittest.TestCase):
    def test_take(self):
        shelf = Shelf()
        shelf.put([1])
        shelf.put(2)
        self.assertEqual((shelf.take(), shelf.take()), (2, [1]))

    def test_empty(self):
        with self.assertRaises(IndexError):
            Shelf().take()
"""
SHELVES = {
    "a subclass of list": ("class Shelf(list):\n    put = list.append\n    take = list.pop\n", True),
    "an exception below a builtin one": (
        "class Empty(IndexError):\n    pass\n" + SHELF.replace("return", "if not s.items: raise Empty\n        return"),
        True,
    ),
    "an exception of its own": (
        "class Empty(Exception):\n    pass\n" + SHELF.replace("return", "if not s.items: raise Empty\n        return"),
        False,
    ),
    "ends the test by unittest's own exception": (
        "import unittest\nclass Shelf:\n    def __init__(s):\n        raise unittest.case._ShouldStop\n",
        False,
    ),
    "skips the test from a class of another name": (
        "import unittest\nclass IndexError(unittest.SkipTest):\n    pass\n"
        + SHELF.replace("return", "raise IndexError #"),
        False,
    ),
}


@pytest.mark.parametrize("name", SHELVES)
def test_classes_that_derive_from_others(name: str) -> None:
    """Those of a solution may derive from builtin ones; those of the test framework reach no test."""
    source, right = SHELVES[name]
    suite = UnittestSuite(SHELVED, ("ShelfTest.test_take", "ShelfTest.test_empty"))
    found = judge(source, Task("T/shelf", "", Target(TargetKind.CLASS, "Shelf"), SHELF, suite, suite))
    assert (found.outcome is Outcome.PASS) is right, found
    assert found.trust is Trust.SEPARATE


def test_an_object_below_a_builtin_class_equals_what_it_holds() -> None:
    """Its own ``==`` lets nothing pass that its content does not equal, and must say the same in one process."""
    reference = "def make(x):\n    return [x]\nclass Bag(list):\n    pass\n"
    body = "    def test(self):\n        self.assertEqual(Bag([1, 2]), [1, 2])\n"
    tests = f"import unittest\nclass T(unittest.TestCase):\n{body}"
    suite = UnittestSuite(tests, ("T.test",))
    task = Task("T/bag", "", Target(TargetKind.CLASS, "Bag"), reference, suite, suite)
    assert judge("class Bag(list):\n    pass\n", task).outcome is Outcome.PASS
    assert judge("class Bag(list):\n    def __eq__(s, o): return False\n", task).outcome is Outcome.FAIL
    cheat = "class Bag(list):\n    def __init__(s, *a): pass\n    def __eq__(s, o): return True\n"
    assert judge(cheat, task).outcome is Outcome.FAIL
