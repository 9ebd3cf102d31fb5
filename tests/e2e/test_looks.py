"""What an eye would object to, measured in a real browser: clipped, covered, broken or hidden text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor.report import index_page
from auditor.report.render import page as render_page
from auditor.report.sentences import names
from auditor.report.write import shared
from auditor.results import ReportDocument, from_json, to_json
from tests.e2e.browser import visit
from tests.e2e.pages import PHONE, WIDE
from tests.unit.report.documents import make_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAPER = {"width": 688, "height": 1000}
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"

CLIPPED = """() => [...document.querySelectorAll('svg.chart')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => { const at = text.getBoundingClientRect();
    const over = Math.max(box.left - at.left, at.right - box.right, box.top - at.top, at.bottom - box.bottom);
    return at.width && over > 2;
  }).map(text => svg.querySelector('title').textContent + ': ' + text.textContent); })"""
"""Texts of the charts in sight that reach beyond their drawing."""

COVERED = """() => [...document.querySelectorAll('svg.chart')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([name, a], place) => texts.slice(place + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5
  ).map(([other]) => `${svg.querySelector('title').textContent}: ${name} | ${other}`)); })"""
"""Pairs of texts of one chart in sight that cover each other."""

CROSSED = """() => [...document.querySelectorAll('#style .chart')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const lines = [...svg.querySelectorAll('line')].map(line => line.getBoundingClientRect());
  return [[lines.length, ''], ...[...svg.querySelectorAll('text')].filter(text => {
    const at = text.getBoundingClientRect();
    return lines.some(line => line.left > at.left + 1 && line.right < at.right - 1
      && Math.min(at.bottom, line.bottom) - Math.max(at.top, line.top) > 3);
  }).map(text => [0, text.textContent])]; })"""
"""Of each chart of style in sight how many lines it has, and its texts that one of them goes through."""

BROKEN = """() => { const range = document.createRange();
  return [...document.querySelectorAll('#examples .ln > code')].map(code => {
    const walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT), rows = [];
    for (let text = walk.nextNode(); text; text = walk.nextNode())
      for (let at = 0; at < text.length; at += 1) {
        if (text.data[at] === ' ') continue;
        range.setStart(text, at); range.setEnd(text, at + 1);
        const box = range.getBoundingClientRect();
        const row = rows.find(one => Math.abs(one.top - box.top) < 6);
        if (row) row.left = Math.min(row.left, box.left); else rows.push({ top: box.top, left: box.left });
      }
    rows.sort((a, b) => a.top - b.top);
    return rows.length ? [rows[0].top - code.getBoundingClientRect().top, ...rows.map(row => row.left)] : [];
  }).filter(rows => rows.length > 2); }"""
"""Of each line of code that the page had to break: how far below its top it begins, and where its rows begin."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of twenty models, two of them with long names."""
    document = make_document(models=20, tasks=12, samples=10, false_positives=0)
    text = to_json(document)
    for place in (4, 9):
        old = document.models[place].model
        new = f"some-organisation/{old}-instruct-quantised-by-somebody-else-with-patience/revision-{place}"
        text = text.replace(f'"{old}"', f'"{new}"')
    document = from_json(ReportDocument, text)
    path = tmp_path_factory.mktemp("many") / "index.html"
    path.write_text(
        render_page("index.html.j2", {**index_page.context(document, {}), **shared(document)}), encoding="utf-8"
    )
    return path


def to_the_right(page: Page, selector: str) -> None:
    page.locator(selector).first.evaluate("box => { box.scrollLeft = box.scrollWidth; }")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_charts_show_their_texts_whole_and_apart(browser: Browser, folder: Path, rich: Path, size: Any) -> None:
    """No text of a chart is cut off by its drawing, and none covers another."""
    for path in (*sorted(folder.glob("*.html")), rich):
        with visit(browser, path, viewport=size) as seen:
            assert seen.page.evaluate(CLIPPED) == []
            assert seen.page.evaluate(COVERED) == []


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_no_line_goes_through_a_label(browser: Browser, folder: Path, size: Any) -> None:
    """In the charts of style neither the grid nor the zero line crosses the name or the figure of a row."""
    with visit(browser, folder / "GPT-4o.html", viewport=size) as seen:
        found = seen.page.evaluate(CROSSED)
        assert max(lines for lines, _ in found) > 10
        assert [text for _, text in found if text] == []


def test_a_phone_shows_the_verdicts_first(browser: Browser, folder: Path) -> None:
    """The net gain, and of each model the gates, attempts and wrong answers, are in sight without scrolling."""
    with visit(browser, folder / "index.html", viewport=PHONE) as seen:
        first = "cells => cells.map(cell => cell.dataset.label)"
        labels = seen.page.locator("#models-table tbody tr:first-child td").evaluate_all(first)
        assert [label[:5] for label in labels[:3]] == ["gates", "attem", "accep"]
        assert seen.page.locator("#answer-table tbody tr:first-child td").evaluate_all(first)[0] == names.NET_GAIN
        shown = [
            ("models-table", 2),
            ("models-table", 3),
            ("models-table", 4),
            ("answer-table", 2),
            ("answer-table", 3),
        ]
        for table, place in shown:
            boxes = [cell.bounding_box() for cell in seen.page.locator(f"#{table} td:nth-child({place})").all()]
            assert all(box is not None and box["x"] + box["width"] <= PHONE["width"] for box in boxes)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_broken_code_keeps_its_indentation(browser: Browser, folder: Path, size: Any) -> None:
    """If a line of code must be broken, it begins on its own row, and what follows is to its right."""
    with visit(browser, folder / "GPT-4o.html", viewport=size) as seen:
        seen.page.locator("#examples-more").click()
        seen.page.wait_for_selector("#examples[data-ready=yes]")
        seen.page.evaluate(OPEN)
        found = seen.page.evaluate(BROKEN)
        assert found or size == WIDE
        for below, first, *others in found:
            assert below < 8
            assert all(left > first + 5 for left in others)


def test_copied_code_keeps_its_indentation(browser: Browser, folder: Path) -> None:
    """The text of a line is the line, its leading spaces included, written out and built from data alike."""
    with visit(browser, folder / "GPT-4o.html") as seen:
        seen.page.locator("#examples-more").click()
        seen.page.wait_for_selector("#examples[data-ready=yes]")
        lines = seen.page.locator("#examples .ln > code").evaluate_all(
            "all => all.map(code => [code.className, code.textContent])"
        )
        assert {text[:4] for _, text in lines} >= {"    "}
        for name, text in lines:
            deep = len(text) - len(text.lstrip(" "))
            assert name == (f"d{min(24, deep)}" if deep else "")


TOO_WIDE = """() => [...document.querySelectorAll('main table, main .scroll')]
  .filter(one => one.checkVisibility() && !one.matches('.dense, :has(> .dense)'))
  .filter(one => one.getBoundingClientRect().right > innerWidth || one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.tagName} ${one.id || one.querySelector('table')?.id || one.getAttribute('aria-label')}`)"""


def test_no_table_is_wider_than_a_phone(browser: Browser, folder: Path, rich: Path, hostile: Path, many: Path) -> None:
    """At 360 px every table, those below charts too, fits the window; a matrix of many models alone may scroll."""
    narrow = {"width": 360, "height": 740}
    for path in (*sorted(folder.glob("*.html")), rich, many, *sorted(hostile.glob("*.html"))):
        with visit(browser, path, viewport=narrow) as seen:
            seen.page.evaluate(OPEN)
            assert seen.page.evaluate(TOO_WIDE) == [], path.name


def test_a_stacked_row_names_each_of_its_figures(browser: Browser, folder: Path) -> None:
    """Where a phone shows a row as a list, every figure has the label of its column beside it."""
    with visit(browser, folder / "index.html", viewport=WIDE) as wide:
        heads = wide.page.locator("#models-table thead th").all_inner_texts()[1:]
    with visit(browser, folder / "index.html", viewport=PHONE) as seen:
        assert not seen.page.locator("#models-table thead").is_visible()
        shown = "cell => getComputedStyle(cell, '::before').content.replaceAll('\"', '')"
        for row in seen.page.locator("#models-table tbody tr").all():
            labels = [cell.evaluate(shown) for cell in row.locator("td").all()]
            assert [" ".join(head.split()) for head in heads] == labels


def test_a_table_that_goes_on_says_so(browser: Browser, many: Path) -> None:
    """A matrix of many models, wider than its box, fades out at its right end until one has scrolled there."""
    with visit(browser, many, viewport=PHONE) as seen:
        page = seen.page
        page.wait_for_selector(".scroll.goes-on")
        hidden = (
            "all => all.filter(box => box.checkVisibility()).map(box => "
            "[box.scrollWidth > box.clientWidth + 2, box.classList.contains('goes-on'), box.innerHTML.slice(0, 50)])"
        )
        found = page.locator(".scroll").evaluate_all(hidden)
        assert {wide for wide, *_ in found} >= {True}
        assert [name for wide, says, name in found if wide != says] == []
        faded = "box => getComputedStyle(box).maskImage !== 'none'"
        box = page.locator(".scroll:has(> #reach-table)")
        assert box.evaluate(faded)
        page.keyboard.press("Tab")
        box.focus()
        assert not box.evaluate(faded), "the ring of the keyboard's place fades"
        to_the_right(page, ".scroll:has(> #reach-table)")
        box.and_(page.locator(":not(.goes-on)")).wait_for()


def test_a_phone_keeps_the_names_of_rows_in_sight(browser: Browser, many: Path) -> None:
    """However far a matrix of models is scrolled, each row's name stays at the left and takes less than half."""
    with visit(browser, many, viewport=PHONE) as seen:
        to_the_right(seen.page, ".scroll:has(> #reach-table)")
        boxes = seen.page.locator("#reach-table tbody th").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.right])"
        )
        assert boxes
        assert all(left >= 0 and right <= PHONE["width"] / 2 + 10 for left, right in boxes)


@pytest.mark.parametrize(("size", "medium"), [(WIDE, "screen"), (PAPER, "print")])
def test_twenty_models_are_compared_without_scrolling(browser: Browser, many: Path, size: Any, medium: Any) -> None:
    """On a screen and on paper every table of twenty models shows whole, under a header of a modest height."""
    with visit(browser, many, viewport=size) as seen:
        seen.page.emulate_media(media=medium)
        cut = (
            "all => all.filter(box => box.scrollWidth > box.clientWidth + 2).map(box => box.querySelector('table').id)"
        )
        assert seen.page.locator(".scroll:visible").evaluate_all(cut) == []
        heads = seen.page.locator("thead:visible").evaluate_all("all => all.map(head => head.offsetHeight)")
        assert max(heads) < 240


def test_both_intervals_of_a_difference_fit_on_a_phone(browser: Browser, folder: Path) -> None:
    """What decides a difference is in sight beside it, without scrolling."""
    with visit(browser, folder / "index.html", viewport=PHONE) as seen:
        boxes = [cell.bounding_box() for cell in seen.page.locator("#paired-table td").all()]
        assert boxes
        assert all(box is not None and box["x"] + box["width"] <= PHONE["width"] for box in boxes)


def test_figures_below_charts_show_whole(browser: Browser, folder: Path) -> None:
    """On a wide screen no table of a model's page, opened, hides a column."""
    with visit(browser, folder / "GPT-4o.html", viewport=WIDE) as seen:
        seen.page.evaluate(OPEN)
        cut = "all => all.filter(box => box.scrollWidth > box.clientWidth + 2).map(box => box.innerText.slice(0, 80))"
        assert seen.page.locator(".scroll").evaluate_all(cut) == []


def test_pages_of_models_lead_to_the_next(browser: Browser, folder: Path) -> None:
    """From the first model's page on, the next ones can be walked through to the last and back, in their order."""
    walked = []
    with visit(browser, folder / "simulated-medium.html", viewport=PHONE) as seen:
        page = seen.page
        for rel in ("next", "prev"):
            while page.locator(f"a[rel={rel}]").count():
                page.locator(f"a[rel={rel}]").click()
                walked.append(page.locator("h1").inner_text())
    assert walked == ["Mistral 7B", "GPT-4o", "Mistral 7B", "simulated-medium"]


def test_paper_neither_fades_nor_cuts(browser: Browser, folder: Path) -> None:
    """A table that goes on fades on a narrow screen only; on paper it shows whole, and charts can be read."""
    for name in ("index.html", "GPT-4o.html"):
        with visit(browser, folder / name, viewport=PAPER) as seen:
            page = seen.page
            page.locator(".scroll").evaluate_all("all => all.forEach(one => one.classList.add('goes-on'))")
            page.emulate_media(media="print")
            masks = page.locator(".scroll").evaluate_all("all => all.map(one => getComputedStyle(one).maskImage)")
            assert set(masks) == {"none"}
            over = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.id)"
            assert page.locator("table:visible, svg.chart:visible").evaluate_all(over) == []
            tall = "all => all.map(one => one.getBoundingClientRect().height)"
            assert min(page.locator(".chart-box svg.chart text:visible").evaluate_all(tall)) > 8


def test_paper_has_no_controls(browser: Browser, folder: Path) -> None:
    """Printed, headers keep their words without the arrows of sorting, and closed tables leave no trace."""
    with visit(browser, folder / "index.html", viewport=PAPER) as seen:
        page = seen.page
        words = page.locator("#models-table thead th").all_inner_texts()
        page.emulate_media(media="print")
        assert page.locator("#models-table thead th").all_inner_texts() == words
        arrow = "button => getComputedStyle(button, '::after').display"
        assert set(page.locator("#models-table thead button").evaluate_all(f"all => all.map({arrow})")) == {"none"}
        assert page.locator("details:not([open]) >> visible=true").count() == 0
        sizes = "all => all.map(one => [one, one.parentElement].map(at => parseFloat(getComputedStyle(at).fontSize)))"
        assert all(quiet < loud for quiet, loud in page.locator("td > .interval").evaluate_all(sizes))
        assert page.locator("#theme, .toc, .anchor").locator("visible=true").count() == 0
