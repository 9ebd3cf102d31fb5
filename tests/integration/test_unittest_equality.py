"""What the ``==`` of a solution's own class decides about two of its objects."""

from __future__ import annotations

# ruff: noqa: E501 - the classes are data
import pytest

from auditor.records import Outcome
from auditor.targets import Target, TargetKind
from tests.integration.test_unittest_callbacks import judge_all

MONEY = """
class Money:
    def __init__(self, cents):
        self.cents = cents
    def __add__(self, other):
        return Money(self.cents + other.cents)
    def __eq__(self, other):
        return isinstance(other, Money) and self.cents == other.cents
    def __hash__(self):
        return hash(self.cents)
def change(cents):
    return [Money(one) for one in (50, 20, 10) if cents >= one]
"""
TESTS = """
    import unittest
    class T(unittest.TestCase):
        def test_sum(self):
            self.assertEqual(Money(1) + Money(2), Money(3))
        def test_list(self):
            self.assertEqual(change(20), [Money(20), Money(10)])
            self.assertIn(Money(50), change(99))
        def test_unequal(self):
            self.assertNotEqual(Money(1), Money(2))
            self.assertTrue(Money(1) != Money(2))
            self.assertEqual(Money(7).cents, 7)
"""
OWN = "return isinstance(other, Money) and self.cents == other.cents"
RIGHT = {
    "a dataclass": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Money:\n    cents: int\n"
    "    def __add__(self, other):\n        return Money(self.cents + other.cents)\n"
    + MONEY[MONEY.index("def change") :],
    "slots": MONEY.replace("class Money:", "class Money:\n    __slots__ = ('cents',)"),
    "by text": MONEY.replace(OWN, "return repr(self) == repr(other)") + "Money.__repr__ = lambda s: f'{s.cents} c'\n",
    "by its dict": MONEY.replace(OWN, "return vars(self) == vars(other)"),
    "a tuple": MONEY.replace(OWN, "return tuple(self) == tuple(other)").replace(
        "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n",
        "class Money(tuple):\n    def __new__(cls, cents):\n        return tuple.__new__(cls, [cents])\n"
        "    cents = property(lambda s: s[0])\n",
    ),
    "an int": "class Money(int):\n    cents = property(int)\n    def __add__(self, other):\n"
    "        return Money(int(self) + int(other))\n" + MONEY[MONEY.index("def change") :],
    "an ordered dict": "from collections import OrderedDict\nclass Money(OrderedDict):\n    def __init__(self, cents):\n        self['c'] = cents\n"
    "    cents = property(lambda s: s['c'])\n    def __add__(self, other):\n        return Money(self.cents + other.cents)\n"
    + MONEY[MONEY.index("def change") :],
    "with a cache": MONEY.replace("self.cents = cents", "self.cents = cents\n        self.made = object()"),
    "by difference": MONEY.replace(OWN, "return abs(self.cents - other.cents) < 1e-9"),
    "by what is common": MONEY.replace(
        "self.cents = cents", "self.cents, self.row, self.by = cents, [cents], {'c': cents}"
    ).replace(
        OWN,
        "return all(a == b for a, b in zip(self.row, other.row)) and all(v == other.by.get(k) for k, v in self.by.items())",
    ),
    "with its own unequal": MONEY + "Money.__ne__ = lambda s, o: not s == o\n",
}
WRONG = MONEY.replace("self.cents + other.cents)", "self.cents - other.cents)").replace("(50, 20, 10)", "(5, 5, 1)")
ALWAYS = {
    "true": "return True",
    "of the class": "return isinstance(other, Money)",
    "of the type": "return type(self) is type(other)",
    "of the name": "return type(self).__name__ == type(other).__name__",
    "has it": "return hasattr(other, 'cents')",
    "of the type of what it holds": "return isinstance(other.cents, int)",
}
CHANGE = "    __add__ = lambda s, o: s\n    def __init__(s, *a):\n        s.a = a\ndef change(c):\n    return [Money(c), Money(c)]\n"
BELOW = ["object", "list", "dict", "int", "float", "set", "OrderedDict", "Counter", "deque", "Exception"]


def test_an_equality_that_looks_at_nothing_is_not_believed() -> None:
    """Classes of many forms that compare what they hold pass; those that compare classes alone fail."""
    target = Target(TargetKind.CLASS, "Money")
    tests = TESTS.replace("test_unequal", "not_a_test")
    right, *found = judge_all(
        target, MONEY, tests, [*RIGHT.values(), *(WRONG.replace(OWN, one) for one in ALWAYS.values())]
    )
    assert right.outcome is Outcome.PASS
    below = [
        f"from collections import *\nclass Money({one}):\n    def __eq__(self, o):\n        return True\n{CHANGE}"
        for one in BELOW
    ]
    more = judge_all(target, MONEY, tests, below)
    assert [one.outcome for one in more] == [Outcome.PASS] + [Outcome.FAIL] * len(below)
    outcomes = dict(zip([*RIGHT, *ALWAYS], (one.outcome for one in found), strict=True))
    assert outcomes == dict.fromkeys(RIGHT, Outcome.PASS) | dict.fromkeys(ALWAYS, Outcome.FAIL)


def test_two_that_are_equal_are_not_unequal() -> None:
    """A ``!=`` that is always true does not pass what ``==`` contradicts."""
    wrong = MONEY.replace("self.cents = cents", "self.cents = 7") + "Money.__ne__ = lambda s, o: True\n"
    tests = TESTS.replace("test_sum", "no_test").replace("test_list", "no_test2")
    found = judge_all(Target(TargetKind.CLASS, "Money"), MONEY, tests, [*RIGHT.values(), wrong])
    assert [one.outcome for one in found] == [Outcome.PASS] * (len(found) - 1) + [Outcome.FAIL]


@pytest.mark.parametrize(
    ("body", "tests"),
    [
        ("class Nothing:\n    def __eq__(s, o):\n        return isinstance(o, Nothing)\n", "Nothing(), Nothing()"),
        (
            "class Mod:\n    def __init__(s, n):\n        s.n = n\n    def __eq__(s, o):\n        return s.n % 2 == o.n % 2\n",
            "Mod(3), Mod(5)",
        ),
        (
            "class Token:\n    def __init__(s, at):\n        s.at = at\n    def __eq__(s, o):\n        return isinstance(o, Token)\n",
            "Token(1), Token(2)",
        ),
    ],
)
def test_coarse_equalities_are_believed(body: str, tests: str) -> None:
    """Objects without attributes, remainders, and what the reference's class does not look at either."""
    suite = f"import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual({tests})\n"
    name = tests.partition("(")[0]
    found = judge_all(Target(TargetKind.CLASS, name), body, suite, [body + "# same\n"])
    assert [one.outcome for one in found] == [Outcome.PASS] * 2
