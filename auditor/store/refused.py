"""Say what a file is that cannot be opened as a run's database, and what to do with it. Nothing is written to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from auditor.errors import StoreError

_MAGIC = b"SQLite format 3\0"
"""How every SQLite database begins."""
_SEEN = 512
"""Bytes by which a file is told to be text."""


def not_ours(path: Path, what: str) -> StoreError:
    """Return the error for a file that no version of auditor has written."""
    remedy = "move it away, and `auditor run` starts a new run here; or choose another --out folder"
    return StoreError(f"{what}, not a run", where=str(path), remedy=remedy)


def is_database(path: Path) -> bool:
    """Return whether a file begins like an SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def unopened(path: Path, error: OSError | sqlite3.Error) -> StoreError:
    """Return the error for a file that the system or SQLite does not open."""
    try:
        if path.is_dir():
            return not_ours(path, "is a folder")
        with path.open("rb") as file:
            start = file.read(_SEEN)
    except OSError:
        start = b""  # it cannot be read either: SQLite has said why
    if start and not start.startswith(_MAGIC):
        return not_ours(path, f"holds {_kind(start)}")
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return _damaged(path, error)
    if isinstance(error, sqlite3.OperationalError) and "malformed" in str(error):
        return _damaged(path, error)
    remedy = "free disk space, or correct the permissions of folder and file, or choose another --out folder"
    return StoreError(f"cannot be opened: {error}", where=str(path), remedy=remedy)


def _damaged(path: Path, error: sqlite3.Error) -> StoreError:
    """Return the error for a database that was cut off or overwritten; a copy made by a migration is named."""
    backup = next(iter(sorted(path.parent.glob(f"{path.name}.schema-*.bak"), reverse=True)), None)
    copy = f"replace it with {backup.name}" if backup else "replace it with a copy"
    remedy = f"{copy}; without one, `sqlite3 {path.name} .recover` may save a part; or choose another --out folder"
    return StoreError(f"is a damaged database ({error})", where=str(path), remedy=remedy)


def _kind(start: bytes) -> str:
    """Say what a file begins with."""
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        text = start[: error.start].decode("utf-8") if error.start >= len(start) - 3 else "\0"
    if "\0" in text:
        return "other data"
    return "JSON" if text.lstrip().startswith(("{", "[")) else "text"
