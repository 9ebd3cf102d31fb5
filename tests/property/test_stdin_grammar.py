"""Grammars of standard input: what examples show is found, and every text that is made follows it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.grading.stdin_grammar import learn


@pytest.mark.parametrize(
    ("texts", "arguments"),
    [
        (["1 2\n", "3 4\n"], (1, 2)),
        (["3\n1 2 3\n", "1\n7\n"], ([1, 2, 3],)),
        (["2\n1 5\n3 4\n", "1\n9 9\n"], ([[1, 5], [3, 4]],)),
        (["2\na\nb\n", "3\nc\nd\ne\n"], (["a", "b"],)),
        (["2 3 9\n1 2 3\n4 5 6\n", "1 2 9\n7 8\n"], (9, [[1, 2, 3], [4, 5, 6]])),
        (["hello\n2.5 x\n", "there\n1.0 y\n"], ("hello", 2.5, "x")),
        (["2 7\n1 2\n", "3 7\n1 2 3\n"], (7, [1, 2])),
        (["007\n", "1\n"], ("007",)),
    ],
)
def test_what_examples_show_is_found(texts: list[str], arguments: tuple[object, ...]) -> None:
    grammar = learn(texts)
    assert grammar is not None
    assert grammar.parse(texts[0]) == arguments
    assert grammar.render(grammar.parse(texts[0])) == texts[0]


@pytest.mark.parametrize("texts", [["1\n"], ["1\n2 3\n", "1 2\n4\n5\n"], ["5\n1\n", "5\n1\n2\n"]])
def test_no_grammar_is_made_up(texts: list[str]) -> None:
    assert learn(texts) is None


@given(st.lists(st.lists(st.integers(-9, 9), min_size=2, max_size=2), max_size=4), st.integers(-9, 9))
@settings(max_examples=50, deadline=None)
def test_counts_follow_from_what_is_made(rows: list[list[int]], free: int) -> None:
    grammar = learn(["2 5\n1 2\n3 4\n", "3 6\n1 2\n3 4\n5 6\n", "1 7\n8 8\n"])
    assert grammar is not None
    text = grammar.render((free, rows))
    assert text.splitlines()[0] == f"{len(rows)} {free}"
    assert grammar.parse(text) == (free, rows)


def test_other_shapes_are_refused() -> None:
    grammar = learn(["2\n1 2\n", "1\n5\n"])
    assert grammar is not None
    for arguments in ((), (3,), ([1], [2])):
        with pytest.raises(ValueError, match=r"shape|empty list"):
            grammar.render(arguments)
    with pytest.raises(ValueError, match="counts"):
        grammar.parse("3\n1 2\n")
