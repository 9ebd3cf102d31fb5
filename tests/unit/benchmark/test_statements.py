"""Examples in statements: what is read as input, as output, as arguments, and what is left out."""

from __future__ import annotations

import pytest

from auditor.benchmark.statements import call_examples, literal, named_values, stdin_examples


def test_samples_with_single_line_ends() -> None:
    """Inputs and outputs pair by their numbers; text after a blank line explains the output."""
    statement = (
        "Add.\n\nSample Input 1\n\n1 2\n3\n\nSample Output 1\n\n6\n\nBecause 1+2+3.\n\n"
        "Sample Input 2\n\n4\n\nSample Output 2\n\n4\n"
    )
    assert stdin_examples(statement) == [("1 2\n3\n", "6\n"), ("4\n", "4\n")]


def test_samples_with_doubled_and_windows_line_ends() -> None:
    """A collection that doubles the line breaks of inputs is read as the contest printed them."""
    statement = "Sample Input 1:\n3\n\nabc\n\nacb\n\n\n\nSample Output 1:\n\nYES\nNO\n\n\nNote\n\nSo it is."
    assert stdin_examples(statement) == [("3\nabc\nacb\n", "YES\nNO\n")]
    assert stdin_examples(statement.replace("\n", "\r\n")) == [("3\nabc\nacb\n", "YES\nNO\n")]


def test_an_empty_output_stays_empty() -> None:
    """If nothing is to be printed, the explanation is not the output."""
    statement = "Sample Input 1\n\n0\n\nSample Output 1\n\n\nThere is nothing to print.\n"
    assert stdin_examples(statement) == [("0\n", "\n")]


def test_statements_with_more_blank_lines_everywhere() -> None:
    """Two blank lines before an output mean nothing if the inputs have them too."""
    statement = "Sample Input 1\n\n\n3\r\n1 2 2\n\nSample Output 1\n\n\n8\r\n\nConsider f(1,2).\n"
    assert stdin_examples(statement) == [("3\n1 2 2\n", "8\n")]


def test_no_samples() -> None:
    """A statement without samples, or without their outputs, has no example."""
    assert stdin_examples("Interactive. Ask and answer.") == []
    assert stdin_examples("Sample Input 1\n\n5\n") == []


def test_call_examples() -> None:
    """Arguments come in the order of the signature; JSON and Python notation are both read."""
    statement = (
        "Example 1:\n\nInput: n = 5, queries = [[2,4],[0,2]]\nOutput: [3,2]\nExplanation: so.\n\n"
        'Example 2:\n\nInput: queries = [], n = 1\nOutput: "none"\n\n'
        "Example 3:\n\nInput: n = oops\nOutput: 1\n"
    )
    assert call_examples(statement, ("n", "queries")) == [((5, [[2, 4], [0, 2]]), [3, 2]), ((1, []), "none")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("n = 5, ok = true", {"n": 5, "ok": True}),
        ('s = "true, false", x = null', {"s": "true, false", "x": None}),
        ("s = 'it\\'s null'", {"s": "it's null"}),
        ("a = -1.5, b = [1, [2]]", {"a": -1.5, "b": [1, [2]]}),
        ("[1, 2]", None),
        ("n = f()", None),
        ("n = ", None),
        ("", {}),
    ],
)
def test_named_values(text: str, values: dict[str, object] | None) -> None:
    """Literals by name, and nothing that would have to be run."""
    assert named_values(text) == values


def test_literals() -> None:
    """JSON first, then Python; anything else is refused."""
    assert literal("true") is True
    assert literal("(1, 2)") == (1, 2)
    assert literal("1e3") == 1000.0
    with pytest.raises(ValueError, match="plain value"):
        literal("__import__('os')")
