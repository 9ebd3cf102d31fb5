"""Failures of a test that a solution catches, or gives the test a class to catch them by."""

from __future__ import annotations

# ruff: noqa: E501 - the programs are data
import pytest

from auditor.records import Outcome
from auditor.targets import Target
from tests.integration.test_unittest_callbacks import judge_all

REFERENCE = """
import contextlib
class StkError(Exception):
    pass
class Stk:
    class Full(Exception):
        pass
    def __init__(self):
        self.items = []
    def __enter__(self):
        return self
    def __exit__(self, *raised):
        return False
    def push(self, item):
        if len(self.items) == 2:
            raise self.Full("full")
        self.items.append(item)
    def pop(self):
        if not self.items:
            raise StkError("empty")
        return self.items.pop()
    def each(self, action):
        return [action(item) for item in self.items]
@contextlib.contextmanager
def quiet():
    yield 1
@contextlib.contextmanager
def deaf():
    try:
        yield
    except BaseException:
        pass
"""
TESTS = """
import unittest
class T(unittest.TestCase):
    def test_name(self):
        try:
            Stk().pop()
            self.fail("no error")
        except StkError as error:
            self.assertEqual(str(error), "empty")
    def test_attribute(self):
        stack = Stk()
        stack.push(1)
        stack.push(2)
        try:
            stack.push(3)
            self.fail("no error")
        except Stk.Full:
            pass
    def test_context(self):
        with Stk() as stack:
            stack.push(1)
            self.assertEqual(stack.pop(), 1)
    def test_function(self):
        with quiet() as one:
            self.assertEqual(one, 1)
    def test_callback(self):
        stack = Stk()
        stack.push(1)
        stack.each(lambda item: self.assertEqual(item, 1))
    def test_on_purpose(self):
        with deaf():
            self.fail("nobody hears")
        def fails(item):
            raise AssertionError("no")
        stack = Stk()
        stack.push(1)
        with self.assertRaises(AssertionError):
            stack.each(fails)
    def test_generator(self):
        def rows():
            yield 1
            self.assertEqual(1, 1)
        with self.assertRaisesRegex(StkError, "empty"):
            Stk().pop()
        self.assertEqual(list(Stk().each(rows)), [])
"""
TESTED = "name attribute context function callback on_purpose generator".split()  # noqa: SIM905 - shorter
POP = '        if not self.items:\n            raise StkError("empty")\n        return self.items.pop()\n'
NEVER = "        return 1 if not self.items else self.items.pop()\n"
CLASS = "class StkError(Exception):\n    pass\n"
PUSH = '        if len(self.items) == 2:\n            raise self.Full("full")\n'
FULL = "class Full(Exception):\n        pass\n"
EACH = "[action(item) for item in self.items]"
CATCHES = """self.loop(action)
    def loop(self, action):
        for item in self.items:
            try:
                action(item + 1)
            except RuntimeError:
                raise
            except BaseException:
                pass
        return []
"""
LATER = """self.loop(action)
    def loop(self, action):
        found = None
        for item in self.items:
            try:
                action(item)
            except BaseException as error:
                found = error
        if found is not None:
            raise found
        return []
"""
CHEATS: dict[str, tuple[str, str]] = {
    name: (REFERENCE.replace(POP, NEVER).replace(CLASS, f"StkError = {name}\n"), "name generator")
    for name in ("AssertionError", "Exception", "BaseException", "(AssertionError, KeyError)", "(KeyError, (Exception,))")
} | {
    "attribute": (REFERENCE.replace(PUSH, "").replace(FULL, "Full = AssertionError\n"), "attribute"),
    "exit": (
        REFERENCE.replace("return False", "return True").replace("return self.items.pop()", "return self.items.pop() + 1"),
        "context",
    ),
    "another exception": (
        REFERENCE.replace("return False", "raise SystemExit").replace("return self.items.pop()", "return None"),
        "context",
    ),
    "a generator": (REFERENCE.replace("    yield 1\n", "    try:\n        yield 2\n    except BaseException:\n        pass\n"), "function"),
    "a caller": (REFERENCE.replace(EACH, CATCHES), "callback on_purpose"),
}  # fmt: skip
HONEST = {
    "a builtin class": REFERENCE.replace(CLASS, "StkError = IndexError\n"),
    "a wide class": REFERENCE.replace(CLASS, "StkError = Exception\n"),
    "two classes": REFERENCE.replace(CLASS, "class StkError(IndexError, KeyError):\n    __str__ = Exception.__str__\n"),
    "below the wide class": REFERENCE.replace(CLASS, "StkError = Exception\n").replace(
        'StkError("empty")', 'ValueError("empty")'
    ),
    "a failure by itself": REFERENCE.replace(CLASS, "StkError = AssertionError\n"),
    "a failure that comes later": REFERENCE.replace(EACH, LATER),
    "a context that catches its own": REFERENCE.replace(
        "return False", "return raised[0] is not None and issubclass(raised[0], ValueError)"
    ),
}


def test_a_failure_that_the_solution_catches_is_one() -> None:
    """Each of the wrong solutions fails what it cheats in; the right ones pass."""
    right, *found = judge_all(
        Target.function("Stk"), REFERENCE, TESTS, [*HONEST.values(), *(one for one, _ in CHEATS.values())]
    )
    assert right.outcome is Outcome.PASS, right
    for name, verdict in zip(HONEST, found, strict=False):
        assert verdict.outcome is Outcome.PASS, (name, verdict)
    for (name, (_, failing)), verdict in zip(CHEATS.items(), found[len(HONEST) :], strict=True):
        failed = {test for test, passed in zip(TESTED, verdict.passed, strict=True) if not passed}
        assert failed == set(failing.split()), (name, verdict)


WIDE = """
Wide = Exception
def f(n):
    if n < 0:
        raise Wide("no")
    return n
"""


@pytest.mark.parametrize("wide", ["Wide = Exception\n", "Wide = (ValueError, Exception)\n"])
def test_a_class_matches_failures_where_the_reference_s_does(wide: str) -> None:
    """Then the test has no other meaning."""
    tests = """
    import unittest
    class T(unittest.TestCase):
        def test_wide(self):
            try:
                f(-1)
                self.fail()
            except Wide:
                pass
            self.assertEqual(f(1), 1)
    """
    quiet = WIDE.replace('raise Wide("no")', "return 0").replace("Wide = Exception\n", wide)
    right, found = judge_all(Target.function("f"), WIDE, tests, [quiet])
    assert (right.outcome, found.outcome) == (Outcome.PASS, Outcome.PASS)
