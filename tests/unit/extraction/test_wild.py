"""Programs within JSON, calls of tools, quotation marks, patches and pages come out as they were written."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.extraction import assemble, complete, extract
from auditor.extraction.restore import restored
from auditor.records import InputSuite, Task
from auditor.targets import Target, TargetKind
from tests.examples import examples
from tests.extraction_answers import BODY, DRAFT, FENCED, FENCED_DRAFT, PROGRAM
from tests.extraction_wild import MEANT, WILD, numbered
from tests.property.test_extract_spans import programs
from tests.unit.extraction.test_answers import TASK, statements

READS = Task("T/1", "", Target(TargetKind.PROGRAM), "", InputSuite(()), InputSuite(()))


@pytest.mark.parametrize("name", WILD)
def test_a_program_in_another_notation_is_found(name: str) -> None:
    """Whatever notation carries it, the program comes out with its meaning, and nothing else."""
    for read in (extract, assemble):
        found = read(WILD[name], TASK)
        assert statements(found.solution) == statements(MEANT.get(name, PROGRAM)), (found.rule, found.reason)


DIALECTS: dict[str, Callable[[str], str]] = {
    "json": lambda program: json.dumps({"code": program}),
    "json in a fence": lambda program: f"```json\n{json.dumps({'why': 'It adds.', 'code': program}, indent=1)}\n```",
    "json behind words": lambda program: f"Here it is: {json.dumps({'solution': program})} Done.",
    "arguments of a call": lambda program: json.dumps({"name": "run", "arguments": json.dumps({"code": program})}),
    "a call in marks": lambda program: f"<tool_call>\n{json.dumps({'arguments': {'code': program}})}\n</tool_call>",
    "a dict of Python": lambda program: repr({"code": program}),
    "a notebook": lambda program: json.dumps({"cells": [{"cell_type": "code", "source": program.splitlines(True)}]}),
    "line numbers": lambda program: f"```python\n{numbered(program, ': ')}```",
    "line numbers and bars": lambda program: f"```\n{numbered(program, ' | ', 1, 4)}```",
    "escaped for a page": html.escape,
    "escaped in a page": lambda program: f"<pre><code>{html.escape(program)}</code></pre>",
    "a patch": lambda program: f"```diff\n--- a\n+++ b\n@@ -0,0 +1 @@\n{textwrap.indent(program, '+', bool)}```",
}


@examples(120)
@given(programs(), st.sampled_from(list(DIALECTS)))
def test_a_program_survives_every_dialect(program: str, name: str) -> None:
    """A right program comes out byte for byte, whatever marks its strings hold."""
    assume(not name.startswith("escaped") or "<" not in program)  # an escaped mark in a string reads as a mark
    found = extract(DIALECTS[name](program), TASK)
    if name.startswith("escaped"):  # what is not needed may be left out
        assert statements(program)[-1] in statements(found.solution), (found.rule, found.reason)
        return
    assert found.solution == program, (name, found.rule, found.reason)


@examples(80)
@given(programs())
def test_a_program_that_parses_is_never_restored(program: str) -> None:
    """What undoes the work of pages and terminals leaves a whole program alone, whatever its strings hold."""
    odd = program.replace("return", "'1: a &lt; b \u00a0 \u200b \\n\\n “x”'\n    return", 1)
    for text in (odd, f"```python\n{odd}```"):
        found = extract(text, TASK)
        assert found.solution == odd
        assert "restored" not in {reading.rule for reading in found.readings}


KEPT = {
    "data that holds source": f"SOURCES = [{DRAFT!r}]\n\n\n{PROGRAM}",
    "a call with source": f"{PROGRAM}\nprint(total([1]))\nrun(code={DRAFT!r})\n",
    "json behind the program": f"{FENCED}\n\nAs JSON: {json.dumps({'draft': DRAFT})}\n",
    "a draft as json, then the program": f"{json.dumps({'code': DRAFT})}\n\nBetter:\n{FENCED}",
    "backticks in prose before": f"I use `sum`\n{PROGRAM}\nIt calls `len` never.",
    "backticks in prose around a fence": f"`total` adds.\n{FENCED}\nSee `total`.",
    "a list in a docstring": f'def total(values):\n    """Add.\n\n    1. Begin at 0.\n    2. Add.\n    """\n{BODY}',
    "a test beside it": f"{FENCED}\n\n```python\nfrom solution import total\n\nassert total([1]) == 1\n```",
}


@pytest.mark.parametrize("name", KEPT)
def test_text_that_only_looks_like_a_notation_changes_nothing(name: str) -> None:
    """If a program is written out, source within strings and marks in prose are no other program."""
    found = extract(KEPT[name], TASK)
    assert statements(PROGRAM)[0] in statements(found.solution)
    assert DRAFT.strip() not in (found.solution or "").replace(repr(DRAFT), "")


def test_a_program_that_reads_input_is_found_in_json() -> None:
    """Without a name to look for, the key says which text is the program."""
    program = "n = int(input())\nprint(n + 1)\n"
    answer = json.dumps({"explanation": "It adds one (1).", "code": program})
    assert extract(answer, READS).solution == program
    assert extract(f"```json\n{answer}\n```", READS).solution == program


def test_a_body_in_json_continues_the_prompt() -> None:
    """A completion as JSON is put behind the prompt."""
    assert statements(extract(json.dumps({"completion": BODY}), TASK).solution) == statements(PROGRAM)


@pytest.mark.parametrize(
    "text", ['{"code": "def total(values):\\n    return ', '{"answer": "I cannot."}', "{}", "[1, 2]"]
)
def test_json_without_a_program_is_none(text: str) -> None:
    """JSON that is cut off or holds words is no program, and none is made of it."""
    assert not extract(text, TASK).readings


def test_a_recorded_program_in_json_is_read() -> None:
    """A recorded solution that is really a JSON answer, or a fenced one, is read as an answer."""
    assert complete(f"```json\n{json.dumps({'code': PROGRAM})}\n```", TASK).solution == PROGRAM
    assert complete(FENCED, TASK).solution == PROGRAM


@pytest.mark.parametrize(
    "unit", ['{"', '[{"a":', "{[", '{"code": "def total', "`def total(", "'''\n", "1: def a(\n", "&lt;"]
)
def test_long_texts_of_openings_end_soon(unit: str) -> None:
    """Beginnings that never end cost no more than any other text."""
    found = extract(unit * (20_000 // len(unit)), TASK)
    assert found.work <= 2_000_000


@given(st.text(alphabet="1:| \n\tdefclas(+-@&lt;`\u200b“"))
def test_restoring_is_total(text: str) -> None:
    """Restoring never raises, and changes nothing once everything is restored to plain text."""
    assert isinstance(restored(text), str)
    assert restored(f"{FENCED_DRAFT}") == FENCED_DRAFT
