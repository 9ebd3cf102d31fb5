"""Tests that hand a solution functions or paths, or read what it prints, run apart from it."""

from __future__ import annotations

# ruff: noqa: E501 - the programs are data
import re
from textwrap import dedent

from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, Task, Trust, UnittestSuite, Verdict, program_id
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier


def judge_all(target: Target, reference: str, tests: str, solutions: list[str], files_mb: int = 0) -> list[Verdict]:
    """Judge the reference, then solutions, by a suite; the task has to be fit."""
    source = dedent(tests)
    owner = re.search(r"class (\w+)\(unittest", source)
    names = re.findall(r"def (test_\w+)", source)
    suite = UnittestSuite(source, tuple(f"{owner[1]}.{one}" if owner else one for one in names))
    task = Task("T/x", "", target, dedent(reference), suite, suite, files_mb=files_mb)
    sources = [task.reference, *map(dedent, solutions)]
    with Verifier({task.task_id: task}, VerifyConfig(workers=1, timeout=1.0)) as opened:
        assert opened.check_references() == {}
        programs = [Program(program_id(task.task_id, one), task.task_id, one) for one in sources]
        found = {one[0].program: one[0] for one in opened.verify(programs)}
    return [found[one.program] for one in programs]


BUS = """
class Bus:
    def __init__(self):
        self.handlers = {}
    def on(self, name, handler):
        self.handlers.setdefault(name, []).append(handler)
        return handler
    def off(self, name, handler):
        self.handlers[name].remove(handler)
    def emit(self, name, *values, **more):
        return [handler(*values, **more) for handler in self.handlers.get(name, [])]
"""
BUS_TESTS = """
    import unittest
    from unittest.mock import Mock

    class BusTest(unittest.TestCase):
        def setUp(self):
            self.bus, self.seen = Bus(), []

        def note(self, value, scale=1, *rest, extra=0):
            self.seen.append((value * scale, rest, extra))
            return len(self.seen)

        def test_bound_method(self):
            self.bus.on("a", self.note)
            self.assertEqual(self.bus.emit("a", 2, 3), [1])
            self.assertEqual(self.bus.emit("a", 2), [2])
            self.assertEqual(self.bus.emit("a", 2, 3, 4, extra=5), [3])
            self.assertEqual(self.seen, [(6, (), 0), (2, (), 0), (6, (4,), 5)])
            self.bus.off("a", self.note)
            self.assertEqual(self.bus.emit("a", 2), [])

        def test_lambda_and_builtin(self):
            self.assertIs(self.bus.on("a", self.seen.append), self.bus.handlers["a"][0])
            self.bus.on("a", lambda x: x + 1)
            self.bus.on("a", str)
            self.assertEqual(self.bus.emit("a", 4), [None, 5, "4"])
            self.assertEqual(self.seen, [4])

        def test_exception_of_the_test(self):
            class Broken(ValueError):
                pass
            def fail(value):
                raise Broken(value)
            self.bus.on("a", fail)
            with self.assertRaisesRegex(ValueError, "^7$"):
                self.bus.emit("a", 7)

        def test_changes_of_arguments(self):
            self.bus.on("a", lambda items: items.append(9))
            items = [1]
            self.bus.emit("a", items)
            self.assertEqual(items, [1, 9])

        def test_inner_calls(self):
            self.bus.on("a", lambda: self.bus.emit("b", 5))
            self.bus.on("b", lambda x: x * x)
            self.assertEqual(self.bus.emit("a"), [[25]])

        def test_mock(self):
            handler = Mock(return_value=8)
            self.bus.on("a", handler)
            self.assertEqual(self.bus.emit("a", 1, key="k"), [8])
            handler.assert_called_once_with(1, key="k")
"""
WRONG_BUSES = {
    "calls nobody": BUS.replace("handler(*values, **more) for", "None for"),
    "calls twice": BUS.replace("[handler(*values, **more) for", "[(handler(*values, **more), handler(*values))[1] for"),
    "patches unittest": BUS.replace("handler(*values, **more) for", "None for")
    + "import unittest\nfor n in dir(unittest.TestCase):\n"
    "    if n.startswith('assert'): setattr(unittest.TestCase, n, lambda *a, **k: unittest.mock.MagicMock())\n"
    "unittest.TestCase.run = lambda self, result=None: result.addSuccess(self)\n",
    "swallows exceptions": BUS.replace("return [handler(*values, **more) for", "import contextlib\n        with contextlib.suppress(Exception): return [handler(*values, **more) for"),
    "gives what equals all": BUS.replace("class Bus", "class Any:\n    __eq__ = lambda s, o: True\nclass Bus").replace("handler(*values, **more) for", "Any() for"),
    "asks for functions that it was not given": BUS.replace("return [", "import os; os.write(3, b'b99 {\"tuple\":[[],{\"dict\":[]}]}\\n'); return ["),
    "answers in the tests' place": BUS.replace("return [", "import os; os.write(3, b'z\\np\\na\\n'); return ["),
}  # fmt: skip
RIGHT_BUSES = [
    # looks at the function's parameters, names it, calls it from a thread of its own, wraps it
    BUS.replace("handler(*values, **more) for", "bound(handler, values, more) for")
    + "\nimport inspect\ndef bound(f, a, k):\n    if inspect.isfunction(f): inspect.signature(f).bind(*a, **k)\n"
    "    return f(*a, **k)\n",
    BUS.replace("handler(*values, **more) for", "call(handler, values, more) for")
    + "\nfrom concurrent.futures import ThreadPoolExecutor\ndef call(f, a, k):\n"
    "    with ThreadPoolExecutor(1) as pool: return pool.submit(f, *a, **k).result()\n",
]


def test_functions_of_the_tests_are_called_back() -> None:
    """Lambdas, bound methods, builtins and mocks cross as functions; no solution is charged or passes for it."""
    target = Target(TargetKind.CLASS, "Bus")
    right, *others = judge_all(target, BUS, BUS_TESTS, [*RIGHT_BUSES, *WRONG_BUSES.values()])
    assert (right.outcome, right.trust, right.detail) == (Outcome.PASS, Trust.SEPARATE, "")
    assert [one.outcome for one in others[:2]] == [Outcome.PASS] * 2
    wrong = dict(zip(WRONG_BUSES, others[2:], strict=True))
    assert {name: one.outcome for name, one in wrong.items() if one.outcome in {Outcome.PASS, Outcome.ERROR}} == {}
    assert all(one.trust is Trust.SEPARATE for one in others)


CURRY = """
import functools
def curry(function):
    count = function.__code__.co_argcount
    @functools.wraps(function)
    def taking(*given):
        return function(*given) if len(given) >= count else lambda *more: taking(*given, *more)
    return taking
"""
CURRIED = """
    import unittest
    def area(width, height, /, depth, *, unit="m"):
        "Says a volume."
        return f"{width * height * depth} {unit}"
    class CurryTest(unittest.TestCase):
        def test_all(self):
            self.assertEqual(curry(area)(2)(3)(4), "24 m")
            self.assertEqual(curry(area).__name__, "area")
            self.assertEqual(curry(area).__doc__, "Says a volume.")
        def test_decorator(self):
            @curry
            def add(a, b):
                return a + b
            self.assertEqual(add(1)(2), 3)
"""


def test_a_function_of_the_tests_shows_its_parameters_and_names() -> None:
    """What reads ``__code__`` or copies ``__name__`` works as in one process."""
    right, wrong = judge_all(Target.function("curry"), CURRY, CURRIED, [CURRY.replace(">= count", "> 1")])
    assert (right.outcome, right.trust) == (Outcome.PASS, Trust.SEPARATE)
    assert wrong.outcome is Outcome.FAIL


SAVE = """
import pathlib, sys
def save(path, text):
    print("saved", len(text))
    print("to", path.name, file=sys.stderr)
    path.write_text(text)
    return path.parent / "other.txt"
"""
SAVED = """
    import contextlib, io, pathlib
    def test_path(tmp_path):
        assert save(tmp_path / "a.txt", "abc") == tmp_path / "other.txt"
        assert (tmp_path / "a.txt").read_text() == "abc"
        assert save(pathlib.PurePosixPath("x/y"), "") if False else True
    def test_capsys(tmp_path, capsys):
        print("before")
        save(tmp_path / "b.txt", "abcd")
        print("after")
        assert capsys.readouterr() == ("before\\nsaved 4\\nafter\\n", "to b.txt\\n")
        save(tmp_path / "b.txt", "é" * 300_000)
        assert capsys.readouterr().out == "saved 300000\\n"
        with capsys.disabled():
            save(tmp_path / "b.txt", "")
        assert capsys.readouterr().out == ""
    def test_redirected(tmp_path):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            save(tmp_path / "c.txt", "")
        save(tmp_path / "c.txt", "")
        assert out.getvalue() == "saved 0\\n"
"""
WRONG_SAVES = {
    "prints nothing": SAVE.replace('print("saved", len(text))', "pass"),
    "prints to the other stream": SAVE.replace("file=sys.stderr", "file=sys.stdout"),
    "prints after the tests": SAVE.replace('print("saved", len(text))', "import atexit; atexit.register(print, 'saved', len(text))"),
    "a path that equals all": SAVE.replace("return path", "return Odd() or path")
    + "class Odd(type(pathlib.Path())):\n    __eq__ = lambda s, o: True\n    __hash__ = None\n",
    "patches the comparison": SAVE.replace('print("saved", len(text))', "pass")
    + "import builtins, io\nio.StringIO.getvalue = lambda s: 'saved 4'\nbuiltins.AssertionError = Warning\n",
}  # fmt: skip


def test_paths_and_printed_text_cross() -> None:
    """``pathlib`` values arrive as such; what a solution prints reaches a test that has redirected the streams."""
    right, *others = judge_all(Target.function("save"), SAVE, SAVED, list(WRONG_SAVES.values()), files_mb=4)
    assert (right.outcome, right.trust, right.detail) == (Outcome.PASS, Trust.SEPARATE, "")
    wrong = dict(zip(WRONG_SAVES, others, strict=True))
    assert {name: one.outcome for name, one in wrong.items() if one.outcome is not Outcome.FAIL} == {}


SPEAK = """
def each(items, action):
    for item in items:
        print("item", item)
        action(item)
"""
SPOKEN = """
    def test_order(capsys):
        each([1, 2], lambda item: print("seen", item))
        assert capsys.readouterr().out == "item 1\\nseen 1\\nitem 2\\nseen 2\\n"
"""


def test_output_of_both_sides_keeps_its_order() -> None:
    """What a solution printed before it called a function of the tests comes before what that prints."""
    late = "def each(items, action):\n    for item in items: action(item)\n    for item in items: print('item', item)\n"
    right, wrong = judge_all(Target.function("each"), SPEAK, SPOKEN, [late])
    assert (right.outcome, right.trust) == (Outcome.PASS, Trust.SEPARATE)
    assert wrong.outcome is Outcome.FAIL


STOCK = """
class StockError(Exception):
    def __init__(self, name, *, left):
        self.name, self.left = name, left
        super().__init__(name)
    def __str__(self):
        return f"only {self.left} of {self.name}"

class Missing(KeyError):
    def __str__(self):
        return "no such thing"

def take(name):
    if name == "tea":
        raise Missing(name)
    if name == "milk":
        raise KeyError(name)
    raise StockError(name, left=[2])
"""
STOCKED = """
    import unittest
    class StockTest(unittest.TestCase):
        def test_own_text(self):
            with self.assertRaisesRegex(StockError, "only ") as caught:
                take("rice")
            self.assertEqual(str(caught.exception), "only [2] of rice")
            self.assertEqual(caught.exception.args, ("rice",))
            self.assertEqual((caught.exception.name, caught.exception.left), ("rice", [2]))
            self.assertIs(type(caught.exception), StockError)
        def test_text_below_a_builtin(self):
            with self.assertRaises(KeyError) as caught:
                take("tea")
            self.assertEqual((str(caught.exception), caught.exception.args), ("no such thing", ("tea",)))
        def test_builtin(self):
            with self.assertRaises(KeyError) as caught:
                take("milk")
            self.assertEqual(str(caught.exception), "'milk'")
            self.assertIs(type(caught.exception), KeyError)
"""


def test_an_exception_shows_its_own_text() -> None:
    """``str`` of an exception gives what its class says over there, with the arguments that it has there."""
    wrong = [
        STOCK.replace("only {", "just {"),
        STOCK.replace("no such thing", "nothing"),
        STOCK.replace("(name)", "()"),
    ]
    right, *others = judge_all(Target.function("take"), STOCK, STOCKED, wrong)
    assert (right.outcome, right.trust) == (Outcome.PASS, Trust.SEPARATE)
    assert [one.outcome for one in others] == [Outcome.FAIL] * 3


METHOD_BUS = """
class Bus:
    def __init__(self): self.handlers = []
    def on(self, f): self.handlers.append(f)
    def off(self, f): self.handlers.remove(f)
    def emit(self, x):
        for f in list(self.handlers): f(x)
"""
METHOD_TESTS = """
import unittest
class T(unittest.TestCase):
    def hit(self, x, *, scale=1): self.seen.append(x * scale)
    def test_it(self):
        self.seen = []
        bus = Bus()
        bus.on(self.hit); bus.on(self.seen.append); bus.emit(2); bus.off(self.hit); bus.emit(3)
        self.assertEqual(self.seen, [2, 2, 3])
"""
BY_METHOD = {
    "weak": (
        "import weakref\n" + METHOD_BUS.replace("append(f)", "append(weakref.WeakMethod(f) if hasattr(f, '__func__') else lambda: f)")
        .replace("remove(f)", "pop(0)").replace("f(x)", "f()(x)")
    ),
    "by object": METHOD_BUS.replace("append(f)", "append((getattr(f, '__func__', f), (f.__self__,) if hasattr(f, '__func__') else ()))")
    .replace("remove(f)", "remove((f.__func__, (f.__self__,)))").replace("for f in list(self.handlers): f(x)", "for f, own in self.handlers: f(*own, x)"),
}  # fmt: skip


def test_bound_methods_of_tests_are_bound_methods() -> None:
    """A solution may keep them weakly, or their function and their object; by ``is`` it finds none again."""
    wrong = METHOD_BUS.replace("self.handlers.remove(f)", "self.handlers = [g for g in self.handlers if g is not f]")
    found = judge_all(Target(TargetKind.CLASS, "Bus"), METHOD_BUS, METHOD_TESTS, [*BY_METHOD.values(), wrong])
    assert [one.outcome for one in found] == [Outcome.PASS] * 3 + [Outcome.FAIL], [one.failing for one in found]
    assert {one.trust for one in found} == {Trust.SEPARATE}
    assert found[-1].failing is not None
    assert found[-1].failing.got.startswith("line "), found[-1].failing


def test_a_function_of_tests_has_its_annotations() -> None:
    """Those that are classes of the builtins."""
    reference = "def call(f, *texts):\n    return f(*map(int, texts))\n"
    tests = """
        import unittest
        class T(unittest.TestCase):
            def test_it(self):
                def add(a: int, b: int) -> int:
                    return a + b
                self.assertEqual(call(add, "1", "2"), 3)
    """
    body = "    return f(*(k(t) for k, t in zip({}, texts)))\n"
    kinds = [
        "f.__annotations__.values()",
        "[p.annotation for p in inspect.signature(f).parameters.values()]",
        "[int, str]",
    ]
    solutions = [f"import inspect\ndef call(f, *texts):\n{body.format(one)}" for one in kinds]
    found = judge_all(Target.function("call"), reference, tests, solutions)
    assert [one.outcome for one in found] == [Outcome.PASS] * 3 + [Outcome.FAIL], [one.failing for one in found]
    assert {one.trust for one in found} == {Trust.SEPARATE}
