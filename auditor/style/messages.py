"""Messages between the caller and its workers: JSON lines, each with its writer and its reader.

To the worker: a setup (rubric, seconds, folder), then batches of programs. From the worker: ``at`` (the program and
step that come next), ``results`` of a batch, or the ``error`` that ended it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from auditor.records import Finding, StyleResult
from auditor.style.linters.registry import linter_name
from auditor.style.rubric import Criterion, Rubric


def rubric_row(rubric: Rubric) -> dict[str, Any]:
    """Return what a worker needs of a rubric, JSON-safe."""
    criteria = [criterion.plain() for criterion in rubric.criteria]
    return {"name": rubric.name, "version": rubric.version, "hash": rubric.hash, "criteria": criteria}


def read_rubric(row: dict[str, Any]) -> Rubric:
    """Rebuild a rubric that the caller has checked."""
    criteria = tuple(
        Criterion(**{**c, "sources": tuple(c["sources"]), "rules": frozenset(c["rules"])}) for c in row["criteria"]
    )
    return Rubric(row["name"], row["version"], "", "", criteria, row["hash"])


def result_row(result: StyleResult) -> list[Any]:
    """Flatten a result, in the order of its fields; ``dataclasses.astuple`` is as slow as a linter."""
    findings = [
        (f.tool, f.rule, f.name, f.message, f.line, f.column, f.in_prompt, f.duplicate, f.url, f.criterion)
        for f in result.findings
    ]
    return [
        result.program, result.rubric_hash, result.parses, result.score, result.adherence, result.metrics,
        findings, result.pragmas,
    ]  # fmt: skip


def read_result(row: list[Any]) -> StyleResult:
    """Rebuild a result."""
    values = dict(zip((field.name for field in fields(StyleResult)), row, strict=True))
    findings = tuple(Finding(linter_name(tool), *rest) for tool, *rest in values["findings"])
    return StyleResult(**{**values, "findings": findings})
