"""Samples for some of the tasks only: said wherever tasks are counted, and no gate passes on them by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from tests.e2e.command import auditor, inside

CONFIG = """
[benchmark]
source = "demo"
exclude = "none"

[[model]]
name = "some"
recorded = "samples.jsonl"

[analysis]
resamples = 50

[[gate]]
metric = "single_sample_accuracy"
min = 0.5
confidence = 0
"""


@pytest.mark.slow
def test_three_of_many_tasks(tmp_path: Path) -> None:
    """Notes, pages, Markdown, report.json and gate name how many of the tasks have samples; the rule may allow it."""
    tasks = load_benchmark("demo").tasks
    rows = [{"task_id": task.task_id, "solution": task.reference} for task in tasks[:3]] * 2
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "audit.toml").write_text(CONFIG)
    done = auditor("run", "audit.toml", "--out", "run", cwd=tmp_path, expect=4)
    assert f"some: samples for 3 of {len(tasks)} tasks" in done.stderr
    assert f"some: only 3 of {len(tasks)} tasks have a sample that could be judged" in done.stderr
    report = tmp_path / "run" / "report"
    document = json.loads((report / "report.json").read_text())
    coverage = document["models"][0]["coverage"]
    assert (coverage["tasks"], coverage["tasks_sampled"], coverage["tasks_scored"]) == (len(tasks), 3, 3)
    for page in (report / "index.html", report / "report.md", *report.glob("model*.html")):
        text = page.read_text()
        assert f"3 of {len(tasks)} tasks analysed" in text, page.name
        assert not re.search(rf"(?<!3 of ){len(tasks)} tasks analysed", text), page.name
    choice = inside("choose", "run", "--cost", "1", cwd=tmp_path)
    assert f"chosen on 3 of {len(tasks)} tasks" in choice.stderr
    few = f"only 3 of {len(tasks)} tasks have samples"
    gate = inside("gate", "run", cwd=tmp_path, expect=4).stdout
    assert "inconclusive" in gate.lower()
    assert few in gate
    (tmp_path / "gates.toml").write_text(CONFIG[CONFIG.index("[[gate]]") :] + "min_coverage = 0.05\n")
    gate = inside("gate", "run", "--rules", "gates.toml", cwd=tmp_path).stdout
    assert "pass" in gate.lower()
    assert few not in gate


def test_a_model_without_a_single_program_has_a_report(tmp_path: Path) -> None:
    """No answer with code: 0 of 12 correct, nothing known about accepted answers, open gates that say what to do."""
    ids = [task.task_id for task in load_benchmark("demo").tasks[:3]]
    rows = [{"task_id": task_id, "completion": "I do not know."} for task_id in ids * 4]
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    toml = CONFIG.replace('source = "demo"', f'source = "demo"\ntasks = {json.dumps(ids)}').replace(
        "confidence = 0", ""
    )
    (tmp_path / "audit.toml").write_text(toml)
    inside("run", "audit.toml", "--out", "run", "--no-gate", cwd=tmp_path)
    (model,) = json.loads((tmp_path / "run" / "report" / "report.json").read_text())["models"]
    assert (model["samples"], model["single_sample_accuracy"]["value"]) == (12, 0)
    assert model["false_discovery_rate"]["value"] is None
    gate = inside("gate", "run", cwd=tmp_path, expect=4).stdout
    assert "12 extraction_failed; correct the cause, or raise max_unscored" in gate
    (tmp_path / "gates.toml").write_text(toml[toml.index("[[gate]]") :] + "max_unscored = 1\nconfidence = 0\n")
    inside("gate", "run", "--rules", "gates.toml", cwd=tmp_path, expect=3)
