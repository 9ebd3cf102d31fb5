"""What a reference's run teaches, and what a solution may do with the tests' iterators and streams."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.inside import lending
from auditor.verify.inside.learned import OBJECTS, PLAIN, VALUES, Learned

KEYS = st.sampled_from(["call f", "get x", "special add", "callback g", "values: odd", "own: odd"])


@given(st.lists(st.tuples(KEYS, st.sampled_from([PLAIN, VALUES, OBJECTS]))), st.sets(st.text(max_size=5)))
def test_a_solution_is_held_to_the_most_that_came(noted: list[tuple[str, int]], own: set[str]) -> None:
    """The most that came of a key is allowed again; a key that never came up allows anything."""
    learns = Learned(None)
    for key, came in noted:
        learns.note([key], came)
    for name in own:
        learns.note_own(name)
    held = Learned(learns.lines())
    for key in {key for key, _ in noted} - {"values: odd", "own: odd"}:
        assert held.most([key]) == max(came for one, came in noted if one == key)
    assert held.most(["call never", "get never"]) == OBJECTS
    assert all(held.trusts(name) and learns.trusts("anything") for name in own)
    assert not held.trusts("another name")


def test_the_strictest_of_several_keys_counts() -> None:
    """An object that tests reach by two names is held to both."""
    held = Learned(["call f", "values: call g"])
    assert held.most(["call f", "call g", "call h"]) == PLAIN
    assert held.most(["call g", "call h"]) == VALUES


LENT: list[tuple[Callable[[], Any], str]] = [
    (lambda: (n for n in range(3)), "generator"),
    (lambda: itertools.count(), "iterator"),
    (lambda: map(str, [1]), "iterator"),
    (lambda: io.StringIO("ab"), "stream"),
    (lambda: io.BytesIO(b"ab"), "stream"),
]
INNER = (
    "gi_frame",
    "gi_code",
    "__class__",
    "__init__",
    "__reduce_ex__",
    "__setstate__",
    "__dict__",
    "__getattribute__",
)


@pytest.mark.parametrize(("make", "kind"), LENT)
def test_nothing_but_the_operations_is_done_for_a_solution(make: Callable[[], Any], kind: str) -> None:
    """No frame, class or state of an iterator or a stream can be asked for."""
    value = make()
    told = lending.tell(value, type(value))
    assert told is not None
    assert told[0] == kind
    for name in INNER:
        with pytest.raises(ValueError, match="may not do that"):
            lending.operate(value, name)


@pytest.mark.parametrize("value", [[1], {}, "text", io.TextIOWrapper(io.BytesIO()), range(3), object()])
def test_other_values_are_not_lent(value: object) -> None:
    """Containers cross by value, and other objects not at all."""
    assert lending.tell(value, type(value)) is None


def test_what_stands_for_a_thing_does_what_it_does() -> None:
    """A generator is a generator over there, and a stream one that ``print`` and ``csv`` take."""
    source, stream = (n * n for n in range(4)), io.StringIO()
    generator = lending.make("generator", "squares", lambda *given: lending.operate(source, *given))
    assert (next(generator), generator.send(None), list(generator)) == (0, 1, [4, 9])
    stand_in = lending.make("stream", "StringIO", lambda *given: lending.operate(stream, *given))
    assert isinstance(stand_in, io.StringIO)
    print("a", 1, file=stand_in)
    stand_in.seek(0)
    assert (list(stand_in), stand_in.closed, stream.getvalue()) == (["a 1\n"], False, "a 1\n")
    del stand_in
    assert not stream.closed
