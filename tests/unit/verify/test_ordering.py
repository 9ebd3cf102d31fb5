"""In which order tests run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.kinds.calls.ordering import by_size, size

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
