"""The false positives: which are shown, how code is coloured, and what travels as data."""

from __future__ import annotations

import base64
import html
import json
import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records import Finding
from auditor.report import example_data, examples
from auditor.report.code import LONGEST_LINE, MOST_LINES, remarks, show
from auditor.report.markdown import LONGEST, plain, summary
from auditor.report.render import macro
from auditor.report.text import visible
from tests.unit.report.documents import HOSTILE, make_document, make_hostile

SOURCES = st.one_of(st.text(max_size=200), st.sampled_from(HOSTILE[:9] + HOSTILE[10:]))


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(SOURCES)
def test_colouring_changes_no_character(source: str) -> None:
    """Take the colours away and the lines are those of the source, shown."""
    code = show(source)
    lines = visible(source).removesuffix("\n").split("\n")
    assert [text_of(line.html) for line in code.body] == [line.expandtabs(4) for line in lines]
    assert [line.number for line in code.body] == list(range(1, len(lines) + 1))


@given(SOURCES)
def test_coloured_lines_hold_only_our_own_element(source: str) -> None:
    """Whatever the code says, its HTML contains nothing but ``<i class>``."""
    for line in show(source).body:
        assert set(re.findall(r"<[^>]*>", line.html)) <= {f'<i class="{name}">' for name in "csnkdfbuw"} | {"</i>"}


def test_long_programs_are_cut_and_say_so() -> None:
    """A line over the limit and a program over the limit end in a count of what is missing."""
    code = show("x = '" + "a" * 1000 + "'\n" + "y\n" * 400)
    assert text_of(code.body[0].html).endswith(f"⟨… {1006 - LONGEST_LINE} more characters⟩")
    assert len(code.body) == MOST_LINES
    assert code.cut == f"{401 - MOST_LINES} more lines, in report.json"


def test_the_prompt_folds_under_its_signature() -> None:
    """The prompt's lines are set apart, without the empty ones at its end, under the function's own line."""
    code = show("import re\n\ndef f(x):\n    '''doc'''\n\n    return x\n", 5)
    assert text_of(code.signature) == "def f(x):"
    assert (len(code.prompt), code.body[0].number) == (4, 5)


def test_remarks_stand_once_a_line_and_rule() -> None:
    """A rule that fires twice on a line is one remark; overlaps and the prompt's own lines are none."""
    base = Finding("ruff", "E501", "line-too-long", "long", 3, 1, False, url="https://x.example/E501")
    found = remarks([
        base, base, replace(base, rule="C0301", duplicate=True), replace(base, line=1, in_prompt=True),
        replace(base, rule="N806", url="javascript:alert(1)"),
    ])  # fmt: skip
    assert [(note.rule, note.message, note.url) for note in found[3]] == [
        ("E501", "long (2 times)", "https://x.example/E501"), ("N806", "long", ""),
    ]  # fmt: skip
    assert list(found) == [3]


def test_the_telling_ones_differ() -> None:
    """Those written out hold the one seen most often, and as many tasks as there is room for."""
    found = make_document(models=1, tasks=30, samples=40, false_positives=300).models[0].false_positives
    chosen = examples.telling(found)
    assert len(chosen) == examples.INLINE
    assert chosen[0].samples == max(row.samples for row in found)
    assert len({row.task_id for row in chosen}) == examples.INLINE
    assert {examples.kind_of(row) for row in chosen} == {"wrong value", "exception", "timeout"}
    assert examples.telling(found[:3]) == examples.by_weight(found[:3])


def articles(block: str) -> list[str]:
    """The HTML of every packed example, in order, with its reference in place."""
    read = json.loads(block)

    def inflated(text: str) -> list[str]:
        found: list[str] = json.loads(zlib.decompress(base64.b64decode(text)))
        return found

    references = inflated(read["references"])
    empty = re.compile(r'<figure data-reference="(\d+)"></figure>')
    html = [article for chunk in read["chunks"] for article in inflated(chunk)]
    assert len(html) == len(read["features"])
    return [empty.sub(lambda hit: references[int(hit[1])], article) for article in html]


@pytest.mark.parametrize("hostile", [False, True])
def test_packed_examples_are_what_the_page_would_write_out(hostile: bool) -> None:
    """An example from the data is, character for character, what the template writes out for it."""
    document = make_hostile() if hostile else make_document(models=1, tasks=30, samples=9, false_positives=70)
    tasks = {task.task_id: task for task in document.tasks}
    found = document.models[0].false_positives
    block, left_out = example_data.pack(found, tasks)
    assert left_out == 0
    assert "<" not in block
    rows = examples.by_weight(found)
    written = [macro("parts.html.j2", "example", examples.example(row, tasks.get(row.task_id))) for row in rows]
    assert articles(block) == written
    features = json.loads(block)["features"]
    assert [kind for _, _, kind, _ in features] == [str(examples.kind_of(row)) for row in rows]
    assert all("<dt>why</dt>" in text for text, row in zip(written, rows, strict=True) if row.detail)


def test_a_page_carries_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """What exceeds the budget of a page is counted, and only that is left out; nothing to show is no block."""
    found = make_document(models=1, tasks=5, samples=5, false_positives=90).models[0].false_positives
    whole, _ = example_data.pack(found, {})
    first = len(json.loads(whole)["chunks"][0])
    monkeypatch.setattr(example_data, "DATA_BUDGET", first + 1)
    block, left_out = example_data.pack(found, {})
    assert len(json.loads(block)["features"]) == example_data.CHUNK == 90 - left_out
    monkeypatch.setattr(example_data, "DATA_BUDGET", 10)
    assert example_data.pack(found, {}) == ("", 90)
    assert example_data.pack([], {}) == ("", 0)


@given(st.text(max_size=100))
def test_markdown_shows_texts_as_they_are(text: str) -> None:
    """No text opens a tag, a link, a cell, a mention or a line of its own."""
    shown = plain(text, 1000)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)[|`*_\[\]<>@]", shown.replace("&lt;", "").replace("&gt;", ""))
    assert "://" not in shown


def test_markdown_fits_a_comment() -> None:
    """Twenty models fit, a hundred rows are cut with their number, and simulated models are named as such."""
    document = make_document(models=20, tasks=6, samples=5, false_positives=1)
    text = summary(document)
    assert len(text) < 65_536
    assert "Simulated models, which say nothing about a real one: simulated-medium" in text
    gates = tuple(replace(gate, sentence="long " * 100) for gate in document.gates) * 30
    text = summary(replace(document, gates=gates))
    assert len(text) <= LONGEST + 100
    assert "1\u202f160 more rows in report.json." in text


def test_remarks_of_the_rubric_are_apart_from_others() -> None:
    """Next to the code are the remarks that the score counts; the linters' others are listed apart."""
    document = make_document(models=1, tasks=2, samples=4, false_positives=1)
    asked = Finding("ruff", "N806", "name", "bad name", 2, 1, False, criterion="names")
    noise = Finding("ruff", "ANN001", "annotation", "no annotation", 1, 1, False)
    row = replace(document.models[0].false_positives[0], findings=(noise, asked), prompt_lines=0)
    shown = examples.example(row, None)
    assert shown.rules == ["N806"]
    assert [note.rule for line in shown.solution.body for note in line.notes] == ["N806"]
    assert shown.others == ["line 1: ANN001 no annotation"]
    page = macro("parts.html.j2", "example", shown)
    assert "1 linter remark that the rubric does not count" in page
