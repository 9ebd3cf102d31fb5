"""Real models' recorded candidates go through every stage, by the example that ships with the project."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from auditor.pipeline import Run, carry_out
from auditor.records import Outcome

ROOT = Path(__file__).resolve().parents[2]
TASKS = tuple(f"HumanEval/{number}" for number in (0, 2, 12, 23, 28, 53))

pytestmark = [pytest.mark.data, pytest.mark.slow]  # the audit that both tests share takes 25 s of CPU time


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The example audit on six tasks, finished."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDITOR_DATA", str(data))
        whole = Run.open(ROOT / "examples" / "humaneval.toml", tmp_path_factory.mktemp("real") / "run")
        run = whole.changed({"benchmark": {"tasks": TASKS}})
        carry_out(run)
    return run


def test_every_recorded_candidate_gets_a_label(run: Run) -> None:
    """CodeT's hundred, Mistral's and zephyr's ten and GPT-4's one a task are all there; none is a harness error."""
    report = json.loads((run.report_folder / "report.json").read_text())
    models = {entry["model"]: entry for entry in report["models"]}
    expected = {"codegen-16B-mono": 600, "mistral-7b-instruct-v0.1": 60, "zephyr-7b": 60, "gpt-4": 6}
    assert {name: entry["coverage"]["samples"] for name, entry in models.items()} == expected
    assert report["provenance"]["harness_errors"] == 0
    accuracy = {name: entry["single_sample_accuracy"]["value"] for name, entry in models.items()}
    assert accuracy["gpt-4"] > accuracy["codegen-16B-mono"] > 0


def test_verdicts_are_those_of_evalplus(run: Run, data: Path) -> None:
    """For CodeT's candidates base and plus agree with the published verdicts of EvalPlus."""
    path = data / "verdicts" / "humaneval__CodeT__codegen-16B-mono.evalplus.jsonl.gz"
    with gzip.open(path, "rt") as file:
        theirs = {(row["task_id"], row["sample_index"]): row for row in map(json.loads, file)}
    with run.store(create=False) as store:
        ours = list(store.judged("codegen-16B-mono"))
    assert len(ours) == 600
    for sample in ours:
        row = theirs[sample.task_id, sample.sample_index]
        assert (sample.base is Outcome.PASS) == (row["base"] == "pass"), sample
        if sample.plus is not None:
            assert (sample.plus is Outcome.PASS) == (row["plus"] == "pass"), sample
