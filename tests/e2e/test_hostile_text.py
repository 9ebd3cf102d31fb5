"""Task ids and exceptions that would command a terminal or a CI system are printed without power."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import auditor

TASK_ID = "E\x1b[2J\x1b]0;title\x07\n::error file=x::by the task id"
RAISES = "def solve(n):\n    raise ValueError('a\\n::add-mask::secret\\n\\x1b[31mred\\x9b2J\\u202e')\n"
SCRIPT = {"assert": "raise ValueError('\\n##[error]by the script\\x1b[2J')\ncandidate(1)\n"}


def a_task(task_id: str, reference: str, suite: dict[str, object]) -> str:
    prompt = 'def solve(n):\n    """Return n."""\n'
    row = {"task_id": task_id, "prompt": prompt, "entry_point": "solve", "reference": reference}
    return json.dumps({**row, "base": suite, "plus": suite}) + "\n"


def prepare(folder: Path) -> None:
    good = "def solve(n):\n    return n\n"
    calls = {"inputs": [[1], [2]]}
    rows = [a_task("OK", good, calls), a_task(TASK_ID, RAISES, calls), a_task("::error::script", good, SCRIPT)]
    (folder / "tasks.jsonl").write_text("".join(rows))
    (folder / "samples.jsonl").write_text(json.dumps({"task_id": "OK", "solution": good}) + "\n")
    (folder / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\nexclude = "none"\n[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
    )


def assert_powerless(text: str) -> None:
    assert not any((ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 or char == "\u202e" for char in text)
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in text.splitlines())


@pytest.mark.slow
def test_nothing_raw_is_printed(tmp_path: Path) -> None:
    """Both streams of each command are clean, and still name the task and the reason."""
    prepare(tmp_path)
    checked = auditor("tasks", "check", "tasks.jsonl", cwd=tmp_path, expect=1)
    assert "E : :error file=x::by the task id" in checked.stdout
    assert "by the script" in checked.stdout
    data = auditor("tasks", "check", "tasks.jsonl", "--format", "json", "-q", cwd=tmp_path, expect=1)
    assert TASK_ID in json.loads(data.stdout)["unfit"]
    sampled = auditor("sample", "-o", "run", cwd=tmp_path)
    verified = auditor("verify", "-o", "run", cwd=tmp_path)
    assert "is left out" in sampled.stderr + verified.stderr
    for done in (checked, data, sampled, verified):
        assert_powerless(done.stdout)
        assert_powerless(done.stderr)
