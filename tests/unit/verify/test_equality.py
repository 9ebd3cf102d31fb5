"""EvalPlus's rules of equality, restated with numpy and compared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.equality import accepts, equal
from auditor.verify.oracles import ORACLES
from auditor.verify.values import Array, Opaque

numbers = st.integers(-5, 5) | st.floats(-5, 5) | st.sampled_from([math.inf, -math.inf, math.nan, 1e300, 0.1 + 0.2])
near = st.sampled_from([0.0, 1e-9, 5e-7, 1e-6, 2e-6, 1e-3, -5e-7])
atols = st.sampled_from([0.0, 1e-6, 1e-4])


def restated(out: Any, exp: Any, atol: float) -> bool:
    """EvalPlus's comparison in the words of its own: equality first, then numpy's allclose."""
    floats = isinstance(exp, float) or (
        isinstance(exp, list | tuple) and bool(exp) and all(isinstance(x, float) for x in exp)
    )
    if out == exp:
        return True
    if atol == 0 and floats:
        atol = 1e-6
    if atol == 0 or type(out) is not type(exp):
        return False
    if isinstance(exp, list | tuple) and len(out) != len(exp):
        return False
    try:
        return bool(np.allclose(out, exp, rtol=1e-07, atol=atol))
    except (TypeError, ValueError):
        return False


@given(numbers, numbers, near, atols)
def test_numbers(one: float, other: float, distance: float, atol: float) -> None:
    """Single numbers compare as EvalPlus does, near and far, finite or not."""
    for got in (other, one + distance, one):
        assert equal(got, one, atol) == restated(got, one, atol)


@given(st.lists(st.tuples(numbers, near), min_size=1, max_size=5), atols, st.sampled_from([list, tuple]))
def test_sequences(pairs: list[tuple[float, float]], atol: float, kind: type) -> None:
    """Lists and tuples compare as EvalPlus does, element by element within tolerance."""
    expected = kind(value for value, _ in pairs)
    for got in (kind(value + off for value, off in pairs), [value + off for value, off in pairs], kind(())):
        assert equal(got, expected, atol) == restated(got, expected, atol)


@pytest.mark.parametrize(
    ("got", "expected", "right"),
    [
        (1, True, True),
        (1.0, 1, True),
        ("1", 1, False),
        ([1], (1,), False),
        ({1: 2}, {1: 2}, True),
        ({1}, frozenset({1}), True),
        (0.30000000000000004, 0.3, True),
        ([0.30000000000000004], [0.3], True),
        ([0.30000000000000004, 1], [0.3, 1], False),
        (1, 1.0000000001, False),
        (None, 0, False),
        (Array("float64", [1.0, 2.0]), Array("float64", [1.0, 2.0000001]), True),
        ([1.0], Array("float64", [1.0]), True),
        ([1.0, 2.0], Array("float64", [1.0, 2.0]), False),
    ],
)
def test_cases(got: Any, expected: Any, right: bool) -> None:
    """Types matter if Python says so, tolerance if floats are expected and types agree."""
    assert equal(got, expected) is right


@pytest.mark.parametrize(
    ("oracle", "got", "expected", "arguments", "right"),
    [
        ("find_zero", 1.0, 1.0, ([-1, 1],), True),
        ("find_zero", 2.0, 2.0, ([-1, 1],), False),
        ("find_zero", -2.0, 2.0, ([-4, 0, 1],), True),
        ("find_zero", "2", 2.0, ([-4, 0, 1],), False),
        ("set", [3, 1, 1], (1, 3), (), True),
        ("set", [3], (1, 3), (), False),
        ("set", [[3]], [[3]], (), False),
        ("not_none", Opaque("re.Match"), True, (), True),
        ("not_none", None, True, (), False),
        ("not_none", None, False, (), True),
        ("not_none", False, True, (), False),
        ("not_none", "Found a match!", True, (), True),
        ("not_none", "x", Opaque("re.Match"), (), True),
        ("are_equivalent", Opaque("x"), True, (36, 57), True),
        ("sum_div", 0, 7, (8,), True),
        ("sum_div", 7, 7, (8,), True),
        ("sum_div", 1, 7, (8,), False),
        ("surface_area", 35, 33, (3, 4), True),
        ("surface_area", 33, 33, (3, 4), True),
        ("digit_distance_nums", 1, 1, (1, 2), True),
        ("digit_distance_nums", 9, 7, (123, 4), False),
        ("digit_distance_nums", 4, 7, (123, 4), True),
        (None, Opaque("x"), Opaque("x"), (), False),
    ],
)
def test_oracles(oracle: str | None, got: Any, expected: Any, arguments: tuple[Any, ...], right: bool) -> None:
    """Each special rule takes what it should and nothing more; a value that it cannot take is wrong."""
    assert accepts(got, expected, arguments, atol=0, oracle=oracle) is right


@given(st.sampled_from(sorted(ORACLES)), st.none() | st.text() | st.lists(st.integers()), st.integers(), st.text())
def test_oracles_never_raise(oracle: str, got: Any, expected: Any, argument: str) -> None:
    """No claimed value makes an oracle raise."""
    accepts(got, expected, (argument, argument), atol=0, oracle=oracle)
