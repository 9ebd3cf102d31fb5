"""Extraction from the answers of models: every dialect of reasoning, template, fence and few-shot mark."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from auditor.extraction import VERSION, assemble, extract
from auditor.extraction.extract import LONGEST_READ
from auditor.extraction.source import CodeLine, SourceText
from auditor.records import InputSuite, Task
from auditor.targets import Target
from tests.extraction_answers import ALL, BODY, DRAFT, FENCED, FENCED_DRAFT, PROGRAM

PROMPT = 'def total(values):\n    """Add up the values.\n\n    >>> total([1, 2])\n    3\n    """\n'
TASK = Task("T/0", PROMPT, Target.function("total"), PROMPT + BODY, InputSuite(()), InputSuite(()))


def statements(source: str | None) -> list[str]:
    """Return the module's statements as trees, docstrings aside."""
    assert source is not None
    found = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef) and ast.get_docstring(statement) is not None:
            statement.body = statement.body[1:]
        found.append(ast.dump(statement))
    return found


@pytest.mark.parametrize("name", ALL)
def test_the_answer_is_read_as_its_program(name: str) -> None:
    """Whatever is around it, the program comes out, and nothing else."""
    found = extract(ALL[name], TASK)
    assert statements(found.solution) == statements(PROGRAM), (found.rule, found.reason, found.solution)


def test_session_marks_in_prose_are_no_code() -> None:
    """An ellipsis in front of words begins no code."""
    assert extract("... and so on\n", TASK).rule == f"none/{VERSION}"


NOTHING = {
    "nothing": ("", "the answer is empty"),
    "prose": ("I cannot do that.", "no code in the answer"),
    "reasoning that never ends": (f"<think>\nTry\n{FENCED_DRAFT}\nno, better to sum", "the reasoning never ends"),
    "reasoning that is cut by its end token": (f"<think>\n{FENCED_DRAFT}<|im_end|>", "nothing but reasoning"),
    "nothing but reasoning": (f"<think>{DRAFT}</think>", "nothing but reasoning"),
    "an analysis channel alone": (f"<|channel|>analysis<|message|>{FENCED_DRAFT}", "the reasoning never ends"),
    "an empty block": ("```\n```", "no code in the answer"),
    "words that parse": ("Done", "no code in the answer"),
    "words that parse, on several lines": ("assistant\n\nDone\n", "no code in the answer"),
    "marks alone": ("[BEGIN]\n[DONE]", "no code in the answer"),
    "a mark alone": ("<|endoftext|>", "no code in the answer"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_no_reading_is_a_failed_extraction(name: str) -> None:
    """An answer without a program fails with the reason, and nothing of it is run."""
    text, reason = NOTHING[name]
    found = extract(text, TASK)
    assert (found.solution, found.rule) == (None, f"none/{VERSION}"), found
    assert found.reason.startswith(reason)


BROKEN = {
    "a syntax error in a block": ("```python\ndef total(values:\n    return 1\n```", "does not parse: line 1"),
    "bare code with a syntax error": ("def total(values)\n    return sum(values)", "does not parse: line 1"),
    "cut off within an expression": ("```python\ndef total(values):\n    return (sum(values", "does not parse"),
    "another name": ("```python\ndef add(values):\n    return sum(values)\n```", "does not define total"),
    "another name, bare": ("def add(values):\n    return sum(values)\n", "does not define total"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_code_that_fails_is_kept_as_written(name: str) -> None:
    """Code that does not parse or defines something else is judged as the model wrote it."""
    text, reason = BROKEN[name]
    found = extract(text, TASK)
    assert found.rule == f"broken/{VERSION}"
    assert found.solution is not None
    assert found.solution.strip() in text
    assert found.reason.startswith(reason)


def test_a_broken_function_is_never_cut_to_one_that_runs() -> None:
    """Lines that do not parse are not cut out of a function that would go on: that would be another program."""
    text = (
        "```python\ndef total(values):\n    result = 0\n    for value in values:\n        result +\n    return 0\n```"
    )
    found = extract(text, TASK)
    assert found.solution is None or "return 0" in found.solution or not found.readings


MARKS = [
    "</think>", "<think>", "<|im_end|>", "<|endoftext|>", "</s>", "<s>", "```", "```python", "~~~", "[INST]", "[DONE]",
    "[PAD]", "<|channel|>final", "◁/think▷", "### Response:", "Human:", "assistant", "<code>", "</answer>", "[/PYTHON]",
]  # fmt: skip
LITERALS = {
    "single": "return text.split('{}')[-1]",
    "double": 'return text.split("{}")[-1]',
    "raw": "return re.sub(r'^.*{}', '', text)",
    "formatted": "return f'{{text}}{}'",
    "bytes": "return text.encode() == b'{}'",
    "triple": 'return text.split("""{}""")[-1]',
    "a triple's own line": "return text.split('''\n{}\n''')[-1]",
    "a comment": "return text  # {} goes",
    "a comment's own line": "# {}\n    return text",
    "behind an escaped quote": "return text.split('\\'{}')[-1]",
}
WRAPS = {
    "fenced": "```python\n{}```\n",
    "fenced without language": "Sure:\n```\n{}```\nDone.",
    "bare": "{}",
    "behind reasoning": "<think>\nI don't know.\n</think>\n\n```python\n{}```",
    "behind a closing mark": "It's simple.\n</think>\n{}",
    "in front of an end token": "{}<|im_end|>",
    "in a final channel": "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{}",
}


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("literal", LITERALS)
def test_marks_in_literals_are_text_of_the_program(literal: str, wrap: str) -> None:
    """A mark in a string or a comment is no mark: the program comes out byte for byte."""
    for mark in MARKS:
        if mark == "◁/think▷" and literal == "bytes":
            continue
        program = f"import re\n\n\ndef clean(text):\n    {LITERALS[literal].format(mark)}\n"
        task = Task("T/1", "def clean(text):\n", Target.function("clean"), program, InputSuite(()), InputSuite(()))
        assert extract(WRAPS[wrap].format(program), task).solution == program, mark
        assert assemble(WRAPS[wrap].format(program), task).solution == program, mark


def test_a_continuation_keeps_marks_in_literals() -> None:
    """A body that continues the prompt is not cut at a mark in a string, only at one behind its code."""
    body = "    return text.split('</s>')[0].split('<|endoftext|>')[0]"
    task = Task("T/1", "def clean(text):\n", Target.function("clean"), "", InputSuite(()), InputSuite(()))
    assert assemble(f"{body}<|endoftext|>import os", task).solution == f"def clean(text):\n{body}\n"
    assert assemble(f"{body}\n", task).solution == f"def clean(text):\n{body}\n"


def test_of_equal_blocks_the_last_one_is_taken_and_all_are_counted() -> None:
    """A draft outside of reasoning is a reading too; the final answer is taken, and that they differ is noted."""
    found = extract(f"{FENCED_DRAFT}\nBetter:\n{FENCED}\nThe same again:\n{FENCED}", TASK)
    assert found.solution == PROGRAM
    assert (found.count, found.differ) == (2, True)
    again = extract(f"{FENCED}\nAgain:\n{FENCED}", TASK)
    assert (again.count, again.differ) == (1, False)


@pytest.mark.parametrize(
    "padding",
    ["\n" * 1_000_000, "# x\n" * 200_000, "    # x\n" * 100_000, ">>> x\n" * 150_000, "\r" * 1_000_000],
    ids=["blank", "comments", "indented", "prompts", "returns"],
)
def test_padding_costs_little(padding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Megabytes of lines that contain no code are not looked into one by one, which took seconds for each million."""
    task = Task("T/1", "def f(x):\n", Target.function("f"), "", InputSuite(()), InputSuite(()))
    read, code_line = list[int](), SourceText.code_line

    def counted(source: SourceText, start: int, *rest: Any, **options: Any) -> CodeLine:
        read.append(start)
        return code_line(source, start, *rest, **options)

    monkeypatch.setattr(SourceText, "code_line", counted)
    assemble(f"{padding}def f(x:\n    return 0\n{padding}", task)
    assert len(read) < LONGEST_READ / 3


def test_finally_within_finally_is_not_compiled() -> None:
    """Each level doubles the compiler's work, so that 20 of them would take its process minutes and gigabytes."""
    levels = range(1, 19)
    lines = [f"{'    ' * n}try: pass\n{'    ' * n}finally:\n" for n in levels]
    source = f"def f(x):\n{''.join(lines)}{'    ' * 20}pass\n"
    task = Task("T/1", "def f(x):\n", Target.function("f"), "", InputSuite(()), InputSuite(()))
    assert extract(source, task).rule == f"broken/{VERSION}"
