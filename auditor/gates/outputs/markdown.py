"""Gate results as Markdown, for a job summary or a comment on a pull request: plain words, percentages, a link."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.gates.outputs.text import asked
from auditor.gates.result import overall
from auditor.gates.wording import figure, span, threshold
from auditor.results import GateResult, Judgement
from auditor.text import one_line

MARKER = "<!-- auditor gate -->"
"""First line, by which a script finds its earlier comment to replace it."""

_MARKS = {Judgement.PASS: "✅ passed", Judgement.FAIL: "❌ failed", Judgement.INCONCLUSIVE: "❔ inconclusive"}
_TITLES = {
    Judgement.PASS: "✅ The gate passed",
    Judgement.FAIL: "❌ The gate failed",
    Judgement.INCONCLUSIVE: "❔ The gate is inconclusive: the run cannot tell",
}


def to_markdown(results: Sequence[GateResult], *, link: str = "") -> str:
    """Render a title with the verdict, a table with a row per rule and model, and notes on what did not pass.

    ``link`` is the address of the report, shown below the table where it is given.
    """
    rows = ["| verdict | model | what is asked | measured | wanted |", "|---|---|---|--:|--:|"]
    rows += ["| " + " | ".join(map(escape, _cells(result))) + " |" for result in results]
    notes = [_note(result) for result in results if result.verdict is not Judgement.PASS]
    parts = [MARKER, f"### {_TITLES[overall(results)]}", "", _tally(results), "", *rows]
    if notes:
        parts += ["", *notes]
    if link:
        parts += ["", f"[Read the report]({_address(link)})"]
    return "\n".join(parts) + "\n"


def _tally(results: Sequence[GateResult]) -> str:
    """Count the rules by verdict, such as ``3 checks: 2 passed, 1 failed``."""
    words = {Judgement.PASS: "passed", Judgement.FAIL: "failed", Judgement.INCONCLUSIVE: "inconclusive"}
    counts = [(sum(one.verdict is verdict for one in results), word) for verdict, word in words.items()]
    found = [f"{count} {word}" for count, word in counts if count]
    warnings = sum(one.warns for one in results)
    only = f"; {warnings} of them only warn" if warnings else ""
    checks = "1 check" if len(results) == 1 else f"{len(results)} checks"
    return f"{checks}: {', '.join(found)}{only}." if found else "No rule was judged."


def _cells(result: GateResult) -> tuple[str, ...]:
    interval = "" if result.low == result.high else f" ({span(result.low, result.high, result.unit)})"
    return (
        _MARKS[result.verdict] + (" (only warns)" if result.warns else ""),
        result.model,
        asked(result),
        figure(result.value, result.unit) + interval,
        threshold(result.min, result.max, result.unit),
    )


def _note(result: GateResult) -> str:
    why = f" — {escape(result.reason)}" if result.reason else ""
    return f"- **{escape(result.model)}**: {escape(result.sentence)}{why}"


def _address(link: str) -> str:
    """Write a URL so that it ends the link nowhere early."""
    return re.sub(r"[\s()<>\"\\`]", lambda hit: f"%{ord(hit[0]):02X}", link)


def escape(text: str) -> str:
    """Make text harmless in a Markdown table: no cell ends, no line breaks, no HTML, no emphasis, no mentions."""
    flat = one_line(re.sub(r"\s+", " ", text))
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    return re.sub(r"([\\`*_{}\[\]|#!~])", r"\\\1", flat)
