"""What a reader works on a page: the slider of the answer, sorting, filters, charts by keyboard, CSV."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.gates import RunView
from auditor.gates.choose import choose
from auditor.report.sentences.choice import at_cost, candidate_cells, cost_in_words
from auditor.results import Candidate, Choice, ReportDocument, Terms, from_json, starting
from tests.e2e.browser import visit
from tests.e2e.pages import MODEL, WIDE, column

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


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
                most = max(
                    (len(model.curve) for model in run.document.models if model.model == candidate.model), default=0
                )
                best = [f"{candidate.best_attempts} or more" if candidate.best_attempts >= most > 1
                        else str(candidate.best_attempts)]  # fmt: skip
                if candidate.best_attempts > candidate.attempts:
                    best.append(f"adds {100 * candidate.best_adds:.1f}")
                wanted = [gain, *([span] if span else []), attempts, right, wrong, used, *best]
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
    right = rows[0].index("single answers that are correct")
    assert rows[0][right + 1] == "single answers that are correct, interval"
    for row, model in zip(rows[1:], document.models, strict=True):
        assert row[0] == model.model
        assert float(row[right]) == pytest.approx(100 * (model.single_sample_accuracy.value or 0), abs=0.051)


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


def test_the_first_tab_skips_to_the_content(browser: Browser, folder: Path) -> None:
    """The first stop of the keyboard is a link past the header, and it shows when focused."""
    with visit(browser, folder / "index.html", viewport=WIDE) as seen:
        seen.page.keyboard.press("Tab")
        box = seen.page.locator(".skip").bounding_box()
        assert seen.page.evaluate("document.activeElement.className") == "skip"
        assert box is not None
        assert box["x"] >= 0
