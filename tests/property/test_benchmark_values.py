"""Values and test scripts keep their meaning on the way into a suite."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.scripts import literal, read_asserts, read_plus_test
from auditor.benchmark.values import canonical, decode_value, encode_value

ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
HASHABLE = st.recursive(
    ATOMS | st.binary(max_size=4),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
VALUES = st.recursive(
    ATOMS | st.complex_numbers(allow_nan=False) | st.binary(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.dictionaries(st.sampled_from(["$tuple", "$x", "a"]), inner, max_size=2)
    ),
    max_leaves=12,
)
LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Equal, and of equal types all the way down."""
    return canonical(one) == canonical(other)


@given(VALUES)
def test_values_survive_json(value: Any) -> None:
    """Any plain value comes back from tagged JSON text with its types."""
    assert same(decode_value(json.loads(json.dumps(encode_value(value)))), value)


@given(VALUES, VALUES)
def test_canonical_text_tells_values_apart(one: Any, other: Any) -> None:
    """Equal texts mean equal values, and a value equals its copy in another order of a set."""
    if canonical(one) == canonical(other):
        assert one == other
    assert canonical(decode_value(encode_value(one))) == canonical(one)


def test_canonical_text_takes_huge_integers() -> None:
    """An integer beyond Python's limit for decimal text has a canonical text."""
    assert len(canonical(10**10_000)) > 8_000


@given(st.lists(st.tuples(st.lists(LITERALS, max_size=3), LITERALS), min_size=1, max_size=5))
def test_asserts_are_read_as_they_would_run(tests: list[tuple[list[Any], Any]]) -> None:
    """Asserts of a call against a literal come out as just those inputs and outputs."""
    lines = [f"assert candidate({', '.join(map(repr, arguments))}) == {expected!r}" for arguments, expected in tests]
    for source in ("\n".join(lines), "def check(candidate):\n    assert True\n    " + "\n    ".join(lines)):
        suite = read_asserts(source, "candidate")
        assert suite is not None
        assert same(suite.inputs, tuple(tuple(arguments) for arguments, _ in tests))
        assert same(suite.outputs, tuple(expected for _, expected in tests))


ASSERTION = """
def is_floats(x): return isinstance(x, float)
def assertion(out, exp, atol):
    if is_floats(exp): atol = 1e-6
    {body}
    if out != exp and atol != 0:
        assert np.allclose(out, exp, rtol=1e-07, atol=atol)
    else:
        assert out == exp
"""


@given(
    st.lists(st.tuples(st.lists(LITERALS, max_size=3), LITERALS), min_size=1, max_size=5),
    st.sampled_from([0, 1e-6, 0.0001]),
    st.booleans(),
)
def test_plus_tests_are_read_as_they_would_run(tests: list[tuple[list[Any], Any]], atol: float, as_sets: bool) -> None:
    """Literals, tolerance and rule of a plus test come out of its text, in HumanEval's and in MBPP's layout."""
    inputs, results = [arguments for arguments, _ in tests], [expected for _, expected in tests]
    head = "import numpy as np\n" + ASSERTION.format(body="out, exp = set(out), set(exp)" if as_sets else "")
    loop = f"for i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(f(*inp), exp, {atol})\n"
    body = f"inputs = {inputs!r}\nresults = {results!r}\n{loop}"
    inside = "def check(f):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    for source in (head + body, head + inside):
        plus = read_plus_test(source)
        assert plus is not None
        assert plus.entry_point == "f"
        assert same(plus.suite.inputs, tuple(map(tuple, inputs)))
        assert same(plus.suite.outputs, tuple(results))
        assert (plus.suite.atol, plus.suite.oracle) == (atol, "set" if as_sets else None)


def test_what_is_no_plain_equality_stays_a_script() -> None:
    """Anything but a call against a literal, and any float that must be met exactly, is not read."""
    for line in (
        "assert candidate(1)",
        "assert candidate(x) == 1",
        "assert candidate(1) == candidate(2)",
        "assert candidate(*[1]) == 1",
        "assert candidate(a=1) == 1",
        "assert candidate(1) == 0.3",
        "assert candidate(1) == [0.3, 0.4]",
        "assert abs(candidate(1) - 0.3) < 1e-6",
        "assert candidate(1) == 1 == 1",
        "assert other(1) == 1",
        "assert set(candidate(1)) == set((1,))\nassert candidate(1) == 1",
        "for i in range(3):\n    assert candidate(i) == 1",
        "",
    ):
        assert read_asserts(line, "candidate") is None, line
    suite = read_asserts("assert set(candidate(1)) == set((1, 2))", "candidate")
    assert suite is not None
    assert (suite.oracle, suite.outputs) == ("set", ((1, 2),))


def test_an_unknown_rule_of_equality_is_not_guessed() -> None:
    """A plus test whose assertion calls something else stays unread."""
    source = "def assertion(out, exp, atol):\n    assert fuzzy(out, exp)\ninputs = [[1]]\nresults = [1]\n"
    assert (
        read_plus_test(source + "for i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(f(*inp), exp, 0)")
        is None
    )


def test_infinities_and_nan_are_names() -> None:
    """``inf``, ``-inf`` and ``nan`` are read as the floats that the scripts import them for."""
    import ast

    read = literal(ast.parse("[inf, -inf, {nan: (1, -2.5)}]", mode="eval").body)
    assert canonical(read) == canonical([math.inf, -math.inf, {math.nan: (1, -2.5)}])


@pytest.mark.parametrize("tag", ["$set", "$frozenset", "$dict"])
def test_colliding_hashes_are_refused_at_once(tag: str) -> None:
    """Numbers of one hash, which would cost the square of their count, are an error of the row."""
    numbers: list[object] = [(2**61 - 1) * number for number in range(50_000)]
    items = [[number, 0] for number in numbers] if tag == "$dict" else numbers
    with pytest.raises(ValueError, match="colliding hashes"):
        decode_value({tag: items})
