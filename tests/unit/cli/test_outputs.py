"""Outputs: never a file that the command reads, `-` is stdout, and a closed pipe ends with 141."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.cli.outputs import refuse_inputs
from auditor.errors import UsageError
from auditor.records import Sample, SampleStatus
from auditor.store import Store
from tests.e2e.command import environment, inside

COUNTS = "model,task_id,n,base_passes,correct\n" + "".join(f"m,T/{n},9,4,3\n" for n in range(30))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with counts, an analysis of them, and a run with more samples than a pipe holds."""
    (tmp_path / "c.csv").write_text(COUNTS)
    inside("analyze", "--counts", "c.csv", "-o", "a.json", cwd=tmp_path)
    (tmp_path / "run").mkdir()
    with Store(tmp_path / "run" / "audit.db") as store:
        store.add_samples(
            Sample("m", "T/1", index, "h", SampleStatus.REFUSED, "x" * 1000, None, "none") for index in range(300)
        )
    return tmp_path


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("analyze --counts c.csv -o c.csv", "c.csv"),
        ("choose a.json --cost 1 -o ./a.json", "a.json"),
        ("compare a.json a.json -o linked.json", "a.json"),
        ("history a.json a.json -o hard.json", "a.json"),
        ("gate a.json --save-baseline a.json", "a.json"),
        ("gate a.json --rules hygiene --write json=a.json", "a.json"),
        ("export run samples -o run/audit.db", "run/audit.db"),
        ("tasks canary c.csv -o c.csv", "c.csv"),
    ],
)
def test_an_output_that_is_an_input_is_refused(folder: Path, words: str, read: str) -> None:
    """By whatever path or link, with exit code 2, and the input as it was."""
    (folder / "linked.json").symlink_to("a.json")
    (folder / "hard.json").hardlink_to(folder / "a.json")
    before = (folder / read).read_bytes()
    done = inside(*words.split(), cwd=folder, expect=2)
    assert "is a file that the command reads" in done.stderr
    assert (folder / read).read_bytes() == before


def test_another_file_of_the_same_folder_is_written(folder: Path) -> None:
    for words in (
        "choose a.json --cost 1 -o b.json",
        "choose a.json --cost 1 -o b.json",
        "export run samples -o run/s",
    ):
        inside(*words.split(), cwd=folder)
    refuse_inputs(folder / "none", [folder / "none", ["x" * 5000, "\0"], None, 3])


def test_a_dash_is_stdout_or_refused(folder: Path) -> None:
    """Where the command prints data without -o, `-` is the same; elsewhere no file of that name is made."""
    for words in ("choose a.json --cost 1 -f json", "export run samples"):
        shown = inside(*words.split(), cwd=folder).stdout
        assert shown
        assert inside(*words.split(), "-o", "-", cwd=folder).stdout == shown
    for words in ("demo -o -", "tasks strengthen c.csv -o -", "gate a.json --save-baseline -"):
        assert "does not go to stdout" in inside(*words.split(), cwd=folder, expect=2).stderr
    assert not (folder / "-").exists()
    with pytest.raises(UsageError):
        refuse_inputs(Path("-"), [])


@pytest.mark.parametrize("words", ["export run samples", "export run samples -f csv", "choose a.json --cost 1"])
def test_a_closed_pipe_ends_with_141(folder: Path, words: str) -> None:
    """Silently, whatever the amount of data."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *words.split()],
        cwd=folder, env=environment(), stdout=writer, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("cost", ["1e10", "1e300", "inf", "nan"])
@pytest.mark.parametrize("option", ["--cost", "--draw-cost"])
def test_a_cost_that_no_one_has_is_refused(folder: Path, option: str, cost: str) -> None:
    """In one line with the bound, before anything is computed with it."""
    words = ("--cost", "1", option, cost) if option != "--cost" else (option, cost)
    assert inside("choose", "a.json", *words, cwd=folder, expect=2).stdout == ""
