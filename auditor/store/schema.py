"""The schema's versions, and how a database gets from one to the next.

``schema/N.sql`` takes a database from version N - 1 to N; an empty file is version 0, so a new database takes the
same steps as an old one, all in one transaction. Each step of an old one is a transaction of its own. A transaction
also writes the new version number: a process killed at any moment leaves a whole database of one version. Before the
first step an existing database is copied next to itself as ``audit.db.schema-N.bak``, N being its old version.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path

from auditor.errors import ErrorSlug, StoreError
from auditor.records import program_id
from auditor.store.packing import packed, packed_answer
from auditor.store.refused import not_ours
from auditor.store.views import VIEWS

SCHEMA_VERSION = 2
"""The version that this auditor reads and writes."""


def version_of(db: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of the open database at ``path``: 0 for an empty file.

    Raises ``sqlite3.DatabaseError`` if the file is no database, and :class:`~auditor.errors.StoreError` if its version
    is no number.
    """
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "meta" not in tables:
        return 0
    row = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    # Version 1 wrote its number after its tables; a process killed in between left none.
    try:
        return 1 if row is None else int(json.loads(row[0]))
    except (TypeError, ValueError):
        raise not_ours(path, "is a database whose schema_version is no number") from None


def migrate(db: sqlite3.Connection, path: Path) -> int:
    """Migrate the database at ``path`` to :data:`SCHEMA_VERSION`; return its previous version.

    Two processes may do this at once: one waits for the other. Raises :class:`~auditor.errors.StoreError`
    if the database is of a newer version.
    """
    found = version_of(db, path)
    refuse_newer(found, path)
    db.create_function("packed", 1, packed, deterministic=True)
    db.create_function("packed_answer", 2, packed_answer, deterministic=True)
    db.create_function("renamed", 3, _renamed, deterministic=True)
    while version_of(db, path) < SCHEMA_VERSION:
        db.execute("BEGIN IMMEDIATE")
        try:
            version = version_of(db, path)  # again, now that no other process can write
            if version == found > 0:
                _back_up(path, version)
            # A new database gets all steps at once, so it never has an old version.
            last = SCHEMA_VERSION if version == 0 else version + 1
            for step in range(version + 1, min(last, SCHEMA_VERSION) + 1):
                _take_step(db, step)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    if 0 < found < SCHEMA_VERSION:
        with suppress(sqlite3.OperationalError):  # another process uses it, or the disk is full: it stays larger
            db.execute("VACUUM")
    return found


def _renamed(program: str, task_id: str, solution: str) -> str:
    """Return a program's id by the rule of version 2, if its id follows from its text by that of version 1.

    It does not if the text contained lone surrogates, which are stored as escapes: such a program keeps its id.
    """
    first = hashlib.sha256(f"{task_id}\0{solution}".encode()).hexdigest()[:32]
    return program_id(task_id, solution) if program == first else program


def refuse_newer(version: int, path: Path) -> None:
    """Raise :class:`~auditor.errors.StoreError` for a version that this auditor does not know."""
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"written by a newer version of auditor (schema {version}; this one reads up to {SCHEMA_VERSION})",
            where=str(path),
            remedy="upgrade auditor, or choose another --out folder",
            slug=ErrorSlug.RUN_NEWER,
        )


def backup_of(path: Path, version: int) -> Path:
    """Return the path of the copy made before an old database's first migration step."""
    return path.with_name(f"{path.name}.schema-{version}.bak")


def _take_step(db: sqlite3.Connection, version: int) -> None:
    """Run the step to ``version`` inside the open transaction, and create the views again."""
    for name in reversed(VIEWS):
        db.execute(f"DROP VIEW IF EXISTS {name}")
    for statement in statements((files("auditor.store") / "schema" / f"{version}.sql").read_text(encoding="utf-8")):
        db.execute(statement)
    if version == SCHEMA_VERSION:
        for name, select in VIEWS.items():
            db.execute(f"CREATE VIEW {name} AS {select.strip()}")
    db.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (json.dumps(version),))


def statements(script: str) -> Iterator[str]:
    """Split a script into statements, each ending at the end of a line (``executescript`` would commit first)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _back_up(path: Path, version: int) -> None:
    """Copy the database, as last committed, to its backup, atomically."""
    target = backup_of(path, version)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # a journal of an interrupted copy would be applied to the next one
        source.backup(copy)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(target)
