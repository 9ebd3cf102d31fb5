"""False positives on a model's page in a real browser: filters, more of them, addresses, keyboard, folded code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import visit
from tests.e2e.pages import MODEL, show_all, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_false_positives_filter_by_task_kind_and_rule(browser: Browser, folder: Path) -> None:
    """Each filter leaves as many as its option says, from the page and from its data alike."""
    with visit(browser, folder / MODEL) as seen:
        page = seen.page
        for name in ("by-task", "by-kind", "by-rule"):
            select = page.locator(f"#{name}")
            label = select.locator("option").nth(1).inner_text()
            amount = int(re.findall(r"\((\d+)\)$", label)[0])
            select.select_option(index=1)
            page.wait_for_selector("#examples[data-ready=yes]")
            assert page.locator("#examples-found").inner_text().endswith(f" of {amount} shown")
            show_all(page)
            assert shown(page).count() == amount
            select.select_option(index=0)
            page.wait_for_selector("#examples[data-ready=yes]")


def test_more_false_positives_come_from_the_file(browser: Browser, folder: Path) -> None:
    """Asking for more adds from the page's own data until all are shown, built like those written out."""
    with visit(browser, folder / MODEL) as seen:
        page = seen.page
        written = shown(page).count()
        assert written == 12
        show_all(page)
        assert shown(page).count() == 60
        parts = "all => all.map(one => ['.failing dt', 'figure'].map(kind => one.querySelectorAll(kind).length))"
        found = shown(page).evaluate_all(parts)
        assert len(found) == 60
        assert {figures for _, figures in found} == {2}
        assert {terms for terms, _ in found} == {4}


def test_an_address_opens_its_false_positive(browser: Browser, folder: Path) -> None:
    """The address of a false positive that lies in the data shows it; so does following a link to it later."""
    with visit(browser, folder / MODEL) as seen:
        show_all(seen.page)
        last = shown(seen.page).last.get_attribute("id")
    with visit(browser, folder / MODEL, f"#{last}") as seen:
        seen.page.wait_for_selector(f"#{last}")
        assert seen.messages == []


def test_the_keyboard_steps_through_false_positives(browser: Browser, folder: Path) -> None:
    """j goes to the next, k back, and neither acts while one types."""
    with visit(browser, folder / MODEL) as seen:
        page = seen.page
        focused = "document.activeElement.id"
        ids = [article.get_attribute("id") for article in shown(page).all()]
        for key, wanted in (("j", ids[0]), ("j", ids[1]), ("k", ids[0])):
            page.keyboard.press(key)
            assert page.evaluate(focused) == wanted
        page.locator("#task-filter").focus()
        page.keyboard.press("j")
        assert page.evaluate(focused) == "task-filter"


def test_code_is_folded_but_for_the_first_examples(browser: Browser, folder: Path) -> None:
    """Each example says how it fails; the code of the first three shows, that of others when opened or gone to."""
    with visit(browser, folder / MODEL) as seen:
        page = seen.page
        assert page.locator(".example .failing >> visible=true").count() == 12
        assert page.locator(".example .pair >> visible=true").count() == 3
        fourth = shown(page).nth(3)
        for _ in range(4):
            page.keyboard.press("j")
        assert fourth.locator(".pair").is_visible()
        address = shown(page).nth(7).get_attribute("id")
    with visit(browser, folder / MODEL, f"#{address}") as seen:
        assert seen.page.locator(f"#{address} .pair").is_visible()
