"""The open file: its location, who may write to it, and transactions.

WAL mode, so a reader never blocks the writer. Each ``with store.transaction()`` is atomic, so a process killed at any
moment loses at most the rows of the open transaction.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from auditor.errors import RunMissingError, StoreError
from auditor.store.refused import not_ours, unopened
from auditor.store.schema import SCHEMA_VERSION, backup_of, migrate, refuse_newer, version_of

BUSY_SECONDS = 60.0
"""Seconds that a write waits for another process's."""

_LOG_BYTES = 64_000_000
"""Size to which the write-ahead log is truncated after a checkpoint; a large transaction makes it temporarily
larger.
"""

Values = Sequence[object] | Mapping[str, object]


class Database:
    """An open database with the current schema. Use as a context manager; not shared between threads or processes."""

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        """Open the file at ``path``; with ``create``, create it and its folder if missing.

        A database of an older schema is migrated; a copy stays next to it. Without ``create``, a finished run can be
        read even if nothing can be written (a share, a colleague's folder). Raises :class:`~auditor.errors.StoreError`
        if it is foreign, newer or unreadable, and :class:`~auditor.errors.RunMissingError` if it is missing.
        """
        self.path = path = Path(path)
        self.backup: Path | None = None
        """The copy of the old database, if opening it has migrated it."""
        if not create and not path.is_file():
            raise RunMissingError(
                f"no run here: there is no {path.name}",
                where=str(path.parent),
                remedy="name a folder that `auditor run` has written",
            )
        try:
            if create or not is_sealed(path):
                self._open()
            else:
                self._open_sealed()
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise unopened(path, error) from None
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._connect(self.path.resolve().as_uri())
        self._refuse_foreign()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        found = migrate(self._db, self.path)
        self.backup = backup_of(self.path, found) if 0 < found < SCHEMA_VERSION else None

    def _open_sealed(self) -> None:
        """Open a file that cannot be written, and so cannot be migrated either."""
        self._connect(sealed_uri(self.path))
        self._refuse_foreign()
        version = version_of(self._db, self.path)
        if version < SCHEMA_VERSION:
            raise StoreError(
                f"written by an older version of auditor (schema {version}), and cannot be migrated in place",
                where=str(self.path),
                remedy="copy the folder to a place that you can write to; it is migrated there on opening",
            )

    def _connect(self, uri: str) -> None:
        self._db = sqlite3.connect(uri, timeout=BUSY_SECONDS, isolation_level=None, uri=True)
        self._db.row_factory = sqlite3.Row

    def _refuse_foreign(self) -> None:
        """Reject another program's database, or a newer version's, before anything is written to it.

        Ours has ``meta`` before any other table.
        """
        tables = [name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 4")]
        columns = [row["name"] for row in self._db.execute("PRAGMA table_info(meta)")]
        if tables and columns != ["key", "value"]:
            raise not_ours(self.path, f"is another program's database (tables: {', '.join(tables)})")
        refuse_newer(version_of(self._db, self.path), self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; further calls fail."""
        if hasattr(self, "_db"):
            self._db.close()

    def remove(self) -> None:
        """Close and delete the file, and its folder if it is then empty."""
        self.close()
        for path in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes into an atomic one; an inner transaction is part of the outer one."""
        if self._db.in_transaction:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._rollback()
            raise StoreError(
                f"cannot be written: {error}",
                where=str(self.path),
                remedy="fix the permissions, free disk space or end the other writer, then run the same command again",
            ) from error
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _rows(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Stream the rows of a SELECT, with columns by name."""
        return self._db.execute(sql, values)

    def _plain(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Stream the rows of a SELECT as tuples, which takes a fraction of the time of rows with names."""
        cursor = self._db.cursor()
        cursor.row_factory = None
        return cursor.execute(sql, values)

    def _count(self, sql: str, values: Values = ()) -> int:
        """Return the integer that is the only result of a SELECT."""
        return int(self._db.execute(sql, values).fetchone()[0])

    def _write(self, sql: str, rows: Iterable[Values]) -> int:
        """Execute a statement for each row in a transaction; return how many rows it changed."""
        with self.transaction():
            return self._db.executemany(sql, rows).rowcount


def sealed_uri(path: Path) -> str:
    """Return the URI that opens a database nobody can write to, so that SQLite needs no log next to it."""
    return f"{path.resolve().as_uri()}?immutable=1"


def is_sealed(path: Path) -> bool:
    """Return whether this user cannot write to a database or its folder, as WAL requires, and no log is pending."""
    log = path.with_name(path.name + "-wal")
    can_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return not can_write and not (log.exists() and log.stat().st_size)
