"""One command at a time works in a run folder, and a command that fails leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.errors import OutputError, StoreError, UsageError
from auditor.pipeline import Run, carry_out
from auditor.pipeline.lock import sole_worker

SETTINGS = '[benchmark]\nsource = "demo"\n[[model]]\nname = "s"\nsimulated = "weak"\nsamples_per_task = 1\n'
HOLD = """
import pathlib, sys, time
from auditor.pipeline.lock import sole_worker
with sole_worker(pathlib.Path(sys.argv[1]), create=True):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of which nothing is on disk yet."""
    (tmp_path / "audit.toml").write_text(SETTINGS)
    return Run.open(tmp_path / "audit.toml", tmp_path / "runs" / "first")


@pytest.mark.parametrize("stage", ["sample", "verify", "score"])
def test_a_second_command_is_refused_before_it_costs_anything(run: Run, stage: str) -> None:
    """Samples are drawn, and paid for, by one process; nothing of the other's is touched."""
    with sole_worker(run.folder, create=True):
        with pytest.raises(StoreError, match="another `auditor` is running in this folder"):
            carry_out(run, (stage,))
        assert list(run.folder.iterdir()) == []


def test_a_run_at_work_may_be_reported_on(run: Run) -> None:
    """Reading is free: the stages that cost nothing go their way (here as far as there is nothing to analyse)."""
    with run.store(), sole_worker(run.folder, create=False), pytest.raises(UsageError, match="no sample has a verdict"):
        carry_out(run, ("analyze",))


def test_a_killed_command_frees_the_folder(run: Run) -> None:
    """The same command goes on at once after a kill: no lock file is left to be removed by hand."""
    words = [sys.executable, "-c", HOLD, str(run.folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="is running"), sole_worker(run.folder, create=False):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    with sole_worker(run.folder, create=False):
        assert list(run.folder.iterdir()) == []


def test_what_fails_at_once_leaves_no_folder(run: Run) -> None:
    """Every folder made for a run that came to nothing goes again, and no other one does."""
    with pytest.raises(KeyError), sole_worker(run.folder, create=True):
        raise KeyError
    assert not run.folder.parent.exists()
    run.folder.parent.mkdir()
    with pytest.raises(KeyError), sole_worker(run.folder, create=True):
        raise KeyError
    assert run.folder.parent.is_dir()
    assert not run.folder.exists()


def test_a_file_in_the_folders_place_is_one_line(run: Run) -> None:
    """What is in the way is named with the remedy, and is left alone."""
    run.folder.parent.mkdir()
    run.folder.write_text("mine")
    with pytest.raises(OutputError, match="cannot be written"), sole_worker(run.folder, create=True):
        pass
    assert run.folder.read_text() == "mine"
