"""Reports and a browser, made once for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.gates.compare import compare, to_html
from auditor.gates.history import history
from auditor.report import write_report
from auditor.report.history_page import history_html
from tests.e2e.browser import chromium, why_not
from tests.unit.report.documents import make_document, make_hostile
from tests.unit.report.rich import rich_document
from tests.unit.report.test_over_time import run

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")  # while it is open its event loop runs, and asyncio.run fails elsewhere
def browser() -> Iterator[Browser]:
    if reason := why_not():
        pytest.skip(reason)
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of three models with more false positives than a page writes out."""
    folder = tmp_path_factory.mktemp("report")
    write_report(make_document(tasks=30, samples=40, false_positives=60), folder, ["html", "json"])
    return folder


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a model with slices and rules of selection."""
    _, first, *_ = write_report(rich_document(), tmp_path_factory.mktemp("rich"), ["html"])
    return first


@pytest.fixture(scope="session")
def over_runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of ``auditor history`` and ``auditor compare``."""
    folder = tmp_path_factory.mktemp("runs")
    first, last = run("first", 1), run("last", 1, better=4, temperature=0.2)
    pages = {
        "history.html": history_html(history([first, run("second", 1), last])),
        "comparison.html": to_html(compare(first.view, last.view)),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in which every text attacks the page."""
    folder = tmp_path_factory.mktemp("hostile")
    write_report(make_hostile(), folder, ["html", "json"])
    return folder
