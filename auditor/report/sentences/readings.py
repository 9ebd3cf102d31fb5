"""What the extraction of programs from answers may cost a model."""

from __future__ import annotations

from auditor.report.sentences.evidence import say
from auditor.report.text import brief, number, percent, plural
from auditor.results import ReadingGap


def gap(found: ReadingGap) -> str:
    """Compare accuracy as read with the accuracy had each answer been read at its best."""
    shares = {"read": percent(found.as_read), "best": percent(found.at_best)}
    if not found.recovered:
        return say(
            "Read otherwise, no other answer would be right: accuracy is {read} either way, over {samples}.",
            read=shares["read"], samples=plural(found.samples, "sample"),
        )  # fmt: skip
    return say(
        "Accuracy is {read} as the answers were read and {best} had each been read at its best, {gap} points apart: "
        "{answers} {hold} a right program that was not taken.",
        **shares, gap=number(100 * found.gap, 1), answers=plural(len(found.recovered), "answer"),
        hold="holds" if len(found.recovered) == 1 else "hold",
    )  # fmt: skip


def warning(model: str, found: ReadingGap | None) -> str:
    """Warn where the gap is large; empty otherwise."""
    if found is None or not found.is_large:
        return ""
    return say(
        "Reading of answers: {model} may be charged with a fault of the extraction. {gap}",
        model=brief(model), gap=gap(found),
    )  # fmt: skip
