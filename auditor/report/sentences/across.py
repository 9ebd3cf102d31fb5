"""Models against each other: the line over models, and who reaches whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from auditor.report.sentences import names
from auditor.report.sentences.evidence import Evidence, of_reach, say
from auditor.report.text import count, number, plural
from auditor.results import Across, ModelAnalysis, ModelLine, Reach, ReachPair

LEAST_MODELS = 5
"""A line over fewer models gives no sentence, whatever its interval."""


def line(across: Across) -> str:
    """Title of the scatter: a relation only over enough models and where the interval of the slope excludes zero."""
    fit = across.line
    if fit is None or fit.models < LEAST_MODELS:
        return say("How often single and accepted answers of each model are correct")
    if not fit.side:
        return say("Over {models}, no clear relation between single answers correct and accepted answers correct",
                   models=plural(fit.models, "model"))  # fmt: skip
    amount = number(10 * abs(fit.slope), 1)
    if fit.side > 0:
        return say("Where single answers are correct 10 points more often, accepted ones are correct {points} points "
                   "more often",
                   Evidence.CLEAR, points=amount)  # fmt: skip
    return say("Where single answers are correct 10 points more often, accepted ones are correct {points} points less "
               "often",
               Evidence.CLEAR, points=amount)  # fmt: skip


def correct_within(model: ModelAnalysis) -> str:
    """Name the share of accepted answers that are correct, with the attempts allowed, which are the same for all."""
    return f"{names.CORRECT}, within {plural(model.conditional_accuracy.attempts, 'attempt')}"


def equal(model: ModelAnalysis) -> str:
    """Explain what the chart of single and accepted answers compares, and its diagonal."""
    within = plural(model.conditional_accuracy.attempts, "attempt")
    return (
        f"An accepted answer is the first of a task that passes the base tests, within {within}. On the dotted line, "
        "accepted answers are correct as often as single ones: accepting by the base tests changes nothing. The "
        "distance above it is what it adds."
    )


def fitted(fit: ModelLine) -> str:
    """Give the fitted line's formula."""
    return (
        f"Fitted line, by least squares over {fit.models} models and {fit.tasks} tasks: {names.CORRECT} = "
        f"{number(fit.intercept)} + {number(fit.slope)} × {names.SINGLE}; slope {number(fit.slope_low)} to "
        f"{number(fit.slope_high)}, R² = {number(fit.r_squared)}."
    )


def reach(found: Sequence[ReachPair]) -> str:
    """Title of the table of who reaches whom: how many pairs have each verdict."""
    if not found:
        return say("No weaker model to compare with a stronger one")
    parts = [_tally(verdict, [row for row in found if row.verdict is verdict]) for verdict in Reach]
    return say(
        "Of {pairs}: {parts}",
        pairs=plural(len(found), "pair of models", "pairs of models"),
        parts="; ".join(filter(None, parts)),
    )


def unranked(across: Across) -> str:
    """Say in how many of the pairs it is open which model is the weaker; empty if in none, or if that is unknown."""
    sides = {
        frozenset((row.a, row.b)): row.side for row in across.paired if row.metric == "single_sample_accuracy"
    }  # fmt: skip
    open_ = sum(sides.get(frozenset((row.weak, row.strong))) == 0 for row in across.reach)
    if not open_:
        return ""
    return say(
        ". In {n}, it is not clear which model is the weaker", n=plural(open_, "of these pairs", "of these pairs")
    )


def _tally(verdict: Reach, rows: Sequence[ReachPair]) -> str:
    """Say one verdict of the pairs that have it."""
    if not rows:
        return ""
    evidence, values = of_reach(verdict), {"n": count(len(rows)), "tries": plural(rows[0].within, "attempt")}
    same = len({row.within for row in rows}) == 1
    match verdict:
        case Reach.REACHES:
            return say(
                "in {n}, resampling brings the weaker model to the accuracy of a single answer of the stronger",
                evidence,
                **values,
            )
        case Reach.NOT_WITHIN if same:
            return say(
                "in {n}, it does not within {tries}, which does not rule out a larger number", evidence, **values
            )
        case Reach.NOT_WITHIN:
            return say(
                "in {n}, it does not within the attempts analysed, which does not rule out a larger number",
                evidence,
                **values,
            )
        case Reach.NEVER:
            return say("in {n}, resampling never does, at any number of attempts", evidence, **values)
        case Reach.OPEN:
            return say("in {n}, the data do not decide", evidence, **values)
    assert_never(verdict)


def reach_cell(row: ReachPair) -> str:
    """Write a pair's verdict for a cell."""
    match row.verdict:
        case Reach.REACHES:
            return count(row.attempts) if row.attempts is not None else say("reaches")
        case Reach.NOT_WITHIN:
            return say("> {tries}", of_reach(row.verdict), tries=count(row.within))
        case Reach.NEVER:
            return say("never", of_reach(row.verdict))
        case Reach.OPEN:
            return say("open")
    assert_never(row.verdict)
