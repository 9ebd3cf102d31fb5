"""The five figures at the head of a model's page, each with interval, sentence and number behind it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from auditor.report import sentences
from auditor.report.cells import range_picture
from auditor.report.reading import Interval, Json, best_attempts, headline_cost, most_attempts, optimum, part, rows
from auditor.report.text import MISSING, count, hundredths, plural


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
    """How many tasks and samples stand behind it."""
    picture: Markup
    alarming: bool = False
    """Shown in the accent: it counts what is false."""


def headlines(model: Json, level: str) -> list[Headline]:
    """Build the five figures of a model."""
    tasks, samples = model.get("tasks", 0), model.get("samples", 0)
    ceiling, false = part(model, "conditional_accuracy"), part(model, "false_discovery_rate")
    accepted, right = (sum(int(row[key]) for row in rows(model, "per_task")) for key in ("base_passes", "correct"))
    answered = f"{plural(ceiling.get('tasks', tasks), 'task')} with an accepted sample"
    of_all, of_accepted = plural(samples, "sample"), plural(accepted, "accepted sample")
    return [
        _share("Single-sample accuracy", model.get("single_sample_accuracy"), level, sentences.accuracy(model),
               f"pass@1: mean over {plural(tasks, 'task')}; pooled, {count(right)} of {of_all}"),
        _share("Ceiling of resampling", ceiling, level, sentences.ceiling(model),
               f"conditional accuracy: mean over {answered}"),
        _share("Accepted but wrong", false, level, sentences.false_share(model),
               f"false discovery rate: mean over {answered}; pooled, {count(accepted - right)} of {of_accepted}",
               alarming=bool(false.get("value"))),
        _attempts(model, level),
        _style(model, level),
    ]  # fmt: skip


def _span(text: str, level: str) -> str:
    return f"{level} interval {text}" if text else ""


def _share(label: str, row: Json | None, level: str, says: str, behind: str, *, alarming: bool = False) -> Headline:
    share = Interval.of(row)
    value = MISSING if share.value is None else hundredths(share.value)
    unit = "" if share.value is None else "%"
    span, picture = _span(share.span(), level), range_picture(share, 0, 1)
    return Headline(label, value, unit, span, says, behind if share.known else "", picture, alarming)


def _attempts(model: Json, level: str) -> Headline:
    cost = headline_cost(model)
    best = optimum(model, cost) or {}
    low, high = best.get("low"), best.get("high")
    found = Interval(best.get("attempts"), low, high)
    span = "" if low is None or high is None else f"{count(low)} to {count(high)}"
    most = most_attempts(model)
    return Headline(
        "Attempts worth making, K*",
        best_attempts(best, most),
        "",
        _span(span, level),
        sentences.attempts(model),
        f"cost ratio r = {cost:g}; {count(most)} analysed at most" if cost is not None else "",
        range_picture(found, 0, most, log=True),
    )


def _style(model: Json, level: str) -> Headline:
    scores = part(model, "style_score")
    within = part(scores, "within_task")
    gap = Interval.of_difference(within)
    label = "Style, wrong minus right"
    if gap.value is None:
        right, wrong = (Interval.of(scores.get(key)).value for key in ("true_positive", "false_positive"))
        gap = Interval(None if right is None or wrong is None else wrong - right)
    return Headline(
        label,
        gap.points(),
        "points" if gap.known else "",
        _span(gap.points_span(), level),
        sentences.style(model),
        f"rubric score, 0 to 100: {plural(within['tasks'], 'task')} with both kinds" if within.get("tasks") else "",
        range_picture(gap, -0.3, 0.3, zero=True),
    )
