"""A metric: its name, meaning, unit and range, its keys, and how to compute it from a model's numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

from auditor.analysis.task_statistic import TaskStatistic
from auditor.config import GateConfig
from auditor.gates.view import ModelView
from auditor.results import CountedEstimate, Unit

INFINITY = float("inf")


class Better(StrEnum):
    """Which direction is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"
    """Neither direction is better in general."""


class MetricEvidence(StrEnum):
    """The source of a metric's value."""

    TASKS = "interval"
    """A value per task: an interval at any confidence, and a margin against a baseline."""
    EXACT = "exact"
    """A fact about this run, without an interval."""
    REPORTED = "interval as in the report"
    """A number of the report, with its interval there."""


class Unavailable(Exception):  # noqa: N818 - it is an answer, not an error: the rule comes out inconclusive
    """The run lacks what the metric needs; the message says what is missing, as a clause."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The keys of a rule that define its metric; each is ``None`` if the metric does not take it."""

    attempts: int | None = None
    fp_cost: float | None = None
    group: str | None = None
    criterion: str | None = None
    measure: str | None = None
    percentile: float | None = None
    path: str | None = None
    slice: str | None = None
    """Only the tasks of this slice; every metric with a value per task takes it."""

    @classmethod
    def of(cls, rule: GateConfig) -> Parameters:
        """Return the keys of a rule."""
        return cls(**{field.name: getattr(rule, field.name) for field in fields(cls)})

    def given(self) -> dict[str, str | int | float]:
        """Return those that are set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def __str__(self) -> str:
        """Render as ``attempts=10, fp_cost=4``."""
        return ", ".join(f"{name}={_short(value)}" for name, value in self.given().items())


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Reported:
    """A number that only the document has, with its interval and confidence there."""

    estimate: CountedEstimate
    confidence: float | None
    """``None`` if the document gives no interval."""


Measured = TaskStatistic | CountedEstimate | Reported
"""A statistic yields an interval at any confidence; an estimate is exact; a reported one is taken unchanged."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of the report that a rule can name."""

    name: str
    title: str
    """Readable name in lower case that fits into a sentence."""
    doc: str
    """Description in one or two sentences."""
    unit: Unit
    better: Better
    measure: Callable[[ModelView, Parameters], Measured]
    """Function that computes it; raises :class:`Unavailable` if the run lacks what it needs."""
    lowest: float = 0.0
    """Smallest possible value."""
    highest: float = 1.0
    """Largest possible value."""
    evidence: MetricEvidence = MetricEvidence.TASKS
    counts_missing: bool = False
    """Whether it counts missing samples itself, so that missing samples do not make it inconclusive."""
    needs: tuple[str, ...] = ()
    """Required keys of the rule."""
    takes: tuple[str, ...] = ()
    """Optional keys of the rule."""
    example: str = ""
    """Keys of an example rule, as TOML after ``metric = …``; empty if it only has thresholds."""
    aliases: tuple[str, ...] = ()

    def about(self, parameters: Parameters) -> str:
        """Describe what is measured, with its keys."""
        return f"{self.title} ({parameters})" if parameters.given() else self.title

    @property
    def against_baseline(self) -> bool:
        """Return whether it can be compared with a baseline: it has a better direction and a value per task."""
        return self.better is not Better.NEITHER and self.evidence is MetricEvidence.TASKS
