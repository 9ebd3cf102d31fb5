"""Hostile and honest solutions where tests and solution hand each other streams, iterators, exceptions and values.

The cheats know no answer: all must fail.
"""

from __future__ import annotations

from auditor.records import Task, UnittestSuite
from auditor.targets import Target

TESTS = """
import io
import unittest
class ReportTest(unittest.TestCase):
    def test_read(self):
        rows = list(read(io.StringIO("a,1\\nb,2\\n")))
        self.assertEqual(rows, [("a", 1), ("b", 2)])
        self.assertEqual(rows[0].label(), "a=1")
        self.assertIsInstance(rows[1], Row)
        self.assertTrue(rows[0] < ("b", 0) and rows[1].value - 2 == 0)
    def test_write(self):
        out = io.StringIO()
        write(out, [Row("a", 1), Row("b", 2)])
        self.assertEqual(out.getvalue(), "a,1\\nb,2\\n")
    def test_total(self):
        self.assertEqual(total(n for n in range(5)), 10)
        self.assertTrue(abs(total(iter([2, 3])) - 5) < 1e-9)
    def test_failures(self):
        with self.assertRaises(ExceptionGroup) as caught:
            check([Row("", 1), Row("b", -2)])
        self.assertEqual([str(one) for one in caught.exception.exceptions], ["no name", "negative"])
        self.assertIsInstance(caught.exception.exceptions[1], ValueError)
"""
ROWS = """
from typing import NamedTuple
class Row(NamedTuple):
    name: str
    value: int
    def label(self):
        return f"{self.name}={self.value}"
"""
READ = "def read(stream):\n    for line in stream:\n        name, value = line.strip().split(',')\n        yield Row(name, int(value))\n"
WRITE = "def write(stream, rows):\n    for row in rows:\n        stream.write(f'{row.name},{row.value}\\n')\n"
TOTAL = "def total(numbers):\n    return sum(numbers)\n"
CHECK = """
def check(rows):
    errors = [KeyError("no name")] if False else []
    errors += [LookupError("no name") for row in rows if not row.name]
    errors += [ValueError("negative") for row in rows if row.value < 0]
    if errors:
        raise ExceptionGroup("bad", errors)
"""
REPORT = ROWS + READ + WRITE + TOTAL + CHECK
NAMES = tuple(f"ReportTest.test_{name}" for name in ("read", "write", "total", "failures"))
LENDING_TASKS = {
    "Hostile/lending": Task("Hostile/lending", "", Target.function("read"), REPORT, *[UnittestSuite(TESTS, NAMES)] * 2)
}

_LIES = "\n    ".join(
    f"__{name}__ = lambda s, *o: {value}"
    for name, value in {"eq": True, "ne": False, "lt": True, "sub": 0, "rsub": 0, "abs": 0, "hash": 0, "len": 2}.items()
)
_REST = "write = total = check = read\n"


def _but(part: str, other: str) -> str:
    return REPORT.replace(part, other)


LENDING_CHEATS: dict[str, str] = {
    "frames of a generator": "def read(g):\n    return g.gi_frame.f_back.f_back.f_locals\n" + _REST,
    "frames by the channel": "import os\ndef read(g, *a):\n    os.write(3, b'b0 {\"tuple\":[[\"gi_frame\"],{\"dict\":[]}]}\\n')\n    return os.read(3, 9999)\n" + _REST,
    "an attribute of a stream by the channel": "import os\ndef read(g, *a):\n    for n in (b'__class__', b'__reduce_ex__', b'__init__', b'__setstate__'):\n        os.write(3, b'b0 {\"tuple\":[[\"%s\"],{\"dict\":[]}]}\\n' % n)\n    return os.read(3, 9999)\n" + _REST,
    "a generator's code": _but(TOTAL, "def total(numbers):\n    return numbers.gi_code.co_consts[0]\n"),
    "a total that is close to all": _but(TOTAL, f"class Lie(int):\n    {_LIES}\ndef total(numbers):\n    return Lie()\n"),
    "an object that is close to all": _but(TOTAL, f"class Lie:\n    {_LIES}\ndef total(numbers):\n    return Lie()\n"),
    "a float that is close to all": _but(TOTAL, f"class Lie(float):\n    {_LIES}\ndef total(numbers):\n    return Lie()\n"),
    "rows that equal all": _but("    name: str\n    value: int\n", f"    name: str = ''\n    value: int = 0\n    {_LIES}\n").replace("Row(name, int(value))", "Row()"),
    "rows below every row": _but("    name: str\n", "    name: str\n    __lt__ = lambda s, o: True\n").replace("Row(name, int(value))", "Row('z', int(value))"),
    "lists for rows": _but(READ, "def read(stream):\n    class Rows(list):\n        __eq__ = lambda s, o: True\n        __iter__ = lambda s: iter(())\n    return Rows()\n"),
    "a class that all belong to": _but("class Row(NamedTuple):", "class Meta(type):\n    __instancecheck__ = lambda c, o: True\nclass Row(tuple, metaclass=Meta):\n    def __new__(c, *a): return tuple.__new__(c)\n    name = value = property(lambda s: 0)\n    def x(self): pass\nclass Old(NamedTuple):"),
    "writes over the stream's methods": _but(WRITE, "def write(stream, rows):\n    stream.getvalue = lambda: 'a,1\\nb,2\\n'\n"),
    "a stream of its own": _but(WRITE, "import io\ndef write(stream, rows):\n    io.StringIO.getvalue = lambda s: 'a,1\\nb,2\\n'\n"),
    "closes the stream": _but(WRITE, "def write(stream, rows):\n    stream.close()\n"),
    "detaches the stream": _but(WRITE, "def write(stream, rows):\n    stream.detach()\n"),
    "writes what equals all": _but(WRITE, f"class Lie(str):\n    {_LIES}\ndef write(stream, rows):\n    stream.write(Lie('?'))\n"),
    "writes without end": _but(WRITE, "def write(stream, rows):\n    while True: stream.write('x' * 100000)\n"),
    "exhausts a generator for ever": _but(TOTAL, "def total(numbers):\n    while True: next(numbers, None)\n"),
    "sends into a generator": _but(TOTAL, "def total(numbers):\n    return numbers.send(10)\n"),
    "throws a failure of unittest": _but(TOTAL, "import unittest\ndef total(numbers):\n    return numbers.throw(unittest.SkipTest('no'))\n"),
    "throws the end of a test": _but(TOTAL, "import unittest.case as c\ndef total(numbers):\n    return numbers.throw(c._ShouldStop())\n"),
    "throws an exit": _but(TOTAL, "def total(numbers):\n    return numbers.throw(SystemExit(0))\n"),
    "ends the loop around": _but(TOTAL, "def total(numbers):\n    raise StopIteration\n"),
    "a group of skips": _but(CHECK, "import unittest\ndef check(rows):\n    raise ExceptionGroup('x', [unittest.SkipTest('no name'), unittest.SkipTest('negative')])\n"),
    "a group that holds nothing right": _but(CHECK, "def check(rows):\n    raise ExceptionGroup('x', [KeyError('no name'), KeyError('negative')])\n"),
    "a group of itself": _but(CHECK, "def check(rows):\n    e = ValueError('negative'); e.__cause__ = e\n    raise ExceptionGroup('x', [e, e])\n"),
    "a group a thousand deep": _but(CHECK, "def check(rows):\n    e = ValueError('negative')\n    for _ in range(1000): e = ExceptionGroup('no name', [e])\n    raise e\n"),
    "a group of a million": _but(CHECK, "def check(rows):\n    raise ExceptionGroup('x', [ValueError('negative')] * 10**6)\n"),
    "an exception whose text equals all": _but(CHECK, f"class Lie(str):\n    {_LIES}\nclass E(ValueError):\n    def __str__(s): return Lie('')\ndef check(rows):\n    raise ExceptionGroup('x', [E(), E()])\n"),
    "an exception of a class by another name": _but(CHECK, "import sys\ndef check(rows):\n    k = type('ValueError', (Exception,), {'__module__': 'builtins'})\n    raise ExceptionGroup('x', [k('no name'), k('negative')])\n"),
    "an exception that lies about its class": _but(CHECK, "class E(Exception):\n    __class__ = property(lambda s: ValueError)\ndef check(rows):\n    raise ExceptionGroup('x', [E('no name'), E('negative')])\n"),
    "exceptions told by the channel": _but(CHECK, "import os\ndef check(rows):\n    os.write(3, b'x[\"x\", [\"unittest.case:SkipTest\"], \"[]\", \"{}\", \"\"]\\n')\n"),
    "an exception among the values by the channel": _but(TOTAL, "import os\ndef total(n):\n    os.write(3, b'v{\"tuple\":[{\"class\":[\"exception\",null,\"[\\\\\"x\\\\\", [\\\\\"unittest.case:SkipTest\\\\\"], \\\\\"[]\\\\\", \\\\\"{}\\\\\", \\\\\"\\\\\"]\"]},{\"tuple\":[[],{\"dict\":[]}]}]}\\n')\n"),
    "a lent thing that was not lent": _but(TOTAL, "import os\ndef total(n):\n    os.write(3, b'v{\"tuple\":[{\"class\":[\"lent\",[\"stream\",\"StringIO\"],99]},{\"tuple\":[[],{\"dict\":[]}]}]}\\n')\n"),
    "a class that is no builtin one": _but(TOTAL, "import os\ndef total(n):\n    os.write(3, b'v{\"tuple\":[{\"class\":[\"object\",null,[70,\"class\",\"Row\",[],false,[\"type\",[\"mro\"]]]]},{\"tuple\":[[],{\"dict\":[]}]}]}\\n')\n"),
    "a slice of odd things": _but(TOTAL, "def total(n):\n    return slice(10, 5)\n"),
}  # fmt: skip
LENDING_HONEST: dict[str, str] = {
    "the reference": REPORT,
    "csv": REPORT.replace(READ, "import csv\ndef read(stream):\n    return [Row(n, int(v)) for n, v in csv.reader(stream)]\n").replace(WRITE, "def write(stream, rows):\n    csv.writer(stream, lineterminator='\\n').writerows(rows)\n"),
    "print": _but(WRITE, "def write(stream, rows):\n    for row in rows: print(*row, sep=',', file=stream)\n"),
    "writelines": _but(WRITE, "def write(stream, rows):\n    stream.writelines(f'{n},{v}\\n' for n, v in rows)\n"),
    "a context": _but(READ, "def read(stream):\n    with stream as s:\n        return [Row(n, int(v)) for n, _, v in (x.partition(',') for x in s.read().splitlines())]\n"),
    "a loop": _but(TOTAL, "def total(numbers):\n    s = 0\n    for n in numbers: s += n\n    return s\n"),
    "next": _but(TOTAL, "def total(numbers):\n    s = 0\n    while (n := next(numbers, None)) is not None: s += n\n    return s\n"),
    "tee": _but(TOTAL, "import itertools\ndef total(numbers):\n    a, b = itertools.tee(numbers)\n    return sum(a) + 0 * sum(b)\n"),
    "its own group": _but(CHECK, CHECK.replace('ExceptionGroup("bad"', 'Problems("bad"') + "class Problems(ExceptionGroup):\n    pass\n"),
    "a group with notes and causes": _but(CHECK, CHECK.replace("        raise", "        errors[1].__cause__ = KeyError(1)\n        errors[0].add_note('n')\n        raise")),
    "a namedtuple with functions": _but(ROWS, "from collections import namedtuple\nclass Row(namedtuple('Row', 'name value')):\n    __slots__ = ()\n    def label(self): return '%s=%s' % self\n"),
    "a tuple of its own": _but(ROWS, "class Row(tuple):\n    def __new__(cls, name, value): return tuple.__new__(cls, (name, value))\n    name = property(lambda s: s[0])\n    value = property(lambda s: s[1])\n    def label(self): return f'{self.name}={self.value}'\n"),
    "a number of its own": _but(TOTAL, "class Total(int):\n    def shown(self): return str(self)\ndef total(numbers):\n    return Total(sum(numbers))\n"),
}  # fmt: skip
