"""Thresholds on the grades of a benchmark's suites: a gate for benchmarks, like the one for models."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self, assert_never

from auditor.errors import UsageError
from auditor.grading.suites import BenchmarkGrade
from auditor.results import Judgement


class SuiteMetric(StrEnum):
    """Metrics that can be required of base and plus together."""

    MUTATION_SCORE = "suite_mutation_score"
    """Least share of mutants killed."""
    CONTROLS = "suite_controls"
    """Largest number of negative controls accepted."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One threshold."""

    metric: SuiteMetric
    threshold: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``METRIC=X``; raises :class:`~auditor.errors.UsageError` with the known metrics."""
        name, _, value = text.partition("=")
        known = ", ".join(f"{metric.value}=X" for metric in SuiteMetric)
        try:
            metric, threshold = SuiteMetric(name.strip()), float(value)
        except ValueError:
            raise UsageError(f"{text!r} is not a requirement", where="--require", remedy=f"give {known}") from None
        if not threshold >= 0 or (metric is SuiteMetric.MUTATION_SCORE and threshold > 1):
            raise UsageError(f"{threshold:g} is out of range", where="--require", remedy=f"give {known}")
        return cls(metric, threshold)

    def verdict(self, grade: BenchmarkGrade) -> Judgement:
        """Compare with a grade: by the interval if the figure has one."""
        match self.metric:
            case SuiteMetric.CONTROLS:
                return Judgement.PASS if grade.plus.controls_passed <= self.threshold else Judgement.FAIL
            case SuiteMetric.MUTATION_SCORE:
                score = grade.plus.mutation_score
                if score.low is not None and score.low >= self.threshold:
                    return Judgement.PASS
                if score.high is not None and score.high < self.threshold:
                    return Judgement.FAIL
                return Judgement.INCONCLUSIVE
        assert_never(self.metric)

    def __str__(self) -> str:
        """Render as ``suite_controls at most 0``."""
        word = "at most" if self.metric is SuiteMetric.CONTROLS else "at least"
        return f"{self.metric.value} {word} {self.threshold:g}"
