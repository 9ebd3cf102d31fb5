"""Pages as PDF, printed by a Chromium that is installed: at most eight pages per model, with code on request."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from auditor.errors import AuditorError

PRINT_LIMIT = 120.0
"""Seconds that printing one page may take."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_FLAGS = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--no-pdf-header-footer")


def print_pages(pages: Iterable[Path], *, full: bool) -> list[Path]:
    """Print HTML pages of a report beside themselves, as ``NAME.pdf``; return the files.

    A model's page is at most eight pages long; ``full`` adds the code of the false positives and every task.

    Raises :class:`~auditor.errors.AuditorError` where no Chromium is installed, or where it fails.
    """
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise AuditorError("Chromium was not found", remedy="install chromium, or print the pages from a browser")
    return [_printed(browser, page.resolve(), full=full) for page in pages]


def _printed(browser: str, page: Path, *, full: bool) -> Path:
    target = page.with_suffix(".pdf")
    anchor = "#print-full" if full else ""
    # Chromium's own sandbox needs a user; the page is ours, and its policy lets nothing else run
    flags = [*_FLAGS, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    with tempfile.TemporaryDirectory(prefix="auditor-print-") as profile:
        command = [browser, *flags, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri() + anchor]
        try:
            done = subprocess.run(  # noqa: S603 - a browser of this machine, on a page that we wrote
                command, capture_output=True, text=True, timeout=PRINT_LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            raise AuditorError(f"printing {page.name} took over {PRINT_LIMIT:g} s", where=browser) from None
    if done.returncode or not target.is_file():
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise AuditorError(f"{page.name} could not be printed: {last[:200]}", where=browser)
    return target
