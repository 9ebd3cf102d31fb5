"""Errors for programs: one line of JSON with a stable slug."""

from __future__ import annotations

import errno
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from auditor import errors
from auditor.cli import guard
from auditor.errors import AuditorError, ErrorSlug, ExitCode, StoreError
from auditor.settings import Section, parse_toml


def ended(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the command line in this process; return exit code and stderr."""
    monkeypatch.setattr(sys, "argv", ["auditor", *words])
    with pytest.raises(SystemExit) as end:
        guard.run_guarded()
    assert isinstance(end.value.code, int)
    return int(end.value.code), capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (["run", "missing.toml"], ErrorSlug.CONFIG_MISSING),
        (["run", "odd.toml"], ErrorSlug.CONFIG_UNKNOWN_KEY),
        (["run", "--no-such-option"], ErrorSlug.USAGE),
        (["gate"], ErrorSlug.USAGE),
        (["gate", "nowhere"], ErrorSlug.RUN_MISSING),
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_error_is_one_line_of_json(
    words: list[str],
    slug: ErrorSlug,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With AUDITOR_ERRORS=json; the exit code is that of the error, and without it the line is for people."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.toml").write_text('[benchmark]\nsuorce = "demo"\n')
    monkeypatch.setenv(guard.FORMAT_VARIABLE, "json")
    code, said = ended(words, monkeypatch, capsys)
    (line,) = said.splitlines()
    found = json.loads(line)
    assert (found["schema"], found["slug"], found["exit_code"]) == ("auditor/error/1", slug, code)
    assert found["message"]
    monkeypatch.delenv(guard.FORMAT_VARIABLE)
    same, plain = ended(words, monkeypatch, capsys)
    assert same == code
    assert not plain.startswith("{")


def test_a_result_is_as_ever(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Only errors change their form."""
    monkeypatch.setenv(guard.FORMAT_VARIABLE, "json")
    monkeypatch.setattr(sys, "argv", ["auditor", "--version"])
    with pytest.raises(SystemExit) as end:
        guard.run_guarded()
    assert (end.value.code or 0) == 0
    assert capsys.readouterr().out.startswith("auditor ")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("a = = 1", ErrorSlug.CONFIG_SYNTAX),
        ("name = 3", ErrorSlug.CONFIG_VALUE),
        ("", ErrorSlug.CONFIG_MISSING_KEY),
        ("nmae = 'x'", ErrorSlug.CONFIG_UNKNOWN_KEY),
    ],
)
def test_settings_say_what_is_wrong_with_them(text: str, slug: ErrorSlug, tmp_path: Path) -> None:
    class Named(Section):
        name: str

    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(AuditorError) as caught:
        parse_toml(tmp_path / "x.toml", Named)
    assert caught.value.slug is slug


@pytest.mark.parametrize(
    ("error", "slug"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x"), ErrorSlug.DISK),
        (OSError(errno.EMFILE, "Too many open files"), ErrorSlug.OPEN_FILES),
        (MemoryError(), ErrorSlug.MEMORY),
        (sqlite3.OperationalError("disk I/O error"), ErrorSlug.STORE),
        (KeyError("x"), None),
    ],
)
def test_failures_of_the_machine_have_slugs_and_bugs_have_none(error: Exception, slug: ErrorSlug | None) -> None:
    found = guard._explained(error)
    assert (found and found.slug) == slug
    assert found is None or found.remedy


def test_every_class_has_its_slug() -> None:
    """A closer slug may be given; the line for people does not show it."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AuditorError)]
    assert len({kind.slug for kind in kinds}) == len(kinds)
    error = StoreError("x\ny", where="p", remedy="r", slug=ErrorSlug.RUN_NEWER)
    assert json.loads(error.as_json()) == {
        "schema": "auditor/error/1", "slug": "run-newer", "message": "x y", "where": "p", "remedy": "r",
        "exit_code": ExitCode.ERROR,
    }  # fmt: skip
    assert str(error) == "p: x y — r"
