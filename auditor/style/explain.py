"""Why a program meets or misses each criterion of a rubric, for whoever writes the rubric."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Finding, StyleResult
from auditor.style.rubric import Criterion, Rubric
from auditor.style.scoring import charge


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion on one program."""

    criterion: Criterion
    met: bool | None
    """``None`` where it does not apply, or a tool gave no answer."""
    value: float | None
    """What was held against the thresholds: the source's number, or how many findings count."""
    findings: tuple[Finding, ...]
    """What counts against it, by line."""


def explain(result: StyleResult, rubric: Rubric) -> list[Judged]:
    """Lay out a result by criterion, in the rubric's order; empty for a program that has no verdict."""
    charged: set[tuple[int, str]] = set()
    judged = []
    for criterion in rubric.criteria if result.adherence else ():
        if criterion.metric is None:
            findings = charge(criterion, result.findings, charged)
            value: float | None = len(findings)
        else:
            findings = [f for f in result.findings if f.criterion == criterion.id]
            value = result.metrics.get(criterion.metric)
        judged.append(Judged(criterion, result.adherence[criterion.id], value, tuple(findings)))
    return judged
