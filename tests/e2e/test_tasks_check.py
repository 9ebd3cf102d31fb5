"""``auditor tasks check`` as its user meets it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from auditor.cli.app import app

GOOD = {
    "task_id": "Own/inc",
    "prompt": "def inc(x):\n",
    "entry_point": "inc",
    "reference": "def inc(x):\n    return x + 1\n",
    "base": {"inputs": [[1]], "outputs": [2]},
    "plus": {"assert": "assert candidate(2) == 3"},
}


def check(folder: Path, *rows: dict[str, object], options: tuple[str, ...] = ()) -> tuple[int, str, str]:
    path = folder / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = CliRunner().invoke(app, ["tasks", "check", str(path), "--workers", "1", *options])
    return result.exit_code, result.stdout, result.stderr


def test_fit_tasks_pass(tmp_path: Path) -> None:
    """References that pass both suites give exit 0, and nothing but the table on stdout."""
    code, out, _ = check(tmp_path, GOOD)
    assert code == 0
    assert "Own/inc  inc             1     1  fit" in out
    assert "1 of 1 tasks are fit" in out


def test_unfit_tasks_are_named_with_a_reason(tmp_path: Path) -> None:
    """A reference that fails a suite gives exit 1, its id and why, as text and as JSON."""
    bad = {**GOOD, "task_id": "Own/bad", "base": {"inputs": [[1]], "outputs": [3]}}
    code, out, _ = check(tmp_path, GOOD, bad)
    assert code == 1
    assert "unfit: Own/bad" in out
    code, out, _ = check(tmp_path, GOOD, bad, options=("--format", "json", "--quiet"))
    answer = json.loads(out)
    assert code == 1
    assert list(answer["unfit"]) == ["Own/bad"]
    assert [row["unfit"] is None for row in answer["tasks"]] == [True, False]
    assert answer["sandbox"]
