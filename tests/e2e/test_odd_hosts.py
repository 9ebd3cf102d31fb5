"""Unusual surroundings: each command works, or ends in one line that names the remedy."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.address_space import LEAST
from tests.e2e.command import environment, inside

COMMAND = [sys.executable, "-m", "auditor"]
VERDICTS = ["pass", "fail", "pass", "fail"]


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    """A folder with a small audit: one task of calls and one of assertions, a right and a wrong program each."""
    right, wrong = "def solve(n):\n    return n * 2\n", "def solve(n):\n    return n + 1\n"
    calls, script = {"inputs": [[0], [2]]}, {"assert": "assert candidate(3) == 6\n"}
    tasks = [
        {"task_id": name, "prompt": "def solve(n):\n", "entry_point": "solve", "reference": right, "base": base,
         "plus": base}
        for name, base in (("T/1", calls), ("T/2", script))
    ]  # fmt: skip
    samples = [{"task_id": task, "solution": text} for task in ("T/1", "T/2") for text in (right, wrong)]
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    (tmp_path / "audit.toml").write_text(
        '[benchmark]\nsource = "tasks.jsonl"\nexclude = "none"\n[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
        "[analysis]\nresamples = 20\n[report]\nformats = ['json']\n"
    )
    return tmp_path


def with_pages(audit: Path) -> None:
    """Have the report written as pages too, which takes longer than all the rest."""
    path = audit / "audit.toml"
    path.write_text(path.read_text().replace("['json']", "['html', 'markdown', 'json']"))


def run(
    folder: Path,
    *words: str,
    prepare: Callable[[], None] | None = None,
    variables: dict[str, str] | None = None,
    pipes: bool = True,
) -> subprocess.CompletedProcess[str]:
    stream = subprocess.PIPE if pipes else None
    return subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment() | (variables or {}), preexec_fn=prepare, timeout=600,
        text=True, errors="replace", stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
    )  # fmt: skip


def verdicts(folder: Path) -> list[str]:
    rows = inside("export", "run", "verdicts", "--format", "csv", cwd=folder).stdout.splitlines()
    return [row["base"] for row in csv.DictReader(rows)]


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line on stderr that names the trouble and, after a dash, the remedy."""
    assert done.returncode in {1, 2}
    (line,) = done.stderr.splitlines()
    assert line.startswith("auditor: ")
    assert " — " in line
    for word in words:
        assert word in line


@pytest.mark.slow
@pytest.mark.parametrize("closed", [(1,), (0, 2), (0, 1, 2)], ids=str)
def test_closed_streams(audit: Path, closed: tuple[int, ...]) -> None:
    """No file of the run takes the place of a closed stream, and the run is whole."""

    def close() -> None:
        for number in closed:
            os.close(number)

    pages = len(closed) == 3
    if pages:
        with_pages(audit)
    done = run(audit, "run", "--out", "run", prepare=close, pipes=False)
    assert done.returncode == 0
    assert verdicts(audit) == VERDICTS
    assert (audit / "run" / "report" / ("index.html" if pages else "report.json")).exists()


def test_data_for_a_closed_stdout_is_an_error(audit: Path) -> None:
    """What was asked for cannot be delivered, and the line says how it can."""
    assert run(audit, "sample", "--out", "run", "-q").returncode == 0
    done = run(audit, "export", "run", "samples", prepare=lambda: os.close(1))
    assert_one_line(done, "stdout is closed", "-o")
    assert run(audit, "export", "run", "samples", "-o", "out", prepare=lambda: os.close(1)).returncode == 0
    assert len((audit / "out").read_text().splitlines()) == 4


@pytest.mark.parametrize("words", [("rubric", "sources", "ruff:E"), ("rubric", "show", "pep8", "-f", "json")])
def test_a_reader_that_goes_away_ends_a_command_quietly(audit: Path, words: tuple[str, ...]) -> None:
    """`auditor … | head` prints nothing on stderr and exits as a program does that SIGPIPE ends."""
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen([*COMMAND, *words], cwd=audit, env=environment(), stdout=write, stderr=subprocess.PIPE) as it:
        os.close(write)
        _, said = it.communicate(timeout=600)
    assert (it.returncode, said) == (141, b"")


@pytest.mark.slow
@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "LANG": "C", "PYTHONOPTIMIZE": "1", "HOME": "/nonexistent", "AUDITOR_CACHE": "",
         "COLUMNS": "0"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TMPDIR": "/nonexistent", "TERM": ""},
        {"PYTHONIOENCODING": "ascii", "PYTHONWARNINGS": "error", "PYTHONINTMAXSTRDIGITS": "640",
         "COLUMNS": "not a number", "TZ": "Nowhere/Else"},
    ],
    ids=str,
)  # fmt: skip
def test_variables_change_no_verdict(audit: Path, variables: dict[str, str]) -> None:
    """Locale, home, temporary folder and Python's own variables leave verdicts and the report alone."""
    if "PYTHONIOENCODING" in variables:  # the pages hold characters outside ASCII, the strictest of the three
        with_pages(audit)
    done = run(audit, "run", "--out", "run", variables=variables)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (audit / "run" / "report" / "report.json").stat().st_size > 1000
    assert verdicts(audit) == VERDICTS


@pytest.mark.slow
def test_help_does_without_docstrings(audit: Path) -> None:
    """Under -OO help is the same, and commands say what to change."""
    for words in (("--help",), ("gate", "--help"), ("rubric", "try", "--help")):
        assert run(audit, *words, variables={"PYTHONOPTIMIZE": "2"}).stdout == run(audit, *words).stdout
    assert_one_line(run(audit, "run", variables={"PYTHONOPTIMIZE": "2"}), "PYTHONOPTIMIZE")


def limit(kind: int, value: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (value, value))


@pytest.mark.slow
def test_few_open_files(audit: Path) -> None:
    """Twenty descriptors are too few, which is said; a hundred are enough, also for pages."""
    with_pages(audit)
    assert_one_line(run(audit, "run", "--out", "run", "-q", prepare=limit(resource.RLIMIT_NOFILE, 20)), "ulimit -n")
    done = run(audit, "run", "--out", "run", "-q", prepare=limit(resource.RLIMIT_NOFILE, 100))
    assert done.returncode == 0, done.stderr
    assert verdicts(audit) == VERDICTS


@pytest.mark.parametrize("megabytes", [150, 400, 40_000])
def test_little_address_space(audit: Path, megabytes: int) -> None:
    """Too little address space for our libraries, or to draw charts, is one line, before anything is done."""
    with_pages(audit)
    done = run(audit, "run", "--out", "run", "-q", prepare=limit(resource.RLIMIT_AS, megabytes * 2**20))
    assert done.returncode == 1
    assert_one_line(done, "memory", "ulimit -v")
    assert not (audit / "run").exists()


def test_no_charts_need_little_address_space(audit: Path) -> None:
    """With the least that commands need, an audit without pages ends as it does without a limit."""
    done = run(audit, "run", "--out", "run", "-q", prepare=limit(resource.RLIMIT_AS, LEAST))
    assert done.returncode == 0, done.stderr
    assert verdicts(audit) == VERDICTS


@pytest.mark.slow
def test_no_room_at_any_stage(audit: Path) -> None:
    """Wherever the room ends it is one line; with room again the same command ends the run."""
    said = set()
    for kilobytes in (0, 48, 112, 176):
        done = run(audit, "run", "--out", "run", "-q", prepare=limit(resource.RLIMIT_FSIZE, kilobytes * 1024))
        if done.returncode:
            assert_one_line(done, "free disk space")
            said.add(done.stderr)
    assert said
    assert run(audit, "run", "--out", "run", "-q").returncode == 0
    assert verdicts(audit) == VERDICTS


def test_an_unwritable_folder(audit: Path) -> None:
    """A file in the run folder's place is named."""
    (audit / "run").write_text("")
    assert_one_line(run(audit, "run", "--out", "run", "-q"), "run")


@pytest.mark.parametrize("after", ["typer", "auditor.cli.app", "pydantic"])
def test_ctrl_c_while_starting_shows_no_traceback(audit: Path, after: str) -> None:
    """Ctrl-C right after any of the modules of the start-up was loaded ends without a traceback."""
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "auditor", "run", "--out", "run"], cwd=audit, env=environment(),
        stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if line.rsplit("|", 1)[-1].strip() == after:
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert "Traceback" not in rest
    assert process.returncode in {130, -signal.SIGINT}  # a shell says 130 of both


@pytest.mark.parametrize("case", ["gone", "loop", "long"])
def test_a_path_that_the_system_refuses_is_one_line(tmp_path: Path, case: str) -> None:
    """A working folder that was deleted, a link to itself, and a name that is too long: exit 2, no traceback."""
    folder = tmp_path / "gone"
    folder.mkdir()
    (tmp_path / "loop").symlink_to("loop")
    script = "rmdir ../gone; " if case == "gone" else "cd ..; "
    path = {"gone": "../audit.toml", "loop": "loop", "long": "x" * 300}[case]
    done = subprocess.run(
        ["sh", "-c", f"{script}exec {sys.executable} -m auditor run {path}"],
        cwd=folder, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    (line,) = done.stderr.splitlines()
    assert (done.returncode, line.startswith("auditor: "), " — " in line) == (2, True, True), line
