"""Which programs are run once for several, and in which order tests run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.ordering import by_size, size
from auditor.verify.twins import MAX_SOURCE, canonical

SOURCE = 'def f(x):\n    """Say it."""\n    return x + 1\n'


def test_layout_and_comments_do_not_matter() -> None:
    """Blank lines, comments, quotes, parentheses and a final newline make no other program; all else does."""
    assert canonical(SOURCE) == canonical("# hello\n\ndef f( x ):\n  '''Say it.'''\n  return (x+1) # sum")
    for other in ("x + 2", "1 + x", "x + 1.0", "x + True", "y + 1", "x +  - 1"):
        assert canonical(SOURCE) != canonical(SOURCE.replace("x + 1", other))
    assert canonical(SOURCE) != canonical(SOURCE.replace("Say it", "Do not"))


def test_programs_that_run_for_themselves() -> None:
    """What may know its own layout, does not parse, or would cost much to parse has no twin."""
    for source in (
        f"import inspect\n{SOURCE}", f"import sys\nn = sys._getframe().f_lineno\n{SOURCE}", "def f(:\n", "x = '\0'\n",
        f"{SOURCE}{'#' * MAX_SOURCE}", "x = " + "(" * 300 + ")" * 300, "x = " + "-" * 60_000 + "1", "1" * 5000,
        "x = '\udc80'\n",
    ):  # fmt: skip
        assert canonical(source) is None


inputs = st.lists(st.tuples(st.integers() | st.floats() | st.text() | st.lists(st.integers() | st.none())), max_size=9)


@given(inputs)
def test_small_inputs_come_first(arguments: list[tuple[object, ...]]) -> None:
    """Every test runs once, from the smallest input up, and equal sizes keep the suite's order."""
    order = by_size(arguments)
    assert sorted(order) == list(range(len(arguments)))
    keys = [(size(arguments[number]), number) for number in order]
    assert keys == sorted(keys)


def test_sizes() -> None:
    """Longer containers and texts, and numbers further from zero, are larger."""
    assert size([]) < size([1]) < size([1, 1]) < size([1, 9]) < size([1, -99]) < size({"a": 10**30})
    assert size("ab") < size("abc") < size(["ab", "abc"])
    assert size(10**18) < size(10**19) < size(10**40)
