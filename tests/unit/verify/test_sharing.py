"""Containers that occur more than once in a value: one object before it is written, one after it is read."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify import wire
from auditor.verify.inside import objects
from auditor.verify.values import WireError


@pytest.fixture(autouse=True, scope="module")
def dialect() -> Iterator[None]:
    """Speak as tests and solutions do, and as before afterwards."""
    told, readers = wire._tell_class, dict(wire._READERS)
    objects.keep_classes()
    yield
    wire._tell_class = told
    wire._READERS.clear()
    wire._READERS.update(readers)


@pytest.mark.parametrize(
    "one", [[0], {"a": 1}, {1}, bytearray(b"a"), deque([1]), Counter("a"), defaultdict(list)], ids=repr
)
def test_what_is_one_object_stays_one(one: Any) -> None:
    """In lists, tuples, dicts and deques, however deep; what is only equal stays apart."""
    first, (second, third), fourth, other = wire.decode(wire.encode([one, (one, {1: one}), deque([one]), type(one)()]))
    assert first is second is third[1] is fourth[0]
    assert first == one
    assert type(first) is type(one)
    assert other is not first
    assert wire.decode(wire.encode(deque([1, 2], 2))).maxlen == 2
    left, right = wire.decode(wire.encode([[1], [1]]))
    assert left == right
    assert left is not right


SHAPES = st.recursive(st.integers(0, 3), lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@given(st.lists(SHAPES, min_size=1, max_size=4), st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=6))
def test_any_sharing_is_kept(parts: list[Any], picks: list[tuple[int, bool]]) -> None:
    """Two places hold one list after reading exactly if they did before writing."""
    value = [parts[place % len(parts)] if same else [parts[place % len(parts)]] for place, same in picks]
    found = wire.decode(wire.encode(value))
    assert found == value
    pairs = [(i, j) for i in range(len(value)) for j in range(i) if type(value[i]) is list]
    assert all((value[i] is value[j]) == (found[i] is found[j]) for i, j in pairs)


def test_a_container_within_itself_ends_where_it_did() -> None:
    """It is too deep, as before."""
    own: list[Any] = [1]
    own.append(own)
    assert wire.decode(wire.encode(own))[1][1][0] == 1


@pytest.mark.parametrize(
    "line",
    [
        '{"shared":1}',
        '[{"shared":[1,[0]]},{"shared":2}]',
        '[{"shared":[1,[{"shared":1}]]}]',
        '[{"shared":[1,[0]]},{"shared":true}]',
        '[{"shared":["a",[0]]}]',
        '[{ "shared":[1,[0]]},{ "shared":1}]',
    ],
)
def test_forged_lines_say_nothing(line: str) -> None:
    """A reference to nothing, to itself, or in another form."""
    with pytest.raises(WireError):
        wire.decode(line)


def test_a_short_line_cannot_say_a_huge_value() -> None:
    """Each line of sixty refers twice to the one before it."""
    value: list[Any] = [0]
    for _ in range(50):
        value = [value, value]
    with pytest.raises(WireError, match="too many items"):
        wire.decode(wire.encode(value))
