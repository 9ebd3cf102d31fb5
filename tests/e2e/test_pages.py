"""The report's pages in a real browser, opened from disk with the network off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.browser import axe_source, visit
from tests.e2e.pages import MODEL, OVERFLOW, PHONE, WIDE, pages_of, show_all, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_open_from_disk_in_silence(browser: Browser, folder: Path, scheme: Any) -> None:
    """Every page opens without a request, a console message or an error, and no wider than its window."""
    for path in pages_of(folder):
        with visit(browser, path, viewport=WIDE, color_scheme=scheme) as seen:
            assert seen.page.locator("h1").inner_text()
            assert seen.page.evaluate(OVERFLOW) <= 0
            assert seen.messages == []
            assert seen.requests == []


def test_a_phone_shows_the_page_without_sideways_scrolling(browser: Browser, folder: Path) -> None:
    """At 380 px no page is wider than the window, and the charts are those drawn for a phone."""
    for path in pages_of(folder):
        with visit(browser, path, viewport=PHONE) as seen:
            assert seen.page.evaluate(OVERFLOW) <= 0, path.name
            assert seen.page.locator(".for-screen >> visible=true").count() == 0
            assert seen.page.locator(".for-phone svg >> visible=true").count() > 0


def test_hostile_texts_stay_texts(browser: Browser, hostile: Path) -> None:
    """Hostile names and code run nothing, add no element, break no layout, at either width."""
    for path in pages_of(hostile):
        for size in (WIDE, PHONE):
            with visit(browser, path, viewport=size) as seen:
                page = seen.page
                show_all(page)
                assert seen.messages == []
                assert seen.requests == []
                assert page.evaluate(OVERFLOW) <= 0, (path.name, size)
                assert page.locator("main img, main iframe, main script, main [onload], main [onerror]").count() == 0
                if page.locator("#examples-list").count():
                    assert shown(page).count() == int(page.locator("#examples").get_attribute("data-total") or 0)
                    assert "alert(1)" in page.locator("#examples-list").inner_text()


def test_code_cannot_be_reordered(browser: Browser, hostile: Path) -> None:
    """Right-to-left text in code is shown in the order of memory, left to right."""
    path = next(path for path in pages_of(hostile) if "passwd" in path.name)
    with visit(browser, path, viewport=WIDE) as seen:
        page = seen.page
        show_all(page)
        line = page.locator(".src code", has_text="שלום").first
        places = line.evaluate(
            """node => { const range = document.createRange(); const found = [];
            const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
            for (let text = walk.nextNode(); text; text = walk.nextNode())
              for (let at = 0; at < text.length; at += 1) {
                range.setStart(text, at); range.setEnd(text, at + 1); found.push(range.getBoundingClientRect().left); }
            return found; }"""
        )
        assert places == sorted(places)


def test_the_page_stands_without_scripts(browser: Browser, folder: Path) -> None:
    """Without JavaScript all sections and the rendered false positives are present, and no control without effect."""
    with visit(browser, folder / MODEL, java_script_enabled=False) as seen:
        page = seen.page
        assert shown(page).count() == 12
        assert page.locator("h2 >> visible=true").count() > 8
        for dead in ("#theme", "#examples-more", "#by-task", "#task-filter"):
            assert not page.locator(dead).is_visible()
        page.locator("details.numbers summary").first.click()
        assert page.locator("details.numbers table").first.is_visible()


def test_nothing_shifts_while_loading(browser: Browser, folder: Path) -> None:
    """The layout does not shift after it is first painted."""
    shifts = (
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) "
        "sum += one.value; }).observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(sum), 300); })"
    )
    for name in ("index.html", MODEL):
        with visit(browser, folder / name, viewport=WIDE) as seen:
            assert seen.page.evaluate(shifts) < 0.02


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_pages_over_runs_look_like_reports(browser: Browser, over_runs: list[Path], size: Any) -> None:
    """The pages of compare and history open in silence, no wider than the window; what changed is in sight first."""
    for path in over_runs:
        with visit(browser, path, viewport=size) as seen:
            assert (seen.messages, seen.requests) == ([], [])
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    with visit(browser, over_runs[1], viewport=size) as seen:
        assert seen.page.locator("#numbers-0 thead th").all_inner_texts() == ["figure", "change", "B − A", "A", "B"]
        box = seen.page.locator("#numbers-0 tbody tr:first-child td:nth-child(3)").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= size["width"]
        assert "better" in seen.page.locator("#numbers-0 tbody tr:first-child").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(
    browser: Browser, folder: Path, hostile: Path, rich: Path, over_runs: list[Path], scheme: Any
) -> None:
    """axe-core's WCAG 2.2 A and AA rules and best practices find nothing, in both themes, with all figures open."""
    source = axe_source()
    if source is None:
        pytest.skip("axe-core is not here; `pip install axe-playwright-python` or `npm install axe-core` brings it")
    options = "{resultTypes: ['violations']}"
    for path in (folder / "index.html", folder / MODEL, rich, *pages_of(hostile), *over_runs):
        with visit(browser, path, viewport=WIDE, color_scheme=scheme, bypass_csp=True) as seen:
            page = seen.page
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            page.evaluate(source)
            found = page.evaluate(f"axe.run(document, {options})")
            bad = [
                (one["id"], one["impact"], one["nodes"][0]["html"][:200], len(one["nodes"]))
                for one in found["violations"]
            ]
            assert bad == []
