"""Explain how one answer was read, as text and as JSON: spans, readings, the choice."""

from __future__ import annotations

import difflib

from auditor.extraction.extract import Extraction, with_plain_newlines
from auditor.extraction.reading import Reading
from auditor.extraction.spans import Span, SpanKind

_WIDTH = 60
_MOST_SPANS = 200


def explain(text: str, found: Extraction) -> str:
    """Describe an extraction as text: the answer's spans, its readings, best first, and the choice."""
    plain = with_plain_newlines(text)
    spans = [span for span in found.spans if plain[span.start : span.end].strip()]
    lines = [f"spans: {len(spans)}"]
    lines += [f"  {_span(plain, span)}" for span in spans[:_MOST_SPANS]]
    if len(spans) > _MOST_SPANS:
        lines.append(f"  … {len(spans) - _MOST_SPANS} more")
    lines.append(f"readings: {found.formed}, {_sameness(found)}")
    lines += [f"  {number}. {_reading(reading)}" for number, reading in enumerate(found.readings, 1)]
    lines.append(f"choice: {_choice(found)}")
    best = found.readings[0] if found.readings else None
    for number, other in enumerate(found.readings[1:], 2):
        if best is not None and not other.in_reasoning:
            lines += ["", *_difference(best, other, number)]
    return "\n".join(lines)


def as_dict(found: Extraction) -> dict[str, object]:
    """Return an extraction as plain JSON: the program, rule and reason, and every reading with its reasons."""
    return {
        "solution": found.solution,
        "rule": found.rule,
        "reason": found.reason,
        "readings": found.count,
        "readings_differ": found.differ,
        "candidates": [
            {"rule": reading.rule, "solution": reading.solution, "reasons": reading.reasons()}
            for reading in found.readings
        ],
        "spans": [
            {
                "kind": span.kind,
                "start": span.start,
                "end": span.end,
                "turn": span.turn,
                "language": span.fence.language if span.fence else None,
            }
            for span in found.spans
        ],
    }


def _span(text: str, span: Span) -> str:
    first = text.count("\n", 0, span.start) + 1
    last = first + text[span.start : span.end].rstrip("\n").count("\n")
    words = " ".join(text[span.start : min(span.end, span.start + 4 * _WIDTH)].split())
    shown = words if len(words) <= _WIDTH else f"{words[:_WIDTH]}…"
    notes = [f"turn {span.turn + 1}"] if span.turn else []
    if span.fence and (span.fence.language or span.fence.container):
        notes.append(span.fence.language or span.fence.container)
    if span.kind is SpanKind.CODE and span.fence is None:
        notes.append("no fence")
    if span.unclosed:
        notes.append("never ends")
    where = f"line {first}" if first == last else f"lines {first}-{last}"
    return f"{span.kind:<9} {where:<14} {', '.join(notes):<18} {shown}".rstrip()


def _reading(reading: Reading) -> str:
    count = reading.solution.count("\n")
    return f"{reading.rule:<28} {count:>4} {'line ' if count == 1 else 'lines'}  {'; '.join(reading.reasons())}"


def _sameness(found: Extraction) -> str:
    if not found.readings:
        return "nothing defines what is asked for"
    return "which are different programs" if found.differ else "all the same program"


def _choice(found: Extraction) -> str:
    if found.solution is None:
        return f"none: {found.reason}; the sample is extraction_failed"
    if found.reason:
        return f"{found.rule}: kept as written, because it {found.reason}"
    return found.rule if len(found.readings) < 2 else f"{found.rule}, reading 1"


def _difference(best: Reading, other: Reading, number: int) -> list[str]:
    """Show what another reading would change, as a diff."""
    diff = difflib.unified_diff(
        best.solution.splitlines(), other.solution.splitlines(), "reading 1", f"reading {number}", lineterm="", n=1
    )
    return list(diff)[:60]
