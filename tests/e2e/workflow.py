"""Carries out the shell steps of a GitHub workflow, a composite action or a GitLab job as their runners do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


@dataclass
class Runner:
    """A folder with a checkout, a ``bin`` folder on the path, and what expressions such as ``inputs.rules`` mean."""

    folder: Path
    values: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    failed: str = ""
    """Name of the first step that failed."""
    skipped: list[str] = field(default_factory=list)
    """Actions that were named and not carried out."""

    def github(self, steps: list[dict[str, Any]], environment: Mapping[str, str] = {}) -> None:
        """Carry out steps in order; after a failure only those that say ``always()``."""
        for step in steps:
            if "uses" in step:
                self.skipped.append(step["uses"])
                continue
            if self.failed and step.get("if") != "always()":
                continue
            output = self.folder / "github_output"
            output.write_text("")
            given = {**environment, **step.get("env", {})}
            code = self.shell(step["run"], {name: self.filled(str(value)) for name, value in given.items()})
            if code and not self.failed:
                self.failed = step["name"]
            for line in output.read_text().splitlines():
                name, _, value = line.partition("=")
                self.values[f"steps.{step.get('id')}.outputs.{name}"] = value

    def shell(self, script: str, environment: Mapping[str, str]) -> int:
        """Run a script as GitHub and GitLab do, ending at the first command that fails."""
        whole = {
            **os.environ, **self.environment, **environment,
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"), "GITHUB_OUTPUT": str(self.folder / "github_output"),
        }  # fmt: skip
        whole.pop("PYTHONPATH", None)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(command, cwd=self.folder, env=whole, capture_output=True, text=True, timeout=600)
        with (self.folder / "log.txt").open("a") as log:
            log.write(f"$ {script}\n{done.stdout}{done.stderr}exit {done.returncode}\n")
        return done.returncode

    def filled(self, text: str) -> str:
        """Replace expressions by their values; one without a value is an error."""
        return _EXPRESSION.sub(lambda hit: self.values[hit[1]], text)


def gitlab(template: Path, job: str, variables: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return a job's script and its variables, those given last winning."""
    content = yaml.safe_load(template.read_text(encoding="utf-8"))[job]
    return list(content["script"]), {**content["variables"], **variables}


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout, with the build tools that are installed."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    (wheel,) = folder.glob("*.whl")
    return wheel


def bare_environment(folder: Path) -> Path:
    """Make an environment that sees the dependencies installed here, but not auditor; return its ``bin``."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=600)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    return folder / "bin"
