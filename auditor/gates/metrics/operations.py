"""Metrics of how the run went (samples requested, answered and labelled), and any other number in report.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass

from auditor.gates.metrics.base import (
    INFINITY,
    Better,
    Measured,
    Metric,
    MetricEvidence,
    Parameters,
    Reported,
    Unavailable,
)
from auditor.gates.metrics.resampling import price_per_draw
from auditor.gates.view import ModelView
from auditor.records import Outcome, SampleStatus
from auditor.results import CountedEstimate, Estimate, Optimum, SampleOutcomes, Unit


def sample_outcomes(model: ModelView) -> SampleOutcomes:
    """Return the model's samples by outcome; an error if the run has none."""
    if model.report is None or not model.report.coverage.samples:
        raise Unavailable("the report has no samples by outcome for this model")
    return model.report.coverage


def error_share(model: ModelView) -> float:
    """Return the share of samples that a harness error left without a label."""
    table = sample_outcomes(model)
    errors = sum(outcomes.get(Outcome.ERROR, 0) for outcomes in table.outcomes.values())
    return min(1.0, errors / table.samples)


def unscored_share(model: ModelView) -> float:
    """Return the share of samples without a label, whatever the cause."""
    table = sample_outcomes(model)
    return 1 - table.labelled / table.samples


def unscored_causes(model: ModelView) -> str:
    """Count the samples without a label by cause, the most frequent first."""
    table = sample_outcomes(model)
    found = {str(status): count for status, count in table.statuses.items() if status is not SampleStatus.OK}
    found["without a verdict"] = table.samples - table.labelled - sum(found.values())
    ordered = sorted(found.items(), key=lambda one: -one[1])
    return ", ".join(f"{count} {cause}" for cause, count in ordered if count > 0)


def task_shares(model: ModelView) -> tuple[float, float]:
    """Return the shares of the tasks to analyse that have samples, and that have samples but no labelled one.

    Raises :class:`Unavailable` if the run has no tasks.
    """
    table = sample_outcomes(model)
    if not table.tasks:
        raise Unavailable("the report does not count the tasks that have samples")
    return table.tasks_sampled / table.tasks, (table.tasks_sampled - table.tasks_scored) / table.tasks


def _share(count: Callable[[SampleOutcomes], int]) -> Callable[[ModelView, Parameters], Measured]:
    """Make an exact metric: a share of this run's samples."""

    def measure(model: ModelView, _: Parameters) -> Measured:
        table = sample_outcomes(model)
        return CountedEstimate.exact(count(table) / table.samples, len(model.counts))

    return measure


def _status(*statuses: SampleStatus) -> Callable[[ModelView, Parameters], Measured]:
    return _share(lambda table: sum(table.statuses.get(status, 0) for status in statuses))


def _exact(value: Callable[[ModelView], float]) -> Callable[[ModelView, Parameters], Measured]:
    return lambda model, _: CountedEstimate.exact(value(model), len(model.counts))


def _report(model: ModelView, parameters: Parameters) -> Measured:
    """Follow a dotted path to a number of the report, with the interval that it has there."""
    path = parameters.path or ""
    parent: object = None
    found: object = model.report
    for part in path.split("."):
        parent, found = found, _step(found, part, path)
    estimate = _estimate_at(parent, path.rsplit(".", 1)[-1], found, path)
    bounded = estimate.bounded and estimate.low != estimate.high
    return Reported(
        CountedEstimate(estimate.value, estimate.low, estimate.high, len(model.counts)),
        model.confidence if bounded else None,
    )


def _estimate_at(parent: object, name: str, found: object, path: str) -> Estimate:
    """Return what is at the end of a path as an estimate, with a figure's own interval, never a neighbour's."""
    match found:
        case Estimate():
            return found
        case bool():
            pass
        case int() | float() if isinstance(parent, Optimum) and name == "attempts":
            return Estimate(float(found), parent.low, parent.high)
        case None if isinstance(parent, Estimate) and name == "value":
            return parent
        case int() | float() if isinstance(parent, Estimate) and name == "value":
            return parent
        case int() | float():
            return CountedEstimate.exact(float(found), 0)
        case None:
            return Estimate(None)
        case _:
            pass
    raise Unavailable(f"report.json contains no number at {path!r}")


def _step(found: object, part: str, path: str) -> object:
    if is_dataclass(found) and part in {field.name for field in fields(found)}:
        value: object = getattr(found, part)
        return value
    if isinstance(found, Mapping):
        for key, value in found.items():
            if part == (f"{key:.12g}" if isinstance(key, float) else str(key)):
                return value
    if isinstance(found, tuple) and part.isdigit() and int(part) < len(found):
        inner: object = found[int(part)]
        return inner
    raise Unavailable(f"report.json has nothing at {path!r}: no {part!r} there")


def _canaries(model: ModelView, _: Parameters) -> Measured:
    found = model.report.canaries if model.report is not None else None
    if found is None or found.rate.value is None:
        raise Unavailable("the run has no samples on impossible variants: add some with `auditor tasks canary`")
    return CountedEstimate.exact(found.rate.value, found.tasks)


def _mutation_score(model: ModelView, _: Parameters) -> Measured:
    if model.suites is None or model.suites.plus.mutation_score.value is None:
        raise Unavailable("the suites have not been graded: run `auditor suites`")
    found = model.suites.plus.mutation_score
    return Reported(CountedEstimate(found.value, found.low, found.high, model.suites.tasks), model.confidence)


def _controls(model: ModelView, _: Parameters) -> Measured:
    if model.suites is None:
        raise Unavailable("the suites have not been graded: run `auditor suites`")
    return CountedEstimate.exact(model.suites.plus.controls_passed, model.suites.tasks)


def _suite_error(model: ModelView, _: Parameters) -> Measured:
    found = model.report.suite_error if model.report is not None else None
    if found is None or found.found.value is None:
        raise Unavailable("no second suite has judged these samples: run `auditor suites --second`")
    share = found.found
    return Reported(CountedEstimate(share.value, share.low, share.high, found.tasks), model.confidence)


METRICS = (
    Metric(
        "tasks",
        "analysed tasks",
        "Tasks that count, after exclusions.",
        Unit.COUNT,
        Better.HIGHER,
        _exact(lambda model: len(model.counts)),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
        highest=INFINITY,
    ),
    Metric(
        "samples",
        "scored samples",
        "Samples with a label on the analysed tasks.",
        Unit.COUNT,
        Better.HIGHER,
        _exact(lambda model: model.samples),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
        highest=INFINITY,
    ),
    Metric(
        "coverage",
        "samples that could be judged",
        "Share of this run's samples that have a label.",
        Unit.SHARE,
        Better.HIGHER,
        _share(lambda table: table.labelled),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "task_coverage",
        "tasks with samples",
        "Share of the benchmark's tasks, without unfit and excluded ones, that have samples.",
        Unit.SHARE,
        Better.HIGHER,
        _exact(lambda model: task_shares(model)[0]),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "error_share",
        "share of errors",
        "Share of this run's samples without a label through a harness error.",
        Unit.SHARE,
        Better.LOWER,
        _exact(error_share),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "truncation_share",
        "share truncated",
        "Share of this run's samples that the server cut at its length limit.",
        Unit.SHARE,
        Better.LOWER,
        _status(SampleStatus.TRUNCATED),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "refusal_share",
        "share refused",
        "Share of this run's samples that the model refused to answer.",
        Unit.SHARE,
        Better.LOWER,
        _status(SampleStatus.REFUSED),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "rejection_share",
        "share turned down",
        "Share of this run's samples whose request the server rejected with an error: too long, or rejected.",
        Unit.SHARE,
        Better.LOWER,
        _status(SampleStatus.TOO_LONG, SampleStatus.REJECTED),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "extraction_failure_share",
        "share without code",
        "Share of this run's samples in which no code was found.",
        Unit.SHARE,
        Better.LOWER,
        _status(SampleStatus.EXTRACTION_FAILED),
        evidence=MetricEvidence.EXACT,
        counts_missing=True,
    ),
    Metric(
        "duplicate_share",
        "share of duplicates",
        "Share of this run's samples whose answer repeats an earlier sample of the task exactly.",
        Unit.SHARE,
        Better.LOWER,
        _share(lambda table: table.duplicates),
        evidence=MetricEvidence.EXACT,
    ),
    Metric(
        "flaky_share",
        "share flaky",
        "Share of this run's samples whose program had another outcome when run again.",
        Unit.SHARE,
        Better.LOWER,
        _share(lambda table: table.flaky),
        evidence=MetricEvidence.EXACT,
    ),
    Metric(
        "canary_rate",
        "share passing canaries",
        "Share of the samples on impossible variants of tasks (`auditor tasks canary`) that pass base, pooled. An "
        "honest model passes none: `max = 0` fails on the first that passes.",
        Unit.SHARE,
        Better.LOWER,
        _canaries,
        evidence=MetricEvidence.EXACT,
    ),
    Metric(
        "suite_mutation_score",
        "mutants killed",
        "Share of mutants of the references that base and plus together kill (`auditor suites`), pooled. It belongs to "
        "the benchmark and is the same for every model.",
        Unit.SHARE,
        Better.HIGHER,
        _mutation_score,
        evidence=MetricEvidence.REPORTED,
        example="min = 0.8",
    ),
    Metric(
        "suite_controls",
        "accepted controls",
        "Programs that must fail and that base and plus accept (`auditor suites`): empty, constant, echo, raising, the "
        "answer to another task. It belongs to the benchmark and is the same for every model.",
        Unit.COUNT,
        Better.LOWER,
        _controls,
        evidence=MetricEvidence.EXACT,
        highest=INFINITY,
    ),
    Metric(
        "suite_error",
        "plus wrong",
        "Share of the samples that plus calls correct which a second strong suite rejects (`auditor suites --second`), "
        "pooled.",
        Unit.SHARE,
        Better.LOWER,
        _suite_error,
        evidence=MetricEvidence.REPORTED,
    ),
    Metric(
        "cost_per_sample",
        "cost of a sample",
        "Money that one sample cost in this run.",
        Unit.MONEY,
        Better.LOWER,
        _exact(price_per_draw),
        evidence=MetricEvidence.EXACT,
        highest=INFINITY,
    ),
    Metric(
        "report",
        "number of report.json",
        "Any number in the model's entry of report.json, by its dotted `path` (list positions from 0), such as "
        "`second_verifier.auc_within_task` or `attempt_buckets.0.share_false`. Its interval is the report's, so "
        "`confidence` must be the analysis's own, or 0, even if the report gives the number no interval.",
        Unit.REPORTED,
        Better.NEITHER,
        _report,
        evidence=MetricEvidence.REPORTED,
        lowest=-INFINITY,
        highest=INFINITY,
        needs=("path",),
        example='path = "two_type.soundness"\nconfidence = 0',
    ),
)
"""In the order of the documentation."""
