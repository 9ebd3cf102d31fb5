"""The documentation site: builds strictly, offline, and its generated pages are whole."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.config import AuditConfig, GateConfig, ModelConfig
from auditor.errors import ErrorSlug, ExitCode
from auditor.records import FailureKind, Label, Outcome, SampleStatus
from auditor.results import Judgement
from tests.docs.blocks import ROOT
from tests.e2e.browser import chromium, visit, why_not

pytestmark = pytest.mark.slow  # the build takes 8 s of CPU time


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; MkDocs fails for a link or an anchor that leads nowhere, and for a page in no menu."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
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
    assert "<code>auditor … | head</code>" in codes
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


def test_a_page_names_nothing_that_only_the_repository_has(site: Path) -> None:
    """No path of a page or of an example is left without a link, no bar escaped; tests are said to be elsewhere."""
    for name, text in _pages(site):
        article = re.search(r"<article.*?</article>", text, re.DOTALL)
        if article is None or name == "404.html":
            continue
        unlinked = re.sub(r"<a\b.*?</a>|<pre.*?</pre>", "", article[0], flags=re.DOTALL)
        assert not re.findall(r"(?<![\w/])docs/[\w/-]+\.md", unlinked), name
        assert "\\|" not in unlinked, name
        if not name.startswith("project/"):
            assert not re.findall(r"(?<![\w/])examples/\w+", unlinked), name
            if re.search(r"<code>(?:python -m )?tests[./]", unlinked):
                assert "the wheel does not contain the tests" in unlinked, name


def test_a_folder_that_a_page_links_to_is_a_zip_file(site: Path) -> None:
    """The example audit of every kind can be downloaded whole."""
    with zipfile.ZipFile(site / "files" / "examples" / "kinds.zip") as packed:
        assert {"kinds/audit.toml", "kinds/tasks.jsonl"} <= set(packed.namelist())
        config = ROOT / "examples" / "kinds" / "audit.toml"
        assert packed.read("kinds/audit.toml") == config.read_bytes()
    assert 'href="../files/examples/kinds.zip"' in (site / "howto" / "kinds.html").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_the_search_works_from_disk(site: Path) -> None:
    """Without a server and without a network, a word leads to the page that explains it."""
    with chromium() as browser, visit(browser, site / "tutorial" / "demo.html") as seen:
        seen.page.locator("input.md-search__input").fill("landlock")
        first = seen.page.locator(".md-search-result__link").first
        first.wait_for()
        assert (first.get_attribute("href") or "").endswith("verification.html")
        assert seen.messages == []
        assert all(url.startswith("file:") for url in seen.requests)
