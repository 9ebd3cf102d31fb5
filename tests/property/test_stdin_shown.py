"""What stands for an output while inputs are explored, held against the rules that verdicts are reached by."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.comparators import Comparator, agrees
from auditor.grading.stdin_grammar import RENDER, learn, render
from auditor.grading.stdin_programs import _SHOWN

BLANKS = [" ", "\t", "\n", "\v", "\f", "\r", "\r\n", "\x1c", "\x85", "\u2003", "  ", "\n\n"]
PIECES = st.lists(st.sampled_from(["1", "1.0", "01", "a", "A", "é", "É", "ß", "SS", "-0", "nan", *BLANKS]), max_size=8)


def test_every_rule_that_compares_texts_has_its_form() -> None:
    """A new rule is added here as well, or a task of it could not be strengthened."""
    assert set(_SHOWN) == set(Comparator) - {Comparator.CHECKER}


@pytest.mark.parametrize("rule", sorted(_SHOWN))
@given(PIECES, st.data())
def test_what_looks_the_same_is_the_same(rule: Comparator, pieces: list[str], data: st.DataObject) -> None:
    """Two outputs of one form agree by the rule, so a test that is kept fails what it shows to be wrong."""
    change = st.sampled_from([*BLANKS, "", "a", "A", "1"])
    place = data.draw(st.integers(0, len(pieces)))
    others = [*pieces[:place], data.draw(change), *pieces[place + data.draw(st.integers(0, 1)) :]]
    if data.draw(st.booleans()):
        others = data.draw(st.permutations(others))
    one, other = "".join(pieces), "".join(others)
    forms = [eval(_SHOWN[rule], {"output": text}) for text in (one, other)]
    if forms[0] == forms[1]:
        assert agrees(rule, one, other)
        assert agrees(rule, other, one)


LEARNT = [
    (["1 2\n", "3 4\n"], (1, 2)),
    (["2 7\n1 2\n", "3 7\n1 2 3\n"], (7, [1, 2])),
    (["2 3 9\n1 2 3\n4 5 6\n", "1 2 9\n7 8\n"], (9, [[1, 2, 3], [4, 5, 6]])),
    (["2\na\nb\n", "3\nc\nd\ne\n"], (["a", "b"],)),
]
SMALL = st.integers(0, 9)


@pytest.mark.parametrize(("texts", "known"), LEARNT)
@given(st.lists(st.one_of(SMALL, st.lists(SMALL), st.lists(st.lists(SMALL))), max_size=3))
def test_the_source_that_is_shipped_writes_the_same(
    texts: list[str], known: tuple[object, ...], made: list[object]
) -> None:
    """`render` by its source alone, in a module without a name of ours, is `render`, refusals included."""
    grammar = learn(texts)
    assert grammar is not None
    space: dict[str, Any] = {}
    exec(RENDER, space)
    assert space["render"](grammar.spec(), known) == texts[0]
    said = []
    for write in (render, space["render"]):
        try:
            said.append(write(grammar.spec(), tuple(made)))
        except ValueError as error:
            said.append(str(error))
    assert said[0] == said[1]
