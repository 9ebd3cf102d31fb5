"""Which programs are run once for several."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.layout import MAX_SOURCE, canonical

SOURCE = 'def f(x):\n    """Say it."""\n    return x + 1\n'


def test_layout_and_comments_do_not_matter() -> None:
    """Blank lines, comments, quotes, parentheses and a final newline make no other program; all else does."""
    assert canonical(SOURCE) == canonical("# hello\n\ndef f( x ):\n  '''Say it.'''\n  return (x+1) # sum")
    for other in ("x + 2", "1 + x", "x + 1.0", "x + True", "y + 1", "x +  - 1"):
        assert canonical(SOURCE) != canonical(SOURCE.replace("x + 1", other))
    assert canonical(SOURCE) != canonical(SOURCE.replace("Say it", "Do not"))


def test_programs_that_run_for_themselves() -> None:
    """What may know its own layout, does not parse, or would cost much to parse is never shared."""
    for source in (
        f"import inspect\n{SOURCE}", f"import sys\nn = sys._getframe().f_lineno\n{SOURCE}", "def f(:\n", "x = '\0'\n",
        f"{SOURCE}{'#' * MAX_SOURCE}", "x = " + "(" * 300 + ")" * 300, "x = " + "-" * 60_000 + "1", "1" * 5000,
        "x = '\udc80'\n",
    ):  # fmt: skip
        assert canonical(source) is None


@pytest.mark.parametrize(
    "line",
    [
        "n = f.__code__.co_firstlineno",
        "n = getattr(f, '__co' + 'de__')",
        "from operator import attrgetter as a\nn = a('__co' 'de__')(f)",
        "n = '{0.__co' 'de__}'.format(f)",
        "n = ''.join(['{0.__co', 'de__}']).format(f)",
        "n = str.format(g, f)",
        "n = eval(g)",
        "exec(g)",
        "n = type(f).__dict__[g].__get__(f)",
        "n = vars(type(f))[g]",
        "n = object.__getattribute__(f, g)",
        "n = __import__(g)",
        "import importlib as i\nn = i.import_module(g)",
        "import sys\nn = sys.modules[g]",
        "import sys\nn = sys._current_frames()",
        "try: f('')\nexcept TypeError as e: n = e.__traceback__",
        "import sys\nsys.stderr = sys.stdout",
        "import threading\nthreading.excepthook = print",
        "import gc\nn = gc.get_objects()",
        "import logging\nn = logging.getLogger().findCaller()",
        "import dis as d\nd.dis(f)",
        "import unittest\nn = unittest.TestResult().failures",
        "n = globals()[g]",
        "import ctypes",
    ],
)
def test_programs_that_could_read_their_layout_run_for_themselves(line: str) -> None:
    """Whatever leads to positions, also by names that are known only as the program runs, ends the sharing."""
    assert canonical(SOURCE) is not None
    assert canonical(f"{SOURCE}{line}\n") is None


def test_ordinary_words_do_not_end_the_sharing() -> None:
    """Methods called ``format`` of literals, and names that merely contain such words, are shared as ever."""
    for line in ("n = '{} {}'.format(1, 2)", "evaluate = director = 1", "def execute(code_points, disc): pass"):
        assert canonical(f"{SOURCE}{line}\n") is not None


def function(body: str, before: str = "") -> str:
    """Write a function of ``n`` with a body of one line each."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{before}def f(n):\n{lines}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("total = 0\nfor i in range(n): total += i\nreturn total", "s = 0\nfor k in range(n): s += k\nreturn s"),
        ("sum = 0\nfor i in range(n): sum += i\nreturn sum", "s = 0\nfor i in range(n): s += i\nreturn s"),
        ("return [x for x in range(n) if x % 2]", "return [each for each in range(n) if each % 2]"),
        ("x = [x for x in range(n)]\nreturn x", "y = [y for y in range(n)]\nreturn y"),
        ("if n: return 1\nelse: return 2", "if n: return 1\nreturn 2"),
        ("if n == 0: return 0\nelif n == 1: return 1\nelse: return n", "if n == 0: return 0\nif n == 1: return 1\nreturn n"),  # noqa: E501
        ("for i in n:\n    if i: continue\n    else: print(i)", "for k in n:\n    if k: continue\n    print(k)"),
    ],
)  # fmt: skip
def test_names_of_locals_and_needless_else_do_not_matter(one: str, other: str) -> None:
    """Functions that differ in these alone have one form."""
    assert canonical(function(one)) == canonical(function(other)) is not None


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("a = 1\nb = 2\nreturn a", "a = 1\nb = 2\nreturn b", ""),
        ("s = n\nreturn s", "s = n\nreturn n", ""),
        ("return [x for x in [n]] and x", "return [y for y in [n]] and y", "x = 1\ny = 2\n"),
        ("return [x for x in x]", "return [y for y in y]", "x, y = [1], [2]\n"),
        ("return [[x for y in [2]] for x in [n]]", "return [[y for y in [2]] for x in [n]]", ""),
        ("def g(a): return h(a=a)\nreturn g(n)", "def g(b): return h(a=b)\nreturn g(n)", "def h(a): return a\n"),
        ("global a\na = n", "global b\nb = n", ""),
        ("import math as m\nreturn m", "import math as k\nreturn m", "m = k = 0\n"),
        ("print(f'{(a := n)=}')", "print(f'{(b := n)=}')", ""),
        ("a = n\nprint(f'{a=}')", "b = n\nprint(f'{b=}')", ""),
        ("return len(n)", "len = n\nreturn len(n)", ""),
        ("if n: n = 1\nelse: return 2\nreturn n", "if n: n = 1\nreturn 2\nreturn n", ""),
        ("for i in n:\n    if i: break\nelse: return 1", "for i in n:\n    if i: break\nreturn 1", ""),
        ("while n:\n    return 1\nelse: return 2", "while n:\n    return 1\nreturn 3", ""),
        ("try: return aa\nexcept Exception as e: return e\naa = 1", "try: return b\nexcept Exception as e: return e\nb = 1", ""),  # noqa: E501
        ("p.apply_async(f, error_callback=print)\na = a", "p.apply_async(f, error_callback=print)\nb = b", ""),
    ],
)  # fmt: skip
def test_other_names_matter(one: str, other: str, before: str) -> None:
    """Parameters, globals, names of other scopes and names that the program could read tell programs apart."""
    forms = {canonical(function(one, before)), canonical(function(other, before))}
    assert len(forms) == 2 or forms == {None}


@given(st.permutations(["a", "b", "c", "d"]), st.lists(st.sampled_from("abcd"), min_size=1, max_size=6))
def test_renaming_is_sound(names: list[str], uses: list[str]) -> None:
    """Functions whose locals are exchanged have one form only if they return the same."""
    body = "\n".join(f"{name} = n + {number}" for number, name in enumerate("abcd"))
    one = function(f"{body}\nreturn [{', '.join(uses)}]")
    swapped = dict(zip("abcd", names, strict=True))
    other = function(f"{body}\nreturn [{', '.join(swapped[use] for use in uses)}]")
    spaces: list[dict[str, Any]] = [{}, {}]
    for source, space in zip((one, other), spaces, strict=True):
        exec(source, space)
    same = spaces[0]["f"](1) == spaces[1]["f"](1)
    assert (canonical(one) == canonical(other)) is same
