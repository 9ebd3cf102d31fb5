"""Our own checks, on programs small enough to count by hand."""

from __future__ import annotations

import pytest

from auditor.style.checks import CHECKS, code_lines
from auditor.style.source import read_source

PROMPT = 'def sum_all(my_list):\n    """Add up all of myList."""\n'


def value(check: str, solution: str, prompt: str = "") -> float | None:
    measure = CHECKS[check].run(read_source(solution, prompt))
    return None if measure is None else measure.value


@pytest.mark.parametrize(
    ("names", "snake", "camel"),
    [
        ("total, count", 1.0, 1.0),
        ("total_sum, count", 1.0, 0.5),
        ("totalSum, count", 0.5, 1.0),
        ("Total, MAX_SIZE", 0.0, 0.0),
        ("_private, __very", 1.0, 1.0),
        ("i, x, n", None, None),
        ("i, totalSum", 0.0, 1.0),
    ],
)
def test_names_by_style(names: str, snake: float | None, camel: float | None) -> None:
    """A single lower-case word is in both styles; one-letter names are not judged."""
    program = f"{names} = range(9)\n"
    assert (value("snake_case", program), value("camel_case", program)) == (snake, camel)


def test_all_kinds_of_binding_are_names() -> None:
    """Functions, arguments, targets of for, with, except, walrus and match are the model's names."""
    program = (
        "def fnName(argOne, *argTwo, kw=1, **argThree):\n"
        "    for loopVar in argOne:\n        pass\n"
        "    with open('x') as fileVar:\n        pass\n"
        "    try:\n        pass\n    except ValueError as errVar:\n        pass\n"
        "    if (walrusVar := 1):\n        pass\n"
        "    match kw:\n        case [caseVar]:\n            pass\n"
    )
    names = {name.name for name in read_source(program).names}
    wanted = "fnName argOne argTwo kw argThree loopVar fileVar errVar walrusVar caseVar"
    assert names == set(wanted.split())


def test_the_tasks_names_are_not_charged() -> None:
    """Names of the prompt's signature, and names that its text mentions, were not the model's choice."""
    assert value("snake_case", PROMPT + "    my_list = myList = 1\n", PROMPT) is None
    assert value("camel_case", PROMPT + "    bad_name = 1\n    return bad_name\n", PROMPT) == 0.0
    assert value("camel_case", "def sum_all(my_list):\n    return 1\n", PROMPT) is None


def test_lengths_are_of_the_models_lines() -> None:
    """A long prompt makes neither the model's lines nor its function long."""
    prompt = 'def f():\n    """' + "x" * 200 + "\n" * 40 + '    """\n'
    program = prompt + "    return 12\n"
    assert value("line_length", program, prompt) == len("    return 12")
    assert value("function_length", program, prompt) == 1
    assert value("paper_lengths", program, prompt) == pytest.approx(13 / 70)
    assert value("line_length", program) == 207


@pytest.mark.parametrize(
    ("program", "density"),
    [
        ("x = 1\ny = 2\n", 0.0),
        ("# one\nx = 1\ny = 2  # two\n", 1.0),
        ('"""A docstring is no comment."""\n# c\nx = 1\ny = 2\n', 0.5),
        ("# only\n", None),
        ("# a\n# b\n# c\nx = 1\n", 1.0),
        ("x = '''\n# in a string\n'''\n", 0.0),
    ],
)
def test_comment_density(program: str, density: float | None) -> None:
    """Lines with a comment over lines of code, at most 1; docstrings are neither."""
    assert value("comment_density", program) == density


def test_code_lines_are_neither_blank_nor_comment_nor_docstring() -> None:
    """Only what Python executes counts as code, continuation lines included."""
    program = 'def f():\n    """Doc\n\n    more"""\n\n    # why\n    return (1 +\n            2)\n'
    assert code_lines(read_source(program)) == frozenset({1, 7, 8})


def test_docstrings_are_asked_of_public_functions_the_model_wrote() -> None:
    """The prompt's own function, and private helpers, are not asked."""
    helper = 'def helper():\n    """Help."""\n\n\ndef other():\n    pass\n\n\ndef _hidden():\n    pass\n'
    assert value("docstrings", helper) == 0.5
    assert value("docstrings", PROMPT + "    return 0\n", PROMPT) is None


def test_short_names_share() -> None:
    """One-letter names over all names."""
    assert value("short_names", "i = j = total = 1\n") == pytest.approx(2 / 3)
