"""A rubric as used by the checks; ``auditor.style.loading`` reads one from a file."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import asdict, dataclass
from typing import Literal

from auditor.records import LinterName
from auditor.results import CriterionFacts, RubricFacts
from auditor.style.linters import registry
from auditor.style.linters.interface import Linter


@dataclass(frozen=True, slots=True)
class Criterion:
    """One check of a rubric."""

    id: str
    title: str
    reason: str
    sources: tuple[str, ...]
    """As written, ``linter:name``."""
    rules: frozenset[str]
    """``linter:code`` of every rule counted; empty if a number decides."""
    metric: str | None
    """Key in a result's metrics; ``None`` if findings decide."""
    minimum: float | None
    maximum: float | None
    weight: float
    applies_to: Literal["model", "program"]
    """``model``: lines of the prompt are not charged; ``program``: every line is."""

    @property
    def linter(self) -> Linter:
        """The linter of the first source; there are several only if findings decide."""
        return registry.linter(self.sources[0].partition(":")[0])

    @property
    def linters(self) -> frozenset[str]:
        """Return the names of the linters without which it cannot be judged."""
        return frozenset(source.partition(":")[0] for source in self.sources)

    def holds(self, value: float) -> bool:
        """Return whether a number or a count of findings is within the limits, inclusive."""
        above = self.minimum is None or value >= self.minimum
        return above and (self.maximum is None or value <= self.maximum)

    def plain(self) -> dict[str, object]:
        """Return it as JSON-safe data, field by field."""
        return {**asdict(self), "rules": sorted(self.rules)}


@dataclass(frozen=True, slots=True)
class Rubric:
    """A checked rubric."""

    name: str
    version: str
    title: str
    description: str
    criteria: tuple[Criterion, ...]
    hash: str
    """SHA-256, 64 hex digits, over the rubric's content and the exclusions, overlaps and versions of the linters
    that run for it. Results under another hash are from another measurement."""

    @property
    def linters(self) -> tuple[Linter, ...]:
        """The linters that run for it, in order."""
        return registry.linters_for(source for criterion in self.criteria for source in criterion.sources)

    @property
    def whole_program(self) -> frozenset[str]:
        """Return the keys of numbers needed for the whole program, including the prompt's lines."""
        return frozenset(c.metric for c in self.criteria if c.metric is not None and c.applies_to == "program")

    def asking_about(self, linter: LinterName, rule: str) -> str | None:
        """Return the id of the first criterion that counts a rule; ``None`` if no criterion does."""
        key = f"{linter}:{rule}"
        return next((criterion.id for criterion in self.criteria if key in criterion.rules), None)

    def facts(self) -> RubricFacts:
        """Return the rubric's facts for a report."""
        return RubricFacts(
            name=self.name,
            version=self.version,
            hash=self.hash,
            criteria=tuple(
                CriterionFacts(criterion=c.id, title=c.title, reason=c.reason, rules=tuple(sorted(c.rules)))
                for c in self.criteria
            ),
        )


def rubric_hash(name: str, version: str, title: str, description: str, criteria: tuple[Criterion, ...]) -> str:
    """Compute :attr:`Rubric.hash`."""
    content = {
        "rubric": [name, version, title, description, [criterion.plain() for criterion in criteria]],
        "measurement": registry.fingerprint(registry.linters_for(s for c in criteria for s in c.sources)),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def tool_versions(rubric: Rubric) -> dict[str, str]:
    """Return the versions that decide a rubric's results: of its linters by package, and Python's."""
    return registry.versions(rubric.linters)


def describe_rubric(rubric: Rubric) -> dict[str, object]:
    """Return a rubric as JSON-safe data: its criteria with every rule they count, its hash and the tools' versions."""
    criteria = [criterion.plain() for criterion in rubric.criteria]
    return {**asdict(rubric), "criteria": criteria, "tools": tool_versions(rubric)}


def overlaps(rubric: Rubric) -> list[tuple[str, str, list[str]]]:
    """List pairs of criteria that name the same rules, as (first, second, shared rules).

    That is allowed: a defect is then charged only to the first.
    """
    return [
        (first.id, second.id, sorted(shared))
        for first, second in itertools.combinations(rubric.criteria, 2)
        if (shared := first.rules & second.rules)
    ]
