"""What proxies and copies hide from tests that run apart shows in one process."""

from __future__ import annotations

# ruff: noqa: E501, ISC004 - the programs are data
import re

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, Outcome, Program, Task, UnittestSuite, program_id
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier

MONEY = """
class Money:
    def __init__(self, cents): self.cents = cents
    def __eq__(self, other): return isinstance(other, Money) and self.cents == other.cents
    def __hash__(self): return hash(self.cents)
"""
BAG = """
class Bag:
    def __init__(self, *items): self.items = list(items)
    def first(self): return self.items[0]
    def __iter__(self): return iter(self.items)
"""
BUS = """
class Bus:
    def __init__(self): self.handlers = []
    def on(self, f): self.handlers.append(f)
    def off(self, f): self.handlers.remove(f)
    def emit(self):
        for f in self.handlers: f()
"""
BUS_OFF = """
    def hit(self): self.n += 1
    def test_off(self):
        self.n = 0
        bus = Bus()
        bus.on(self.hit); bus.emit(); bus.off(self.hit); bus.emit()
        self.assertEqual(self.n, 1)
"""
PRECISE = """
from decimal import Decimal, getcontext, localcontext
def third(digits):
    with localcontext() as context:
        context.prec = digits
        return str(Decimal(1) / Decimal(3))
"""
BOX = """
from typing import NamedTuple
class Snap(NamedTuple):
    items: list
    n: int
class Box:
    def __init__(self): self.items = []
    def add(self, x): self.items.append(x)
    def snap(self): return Snap(list(self.items), len(self.items))
"""
SUITES = {
    "== raises on other types": (
        "Money", MONEY, "    def test_eq(self):\n        assert Money(1) == Money(1) and Money(1) != Money(2)\n"
        "        self.assertFalse(Money(5) == 'x')\n        self.assertNotIn(Money(5), [None, 3])\n",
        MONEY.replace("isinstance(other, Money) and ", ""),
    ),
    "== of plain values": (
        "Money", MONEY, "    def test_eq(self):\n        assert Money(1) == Money(1) and Money(1) != Money(2)\n"
        "        self.assertNotEqual(Money(5), 5)\n",
        MONEY.replace("isinstance(other, Money) and self.cents == other.cents", "self.cents == getattr(other, 'cents', other)"),
    ),
    "!= of its own": (
        "Money", MONEY, "    def test_ne(self):\n        self.assertTrue(Money(1) != Money(2))\n"
        "        self.assertFalse(Money(1) != Money(1))\n",
        MONEY + "    def __ne__(self, other): return True\n",
    ),
    "no __hash__": (
        "Money", MONEY, "    def test_hash(self):\n        from collections.abc import Hashable\n"
        "        self.assertIsInstance(Money(1), Hashable)\n        self.assertEqual(Money(1), Money(1))\n",
        MONEY.replace("    def __hash__(self): return hash(self.cents)\n", ""),
    ),
    "no __iter__": (
        "Bag", BAG, "    def test_iter(self):\n        from collections.abc import Iterable\n"
        "        self.assertIsInstance(Bag(1), Iterable)\n        self.assertEqual(Bag(1, 2).first(), 1)\n",
        BAG.replace("__iter__", "each"),
    ),
    "without hasattr": (
        "Bag", BAG, "    def test_has(self):\n        self.assertTrue(hasattr(Bag(1), '__iter__'))\n"
        "        self.assertEqual(Bag(1, 2).first(), 1)\n",
        BAG.replace("__iter__", "each"),
    ),
    "handlers by identity": (
        "Bus", BUS, BUS_OFF,
        BUS.replace("self.handlers.remove(f)", "self.handlers = [g for g in self.handlers if g is not f]"),
    ),
    "handlers kept weakly": (
        "Bus", BUS, BUS_OFF,
        "import weakref\n" + BUS.replace("= []", "= weakref.WeakSet()").replace("append", "add").replace("remove", "discard"),
    ),
    "leaves a precision": (
        "third", PRECISE, "    def test_context(self):\n        from decimal import getcontext\n"
        "        before = getcontext().prec\n        self.assertEqual(third(3), '0.333')\n"
        "        self.assertEqual(getcontext().prec, before)\n",
        PRECISE.replace("with localcontext() as context:", "if context := getcontext():"),
    ),
    "leaves a variable": (
        "env", "def env(name):\n    return name\n",
        "    def test_env(self):\n        import os\n        self.assertEqual(env('QX'), 'QX')\n"
        "        self.assertNotIn('QX', os.environ)\n",
        "import os\ndef env(name):\n    os.environ[name] = name\n    return os.environ[name]\n",
    ),
    "attributes by vars": (
        "Money", MONEY, "    def test_vars(self):\n        self.assertEqual(Money(3).cents, 3)\n"
        "        self.assertNotIn('secret', vars(Money(3)))\n",
        MONEY.replace("self.cents = cents", "self.cents = self.secret = cents"),
    ),
    "a live list in a tuple": (
        "Box", BOX, "    def test_snap(self):\n        box = Box()\n        box.add(1)\n        items, n = box.snap()\n"
        "        box.add(2)\n        self.assertEqual((items, n), ([1], 1))\n",
        BOX.replace("list(self.items)", "self.items"),
    ),
}  # fmt: skip
"""Name → entry point, reference, test methods, wrong solution."""
UPPER = "def upper(s):\n    if not isinstance(s, str): raise TypeError\n    return iter([c.upper() for c in s])\n"
SCRIPTS = {
    "lazy checks": (
        "upper", UPPER,
        "assert ''.join(candidate('ab')) == 'AB'\ntry:\n    candidate(3)\nexcept TypeError:\n    pass\nelse:\n    assert False\n",
        "def upper(s):\n    for c in s: yield c.upper()\n",
    ),
    "an exception of another base": (
        "root", "class Negative(ValueError): pass\ndef root(n):\n    if n < 0: raise Negative('negative')\n    return n ** 0.5\n",
        "assert candidate(4) == 2\ntry:\n    candidate(-1)\nexcept ValueError:\n    pass\n",
        "class Negative(Exception): pass\ndef root(n):\n    if n < 0: raise Negative('negative')\n    return n ** 0.5\n",
    ),
    "a global seed": (
        "roll", "import random\ndef roll(seed):\n    return random.Random(seed).randint(1, 6)\n",
        "import random\nassert 1 <= candidate(3) <= 6\nrandom.seed(7)\na = random.random()\nrandom.seed(7)\ncandidate(3)\n"
        "assert random.random() == a\n",
        "import random\ndef roll(seed):\n    random.seed(seed)\n    return random.randint(1, 6)\n",
    ),
    "an iterator over a cache": (
        "parts", "def parts(s):\n    return iter([[c] for c in s])\n",
        "for x in candidate('ab'):\n    x.append('!')\nassert list(candidate('ab')) == [['a'], ['b']]\n",
        "import functools\n@functools.lru_cache\ndef made(s): return [[c] for c in s]\ndef parts(s): return iter(made(s))\n",
    ),
}  # fmt: skip
"""Name → entry point, reference, script, wrong solution."""


def _tasks() -> dict[str, tuple[Task, str]]:
    found: dict[str, tuple[Task, str]] = {}
    for name, (entry, reference, tests, wrong) in SUITES.items():
        methods = tuple(f"T.{one}" for one in re.findall(r"def (test_\w+)", tests))
        suite = UnittestSuite(f"import unittest\nclass T(unittest.TestCase):\n{tests}", methods)
        kind = TargetKind.CLASS if entry[0].isupper() else TargetKind.FUNCTION
        found[name] = Task(name, "", Target(kind, entry), reference, suite, suite), wrong
    for name, (entry, reference, script, wrong) in SCRIPTS.items():
        suites = (AssertSuite(script), AssertSuite(script))
        found[name] = Task(name, "", Target.function(entry), reference, *suites), wrong
    return found


APART_TOO = {"handlers by identity", "handlers kept weakly"}
"""Wrong solutions that fail apart already: a bound method of the tests is a new object at each access there, too."""


def test_what_only_one_process_shows_fails() -> None:
    """Each wrong solution fails, all but a few in one process alone; each reference passes both ways."""
    cases = _tasks()
    tasks = {name: task for name, (task, _) in cases.items()}
    programs = [
        Program(program_id(name, source), name, source)
        for name, (task, wrong) in cases.items()
        for source in (task.reference, wrong)
    ]
    with Verifier(tasks, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}
        assert (verifier.in_process, verifier.apart_only) == ({}, {})
        verdicts = {one[0].program: one[0] for one in verifier.verify(programs)}
    for right, wrong in zip(programs[::2], programs[1::2], strict=True):
        assert verdicts[right.program].outcome is Outcome.PASS, right.task_id
        assert verdicts[wrong.program].outcome is Outcome.FAIL, wrong.task_id
        failing = verdicts[wrong.program].failing
        assert failing is not None, wrong.task_id
        alone = failing.got.startswith("in one process with the tests")
        assert alone != (wrong.task_id in APART_TOO), (wrong.task_id, failing.got)
