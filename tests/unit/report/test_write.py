"""The report's files as a whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from auditor.report import write_report
from auditor.report.model_page import context
from auditor.report.render import page as render_page
from auditor.report.suites_section import section
from auditor.report.write import shared
from auditor.results import UNDEFINED, Across, RateAt, ReportDocument, SuspectTask, from_json
from tests.unit.report.documents import make_document, make_hostile


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def read(page: Path) -> Reader:
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


@pytest.fixture(scope="module")
def small() -> ReportDocument:
    return make_document(tasks=6, samples=8, false_positives=20)


@pytest.fixture(scope="module")
def written(small: ReportDocument, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("report")
    return folder, write_report(small, folder)


@pytest.fixture(scope="module")
def folder(written: tuple[Path, list[Path]]) -> Path:
    return written[0]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_report(make_hostile(), folder)
    return folder


def test_every_file_is_written_and_named(written: tuple[Path, list[Path]]) -> None:
    """The paths returned are the files written: an index, a page per model, Markdown and JSON."""
    folder, paths = written
    assert [path.name for path in paths] == [
        "index.html", "simulated-medium.html", "Mistral-7B.html", "GPT-4o.html", "report.md", "report.json",
    ]  # fmt: skip
    assert sorted(paths) == sorted(folder.iterdir())


def test_only_the_formats_asked_for_are_written(small: ReportDocument, tmp_path: Path) -> None:
    """A format that is not asked for leaves no file."""
    assert [path.name for path in write_report(small, tmp_path, ["markdown"])] == ["report.md"]


@pytest.mark.slow
def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    """Another process with another hash seed writes every file byte by byte alike, without a slow import."""
    code = (
        "from pathlib import Path; from auditor.report import write_report; "
        "from tests.unit.report.documents import make_document; import sys; "
        "write_report(make_document(models=1, tasks=6, samples=8, false_positives=20), Path(sys.argv[1])); "
        "assert 'rfc3987_syntax' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "123"}
    here, there = tmp_path / "here", tmp_path / "there"
    subprocess.run([sys.executable, "-c", code, str(there)], check=True, env=environment)
    write_report(make_document(models=1, tasks=6, samples=8, false_positives=20), here)
    assert sorted(path.name for path in here.iterdir()) == sorted(path.name for path in there.iterdir())
    for path in here.iterdir():
        assert path.read_bytes() == (there / path.name).read_bytes(), path.name


def test_json_is_the_document(small: ReportDocument, folder: Path) -> None:
    """report.json reads back as the very document."""
    assert from_json(ReportDocument, (folder / "report.json").read_bytes()) == small


def test_pages_are_alone_and_closed(folder: Path, hostile: Path) -> None:
    """No page loads anything, runs anything but its own script, or repeats an id."""
    for page in [*folder.glob("*.html"), *hostile.glob("*.html")]:
        reader = read(page)
        loading = [(tag, name, value) for tag, name, value in reader.attributes if name in ("src", "srcset", "action")]
        assert not loading
        assert {value for tag, name, value in reader.attributes if tag == "link" and name == "href"} == {"data:,"}
        assert not [name for _, name, _ in reader.attributes if name.startswith("on") or name == "style"]
        assert {"iframe", "object", "embed", "img", "form", "base"}.isdisjoint(reader.tags)
        assert reader.tags.count("script") == 1 + len({"examples-data", "answer-data"} & set(reader.ids))
        assert len(reader.ids) == len(set(reader.ids))


def test_links_lead_somewhere(folder: Path) -> None:
    """Every link within the report has its target: a file of the folder or an id of the page."""
    names = {path.name for path in folder.iterdir()}
    for page in folder.glob("*.html"):
        reader = read(page)
        for tag, name, value in reader.attributes:
            if tag == "a" and name == "href" and not value.startswith("https://"):
                assert value[1:] in reader.ids if value.startswith("#") else value in names, value


def test_pages_name_no_file_that_is_not_written(tmp_path: Path) -> None:
    """Pages alone do not link to report.json."""
    pages = write_report(make_document(models=1, tasks=3, samples=3, false_positives=2), tmp_path, ["html"])
    assert len(pages) == 2
    assert not any('href="report.json"' in page.read_text(encoding="utf-8") for page in pages)


def test_addresses_of_findings_are_web_addresses(hostile: Path) -> None:
    """An address that is not http(s) becomes no link."""
    for page in hostile.glob("*.html"):
        assert not [
            value for _, name, value in read(page).attributes if name == "href" and "script" in value.lower()[:12]
        ]


def test_no_character_that_acts_on_a_line_reaches_a_page(hostile: Path) -> None:
    """Controls, overrides, zero-width and unpaired characters are shown as code points."""
    bad = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
    for page in hostile.iterdir():
        if page.suffix != ".json":
            assert not bad.search(page.read_text(encoding="utf-8")), page.name
    text = next(page for page in hostile.glob("*.html") if "passwd" in page.name).read_text(encoding="utf-8")
    for mark in ("⟨U+202E⟩", "⟨U+0000⟩", "⟨U+D800⟩", "⟨U+200B⟩"):
        assert mark in text


def test_hostile_pages_stay_small(hostile: Path) -> None:
    """A line of 100 kB is cut, with what went counted."""
    for page in hostile.glob("*.html"):
        assert page.stat().st_size < 400_000
    assert "⟨… 99\u202f600 more characters⟩" in "".join(
        page.read_text(encoding="utf-8") for page in hostile.glob("*.html")
    )


def test_a_caveat_of_the_suites_leads_every_page(small: ReportDocument, tmp_path: Path) -> None:
    """What a reader has to know of the suites is a warning on the index, each model's page and in Markdown."""
    said = "Plus holds the statement’s examples alone."
    facts = replace(small.provenance.benchmark, caveat=said)
    write_report(replace(small, provenance=replace(small.provenance, benchmark=facts)), tmp_path)
    for page in tmp_path.glob("*.html"):
        assert page.read_text(encoding="utf-8").count(f'<p class="warning" role="note">{said}') == 1, page.name
    assert f"> ⚠️ {said}" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_a_part_may_be_absent() -> None:
    """A list that is empty leaves its section out or says so, and the rest is complete."""
    document = make_document(models=1, tasks=3, samples=3, false_positives=2)
    assert document.models[0].style is not None
    style = replace(document.models[0].style, criteria=(), rules=())
    first = replace(document.models[0], style=style, false_positives=(), optimal_attempts=())
    second = replace(document.models[0], curve=(), per_task=(), pass_at_k=(), attempt_buckets=())
    for model in (first, second):
        text = render_page("model.html.j2", {**context(model, document), **shared(document)})
        assert "methods and provenance" in text
        assert "No accepted program is wrong" in text or model.false_positives


def test_a_long_value_in_dispute_is_shortened(small: ReportDocument) -> None:
    """A number of 160 digits keeps both ends and is whole on hovering; a short value stays."""
    digits = "1" * 80 + "2" * 80
    disputed = SuspectTask(task_id="t", call="f(1)", expected=digits, got="0", programs=3, accepted=1, judged=5)
    grid = section(replace(small, suspects=(disputed,))).suspects
    assert grid is not None
    (row,) = grid.body
    assert all(len(cell.text) <= 60 for cell in row)
    assert (row[2].text[:30], row[2].text[-20:], row[2].whole) == (digits[:30], digits[-20:], digits)
    assert (row[1].text, row[1].whole) == ("f(1)", "")


def test_symbols_stand_in_the_glossary_only(folder: Path, small: ReportDocument) -> None:
    """Above the glossary a model's page names its figures in words: no symbol, no unit but net gain per 100 tasks."""
    for path in folder.glob("*.html"):
        if path.stem == "index":
            continue
        text = path.read_text(encoding="utf-8").partition("<main")[2].partition('id="methods"')[0]
        shown = re.sub(r"<(?:style|script).*?</(?:style|script)>|<[^>]*>", " ", text, flags=re.DOTALL)
        assert "et gain" in shown
        for symbol in (r"K\*", r"\bFDR\b", r"\br = ", r"ean utility", r"alse discovery rate", r"pass@1"):
            assert not re.search(symbol, shown), (path.name, symbol)


def test_null_parts_are_left_out(tmp_path: Path) -> None:
    """Parts that the contract allows to be null may all be null at once."""
    document = make_document(models=2, tasks=3, samples=3, false_positives=2)
    models = []
    for model in document.models:
        assert model.style is not None
        bare = tuple(replace(row, within_task=None) for row in model.style.criteria)
        wrong = tuple(replace(row, failing=None, score=None) for row in model.false_positives)
        models.append(
            replace(
                model,
                extrapolation=None,
                base_tests=None,
                second_verifier=None,
                style=replace(model.style, criteria=bare),
                false_positives=wrong,
            )
        )
    models[1] = replace(models[1], style=None)
    across = Across(attempts=1, line=None, reach=(), paired=())
    assert len(write_report(replace(document, models=tuple(models), across=across, gates=(), tasks=()), tmp_path)) == 5


def test_nothing_is_judged_about_nothing(tmp_path: Path) -> None:
    """A model without a single accepted sample gets a page that says so."""
    document = make_document(models=1, tasks=2, samples=1, false_positives=0)
    model = document.models[0]
    unknown = RateAt(None, micro=UNDEFINED, attempts=1)
    ceiling = replace(model.conditional_accuracy, value=None, low=None, high=None)
    model = replace(
        model,
        single_sample_accuracy=UNDEFINED,
        conditional_accuracy=ceiling,
        false_discovery_rate=unknown,
        style=None,
    )
    document = replace(document, models=(model,))
    write_report(document, tmp_path)
    text = (tmp_path / "simulated-medium.html").read_text(encoding="utf-8")
    assert "No accepted program is wrong" in text
    assert "No answer was accepted." in text
