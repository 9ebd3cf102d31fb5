"""Gate results as Markdown, for a job summary or a comment on a pull request: plain words, percentages, a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from auditor.gates.result import overall
from auditor.gates.wording import asked, figure, span, threshold
from auditor.report.sentences.opening import opening
from auditor.report.standing import SIGNS, signed_verdict
from auditor.results import Choice, GateResult, Judgement
from auditor.text import markdown_cell, noun, plural

MARKER = "<!-- auditor gate -->"
"""First line, by which a script finds the earlier comment to replace."""

_TITLES = {
    Judgement.PASS: "The gate passes",
    Judgement.FAIL: "The gate fails",
    Judgement.INCONCLUSIVE: "The gate is inconclusive: the run cannot tell",
}


def to_markdown(results: Sequence[GateResult], *, choices: Sequence[Choice] = (), link: str = "") -> str:
    """Render a title with the verdict, a table with a row per rule and model, and notes on what did not pass.

    With the run's ``choices`` of a model by cost, the decision comes first.
    ``link`` is the address of the report, shown below the table if it is given.
    """
    rows = ["| verdict | model | what is asked | measured | deciding interval | wanted |", "|---|---|---|--:|--:|--:|"]
    rows += ["| " + " | ".join(map(markdown_cell, _cells(result))) + " |" for result in results]
    notes = [_note(result) for result in results if result.verdict is not Judgement.PASS]
    decision = ["", f"**{markdown_cell(_decided(choices, results))}**"] if choices else []
    parts = [
        MARKER,
        f"### {SIGNS[overall(results)]} {_TITLES[overall(results)]}",
        *decision,
        "",
        _tally(results),
        "",
        *rows,
    ]
    if notes:
        parts += ["", *notes]
    if link:
        parts += ["", f"[Read the report]({_address(link)})"]
    return "\n".join(parts) + "\n"


def _decided(choices: Sequence[Choice], results: Sequence[GateResult]) -> str:
    return opening(choices, results).short


def _tally(results: Sequence[GateResult]) -> str:
    """Count the rules by verdict, such as ``3 gates: 2 pass, 1 fails``."""
    counts = {verdict: sum(one.verdict is verdict for one in results) for verdict in Judgement}
    found = [f"{count} {_verb(verdict, count)}" for verdict, count in counts.items() if count]
    warnings = sum(one.warns for one in results)
    only = f"; {warnings} of them only {noun(warnings, 'warns', 'warn')}" if warnings else ""
    return f"{plural(len(results), 'gate')}: {', '.join(found)}{only}." if found else "No gate was judged."


def _verb(verdict: Judgement, count: int) -> str:
    """Write the verb for a number of gates."""
    match verdict:
        case Judgement.PASS:
            return noun(count, "passes", "pass")
        case Judgement.FAIL:
            return noun(count, "fails", "fail")
        case Judgement.INCONCLUSIVE:
            return f"{noun(count, 'is', 'are')} inconclusive"
    assert_never(verdict)


def _cells(result: GateResult) -> tuple[str, ...]:
    exact = result.deciding_low == result.deciding_high
    return (
        signed_verdict(result.verdict, warns=result.warns),
        result.model,
        asked(result),
        figure(result.value, result.unit),
        "" if exact else span(result.deciding_low, result.deciding_high, result.unit),
        threshold(result.min, result.max, result.unit),
    )


def _note(result: GateResult) -> str:
    why = f" — {markdown_cell(result.reason)}" if result.reason else ""
    return f"- **{markdown_cell(result.model)}**: {markdown_cell(result.sentence)}{why}"


def _address(link: str) -> str:
    """Escape a URL so that it does not end the link early."""
    return re.sub(r"[\s()<>\"\\`]", lambda hit: f"%{ord(hit[0]):02X}", link)
