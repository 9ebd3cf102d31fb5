"""Gate results as Markdown, for a job summary or a comment on a pull request: plain words, percentages, a link."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.gates.metrics import NAMES, Unit
from auditor.gates.result import overall
from auditor.gates.wording import number, threshold
from auditor.results import GateKind, GateResult, Judgement
from auditor.text import one_line

MARKER = "<!-- auditor gate -->"
"""First line, by which a script finds its earlier comment to replace it."""

IN_PLAIN_WORDS = {
    "single_sample_accuracy": "right at the first attempt",
    "acceptance": "accepted by the base tests",
    "conditional_accuracy": "right among accepted answers",
    "conditional_accuracy_micro": "right among all accepted answers, pooled",
    "false_discovery_rate": "wrong among accepted answers",
    "false_discovery_rate_micro": "wrong among all accepted answers, pooled",
    "false_positive_rate": "wrong answers that the base tests accept",
    "accepted": "tasks with an accepted answer",
    "correct": "tasks with a right answer",
    "wrong": "tasks with a wrong answer accepted",
    "utility": "net worth per task",
    "best_utility": "net worth per task at the best number of attempts",
    "optimal_attempts": "best number of attempts",
    "style_score": "style score of the answers",
    "adherence": "answers that meet a style criterion",
    "coverage": "samples that could be judged",
    "task_coverage": "tasks with samples",
    "refusal_share": "requests that the model refused",
    "truncation_share": "answers cut off at the length limit",
    "flaky_share": "answers judged differently when run again",
}
"""What a metric measures, for a reader who does not know its name; the others have their titles."""

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
    low, high = (_figure(result, bound).split(" ")[0] for bound in (result.low, result.high))
    interval = "" if result.low == result.high else f" ({low} to {high})"
    return (
        _MARKS[result.verdict] + (" (only warns)" if result.warns else ""),
        result.model,
        asked(result),
        _figure(result, result.value) + interval,
        _wanted(result),
    )


def asked(result: GateResult) -> str:
    """Say what a rule asks in plain words, with its metric's keys and, where it has one, its own name."""
    metric = NAMES.get(result.metric)
    words = IN_PLAIN_WORDS.get(metric.name if metric else "", metric.title if metric else result.metric)
    keys = ", ".join(f"{key} {value}" for key, value in result.parameters.items())
    if keys:
        words = f"{words} ({keys})"
    if result.kind is GateKind.BASELINE:
        words = f"{words}, change from the baseline"
    return words if result.rule.startswith(result.metric) else f"{result.rule}: {words}"


def _is_share(result: GateResult) -> bool:
    return result.metric in NAMES and NAMES[result.metric].unit in (Unit.SHARE, Unit.DIFFERENCE)


def _figure(result: GateResult, value: float | None) -> str:
    """Write a share as a percentage, a difference of shares in points, anything else as a number."""
    if value is None or not _is_share(result):
        return number(value)
    unit = " points" if result.kind is GateKind.BASELINE or NAMES[result.metric].unit is Unit.DIFFERENCE else " %"
    return f"{100 * value:.1f}{unit}"


def _wanted(result: GateResult) -> str:
    if not _is_share(result):
        return threshold(result.min, result.max)
    unit = " points" if result.kind is GateKind.BASELINE or NAMES[result.metric].unit is Unit.DIFFERENCE else " %"
    lowest, highest = (None if limit is None else f"{100 * limit:.4g}{unit}" for limit in (result.min, result.max))
    if lowest is not None and highest is not None:
        return f"between {lowest} and {highest}"
    return f"at least {lowest}" if lowest is not None else f"at most {highest}"


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
