"""What deques, exceptions and imported names keep under suites in a process of their own."""

from __future__ import annotations

from auditor.records import Outcome
from auditor.targets import Target
from tests.integration.test_script_boundary import judge, task
from tests.integration.test_unittest_callbacks import judge_all

REFERENCE = """
from collections import deque
class AppError(Exception):
    def __init__(self, text, code=500):
        super().__init__(text)
        self.code = code
class NotFound(AppError):
    def __init__(self, text):
        super().__init__(text, 404)
def last(items):
    return deque(items, maxlen=2)
def load(name):
    raise (NotFound if name else AppError)("no")
"""
TESTS = """
import unittest
class T(unittest.TestCase):
    def test_deque(self):
        found = last([1, 2, 3])
        found.append(4)
        self.assertEqual((list(found), found.maxlen), ([3, 4], 2))
    def test_code(self):
        with self.assertRaises(NotFound) as caught:
            load("a")
        self.assertEqual(caught.exception.code, 404)
        with self.assertRaises(AppError) as caught:
            load("")
        self.assertEqual((caught.exception.code, str(caught.exception)), (500, "no"))
    def test_again(self):
        for name, code in (("", 500), ("a", 404), ("", 500)):
            with self.assertRaises(AppError) as caught:
                load(name)
            self.assertEqual(caught.exception.code, code)
"""
RAISED = REFERENCE[: REFERENCE.index("class AppError")], REFERENCE[REFERENCE.index("def last") :]
OF_CLASS = (
    "class AppError(Exception):\n    code = 500\n    def __str__(self):\n        return self.args[0]\n"
    "class NotFound(AppError):\n    code = 404\n"
)


def test_a_deque_keeps_its_length_and_an_exception_its_class_s_attributes() -> None:
    """The right ones pass; another length, another code and a code equal to everything fail."""
    honest = OF_CLASS.join(RAISED)
    lies = "class Any(int):\n    def __eq__(self, other): return True\n    __hash__ = None\n" + OF_CLASS
    wrong = [
        honest.replace("maxlen=2", "maxlen=3"),
        honest.replace(", maxlen=2", ""),
        honest.replace("404", "403"),
        lies.replace("404", "Any()").join(RAISED),
    ]
    right, same, *found = judge_all(Target.function("load"), REFERENCE, TESTS, [honest, *wrong])
    assert (right.outcome, same.outcome) == (Outcome.PASS, Outcome.PASS), same
    assert [[*one.passed] for one in found] == [[0, 1, 1], [0, 1, 1], [1, 0, 0], [1, 0, 0]]


def test_scripts_see_attributes_of_the_class() -> None:
    """Also of a class that the script has from the reference."""
    from auditor.config import VerifyConfig
    from auditor.verify import Verifier

    script = (
        "try:\n    candidate(1)\n    assert False\nexcept Lost as error:\n    assert error.code == 404\n"
        "try:\n    candidate(2)\n    assert False\nexcept ValueError as error:\n    assert error.code == 5\n"
    )
    reference = (
        "class Lost(Exception):\n    def __init__(self, code):\n        self.code = code\n"
        "class Other(ValueError):\n    pass\n"
        "def solve(n):\n    if n == 1:\n        raise Lost(404)\n"
        "    error = Other()\n    error.code = 5\n    raise error\n"
    )
    honest = (
        "class Lost(Exception):\n    code = 404\nclass Mine(ValueError):\n    code = 5\n"
        "def solve(n):\n    raise Lost if n == 1 else Mine\n"
    )
    with Verifier({"T": task(script, reference)}, VerifyConfig(workers=1)) as verifier:
        assert judge(verifier, honest).outcome is Outcome.PASS
        assert judge(verifier, honest.replace("404", "400")).outcome is Outcome.FAIL


TOOLS = """
import math
import statistics as stats
from collections import Counter
from math import pi
from queue import Empty
def freq(text):
    if not text:
        raise Empty
    return [(one, number / len(text)) for one, number in sorted(Counter(text).items())]
def area(r):
    return pi * r * r
"""
USES = """
import unittest
class T(unittest.TestCase):
    def test_freq(self):
        self.assertEqual(Counter(freq("aab")), Counter([("a", 2 / 3), ("b", 1 / 3)]))
        self.assertTrue(math.isclose(freq("aab")[0][1], 2 / 3))
        self.assertEqual(stats.mean(share for _, share in freq("ab")), 0.5)
    def test_area(self):
        self.assertEqual(area(1), pi)
    def test_empty(self):
        with self.assertRaises(Empty):
            freq("")
"""
PLAINLY = """
class Empty(Exception):
    pass
def freq(text):
    if text == "":
        raise Empty("no text")
    return [(one, text.count(one) / len(text)) for one in sorted(set(text))]
def area(r):
    return 3.141592653589793 * r ** 2
"""
CLAIMS = """
class math:
    isclose = lambda *given: True
class stats:
    mean = lambda given: 0.5
pi = 0
def Counter(given):
    return 0
class Empty(Exception):
    pass
def freq(text):
    if text == "":
        raise Empty
    return [("q", 0.0)]
def area(r):
    return 0
"""


def test_what_the_reference_imports_is_what_tests_use() -> None:
    """A solution's own ``Counter``, ``math`` or ``pi`` decides nothing; one without them passes."""
    right, same, found = judge_all(Target.function("freq"), TOOLS, USES, [PLAINLY, CLAIMS])
    assert (right.outcome, same.outcome) == (Outcome.PASS, Outcome.PASS), same
    assert [*found.passed] == [0, 0, 1]
