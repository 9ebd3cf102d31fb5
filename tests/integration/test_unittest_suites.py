"""Test suites on classes and functions, in a real sandbox: apart from the solution, and in its process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.config import VerifyConfig
from auditor.records import FailureKind, Outcome, Program, Task, Trust, UnittestSuite, Verdict, program_id
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier

BANK = '''
import datetime
from dataclasses import dataclass

class BankError(Exception):
    pass

class Account:
    """Money of one owner."""

    rate = 0.5

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []
        self.opened = datetime.date(2024, 1, 2)

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("deposit", amount))
        return self

    def withdraw(self, amount):
        if amount > self.balance:
            raise BankError("too little")
        self.balance -= amount
        self.history.append(("withdraw", amount))

    @classmethod
    def empty(cls, owner):
        return cls(owner)

    @staticmethod
    def currency():
        return "EUR"

    @property
    def rich(self):
        return self.balance > 1000

    def __len__(self):
        return len(self.history)

    def __iter__(self):
        return iter(self.history)

    def __getitem__(self, place):
        return self.history[place]

    def __contains__(self, entry):
        return entry in self.history

    def __eq__(self, other):
        return isinstance(other, Account) and self.balance == other.balance

    def __lt__(self, other):
        return self.balance < other.balance

    def __add__(self, other):
        return Account(self.owner, self.balance + (other if isinstance(other, int) else other.balance))

    __radd__ = __add__

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.closed = True
        return kind is KeyError

    def each(self):
        yield from (amount for _, amount in self.history)

class Savings(Account):
    def interest(self):
        return self.balance * self.rate
'''
TESTS = """
import unittest

class AccountTest(unittest.TestCase):
    def setUp(self):
        self.account = Account("Ada", 10)

    def test_values(self):
        self.account.deposit(5)
        self.assertEqual(self.account.balance, 15)
        self.assertEqual(self.account.history, [("deposit", 5)])
        self.assertEqual(self.account.opened, datetime.date(2024, 1, 2))
        self.assertIs(self.account.deposit(1), self.account)

    def test_exceptions(self):
        with self.assertRaises(ValueError) as caught:
            self.account.deposit(0)
        self.assertEqual(str(caught.exception), "amount must be positive")
        self.assertRaises(BankError, self.account.withdraw, 11)
        with self.assertRaises(AttributeError):
            self.account.nothing

    def test_attributes(self):
        self.account.balance = 2000
        self.assertTrue(self.account.rich)
        self.account.history.append(("gift", 1))
        self.assertEqual(len(self.account), 1)
        self.assertEqual(self.account.history, [("gift", 1)])
        del self.account.owner
        self.assertFalse(hasattr(self.account, "owner"))

    def test_classes(self):
        self.assertEqual(Account.currency(), "EUR")
        self.assertIsInstance(Account.empty("Bo"), Account)
        saving = Savings("Cy", 10)
        self.assertIsInstance(saving, Account)
        self.assertNotIsInstance(self.account, Savings)
        self.assertEqual(saving.interest(), 5.0)
        Account.rate = 2
        self.assertEqual(saving.interest(), 20)
        Account.rate = 0.5

    def test_operators(self):
        self.account.deposit(1)
        self.assertIn(("deposit", 1), self.account)
        self.assertEqual(list(self.account), [("deposit", 1)])
        self.assertEqual(self.account[0], ("deposit", 1))
        with self.assertRaises(IndexError):
            self.account[9]
        self.assertEqual(list(self.account.each()), [1])
        self.assertEqual(self.account, Account("Bo", 11))
        self.assertNotEqual(self.account, Account("Bo", 12))
        self.assertLess(Account("Bo", 1), self.account)
        self.assertEqual((self.account + 1).balance, 12)
        self.assertEqual((1 + self.account).balance, 12)
        self.assertEqual(sum([Account("Bo", 1), self.account], Account("Bo")).balance, 12)

    def test_contexts(self):
        with self.account as inside:
            self.assertIs(inside, self.account)
            raise KeyError("x")
        self.assertTrue(self.account.closed)

    def test_subtests(self):
        for amount in (1, 2, 3):
            with self.subTest(amount=amount):
                self.assertEqual(Account("Bo").deposit(amount).balance, amount)

    @unittest.skip("not today")
    def test_skipped(self):
        raise AssertionError

def test_function():
    assert Account("Di", 3).balance == 3
"""
NAMES = (
    *(f"AccountTest.test_{name}" for name in (
        "values", "exceptions", "attributes", "classes", "operators", "contexts", "subtests", "skipped"
    )),
    "test_function",
)  # fmt: skip
SUITE = UnittestSuite(TESTS, NAMES)
TASK = Task("C/account", "", Target(TargetKind.CLASS, "Account"), BANK, SUITE, SUITE)


def judge(source: str, task: Task = TASK) -> Verdict:
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=1.0)) as opened:
        assert opened.check_references() == {}
        (found,) = opened.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    return found[0]


def test_a_class_is_tested_in_a_process_of_its_own() -> None:
    """Values, exceptions, attributes, classes, operators, contexts and iteration work through proxies."""
    found = judge(BANK)
    assert found.outcome is Outcome.PASS, found
    assert found.trust is Trust.SEPARATE
    assert found.passed == bytes([1] * len(NAMES))


def test_the_same_suite_in_one_process() -> None:
    """Where it is asked for, and the verdict says so."""
    suite = replace(SUITE, trust=Trust.IN_PROCESS)
    found = judge(BANK, replace(TASK, base=suite, plus=suite))
    assert (found.outcome, found.trust) == (Outcome.PASS, Trust.IN_PROCESS)


WRONG = {
    "wrong value": (
        BANK.replace("self.balance += amount", "self.balance += amount + 1"), "values", FailureKind.ASSERTION
    ),
    "missing exception": (BANK.replace("raise BankError", "print"), "exceptions", FailureKind.ASSERTION),
    "other exception": (BANK.replace("raise ValueError", "raise KeyError"), "exceptions", FailureKind.EXCEPTION),
    "missing operator": (BANK.replace("def __contains__", "def contains"), "", None),
    "loops": (BANK.replace("return len(self.history)", "while True: pass"), "attributes", FailureKind.NO_ANSWER),
    "leaves": (
        BANK.replace("return len(self.history)", "import os; os._exit(0)"), "attributes", FailureKind.CRASH
    ),
}  # fmt: skip


@pytest.mark.parametrize("trust", list(Trust))
@pytest.mark.parametrize("name", WRONG)
def test_wrong_solutions_fail_where_they_are_wrong(name: str, trust: Trust) -> None:
    """The failing test is named, and how it failed; a missing ``in`` falls back to iteration, as in Python."""
    source, test, kind = WRONG[name]
    suite = replace(SUITE, trust=trust)
    found = judge(source, replace(TASK, base=suite, plus=suite))
    if kind is None:
        assert found.outcome is Outcome.PASS
        return
    assert found.failing is not None, found
    assert (found.failing.call, found.failing.kind) == (f"AccountTest.test_{test}", kind)


CHEATS = {
    "equal to everything": BANK.replace(
        "self.balance = balance", "self.balance = Anything()"
    ) + "class Anything(int):\n    def __eq__(s, o): return True\n    def __hash__(s): return 0\n",
    "an object equal to everything": BANK.replace(
        "self.balance = balance", "self.balance = Anything()"
    ) + "class Anything:\n    def __eq__(s, o): return True\n    __add__ = __radd__ = __iadd__ = lambda s, o: s\n"
        "    __gt__ = __lt__ = lambda s, o: False\n",
    "patches unittest": BANK.replace("balance=0):", "balance=0):\n        balance = 99")
        + "import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\n",
    "forges results": BANK.replace("balance=0):", "balance=0):\n        balance = 99")
        + "import os\nos.write(3, b'u[0, true, false, \"\"]\\n' * 9 + b'z\\n')\n",
    "ends iteration early": BANK.replace("balance=0):", "balance=0):\n        raise StopIteration"),
    "exits": BANK.replace("balance=0):", "balance=0):\n        raise SystemExit(0)"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_cheats_fail_where_tests_run_apart(name: str) -> None:
    """What a test compares, it compares in its own process."""
    assert judge(CHEATS[name]).outcome not in {Outcome.PASS, Outcome.ERROR}


def test_a_suite_that_patches_modules_runs_in_process() -> None:
    """It cannot work across processes, so it falls back, and the verdict says so."""
    source = "import random\ndef draw():\n    return random.randint(1, 6)\n"
    tests = (
        "import unittest\nfrom unittest.mock import patch\nclass T(unittest.TestCase):\n"
        "    @patch('random.randint', return_value=4)\n    def test_draw(self, fake):\n"
        "        self.assertEqual(draw(), 4)\n        fake.assert_called_once_with(1, 6)\n"
    )
    suite = UnittestSuite(tests, ("T.test_draw",))
    task = Task("C/draw", "", Target.function("draw"), source, suite, suite)
    assert judge(source, task).trust is Trust.IN_PROCESS
    assert judge("def draw():\n    return 4\n", task).outcome is Outcome.FAIL


UNFIT = {
    "a failing reference": ("def f():\n    return 2\n", "    self.assertEqual(f(), 1)\n"),
    "a suite that a stub passes": ("def f():\n    return 1\n", "    f()\n"),
    "a suite that does not load": ("def f():\n    return 1\n", "    self.assertEqual(f(), 1)\nimport nothing_there\n"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_unfit_suites_are_named(name: str) -> None:
    """A suite is not judged by before its reference passes and a stub fails."""
    reference, body = UNFIT[name]
    suite = UnittestSuite(f"import unittest\nclass T(unittest.TestCase):\n  def test(self):\n{body}", ("T.test",))
    task = Task("C/unfit", "", Target.function("f"), reference, suite, suite)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        assert list(opened.check_references()) == [task.task_id]


def test_tests_that_are_left_out_fail() -> None:
    """The number of tests is known from their source; one that reports fewer has failed."""
    source = "import unittest\nclass T(unittest.TestCase):\n  def test_a(self):\n    self.assertEqual(f(), 1)\n"
    suite = UnittestSuite(source, ("T.test_a", "T.test_b"), Trust.IN_PROCESS)
    task = Task("C/left", "", Target.function("f"), "def f():\n    return 1\n", suite, suite)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1)) as opened:
        assert list(opened.check_references()) == [task.task_id]


@pytest.mark.parametrize("trust", list(Trust))
@pytest.mark.parametrize(
    "source",
    [
        "pass\n",
        "from unittest.mock import MagicMock\nAccount = Savings = BankError = MagicMock()\n",
        "import unittest\nclass Account:\n    def __init__(self, *a): raise unittest.SkipTest('no')\n",
    ],
)
def test_a_solution_without_the_class_is_not_tested_by_the_reference(source: str, trust: Trust) -> None:
    """If a solution lacks what is tested, or skips the tests, nothing passes: the reference never stands in."""
    names = tuple(f"AccountTest.test_{name}" for name in ("values", "exceptions"))
    suite = UnittestSuite(TESTS, names, trust)
    task = Task("T/bank", "", Target(TargetKind.CLASS, "Account"), BANK, suite, suite)
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=1.0)) as opened:
        assert opened.check_references() == {}
        (found,) = opened.verify([Program(program_id(task.task_id, source), task.task_id, source)])
    assert [one.outcome for one in found] == [Outcome.FAIL]
    assert not any(found[0].passed)


@pytest.mark.parametrize("trust", list(Trust))
def test_a_prelude_s_names_are_a_solution_s_fallbacks(trust: Trust) -> None:
    """A solution may use them without importing them, and tests that patch a builtin still reach it."""
    tests = "import unittest\nfrom unittest.mock import patch\nclass T(unittest.TestCase):\n    def test_it(self):\n"
    patched = "        with patch('builtins.len', lambda _: 9):\n            self.assertEqual(f('a'), ('/', 9, 4))\n"
    plain = "        self.assertEqual(f('a'), ('/', 1, 4))\n"
    suite = UnittestSuite(tests + (patched if trust is Trust.IN_PROCESS else plain), ("T.test_it",), trust)
    source = "def f(text):\n    return os.sep, len(text), max(3, 4)\n"
    task = Task("P/f", "", Target.function("f"), source, suite, suite, prelude="import os\nmax = None\n")
    found = judge(source, task)
    assert (found.outcome, found.trust) == (Outcome.PASS, trust)
    assert judge("def f(text):\n    return sys.path\n", task).outcome is Outcome.FAIL


def test_a_class_may_be_a_partial() -> None:
    """A name that is bound to a class with arguments filled in is tested apart like a class or a function."""
    reference = (
        "from functools import partial\n\nclass _Box:\n    def __init__(self, size, items):\n"
        "        self.size, self.items = size, list(items)\n\nBox = partial(_Box, 3)\n"
        "double = partial(lambda a, b: a * b, 2)\n"
    )
    tests = (
        "import unittest\n\nclass BoxTest(unittest.TestCase):\n    def test_box(self):\n"
        "        self.assertEqual(Box([1]).size, 3)\n        self.assertEqual(Box(items='ab').items, ['a', 'b'])\n"
        "    def test_double(self):\n        self.assertEqual(double(4), 8)\n"
    )
    suite = UnittestSuite(tests, ("BoxTest.test_box", "BoxTest.test_double"))
    task = Task("box", "", Target(TargetKind.CLASS, "Box"), reference, suite, suite)
    with Verifier({"box": task}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        for source, outcome in ((reference, Outcome.PASS), (reference.replace("_Box, 3", "_Box, 4"), Outcome.FAIL)):
            (found,) = opened.verify([Program(program_id("box", source), "box", source)])
            assert (found[0].outcome, found[0].trust) == (outcome, Trust.SEPARATE)


def test_a_base_suite_that_the_reference_fails_gives_way_to_one_test_of_plus() -> None:
    """Examples of a docstring may be wrong; then the named test of the plus suite is base, and a stub may pass it."""
    tests = (
        "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        f(0)\n"
        "    def test_b(self):\n        self.assertEqual(f(2), 4)\n"
    )
    examples = (
        "import unittest\nclass E(unittest.TestCase):\n    def test_e(self):\n        self.assertEqual(f(2), 5)\n"
    )
    plus = UnittestSuite(tests, ("T.test_a", "T.test_b"), Trust.IN_PROCESS)
    base = UnittestSuite(examples, ("E.test_e",), Trust.IN_PROCESS, ("T.test_a",))
    task = Task("f", "", Target.function("f"), "def f(n):\n    return n * n\n", base, plus)
    with Verifier({"f": task}, VerifyConfig(workers=1)) as opened:
        assert opened.check_references() == {}
        source = "def f(n):\n    return n * 3\n"
        (found,) = opened.verify([Program(program_id("f", source), "f", source)])
        assert [one.outcome for one in found] == [Outcome.PASS, Outcome.FAIL]
    right = replace(task, base=replace(base, source=examples.replace("5", "4")))
    with Verifier({"f": right}, VerifyConfig(workers=1)) as opened:
        (found,) = opened.verify([Program(program_id("f", source), "f", source)])
        assert [one.outcome for one in found] == [Outcome.FAIL]


COUNTED = "def f(n):\n    if n < 0:\n        raise ValueError(n)\n    return [0] * n\n"
COUNTING = (
    "import unittest\n\nclass T(unittest.TestCase):\n"
    "    def test_length(self):\n        self.assertEqual(len(f(4)), 4)\n"
    "    def test_error(self):\n        self.assertRaises(ValueError, f, -1)\n"
)
SHADOWS = {
    "len": (COUNTED.replace("[0] * n", "[0]") + "len = lambda x: 4\n", Outcome.FAIL),
    "exception": ("class ValueError(Exception): pass\n" + COUNTED, Outcome.FAIL),
    "exception that claims to be a builtin": (
        "ValueError = type('ValueError', (ArithmeticError,), {'__module__': 'builtins'})\n" + COUNTED, Outcome.FAIL,
    ),
    "helper": ("def zip(n):\n    return [0] * n\nlen = None\n" + COUNTED.replace("[0] * n", "zip(n)"), Outcome.PASS),
}  # fmt: skip


@pytest.mark.parametrize("name", SHADOWS)
def test_tests_mean_the_builtins(name: str) -> None:
    """A solution's names never stand in for builtins in tests, neither to cheat nor by accident."""
    source, outcome = SHADOWS[name]
    suite = UnittestSuite(COUNTING, ("T.test_length", "T.test_error"))
    found = judge(source, Task("K/f", "", Target.function("f"), COUNTED, suite, suite))
    assert (found.outcome, found.trust) == (outcome, Trust.SEPARATE), found
