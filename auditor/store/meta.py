"""What a run keeps once rather than in rows: its benchmark, settings, rubric, analysis.

Each entry is an attribute of ``store.meta`` with a type of its own; reading one that was never written gives ``None``::

    store.meta.sandbox = "landlock"
    rubric = store.meta.rubric
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from auditor.store.database import Database

T = TypeVar("T")

Plain = dict[str, Any]
"""A JSON object whose form another module defines."""


@dataclass(frozen=True, slots=True)
class BenchmarkNote:
    """The tasks that a run is about."""

    name: str
    source: str | None
    """Hub id, or the name of a file or folder without the folders above it."""
    digest: str
    """SHA-256 over all that decides a verdict."""
    tasks: int
    """How many tasks could be read."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Task id → why its suites could not be read; those tasks are not counted in ``tasks``."""


@dataclass(frozen=True, slots=True)
class RubricNote:
    """The rubric that style was last scored with."""

    name: str
    version: str
    hash: str
    """Over its content and the tools' versions; keys the style results."""
    criteria: tuple[dict[str, str], ...] = ()
    """``criterion``, ``title`` and ``reason`` of each."""

    def __post_init__(self) -> None:
        """Take a list, as JSON gives it, for a tuple."""
        object.__setattr__(self, "criteria", tuple(self.criteria))


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """That every task's reference was run, and what came of it."""

    unfit: int
    """Tasks whose reference does not pass."""


class Entry(Generic[T]):
    """One typed value, kept as JSON under the attribute's name; ``of`` is the dataclass that holds it, if any does."""

    def __init__(self, of: type[T] | None = None) -> None:
        self._of = of

    def __set_name__(self, owner: type[Meta], name: str) -> None:
        """Take the attribute's name as key."""
        self._key = name

    @overload
    def __get__(self, meta: None, owner: type[Meta]) -> Self: ...
    @overload
    def __get__(self, meta: Meta, owner: type[Meta]) -> T | None: ...

    def __get__(self, meta: Meta | None, owner: type[Meta]) -> Self | T | None:
        """Read the value; ``None`` where it was never written."""
        if meta is None:
            return self
        plain = meta.read(self._key)
        return plain if plain is None or self._of is None else self._of(**plain)

    def __set__(self, meta: Meta, value: T | None) -> None:
        """Write the value, in a transaction of its own unless one is open."""
        is_record = is_dataclass(value) and not isinstance(value, type)
        meta.write(self._key, asdict(value) if is_record else value)  # type: ignore[call-overload]


class Meta:
    """The entries of one database."""

    benchmark = Entry(BenchmarkNote)
    config = Entry[Plain]()
    """The settings as last given, without secrets and folders."""
    verify_settings = Entry[str]()
    """Digest of the limits that the verdicts were reached under."""
    references = Entry(ReferenceCheck)
    sandbox = Entry[str]()
    """Level of confinement of the last verification."""
    rubric = Entry(RubricNote)
    tools = Entry[dict[str, str]]()
    """Linter → version, at the last scoring."""
    analysis = Entry[Plain]()
    """The last analysis, as ``auditor analyze`` writes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def model(self, name: str) -> Plain | None:
        """Return the settings that a model's samples were drawn with; ``None`` before the first sample."""
        found: Plain | None = self.read(f"model:{name}")
        return found

    def claim_model(self, name: str, settings: Mapping[str, Any]) -> None:
        """Keep the settings that a model's samples are drawn with."""
        self.write(f"model:{name}", dict(settings))

    def read(self, key: str) -> Any:
        """Return the JSON value under a key, or ``None``."""
        row = self._database._rows("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()  # noqa: SLF001 - its own
        return None if row is None else json.loads(row["value"])

    def write(self, key: str, value: Any) -> None:
        """Keep a JSON value under a key."""
        row = (key, json.dumps(value, sort_keys=True))
        self._database._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [row])  # noqa: SLF001 - its own
