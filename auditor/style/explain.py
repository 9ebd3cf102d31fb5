"""Explain why a program meets or misses each criterion of a rubric."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Finding, StyleResult
from auditor.style.rubric import Criterion, Rubric
from auditor.style.scoring import charge, whole_program_key


@dataclass(frozen=True, slots=True)
class CriterionOutcome:
    """One criterion on one program."""

    criterion: Criterion
    met: bool | None
    """Whether it is met; ``None`` if it does not apply or a linter gave no answer."""
    value: float | None
    """The number that the limits apply to: the source's, or the count of findings."""
    findings: tuple[Finding, ...]
    """Findings that count against it, by line."""


def explain(result: StyleResult, rubric: Rubric) -> list[CriterionOutcome]:
    """List a result's criteria in the rubric's order; empty for a program without a verdict on any."""
    charged: set[tuple[int, str]] = set()
    outcomes = []
    for criterion in rubric.criteria if result.adherence else ():
        if criterion.metric is None:
            findings = charge(criterion, result.findings, charged)
            value: float | None = len(findings)
        else:
            findings = [f for f in result.findings if f.criterion == criterion.id]
            value = _number(result, criterion, criterion.metric)
        outcomes.append(CriterionOutcome(criterion, result.adherence[criterion.id], value, tuple(findings)))
    return outcomes


def _number(result: StyleResult, criterion: Criterion, key: str) -> float | None:
    if criterion.applies_to == "program" and whole_program_key(key) in result.metrics:
        return result.metrics[whole_program_key(key)]
    return result.metrics.get(key)
