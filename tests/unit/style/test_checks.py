"""Our own checks, on programs small enough to count by hand."""

from __future__ import annotations

import pytest

from auditor.style.linters.checks import CHECKS, code_lines
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


ACCOUNT = '''class Account:
    """An account."""

    LIMIT = 10

    def __init__(self, openingBalance):
        self.currentBalance = openingBalance
        self.total = 0

    @property
    def balance(self):
        """The balance."""
        return self.currentBalance

    @balance.setter
    def balance(self, value):
        self.currentBalance = value

    def show(self):
        def helper(text):
            return text
        return helper(self.balance)

    class _Hidden:
        def visible(self):
            return 1
'''


def test_a_classs_names_are_those_of_its_methods_arguments_and_attributes() -> None:
    """Attributes set on self count where they are first set; constants follow neither style; others' do not count."""
    names = {(name.name, name.line, name.column) for name in read_source(ACCOUNT).names}
    assert {("currentBalance", 7, 13), ("total", 8, 13), ("openingBalance", 6, 23), ("LIMIT", 4, 4)} <= names
    judged = {"Account", "balance", "value", "show", "helper", "text", "visible", "self", "openingBalance"}
    judged |= {"currentBalance", "total"}
    judged -= {"Account"}
    assert value("snake_case", ACCOUNT) == pytest.approx(1 - 2 / len(judged))
    assert value("camel_case", "def f(other):\n    other.bad_name = 1\n") == 1.0


@pytest.mark.parametrize(
    ("program", "snake"),
    [
        ("LIMIT = 3\nsize = 4\n", 1.0),
        ("if True:\n    _MAX_1 = 3\nsize = 4\n", 1.0),
        ("def first():\n    LIMIT = 3\n    return LIMIT\n", 0.5),
        ("LIMIT = 3\n\n\ndef size():\n    global LIMIT\n    LIMIT = 4\n", 0.5),
        ("LIMIT = 3\n", None),
        ("Limit = 3\nsize = 1\n", 0.5),
    ],
)
def test_constants_are_in_no_style(program: str, snake: float | None) -> None:
    """Upper case is right for what is bound outside functions only, in a class or a script."""
    assert value("snake_case", program) == snake


def test_docstrings_are_asked_of_what_is_public_in_a_class() -> None:
    """Not of setters, functions inside functions, special methods, or anything inside a private class."""
    [*_, offence] = CHECKS["docstrings"].run(read_source(ACCOUNT)).offences  # type: ignore[union-attr]
    assert (offence.line, offence.message) == (19, "'show' has no docstring")
    assert value("docstrings", ACCOUNT) == pytest.approx(2 / 3)
    guarded = "try:\n    import x\nexcept ImportError:\n    def f():\n        pass\nelse:\n    class G:\n        pass\n"
    assert value("docstrings", guarded) == 0.0
    assert value("docstrings", "class _A:\n    def f(self):\n        pass\n") is None


def test_functions_of_a_class_have_a_length() -> None:
    """Methods count as functions do; class bodies do not."""
    assert value("function_length", ACCOUNT) == 4
    assert value("function_length", "class A:\n    x = 1\n    y = 2\n") is None


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ('"""Doc."""\nimport os\n\nn = 1\n\n# c\nprint(\n    n\n)\n', 4),
        ("def f():\n    return 1\n", None),
        ("def f():\n    return 1\n\n\nif __name__ == '__main__':\n    f()\n", 2),
        ("import os\n", None),
        ("class A:\n    x = 1\n", None),
    ],
)
def test_code_outside_functions_has_a_length(program: str, lines: int | None) -> None:
    """Code lines of a script, without definitions, imports, docstrings, blank lines and comments."""
    assert value("top_level_length", program) == lines


def test_code_outside_functions_is_the_models_only_where_it_wrote_it() -> None:
    """A prompt's own script lines do not count."""
    assert value("top_level_length", "limit = 3\nprint(1)\n", "limit = 3\n") == 1
    assert value("top_level_length", "limit = 3\ndef f(): pass\n", "limit = 3\n") is None
