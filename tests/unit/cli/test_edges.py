"""The command line at its edges: interrupted, at a place that cannot be written, with odd names."""

from __future__ import annotations

import asyncio
import errno
import inspect
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from auditor import cli
from auditor.cli import terminal
from auditor.cli.app import app, laid_out
from auditor.cli.progress import TerminalProgress
from auditor.records import Sample, SampleStatus
from auditor.store import Store

ROOT = Path(__file__).resolve().parents[3]


def call(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    """Run the command line in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["auditor", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def test_an_interrupted_command_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with one line and exit 130."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("auditor.pipeline.conclusion", interrupt)
    (tmp_path / "audit.toml").write_text('[benchmark]\nsource = "demo"\n[[model]]\nname = "a"\nsimulated = "weak"\n')
    assert call(monkeypatch, "verify", tmp_path / "audit.toml") == 130
    assert capsys.readouterr().err.strip() == "auditor: interrupted; run the same command again to continue"


@pytest.mark.parametrize("where", ["plainly", "in an event loop"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_end_asked_for_from_outside_is_an_interruption(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
    where: str,
) -> None:
    """`timeout`, a CI's cancel and a closed terminal end a command as Ctrl-C does, workers and folders included."""

    async def ended_in_a_callback() -> None:
        asyncio.get_running_loop().call_soon(signal.raise_signal, number)
        await asyncio.sleep(60)

    ends = {"plainly": signal.raise_signal, "in an event loop": lambda _: asyncio.run(ended_in_a_callback())}
    monkeypatch.setattr("auditor.pipeline.conclusion", lambda *_: ends[where](number))
    (tmp_path / "audit.toml").write_text('[benchmark]\nsource = "demo"\n[[model]]\nname = "a"\nsimulated = "weak"\n')
    before = signal.signal(number, signal.SIG_DFL)  # a test run under nohup ignores one of them
    try:
        assert call(monkeypatch, "verify", tmp_path / "audit.toml") == 130
    finally:
        signal.signal(number, before)
    assert capsys.readouterr().err.strip() == "auditor: interrupted; run the same command again to continue"


def test_an_export_without_a_run_leaves_the_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file of an earlier export is not emptied by a slip in the folder's name."""
    file = tmp_path / "verdicts.jsonl"
    file.write_text("kept")
    assert call(monkeypatch, "export", tmp_path / "nowhere", "verdicts", "-o", file) == 2
    assert "no run here" in capsys.readouterr().err
    assert file.read_text() == "kept"


def test_an_export_to_a_place_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The place and the remedy are named, without a traceback."""
    monkeypatch.setattr("auditor.pipeline.export.rows", lambda *_: iter(()))
    (tmp_path / "no").write_text("a file")
    assert call(monkeypatch, "export", tmp_path, "verdicts", "-o", tmp_path / "no" / "file") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be written" in line
    assert "name another place" in line


def test_a_models_name_is_text_on_the_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets in a name are no markup: they show, and break nothing."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    with TerminalProgress() as progress:
        progress.stage("sampling m[/b][4bit]", 3)(3)
    assert "m[/b][4bit]" in screen.getvalue()


@pytest.mark.parametrize("columns", ["100", "40"])
def test_counts_are_legible_at_any_width(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """On a narrow terminal the bar and the times go, the count stays whole."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", columns)
    with TerminalProgress() as progress:
        progress.stage("verifying", 12345)(12345)
    assert "12345/12345" in screen.getvalue()


def test_a_full_disk_is_one_line_wherever_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that cannot be written is not our bug; any other failure of the system keeps its traceback."""
    failure = OSError(errno.ENOSPC, "No space left on device", "somewhere")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("auditor.pipeline.export.rows", fail)
    assert call(monkeypatch, "export", tmp_path, "verdicts") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("auditor: somewhere: No space left on device — free disk space")
    failure = OSError(errno.EBADF, "Bad file descriptor")
    with pytest.raises(OSError, match="Bad file"):
        cli.main()


def test_a_damaged_database_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages of audit.db that hold nonsense end a command with what to do, without a traceback."""
    with Store(tmp_path / "audit.db") as store:
        for index in range(300):
            store.add_samples([Sample("m", "t", index, "h", SampleStatus.OK, "x" * 500, f"x = {index}\n", "raw/1")])
    size = (tmp_path / "audit.db").stat().st_size
    with (tmp_path / "audit.db").open("r+b") as file:
        file.seek(size // 4)
        file.write(b"\xff" * (size // 2))
    assert call(monkeypatch, "export", tmp_path, "samples", "-o", tmp_path / "out") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "malformed" in line
    assert "replace it with a copy" in line


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_no_color_is_heeded_on_a_terminal(monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool) -> None:
    """A terminal gets colour, unless NO_COLOR is set; a file and a pipe never do."""
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert terminal.use_colour() is coloured
    assert not terminal.use_colour(Path("file"))
    assert terminal.table_width(Path("file")) is None
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert not terminal.use_colour()
    assert terminal.table_width() is None


def test_make_lets_an_interrupted_command_end_in_its_own_way() -> None:
    """Ctrl-C reaches both; make.py waits for the command's last words and gives its exit code."""
    command = (
        "import time\n"
        "try:\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.6)\n    raise SystemExit(7)\n"
    )
    code = f"import make, sys; sys.exit(make.call(sys.executable, '-c', {command!r}))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=600)
    assert (process.returncode, said) == (7, b"")


def test_help_reads_as_sentences_at_any_width() -> None:
    """What flows ends as a sentence does; examples and exit codes keep lines of their own."""
    groups = [app, *(group.typer_instance for group in app.registered_groups)]
    for command in (command for group in groups if group for command in group.registered_commands):
        assert command.callback is not None
        _, *paragraphs = laid_out(inspect.cleandoc(command.callback.__doc__ or "")).split("\n\n")
        for text in paragraphs:
            named = text.startswith("\b\n")
            assert named or text.endswith((".", ")")), f"{command.callback.__name__}: {text}"
            assert not named or ": " in text.splitlines()[1], f"{command.callback.__name__}: {text}"
