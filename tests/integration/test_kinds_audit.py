"""One audit of a team's own programs, class, test suites and method: verdicts, slices, rules and pages."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.results import ReportDocument, from_json

ROOT = Path(__file__).resolve().parents[2]

RIGHT = {
    "careful": {"shop/total": 2, "shop/distance": 2, "shop/split": 2, "shop/cart": 2, "shop/save": 2,
                "shop/median": 2, "shop/best_days": 2},
    "hasty": {"shop/save": 1, "shop/median": 1},
}  # fmt: skip
"""Model → task → right answers of three."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReportDocument, Path]:
    """Verify and report the example; style is left out, since it is the same for every kind."""
    folder = tmp_path_factory.mktemp("kinds") / "kinds"
    shutil.copytree(ROOT / "examples" / "kinds", folder)
    for words in (["sample", "--quiet"], ["verify", "--quiet"], ["report", "--quiet", "--no-gate"]):
        done: Any = CliRunner().invoke(app, [*words, str(folder / "audit.toml")])
        assert done.exit_code == 0, done.output
    pages = folder / "reports" / "audit" / "report"
    return from_json(ReportDocument, (pages / "report.json").read_text(encoding="utf-8")), pages


def test_every_kind_is_judged(report: tuple[ReportDocument, Path]) -> None:
    """All references pass, nothing is missing, and the right answers are those that were written as such."""
    document, _ = report
    assert [task.task_id for task in document.tasks if task.unfit] == []
    for model in document.models:
        right = {row.task_id: row.correct for row in model.per_task if row.correct}
        assert right == RIGHT[model.model]
    assert document.provenance.harness_errors == 0
    assert (document.provenance.in_process_tasks, document.provenance.verdicts) == (0, 74)


def test_rules_of_equality_are_told(report: tuple[ReportDocument, Path]) -> None:
    """Each program's task names its comparator, in the data, next to a failing test and among the methods."""
    document, pages = report
    rules = {task.task_id: task.output_rule for task in document.tasks}
    assert rules["shop/total"] == "lines"
    assert rules["shop/distance"] == "tokens+float (absolute 1e-06, relative 1e-06)"
    assert (rules["shop/split"], rules["shop/cart"]) == ("checker", "")
    page = (pages / "careful.html").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", " ", page)
    assert re.search(
        r"input\s+1e200 0\n0 0\s+expected\s+1e200\s+got.*\s+compared by\s+tokens\+float \(absolute 1e-06", plain
    )
    assert "(the checker says no)" in page
    assert "CartAddTest.test_add_nothing" in page


def test_slices_group_the_kinds(report: tuple[ReportDocument, Path]) -> None:
    """Tasks that say their kind are grouped by it; slices of fewer than five tasks are named without figures."""
    document, _ = report
    values = {one.value for task in document.tasks for one in task.slices if one.name == "kind"}
    assert values == {"program", "class", "unittest", "method"}
    assert all(model.slices for model in document.models)
