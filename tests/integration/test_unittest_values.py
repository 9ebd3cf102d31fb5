"""Objects of classes that derive from builtin ones, which functions return to suites in a process of their own."""

from __future__ import annotations

import pytest

from auditor.records import Outcome, Trust
from auditor.targets import Target
from tests.integration.test_unittest_callbacks import judge_all

LIBRARY = """
from collections import Counter, deque, namedtuple
from enum import Enum, IntEnum
from typing import NamedTuple

class Point(NamedTuple):
    x: float
    y: float = 0.0
    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
    def __add__(self, other):
        return Point(self.x + other[0], self.y + other[1])
class Stack(list):
    def top(self):
        return self[-1]
    def push(self, item):
        self.append(item)
        return self
    def __getitem__(self, place):
        return list.__getitem__(self, place)
class Level(str):
    def loud(self):
        return self.upper() + "!"
    def upper(self):
        return "^" + str.upper(self)
class Money(int):
    def __str__(self):
        return f"{int(self) / 100:.2f}"
    def __add__(self, other):
        return Money(int(self) + int(other))
    def __radd__(self, other):
        return self + other
class Config(dict):
    def __missing__(self, key):
        return f"no {key}"
    def __getattr__(self, name):
        return self[name]
class Bag(Counter):
    def most(self):
        return self.most_common(1)[0][0]
class Color(str, Enum):
    RED = "red"
    BLUE = "blue"
    def short(self):
        return self.value[0]
class Size(IntEnum):
    SMALL = 1
    LARGE = 2
Pair = namedtuple("Pair", "left right")

def point(x, y=0.0): return Point(x, y)
def points(n): return [Point(i, i) for i in range(n)]
def stack(*items): return Stack(items)
def level(text): return Level(text)
def price(cents): return Money(cents)
def config(**values): return Config(values)
def bag(text): return Bag(text)
def color(text): return Color(text)
def size(n): return Size(n)
def pair(a, b): return Pair(a, b)
def first(values): return values[0]
def name_of(value): return type(value).__name__
"""
TESTS = """
import json
import unittest

class T(unittest.TestCase):
    def test_named_tuple(self):
        p = point(3, 4)
        self.assertEqual(p, (3, 4))
        self.assertEqual((3, 4), p)
        self.assertEqual((p.x, p[1], p.norm()), (3, 4, 5.0))
        self.assertTupleEqual(p, (3, 4))
        self.assertIsInstance(p, Point)
        self.assertIsInstance(p, tuple)
        self.assertEqual(p + (1, 1), (4, 5))
        self.assertIsInstance(p + p, Point)
        self.assertEqual(p._replace(x=0).norm(), 4.0)
        self.assertEqual(repr(p), "Point(x=3, y=4)")
        self.assertEqual(str(p), "Point(x=3, y=4)")
        x, y = p
        self.assertEqual("%d-%d" % p, "3-4")
        self.assertEqual((x, y, len(p), max(p)), (3, 4, 2, 4))
        self.assertEqual({(3, 4): 1}[p], 1)
        self.assertIn(4, p)

    def test_in_lists(self):
        self.assertEqual(points(3), [(0, 0), (1, 1), (2, 2)])
        self.assertEqual([p.norm() > 1 for p in points(2)], [False, True])
        self.assertEqual(sorted(points(3), reverse=True)[0], (2, 2))
        self.assertEqual(json.dumps(points(2)), "[[0, 0], [1, 1]]")

    def test_list(self):
        s = stack(1, 2)
        self.assertEqual((s.top(), s[0], len(s)), (2, 1, 2))
        s.push(5).append(6)
        s.extend([7])
        s[0] = 9
        del s[1]
        s += [8]
        self.assertEqual(s, [9, 5, 6, 7, 8])
        self.assertListEqual(s, [9, 5, 6, 7, 8])
        self.assertEqual((s[1:3], s[::-1][0]), ([5, 6], 8))
        self.assertEqual((s.count(5), s.index(6), s.pop(), s.top()), (1, 2, 8, 7))
        self.assertIsInstance(s, Stack)
        self.assertIsInstance(s, list)
        self.assertEqual(s + [1], [9, 5, 6, 7, 1])
        self.assertEqual([1] + s, [1, 9, 5, 6, 7])
        self.assertEqual(sum(s), 27)
        self.assertTrue(s)
        self.assertFalse(stack())
        self.assertEqual(type(s).__name__, "Stack")
        self.assertEqual(s.__class__.__name__, "Stack")
        self.assertGreater(s, [9, 4])

    def test_text(self):
        t = level("low")
        self.assertEqual((t, t.loud(), t.upper(), t.title()), ("low", "^LOW!", "^LOW", "Low"))
        self.assertEqual("a " + t + " z", "a low z")
        self.assertEqual(",".join([t, t]), "low,low")
        self.assertRegex(t, "^lo")
        self.assertIn(t, {"low": 1})

    def test_number(self):
        p = price(250)
        self.assertEqual((str(p), f"{p}", p, p * 2), ("2.50", "2.50", 250, 500))
        self.assertEqual((str(p + 50), str(50 + p), str(sum([p, p]))), ("3.00", "3.00", "5.00"))
        self.assertAlmostEqual(p / 100, 2.5)
        self.assertLess(p, 251)
        self.assertEqual([*range(price(3))], [0, 1, 2])

    def test_dict(self):
        c = config(a=1)
        self.assertEqual((c["a"], c["b"], c.a, c.get("b"), c.b), (1, "no b", 1, None, "no b"))
        c["z"] = 3
        c.update(y=2)
        self.assertEqual(c, {"a": 1, "z": 3, "y": 2})
        self.assertEqual((sorted(c), "z" in c, {**c}["y"]), (["a", "y", "z"], True, 2))
        self.assertDictEqual(c, {"a": 1, "z": 3, "y": 2})
        self.assertEqual(bag("abba" + "a").most(), "a")
        self.assertEqual(bag("ab"), {"a": 1, "b": 1})

    def test_enums(self):
        self.assertIs(color("red"), Color.RED)
        self.assertEqual((color("red"), Color.BLUE.value, Color.BLUE.name), ("red", "blue", "BLUE"))
        self.assertEqual((Color.RED.short(), Color["RED"], len(Color)), ("r", "red", 2))
        self.assertEqual([one.name for one in Size], ["SMALL", "LARGE"])
        self.assertTrue(size(2) > size(1) and size(2) == 2 and Size.LARGE is size(2))
        self.assertEqual({Color.RED: 1}[color("red")], 1)

    def test_named_tuple_of_collections(self):
        p = pair(1, [2])
        self.assertEqual((p, p.left, p._asdict()), ((1, [2]), 1, {"left": 1, "right": [2]}))
        self.assertIsInstance(p, Pair)
        self.assertEqual((first(p), name_of(p), name_of(stack())), (1, "Pair", "Stack"))
"""
WRONG = {
    "another method": (LIBRARY.replace("** 0.5", "** 2"), {0}),
    "a plain tuple": (LIBRARY.replace("y=0.0): return Point(x, y)", "y=0.0): return (x, y)"), {0}),
    "equal to all": (LIBRARY.replace("class Stack(list):", "class Stack(list):\n    def __eq__(s, o): return True").replace("return Stack(items)", "return Stack()"), {2}),  # noqa: E501
    "other content": (LIBRARY.replace("return Level(text)", "return Level(text + '.')"), {3}),
    "another sum": (LIBRARY.replace("int(self) + int(other)", "int(self) - int(other)"), {4}),
    "another default": (LIBRARY.replace('"no {key}"', '"not {key}"'), {5}),
    "another enum": (LIBRARY.replace("self.value[0]", "self.value[1]"), {6}),
    "not the class": (LIBRARY.replace("return Pair(a, b)", "return namedtuple('Pair', 'left right')(a, b)"), {7}),
}  # fmt: skip


def test_objects_keep_their_methods_and_their_content() -> None:
    """Methods, operators and classes of one's own work, and so does all that the builtin class can do."""
    sources = [source for source, _ in WRONG.values()]
    right, *others = judge_all(Target.function("point"), LIBRARY, TESTS, sources)
    assert (right.outcome, right.trust, right.detail) == (Outcome.PASS, Trust.SEPARATE, "")
    for (name, (_, tests)), found in zip(WRONG.items(), others, strict=True):
        failed = {number for number, passed in enumerate(found.passed) if not passed}
        assert (found.outcome, failed) == (Outcome.FAIL, tests), (name, found)


PLAIN_REFERENCE = """
def area(r):
    return 3.0 * r * r
def sizes(n):
    return list(range(n))
class Roll(list):
    def last(self):
        return self[-1]
def roll(n):
    return Roll(range(n))
"""
PLAIN_TESTS = """
    import unittest
    class T(unittest.TestCase):
        def test_close(self):
            self.assertTrue(abs(area(2) - 12) < 1e-6)
        def test_order(self):
            self.assertTrue(area(1) >= 3 and not area(1) > 3)
        def test_in(self):
            self.assertTrue(2 in sizes(3) and len(sizes(4)) == 4 and sizes(3).count(1) == 1)
        def test_object_in(self):
            self.assertTrue(2 in roll(3) and len(roll(4)) == 4 and roll(3).count(1) == 1 and roll(2) < [1])
            self.assertTrue(roll(3)[2] - 2 == 0)
        def test_object(self):
            self.assertEqual(roll(3).last(), 2)
"""
_ALL = "\n    __{}__ = lambda s, *o: {}"
AGREES = "".join(
    _ALL.format(name, value)
    for name, value in {
        "sub": 0, "rsub": 0, "abs": 0, "lt": True, "ge": True, "gt": False, "le": True, "eq": True, "contains": True,
        "len": 4, "getitem": 2,
    }.items()
) + "\n    count = lambda s, o: 1\n    last = lambda s: 2\n"  # fmt: skip


@pytest.mark.parametrize("base", ["float", "int", "list", "tuple", "object", "str"])
def test_a_class_decides_no_more_than_the_reference_s(base: str) -> None:
    """Operators and look-ups of a solution's class count where the reference's classes have their own, too."""
    lies = f"class Lie({base}):{AGREES}\ndef area(r): return Lie()\nsizes = roll = area\n"
    right, found = judge_all(Target.function("area"), PLAIN_REFERENCE, PLAIN_TESTS, [lies])
    assert (right.outcome, right.trust) == (Outcome.PASS, Trust.SEPARATE)
    assert not any(found.passed[:2]), found
    assert base == "object" or not any(found.passed[:4]), found  # an object's length is asked, not compared


LOOKED = """
from collections import defaultdict
def counts(words):
    found = defaultdict(int)
    for word in words:
        found[word] += 1
    return found
def size(table, key):
    return len(table) if key is None else table[key]
"""
LOOKED_TESTS = """
    import unittest
    from collections import defaultdict
    class T(unittest.TestCase):
        def test_counts(self):
            found = counts(["a", "b", "a"])
            self.assertEqual(found, {"a": 2, "b": 1})
            self.assertEqual(found["c"], 0)
            self.assertEqual(len({**found}), len(found))
            self.assertNotIn("d", found)
        def test_given(self):
            table = defaultdict(lambda: 7, a=1)
            self.assertEqual(size(table, "a"), 1)
            self.assertEqual(size(table, "b"), 7)
            self.assertEqual(size(counts("aab"), None), 2)
            self.assertEqual(size(counts("aab"), "z"), 0)
"""
_FOUND = "    found = defaultdict(int)\n"
_MISSING = "class Zero(dict):\n    def __missing__(self, key):\n        return {}\n"


def test_dicts_that_answer_for_missing_keys() -> None:
    """A factory of the solution and a ``__missing__`` give plain values; they decide nothing that a key is in."""
    own = LOOKED.replace(_FOUND, "    found = Zero()\n")
    right = [
        LOOKED.replace("defaultdict(int)", "defaultdict(lambda: 0)"),
        _MISSING.format(0) + own,
        LOOKED.replace("def counts", "class D(defaultdict):\n    pass\ndef counts").replace(
            "defaultdict(int)", "D(int)"
        ),
    ]
    wrong = [
        LOOKED.replace("defaultdict(int)", "defaultdict(lambda: 1)"),
        _MISSING.format("object()") + own,
        _MISSING.format("type('E', (), {'__eq__': lambda s, o: True})()") + own,
        _MISSING.format(0) + own.replace("return found", "return Zero()"),
        LOOKED.replace("return found", "return dict(found)"),
    ]
    found = judge_all(Target.function("counts"), LOOKED, LOOKED_TESTS, [*right, *wrong])
    assert [one.outcome for one in found] == [Outcome.PASS] * (1 + len(right)) + [Outcome.FAIL] * len(wrong)
    assert {one.trust for one in found} == {Trust.SEPARATE}
