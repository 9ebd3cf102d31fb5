"""Iterators, streams and exceptions that a test and a solution in another process hand to each other."""

from __future__ import annotations

# ruff: noqa: E501 - the programs are data
from auditor.records import Outcome, Trust
from auditor.targets import Target
from tests.integration.test_unittest_callbacks import judge_all

STREAMS = """
import csv
import json
def take(items, n):
    return [item for item, _ in zip(items, range(n))]
def total(items):
    return sum(items)
def pump(generator, values):
    next(generator)
    found = [generator.send(value) for value in values]
    try:
        generator.throw(KeyError("k"))
    except StopIteration as end:
        found.append(end.value)
    generator.close()
    return found
def rows(stream):
    return list(csv.reader(stream))
def loaded(stream):
    return json.load(stream)
class Log:
    def __init__(self, stream):
        self.stream = stream
    def say(self, *words):
        print(*words, file=self.stream)
        return self.stream
def copy(source, target):
    target.write(source.read())
    target.seek(0)
    return target.readline()
def fill(stream):
    return stream.readinto(bytearray(3)), stream.closed
"""
STREAM_TESTS = """
    import io, itertools, unittest
    class T(unittest.TestCase):
        def test_lazy(self):
            seen = []
            def numbers():
                for n in itertools.count():
                    seen.append(n)
                    yield n
            source = numbers()
            self.assertEqual(take(source, 3), [0, 1, 2])
            self.assertEqual(seen, [0, 1, 2, 3])
            self.assertEqual(next(source), 4)
            self.assertEqual(take(itertools.cycle("ab"), 3), ["a", "b", "a"])
            self.assertEqual(total(n * n for n in range(4)), 14)
            self.assertEqual(total(map(int, "123")), 6)
            self.assertEqual(total(iter({1: 2})), 1)
        def test_generator(self):
            closed = []
            def adds():
                n = 0
                try:
                    while True:
                        n += yield n
                except KeyError as error:
                    return error.args[0] * n
                finally:
                    closed.append(n)
            self.assertEqual(pump(adds(), [1, 2]), [1, 3, "kkk"])
            self.assertEqual(closed, [3])
        def test_error(self):
            def broken():
                yield 1
                raise LookupError("broken")
            with self.assertRaisesRegex(LookupError, "^broken$"):
                total(broken())
        def test_read(self):
            self.assertEqual(rows(io.StringIO("a,b\\r\\n1,2\\r\\n")), [["a", "b"], ["1", "2"]])
            self.assertEqual(loaded(io.StringIO('{"a": [1]}')), {"a": [1]})
        def test_write(self):
            out = io.StringIO()
            log = Log(out)
            self.assertIs(log.say("one", 2), out)
            log.say("three")
            self.assertEqual(out.getvalue(), "one 2\\nthree\\n")
            target = io.StringIO()
            self.assertEqual(copy(io.StringIO("x\\ny\\n"), target), "x\\n")
            self.assertEqual((target.getvalue(), target.tell()), ("x\\ny\\n", 2))
        def test_bytes(self):
            data = io.BytesIO(b"abcdef")
            self.assertEqual(fill(data), (3, False))
            self.assertEqual(data.read(), b"def")
        def test_function_that_yields(self):
            def letters():
                yield from "ab"
            self.assertEqual(take(letters(), 9), ["a", "b"])
"""
WRONG_STREAMS = {
    "reads ahead": (STREAMS.replace("zip(items, range(n))", "zip([next(items) for _ in range(n + 2)], range(n))"), {0, 6}),
    "sends nothing": (STREAMS.replace("generator.send(value)", "next(generator)"), {1}),
    "swallows": (STREAMS.replace("return sum(items)", "try: return sum(items)\n    except Exception: return 1"), {2}),
    "skips a row": (STREAMS.replace("list(csv.reader(stream))", "list(csv.reader(stream))[1:]"), {3}),
    "writes once": (STREAMS.replace("print(*words, file=self.stream)", "self.stream.tell() or print(*words, file=self.stream)"), {4}),
    "reads too much": (STREAMS.replace("bytearray(3)", "bytearray(4)"), {5}),
}  # fmt: skip
CHEATS = {
    "walks a generator's frames": "import os\ndef take(items, n):\n    return items.gi_frame.f_back.f_globals\ntotal = pump = rows = loaded = Log = copy = fill = take\n",
    "asks for a frame by its own words": "import os\ndef take(items, n):\n    os.write(3, b'b0 {\"tuple\":[[\"gi_frame\"],{\"dict\":[]}]}\\n')\n    os.read(3, 99)\n    return [0, 1, 2]\ntotal = pump = rows = loaded = Log = copy = fill = take\n",
}  # fmt: skip


def test_iterators_and_streams_stay_with_the_tests() -> None:
    """They are read lazily, written in place and keep their identity; a solution does no more with them than that."""
    sources = [*(source for source, _ in WRONG_STREAMS.values()), *CHEATS.values()]
    right, *others = judge_all(Target.function("take"), STREAMS, STREAM_TESTS, sources)
    assert (right.outcome, right.trust, right.detail) == (Outcome.PASS, Trust.SEPARATE, "")
    for (name, (_, tests)), found in zip(WRONG_STREAMS.items(), others, strict=False):
        failed = {number for number, passed in enumerate(found.passed) if not passed}
        assert (found.outcome, failed) == (Outcome.FAIL, tests), (name, found)
    assert all(found.outcome not in {Outcome.PASS, Outcome.ERROR} for found in others[len(WRONG_STREAMS) :])


ERRORS = """
class ParseError(ValueError):
    def __init__(self, text, line):
        super().__init__(text)
        self.line = line
def check(values):
    errors = []
    for number, value in enumerate(values):
        if not value.isdigit():
            errors.append(ParseError(value, number))
    if errors:
        raise ExceptionGroup("bad", errors)
    return len(values)
def collect(values):
    found = []
    for value in values:
        try:
            found.append(int(value))
        except ValueError as error:
            found.append(error)
    return found
def load(text):
    try:
        return int(text)
    except ValueError as error:
        raise ParseError(text, 1) from error
def kind_of(error):
    return type(error).__name__, str(error), isinstance(error, LookupError)
"""
ERROR_TESTS = """
    import unittest
    class T(unittest.TestCase):
        def test_group(self):
            self.assertEqual(check(["1"]), 1)
            with self.assertRaises(ExceptionGroup) as caught:
                check(["1", "x", "y"])
            group = caught.exception
            self.assertEqual((group.message, [str(one) for one in group.exceptions]), ("bad", ["x", "y"]))
            self.assertEqual([one.line for one in group.exceptions], [1, 2])
            self.assertIsInstance(group.exceptions[0], ParseError)
            self.assertIsNone(group.subgroup(KeyError))
            seen = []
            try:
                check(["z"])
            except* ValueError as some:
                seen += some.exceptions
            self.assertEqual([type(one) for one in seen], [ParseError])
        def test_values(self):
            one, error, two = collect(["1", "b", "2"])
            self.assertEqual((one, two), (1, 2))
            self.assertIsInstance(error, ValueError)
            self.assertIn("'b'", str(error))
        def test_cause(self):
            with self.assertRaises(ParseError) as caught:
                load("q")
            self.assertIs(type(caught.exception.__cause__), ValueError)
        def test_given(self):
            self.assertEqual(kind_of(KeyError("k")), ("KeyError", "'k'", True))
"""
WRONG_ERRORS = {
    "no group": (ERRORS.replace('ExceptionGroup("bad", errors)', "errors[0]"), {0}),
    "one of two": (ERRORS.replace('"bad", errors', '"bad", errors[:1]'), {0}),
    "another class within": (ERRORS.replace("append(ParseError(", "append(type('ParseError', (ValueError,), {'line': 1})("), {0}),
    "a text in its place": (ERRORS.replace("found.append(error)", "found.append(str(error))"), {1}),
    "no cause": (ERRORS.replace("from error", "from None"), {2}),
    "the name alone": (ERRORS.replace("str(error), isinstance", "'', isinstance"), {3}),
}  # fmt: skip


def test_exceptions_are_values_too() -> None:
    """Groups keep their exceptions, results may be exceptions, and a cause stays one."""
    right, *others = judge_all(Target.function("check"), ERRORS, ERROR_TESTS, [one for one, _ in WRONG_ERRORS.values()])
    assert (right.outcome, right.trust, right.detail) == (Outcome.PASS, Trust.SEPARATE, "")
    for (name, (_, tests)), found in zip(WRONG_ERRORS.items(), others, strict=True):
        failed = {number for number, passed in enumerate(found.passed) if not passed}
        assert (found.outcome, failed) == (Outcome.FAIL, tests), (name, found)
