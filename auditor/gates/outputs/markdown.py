"""Gate results as Markdown, for a job summary or a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.gates.outputs.text import label, summary
from auditor.gates.wording import number, span, threshold
from auditor.results import GateResult, Judgement
from auditor.text import one_line

MARKER = "<!-- auditor gate -->"
"""First line, by which a script finds its earlier comment to replace it."""

_MARKS = {Judgement.PASS: "✅ pass", Judgement.FAIL: "❌ fail", Judgement.INCONCLUSIVE: "❔ inconclusive"}


def to_markdown(results: Sequence[GateResult]) -> str:
    """Render a table with the verdict first, and the failures and open questions in words below it."""
    rows = ["| verdict | model | rule | value | interval | wanted |", "|---|---|---|--:|---|---|"]
    for result in results:
        cells = (
            _MARKS[result.verdict] + (" (only warns)" if result.warns else ""),
            result.model,
            label(result),
            number(result.value),
            span(result.low, result.high) if result.low != result.high else "",
            threshold(result.min, result.max),
        )
        rows.append("| " + " | ".join(map(escape, cells)) + " |")
    notes = [_note(result) for result in results if result.verdict is not Judgement.PASS]
    parts = [MARKER, f"### {escape(summary(results))}", "", *rows]
    return "\n".join([*parts, "", *notes] if notes else parts) + "\n"


def _note(result: GateResult) -> str:
    why = f" — {escape(result.reason)}" if result.reason else ""
    return f"- **{escape(result.model)}**: {escape(result.sentence)}{why}"


def escape(text: str) -> str:
    """Make text harmless in a Markdown table: no cell ends, no line breaks, no HTML, no emphasis, no mentions."""
    flat = one_line(re.sub(r"\s+", " ", text))
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    return re.sub(r"([\\`*_{}\[\]|#!~])", r"\\\1", flat)
