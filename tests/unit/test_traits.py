"""Cases that inputs are of: each named case is told apart from its neighbours."""

from __future__ import annotations

import pytest

from auditor.grading.traits import traits


@pytest.mark.parametrize(("arguments", "case"), [
    (([],), "0: list of at least 0 items"), (([7],), "0: list of at least 1 items"), (([2, 1],), "0: descending"),
    (([1, 1],), "0: all equal"), (([1, 2, 1],), "0: repeats an item"), (([0, -1],), "0: holds negative"),
    ((0,), "0: zero"), ((-1,), "0: one"), ((12,), "0: positive of 2 digits"), ((7,), "0: odd"), ((1.0,), "0: whole"),
    ((0.999,), "0: just below a whole"), ((True,), "0: True"), ((None,), "0: None"),
    (("",), "0: str of at least 0 items"), (("aba",), "0: palindrome"),
    ((" a",), "0: blank at an end"), (("a  b",), "0: two blanks"),
    (("A1",), "0: has digits"), (("é",), "0: only letters beyond ASCII"),
    (("ABC",), "0: only capitals"), (({"a": 1},), "0: holds positive"),
    ((3, 3), "0 and 1: equal"), (("john doe", "JOHN"), "0 and 1: second within the other but for case"),
    ((2, 5, 1), "0 and 2: more"), (([1, 2], 2), "0 and 1: second within the other"),
    (("ab", "ab c"), "0 and 1: first within the other"), ((float("inf"),), "0: inf"),
    ((2, "ab"), "0 and 1: the length"), (([5, 6], 1), "0 and 1: within the length"),
    (([5, 6], -1), "0 and 1: beyond the length"),
    (("ab", 4), "0 and 1: up to twice the length"), (("ab", 5), "0 and 1: beyond the length"),
    (([], 0), "0 and 1: the length"),
])  # fmt: skip
def test_a_case_is_named(arguments: tuple[object, ...], case: str) -> None:
    assert case in traits(arguments)


def test_equal_inputs_are_of_the_same_cases() -> None:
    """Order of sets and of dictionaries' keys changes nothing; a bool is no number, and mixed types have no order."""
    assert traits(({"b": 1, "a": 2},)) == traits(({"a": 2, "b": 1},))
    assert traits((True,)).isdisjoint(traits((1,)))
    assert "0: unsorted" not in traits(([1, "a"],))
