"""Right solutions by another means than the reference's: builtin bases, flags, views, dates, context managers."""

from __future__ import annotations

# ruff: noqa: E501, ISC004 - the programs are data
import pytest

from auditor.records import Outcome, Trust
from auditor.targets import Target, TargetKind
from tests.integration.test_unittest_callbacks import judge_all

REGISTRY = """
class Item:
    def __init__(self, n): self.n = n
class Box:
    def __init__(self): self._held = {}
    def put(self, key, value): self._held[key] = value
    def own(self, key): self._held[key] = Item(key); return self._held[key]
    def child(self, key): self._held[key] = Box(); return self._held[key]
    def __contains__(self, key): return key in self._held
    def __len__(self): return len(self._held)
"""
BY_DICT = """
class Item:
    def __init__(self, n): self.n = n
class Box(dict):
    def put(self, key, value): self[key] = value
    def own(self, key): self[key] = Item(key); return self[key]
    def child(self, key): self[key] = Box(); return self[key]
"""
HANDLERS = """
class Box:
    def __init__(self): self._held = []
    def add(self, f): self._held.append(f)
    def fire(self, x):
        for f in self._held: f(x)
    def __contains__(self, f): return f in self._held
    def __len__(self): return len(self._held)
"""
FLAG = "from enum import {0}\nclass Perm({0}):\n    R = 1\n    W = 2\n    X = 4\n"
VIEW = (
    "class Box:\n    def __init__(self): self._held = {'a': 1, 'b': [2]}\n    def data(self): return dict(self._held)\n"
)
AFTER = "from datetime import datetime, timedelta\ndef after(n): return datetime(2024, 1, 1) + timedelta(hours=n)\n"
STAMP = "from datetime import datetime, timedelta, timezone\nclass Stamp(datetime):\n    def __eq__(self, other): return {}\n    __hash__ = None\ndef after(n): return Stamp(2024, 1, 1, n)\n"
CONTEXT = """
class Box:
    def __init__(self): self.state = "new"
    def __enter__(self): return self
    def __exit__(self, kind, error, trace):
        self.state = "done" if kind is None else f"{kind.__name__}: {error}"
        return False
"""
DOC = """
import functools
def box(f):
    @functools.wraps(f)
    def called(*a): return [f(*a)]
    return called
"""
CASES: dict[str, tuple[str, str, list[str], list[str]]] = {
    "a dict of functions and objects": (
        REGISTRY,
        "box = Box(); box.put('a', lambda: 1); box.put('b', abs); box.put('c', self.id); item = box.own('d'); box.child('e').own('f')\n"
        "        assert all(key in box for key in 'abcde') and 'f' not in box and len(box) == 5 and item.n == 'd'\n"
        "        box.put('g', box); assert 'g' in box and len(box) == 6",
        [BY_DICT],
        [BY_DICT.replace("self[key] = Item(key); return self[key]", "return Item(key)")],
    ),
    "a list of handlers": (
        HANDLERS,
        "seen = []; box = Box(); f = lambda x: seen.append(-x); box.add(seen.append); box.add(f); box.fire(2)\n"
        "        assert f in box and abs not in box and len(box) == 2 and seen == [2, -2]",
        ["class Box(list):\n    add = list.append\n    def fire(self, x):\n        for f in self: f(x)\n"],
        ["class Box(list):\n    def add(self, f): self[:] = [f]\n    def fire(self, x):\n        for f in self: f(x)\n"],
    ),
    "a set of handlers": (
        HANDLERS,
        "f = lambda x: 1; box = Box(); box.add(f); box.add(abs)\n        assert f in box and len not in box and len(box) == 2",
        ["class Box(set):\n    def fire(self, x):\n        for f in self: f(x)\n"],
        ["class Box(set):\n    def add(self, f): self.update([f, 3])\n"],
    ),
    "an IntFlag": (
        FLAG.format("Flag"),
        "both = Perm.R | Perm.W\n        assert Perm.R in both and Perm.X not in both and [one.name for one in both] == ['R', 'W']\n"
        "        assert Perm.X.value == 4 and not Perm.R & Perm.X",
        [FLAG.format("IntFlag")],
        [FLAG.format("IntFlag").replace("W = 2", "W = 3"), FLAG.format("IntFlag").replace("X = 4", "X = 5")],
    ),
    "a view of a dict": (
        VIEW,
        "self.assertEqual(Box().data(), {'a': 1, 'b': [2]}); assert Box().data()['b'] == [2] and len(Box().data()) == 2",
        [
            "import types\n" + VIEW.replace("dict(self._held)", "types.MappingProxyType(self._held)"),
            "from collections import ChainMap\n" + VIEW.replace("dict(self._held)", "ChainMap({'a': 1}, self._held)"),
        ],
        [
            "import types\n" + VIEW.replace("dict(self._held)", "types.MappingProxyType({'a': 1})"),
            "from collections import ChainMap\nclass M(ChainMap):\n    def __eq__(self, other): return True\nclass Box:\n    def data(self): return M({'a': 1, 'b': 3})\n",
        ],
    ),
    "a date of its own": (
        AFTER,
        "from datetime import datetime\n        self.assertEqual(after(2), datetime(2024, 1, 1, 2)); assert after(3).hour == 3",
        [STAMP.format("datetime.__eq__(self, other)")],
        [STAMP.format("True").replace("1, n)", "2, n)"), AFTER.replace("(2024, 1, 1)", "(2024, 1, 1, tzinfo=timezone.utc)").replace("timedelta\n", "timedelta, timezone\n")],
    ),
    "a context with the test's exception": (
        CONTEXT,
        "class Oops(LookupError): pass\n        box = Box()\n        with self.assertRaises(Oops):\n            with box: raise Oops('x')\n"
        "        assert box.state == 'Oops: x'\n        with Box() as box: pass\n        assert box.state == 'done'",
        [
            CONTEXT.replace("kind is None", "error is None").replace("{kind.__name__}", "{type(error).__name__}"),
            CONTEXT.replace("return False", "return error is not None and trace.tb_lineno < 0"),
            CONTEXT.replace("kind is None else", "kind is None or not issubclass(kind, LookupError) else"),
        ],
        [CONTEXT.replace("return False", "return isinstance(error, LookupError)")],
    ),
    "a decorator that is a class": (
        DOC,
        "@Box\n        def f(x):\n            'Doc.'\n            return x\n        assert f(3) == [3] and (f.__name__, f.__doc__) == ('f', 'Doc.')".replace("Box", "box"),
        ["import functools\nclass box:\n    def __init__(self, f): functools.update_wrapper(self, f); self.f = f\n    def __call__(self, *a): return [self.f(*a)]\n"],
        ["class box:\n    def __init__(self, f): self.f, self.__name__ = f, f.__name__\n    def __call__(self, *a): return [self.f(*a)]\n"],
    ),
}  # fmt: skip
"""Name → reference, body of the test, right solutions, wrong ones."""


@pytest.mark.parametrize("name", CASES)
def test_right_ones_pass_and_wrong_ones_fail(name: str) -> None:
    """All run apart, and their references pass both ways."""
    reference, body, right, wrong = CASES[name]
    tests = f"import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        {body}\n"
    entry = next(
        one for one in ("Box", "Perm", "after", "box") if f"class {one}" in reference or f"def {one}" in reference
    )
    kind = TargetKind.CLASS if entry[0].isupper() else TargetKind.FUNCTION
    found = judge_all(Target(kind, entry), reference, tests, [*right, *wrong])
    wanted = [Outcome.PASS] * (1 + len(right)) + [Outcome.FAIL] * len(wrong)
    assert [one.outcome for one in found] == wanted, [one.failing for one in found]
    assert {one.trust for one in found} == {Trust.SEPARATE}
