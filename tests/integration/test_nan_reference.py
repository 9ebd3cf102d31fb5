"""A reference that returns nan where nan is expected is left out, and the reason says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli.app import app

ROW = {
    "task_id": "Own/ratio", "prompt": "def ratio(x):\n", "entry_point": "ratio",
    "reference": "def ratio(x):\n    return float('nan') if x == 0 else 1 / x\n",
    "base": {"inputs": [[1]]}, "plus": {"inputs": [[2], [0]]},
}  # fmt: skip


def test_the_remedy_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps(ROW) + "\n")
    with pytest.raises(SystemExit) as ended:
        app(["tasks", "check", str(file)])
    assert ended.value.code == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert "the reference gives nan, expected is nan; nan is not equal to itself: remove this input" in said
