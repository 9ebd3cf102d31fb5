"""The interval shown with a number: the report's, so that every number has the same interval everywhere.

Gates, comparisons, histories and the choice of a model are decided by this interval and the stricter one of
:mod:`auditor.analysis.task_statistic`, which also holds with few tasks; they are clear only if both are.
"""

from __future__ import annotations

from collections.abc import Callable

from auditor.analysis.task_statistic import TaskStatistic
from auditor.gates.metrics import Measured, Metric, Parameters
from auditor.gates.metrics.style import reported_style
from auditor.gates.view import ModelView
from auditor.results import CountedEstimate, CurvePoint, Estimate, ModelReport

_SAME = 1e-9
"""Values that differ by less are equal up to rounding."""

_HEADLINES: dict[str, Callable[[ModelReport], Estimate]] = {
    "single_sample_accuracy": lambda model: model.single_sample_accuracy,
    "acceptance": lambda model: model.acceptance,
    "conditional_accuracy_micro": lambda model: model.conditional_accuracy.micro,
    "conditional_accuracy_lower_bound": lambda model: model.conditional_accuracy.lower_bound,
    "conditional_accuracy_upper_bound": lambda model: model.conditional_accuracy.upper_bound,
    "false_discovery_rate_micro": lambda model: model.false_discovery_rate.micro,
    "false_positive_rate": lambda model: model.false_positive_rate,
    "false_positive_rate_micro": lambda model: model.false_positive_rate.micro,
}
_ALONG_THE_CURVE: dict[str, Callable[[CurvePoint, Parameters], Estimate | None]] = {
    "accepted": lambda point, _: point.accepted,
    "correct": lambda point, _: point.correct,
    "draws": lambda point, _: point.draws,
    "utility": lambda point, asked: None if asked.fp_cost is None else point.utility.get(asked.fp_cost),
}


def shown(
    model: ModelView, metric: Metric, parameters: Parameters, measured: Measured, strict: CountedEstimate,
    confidence: float,
) -> CountedEstimate:  # fmt: skip
    """Return a model's number with the interval to show: the report's own, else one built in the same way.

    ``strict``, its stricter interval, is returned if the report has no interval of this kind of number.
    """
    if confidence == model.confidence:
        found = as_reported(model, metric, parameters, strict)
        if found is not strict:
            return found
    return shown_difference(model, measured, strict, confidence)


def shown_difference(
    model: ModelView, measured: Measured, strict: CountedEstimate, confidence: float
) -> CountedEstimate:
    """Return a difference, or a number that is in no report, with an interval built as in the report."""
    if not isinstance(measured, TaskStatistic):
        return strict
    bootstrap = model.bootstrap
    return measured.analysed(confidence, bootstrap.resamples, bootstrap.seed) or strict


def as_reported(model: ModelView, metric: Metric, parameters: Parameters, own: CountedEstimate) -> CountedEstimate:
    """Return ``own`` with the report's interval, if the report has the same number over the same tasks."""
    report = model.report
    if report is None or own.value is None or len(model.counts) != report.tasks:
        return own
    found = _in_report(model, report, metric.name, parameters)
    if found is None or found.value is None or not found.bounded or abs(found.value - own.value) > _SAME:
        return own
    return CountedEstimate(found.value, found.low, found.high, own.tasks)


def _in_report(model: ModelView, report: ModelReport, name: str, asked: Parameters) -> Estimate | None:
    if name in _HEADLINES:
        return _HEADLINES[name](report)
    if name in _ALONG_THE_CURVE:
        point = next((point for point in report.curve if point.attempts == asked.attempts), None)
        return None if point is None else _ALONG_THE_CURVE[name](point, asked)
    match name:
        case "conditional_accuracy" | "false_discovery_rate":
            rate = report.conditional_accuracy if name == "conditional_accuracy" else report.false_discovery_rate
            return rate if rate.attempts == asked.attempts else None
        case "pass_at_k":
            return next((one for one in report.pass_at_k if one.k == asked.attempts), None)
        case "best_utility" | "optimal_attempts":
            best = report.optimum(asked.fp_cost)
            if best is None:
                return None
            return best.utility if name == "best_utility" else best.estimate
        case "style_score" | "style_gap" | "adherence":
            return reported_style(model, name, asked)
        case _:
            return None
