"""Text from data, on its way to a terminal or a CI log."""

from __future__ import annotations

import ast
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from auditor.text import json_text, noun, one_line, plural
from tests.conftest import ROOT

PIECES = ["\x1b[2J", "\x9b2J", "\n", "\r", "::error::", "##[add-mask]", "##vso[x]", "\u202e", "\x07", " ", "a"]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join)


@given(HOSTILE)
def test_one_line_is_obeyed_by_nobody(text: str) -> None:
    """No control or invisible character, no line break, no workflow command is left."""
    line = one_line(text)
    assert line.isprintable() or not line
    assert not line.lstrip().startswith("::")
    for marker in ("##[", "##vso[", "##teamcity["):
        assert marker not in line.lower()


@given(HOSTILE)
def test_one_line_is_stable(text: str) -> None:
    """Text that has been made safe passes unchanged, however many printers it goes through."""
    assert one_line(one_line(text)) == one_line(text)


@given(st.text(st.characters(categories=["L", "N", "P"], exclude_characters=":#")))
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Letters, digits and punctuation of any language keep their form."""
    assert one_line(text) == text


def test_what_becomes_of_hostile_text() -> None:
    """Line breaks fold to a space; escapes lose their power; a command gets a space."""
    assert one_line("a\n  b\tc") == "a b c"
    assert one_line("E\x1b[2J\x07") == "E\N{REPLACEMENT CHARACTER}"
    assert one_line(" ::error file=x::y") == " : :error file=x::y"
    assert one_line("see ##[group]") == "see # #[group]"
    assert one_line("two  columns") == "two  columns"


@given(st.dictionaries(HOSTILE, HOSTILE))
def test_json_is_safe_to_print_and_means_the_same(value: dict[str, str]) -> None:
    """A document keeps its value, though a terminal finds nothing to obey in it."""
    text = json_text(value)
    assert json.loads(text) == value
    assert "##" not in text
    assert not any((ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 for char in text)


def test_an_amount_has_the_form_of_its_noun() -> None:
    """One is singular, none and more are plural, and a noun or verb with a form of its own keeps it."""
    assert [plural(amount, "task") for amount in (0, 1, 2)] == ["0 tasks", "1 task", "2 tasks"]
    assert [plural(amount, "try", "tries") for amount in (1, 3)] == ["1 try", "3 tries"]
    assert [noun(amount, "is", "are") for amount in (0, 1, 2)] == ["are", "is", "are"]


def test_no_message_of_a_command_writes_an_amount_with_a_fixed_plural() -> None:
    """``{count} tasks`` would say "1 tasks": amounts in messages go through ``plural`` or ``noun``."""
    nouns = re.compile(
        r" (answer|file|gate|input|model|mutant|program|request|result|row|rule|run|sample|task|test)s\b"
    )
    found = []
    for package in ("cli", "pipeline"):
        for path in sorted((ROOT / "auditor" / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.JoinedStr):
                    continue
                for value, after in zip(node.values, node.values[1:], strict=False):
                    is_amount = isinstance(value, ast.FormattedValue) and not ast.unparse(value.value).endswith(
                        "folder"
                    )
                    if is_amount and isinstance(after, ast.Constant) and nouns.match(str(after.value)):
                        found.append(f"{path.name}:{node.lineno}: {ast.unparse(value)}{after.value}")
    assert found == []
