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
    assert "1 of 1 task is fit" in out


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


def test_what_is_wrong_with_each_kind_is_told_by_file_and_line(tmp_path: Path) -> None:
    """A program, a class and a pytest suite whose reference fails are named with their line and the test that fails."""
    tests = (
        "import unittest\nclass T(unittest.TestCase):\n"
        "    def test_size(self):\n        self.assertEqual(Stack().size(), 1)\n"
    )
    stdin = {"stdin": ["2\n"], "stdout": ["5\n"]}
    program = {
        "task_id": "p",
        "prompt": "Double.",
        "reference": "print(2 * int(input()))\n",
        "base": stdin,
        "plus": stdin,
    }
    stack = {
        "task_id": "c", "prompt": "A stack.", "entry_point": "Stack", "base": {"unittest": tests},
        "plus": {"unittest": tests}, "reference": "class Stack:\n    def size(self):\n        return 0\n",
    }  # fmt: skip
    half = {"unittest": "def test_half():\n    assert half(4) == 2\n    assert half(2) == 3\n"}
    function = {
        "task_id": "u", "prompt": "Half.", "entry_point": "half", "base": half, "plus": half,
        "reference": "def half(n):\n    return n // 2\n",
    }  # fmt: skip
    _, out, _ = check(tmp_path, GOOD, program, stack, function)
    told = {
        line.split()[0]: line for line in out.splitlines() if "tasks.jsonl:" in line and not line.startswith("unfit")
    }
    assert "tasks.jsonl:2: " in told["p"]
    assert "wrong on test 1 by the rule 'lines'" in told["p"]
    assert "tasks.jsonl:3: " in told["c"]
    assert "T.test_size: line 4: AssertionError: 0 != 1" in told["c"]
    assert "tasks.jsonl:4: " in told["u"]
    assert "test_half: line 3: AssertionError" in told["u"]


def test_packages_and_python_may_be_named(tmp_path: Path) -> None:
    """``--package`` allows one; an interpreter that cannot be used is an error that names the setting."""
    uses = {**GOOD, "reference": "import pandas\n\ndef inc(x):\n    return int(pandas.Series([x]).sum()) + 1\n"}
    assert check(tmp_path, uses)[0] == 1
    assert check(tmp_path, uses, options=("--package", "pandas"))[0] == 0
    words = ["tasks", "check", str(tmp_path / "tasks.jsonl"), "--python", str(tmp_path / "nowhere")]
    assert "is not a Python interpreter" in str(CliRunner().invoke(app, words).exception)
