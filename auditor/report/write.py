"""Writing the report's folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from auditor.report.text import brief, slugs
from auditor.results import ReportDocument, to_plain


def write_report(
    document: ReportDocument,
    folder: str | Path,
    formats: Sequence[str] = ("html", "markdown", "json"),
    *,
    samples: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Write the report's files and return their paths, in the order written.

    ``html`` gives ``index.html`` and a page per model, ``markdown`` ``report.md``, ``json`` ``report.json``.
    The same document gives the same bytes. Pages of models are named after them, see
    :func:`auditor.report.text.slugs`. With ``samples`` they link the pages that
    :func:`auditor.report.samples.write_samples` writes. ``advance`` is called with 1 for each file. Raises OSError
    where the folder cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    if "html" in formats:
        for name, text in _pages(document, "json" in formats, samples):
            written.append(_write(folder / name, [text]))
            advance(1)
    if "markdown" in formats:
        from auditor.report.markdown import summary

        written.append(_write(folder / "report.md", [summary(document)]))
        advance(1)
    if "json" in formats:
        written.append(_write(folder / "report.json", _json(to_plain(document))))
        advance(1)
    return written


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    text = (resources.files("auditor.results") / "schemas" / "report.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _pages(document: ReportDocument, has_json: bool, samples: bool) -> Iterator[tuple[str, str]]:
    """Render the pages one by one, so that only one is in memory."""
    from auditor.report import index_page, model_page
    from auditor.report.render import page

    files = {name: f"{slug}.html" for name, slug in slugs([model.model for model in document.models]).items()}
    common = shared(document, has_json=has_json)
    yield "index.html", page("index.html.j2", {**index_page.context(document, files), **common})
    links: list[dict[str, str] | None] = [{"name": brief(name, 28), "href": file} for name, file in files.items()]
    around = zip([None, *links], [*links[1:], None], strict=False)
    for model, (before, after) in zip(document.models, around, strict=False):
        beside = {"before": before, "after": after}
        own = shared(document, has_json=has_json, model=model.model)
        browser = {"samples_page": f"samples/{files[model.model]}" if samples else ""}
        yield (
            files[model.model],
            page("model.html.j2", {**model_page.context(model, document, **beside), **own, **browser}),
        )


def shared(document: ReportDocument, *, has_json: bool = True, model: str | None = None) -> dict[str, object]:
    """Gather what every page of a report shows.

    ``has_json``: report.json is in the same folder, to be linked. ``model``: the only one whose settings are shown.
    """
    from auditor.report import provenance
    from auditor.report.reading import confidence
    from auditor.report.sentences import names
    from auditor.report.sentences.methods import glossary, interval_check, technical

    return {
        "document_title": document.title or "Audit report",
        "level": confidence(document),
        "provenance": provenance.facts(document, model),
        "settings": provenance.settings(document, model),
        "methods": glossary(document),
        "technical": technical(document, model),
        "suites_line": names.SUITES,
        "interval_check": interval_check(document),
        "has_json": has_json,
        "version": document.provenance.auditor,
        "samples_page": "",
    }


def _json(document: Mapping[str, Any]) -> Iterator[str]:
    """Write the document as JSON in pieces: a line per member, and per member of the members of ``models``."""
    yield "{"
    for place, (key, value) in enumerate(document.items()):
        yield f"{',' if place else ''}\n{_dump(key)}: "
        if key != "models":
            yield _dump(value)
            continue
        yield "["
        for number, model in enumerate(value):
            yield ",\n{" if number else "\n{"
            yield ",\n ".join(f"{_dump(name)}: {_dump(inner)}" for name, inner in model.items())
            yield "}"
        yield "\n]"
    yield "\n}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(", ", ": "))


def _write(path: Path, pieces: Iterator[str] | Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for piece in pieces:
            stream.write(piece)
    return path
