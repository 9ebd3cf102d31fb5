"""What ``auditor tasks strengthen`` reads of a task: examples, invariants, smaller values, contracts, answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.contracts import contract_of
from auditor.benchmark.values import canonical
from auditor.config import VerifyConfig
from auditor.grading.inputs import examples_in
from auditor.grading.invariants import Invariants
from auditor.grading.smaller import smaller_values
from auditor.records import InputSuite, Task
from auditor.targets import Target
from auditor.verify.observe import NO_ANSWER, Observer, agrees, returned, show_answer
from tests.examples import examples

CONFIG = VerifyConfig(workers=1)


def test_examples_of_a_prompt() -> None:
    """Calls with literal arguments are read, the definition is not."""
    prompt = 'def f(a, b):\n    """\n    >>> f([1, (2)], "x)")\n    3\n    f(n, 2) is f(-1, 2).\n    """\n'
    assert examples_in(prompt, "f") == [([1, 2], "x)"), (-1, 2)]


def test_invariants() -> None:
    """What all inputs have in common holds of them and not of others."""
    seeds = [([1, 2, 3], 2, "ab"), ([2, 5], 1, "b"), ([0, 4, 8, 9], 3, "ba")]
    kept = Invariants(seeds, widen=False)
    assert all(map(kept.hold, seeds))
    assert not kept.hold(([3, 2, 1], 2, "ab"))  # not sorted
    assert not kept.hold(([1, 2], 3, "ab"))  # further than the list is long
    assert not kept.hold(([1, 2], 2, "a1"))  # other characters
    assert not kept.hold(([1, 2], 2, "é"))
    assert kept.typed(([1, 12], 9, "a1"))
    assert not any(map(kept.typed, [([1, "2"], 2, "ab"), ([1, 2], 2.0, "ab"), ([1, 2], 2, "é")]))
    assert not kept.hold(([1, 12], 2, "ab"))  # beyond the range
    assert Invariants(seeds, widen=True).hold(([1, 12], 2, "ab"))
    assert "argument 1 <= len(argument 0)" in kept.described()


_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=6,
)  # fmt: skip


@examples(60)
@given(_VALUES)
def test_smaller_values_end(value: object) -> None:
    """Making a value smaller ends, keeps its type and never gives the value itself."""
    for _ in range(60):
        smaller = next(iter(smaller_values(value)), None)
        if smaller is None:
            return
        assert type(smaller) is type(value)
        assert canonical(smaller) != canonical(value)
        value = smaller


def test_contracts() -> None:
    """Assertions become a function of the reference's parameters; what says nothing about inputs becomes nothing."""
    made: dict[str, object] = {}
    exec(contract_of("\n    assert x > 0 # positive\n", "def f(x, y=1):\n    return x\n", "f"), made)
    valid = made["valid"]
    assert callable(valid)
    assert valid(1)
    with pytest.raises(AssertionError):
        valid(0)
    assert contract_of("def valid(x):\n    return x > 0\n", "", "f").startswith("def valid")
    assert contract_of("x = 1", "def f(x): ...", "f") == contract_of("", "", "f") == contract_of("(", "", "f") == ""


def test_answers_of_programs() -> None:
    """A value, an exception, an endless call and a death are told apart, and the calls after them still answered."""
    suite = InputSuite(((3,), (0,), (2,), (-1,), (1,)))
    task = Task("t", "", Target.function("f"), "def f(x):\n    return x\n", suite, suite)
    source = (
        "import os\ndef f(x):\n    if x == 2:\n        while True: pass\n    if x < 0: os._exit(1)\n    return 6 / x\n"
    )
    with Observer(CONFIG) as observer:
        found = observer.answers(
            task, suite.inputs, {"a": source, "b": "no python", "c": "def f(x):\n    return 2.0\n"}, seconds=0.2
        )
    value, raised, endless, died, after = found["a"].lines
    assert (returned(value), returned(raised)) == (True, False)
    assert show_answer(raised).startswith("ZeroDivisionError")
    assert endless == died == NO_ANSWER
    assert agrees(after, b"v6", (1,), suite)
    assert not agrees(after, b"v7", (1,), suite)
    assert set(found["b"].lines) == {NO_ANSWER}
    assert agrees(found["c"].lines[0], value, (3,), suite)
