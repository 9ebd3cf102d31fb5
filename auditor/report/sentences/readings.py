"""What the extraction of programs from answers may cost a model."""

from __future__ import annotations

from auditor.report.sentences.evidence import say
from auditor.report.text import brief, number, percent, plural
from auditor.results import ReadingGap
from auditor.text import noun


def gap(found: ReadingGap) -> str:
    """Compare accuracy as read with the accuracy had each answer been read at its best."""
    shares = {"read": percent(found.as_read), "best": percent(found.at_best)}
    if not found.recovered:
        return say(
            "No other reading of an answer is right: accuracy is {read} either way, over {samples}.",
            read=shares["read"], samples=plural(found.samples, "sample"),
        )  # fmt: skip
    return say(
        "Accuracy is {read} with the programs extracted, and {best} with the best program in each answer, a gap of "
        "{gap} "
        "points: {answers} {hold} a correct program that was not extracted.",
        **shares, gap=number(100 * found.gap, 1), answers=plural(len(found.recovered), "answer"),
        hold=noun(len(found.recovered), "contains", "contain"),
    )  # fmt: skip


def warning(model: str, found: ReadingGap | None) -> str:
    """Warn where the gap is large; empty otherwise."""
    if found is None or not found.is_large:
        return ""
    return say(
        "{model} may be blamed for a fault of the extraction. {gap}",
        model=brief(model), gap=gap(found),
    )  # fmt: skip
