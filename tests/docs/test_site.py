"""The documentation site: builds strictly, offline, and its generated pages are whole."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.config import AuditConfig, GateConfig, ModelConfig
from auditor.errors import ErrorSlug, ExitCode
from auditor.records import FailureKind, Label, Outcome, SampleStatus
from auditor.results import Judgement
from tests.docs.blocks import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; MkDocs fails for a link or an anchor that leads nowhere, and for a page in no menu."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _pages(site: Path) -> Iterator[tuple[str, str]]:
    for path in site.rglob("*.html"):
        yield path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """No page names a remote script, style, font or picture."""
    remote = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?(?:https?:)?//[^>]*>")
    assert [(name, hit) for name, text in _pages(site) for hit in remote.findall(text)] == []
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert not any(re.search(r"url\([\"']?(?:https?:)?//", text) for text in styles)


def test_the_reference_is_complete(site: Path) -> None:
    """Every key of the settings, every command and every exit code is on its page."""
    settings = (site / "reference" / "settings.html").read_text(encoding="utf-8")
    for key in {*AuditConfig.model_fields, *ModelConfig.model_fields, *GateConfig.model_fields}:
        assert f"{key}</code>" in settings or f"[{key}]" in settings, key
    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    for words in ("auditor run", "auditor gate", "auditor rubric try", "auditor tasks check", "--no-gate"):
        assert words in commands
    codes = (site / "reference" / "exit-codes.html").read_text(encoding="utf-8")
    for code in ExitCode:
        assert f">{code.value}</td>" in codes
    assert "ruff:N" in (site / "reference" / "rubric-sources.html").read_text(encoding="utf-8")


def test_no_meaning_is_missing(site: Path) -> None:
    """Every key of audit.toml says what it means."""
    page = (site / "reference" / "settings.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr>\s*<td><code>(\w+)</code></td>(.*?)</tr>", page, re.DOTALL)
    assert len(rows) > 60
    empty = [key for key, rest in rows if re.search(r"<td>\s*</td>\s*$", rest) and key not in ("name", "prompt")]
    assert not empty, " ".join(empty)


def test_slugs_and_codes_are_explained(site: Path) -> None:
    """Each error slug has its case and its remedy, and each word of the documents its meaning, from the code."""
    errors = (site / "reference" / "exit-codes.html").read_text(encoding="utf-8")
    for slug in ErrorSlug:
        row = re.search(rf"<td><code>{slug}</code></td>\s*<td>(.+?)</td>\s*<td>(.+?)</td>", errors)
        assert row is not None, slug
    codes = (site / "reference" / "codes.html").read_text(encoding="utf-8")
    for words in (Outcome, FailureKind, Label, SampleStatus, Judgement):
        for word in words:
            assert re.search(rf"<td><code>{re.escape(word)}</code></td>\s*<td>\w", codes), word
