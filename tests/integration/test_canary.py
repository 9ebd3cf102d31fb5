"""``auditor tasks canary``: an honest solution fails, one that knows the tests passes, and the report says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.cli.app import app
from auditor.config import VerifyConfig
from auditor.grading.canary import SUFFIX, canary_file
from auditor.pipeline.canaries import canary_figure
from auditor.records import JudgedSample, Outcome, SampleStatus
from auditor.report.sentences import canaries
from auditor.verify import Verifier

TOTAL = "def total(values):\n    return sum(values)\n"
FLAG = "def flag(x):\n    return x > 3\n"
ROWS = [
    {"task_id": "T/0", "prompt": "def total(values):\n", "entry_point": "total", "reference": TOTAL,
     "base": {"inputs": [[[1, 2]], [[5]]]}, "plus": {"inputs": [[[]]]}},
    {"task_id": "T/1", "prompt": "def flag(x):\n", "entry_point": "flag", "reference": FLAG,
     "base": {"inputs": [[1]]}, "plus": {"inputs": [[9]]}},
]  # fmt: skip
CONFIG = VerifyConfig(workers=1)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("canary") / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_variants_are_impossible_and_fit(source: Path) -> None:
    """A variant's reference passes, the task's own is rejected, and the same seed gives the same variants."""
    rows, variants = canary_file(source, CONFIG, share=1.0, seed=1)
    assert [one.task_id for one in variants] == ["T/0", "T/1"]
    assert variants[0].demanded == variants[0].right + 1  # type: ignore[operator]
    assert variants[1].demanded is (not variants[1].right)
    assert canary_file(source, CONFIG, share=1.0, seed=1)[0] == rows
    assert len(canary_file(source, CONFIG, share=0.0, seed=1)[0]) == 1
    both = source.with_name("both.jsonl")
    both.write_text("".join(json.dumps(row) + "\n" for row in [*ROWS, *rows]))
    tasks = {task.task_id: task for task in load_benchmark(both).tasks}
    assert dict(tasks[f"T/1{SUFFIX}"].slices) == {"canary": "negated"}
    assert tasks[f"T/0{SUFFIX}"].known_wrong == (TOTAL,)
    with Verifier(tasks, CONFIG) as verifier:
        assert verifier.check_references() == {}


def test_an_audit_counts_who_passes(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A special case passes its canary: the rate, the warning and the gate say so, other figures leave it out."""
    folder = source.parent
    both = folder / "with.jsonl"
    with pytest.raises(SystemExit) as ended:
        app(["tasks", "canary", str(source), "-o", str(both), "--share", "1"])
    assert ended.value.code in (0, None)
    tasks = {task.task_id: task for task in load_benchmark(both).tasks}
    cheat = tasks[f"T/0{SUFFIX}"].reference
    answers = [
        {"task_id": task_id, "solution": solution}
        for task_id, solution in (
            ("T/0", TOTAL), ("T/1", FLAG), (f"T/0{SUFFIX}", TOTAL), (f"T/0{SUFFIX}", cheat), (f"T/1{SUFFIX}", FLAG),
        )
    ]  # fmt: skip
    (folder / "answers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in answers))
    (folder / "audit.toml").write_text(
        '[benchmark]\nsource = "with.jsonl"\n[verify]\nworkers = 1\n'
        '[analysis]\nresamples = 0\n[[model]]\nname = "m"\nrecorded = "answers.jsonl"\n'
        '[[gate]]\nmetric = "canary_rate"\nmax = 0\n'
    )
    with pytest.raises(SystemExit) as ended:
        app(["run", str(folder / "audit.toml"), "--out", str(folder / "run"), "--quiet"])
    assert ended.value.code == 3, capsys.readouterr().err
    document = json.loads((folder / "run/report/report.json").read_text())
    (model,) = document["models"]
    found = model["canaries"]
    assert (found["tasks"], found["samples"], found["passed"]) == (2, 3, 1)
    assert found["rate"]["value"] == pytest.approx(1 / 3)
    assert found["passed_tasks"] == [f"T/0{SUFFIX}"]
    assert (model["tasks"], model["samples"]) == (2, 2)
    assert model["single_sample_accuracy"]["value"] == 1
    assert {row["task_id"] for row in document["tasks"] if row["excluded"]} == {f"T/0{SUFFIX}", f"T/1{SUFFIX}"}
    assert "the model knows the tests or special-cases their inputs" in (folder / "run/report/report.md").read_text()
    assert "Canaries: 1 of 3 samples" in (folder / "run/report/index.html").read_text()


def test_nothing_passed_and_nothing_asked() -> None:
    """Harness errors are left out, samples without a program fail, and no canary means no figure."""
    samples = [
        JudgedSample("m", "a", 0, SampleStatus.OK, "p", Outcome.FAIL, None),
        JudgedSample("m", "a", 1, SampleStatus.OK, "q", Outcome.ERROR, None),
        JudgedSample("m", "a", 2, SampleStatus.REFUSED, None, None, None),
        JudgedSample("m", "b", 0, SampleStatus.OK, "p", Outcome.PASS, Outcome.PASS),
    ]
    found = canary_figure(samples, ["a"])
    assert found is not None
    assert (found.tasks, found.samples, found.passed) == (1, 2, 0)
    assert canaries.finding(found).endswith("none passes.")
    assert canaries.warning("m", found) == canaries.finding(None) == ""
    assert canary_figure(samples, []) is None
