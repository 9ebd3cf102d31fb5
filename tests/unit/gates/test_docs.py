"""The page on gates: its files parse, its commands run, its words are those of the code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from junitparser import JUnitXml

from auditor.config import GateConfig
from auditor.gates import RunView, evaluate
from auditor.gates.metrics import METRICS
from auditor.gates.ready import ready_sets
from auditor.gates.rules import RulesFile
from tests.conftest import ROOT
from tests.unit.gates.sarif_schema import SCHEMA

PAGE = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
GITHUB, GITLAB = ".github/workflows/gate.yml", ".gitlab-ci.yml"


def github_commands() -> list[str]:
    """The shell scripts of the workflow, in order."""
    (job,) = yaml.safe_load(FILES[GITHUB])["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def gitlab_commands() -> list[str]:
    """The lines of the job's script."""
    return list(yaml.safe_load(FILES[GITLAB])["gate"]["script"])


def test_the_examples_have_their_shape() -> None:
    """The workflow has a trigger and steps that either use an action or run a script; the job has an image."""
    workflow: dict[Any, Any] = yaml.safe_load(FILES[GITHUB])
    assert workflow[True] == ["pull_request"], "YAML reads the key `on` as true"
    (job,) = workflow["jobs"].values()
    assert job["runs-on"]
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    assert yaml.safe_load(FILES[GITLAB])["gate"]["image"].startswith("python:")


def test_every_key_of_a_rule_is_on_the_page() -> None:
    """The table of keys names all that a rule may hold, and nothing else."""
    table = PAGE.split("| key | meaning | default |")[1].split("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines()[2:] if row]
    assert {key for cell in cells for key in re.findall(r"`(\w+)`", cell)} == set(GateConfig.model_fields)


def test_every_toml_block_of_rules_is_sound(tmp_path: Path) -> None:
    """Each TOML block of the page that holds rules loads."""
    from auditor.gates import load_rules

    blocks = [
        block
        for block in re.findall(r"^```toml[^\n]*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        if "[[gate]]" in block
    ]
    assert len(blocks) == 2
    for block in blocks:
        path = tmp_path / "gates.toml"
        path.write_text(block)
        assert load_rules(str(path))


def test_ready_sets_are_named() -> None:
    """The page names every ready set, and every set says what it is for."""
    from auditor.settings import parse_toml

    for name, path in ready_sets().items():
        assert f"`{name.removeprefix('gates-')}`" in PAGE or f"--rules {name.removeprefix('gates-')}" in PAGE
        assert parse_toml(path, RulesFile).title


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's own files, in which every script of both examples has run to its end."""
    folder = tmp_path_factory.mktemp("repository")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    scripts = folder / "bin"
    scripts.mkdir()
    (scripts / "auditor").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m auditor "$@"\n')
    (scripts / "auditor").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{scripts}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    for command in [*github_commands(), *gitlab_commands()]:
        if command == "pip install auditor":
            continue
        shell = ["bash", "-e", "-c", command]
        done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return folder


@pytest.mark.slow
def test_the_commands_of_both_examples_leave_what_they_promise(workspace: Path) -> None:
    """Summary, SARIF with its programs, and JUnit are there after the scripts have run, and the gate passes."""
    assert "gate: pass" in (workspace / "summary.md").read_text()
    jsonschema.validate(json.loads((workspace / "style.sarif").read_text()), SCHEMA)
    assert list((workspace / "programs").rglob("*.py"))
    (suite,) = list(JUnitXml.fromfile(str(workspace / "gate.xml")))
    assert (suite.tests, suite.failures) == (3, 0)


@pytest.mark.slow
def test_the_python_example_runs(workspace: Path) -> None:
    """The page's Python does in the same folder what the commands do: a line a result, then the exit code."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] in {"0", "3", "4"}
    assert "single-sample accuracy" in done.stdout


@pytest.mark.slow
def test_gates_judge_the_numbers_of_the_report(workspace: Path) -> None:
    """On a whole run, every number that report.json shows under a metric's name is the number that is judged."""
    run = RunView.open(workspace / "run")
    (model,) = run.models
    report = model.report
    assert report is not None
    assert report.style is not None
    point, best, ceiling = report.curve[2], report.optimal_attempts[1], report.conditional_accuracy
    attempts = {"attempts": point.attempts}
    criterion = next(row for row in report.style.criteria if row.within_task)
    expected: list[tuple[str, dict[str, Any], float | None]] = [
        (name, {}, getattr(report, name).value)
        for name in ("single_sample_accuracy", "conditional_accuracy", "false_discovery_rate", "false_positive_rate")
    ]
    expected += [
        ("conditional_accuracy_micro", {}, ceiling.micro.value),
        ("conditional_accuracy_lower_bound", {}, ceiling.lower_bound.value),
        ("conditional_accuracy_upper_bound", {}, ceiling.upper_bound.value),
        ("pass_at_k", {"attempts": report.pass_at_k[1].k}, report.pass_at_k[1].value),
        ("accepted", attempts, point.accepted.value),
        ("correct", attempts, point.correct.value),
        ("draws", attempts, point.draws.value),
        ("utility", {**attempts, "fp_cost": 1}, point.utility[1.0].value),
        ("best_utility", {"fp_cost": best.fp_cost}, best.utility.value),
        ("optimal_attempts", {"fp_cost": best.fp_cost}, best.attempts),
        ("style_score", {"group": "accepted"}, report.style.score.accepted.value),
        ("style_score", {"group": "false_positive"}, report.style.score.false_positive.value),
        ("style_gap", {"criterion": criterion.criterion}, criterion.within_task.value),  # type: ignore[union-attr]
        ("adherence", {"criterion": criterion.criterion}, criterion.conditional.given_pass.value),
        ("tasks", {}, report.tasks),
        ("samples", {}, report.samples),
        ("coverage", {}, report.coverage.labelled / report.coverage.samples),
        ("task_coverage", {}, report.coverage.tasks_sampled / report.coverage.tasks),
        ("report", {"path": "two_type.soundness", "confidence": 0}, report.two_type.soundness),
    ]
    for name, keys, value in expected:
        (result,) = evaluate(
            [GateConfig.model_validate({"metric": name, "max": min(METRICS[name].highest, 1e6)} | keys)], run
        )
        assert result.value == pytest.approx(value, abs=1e-9), f"{name} {keys}: {result.sentence}"
