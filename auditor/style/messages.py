"""What the caller and its workers say to each other: JSON lines, every form beside the reading of it.

To the worker: a setup (rubric, seconds, folder), then batches of programs. From it: ``at`` (program and
step that come next), ``results`` of a batch, or the ``error`` that ended it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from auditor.records import Finding, StyleResult
from auditor.style.rubric import Criterion, Rubric


def rubric_row(rubric: Rubric) -> dict[str, Any]:
    """Write what a worker needs of a rubric; its hash goes along, since it is costly to find."""
    criteria = [criterion.plain() for criterion in rubric.criteria]
    return {"name": rubric.name, "version": rubric.version, "hash": rubric.hash, "criteria": criteria}


def read_rubric(row: dict[str, Any]) -> Rubric:
    """Rebuild a rubric that the caller has checked."""
    criteria = tuple(
        Criterion(**{**c, "sources": tuple(c["sources"]), "rules": frozenset(c["rules"])}) for c in row["criteria"]
    )
    rubric = Rubric(row["name"], row["version"], "", "", criteria)
    rubric.__dict__["hash"] = row["hash"]  # where its cached property looks first
    return rubric


def result_row(result: StyleResult) -> list[Any]:
    """Flatten a result, in the order of its fields; ``dataclasses.astuple`` costs as much as radon."""
    findings = [
        (f.tool, f.rule, f.name, f.message, f.line, f.column, f.in_prompt, f.duplicate, f.url) for f in result.findings
    ]
    return [
        result.program, result.rubric_hash, result.parses, result.score, result.adherence, result.metrics,
        findings, result.pragmas,
    ]  # fmt: skip


def read_result(row: list[Any]) -> StyleResult:
    """Rebuild a result."""
    values = dict(zip((field.name for field in fields(StyleResult)), row, strict=True))
    return StyleResult(**{**values, "findings": tuple(Finding(*finding) for finding in values["findings"])})
