"""Why a line is not JSON."""

from __future__ import annotations

import json

import pytest

from auditor.json_types import why_not_json


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "x', "unterminated string (column 7)"),
        ('{"a": "x\n', "invalid control character (at the end)"),
        ("{'a'}", "expecting property name enclosed in double quotes (column 2)"),
    ],
)
def test_the_reason_has_a_column_and_no_line_of_its_own(text: str, reason: str) -> None:
    """The file's line stands before the message, so "line 1" in it would contradict it."""
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert why_not_json(caught.value).startswith(reason)
