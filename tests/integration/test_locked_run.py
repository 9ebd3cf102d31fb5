"""Others hold ``audit.db`` while a run verifies into it: no verdict is lost or comes out otherwise."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.command import auditor, environment

SETTINGS = """
[benchmark]
source = "demo"

[[model]]
name = "simulated-weak"
simulated = "weak"
samples_per_task = 3
"""
IMPATIENT = "import auditor.store; auditor.store.BUSY_SECONDS = 0.3; from auditor.cli import main; main()"
"""The command line, with less patience for other writers than its usual minute."""


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with samples and no verdicts, next to one that was verified undisturbed."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "audit.toml").write_text(SETTINGS, encoding="utf-8")
    auditor("sample", "audit.toml", "--out", "samples", "-q", cwd=folder)
    shutil.copytree(folder / "samples", folder / "calm")
    auditor("verify", "audit.toml", "--out", "calm", "-q", cwd=folder)
    return folder


def verdicts(run: Path) -> list[tuple[object, ...]]:
    """What was found, without what it cost."""
    with sqlite3.connect(run / "audit.db") as database:
        return database.execute(
            "SELECT program, suite, outcome, tests, passed, failing_index, failing_got, detail"
            " FROM verdict JOIN program USING (program_id) ORDER BY program, suite"
        ).fetchall()


def connect(run: Path) -> sqlite3.Connection:
    return sqlite3.connect(run / "audit.db", isolation_level=None, timeout=120)


@pytest.mark.slow
def test_a_locked_database_delays_a_run_and_changes_nothing(sampled: Path) -> None:
    """A writer that holds the lock for seconds at a time and a reader that never lets go cost time only."""
    shutil.copytree(sampled / "samples", sampled / "busy")
    reader, writer = connect(sampled / "busy"), connect(sampled / "busy")
    reader.execute("BEGIN")
    assert reader.execute("SELECT COUNT(*) FROM verdict").fetchone() == (0,)
    writer.execute("BEGIN IMMEDIATE")
    words = [sys.executable, "-m", "auditor", "verify", "audit.toml", "--out", "busy", "-q"]
    with subprocess.Popen(words, cwd=sampled, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        held = 0
        while process.poll() is None and held < 20:
            time.sleep(1.0)
            writer.execute("ROLLBACK")
            time.sleep(0.2)
            writer.execute("BEGIN IMMEDIATE")
            held += 1
        writer.execute("ROLLBACK")
        _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert held >= 1
    assert reader.execute("SELECT COUNT(*) FROM verdict").fetchone() == (0,)  # its view is that of its beginning
    reader.close()
    writer.close()
    assert verdicts(sampled / "busy") == verdicts(sampled / "calm") != []


@pytest.mark.slow
def test_a_lock_that_outlasts_our_patience_stops_the_run_in_one_line(sampled: Path) -> None:
    """The run ends with what is wrong and what to do, and goes on where it was once the lock is gone."""
    shutil.copytree(sampled / "samples", sampled / "stuck")
    writer = connect(sampled / "stuck")
    writer.execute("BEGIN IMMEDIATE")
    words = [sys.executable, "-c", IMPATIENT, "verify", "audit.toml", "--out", "stuck", "-q"]
    stopped = subprocess.run(words, cwd=sampled, env=environment(), capture_output=True, text=True, timeout=600)
    writer.execute("ROLLBACK")
    writer.close()
    assert stopped.returncode not in {0, -9}
    lines = [line for line in stopped.stderr.splitlines() if line.strip()]
    assert "Traceback" not in stopped.stderr
    assert "locked" in " ".join(lines)
    assert len(lines) <= 3, stopped.stderr
    auditor("verify", "audit.toml", "--out", "stuck", "-q", cwd=sampled)
    assert verdicts(sampled / "stuck") == verdicts(sampled / "calm")
