"""Figures in words and digits: estimates written for a page, and what several pages ask of a model."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report import text
from auditor.results import CurvePoint, Estimate, ModelAnalysis, ModelReport, Optimum, ReportDocument

OR_MORE = " or more"
"""Behind a number that is the most analysed."""
MORE_NOT_MEASURED = "more not measured"
"""In the place of the best number of attempts, with one sample per task."""
FEW = 0.9
"""Share of the tasks below which a figure says how many it rests on."""
OF_ACCEPTED = ("conditional_accuracy", "false_discovery_rate")
"""Metrics that are shares of the tasks that end with an accepted answer within K attempts."""


def percent_of(estimate: Estimate, digits: int = 1) -> str:
    """Write a share, ``14.2 %``; a missing one as a dash."""
    return text.percent(estimate.value, digits)


def percent_span(estimate: Estimate, digits: int = 1) -> str:
    """Write the interval of a share in per cent, ``11.0 to 17.6``, or nothing."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{text.number(100 * estimate.low, digits)} to {text.number(100 * estimate.high, digits)}"


def percent_whole(estimate: Estimate, digits: int = 0) -> str:
    """Write a share with its interval, ``14 % (11 to 18)``."""
    span = f" ({percent_span(estimate, digits)})" if estimate.bounded else ""
    return f"{percent_of(estimate, digits)}{span}"


def points_of(estimate: Estimate, digits: int = 1) -> str:
    """Write a difference in percentage points, with its sign."""
    return text.points(estimate.value, digits)


def points_span(estimate: Estimate, digits: int = 1) -> str:
    """Write the interval of a difference in percentage points, ``−9.2 to −1.2``, or nothing."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{text.points(estimate.low, digits)} to {text.points(estimate.high, digits)}"


def net_gain(utility: float | None) -> str:
    """Write a mean utility per task as net gain per 100 tasks, with its sign: ``+42.5``."""
    return text.signed(None if utility is None else 100 * utility, 1)


def net_gain_span(utility: Estimate) -> str:
    """Write the interval of a utility as net gain per 100 tasks, ``+24.1 to +55.0``, or nothing."""
    return f"{net_gain(utility.low)} to {net_gain(utility.high)}" if utility.bounded else ""


def confidence(document: ReportDocument) -> str:
    """Write the confidence of the document's intervals, e.g. ``95 %``."""
    level = document.options.confidence
    return text.percent(level, 0 if round(100 * level, 6).is_integer() else 1)


def headline_cost(model: ModelAnalysis) -> float | None:
    """Choose the cost ratio that a headline speaks of: 1 if analysed, else the smallest above 0."""
    known = sorted(row.fp_cost for row in model.optimal_attempts)
    return 1.0 if 1.0 in known else next((cost for cost in known if cost > 0), known[0] if known else None)


def cost_ratios(models: Sequence[ModelAnalysis]) -> list[float]:
    """List the cost ratios that any model was analysed at, ascending."""
    return sorted({row.fp_cost for model in models for row in model.optimal_attempts})


def best_attempts(best: Optimum | None, most: int) -> str:
    """Write K*; ``20 or more`` if it is the most analysed, so that the best may lie beyond."""
    if best is None:
        return text.MISSING
    return text.count(best.attempts) + (OR_MORE if best.attempts and best.attempts >= most else "")


def allowed(best: Optimum | None) -> str:
    """Write the attempts to allow."""
    return text.MISSING if best is None else text.count(best.enough)


def best_beside(best: Optimum | None, most: int) -> str:
    """Write K* with its interval, for use next to the attempts to allow: ``best 14, may be 2 or more``."""
    if best is None:
        return ""
    if most <= 1:
        may_be = f", may be {1 - best.attempts}" if (best.low == 0 if best.attempts else best.high) else ""
        return (MORE_NOT_MEASURED if best.attempts else "best 0") + may_be
    number, span = best_attempts(best, most), attempts_span(best)
    if span in ("", number):
        return f"best {number}"
    return f"best {number}, no other" if best.low == best.high else f"best {number}, may be {span}"


def attempts_span(best: Optimum | None) -> str:
    """Write the interval of K*, ``3 to 12``, or nothing.

    ``3 or more`` if it holds the most attempts analysed, ``only 0`` if every other number analysed is worse.
    """
    if best is None or best.low is None or best.high is None:
        return ""
    if best.open_above:
        return f"{text.count(best.low)}{OR_MORE}"
    if best.low == best.high:
        return f"only {text.count(best.low)}"
    return f"{text.count(best.low)} to {text.count(best.high)}"


def most_attempts(model: ModelAnalysis) -> int:
    """Return the largest K of the curve; 0 without a curve."""
    return model.curve[-1].attempts if model.curve else 0


def share_accepted(model: ModelAnalysis, attempts: int) -> float | None:
    """Return the share of tasks that end with an accepted answer within K attempts; ``None`` if K was not analysed."""
    return next((point.accepted.value for point in model.curve if point.attempts == attempts), None)


def ends_accepted(model: ModelAnalysis, attempts: int) -> str:
    """Say how many tasks end with an accepted answer within K attempts: ``22 of 100 tasks``; empty if most do."""
    return of_tasks(share_accepted(model, attempts))


def of_tasks(share: float | None) -> str:
    """Write the share of the tasks that a figure rests on, ``22 of 100 tasks``; empty if that is most or unknown."""
    return "" if share is None or share >= FEW else f"{text.hundredths(share, 0)} of 100 tasks"


OF_TASKS = "“22 of 100 tasks” beside a share of accepted answers: the tasks that end with one."
"""Explains :func:`of_tasks`; said where that is."""


def tasks_analysed(models: Sequence[ModelReport]) -> str:
    """Say how many tasks are behind the models' figures: of all of them where a model lacks some."""
    found = sorted({model.tasks for model in models}) or [0]
    due = max([found[-1], *(model.coverage.tasks for model in models)])
    if found[0] == due:
        return f"{text.plural(due, 'task')} analysed"
    some = text.count(found[0]) if len(found) == 1 else f"{text.count(found[0])} to {text.count(found[-1])}"
    return f"{some} of {text.plural(due, 'task')} analysed"


def advice_differs(document: ReportDocument) -> bool:
    """Whether a model's attempts to allow differ from the attempts within which wrong answers are compared."""
    if document.choice is None:
        return False
    within = {model.model: model.false_discovery_rate.attempts for model in document.models}
    return any(one.attempts != within.get(one.model) for one in document.choice.advised)


def samples_per_task(model: ModelAnalysis) -> str:
    """Write ``200`` or, where tasks differ, ``3–23``."""
    sizes = sorted({row.n for row in model.per_task})
    if not sizes:
        return text.MISSING
    return text.count(sizes[0]) if len(sizes) == 1 else f"{text.count(sizes[0])}–{text.count(sizes[-1])}"


def samples_of(models: Sequence[ModelAnalysis]) -> str:
    """Say how many samples there are, and how many per task where models or tasks differ.

    ``200 samples, per task: 1 of gpt, 100 of base``; of more than four models, the range.
    """
    total = text.plural(sum(model.samples for model in models), "sample")
    sizes = {model.model: samples_per_task(model) for model in models}
    if len(set(sizes.values())) < 2:
        size = next(iter(sizes.values()), text.MISSING)
        return total if size == text.MISSING else f"{total}, {size} per task{' and model' if len(models) > 1 else ''}"
    if len(models) > MOST_SIZES:
        least = min(model.samples_per_task.least for model in models)
        most = max(model.samples_per_task.most for model in models)
        return f"{total}, {text.count(least)} to {text.count(most)} per task and model"
    each = [f"{size} of {text.brief(name)}" for name, size in sizes.items()]
    return f"{total}; per task: {text.listing(each)}"


MOST_SIZES = 4
"""Models whose samples per task are listed one by one."""


def spread_points(curve: Sequence[CurvePoint], most: int = 12) -> list[CurvePoint]:
    """Pick the points of a curve that a table shows: 1, 2, 5, 10, 20 … and the last."""
    last = curve[-1].attempts if curve else 0
    wanted = {m * 10**e for e in range(6) for m in (1, 2, 5)} | {last}
    return [point for point in curve if point.attempts in wanted][-most:]
