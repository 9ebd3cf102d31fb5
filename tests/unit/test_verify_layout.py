"""Which programs are run once for several."""

from __future__ import annotations

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
