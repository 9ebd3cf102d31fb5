"""What the figures of accepted answers rest on: how often answers are wrong that no or fewer tests have checked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median_low

from auditor.results.document import ModelReport, ReportDocument
from auditor.results.estimate import Document, Estimate, Positive
from auditor.results.gate import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteSizes(Document):
    """Numbers of base tests per task, over the analysed tasks that have any."""

    least: Positive
    """The smallest."""
    median: Positive
    """The median, the lower of two."""
    most: Positive
    """The largest."""

    @classmethod
    def of(cls, document: ReportDocument) -> SuiteSizes | None:
        """Read the sizes; ``None`` if no analysed task has base tests."""
        sizes = [row.base_tests for row in document.tasks if row.analysed and row.base_tests]
        return cls(least=min(sizes), median=median_low(sizes), most=max(sizes)) if sizes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FewerTests(Document):
    """Accepted answers that are wrong with at most the median number of base tests per task."""

    tests: Positive
    """That number."""
    wrong: Estimate
    """Share of accepted answers that are wrong."""
    misses_gate: bool
    """Whether the interval reaches above the limit of a gate on this share that the model passes with all tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked(Document):
    """How often answers of the model to use are wrong if less is checked than in the run."""

    model: str
    """The model."""
    wrong: Estimate
    """Share of its single answers that are wrong: no test has checked them."""
    sizes: SuiteSizes | None
    """Base tests per task; null if no task has any."""
    fewer: FewerTests | None
    """With fewer base tests; null if several attempts are advised, if no task has more tests, or if not measured."""

    @classmethod
    def of(cls, document: ReportDocument) -> Unchecked | None:
        """Read it from a document; ``None`` if no model is to be used, or nothing is known of its single answers."""
        name, choice = document.subject, document.choice
        if name is None or choice is None or choice.chosen is None:
            return None
        model, advised = document.model(name), choice.candidate(name)
        if not model.single_sample_accuracy.known:
            return None
        sizes = SuiteSizes.of(document)
        once = advised is not None and advised.attempts == 1
        return cls(
            model=name,
            wrong=model.single_sample_accuracy.complement(),
            sizes=sizes,
            fewer=_with_fewer(document, model, sizes) if sizes and once else None,
        )


def _with_fewer(document: ReportDocument, model: ModelReport, sizes: SuiteSizes) -> FewerTests | None:
    points = model.base_tests or ()
    share = next((one.false_discovery_rate for one in points if one.tests == sizes.median < sizes.most), None)
    if share is None or not share.known:
        return None
    limits = _passed_limits(document, model.model)
    return FewerTests(
        tests=sizes.median,
        wrong=share,
        misses_gate=bool(limits) and share.high is not None and share.high > min(limits),
    )


def _passed_limits(document: ReportDocument, model: str) -> Collection[float]:
    """Return the limits of the gates on the share of accepted answers that are wrong which a model passes."""
    return [
        gate.max
        for gate in document.gates
        if gate.metric == "false_discovery_rate" and model in gate.judges and gate.verdict is Judgement.PASS
        and gate.max is not None
    ]  # fmt: skip
