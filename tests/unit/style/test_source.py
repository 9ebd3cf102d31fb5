"""Reading a program: parsing, line ends, pragmas, whose line it is."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.style.pragmas import comments_of, neutralise
from auditor.style.source import Unparsable, lines_of_prompt, read_source

PROMPT = 'def add(a, b):\n    """Add two numbers.\n\n    >>> add(1, 2)\n    3\n    """\n'
BODY = "    total = a + b\n    return total\n"

PRAGMAS = [
    "# pylint: disable=all",
    "# pylint: skip-file",
    "#pylint:disable=unused-import",
    "# noqa",
    "# NOQA: F401",
    "# ruff: noqa",
    "# flake8: noqa",
    "# isort: skip_file",
    "# fmt: off",
    "# type: ignore[attr-defined]",
    "# nosec B101",
    "# pragma: no cover",
    "# a reason # pylint: disable=unused-import",
]


@pytest.mark.parametrize("pragma", PRAGMAS)
def test_a_pragma_loses_its_force_and_nothing_else_changes(pragma: str) -> None:
    """Each known pragma is counted and broken; every line keeps its number and length, code its meaning."""
    text = f"import os  {pragma}\nx = '{pragma}'\n{pragma}\n"
    safe, count = neutralise(text, comments_of(text))
    assert count == 2
    assert [len(line) for line in safe.split("\n")] == [len(line) for line in text.split("\n")]
    assert ast.dump(ast.parse(safe)) == ast.dump(ast.parse(text))
    assert neutralise(safe, comments_of(safe)) == (safe, 0)


def test_a_coding_cookie_counts_as_a_pragma() -> None:
    """A linter reading the file would decode another program than the text that ran."""
    source = read_source("# -*- coding: rot13 -*-\nx = 1\n# coding: utf-16 means nothing on line 3\n")
    assert source.pragmas == 1
    assert tokenize.detect_encoding(io.BytesIO(source.text.encode()).readline)[0] == "utf-8"
    assert source.text.endswith("# coding: utf-16 means nothing on line 3\n")


def test_plain_comments_stay_as_they_are() -> None:
    """Words such as coding, type or noqa-like prose are no pragmas."""
    text = "# this is about coding and types\nx = 1  # the type: of x, quality and pylint itself\n"
    assert neutralise(text, comments_of(text)) == (text, 0)


def test_the_prompts_lines_are_not_the_models() -> None:
    """prompt + completion: the prompt's lines are exactly the prompt's."""
    assert lines_of_prompt(PROMPT + BODY, PROMPT) == frozenset(range(1, 7))


def test_a_line_that_the_model_continued_is_the_models() -> None:
    """A prompt that ends inside a line gives that line away."""
    assert lines_of_prompt("def f():\n    return 1\n", "def f():\n    return") == frozenset({1})
    assert lines_of_prompt("x = 1\ny = 2\n", "x = 1") == frozenset({1})


def test_a_solution_that_repeats_the_prompt_is_aligned_with_it() -> None:
    """Signature and docstring repeated word for word are the prompt's; a changed line is the model's."""
    solution = "import math\n\n\n" + PROMPT.replace("(a, b)", "(a, b) -> int") + "\n    # add\n" + BODY
    found = lines_of_prompt(solution, PROMPT)
    assert found == frozenset(range(5, 10))
    source = read_source(solution, PROMPT)
    assert {4, 11, 12, 13} <= source.model_lines


def test_punctuation_alone_is_never_the_prompts() -> None:
    """A closing bracket that happens to be in the prompt too is not charged away."""
    assert lines_of_prompt("y = [\n    2,\n]\n", "x = [\n    1,\n]\n# end\n") == frozenset()


@given(st.text(alphabet="ab =\n\r#'\"\\\x0c\u2028()[]:", max_size=60))
def test_reading_agrees_with_python(text: str) -> None:
    """What Python's parser takes is read with Python's line numbers; the rest is named unparsable."""
    try:
        # Line ends as from a file: of a text that ends in a backslash and CRLF, the parser itself asks no next line.
        tree = ast.parse(text.replace("\r\n", "\n"))
    except (SyntaxError, ValueError):
        with pytest.raises(Unparsable):
            read_source(text)
        return
    source = read_source(text)
    assert ast.dump(source.tree, include_attributes=True) == ast.dump(tree, include_attributes=True)
    ends = [node.end_lineno or 0 for node in ast.walk(tree) if hasattr(node, "end_lineno")]
    assert max(ends, default=0) <= len(source.lines)


@pytest.mark.parametrize("text", ["x = 1\0\n", "x = '\ud800'\n", "x = " + "(" * 300 + ")" * 300, "def f(:\n"])
def test_what_python_refuses_is_unparsable_with_a_reason(text: str) -> None:
    """NUL, lone surrogates, nesting beyond the parser and bad syntax each give a reason, never a crash."""
    with pytest.raises(Unparsable) as caught:
        read_source(text)
    assert caught.value.reason


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    """CRLF and CR read as LF does, prompt included."""
    source = read_source((PROMPT + BODY).replace("\n", end), PROMPT.replace("\n", end))
    assert source.text == PROMPT + BODY
    assert source.prompt_lines == frozenset(range(1, 7))


def test_a_program_too_large_for_the_parser_is_not_called_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    """If memory ends on a long and flat program, the reason does not speak of nesting alone."""

    def no_memory(text: str) -> ast.Module:
        raise MemoryError

    monkeypatch.setattr(ast, "parse", no_memory)
    with pytest.raises(Unparsable, match="too long"):
        read_source("x = 1\n")


@pytest.mark.parametrize("mark_of_prompt", ["", "\ufeff"])
def test_a_byte_order_mark_is_not_part_of_a_program(mark_of_prompt: str) -> None:
    """Python skips it at the start of a file; in the middle of one it is as unparsable as Python says."""
    source = read_source("\ufeff" + PROMPT + BODY, mark_of_prompt + PROMPT)
    assert source.text == PROMPT + BODY
    assert source.prompt_lines == frozenset(range(1, 7))
    with pytest.raises(Unparsable):
        read_source("x = 1\n\ufeffy = 2\n")
