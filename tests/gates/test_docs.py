"""The page on gates: its files parse, its commands run, its words are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

from auditor.config import GateConfig
from auditor.gates.ready import ready_sets
from auditor.gates.rules import RulesFile
from tests.conftest import ROOT

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
    from auditor.config import parse_toml

    for name, path in ready_sets().items():
        assert f"`{name.removeprefix('gates-')}`" in PAGE or f"--rules {name.removeprefix('gates-')}" in PAGE
        assert parse_toml(path, RulesFile).title


@pytest.mark.slow
def test_the_commands_of_both_examples_run(tmp_path: Path) -> None:
    """Every script of the two examples runs to its end on the page's own files, and leaves what it promises."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    scripts = tmp_path / "bin"
    scripts.mkdir()
    (scripts / "auditor").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m auditor "$@"\n')
    (scripts / "auditor").chmod(0o755)
    summary = tmp_path / "summary.md"
    environment = {
        **os.environ,
        "PATH": f"{scripts}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    for command in [*github_commands(), *gitlab_commands()]:
        if command == "pip install auditor":
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert "gate: pass" in summary.read_text()
    assert (tmp_path / "style.sarif").is_file()
    assert list((tmp_path / "programs").rglob("*.py"))
    (suite,) = list(JUnitXml.fromfile(str(tmp_path / "gate.xml")))
    assert (suite.tests, suite.failures) == (3, 0)
