"""Widths of a window, and what tests look for on the pages of a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MODEL = "Mistral-7B.html"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 380, "height": 800}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def pages_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.html"))


def column(page: Page, table: str, place: int) -> list[str]:
    return page.locator(f"#{table} tbody tr:not([hidden]) > :nth-child({place})").all_inner_texts()


def show_all(page: Page) -> None:
    """Ask for more until all that match are shown."""
    for _ in range(10):
        if not page.locator("#examples-more").is_visible():
            return
        page.locator("#examples-more").click()
        page.wait_for_selector("#examples[data-ready=yes]")
    raise AssertionError("asking for more has no end")


def shown(page: Page) -> Locator:
    return page.locator("#examples-list > article")
