"""The page on gates: its files parse, its commands run, its words are those of the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from junitparser import JUnitXml
from sarif_pydantic import Sarif
from yamllint import linter
from yamllint.config import YamlLintConfig

from auditor.benchmark import load_benchmark
from auditor.config import GateConfig
from auditor.gates import RunView, evaluate
from auditor.gates.metrics import METRICS
from auditor.gates.ready import ready_sets
from auditor.gates.rules import RulesFile
from auditor.sampling import SimulatedServer
from tests.conftest import ROOT
from tests.e2e.workflow import Runner, bare_environment, build_wheel, gitlab
from tests.unit.gates.sarif_schema import SCHEMA

PAGE = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
GITHUB, GITLAB = ".github/workflows/gate.yml", ".gitlab-ci.yml"
ACTION, TEMPLATE = ROOT / "action.yml", ROOT / "examples" / "ci" / "auditor.gitlab-ci.yml"


def steps_of(text: str) -> list[dict[str, Any]]:
    """The steps of a workflow with one job, or of a composite action."""
    content = yaml.safe_load(text)
    jobs = content.get("jobs") or {"action": content["runs"]}
    (job,) = jobs.values()
    return list(job["steps"])


@pytest.mark.parametrize(
    ("schema", "text", "transform"),
    [
        ("github-workflows", FILES[GITHUB], ()),
        ("github-workflows", FILES[".github/workflows/action.yml"], ()),
        ("github-actions", ACTION.read_text(), ()),
        ("gitlab-ci", TEMPLATE.read_text(), ("--data-transform", "gitlab-ci")),
        ("gitlab-ci", FILES[GITLAB], ("--data-transform", "gitlab-ci")),
        ("citation-file-format", (ROOT / "CITATION.cff").read_text(), ()),
    ],
    ids=["workflow", "workflow-action", "action", "gitlab-template", "gitlab", "citation"],
)
def test_each_file_follows_its_schema(schema: str, text: str, transform: tuple[str, ...], tmp_path: Path) -> None:
    """GitHub's, GitLab's and CITATION's own schemas take the files, and yamllint finds nothing."""
    path = tmp_path / "file.yml"
    path.write_text(text)
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{schema}", *transform, str(path)])
    assert done.exit_code == 0, done.output
    style = YamlLintConfig("{extends: relaxed, rules: {line-length: {max: 140}}}")
    assert [str(problem) for problem in linter.run(text, style)] == []


def test_the_scripts_are_clean() -> None:
    """Shellcheck finds nothing in any shell step."""
    scripts = [step["run"] for text in (FILES[GITHUB], ACTION.read_text()) for step in steps_of(text) if "run" in step]
    scripts += gitlab(TEMPLATE, ".auditor-gate", {})[0]
    tool = Path(sys.executable).parent / "shellcheck"
    for script in scripts:
        done = subprocess.run(
            [str(tool), "--shell", "bash", "-"], input=script, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, script + done.stdout


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
    """The page names every built-in set, and every set says what it is for."""
    from auditor.settings import parse_toml

    for name, path in ready_sets().items():
        assert f"`{name.removeprefix('gates-')}`" in PAGE or f"--rules {name.removeprefix('gates-')}" in PAGE
        assert parse_toml(path, RulesFile).title


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the page's own files, in which workflow, action and GitLab job have run against a local server.

    The first step installs the wheel of this checkout into a bare environment, in which all other steps run. ``gh``
    is a script that keeps what it is given.
    """
    folder = tmp_path_factory.mktemp("repository")
    tools = bare_environment(folder)
    wheel = build_wheel(tmp_path_factory.mktemp("dist"))
    gh = tools / "gh"
    gh.write_text('#!/bin/sh\necho "$@" >> comments.txt\n')
    gh.chmod(0o755)
    values = {
        "secrets.MODEL_API_KEY": "test-key", "steps.report.outputs.artifact-url": "https://ci.example/artifacts/7",
        "github.token": "t", "github.event.number": "7", "github.repository": "o/r",
    }  # fmt: skip
    pip = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    runner = Runner(folder, values, pip | {"AUDITOR": str(wheel)})
    with SimulatedServer(load_benchmark("demo").tasks, key="test-key") as server:
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = text.replace("http://localhost:8000/v1", server.base_url)
            path.write_text(text.replace('"candidate"', '"candidate"\nmodel = "simulated-strong"'), encoding="utf-8")
        runner.github(steps_of(FILES[GITHUB]))
        asked = server.counts["paid"]
        (action,) = (step for step in steps_of(FILES[".github/workflows/action.yml"]) if "with" in step)
        inputs = yaml.safe_load(ACTION.read_text())["inputs"]
        given = {name: str(one.get("default", "")) for name, one in inputs.items()} | action["with"]
        given |= {"package": str(wheel), "out": "run"}
        runner.values |= {f"inputs.{name}": value for name, value in given.items()}
        runner.github(steps_of(ACTION.read_text()), action["env"])
        script, variables = gitlab(TEMPLATE, ".auditor-gate", {"AUDITOR_PACKAGE": str(wheel), "AUDITOR_OUT": "run"})
        variables |= {"MODEL_API_KEY": "test-key", "CI_JOB_URL": "https://ci.example/jobs/1"}
        install, sample, judge = script
        assert "pip install" in install
        assert sample.replace('"', "") == "auditor run $AUDITOR_SETTINGS --out $AUDITOR_OUT --no-gate --quiet"
        assert runner.shell(judge, variables) == 0, (folder / "log.txt").read_text()
        assert server.counts["paid"] == asked == 42 * 5, "answers that are there are not asked for again"
    assert runner.failed == "", f"{runner.failed}\n{(folder / 'log.txt').read_text()}"
    return folder


@pytest.mark.slow
def test_the_workflows_leave_what_they_promise(workspace: Path) -> None:
    """Summary, comment, SARIF with its programs, JUnit and the report are there; all ran the installed wheel."""
    summary = (workspace / "summary.md").read_text()
    assert summary.count("### ✅ The gate passes") == 2, "of the workflow, and of the action"
    assert "[Read the report](https://ci.example/artifacts/7)" in summary
    assert (workspace / "gate.md").read_text().startswith("<!-- auditor gate -->")
    assert "jobs/1/artifacts/file/run/report/index.html" in (workspace / "gate.md").read_text()
    comments = (workspace / "comments.txt").read_text().splitlines()
    assert comments == [
        "pr comment 7 --body-file gate.md --edit-last --create-if-none",
        "pr comment 7 --repo o/r --body-file gate.md --edit-last --create-if-none",
    ]
    sarif = json.loads((workspace / "gate.sarif").read_text())
    jsonschema.validate(sarif, SCHEMA)
    Sarif.model_validate(sarif)
    wrong = [one for one in sarif["runs"][0]["results"] if one["ruleId"] == "auditor/wrong-answer"]
    assert wrong
    for one in wrong:
        place = one["locations"][0]["physicalLocation"]
        program = (workspace / place["artifactLocation"]["uri"]).read_text().splitlines()
        assert program[place["region"]["startLine"] - 1].startswith(("def ", "class "))
    (suite,) = list(JUnitXml.fromfile(str(workspace / "gate.xml")))
    assert (suite.tests, suite.failures) == (3, 0)
    assert (workspace / "run" / "report" / "index.html").is_file()
    where = [str(path) for path in workspace.glob("lib/python3*/site-packages/auditor/__init__.py")]
    assert len(where) == 1


@pytest.mark.slow
def test_a_failing_gate_fails_the_workflow_and_keeps_the_rest(workspace: Path, tmp_path: Path) -> None:
    """Exit code 3 ends the step Gate; summary and comment are written all the same; the sampling step never fails."""
    workspace = shutil.copytree(workspace, tmp_path / "repository", symlinks=True)  # others look at what it holds
    rules = workspace / "strict.toml"
    rules.write_text('[[gate]]\nmetric = "single_sample_accuracy"\nmin = 0.999\n')
    values = {"steps.report.outputs.artifact-url": "", "github.token": "", "github.event.number": "8"}
    runner = Runner(workspace, values)
    named = {"Gate", "Summary", "Comment"}
    steps = [step for step in steps_of(FILES[GITHUB].replace("gates.toml", "strict.toml")) if step.get("name") in named]
    runner.github(steps)
    assert runner.failed == "Gate"
    assert "### ❌ The gate fails" in (workspace / "summary.md").read_text()
    assert "pr comment 8" in (workspace / "comments.txt").read_text()


@pytest.mark.slow
def test_the_python_example_runs(workspace: Path) -> None:
    """The page's Python does in the same folder what the commands do: a line a result, then the exit code."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] in {"0", "3", "4"}
    assert "single answers that are correct" in done.stdout


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
