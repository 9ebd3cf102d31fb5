"""Metrics of how the run went: what was asked, answered, scored; and any other number of report.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auditor.gates.metrics.base import INFINITY, Better, Measured, Metric, Parameters, Reported, Unavailable
from auditor.gates.metrics.resampling import price_per_draw
from auditor.gates.statistic import Estimate
from auditor.gates.view import ModelView


def coverage(model: ModelView) -> Mapping[str, Any]:
    """Return the model's ``coverage`` table, refused where the document has none."""
    table = model.entry.get("coverage")
    if not table or not table.get("samples"):
        raise Unavailable("the report holds no coverage table for this model")
    return dict(table)


def error_share(model: ModelView) -> float:
    """Return the share of samples that an error of ours left without a label."""
    table = coverage(model)
    outcomes = table.get("outcomes") or {}
    errors = sum(int((outcomes.get(suite) or {}).get("error", 0)) for suite in ("base", "plus"))
    return float(min(1.0, errors / table["samples"]))


def unscored_share(model: ModelView) -> float:
    """Return the share of samples without a label, whatever the cause."""
    table = coverage(model)
    return float(1 - table["labelled"] / table["samples"])


def task_shares(model: ModelView) -> tuple[float, float]:
    """Return the shares of the tasks to analyse that have samples, and that have samples but no scored one.

    Raises :class:`Unavailable` where the document does not count its tasks.
    """
    table = coverage(model)
    due = table.get("tasks")
    if not due:
        raise Unavailable("the report does not count the tasks that have samples")
    return table["tasks_sampled"] / due, (table["tasks_sampled"] - table["tasks_scored"]) / due


def _task_coverage(model: ModelView, _: Parameters) -> Measured:
    return Estimate.exact(task_shares(model)[0], len(model.counts))


def _share(count: Callable[[Mapping[str, Any]], float]) -> Callable[[ModelView, Parameters], Measured]:
    """Make an exact metric: a share of this run's samples, which are all there."""

    def measure(model: ModelView, _: Parameters) -> Measured:
        table = coverage(model)
        return Estimate.exact(float(count(table) / table["samples"]), len(model.counts))

    return measure


def _status(*names: str) -> Callable[[ModelView, Parameters], Measured]:
    return _share(lambda table: float(sum((table.get("statuses") or {}).get(name, 0) for name in names)))


def _exact(value: Callable[[ModelView], float]) -> Callable[[ModelView, Parameters], Measured]:
    return lambda model, _: Estimate.exact(value(model), len(model.counts))


def _cost_per_sample(model: ModelView, _: Parameters) -> Measured:
    return Estimate.exact(price_per_draw(model), len(model.counts))


_BOUNDED = ("value", "difference", "share_false", "false_discovery_rate", "correct", "attempts")
"""Whose interval a plain ``low`` and ``high`` in one table are: that of the first of these that stands there."""


def _report(model: ModelView, parameters: Parameters) -> Measured:
    """Follow a dotted path to a number, and take its interval where the report gives it one."""
    path = parameters.path or ""
    found: Any = model.entry
    parent: Any = None
    key = ""
    for key in path.split("."):
        parent, found = found, _step(found, key, path)
    if isinstance(found, Mapping) and "value" in found:
        parent, found, key = found, found["value"], "value"
    if isinstance(found, bool) or not isinstance(found, int | float | None):
        raise Unavailable(f"report.json holds no number at {path!r}")
    value = None if found is None else float(found)
    interval = _interval_of(key, parent) if isinstance(parent, Mapping) else None
    if interval is None:
        return Reported(Estimate.exact(value, len(model.counts)), None)
    return Reported(Estimate(value, *interval, len(model.counts)), model.confidence)


def _interval_of(key: str, table: Mapping[str, Any]) -> tuple[float | None, float | None] | None:
    """Find a number's own interval in its table; the interval of a number beside it is not its own."""
    if f"{key}_low" in table:
        return table[f"{key}_low"], table[f"{key}_high"]
    if "low" in table and key == next((name for name in _BOUNDED if name in table), None):
        return table["low"], table["high"]
    return None


def _step(found: Any, part: str, path: str) -> Any:
    if isinstance(found, Mapping) and part in found:
        return found[part]
    if isinstance(found, list) and part.isdigit() and int(part) < len(found):
        return found[int(part)]
    raise Unavailable(f"report.json holds nothing at {path!r}: no {part!r} there")


METRICS = (
    Metric(
        "tasks",
        "analysed tasks",
        "Tasks that count, after exclusions.",
        "count",
        Better.HIGHER,
        _exact(lambda model: len(model.counts)),
        highest=INFINITY,
    ),
    Metric(
        "samples",
        "scored samples",
        "Samples with a label on the analysed tasks.",
        "count",
        Better.HIGHER,
        _exact(lambda model: model.samples),
        highest=INFINITY,
    ),
    Metric(
        "coverage",
        "coverage",
        "Share of this run's samples that have a label.",
        "count",
        Better.HIGHER,
        _share(lambda table: table["labelled"]),
    ),
    Metric(
        "task_coverage",
        "coverage of the tasks",
        "Share of the benchmark's tasks, without unfit and excluded ones, that have samples.",
        "share",
        Better.HIGHER,
        _task_coverage,
    ),
    Metric(
        "error_share",
        "share of errors",
        "Share of this run's samples without a label through an error of ours.",
        "count",
        Better.LOWER,
        _exact(error_share),
    ),
    Metric(
        "truncation_share",
        "share truncated",
        "Share of this run's samples that the server cut at its length limit.",
        "count",
        Better.LOWER,
        _status("truncated"),
    ),
    Metric(
        "refusal_share",
        "share refused",
        "Share of this run's samples that the model refused to answer.",
        "count",
        Better.LOWER,
        _status("refused"),
    ),
    Metric(
        "rejection_share",
        "share turned down",
        "Share of this run's samples whose request the server turned down by an error: too long, or rejected.",
        "count",
        Better.LOWER,
        _share(
            lambda table: float(sum((table.get("statuses") or {}).get(name, 0) for name in ("too_long", "rejected")))
        ),
    ),
    Metric(
        "extraction_failure_share",
        "share without code",
        "Share of this run's samples in which no code was found.",
        "count",
        Better.LOWER,
        _status("extraction_failed"),
    ),
    Metric(
        "duplicate_share",
        "share of duplicates",
        "Share of this run's samples whose answer an earlier sample of the task had given already, to the letter.",
        "count",
        Better.LOWER,
        _share(lambda table: table.get("duplicates", 0)),
    ),
    Metric(
        "flaky_share",
        "share flaky",
        "Share of this run's samples whose program came out differently when it was run again.",
        "count",
        Better.LOWER,
        _share(lambda table: table.get("flaky", 0)),
    ),
    Metric(
        "cost_per_sample",
        "cost of a sample",
        "Money that one sample cost in this run.",
        "count",
        Better.LOWER,
        _cost_per_sample,
        highest=INFINITY,
    ),
    Metric(
        "report",
        "number of report.json",
        "Any number in the model's entry of report.json, by its dotted `path` (list positions from 0), such as "
        "`second_verifier.auc_within_task` or `attempt_buckets.0.share_false`. Its interval is the report's, so "
        "`confidence` must be the analysis's own, or 0, also where the report gives the number no interval.",
        "reported",
        Better.NEITHER,
        _report,
        lowest=-INFINITY,
        highest=INFINITY,
        needs=("path",),
        example='path = "two_type.soundness"\nconfidence = 0',
    ),
)
"""In the order of the documentation."""
