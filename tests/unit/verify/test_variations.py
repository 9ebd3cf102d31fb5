"""Copies of an object that hold something else, and what equalities of many forms say of them."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.inside import variations

atoms = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary())
held = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner), st.frozensets(st.integers())
    ),
)


class Holder:
    """Compares by a rule of its own."""

    def __init__(self, value: Any, rule: Callable[[Any, Any], object]) -> None:
        self.value = value
        self.rule = rule

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Holder) and bool(self.rule(self.value, other.value))

    __hash__ = object.__hash__


HONEST: dict[str, Callable[[Any, Any], object]] = {
    "equal": lambda a, b: a == b,
    "by text": lambda a, b: repr(a) == repr(b),
    "by type and text": lambda a, b: (type(a), repr(a)) == (type(b), repr(b)),
}


@pytest.mark.parametrize("rule", HONEST)
@given(held)
def test_an_equality_of_values_tells_apart(rule: str, value: Any) -> None:
    """Whatever an object holds, one that compares it finds a copy that is unequal."""
    assert variations.tells_apart(Holder(value, HONEST[rule]), Holder(value, HONEST[rule]))


SEQUENCES: dict[str, Callable[[Any, Any], object]] = {
    "common part": lambda a, b: all(one == other for one, other in zip(a, b, strict=False)),
    "length": lambda a, b: len(a) == len(b),
    "truth": lambda a, b: bool(a) == bool(b),
    "the first": lambda a, b: a[0] == b[0],
    "sorted": lambda a, b: sorted(a) == sorted(b),
    "as sets": lambda a, b: set(a) == set(b),
    "subset": lambda a, b: set(a) <= set(b),
}


@pytest.mark.parametrize("rule", SEQUENCES)
@given(
    st.one_of(st.lists(st.integers(), min_size=1), st.lists(st.integers(), min_size=1).map(tuple), st.text(min_size=1))
)
def test_coarse_equalities_of_sequences_tell_apart(rule: str, value: Any) -> None:
    """By a part, the length or the order-free content of what is not empty."""
    assert variations.tells_apart(Holder(value, SEQUENCES[rule]), Holder(value, SEQUENCES[rule]))


@given(held)
def test_one_that_looks_at_nothing_does_not(value: Any) -> None:
    """An equality of classes finds none, whatever the objects hold."""
    assert not variations.tells_apart(Holder(value, lambda *_: True), Holder(value, lambda *_: True))


@dataclass
class Point:
    """Attributes that compare."""

    x: int
    y: str


class Slots:
    """Attributes without a dict."""

    __slots__ = ("x",)

    def __init__(self, x: int) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slots) and self.x == other.x

    __hash__ = object.__hash__


@pytest.mark.parametrize(
    "value",
    [
        Point(1, "a"), Slots(3), type("N", (int,), {})(4), type("L", (list,), {})([1]), type("D", (dict,), {})({1: 2}),
        type("O", (OrderedDict,), {})({1: 2}), type("C", (Counter,), {})("aab"), type("Q", (deque,), {})([1]),
        type("S", (str,), {})("a"), type("T", (tuple,), {})((1,)), object(), Exception("a"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_objects_of_many_classes_are_told_apart(value: Any) -> None:
    """Dataclasses, slots, and classes below builtin ones; what holds nothing counts as told apart."""
    assert variations.tells_apart(value, value)


def test_a_comparison_that_raises_tells_nothing_apart() -> None:
    """One that fails on what it has not seen, and calls equal what it has."""

    def rule(a: Any, b: Any) -> bool:
        return bool(a * b == a * b)  # as of two numbers of the same kind

    assert not variations.tells_apart(Holder(Decimal(3), rule), Holder(Decimal(4), rule))
    assert not variations.tells_apart(
        Holder(object(), lambda a, b: a.x == b.x), Holder(object(), lambda a, b: a.x == b.x)
    )


class Colour(Enum):
    """Members compare by identity."""

    RED = 1
    GREEN = 2


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (Decimal("1.50"), lambda a, b: round(a, 2) == round(b, 2)),
        (Fraction(1, 3), lambda a, b: a.numerator * b.denominator == b.numerator * a.denominator),
        (date(2024, 2, 29), lambda a, b: a.toordinal() == b.toordinal()),
        (datetime(2024, 2, 29, 1, tzinfo=UTC), lambda a, b: a.timestamp() == b.timestamp()),
        (timedelta(hours=1), lambda a, b: a.total_seconds() == b.total_seconds()),
        (Colour.RED, lambda a, b: a.name == b.name),
        (Counter("aab"), lambda a, b: a.most_common() == b.most_common()),
        (Slots(4), lambda a, b: a.x == b.x),
        (Holder(Slots(4), lambda *_: True), lambda a, b: a.value.x == b.value.x),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_comparisons_that_use_what_attributes_can_do(value: Any, rule: Callable[[Any, Any], object]) -> None:
    """Other values are of the same type where one can be made, so an honest comparison does not raise."""
    assert variations.tells_apart(Holder(value, rule), Holder(value, rule))
