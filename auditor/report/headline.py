"""The five figures at the head of a model's page, each with interval, sentence and number behind it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from auditor.report.cells import range_picture
from auditor.report.reading import (
    allowed,
    attempts_span,
    best_attempts,
    ends_accepted,
    headline_cost,
    most_attempts,
    percent_span,
    points_of,
    points_span,
)  # fmt: skip
from auditor.report.sentences import figures, names, style
from auditor.report.text import MISSING, count, hundredths, plural
from auditor.results import UNDEFINED, Candidate, Estimate, ModelAnalysis


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure."""

    label: str
    value: str
    unit: str
    span: str
    """``95 % interval 11.0 to 17.6``, or empty."""
    says: str
    """The figure in plain words."""
    behind: str
    """How many tasks and samples it is computed from."""
    picture: Markup
    formal: str = ""
    """The figure's name in the literature, shown on hovering."""


def headlines(model: ModelAnalysis, level: str, advised: Candidate | None = None) -> list[Headline]:
    """Build the five figures of a model; ``advised`` has the share of wrong answers at its attempts to allow."""
    ceiling, false = model.conditional_accuracy, model.false_discovery_rate
    wrong = figures.false_share(model)
    if advised is not None and figures.differs(model, advised):
        wrong = f"{wrong} {figures.wrong_at(advised, level)}"
    said = f"{figures.accepted_right(model)} {figures.bounds(model, level)}".rstrip()
    return [
        _share(names.SINGLE.capitalize(), model.single_sample_accuracy, level, figures.accuracy(model),
               f"mean over {plural(model.tasks, 'task')}, {plural(model.samples, 'sample')}",
               "Single-sample accuracy, pass@1"),
        _share(names.CORRECT.capitalize(), ceiling, level, said,
               _answered(model, ceiling.attempts, ceiling.tasks),
               f"Conditional accuracy at K = {count(ceiling.attempts)}"),
        _share(names.WRONG.capitalize(), false, level, wrong,
               _answered(model, false.attempts, false.tasks),
               f"False discovery rate at K = {count(false.attempts)}"),
        _attempts(model, level),
        _style(model, level),
    ]  # fmt: skip


def _answered(model: ModelAnalysis, attempts: int, tasks: int) -> str:
    """Say what a share of accepted answers is of: the tasks that end with one, and those with an accepted sample."""
    within, some, few = plural(attempts, "attempt"), plural(tasks, "task"), ends_accepted(model, attempts)
    if not few:
        return f"within {within}, over {some} with an accepted sample"
    return f"of the {few} that end with an accepted answer within {within}; {some} with an accepted sample"


def _span(text: str, level: str) -> str:
    return f"{level} interval {text}" if text else ""


def _share(label: str, share: Estimate, level: str, says: str, behind: str, formal: str) -> Headline:
    value = MISSING if share.value is None else hundredths(share.value)
    unit = "" if share.value is None else "%"
    span, picture = _span(percent_span(share), level), range_picture(share, 0, 1)
    return Headline(label, value, unit, span, says, behind if share.known else "", picture, formal)


def _attempts(model: ModelAnalysis, level: str) -> Headline:
    cost = headline_cost(model)
    best = model.optimum(cost)
    found = best.estimate if best else UNDEFINED
    most = most_attempts(model)
    return Headline(
        names.ATTEMPTS.capitalize(),
        allowed(best),
        "",
        f"best {best_attempts(best, most)}; at {level}, {attempts_span(best)} may be the best"
        if attempts_span(best) and most > 1
        else "",
        figures.attempts(model),
        f"if one wrong answer {figures.weighs(cost)}; {count(most)} analysed at most" if cost is not None else "",
        range_picture(found, 0, most, log=True),
        "" if cost is None else f"The best number is K* at r = {cost:g}",
    )


def _style(model: ModelAnalysis, level: str) -> Headline:
    scores = model.style.score if model.style else None
    gap: Estimate = (scores.compared if scores else None) or UNDEFINED
    return Headline(
        names.STYLE_GAP.capitalize(),
        points_of(gap),
        "points" if gap.known else "",
        _span(points_span(gap), level),
        style.score(model),
        f"rubric score, 0 to 100: {plural(scores.tasks, 'task')} with both kinds" if scores and gap.known else "",
        range_picture(gap, -0.3, 0.3, zero=True),
    )
