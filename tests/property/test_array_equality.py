"""Arrays that a program returns are judged as numpy itself would compare them with the expected value."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify import wire
from auditor.verify.equality import accepts, equal

numbers = st.integers(-3, 3)
nested = st.recursive(numbers, lambda inner: st.lists(inner, min_size=1, max_size=2), max_leaves=4)
arrays = st.one_of(
    numbers.map(np.array), st.lists(numbers, max_size=3).map(lambda items: np.array(items, dtype=int)),
    numbers.map(lambda number: np.array([[number]])),
)  # fmt: skip


def truth(array: Any, expected: Any) -> bool:
    """What ``if array == expected`` would do in the process of the program; what raises is no match."""
    try:
        outcome = array == expected
        return bool(outcome.size and outcome) if isinstance(outcome, np.ndarray) else bool(outcome)
    except ValueError:
        return False


@given(arrays, nested)
def test_arrays_equal_what_numpy_says_they_equal(array: Any, expected: Any) -> None:
    """An array equals another value exactly when ``==`` of numpy is true: for one element at most."""
    try:
        np.array(expected)
    except ValueError:  # ragged
        return
    assert equal(wire.decode(wire.encode(array)), expected) is truth(array, expected)


@given(st.lists(numbers, max_size=5), st.lists(numbers, max_size=5))
def test_as_a_set_an_array_is_its_elements(items: list[int], expected: list[int]) -> None:
    """If order and repetition do not matter, arrays and drained iterators count by their elements."""
    wanted = set(items) == set(expected)
    for value in (
        np.array(items, dtype=int),
        iter(items),
        map(int, items),
        dict(enumerate(items)).values(),
    ):
        got = wire.decode(wire.encode(wire.drain(value)))
        assert accepts(got, expected, (), atol=0.0, oracle="set") is wanted


def test_an_iterator_without_end_stays_opaque() -> None:
    """What gives more than the limit is not listed."""
    endless = iter(int, 1)
    assert wire.drain(endless) is endless
