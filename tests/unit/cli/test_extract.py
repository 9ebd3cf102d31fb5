"""``auditor extract``: the program of an answer, and why it is that one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app

PROGRAM = "def total(values):\n    return sum(values)\n"
ANSWER = f"<think>\n```python\ndef total(values):\n    return 0\n```\n</think>\nHere:\n```python\n{PROGRAM}```\n"


def run(*arguments: str, given: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["extract", *arguments], input=given)
    return done.exit_code, done.stdout


def test_the_program_alone_is_printed(tmp_path: Path) -> None:
    """Without options the program is all of stdout, from a file or from stdin."""
    (tmp_path / "answer.txt").write_text(ANSWER)
    assert run(str(tmp_path / "answer.txt"), "--entry-point", "total") == (0, PROGRAM)
    assert run("-", "--entry-point", "total", given=ANSWER) == (0, PROGRAM)


def test_explain_shows_spans_readings_and_choice() -> None:
    """Reasoning, prose and code are named with their lines; a second reading is shown as a difference."""
    code, said = run("-", "--entry-point", "total", "--explain", given=ANSWER)
    assert code == 0
    assert [line.split()[0] for line in said.splitlines() if line.startswith("  ") and "line" in line] == [
        "token", "reasoning", "token", "prose", "token", "code", "token", "1.",
    ]  # fmt: skip
    assert "choice: fence/" in said
    twice = f"```python\n{PROGRAM}```\nOr:\n```python\ndef total(values):\n    return 0\n```\n"
    said = run("-", "--entry-point", "total", "--explain", given=twice)[1]
    assert "readings: 2, which are different programs" in said
    assert "+    return sum(values)" in said


def test_no_program_says_why_and_exits_with_1() -> None:
    """A failed extraction has a reason."""
    code, said = run("-", "--entry-point", "total", "--explain", given="<think>\ndef total(v): return 0")
    assert code == 1
    assert "the reasoning never ends" in said


def test_rows_are_read_by_their_tasks(tmp_path: Path) -> None:
    """A JSONL of answers gives an array, each with its task, rule and candidates."""
    file = tmp_path / "answers.jsonl"
    texts = [ANSWER, "I cannot."]
    file.write_text("".join(json.dumps({"task_id": "demo/0", "raw": text}) + "\n" for text in texts))
    (tmp_path / "tasks.jsonl").write_text(
        json.dumps(
            {"task_id": "demo/0", "prompt": "def total(values):\n", "entry_point": "total", "reference": PROGRAM,
             "base": {"inputs": [[[1]]]}, "plus": {"inputs": [[[2]]]}}
        )
    )  # fmt: skip
    code, said = run(str(file), "--benchmark", str(tmp_path / "tasks.jsonl"), "--format", "json")
    first, second = json.loads(said)
    assert code == 1
    assert (first["solution"], first["readings"], first["candidates"][0]["rule"]) == (PROGRAM, 1, "fence")
    assert (second["solution"], second["reason"]) == (None, "no code in the answer")


@pytest.mark.parametrize("name", ["a b", "x.y"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """An entry point that no program can define is bad input."""
    done = CliRunner().invoke(app, ["extract", "-", "--entry-point", name], input="x")
    assert done.exception is not None
    assert "does not name" in str(done.exception)
