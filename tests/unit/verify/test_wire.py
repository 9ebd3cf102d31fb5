"""Values across the sandbox boundary: nothing is lost, nothing but plain values comes back, and bombs die early."""

from __future__ import annotations

import json
import time
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify import wire
from auditor.verify.values import Array, WireError

HASHABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
SINGLE = (
    HASHABLE
    | st.complex_numbers(allow_nan=False)
    | st.sets(HASHABLE, max_size=4)
    | st.fractions()
    | st.binary().map(bytearray)
)
VALUES = st.recursive(
    SINGLE,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.lists(inner, max_size=5).map(deque)
    ),
    max_leaves=25,
)
TAGS = [
    "tuple",
    "dict",
    "set",
    "frozenset",
    "int",
    "bytes",
    "range",
    "sub",
    "array",
    "decimal",
    "fraction",
    "complex",
    "opaque",
    "deque",
    "x",
]
TREES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(TAGS), inner, max_size=2),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Equal, of the same types at every depth."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple | deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    return bool(one == other) and repr(one) == repr(other) if not isinstance(one, set | frozenset) else one == other


@given(VALUES)
def test_round_trip(value: Any) -> None:
    """Every plain value comes back equal and of the same types, from a line of plain ASCII."""
    line = wire.encode(value)
    assert line.isascii()
    assert "\n" not in line
    assert same(wire.decode(line), value)


@given(VALUES)
def test_equal_bytes_mean_equal_values(value: Any) -> None:
    """An encoding is a function of the value, so equal bytes prove a pass without decoding."""
    assert wire.encode(wire.decode(wire.encode(value))) == wire.encode(value)


class Point(NamedTuple):
    x: int
    y: int


class Level(IntEnum):
    LOW = 1


class Liar(list[int]):
    """A list that says it equals everything, has no elements and is a dict."""

    __class__ = dict  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, {1: [2]}), {1: [2]}),
        (OrderedDict(x=1), {"x": 1}),
        (Point(1, 2), (1, 2)),
        (Level.LOW, 1),
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ({1: 2}.keys(), {1}),
        (Liar([1, 2]), [1, 2]),
        (Decimal("1.10"), Decimal("1.1")),
        (Fraction(1, 3), Fraction(1, 3)),
        (range(3), range(3)),
        (np.array([[1, 2]]), Array("int64", [[1, 2]])),
    ],
)
def test_subclasses_are_flattened(value: Any, plain: Any) -> None:
    """An instance of a subclass travels as its base, whatever its own methods say."""
    assert wire.decode(wire.encode(value)) == plain


def test_subclasses_are_told_apart() -> None:
    """A number that was of a subclass equals its value but is not of the plain type, as EvalPlus sees it."""
    assert type(wire.decode(wire.encode(np.float64(1.5)))) is not float


@pytest.mark.parametrize("value", [object(), iter([1]), (x for x in ()), len, lambda: 0, type, map(str, ())])
def test_opaque_values_equal_nothing(value: Any) -> None:
    """What has no tag crosses as something that equals nothing, itself included."""
    opaque = wire.decode(wire.encode(value))
    assert opaque != opaque
    assert opaque not in (value, [opaque], None)


def test_depth_is_bounded() -> None:
    """Nesting beyond the bound is opaque on the way out and refused on the way in."""
    deep: Any = []
    for _ in range(10_000):
        deep = [deep]
    assert "too deep" in wire.encode(deep)
    loop: list[Any] = []
    loop.append(loop)
    assert "too deep" in wire.encode(loop)
    for bomb in ("[" * 100_000, "[" * 200 + "]" * 200, '{"tuple":' * 500 + "[]" + "}" * 500):
        with pytest.raises(WireError):
            wire.decode(bomb)


@given(st.binary() | st.text().map(str.encode) | TREES.map(lambda tree: json.dumps(tree).encode()))
def test_hostile_bytes_say_nothing(data: bytes) -> None:
    """Whatever bytes come, decoding gives a plain value or a WireError, never anything else."""
    try:
        value = wire.decode(data)
    except WireError:
        return
    wire.encode(value)


def test_colliding_hashes_are_refused_at_once() -> None:
    """A set whose elements all hash alike would take the trusted side minutes: it is refused before it is built."""
    items = ",".join(f'{{"int":"{k * ((1 << 61) - 1):x}"}}' for k in range(1, 20_000))
    for bomb in (f'{{"set":[{items}]}}', f'{{"dict":[{",".join(f"[{item},1]" for item in items.split(","))}]}}'):
        with pytest.raises(WireError, match="hash"):
            wire.decode(bomb)


def test_huge_ints_cross() -> None:
    """An int beyond Python's limit of digits crosses, alone and in a list."""
    huge = 3**40_000
    assert wire.decode(wire.encode(huge)) == huge
    assert wire.decode(wire.encode([1, -huge, True])) == [1, -huge, True]


def test_two_surrogates_are_not_the_character_that_they_would_encode() -> None:
    """Two lone surrogates are two characters, at any position, and stay distinct from the one of their pair."""
    pair, one = "\ud83d\ude00", "\U0001f600"
    for apart, whole in ((pair, one), ([pair, 1], [one, 1]), ({pair: pair}, {one: one}), ((f"a{pair}",), (f"a{one}",))):
        assert wire.encode(apart) != wire.encode(whole)
        assert wire.decode(wire.encode(apart)) == apart != whole
        assert wire.decode(wire.encode(whole)) == whole


@given(st.lists(st.sampled_from(["\ud83d", "\ude00", "a", "\\ud83d", "\U0001f600"])).map("".join))
def test_surrogates_come_back(text: str) -> None:
    """Any mixture of surrogates, characters beyond 16 bits and backslashes round-trips, alone and in a list."""
    assert wire.decode(wire.encode(text)) == text
    assert wire.decode(wire.encode([text, [text]])) == [text, [text]]


def clustering(count: int, bits: int) -> list[int]:
    """Make different keys that all begin their search in a table of ``2**bits`` slots at the same place."""
    mask, start, found = (1 << bits) - 1, 0, list[int]()
    while len(found) < count:  # a key for each slot of the path that a search without further hash bits takes
        found.append(start)
        start = (5 * start + 1) & mask
    return found


def test_keys_that_collide_in_the_table_are_refused() -> None:
    """Keys of different hashes, chosen to share probe paths, would take seconds: they are refused on the way."""
    keys = clustering(110_000, bits=18) + [1 << 40 | i << 20 for i in range(60_000)]
    with pytest.raises(WireError, match="colliding keys"):
        wire.decode(json.dumps({"dict": [[key, 0] for key in keys]}))
    with pytest.raises(WireError, match="colliding hashes"):
        wire.decode(json.dumps({"dict": [[1, 0]] * 10_000}))
    assert wire.decode(wire.encode({i: str(i) for i in range(50_000)}))[49_999] == "49999"


def test_a_slow_set_is_refused() -> None:
    """Elements that take far longer than others to put into a set end in an error."""

    class Slow(int):
        def __hash__(self) -> int:
            end = time.thread_time() + 3e-4
            while time.thread_time() < end:
                pass
            return int(self)

    with pytest.raises(WireError, match="colliding"):
        wire.build_set([Slow(i) for i in range(1000)])
    assert wire.build_set(list(range(1000))) == set(range(1000))


def test_the_least_size_is_one() -> None:
    """What is said of a long list is never above the size of its encoding, and is above a limit where it matters."""
    for value in ([1] * 20_000, ["ab"] * 20_000, [("a", "b")] * 20_000, [["\n"]] * 20_000, [""] * 20_000):
        assert 40_000 <= wire.least_size(value) <= len(wire.encode(value))
    assert wire.least_size([1, 2]) == wire.least_size({1: 2}) == 0
