"""Extraction: a program survives every wrapping that models put around it."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.extraction import VERSION, complete
from auditor.extraction.extract import MOST_BUDGET
from auditor.records import InputSuite, Task
from auditor.sampling import assemble, extract
from auditor.targets import Target
from tests.examples import examples

PROMPT = '''from typing import List


def total(values: List[int]) -> int:
    """Add up values.

    >>> total([1, 2])
    3
    """
'''
BODY = "    result = 0\n    for value in values:\n        result += value\n    return result\n"
TASK = Task("T/0", PROMPT, Target.function("total"), PROMPT + BODY, InputSuite(()), InputSuite(()))
PROGRAM = f"def total(values):\n{BODY}"

prose = st.sampled_from(
    ["", "Here is the code:", "Sure! I would do it like this.", "Note that it's linear, e.g. for [1, 2]."]
)
fence = st.sampled_from(["```", "~~~", "````"])
tag = st.sampled_from(["", "python", "py", "Python3", "{.python}"])
usage = st.sampled_from(
    [
        "",
        "\nprint(total([1, 2]))\n",
        '\nif __name__ == "__main__":\n    print(total([1]))\n',
        "\nassert total([]) == 0\n",
    ]
)


def same(solution: str | None, program: str = PROGRAM) -> bool:
    """Compare two programs as syntax trees."""
    return solution is not None and ast.dump(ast.parse(solution)) == ast.dump(ast.parse(program))


@given(
    before=prose,
    mark=fence,
    language=tag,
    tail=usage,
    after=prose,
    closed=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_fenced_program_is_found(
    before: str, mark: str, language: str, tail: str, after: str, closed: bool, end: str
) -> None:
    """Whatever surrounds it, the fenced program comes out, without what only tries it out."""
    parts = [before, f"{mark}{language}\n{PROGRAM}{tail}", *([mark + "\n", after] if closed else [])]
    text = "\n".join(part.rstrip("\n") for part in parts).replace("\n", end)
    assert same(extract(text, TASK).solution)
    assert same(assemble(text, TASK).solution)


@examples(40)
@given(before=prose, tail=usage, after=prose, indent=st.sampled_from(["", "  ", "    "]))
def test_a_bare_program_is_found(before: str, tail: str, after: str, indent: str) -> None:
    """Without a fence, the program is found between lines of prose, at any indentation."""
    text = f"{before}\n{textwrap.indent(PROGRAM + tail, indent)}\n{after}\n"
    assert same(extract(text, TASK).solution)


@given(indent=st.integers(0, 8), first=st.booleans(), repeat=st.booleans())
def test_a_bare_body_is_put_into_the_function(indent: int, first: bool, repeat: bool) -> None:
    """A body at any indentation, or with its first line at column 0, becomes the prompt's function."""
    body = textwrap.indent(textwrap.dedent(BODY), " " * indent)
    if first:
        body = BODY.lstrip(" ")
    text = f"```python\n{body}```" if repeat else body
    found = extract(text, TASK) if repeat else assemble(text, TASK)
    assert same(found.solution, PROMPT + BODY), found


@given(st.text(alphabet=st.sampled_from("`~ab(){}[]:\"'\\\n\t #=def return<think>\x00\ud800\x0c\u2028")))
def test_any_text_gives_an_answer(text: str) -> None:
    """Whatever the text, extraction returns, and what it calls extracted compiles."""
    for found in (extract(text, TASK), assemble(text, TASK), complete(text, TASK)):
        assert found.rule.endswith(f"/{VERSION}")
        if found.solution is not None and not found.rule.startswith(("broken", "given")):
            compile(found.solution, "candidate", "exec")


@given(
    st.integers(0, 3000),
    st.sampled_from(
        ["(", "[", "{", "-", "not ", "a.", "f(", "lambda:", "if x:\n ", "```\n", "def total(v):\n", "<think>"]
    ),
)
def test_nesting_bombs_end(depth: int, piece: str) -> None:
    """Deep nesting and long repetition neither crash nor use up the parser's budget."""
    assert extract(f"{piece * depth}x", TASK).work < MOST_BUDGET


CASES = {
    "reasoning": f"<think>\n```python\ndef total(v): return 1\n```\n</think>\n```python\n{PROGRAM}```",
    "reasoning without its beginning": f"def total(v): return 1\n</think>\n{PROGRAM}",
    "nested fences": f"````markdown\nText\n```python\n{PROGRAM}```\n````",
    "a fence within a fence of the same length": f"```\nSolution:\n```python\n{PROGRAM}```\n```",
    "fenced docstring": f'```python\ndef total(values):\n    """\n    ```\n    total()\n    ```\n    """\n{BODY}```',
    "shell before Python": f"```bash\npip install numpy\n```\n```python\n{PROGRAM}```",
    "usage in a second block": f"```python\n{PROGRAM}```\nThen:\n```python\nprint(total([1]))\n```",
    "prose on the fence's line": f"The code: ```python\n{PROGRAM}```",
    "closing fence on a code line": f"```python\n{PROGRAM.rstrip()}```",
    "closing fence alone": f"{PROGRAM.rstrip()}```",
    "model's own brackets": f"[PYTHON]\n{PROGRAM}[/PYTHON]",
    "end token": f"{PROGRAM}<|im_end|>\n<|im_start|>user\nThanks",
    "next task of its own": f"{PROGRAM}\n\ndef other(x):\n    return x\n\nclass Tests:\n    pass\n",
    "truncated next task": f"{PROGRAM}\n\ndef other(x):\n    return (x",
    "prompt repeated first": f"{PROMPT}\n\n{PROGRAM}",
    "stub afterwards": f"{PROGRAM}\n\ndef total(values):\n    ...\n",
}


@pytest.mark.parametrize("name", CASES)
def test_habits_of_models(name: str) -> None:
    """Each habit seen in real answers leaves the program intact."""
    found = extract(CASES[name], TASK)
    assert found.solution is not None
    tree = ast.parse(found.solution)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions] == ["total"], found
    assert ast.dump(functions[0].body[-1]) == ast.dump(ast.parse(PROGRAM).body[0].body[-1])  # type: ignore[attr-defined]


def test_helpers_and_imports_come_along() -> None:
    """Helpers in other blocks and imports of the prompt come along where they are used, and only there."""
    helper = "def double(x):\n    return 2 * x\n"
    uses = "def total(values: List[int]):\n    return double(sum(values)) // 2\n"
    found = extract(f"```python\n{helper}```\nand\n```python\n{uses}```", TASK)
    assert found.rule == f"fences/{VERSION}"
    assert found.solution is not None
    assert found.solution.startswith("from typing import List\n")
    assert "def double" in found.solution
    assert "typing" not in (extract(PROGRAM, TASK).solution or "")


@pytest.mark.parametrize(
    "text", ["", "I cannot do that.", "Think of the edge cases first, then of the general one.", "```\n```"]
)
def test_no_code_is_no_program(text: str) -> None:
    """An answer without code is a failed extraction, not a wrong program."""
    assert extract(text, TASK).solution is None


@pytest.mark.parametrize(
    "text", ["```python\ndef total(values:\n    return 1\n```", "def total(values)\n    return sum(values)"]
)
def test_code_that_does_not_parse_is_kept(text: str) -> None:
    """Code with a syntax error stays what the model wrote, for the verdict to say so."""
    found = extract(text, TASK)
    assert found.rule == f"broken/{VERSION}"
    assert "return" in (found.solution or "")


def test_programs_that_stand_alone_are_left_alone() -> None:
    """A recorded program stays as it is, or gets what it lacks: the prompt's imports, the prompt itself."""
    assert complete(PROGRAM, TASK).solution == PROGRAM
    typed = PROGRAM.replace("values)", "values: List[int])", 1)
    assert complete(typed, TASK).solution == f"from typing import List\n\n\n{typed}"
    assert same(complete(BODY, TASK).solution, PROMPT + BODY)


def test_context_is_found_however_a_name_is_spelt() -> None:
    """The prompt's helper comes along if the program reads it, also by letters that Python takes for the same."""
    helper = "def find_it(x):\n    return x\n"
    prompt = f'{helper}\n\ndef use(x):\n    """Use it."""\n'
    task = Task("T/0", prompt, Target.function("use"), prompt, InputSuite(()), InputSuite(()))
    for name in ("find_it", "\ufb01nd_it"):
        assert helper in (extract(f"```\ndef use(x):\n    return {name}(x)\n```", task).solution or "")
    assert helper not in (extract("```\ndef use(x):\n    return finding_it\n```", task).solution or "")
