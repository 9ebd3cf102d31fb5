"""Messages between the caller and its workers: JSON lines, with functions to write and read them.

To the worker: a setup (rubric, seconds, folder), then batches of programs. From the worker: ``at`` (the next program
and step), ``results`` of a batch, or the ``error`` that ended it.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from auditor.records import Finding, StyleResult
from auditor.style.linters.registry import linter_name
from auditor.style.rubric import Criterion, Rubric

FindingRow = tuple[str, str, str, str, int, int, bool, bool, str, str | None]
"""The fields of a :class:`~auditor.records.Finding`, in order; arrives as a list."""
ResultRow = tuple[
    str, str, bool, float | None, dict[str, bool | None], dict[str, float], list[FindingRow], int
]  # fmt: skip
"""The fields of a :class:`~auditor.records.StyleResult`, in order; arrives as a list."""


class CriterionRow(TypedDict):
    """A criterion, field by field."""

    id: str
    title: str
    reason: str
    sources: list[str]
    rules: list[str]
    metric: str | None
    minimum: float | None
    maximum: float | None
    weight: float
    applies_to: Literal["model", "program"]


class RubricRow(TypedDict):
    """The part of a rubric that a worker needs."""

    name: str
    version: str
    hash: str
    criteria: list[CriterionRow]


class SetupRow(TypedDict):
    """The first message to a worker."""

    rubric: RubricRow
    seconds: float
    """CPU time of one step on one program."""
    folder: str
    """The worker's own folder."""


class ProgramMessage(TypedDict):
    """One program of a batch."""

    program: str
    """Its id."""
    solution: str
    prompt: str
    skip: dict[str, str]
    """Step to skip → reason."""


class ReplyRow(TypedDict, total=False):
    """A message from a worker; it has one of these keys."""

    at: tuple[str, str]
    """Next program and step; arrives as a list."""
    results: list[ResultRow]
    error: str


def rubric_row(rubric: Rubric) -> RubricRow:
    """Return what a worker needs of a rubric, JSON-safe."""
    criteria: list[CriterionRow] = [
        {
            "id": c.id, "title": c.title, "reason": c.reason, "sources": list(c.sources), "rules": sorted(c.rules),
            "metric": c.metric, "minimum": c.minimum, "maximum": c.maximum, "weight": c.weight,
            "applies_to": c.applies_to,
        }
        for c in rubric.criteria
    ]  # fmt: skip
    return {"name": rubric.name, "version": rubric.version, "hash": rubric.hash, "criteria": criteria}


def read_rubric(row: RubricRow) -> Rubric:
    """Rebuild a rubric that the caller has checked."""
    criteria = tuple(
        Criterion(
            id=c["id"], title=c["title"], reason=c["reason"], sources=tuple(c["sources"]), rules=frozenset(c["rules"]),
            metric=c["metric"], minimum=c["minimum"], maximum=c["maximum"], weight=c["weight"],
            applies_to=c["applies_to"],
        )
        for c in row["criteria"]
    )  # fmt: skip
    return Rubric(row["name"], row["version"], "", "", criteria, row["hash"])


def result_row(result: StyleResult) -> ResultRow:
    """Flatten a result, in the order of its fields; ``dataclasses.astuple`` is as slow as a linter."""
    findings: list[FindingRow] = [
        (f.tool, f.rule, f.name, f.message, f.line, f.column, f.in_prompt, f.duplicate, f.url, f.criterion)
        for f in result.findings
    ]
    return (
        result.program, result.rubric_hash, result.parses, result.score, result.adherence, result.metrics,
        findings, result.pragmas,
    )  # fmt: skip


def read_result(row: ResultRow) -> StyleResult:
    """Rebuild a result."""
    program, rubric_hash, parses, score, adherence, metrics, rows, pragmas = row
    findings = tuple(
        Finding(linter_name(tool), rule, name, message, line, column, in_prompt, duplicate, url, criterion)
        for tool, rule, name, message, line, column, in_prompt, duplicate, url, criterion in rows
    )
    return StyleResult(program, rubric_hash, parses, score, adherence, metrics, findings, pragmas)
