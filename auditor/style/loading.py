"""Load rubrics: named lists of criteria, one TOML table each, checked on loading.

.. code-block:: toml

    name = "team"
    version = "1"
    title = "What our reviewers ask for"

    [[criterion]]
    id = "names"
    title = "Names follow PEP 8"
    reason = "Readers tell functions from classes by their case."
    source = ["ruff:N", "pylint:invalid-name"]   # findings: at most `max`, default 0 weight = 2.0

    [[criterion]]
    id = "complexity"
    title = "No function branches more than ten times"
    reason = "Each branch asks for a test."
    source = "radon:complexity"                   # a number: needs `min` or `max`
    max = 10
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from auditor.errors import ConfigError
from auditor.settings import Section, conflicting, misplaced, parse_toml
from auditor.style.catalog import resolve
from auditor.style.linters.interface import Number
from auditor.style.rubric import Criterion, Rubric, rubric_hash


class CriterionFile(Section):
    """``[[criterion]]`` of a rubric file."""

    named_by: ClassVar[tuple[str, ...]] = ("id",)

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1)
    source: str | tuple[str, ...]
    min: float | None = None
    max: float | None = None
    weight: float = Field(1.0, ge=0)
    applies_to: Literal["model", "program"] = "model"
    """``model``: lines of the prompt are not charged; ``program``: every line is."""

    @field_validator("source")
    @classmethod
    def _known(cls, value: str | tuple[str, ...]) -> tuple[str, ...]:
        sources = (value,) if isinstance(value, str) else value
        if not sources:
            raise ValueError("is empty — name at least one source")
        for source in sources:
            resolve(source)
        return sources

    @model_validator(mode="after")
    def _thresholds(self) -> Self:
        if any(isinstance(resolve(source), Number) for source in self.source):
            if len(self.source) > 1:
                raise conflicting("a number must be the only source — give each its own criterion", "source")
            if self.min is None and self.max is None:
                raise conflicting(
                    f"{self.source[0]!r} is a number without a threshold — give min, max or both", "source"
                )
        elif self.min is not None or (self.max is not None and self.max < 0):
            raise conflicting(
                "findings have no min and no negative max — give a max of 0 or more",
                "max" if self.min is None else "min",
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise conflicting(f"min {self.min:g} is above max {self.max:g} — correct one of them", "min", "max")
        return self


class RubricFile(Section):
    """A whole rubric file."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)
    version: str = Field(min_length=1)
    title: str = Field(min_length=1)
    description: str = ""
    criterion: tuple[CriterionFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [criterion.id for criterion in self.criterion]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            second = len(names) - 1 - names[::-1].index(twice[0])
            raise misplaced(f"{twice[0]!r} is used twice — ids must differ", "criterion", second, "id")
        if not any(criterion.weight for criterion in self.criterion):
            message = "is 0 in every criterion, so there would be no score — give one a weight"
            raise misplaced(message, "criterion", 0, "weight")
        return self


def load_rubric(name_or_path: str | Path) -> Rubric:
    """Load a built-in rubric by name, or a file by its path.

    Raises :class:`~auditor.errors.ConfigError` with file, line, key and remedy.
    """
    path = _locate(str(name_or_path))
    content = parse_toml(path, RubricFile)
    criteria = tuple(_criterion(criterion) for criterion in content.criterion)
    digest = rubric_hash(content.name, content.version, content.title, content.description, criteria)
    return Rubric(content.name, content.version, content.title, content.description, criteria, digest)


def _criterion(given: CriterionFile) -> Criterion:
    found = [resolve(source) for source in given.source]
    metric = next((one.key for one in found if isinstance(one, Number)), None)
    rules = frozenset(rule for one in found if not isinstance(one, Number) for rule in one)
    maximum = 0.0 if metric is None and given.max is None else given.max
    return Criterion(
        given.id, given.title, given.reason, tuple(given.source), rules, metric,
        given.min, maximum, given.weight, given.applies_to,
    )  # fmt: skip


def rubrics_folder() -> Path:
    """Return the folder of built-in rubrics: inside an installed package, or next to the source tree's."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rubrics"
    return inside if inside.is_dir() else package.parent / "rubrics"


def list_rubrics() -> list[Path]:
    """Return the files of the built-in rubrics, by name; gate rules in the same folder are left out."""
    return sorted(path for path in rubrics_folder().glob("*.toml") if not path.name.startswith("gates-"))


def starting_text(name: str, base: str | None = None) -> str:
    """Return the text of a new rubric to edit: a copy of the built-in ``base`` or a commented example, renamed.

    Raises :class:`~auditor.errors.ConfigError` for a ``base`` that is not a rubric.
    """
    path = Path(__file__).with_name("rubric.example.toml") if base is None else _locate(base)
    load_rubric(path)
    kept = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:60] or "own"
    return re.sub(r'^name = ".*"$', f'name = "{kept}"', path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)


def _locate(name: str) -> Path:
    ready = {path.stem: path for path in list_rubrics()}
    if name in ready:
        return ready[name]
    if name.endswith(".toml") or Path(name).is_file():
        return Path(name)
    raise ConfigError(
        f"no rubric {name!r}",
        remedy=f"built-in ones: {', '.join(ready)}; for your own, give the path of its .toml file",
    )
