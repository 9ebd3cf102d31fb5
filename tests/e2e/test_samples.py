"""The browser of samples in a real browser, opened from disk with the network off."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor.numerals import count
from tests.e2e.browser import axe_source, visit
from tests.unit.report.sample_run import read_data, write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
READY = "#browser[data-ready=yes]"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run with hostile texts."""
    return write_run(tmp_path_factory.mktemp("samples"))[1]


def ready(page: Page) -> None:
    page.wait_for_selector(READY, state="attached")


def test_every_sample_is_reached_by_keyboard_and_by_its_address(browser: Browser, written: Path) -> None:
    """Stepping with j from the first sample shows each of the index once; each address opens its own sample."""
    index = read_data(written.with_suffix("") / "index-0.js")
    with visit(browser, written) as seen:
        page = seen.page
        ready(page)
        article = page.locator("#browser-sample")
        shown, addresses = [article.get_attribute("aria-label")], []
        for _ in index["number"][1:]:
            before = article.get_attribute("data-sample")
            page.keyboard.press("j")
            page.wait_for_function(
                "old => document.getElementById('browser-sample').dataset.sample !== old", arg=before
            )
            shown.append(article.get_attribute("aria-label"))
            addresses.append(page.evaluate("location.hash"))
        tasks = [name for name, count in zip(index["tasks"], index["counts"], strict=True) for _ in range(count)]
        assert shown == [f"{task} · sample {n}" for task, n in zip(tasks, index["number"], strict=True)]
        assert len(set(addresses)) == len(addresses), "samples of one number but other settings have their own address"
        page.evaluate("hash => { location.hash = hash; }", addresses[-7])
        page.wait_for_function(f"document.getElementById('browser-sample').dataset.sample === '{len(shown) - 7}'")
        assert seen.messages == []
        assert seen.requests == []


def test_filters_and_search_find_what_they_say(browser: Browser, written: Path) -> None:
    """Outcome, kind, criterion, program once and text, alone and together."""
    with visit(browser, written) as seen:
        page = seen.page
        ready(page)
        tasks = page.locator("#filter-task option").count() - 1

        def found(**chosen: Any) -> str:
            for name in ("task", "outcome", "kind", "criterion"):
                page.locator(f"#filter-{name}").select_option(index=chosen.get(name, 0))
            page.locator("#filter-once").set_checked(chosen.get("once", False))
            page.locator("#filter-text").fill(chosen.get("text", ""))
            page.evaluate("new Promise(done => setTimeout(done, 300))")  # behind the pause after a key, on one clock
            ready(page)
            return page.locator("#browser-found").inner_text().split(" of ")[0]

        assert found() == str(6 * tasks)
        assert found(once=True) == str(5 * tasks)
        assert found(criterion=1) == str(4 * tasks)
        assert found(task=1) == "6"
        assert found(text="raise KeyError") == str(tasks)
        assert found(text="raise keyerror", task=2) == "1"
        assert found(text="nothing has this text") == "0"
        labels = page.locator("#filter-outcome option").all_inner_texts()
        assert labels[1:] == [f"correct ({2 * tasks})", f"accepted but wrong ({tasks})", f"not accepted ({tasks})",
                              f"refused ({2 * tasks})"]  # fmt: skip
        assert found(outcome=2) == str(tasks)
        wrong = page.locator("#browser-sample").inner_text()
        assert "fails the plus tests" in wrong
        assert "fails test 1 of 2; the other 1 was not run" in wrong
        assert "tests pass" not in wrong
        assert found(outcome=3) == str(tasks)
        assert "fail, 1 of 2 tests pass" in page.locator("#browser-sample").inner_text()


def test_amounts_are_written_as_everywhere(browser: Browser, written: Path) -> None:
    """The script sets thousands apart as the texts that it does not write."""
    with visit(browser, written) as seen:
        ready(seen.page)
        for amount in (0, 7, 999, 1000, 16_400, 1_234_567):
            assert seen.page.evaluate("grouped", amount) == count(amount)


def test_hostile_texts_stay_texts(browser: Browser, written: Path) -> None:
    """No text becomes an element, none shows an invisible character, and cut ones say so."""
    with visit(browser, written, "#Bench%2F0/1") as seen:
        page = seen.page
        ready(page)
        article = page.locator("#browser-sample")
        assert "</script><script>alert(1)</script>" in article.inner_text()
        assert article.locator("script, img, iframe, svg").count() == 0
        assert article.locator("a[href^='javascript']").count() == 0
        assert article.locator(".cutoff").count() >= 1
        dropped, added = (article.locator(f".ln.{kind}").count() for kind in ("dropped", "added"))
        assert dropped >= 1
        written_as = [f"{amount} line{'' if amount == 1 else 's'}" for amount in (dropped, added)]
        assert f"{written_as[0]} out (−), {written_as[1]} in (+)" in article.inner_text()
        for _ in range(30):
            page.keyboard.press("j")
        assert not {chr(8232), "\x1b", "\u202e"} & set(page.locator("body").inner_text())
        assert seen.messages == []


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, {"width": 390, "height": 844}], ids=["wide", "phone"])
def test_axe_finds_nothing_and_nothing_overflows(browser: Browser, written: Path, size: Any, theme: Any) -> None:
    """The page meets WCAG AA by axe-core, and is no wider than its window."""
    source = axe_source()
    if source is None:
        pytest.skip("axe-core is not installed")
    with visit(browser, written, "#Bench%2F0/1", viewport=size, color_scheme=theme) as seen:
        page = seen.page
        ready(page)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.evaluate(source)
        result = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })")
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in result["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_without_its_data_says_so(browser: Browser, written: Path, tmp_path: Path) -> None:
    """Copied alone, the page names the folder that it misses."""
    alone = tmp_path / written.name
    shutil.copy(written, alone)
    with visit(browser, alone) as seen:
        seen.page.wait_for_selector("#browser-trouble:not([hidden])")
        assert written.stem in seen.page.locator("#browser-trouble").inner_text()


def test_examples_have_their_task_and_their_difference(browser: Browser, written: Path) -> None:
    """An example holds its task's text and links to the browser, where a wrong program has its difference."""
    report = json.loads((written.parents[1] / "report.json").read_text())
    prompts = {task["task_id"]: task["prompt"] for task in report["tasks"]}
    with visit(browser, written.parents[1] / written.name) as seen:
        link = seen.page.locator("a[href^='samples/']").first.get_attribute("href")
        assert (written.parents[1] / str(link)).is_file()
        example = seen.page.locator("article.example").first
        asked = example.locator(".asked").text_content() or ""
        assert asked.strip() == prompts[example.get_attribute("data-task")].strip()
    with visit(browser, written, "#Bench%2F1/1") as seen:
        ready(seen.page)
        changed = seen.page.locator("#browser-sample .delta .ln:is(.dropped, .added) code").all_text_contents()
        assert {text.partition("#")[0].strip() for text in changed} >= {"return 1", "return 2"}
