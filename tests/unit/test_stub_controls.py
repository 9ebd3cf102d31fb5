"""Which stubs a suite accepts, by its expected outputs alone."""

from __future__ import annotations

import pytest

from auditor.comparators import Comparator
from auditor.suites import InputSuite, StdinSuite
from tests.benchmarks.controls import UnknownError, accepted


@pytest.mark.parametrize(
    ("given", "out", "names"),
    [
        (("1\n", "2\n"), ("0\n", "0"), ["prints 0"]),
        (("1\n", "2\n"), ("0\n", "1\n"), []),
        (("3.10\n", "4.0\n"), ("3.1\n", "4\n"), ["echoes its input"]),
        (("x\n",), ("NO\n",), ["prints NO"]),
    ],
)
def test_printed(given: tuple[str, ...], out: tuple[str, ...], names: list[str]) -> None:
    assert list(accepted(StdinSuite(given, out, Comparator.LINES_DECIMAL))) == names


def test_exact_comparison_tells_decimals_apart() -> None:
    assert not list(accepted(StdinSuite(("3.10\n",), ("3.1\n",), Comparator.EXACT)))


def test_returned() -> None:
    """By Python's equality True is 1: a suite that expects 1 alone takes it."""
    assert list(accepted(InputSuite(((5,), (7,)), (1, 1)))) == ["returns True"]
    assert list(accepted(InputSuite(((5, 1), (7, 1)), (5, 7)))) == ["echoes its first argument"]
    assert list(accepted(InputSuite(((), ()), (None, None)))) == ["returns nothing", "echoes its first argument"]


def test_without_expected_outputs_nothing_follows() -> None:
    with pytest.raises(UnknownError):
        list(accepted(InputSuite(((5,),))))
    with pytest.raises(UnknownError):
        list(accepted(StdinSuite(("5\n",), ("5\n",), Comparator.CHECKER)))
