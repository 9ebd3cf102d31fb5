"""Which programs are run once for several."""

from __future__ import annotations

import pytest

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
