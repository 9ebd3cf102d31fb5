"""Real run folders over time: a run against itself, a changed task, the section of a report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.pipeline import Run, carry_out
from auditor.results import ChangeVerdict, History, from_json
from tests import small_audit

STAGES = ("sample", "verify", "analyze", "report")
"""All but scoring, which would take most of the time."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs: the second has a task more, one that is tested otherwise and one that is worded otherwise."""
    folder = tmp_path_factory.mktemp("history")
    config = small_audit.write(folder, tasks=3, endless=0)
    config.write_text(config.read_text().replace("resamples = 50", 'resamples = 50\nslices = ["level"]'))
    carry_out(Run.open(config, folder / "first"), STAGES)
    later = folder / "later"
    later.mkdir()
    config = small_audit.write(later, tasks=4, endless=0)
    tasks = [json.loads(line) for line in (later / "tasks.jsonl").read_text().splitlines()]
    tasks[0]["plus"]["inputs"].append([[5, 5]])
    tasks[1]["prompt"] = tasks[1]["prompt"] + "    # smallest first\n"
    (later / "tasks.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    text = config.read_text().replace('"markdown", "json"', '"html", "markdown", "json"')
    gate = '\n[[gate]]\nmetric = "single_sample_accuracy"\nmargin = 0.5\n'
    config.write_text(f'{text}\n[history]\nruns = ["../first"]\n{gate}')
    carry_out(Run.open(config, folder / "second"), STAGES)
    return folder


def invoke(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], prog_name="auditor")
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_run_against_a_copy_of_itself(runs: Path, tmp_path: Path) -> None:
    """Every change is equal and nothing else changed."""
    shutil.copytree(runs / "first", tmp_path / "copy")
    found = from_json(History, invoke("history", runs / "first", tmp_path / "copy", "--format", "json"))
    changes = [one.change for model in found.models for one in model.points[1].figures]
    assert len(changes) == 12
    assert {change.verdict for change in changes if change} == {ChangeVerdict.EQUAL}
    assert not found.runs[1].since_baseline
    text = invoke("history", runs / "first", tmp_path / "copy")
    assert text.count(" equal") == 2 * 3


@pytest.mark.slow
def test_what_changed_between_real_runs_is_marked(runs: Path) -> None:
    """The new task, the one with another test and the reworded one are named; the changed test is in no change."""
    found = from_json(History, invoke("history", runs / "first", runs / "second", "--format", "json"))
    named = {(change.kind.value, change.name) for change in found.runs[1].since_baseline}
    assert {("task added", "Small/4"), ("task's tests", "Small/1"), ("task's text", "Small/2")} <= named
    assert ("task's tests", "Small/2") not in named, "the prompt decides no verdict"
    accuracy = found.models[0].points[1].figure("single_sample_accuracy")
    assert accuracy is not None
    assert accuracy.change is not None
    assert accuracy.change.difference.tasks == 2


def test_the_report_has_a_section_over_time(runs: Path) -> None:
    """Index, report.md and report.json hold the history; the rule with a margin is judged, or the reason told."""
    report = runs / "second" / "report"
    index = (report / "index.html").read_text()
    assert 'id="history"' in index
    assert "1 task added (Small/4)" in index
    assert "## Over time" in (report / "report.md").read_text()
    document = json.loads((report / "report.json").read_text())
    assert [run["name"] for run in document["history"]["runs"]] == ["first", "second"]
    assert document["provenance"]["config"]["history"]["runs"] == ["first"]


def test_the_page_is_complete(runs: Path, tmp_path: Path) -> None:
    """One file with charts, tables and a policy that forbids every address."""
    out = tmp_path / "history.html"
    invoke("history", runs / "first", runs / "second", "--format", "html", "-o", out)
    page = out.read_text()
    assert "default-src &#39;none&#39;" in page
    assert page.count('<svg class="chart"') == 2 * 3
    assert page.count('<circle class="pt"') > 20
    assert "http" not in page.split("</style>")[1].split("<script>")[0]
