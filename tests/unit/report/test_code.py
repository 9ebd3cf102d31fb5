"""Coloured code: every line of the program is shown, once, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.report.code import show


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=8), st.integers(0, 9))
def test_every_line_is_shown(lines: list[str], prompt_lines: int) -> None:
    """As many lines come out as the text has, trailing empty ones too."""
    source = "\n".join(line.replace("\n", " ").replace("\r", " ") for line in lines) + "\n"
    shown = show(source, prompt_lines)
    assert len(shown.prompt) + len(shown.body) == source.count("\n")
