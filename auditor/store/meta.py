"""What a run stores once rather than in rows: its benchmark, settings, rubric, analysis.

Each entry is a typed attribute of ``store.meta``; reading one that was never written gives ``None``::

    store.meta.sandbox = "landlock+seccomp"
    rubric = store.meta.rubric
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast, overload

from auditor.json_types import JsonObject, JsonValue, object_or_empty
from auditor.results import (
    Analysis,
    BenchmarkFacts,
    EnvironmentFacts,
    RubricFacts,
    SecondSuites,
    Selections,
    SuiteGrades,
    from_plain,
    to_plain,
)
from auditor.shards import Shard

if TYPE_CHECKING:
    from auditor.store.database import Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """The result of running every task's reference."""

    unfit: int
    """Tasks whose reference fails."""


@dataclass(frozen=True, slots=True)
class MergedShards:
    """Which shards of a run have been merged into it."""

    count: int
    """Total number of shards."""
    numbers: tuple[int, ...]
    """Numbers of merged shards, from 1, ascending."""

    @property
    def missing(self) -> tuple[int, ...]:
        """Return the shards still to be merged."""
        return tuple(sorted(set(range(1, self.count + 1)) - set(self.numbers)))


class MetaEntry(Generic[T]):
    """One typed value, stored as JSON under the attribute's name; ``of`` is its dataclass, if it is one."""

    def __init__(self, of: type[T] | None = None, *, remedy: str = "choose another --out folder") -> None:
        self._of, self._remedy = of, remedy

    def __set_name__(self, owner: type[Meta], name: str) -> None:
        """Use the attribute's name as key."""
        self._key = name

    @overload
    def __get__(self, meta: None, owner: type[Meta]) -> Self: ...
    @overload
    def __get__(self, meta: Meta, owner: type[Meta]) -> T | None: ...

    def __get__(self, meta: Meta | None, owner: type[Meta]) -> Self | T | None:
        """Read the value; ``None`` if it was never written.

        Raises :class:`~auditor.errors.InputError` for a value that another version of auditor wrote in another format.
        """
        if meta is None:
            return self
        plain = meta.read(self._key)
        if plain is None or self._of is None:
            return cast("T | None", plain)
        return from_plain(self._of, plain, where=f"{meta.where}, {self._key}", remedy=self._remedy)

    def __set__(self, meta: Meta, value: T | None) -> None:
        """Write the value, in its own transaction unless one is open."""
        meta.write(self._key, to_plain(value))


class Meta:
    """The entries of one database."""

    benchmark = MetaEntry(BenchmarkFacts)
    tests_digests = MetaEntry[dict[str, str]]()
    """Task id → digest of what decides a verdict on it; older runs do not have it."""
    output_rules = MetaEntry[dict[str, str]]()
    """Task id → the rule by which a program's outputs are compared; older runs do not have it."""
    config = MetaEntry[JsonObject]()
    """The last settings, without secrets and folders."""
    settings_file = MetaEntry[str]()
    """Path of the last audit.toml relative to the run folder; only if the file is in a folder above it."""
    verify_settings = MetaEntry[str]()
    """Digest of the limits under which the verdicts were reached."""
    references = MetaEntry(ReferenceCheck)
    sandbox = MetaEntry[str]()
    """Level of confinement of the last verification."""
    shard = MetaEntry(Shard)
    """The part of a run in this database; ``None``: the whole."""
    shards = MetaEntry(MergedShards)
    """The shards that were merged into this run."""
    environment = MetaEntry(EnvironmentFacts)
    """Interpreter and packages of the last verification."""
    rubric = MetaEntry(RubricFacts, remedy="run `auditor score` again")
    tools = MetaEntry[dict[str, str]]()
    """Linter → version, at the last scoring."""
    analysis = MetaEntry(Analysis, remedy="run `auditor analyze` again")
    """The last analysis."""
    selections = MetaEntry(Selections, remedy="run `auditor select` again")
    """The last comparison of selection rules."""
    suite_grades = MetaEntry(SuiteGrades, remedy="run `auditor suites` again")
    """Grades of the benchmark's suites."""
    second_suites = MetaEntry(SecondSuites, remedy="run `auditor suites --second` again")
    """Plus compared with a second strong suite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.where = str(database.path)

    def model(self, name: str) -> JsonObject | None:
        """Return the settings with which a model's samples were drawn; ``None`` before the first sample."""
        found = self.read(f"model:{name}")
        return found if isinstance(found, dict) else None

    def claim_model(self, name: str, settings: Mapping[str, object]) -> None:
        """Store the settings with which a model's samples are drawn."""
        self.write(f"model:{name}", dict(settings))

    def adapted(self, name: str) -> JsonObject:
        """Return the request parameters that a model's server rejected, each with its replacement."""
        return object_or_empty(self.read(f"adapted:{name}"))

    def note_adapted(self, name: str, adapted: Mapping[str, object]) -> None:
        """Store the request parameters that a model's server rejected."""
        self.write(f"adapted:{name}", dict(adapted))

    def model_entries(self) -> dict[str, object]:
        """Return what is stored for each model, by key: settings, and how its server handled them."""
        rows = self._database._rows(  # noqa: SLF001 - its own
            "SELECT key, value FROM meta WHERE key LIKE 'model:%' OR key LIKE 'adapted:%' ORDER BY key"
        )
        return {row["key"]: json.loads(row["value"]) for row in rows}

    def is_read(self, name: str) -> bool:
        """Return whether a recorded model's file was read to its end; version 0.1 did not record it."""
        return self.read(f"read:{name}") is True

    def mark_read(self, name: str) -> None:
        """Record that a recorded model's file was read to its end."""
        self.write(f"read:{name}", True)

    def read(self, key: str) -> JsonValue:
        """Return the JSON value under a key, or ``None``."""
        row = self._database._rows("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()  # noqa: SLF001 - its own
        value: JsonValue = None if row is None else json.loads(row["value"])
        return value

    def write(self, key: str, value: object) -> None:
        """Store a JSON value under a key."""
        row = (key, json.dumps(value, sort_keys=True))
        self._database._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [row])  # noqa: SLF001 - its own
