"""The report's pages in a real browser, opened from disk with the network off."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import AuditorError
from auditor.gates import RunView
from auditor.gates.choose import choose
from auditor.report.pdf import print_pages
from auditor.report.sentences.choice import at_cost, best_cell, candidate_cells, cost_in_words
from auditor.results import Candidate, Choice, ReportDocument, Terms, from_json, starting
from tests.e2e.browser import axe_source, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

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


def test_tables_sort_both_ways_and_say_so(browser: Browser, folder: Path) -> None:
    """A header sorts by value, falling first for numbers, then the other way; aria-sort says which."""
    with visit(browser, folder / "index.html") as seen:
        page = seen.page
        header = page.locator("#models-table thead th").nth(3)
        header.locator("button").click()
        values = [float(text.split()[0].rstrip("%")) for text in column(page, "models-table", 4)]
        assert values == sorted(values, reverse=True)
        assert header.get_attribute("aria-sort") == "descending"
        header.locator("button").press("Enter")
        assert [float(text.split()[0].rstrip("%")) for text in column(page, "models-table", 4)] == sorted(values)
        assert header.get_attribute("aria-sort") == "ascending"


def test_the_slider_moves_the_answer(browser: Browser, folder: Path) -> None:
    """By keyboard alone the slider shows the choice at each cost: the sentence, the order, the attempts."""
    document = from_json(ReportDocument, (folder / "report.json").read_bytes())
    with visit(browser, folder / "index.html") as seen:
        page = seen.page
        page.wait_for_selector("#answer-cost[data-ready]")
        before = page.locator("#answer-sentence").inner_text()
        for key, choice in (("End", document.choices[-1]), ("Home", document.choices[0])):
            page.locator("#answer-cost").press(key)
            assert page.locator("#answer-cost").get_attribute("aria-valuetext") == cost_in_words(choice.terms.fp_cost)
            rows = page.locator("#answer-table tbody tr").all_inner_texts()
            assert len(rows) == len(choice.candidates) + len(choice.left_out)
            for row, candidate in zip(rows, choice.candidates, strict=False):
                name = candidate.model if candidate.attempts else "use no model"
                cells = [part for part in re.split(r"[\t\n]", row) if part.strip()]
                assert cells[0] == name
                assert str(candidate.attempts) in cells[2:4]
            assert page.locator("#answer-sentence").inner_text() == at_cost(choice, document.gates)
        assert before == at_cost(document.choices[starting(document.choices)], document.gates)
        assert seen.messages == []


def _is_enough(candidate: Candidate, document: ReportDocument, choice: Choice) -> None:
    """Check a candidate's attempts by the curve of the report: fewer lose more than 1 per 100, or gain nothing."""
    if not candidate.attempts or document.model(candidate.model).tasks != choice.tasks:
        return
    cost = choice.terms.fp_cost
    worth = [
        (1 + cost) * (point.correct.value or 0.0) - cost * (point.accepted.value or 0.0)
        - candidate.draw_cost * (point.draws.value or 0.0)
        for point in document.model(candidate.model).curve
    ]  # fmt: skip
    if max(worth) > 0:
        fewest = next(k for k, gain in enumerate(worth, 1) if gain > 1e-9 and gain >= max(worth) - 0.01 - 1e-9)
        assert candidate.attempts == fewest


def test_the_slider_says_what_the_command_says(browser: Browser, folder: Path) -> None:
    """At each place of the slider the page has the figures that ``auditor choose`` finds at that cost."""
    run = RunView.open(folder / "report.json")
    assert run.document is not None
    with visit(browser, folder / "index.html") as seen:
        page = seen.page
        page.wait_for_selector("#answer-cost[data-ready]")
        page.locator("#answer-cost").press("Home")
        labels = page.locator(".ticks span").all_inner_texts()
        assert len(labels) == len(run.document.choices)
        for place, stored in enumerate(run.document.choices):
            cost = stored.terms.fp_cost
            assert labels[place] in {"", f"{cost:g}"}
            found = choose(run, Terms(cost, confidence=run.document.options.confidence), chances=False)
            assert page.locator("#answer-sentence").inner_text() == at_cost(found, run.document.gates)
            rows = page.locator("#answer-table tbody tr").all_inner_texts()
            for row, candidate in zip(rows, found.candidates, strict=False):
                attempts, right, wrong, gain, span, used = candidate_cells(candidate)
                cells = [part for part in re.split(r"[\t\n]", row) if part.strip()][1:]
                wanted = [gain, *([span] if span else []), attempts, right, wrong, used, best_cell(candidate)]
                assert cells[: len(wanted)] == wanted
                _is_enough(candidate, run.document, found)
            page.locator("#answer-cost").press("ArrowRight")
        assert labels[0]
        assert labels[-1]


def test_tasks_can_be_found(browser: Browser, folder: Path) -> None:
    """Typing leaves the tasks that hold the text, and says how many."""
    with visit(browser, folder / MODEL) as seen:
        page = seen.page
        page.locator("#task-filter").fill("median_of_2")
        rows = column(page, "tasks-table", 8)
        assert rows
        assert all("median_of_2" in text for text in rows)
        assert page.locator("#tasks-found").inner_text().startswith(f"{len(rows)} of ")


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


def test_the_first_tab_skips_to_the_content(browser: Browser, folder: Path) -> None:
    """The first stop of the keyboard is a link past the header, and it shows when focused."""
    with visit(browser, folder / "index.html", viewport=WIDE) as seen:
        seen.page.keyboard.press("Tab")
        box = seen.page.locator(".skip").bounding_box()
        assert seen.page.evaluate("document.activeElement.className") == "skip"
        assert box is not None
        assert box["x"] >= 0


def test_dark_and_light_follow_the_system_and_the_button(browser: Browser, folder: Path) -> None:
    """The page is dark when the system is; the button turns it over and names what it will do."""
    paper = "getComputedStyle(document.body).backgroundColor"
    with visit(browser, folder / "index.html", color_scheme="dark") as seen:
        dark = seen.page.evaluate(paper)
        assert seen.page.locator("#theme").inner_text() == "Light"
        seen.page.locator("#theme").click()
        light = seen.page.evaluate(paper)
        assert sum(map(int, re.findall(r"\d+", light)[:3])) > 600 > 300 > sum(map(int, re.findall(r"\d+", dark)[:3]))
        ink = seen.page.locator("figure svg text").first.evaluate("node => getComputedStyle(node).fill")
        assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 400


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


def test_a_page_with_every_part_prints_on_eight(browser: Browser, rich: Path) -> None:
    """Slices and rules of selection do not add a ninth page."""
    with visit(browser, rich) as seen:
        assert seen.page.locator("#choosing, #slices").count() == 2
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


def test_charts_say_their_values_by_keyboard_and_pointer(browser: Browser, folder: Path) -> None:
    """A focused chart steps through its points by arrow keys and says each; the pointer has the nearest said."""
    with visit(browser, folder / MODEL, viewport=WIDE) as seen:
        page = seen.page
        chart, line = page.locator("#scaling .for-screen svg"), page.locator("#scaling .values")
        titles = chart.locator(".pt title").all_text_contents()
        chart.focus()
        assert line.inner_text() == titles[0]
        page.keyboard.press("ArrowRight")
        assert line.inner_text() == titles[1]
        page.keyboard.press("End")
        assert line.inner_text() == titles[-1]
        assert chart.locator(".pt.on").count() == 1
        chart.locator(".pt").nth(3).hover(force=True)
        assert line.inner_text() == titles[3]
        assert seen.messages == []


def test_tables_save_as_csv(browser: Browser, folder: Path) -> None:
    """The CSV of a table has its rows, plain numbers, and a column for each interval."""
    document = from_json(ReportDocument, (folder / "report.json").read_bytes())
    with visit(browser, folder / "index.html", viewport=WIDE) as seen:
        with seen.page.expect_download() as waiting:
            seen.page.get_by_role("button", name="Save as CSV: Models with their headline figures").click()
        assert waiting.value.suggested_filename == "models-table.csv"
        rows = list(csv.reader(Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()))
        assert seen.messages == []
    right = rows[0].index("single answer correct")
    assert rows[0][right + 1] == "single answer correct, interval"
    for row, model in zip(rows[1:], document.models, strict=True):
        assert row[0] == model.model
        assert float(row[right]) == pytest.approx(100 * (model.single_sample_accuracy.value or 0), abs=0.051)


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
