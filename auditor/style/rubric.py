"""A rubric as the checks use it; ``auditor.style.loading`` reads one from its file."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from auditor.style.exclusions import OF_THE_BODY, PYLINT_EXCLUDED, RUFF_EXCLUDED
from auditor.style.overlap import TWINS
from auditor.style.versions import tool_versions


@dataclass(frozen=True, slots=True)
class Criterion:
    """One check of a rubric."""

    id: str
    title: str
    reason: str
    sources: tuple[str, ...]
    """As written, ``tool:name``."""
    rules: frozenset[str]
    """``tool:code`` of every rule counted; empty where a metric decides."""
    metric: str | None
    """Key in a result's metrics; ``None`` where findings decide."""
    minimum: float | None
    maximum: float | None
    weight: float
    applies_to: Literal["model", "program"]

    @property
    def tool(self) -> str:
        """The tool of the first source; several only where findings decide."""
        return self.sources[0].partition(":")[0]

    @property
    def tools(self) -> frozenset[str]:
        """The tools without which it cannot be judged."""
        return frozenset(source.partition(":")[0] for source in self.sources)

    def holds(self, value: float) -> bool:
        """Tell whether a metric or a count of findings is within the thresholds, ends included."""
        above = self.minimum is None or value >= self.minimum
        return above and (self.maximum is None or value <= self.maximum)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON-safe data, field by field."""
        return {**asdict(self), "rules": sorted(self.rules)}


@dataclass(frozen=True)
class Rubric:
    """A checked rubric."""

    name: str
    version: str
    title: str
    description: str
    criteria: tuple[Criterion, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256, 64 hex digits, over content, exclusions, twin rules and the tools' versions.

        Results under another hash are results of another measurement.
        """
        content = {
            "rubric": {**asdict(self), "criteria": [criterion.plain() for criterion in self.criteria]},
            "excluded": [sorted(RUFF_EXCLUDED), sorted(PYLINT_EXCLUDED), sorted(OF_THE_BODY)],
            "twins": TWINS,
            "versions": tool_versions(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def summary(self) -> dict[str, Any]:
        """Return, JSON-safe, what a report says of the rubric: name, version, hash, each criterion's words."""
        criteria = [{"criterion": c.id, "title": c.title, "reason": c.reason} for c in self.criteria]
        return {"name": self.name, "version": self.version, "hash": self.hash, "criteria": criteria}


def describe_rubric(rubric: Rubric) -> dict[str, Any]:
    """Return a rubric as JSON-safe data: its criteria with every rule they count, and its hash."""
    criteria = [criterion.plain() for criterion in rubric.criteria]
    return {**asdict(rubric), "criteria": criteria, "hash": rubric.hash, "tools": tool_versions()}


def overlaps(rubric: Rubric) -> list[tuple[str, str, list[str]]]:
    """List pairs of criteria that name the same rules, as (first, second, shared rules).

    They may: a defect is then charged to the first alone.
    """
    return [
        (first.id, second.id, sorted(shared))
        for first, second in itertools.combinations(rubric.criteria, 2)
        if (shared := first.rules & second.rules)
    ]
