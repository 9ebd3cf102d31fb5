"""A browser for the tests of the report's pages: Debian's chromium, off the network, or a reason to skip."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-dev-shm-usage", "--font-render-hinting=none",
]  # fmt: skip
SLOW = 60_000
"""Milliseconds before an action counts as failed: machines of CI are slow, and a hang is all that this catches."""


def why_not() -> str:
    """Say what is missing for a browser test, or nothing."""
    if find_spec("playwright") is None:
        return "playwright is not installed; it is in the dev group"
    return "" if CHROMIUM else "chromium is not installed; `apt-get install chromium` has it"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=SLOW)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """An open page and all that it complained of."""

    page: Page
    messages: list[str] = field(default_factory=list)
    """Console messages and uncaught errors."""
    requests: list[str] = field(default_factory=list)
    """Addresses asked for that are not files."""


@contextmanager
def visit(browser: Browser, path: Path, anchor: str = "", **options: Any) -> Iterator[Visit]:
    """Open a file of a report as a reader would, with the network off."""
    context = browser.new_context(offline=True, **options)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    seen = Visit(page)
    page.on("console", lambda message: seen.messages.append(message.text))
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto(path.as_uri() + anchor)
    if options.get("java_script_enabled", True) and page.locator("#examples-found").count():
        page.wait_for_selector("#examples[data-ready=yes]", state="attached")
    seen.requests = [url for url in seen.requests if not url.startswith(("file:", "data:"))]
    try:
        yield seen
    finally:
        context.close()


def axe_source() -> str | None:
    """Find axe-core: from the PyPI package that carries it, or from an ``npm install axe-core`` next to the project."""
    found = find_spec("axe_playwright_python")
    places = [Path(place) / "axe.min.js" for place in (found.submodule_search_locations or ())] if found else []
    places.append(Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js")
    return next((place.read_text(encoding="utf-8") for place in places if place.is_file()), None)
