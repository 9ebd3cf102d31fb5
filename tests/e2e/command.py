"""Run the command line as a user does: in a process of its own, or faster in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from unittest import mock

from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.errors import AuditorError

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """Return this process's environment with the project importable from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120"}


def auditor(
    *words: str | Path, cwd: Path, expect: int | None = 0, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run ``auditor`` with these words in ``cwd``; assert its exit code unless ``expect`` is ``None``."""
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *map(str, words)],
        cwd=cwd, env=environment(), capture_output=True, text=True, timeout=timeout,
    )  # fmt: skip
    if expect is not None:
        assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def inside(*words: str | Path, cwd: Path, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
    """Run ``auditor`` in this process, which saves a second of imports; for what a process of its own would not change.

    A refusal becomes a line on stderr and its exit code, as the entry point does it; other exceptions propagate.
    """
    with chdir(cwd), mock.patch.dict(os.environ, {"NO_COLOR": "1", "COLUMNS": "120"}):
        result = CliRunner().invoke(app, list(map(str, words)))
    code, stderr = result.exit_code, result.stderr
    if isinstance(result.exception, AuditorError):
        code, stderr = result.exception.exit_code, f"{stderr}auditor: {result.exception}\n"
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if expect is not None:
        assert code == expect, f"exit {code}\n{result.stdout}\n{stderr}"
    return subprocess.CompletedProcess(words, code, result.stdout, stderr)


def start(*words: str | Path, cwd: Path) -> subprocess.Popen[bytes]:
    """Start ``auditor`` in a process group of its own, to be killed by the caller."""
    return subprocess.Popen(
        [sys.executable, "-m", "auditor", *map(str, words)],
        cwd=cwd, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
