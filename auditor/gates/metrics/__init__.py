"""The closed set of metrics that a rule can name; ``docs/metrics.md`` is written from it."""

from __future__ import annotations

from auditor.gates.metrics import operations, resampling, style
from auditor.gates.metrics.base import Better, Measured, Metric, MetricEvidence, Parameters, Reported, Unavailable
from auditor.results import Unit

GROUPS: dict[str, tuple[Metric, ...]] = {
    "Accuracy and resampling": resampling.METRICS,
    "Style": style.METRICS,
    "How the run went": operations.METRICS,
}
"""Every metric, by its heading in the documentation."""

METRICS: dict[str, Metric] = {metric.name: metric for group in GROUPS.values() for metric in group}
"""Every metric by its name."""

NAMES: dict[str, Metric] = METRICS | {alias: metric for metric in METRICS.values() for alias in metric.aliases}
"""Every metric by its name and its other names."""

__all__ = [
    "GROUPS",
    "METRICS",
    "NAMES",
    "Better",
    "Measured",
    "Metric",
    "MetricEvidence",
    "Parameters",
    "Reported",
    "Unavailable",
    "Unit",
]  # fmt: skip
