"""What is deprecated works for one more minor version, and says what to write instead."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest
import typer
from packaging.version import Version
from typer.testing import CliRunner

import auditor
from auditor import deprecation
from auditor.cli import guard
from auditor.deprecation import AuditorDeprecationWarning, Deprecated
from auditor.errors import ConfigError
from auditor.settings import Section, parse_toml

KEY = Deprecated("table.old", "table.new", "0.2.0", "0.3.0")
ROWS = Deprecated("row.old", "row.new", "0.2.0", "0.3.0")
OPTION = Deprecated("--old", "--new", "0.2.0", "0.3.0")
NAME = Deprecated("auditor.old_name", "auditor.Label", "0.2.0", "0.3.0")


class Table(Section):
    new: int = 0


class File(Section):
    table: Table = Table()
    row: tuple[Table, ...] = ()


@pytest.fixture(autouse=True)
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deprecation, "DEPRECATED", (KEY, ROWS, OPTION, NAME))


def read(folder: Path, text: str) -> File:
    (folder / "x.toml").write_text(text)
    return parse_toml(folder / "x.toml", File)


def test_a_key_is_read_under_its_new_name(tmp_path: Path) -> None:
    """With a warning that names file, version and replacement."""
    with pytest.warns(AuditorDeprecationWarning, match=r"x\.toml: table\.old is deprecated .* write table\.new"):
        assert read(tmp_path, "[table]\nold = 3\n").table.new == 3
    with pytest.warns(AuditorDeprecationWarning, match=r"row\.old") as caught:
        assert [one.new for one in read(tmp_path, "[[row]]\nold = 1\n[[row]]\nnew = 2\n").row] == [1, 2]
    assert len(caught) == 1


def test_new_names_are_silent_and_both_are_refused(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(tmp_path, "[table]\nnew = 3\n").table.new == 3
        with pytest.raises(ConfigError, match=r"\[table\] unknown key 'old'"):
            read(tmp_path, "[table]\nnew = 3\nold = 4\n")


def test_a_public_name_leads_to_its_replacement() -> None:
    with pytest.warns(DeprecationWarning, match=r"write auditor\.Label"):
        assert auditor.old_name is auditor.Label  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no_such"):
        auditor.no_such  # type: ignore[attr-defined]  # noqa: B018


def test_an_option_warns_where_it_is_given() -> None:
    app = typer.Typer()

    @app.command()
    def command(old: str = typer.Option("", callback=deprecation.announces("--old"))) -> None:
        typer.echo(old)

    with pytest.warns(AuditorDeprecationWarning, match="write --new"):
        assert CliRunner().invoke(app, ["--old", "x"]).stdout == "x\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert CliRunner().invoke(app, []).exit_code == 0


def test_the_command_line_prints_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, once, whatever the filters of warnings; the command goes on."""
    monkeypatch.setattr(
        deprecation, "DEPRECATED", (Deprecated("benchmark.from", "benchmark.source", "0.2.0", "0.3.0"),)
    )
    (tmp_path / "audit.toml").write_text(
        '[benchmark]\nfrom = "none.jsonl"\n[[model]]\nname = "m"\nsimulated = "weak"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["auditor", "run", "audit.toml"])
    with pytest.raises(SystemExit):
        guard.run_guarded()
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "deprecated" in line] == [
        "auditor: audit.toml: benchmark.from is deprecated since 0.2.0 and goes with 0.3.0 — write benchmark.source"
    ]
    assert any("none.jsonl" in line and "deprecated" not in line for line in lines)


def test_nothing_outlives_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry warns for one minor version; when that is out it has to go, with what it names."""
    monkeypatch.undo()
    for entry in deprecation.DEPRECATED:
        since, gone = Version(entry.since), Version(entry.gone)
        assert (gone.major, gone.minor) == (since.major, since.minor + 1), entry
        assert Version(auditor.__version__) < gone, f"remove {entry.old}"
