"""Extraction as properties: programs survive wrapping, nothing raises, and work grows with the text."""

from __future__ import annotations

import ast
import itertools
import textwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.extraction import assemble, extract, python
from auditor.extraction.lexer import split
from auditor.records import InputSuite, Task
from auditor.targets import Target, TargetKind
from tests.examples import examples
from tests.extraction_answers import ALL
from tests.growth import MOST, growth

TASK = Task("T/0", "def total(values):\n", Target.function("total"), "", InputSuite(()), InputSuite(()))
PROGRAM = Task("T/1", "", Target(TargetKind.PROGRAM), "", InputSuite(()), InputSuite(()))

MARKS = [
    "<think>", "</think>", "<thinking>", "</reasoning>", "[THINK]", "◁/think▷", "</seed:think>", "<|im_end|>",
    "<|endoftext|>", "<|eot_id|>", "</s>", "<s>", "[INST]", "[/INST]", "[DONE]", "[BEGIN]", "[PAD]", "<pad>", "```",
    "```python", "~~~", "<|channel|>final<|message|>", "### Response:", "Human:", "assistant", "<code>", "</code>",
    "</answer>", "<answer>", "[PYTHON]", "<fim_middle>", "<｜end▁of▁sentence｜>", "Here is my response:", "it's",
]  # fmt: skip

words = st.sampled_from([*MARKS, "a", " ", "x y", "#", "def total(v):", "\\\\"])
text = st.lists(words, min_size=1, max_size=4).map("".join)
single = st.builds(lambda t, q: f"{q}{t.replace(q, '')}{q}", text, st.sampled_from("'\""))
triple = st.builds(
    lambda lines, q: q + "\n".join(lines).replace(q[0], "") + q,
    st.lists(text, min_size=1, max_size=3),
    st.sampled_from(["'''", '"""']),
)
literal = st.one_of(single, triple, st.integers(0, 9).map(str), st.sampled_from(["values", "len(values)", "(1, 2)"]))
comment = st.sampled_from(["", *(f"  # {mark}" for mark in MARKS if not mark.startswith("`"))])


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Draw a program that defines ``total``, with marks of every kind in its strings and comments."""
    head = draw(st.sampled_from(["", "import re\n\n\n", '"""Add up."""\nimport re\n\n\n', "LIMIT = 3\n\n\n"]))
    lines = [f"    part{number} = {draw(literal)}{draw(comment)}" for number in range(draw(st.integers(0, 4)))]
    doc = f"    {draw(triple)}\n" if draw(st.booleans()) else ""
    body = "\n".join([*lines, f"    return {draw(literal)}"])
    before = f"def helper(x):\n    return {draw(literal)}\n\n\n" if draw(st.booleans()) else ""
    program = f"{head}{before}def total(values):\n{doc}{body}\n"
    try:
        ast.parse(program)
    except SyntaxError:
        return "def total(values):\n    return '</think>'\n"
    return program


DRAFT = "```python\ndef total(values):\n    return 'draft'\n```"
WRAPS = [
    "{}", "```python\n{}```", "```\n{}\n```\n", "Sure, here's how:\n\n```python\n{}```\n\nIt doesn't fail.",
    "~~~py\n{}~~~", "````python\n{}````", "```python:src/total.py\n{}```", "```{{.python}}\n{}```", "```python\n{}",
    "{}<|im_end|>", "{}<|endoftext|>", "{}</s>", "[BEGIN]\n{}[DONE]", "[PYTHON]\n{}[/PYTHON]", "<code>\n{}</code>",
    "assistant\n\n{}", "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>", "<s>[INST] Add [/INST]\n{}</s>",
    f"{DRAFT}\nBetter:\n```python\n{{}}```",
    *(f"{before}\nHm, let me see.\n{DRAFT}\nNo.\n{after}\n{code}" for before, after in [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>"),
        ("[THINK]", "[/THINK]"),
        ("<scratchpad>", "</scratchpad>"), ("◁think▷", "◁/think▷"), ("<seed:think>", "</seed:think>"), ("", "</think>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"), ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<thought>", "</thought>\n<answer>"), ("Here is my thought process:", "Here is my response:"),
        ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ] for code in ("```python\n{}```", "{}")),
]  # fmt: skip


@examples(250)
@given(programs(), st.sampled_from(WRAPS))
def test_a_program_survives_every_wrapping(program: str, wrap: str) -> None:
    """A right program comes out byte for byte, whatever marks are in its strings and around it."""
    if "~~~" in wrap and "~~~" in program:
        return
    found = extract(wrap.format(program), TASK)
    assert found.solution == program, (found.rule, found.reason)
    assert assemble(wrap.format(program), TASK).solution == program


@examples(150)
@given(st.one_of(programs(), st.sampled_from(list(ALL.values()))), st.sampled_from(WRAPS))
def test_extraction_is_idempotent(program: str, wrap: str) -> None:
    """What was extracted is extracted as it is."""
    if wrap.startswith("[BEGIN]") and program.rstrip().endswith("[EOS]"):
        return  # result[EOS] is Python: within marks of code it is read as it is
    solution = extract(wrap.format(program), TASK).solution
    if solution is not None:
        assert extract(solution, TASK).solution == solution


pieces = st.sampled_from([
    *MARKS, "\n", "\n\n", "    ", "def total(values):\n", "return 1\n", '"""', "'", '"', "#", "(", ")", ":",
    "class A:\n", "print(1)\n", "import re\n", "> ", "- ", "1. ", "\x00", "\ud800", "\x0c", "\u2028", "\r", "\t", "\\",
    "é", "if x:\n",
])  # fmt: skip


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # of readings such as [THINK]()
@examples(300)
@given(st.lists(pieces, max_size=30).map("".join))
@example("```python\n" * 3 + "def total(values):\n    return 1")
@example("\t[THINK][PAD]def total(values):\n")
@example("[THINK]()")
def test_any_text_is_read_without_an_error(answer: str) -> None:
    """Whatever the text: no exception, spans that cover it, and code that is the answer's own."""
    for task in (TASK, PROGRAM):
        for read in (extract, assemble):
            found = read(answer, task)
            assert (found.solution is None) == (found.rule.startswith("none"))
            assert found.solution is not None or found.reason
            for reading in found.readings:
                compile(reading.solution, "candidate", "exec")
            if found.solution is not None:
                _is_a_selection(found.solution, task.prompt + answer)
    plain = answer.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for strings in (True, False):
        spans = split(plain, name="total", strings=strings)
        assert "".join(plain[span.start : span.end] for span in spans) == plain


def _is_a_selection(solution: str, source: str) -> None:
    """Every line of a solution is in the prompt or the answer, indentation, cut ends and special tokens aside."""
    source = source.replace("\r", "\n")
    bare = source
    for mark in sorted(MARKS, key=len, reverse=True):
        bare = bare.replace(mark, "")
    for line in solution.split("\n"):
        assert line.strip() in source or line.strip() in bare, line


GROWING = {
    "broken fences": "```python\ndef total(values):\n    return (1\n",
    "fences": "```\n",
    "tildes": "~~~",
    "backticks": "`",
    "quotes": '"\\"',
    "triple quotes": "x = '''\n",
    "reasoning": "<think>a</think>",
    "opening marks": "<think>",
    "turns": "<|im_start|>user\n",
    "padding": "[PAD]",
    "angles": "a<s>",
    "code": "x = 1\n",
    "definitions": "def total(values):\n    return 1\n",
    "brackets": "(",
    "speakers": "Human: a\nAssistant: b\n",
    "quotations": "> ",
    "blank lines": "\n",
    "comments": "# a\n",
    "words": "a ```b ",
}


@pytest.mark.parametrize("name", GROWING)
def test_work_is_bounded_however_long_the_text(name: str) -> None:
    """Twice the text costs at most about twice the work, up to a bound: counted in characters parsed and spans."""
    unit = GROWING[name]
    sizes = [10_000, 20_000, 40_000]
    work = [extract(unit * (size // len(unit)), TASK).work for size in sizes]
    for small, large in itertools.pairwise(work):
        assert large <= 2.5 * small + 50_000
    assert max(work) <= 2_000_000


REPEATED = GROWING | {
    "closing brackets": "a) ",
    "escaped quotes": "\\'''\n",
    "stubs": "```python\ndef total(values):\n    pass\n```\n",
    "headers": "def total(values):\n",
    "lists": "[",
    "dicts": "{",
    "signs": "-",
    "negations": "not ",
    "attributes": "a.",
    "calls": "f(",
    "nested blocks": "if x:\n ",
}
CHEAP = {"tildes", "backticks", "quotes", "quotations", "closing brackets", "signs", "negations", "attributes"}
"""Read so fast that only a longer text takes some milliseconds."""


@pytest.mark.parametrize("name", REPEATED)
def test_time_grows_as_the_text_does(name: str) -> None:
    """No part of an answer looks at all that follows it; 80 000 blank lines once took eleven seconds."""
    unit, end = REPEATED[name], "`" if name == "tildes" else "x"

    def make(size: int) -> str:
        python._remembered.cache_clear()
        return unit * (size // len(unit)) + end

    assert growth(make, lambda text: assemble(text, TASK), 20_000 if name in CHEAP else 2000) < MOST


def test_two_megabytes_of_broken_fences_are_parsed_within_the_budget() -> None:
    """A huge answer is split once and parsed no further than its budget."""
    unit = GROWING["broken fences"]
    found = extract(unit * (2_000_000 // len(unit)), TASK)
    assert found.work <= 2_000_000


def test_a_huge_answer_is_read_at_its_end_only() -> None:
    """The work is bounded by constants, the answer at the end is found, and spans still cover the whole text."""
    program = "def total(values):\n    return sum(values)\n"
    text = "```\n" * 500_000 + f"So:\n\n```python\n{program}```\n"
    found = extract(text, TASK)
    assert found.solution == program
    assert "".join(text[span.start : span.end] for span in found.spans) == text
    assert len(found.spans) < 2 + 400_000 // 4
    nothing = extract("word " * 100_000, TASK)
    assert nothing.solution is None


def test_indented_answers_keep_their_strings() -> None:
    """Taking the indentation off a block leaves the lines of its strings as they are if that is possible."""
    program = 'def total(values):\n    return """\n  a\n\n    b"""\n'
    assert extract(f"```python\n{program}```", TASK).solution == program
    indented = textwrap.indent("def total(values):\n    return 1\n", "   ")
    assert extract(f"1. So:\n   ```python\n{indented}   ```\n", TASK).solution == "def total(values):\n    return 1\n"
