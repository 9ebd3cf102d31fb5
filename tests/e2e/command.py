"""Run the command line as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def start(*words: str | Path, cwd: Path) -> subprocess.Popen[bytes]:
    """Start ``auditor`` in a process group of its own, to be killed by the caller."""
    return subprocess.Popen(
        [sys.executable, "-m", "auditor", *map(str, words)],
        cwd=cwd, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
