"""Runs over time: what changed from the baseline, as the typed verdicts have it, and what else changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import assert_never

from auditor.report.sentences import names
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.text import MISSING, brief, count, listing, number, percent, plural, points, signed
from auditor.results import (
    ChangeVerdict,
    Estimate,
    FigureChange,
    History,
    HistoryFigure,
    Judgement,
    ModelHistory,
    OtherChange,
    OtherKind,
    Unit,
)

NAMES = {
    "single_sample_accuracy": names.SINGLE,
    "false_discovery_rate": names.WRONG,
    "acceptance": names.ACCEPTED,
    "best_utility": "best mean utility",
    "optimal_attempts": "attempts to allow",
    "style_score": "style of accepted answers",
}
"""What pages call the figures of a history."""
UNCLEAR = "not clear"
"""What tables call a change that is not shown."""
MOST_NAMED = 3
"""Tasks, settings and versions of a kind that a sentence names."""


def of_change(change: FigureChange) -> Evidence:
    """Return the evidence for a change: clear where the verdict says so."""
    return Evidence.CLEAR if change.verdict.clear else Evidence.SEEN


def verdict(change: FigureChange | None) -> str:
    """Write a verdict for a cell."""
    if change is None:
        return MISSING
    match change.verdict:
        case ChangeVerdict.EQUAL:
            return say("equal")
        case ChangeVerdict.OPEN:
            return say(UNCLEAR)
        case ChangeVerdict.BETTER:
            return say("better", of_change(change))
        case ChangeVerdict.WORSE:
            return say("worse", of_change(change))
        case ChangeVerdict.HIGHER:
            return say("higher", of_change(change))
        case ChangeVerdict.LOWER:
            return say("lower", of_change(change))
    assert_never(change.verdict)


def value(figure: HistoryFigure, *, unit: bool = True) -> str:
    """Write a figure: a share in per cent, anything else as a number."""
    if figure.unit is Unit.SHARE:
        text = percent(figure.value.value)
        return text if unit else text.removesuffix("%").rstrip("\u202f")
    return number(figure.value.value, 0 if figure.unit is Unit.DRAWS else 2)


def value_span(figure: HistoryFigure) -> str:
    """Write a figure's interval, ``11.0 to 17.6``, or nothing."""
    low, high = figure.value.low, figure.value.high
    if low is None or high is None:
        return ""
    if figure.unit is Unit.SHARE:
        return f"{number(100 * low, 1)} to {number(100 * high, 1)}"
    digits = 0 if figure.unit is Unit.DRAWS else 2
    return f"{number(low, digits)} to {number(high, digits)}"


def amount(figure: HistoryFigure) -> str:
    """Write the difference from the baseline with its sign: points of a share, else a number."""
    difference = figure.change.difference if figure.change else Estimate(None)
    return _signed(difference.value, figure.unit)


def amount_span(figure: HistoryFigure) -> str:
    """Write the interval of the difference, or nothing."""
    difference = figure.change.difference if figure.change else None
    if difference is None or not difference.bounded or difference.low == difference.high:
        return ""
    return f"{_signed(difference.low, figure.unit)} to {_signed(difference.high, figure.unit)}"


def _signed(given: float | None, unit: Unit) -> str:
    if unit is Unit.SHARE:
        return points(given)
    return signed(given, 0 if unit is Unit.DRAWS else 2)


def title(history: History, metric: str) -> str:
    """Title of a figure's chart: in how many of the later runs it changed, over all models."""
    name = NAMES[metric]
    found = [
        figure.change
        for model in history.models
        for point in model.points
        if (figure := point.figure(metric)) is not None and figure.change is not None
    ]
    if not found:
        return say("{name}, run by run", name=_sentence(name))
    sides = (ChangeVerdict.BETTER, ChangeVerdict.WORSE)
    better, worse = (sum(one.verdict is which for one in found) for which in sides)
    total = plural(len(found), "comparison")
    if not better and not worse:
        if all(one.verdict is ChangeVerdict.EQUAL for one in found):
            return say("{name}: equal to the baseline in {total}", name=_sentence(name), total=total)
        return say("{name}: no clear change from the baseline in {total}", name=_sentence(name), total=total)
    parts = [(better, "clearly better in {n}"), (worse, "clearly worse in {n}")]
    told = " and ".join(say(text, Evidence.CLEAR, n=count(n)) for n, text in parts if n)
    return say("{name}: {told} of {total}", name=_sentence(name), told=told, total=total)


def _sentence(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def lead(history: History, model: ModelHistory) -> str:
    """Say how the last run of a model compares with the baseline: single and accepted answers."""
    last = model.points[-1]
    run, base = history.runs[last.run], history.baseline
    parts = [
        _told(figure)
        for metric in ("single_sample_accuracy", "false_discovery_rate")
        if (figure := last.figure(metric)) is not None and figure.change is not None
    ]
    if not parts:
        return say("{model}: no task in common with {base}.", model=brief(model.model), base=brief(base.name))
    text = say("{model}, {run} against {base}: {parts}.", model=brief(model.model), run=brief(run.name),
               base=brief(base.name), parts="; ".join(parts))  # fmt: skip
    besides = other([change for change in run.since_baseline if change.model in ("", last.model)])
    return text + (say(" Also changed: {changes}.", changes=listing(besides)) if besides else "")


def _told(figure: HistoryFigure) -> str:
    """Say one change: ``single answers that are correct +3.1 points (+0.4 to +5.8), clearly better``."""
    change = figure.change
    assert change is not None, "the caller has looked"
    name = NAMES[figure.metric]
    if change.verdict is ChangeVerdict.EQUAL:
        return say("{name}, equal on every task", name=name)
    span = f" ({amount_span(figure)})" if amount_span(figure) else ""
    unit = " points" if figure.unit is Unit.SHARE else ""
    values = {"name": name, "amount": amount(figure), "unit": unit, "span": span}
    if change.verdict is ChangeVerdict.OPEN:
        return say("{name} {amount}{unit}{span}, no clear change", **values)
    words = say("clearly {word}", Evidence.CLEAR, word=verdict(change))
    return say("{name} {amount}{unit}{span}, {words}", words=words, **values)


_KINDS = {
    OtherKind.TASK_ADDED: ("added", "task"),
    OtherKind.TASK_REMOVED: ("removed", "task"),
    OtherKind.TASK_TEXT: ("reworded", "task"),
    OtherKind.TASK_TESTS: ("with other tests, left out of the changes", "task"),
    OtherKind.TASK_LEFT_OUT: ("used in one of the runs only", "task"),
}


def other(changes: Sequence[OtherChange]) -> list[str]:
    """Say what else changed, a clause for each kind."""
    by_kind: dict[OtherKind, list[OtherChange]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    return [_clause(kind, by_kind[kind]) for kind in OtherKind if kind in by_kind]


def _clause(kind: OtherKind, changes: Sequence[OtherChange]) -> str:
    match kind:
        case (
            OtherKind.TASK_ADDED
            | OtherKind.TASK_REMOVED
            | OtherKind.TASK_TEXT
            | OtherKind.TASK_TESTS
            | OtherKind.TASK_LEFT_OUT
        ):
            what, noun = _KINDS[kind]
            return say("{tasks} {what}{names}", tasks=plural(len(changes), noun), what=what, names=_names(changes))
        case OtherKind.TASKS_UNKNOWN:
            return say("tasks or tests differ; the older run does not say which")
        case OtherKind.VERSION:
            return say("{pairs}", pairs=_pairs(changes))
        case OtherKind.SETTING:
            return say("setting {pairs}", pairs=_pairs(changes, quoted=True))
        case OtherKind.ENVIRONMENT:
            named = any(change.name for change in changes)
            return say("programs ran with {what}", what=_pairs(changes) if named else "another environment")
        case OtherKind.SANDBOX:
            return say("sandbox {pairs}", pairs=_pairs(changes))
        case OtherKind.RUBRIC:
            return say("another rubric, so style is not compared")
    assert_never(kind)


def _names(changes: Sequence[OtherChange]) -> str:
    """Name a few tasks in brackets."""
    if len(changes) > MOST_NAMED:
        return ""
    return f" ({', '.join(brief(change.name, 40) for change in changes)})"


def _pairs(changes: Sequence[OtherChange], *, quoted: bool = False) -> str:
    """Write what was and what is: ``ruff from 0.14.1 to 0.14.9``; what several models share is written once."""
    shared: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for change in changes:
        was, now = (brief(text or "none", 30) for text in (change.before, change.after))
        name = f"“{brief(change.name, 40)}”" if quoted else brief(change.name, 40)
        shared[name, was, now].append(change.model)
    told = [
        f"{name}{_of_models(models)} from {was} to {now}".strip()
        for (name, was, now), models in list(shared.items())[:MOST_NAMED]
    ]
    left = len(shared) - len(told)
    return listing([*told, f"{left} more"] if left else told)


def _of_models(models: Sequence[str]) -> str:
    named = [model for model in models if model]
    return "" if not named else f" of {brief(named[0], 40)}" if len(named) == 1 else f" of {len(named)} models"


def gates(history: History, run: int, model: str) -> str:
    """Count the verdicts of a model's rules in one run: ``2 pass, 1 fail``; empty without rules."""
    found = [gate.verdict for gate in history.runs[run].gates if gate.model == model]
    return ", ".join(
        f"{found.count(one)} {word}"
        for one, word in ((Judgement.PASS, "pass"), (Judgement.FAIL, "fail"), (Judgement.INCONCLUSIVE, "inconclusive"))
        if one in found
    )
