"""A suite that runs in the solution's process is named wherever its verdicts are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.pipeline.stages import in_process_note
from auditor.records import SuiteName, Task, Trust, UnittestSuite
from auditor.results import ReportDocument, from_json
from auditor.targets import Target

DRAW = "import random\ndef draw():\n    return random.randint(1, 6)\n"
PATCHED = (
    "import unittest\nfrom unittest.mock import patch\nclass T(unittest.TestCase):\n"
    "    @patch('random.randint', return_value=9)\n    def test_draw(self, _):\n        self.assertEqual(draw(), 9)\n"
)
DOUBLE = "def double(x):\n    return 2 * x\n"
APART = "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(double(4), 8)\n"


def rows() -> list[dict[str, object]]:
    """Return a task whose suites cannot run apart, one that asks for one process on plus, and one that runs apart."""
    common = {"prompt": "x\n", "entry_point": "draw", "reference": DRAW, "base": {"unittest": PATCHED}}
    return [
        {"task_id": "own/unasked", **common, "plus": {"unittest": PATCHED}},
        {"task_id": "own/asked", **common, "plus": {"unittest": PATCHED, "trust": "in-process"}},
        {"task_id": "own/apart", "prompt": "x\n", "entry_point": "double", "reference": DOUBLE,
         "base": {"unittest": APART}, "plus": {"unittest": APART}},
    ]  # fmt: skip


def test_it_is_said_by_every_command(tmp_path: Path) -> None:
    """``tasks check`` gives test and reason, ``verify`` the counts, the export a column, the report the share."""
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text("".join(json.dumps(row) + "\n" for row in rows()))
    answers = [("own/unasked", DRAW), ("own/unasked", "def draw():\n    return 1\n"), ("own/asked", DRAW)]
    answers += [("own/apart", DOUBLE)]
    recorded = "".join(json.dumps({"task_id": task, "solution": source}) + "\n" for task, source in answers)
    (tmp_path / "a.jsonl").write_text(recorded)
    config = tmp_path / "audit.toml"
    config.write_text('[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "m"\nrecorded = "a.jsonl"\n')

    def run(*words: str) -> Any:
        done = CliRunner().invoke(app, [*words])
        assert done.exit_code == 0, done.output
        return done

    checked = run("tasks", "check", str(tasks), "--workers", "1", "--quiet")
    notes = [line for line in checked.stdout.splitlines() if "solution's process" in line]
    reason = "apart, T.test_draw: line 6: AssertionError: "
    assert [line.partition(" is run ")[0] for line in notes] == [
        "own/unasked: base", "own/unasked: plus", "own/asked: base",
    ]  # fmt: skip
    assert all(reason in line for line in notes)
    listed = json.loads(run("tasks", "check", str(tasks), "--workers", "1", "--quiet", "--format", "json").stdout)
    assert [list(row["in_process"]) for row in listed["tasks"]] == [["base", "plus"], ["base"], []]

    told = run("verify", str(config))
    assert "could fool them: 5 verdicts on 2 tasks; 2 tasks did not ask for it" in " ".join(told.stderr.split())
    folder = tmp_path / "reports" / "audit"
    exported = [json.loads(line) for line in run("export", str(folder), "verdicts").stdout.splitlines()]
    trusts = {(row["task_id"], row["trust"]) for row in exported}
    assert trusts == {("own/unasked", "in-process"), ("own/asked", "in-process"), ("own/apart", "separate")}

    run("analyze", str(config), "--quiet")
    run("report", str(config), "--quiet", "--no-gate", "--format", "json", "--format", "html")
    report = folder / "report"
    facts = from_json(ReportDocument, (report / "report.json").read_text()).provenance
    assert (facts.in_process_tasks, facts.in_process_verdicts, facts.verdicts) == (2, 5, 7)
    assert "5 of 7 verdicts, on 2 tasks; a hostile solution could fool them" in (report / "m.html").read_text()


def test_only_tasks_that_did_not_ask_are_told_apart() -> None:
    """Without such verdicts there is no note; tasks that asked for it are not said to have not."""
    suite = UnittestSuite(PATCHED, ("T.test_draw",), Trust.IN_PROCESS)
    task = Task("a", "", Target.function("draw"), DRAW, suite, suite)
    assert in_process_note({}, {"a": task}) == ""
    assert in_process_note({("a", SuiteName.BASE): 1}, {"a": task}).endswith("fool them: 1 verdict on 1 task")
