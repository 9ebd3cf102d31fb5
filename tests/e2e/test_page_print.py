"""The report's pages on paper, printed by a browser and by the command."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError
from auditor.report.pdf import print_pages
from tests.e2e.browser import visit
from tests.e2e.pages import MODEL

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_page_with_every_part_prints_on_eight(browser: Browser, rich: Path) -> None:
    """Slices and rules of selection do not add a ninth page."""
    with visit(browser, rich) as seen:
        assert seen.page.locator("#choosing, #slices").count() == 2
        assert len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format="A4"))) <= 8


def test_the_index_prints_on_eight_with_small_print_below_figures(browser: Browser, folder: Path) -> None:
    """It keeps to the pages of a model, and what stands below a figure is not larger than the figure."""
    with visit(browser, folder / "index.html") as seen:
        seen.page.emulate_media(media="print")
        below = seen.page.locator("td :is(.interval, .behind)")
        assert below.count() > 4
        assert below.evaluate_all(
            "all => all.every(one => { const size = node => parseFloat(getComputedStyle(node).fontSize);"
            " return size(one) < size(one.closest('td')); })"
        )
        assert len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format="A4"))) <= 8


def test_it_prints(browser: Browser, folder: Path) -> None:
    """Printing gives at most eight pages, light whatever the theme, without controls; with code if asked for."""
    pages = []
    for anchor in ("", "#print-full"):
        with visit(browser, folder / MODEL, anchor, color_scheme="dark") as seen:
            page = seen.page
            page.emulate_media(media="print")
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
            assert not page.locator("#theme, .tools").locator("visible=true").count()
            assert page.locator(".example .pair >> visible=true").count() == (12 if anchor else 0)
            pdf = page.pdf(format="A4")
            assert pdf.startswith(b"%PDF")
            pages.append(len(re.findall(rb"/Type\s*/Page\b", pdf)))
    short, full = pages
    assert 3 < short <= 8
    assert full > short


def test_the_command_prints(browser: Browser, folder: Path, tmp_path: Path) -> None:
    """The PDF of a page is written next to it; without a Chromium the error says what to do."""
    page = tmp_path / MODEL
    page.write_bytes((folder / MODEL).read_bytes())
    (printed,) = print_pages([page], full=False)
    assert printed == page.with_suffix(".pdf")
    assert 3 < len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) <= 8


def test_printing_needs_a_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a Chromium on the path the error names the remedy."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AuditorError, match="Chromium was not found — install chromium"):
        print_pages([tmp_path / "index.html"], full=True)
