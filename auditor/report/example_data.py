"""The false-positive examples that a page does not write out, as data in the page.

They are rendered by the same template as those written out, in chunks that are deflated one by one, so
that a page inflates only what it shows. A reference is kept once and put beside each of its programs.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence

from auditor.report.code import show
from auditor.report.examples import by_weight, example, shared_head
from auditor.report.render import macro
from auditor.report.text import visible
from auditor.results import FalsePositiveExample, TaskRow

CHUNK = 20
"""Examples per chunk; the page shows as many more at a time."""
DATA_BUDGET = 300_000
"""Characters of data that one page may carry, several hundred examples; what goes beyond is in report.json only."""


def pack(rows: Sequence[FalsePositiveExample], tasks: Mapping[str, TaskRow]) -> tuple[str, int]:
    """Render rows into a block of data for the page, and count those that did not fit.

    The block is JSON that is safe inside ``<script>``: ``features`` (key, task, kind and rules of each example),
    ``chunks`` (base64 of deflated JSON lists of HTML, :data:`CHUNK` examples each) and ``references`` (one such list).
    It is empty where there are no rows.
    """
    references = _References()
    features: list[list[object]] = []
    chunks: list[str] = []
    size = 0
    for shown, html in _rendered(by_weight(rows), tasks, references):
        chunk = _deflated(html)
        size += len(chunk)
        if size > DATA_BUDGET:
            break
        features += shown
        chunks.append(chunk)
    if not features:
        return "", len(rows)
    block = {"features": features, "chunks": chunks, "references": _deflated(references.html)}
    return _safe(json.dumps(block, ensure_ascii=False, separators=(",", ":"))), len(rows) - len(features)


class _References:
    """References that programs are shown beside, each rendered once."""

    def __init__(self) -> None:
        self.html: list[str] = []
        self._places: dict[tuple[str, int], int] = {}

    def place(self, row: FalsePositiveExample, source: str) -> int:
        """Find or render the reference of a row."""
        key = (source, shared_head(row, source))
        if key not in self._places:
            self._places[key] = len(self.html)
            self.html.append(macro("parts.html.j2", "reference", show(*key)))
        return self._places[key]


def _rendered(
    rows: Sequence[FalsePositiveExample], tasks: Mapping[str, TaskRow], references: _References
) -> Iterator[tuple[list[list[object]], list[str]]]:
    """Render chunk after chunk: the features and the HTML of its examples."""
    for start in range(0, len(rows), CHUNK):
        features: list[list[object]] = []
        html: list[str] = []
        for row in rows[start : start + CHUNK]:
            task = tasks.get(row.task_id)
            place = references.place(row, task.reference) if task and task.reference else None
            item = example(row, task)
            features.append([item.key, visible(item.task_id), str(item.kind), [visible(r) for r in item.rules]])
            html.append(macro("parts.html.j2", "example", item, place))
        yield features, html


def _deflated(html: Sequence[str]) -> str:
    plain = json.dumps(html, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(plain.encode("utf-8", "backslashreplace"), 6)).decode()


def _safe(plain: str) -> str:
    """Escape what could end the element that holds the block."""
    for special, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        plain = plain.replace(special, escaped)
    return plain
