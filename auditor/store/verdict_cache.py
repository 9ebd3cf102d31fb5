"""Verdicts of earlier runs, keyed by what they depend on, in one SQLite file in the user's cache folder.

A key is a digest over program, suite, limits, environment, level of confinement and the verifier's own code, so entries
never become stale. Harness errors and flaky verdicts are not stored. The file may be deleted at any time; if it cannot
be read or written, it is not used, and programs run.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from auditor.caches import is_ours, open_folder
from auditor.records import FailingTest, FailureKind, Outcome, SuiteName, Trust, Verdict
from auditor.store.packing import packed, storable, unpacked

_NAME = "verdicts-1.db"
"""File name, with the version of its format."""
_TABLE = "CREATE TABLE IF NOT EXISTS verdict (key BLOB PRIMARY KEY, passed BLOB, rest TEXT) WITHOUT ROWID"
_CHUNK = 500
"""Keys looked up at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A verdict to look up."""

    key: bytes
    program: str
    suite: SuiteName


class VerdictCache:
    """Cache of verdicts by key. Use as a context manager; not shared between threads."""

    def __init__(self, folder: Path | None) -> None:
        """Open the file in ``folder``; without one, or if it cannot be used, nothing is found or stored.

        Raises :class:`~auditor.errors.UsageError` if another user owns the folder or may write to it.
        """
        self._db: sqlite3.Connection | None = None
        self._folder = None if folder is None else open_folder(folder / "verdicts")
        if folder is None or self._folder is None:
            return
        try:
            about = os.stat(_NAME, dir_fd=self._folder, follow_symlinks=False)
            if not stat.S_ISREG(about.st_mode) or not is_ours(about):
                return
        except FileNotFoundError:
            pass
        held = Path(f"/proc/self/fd/{self._folder}")  # the folder that was checked, whatever its path now points to
        place = held if held.exists() else folder / "verdicts"
        try:
            self._db = sqlite3.connect(place / _NAME, timeout=10.0, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")  # a loss in a power failure costs a second run
            self._db.execute(_TABLE)
        except sqlite3.Error:
            self._give_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Return whether anything can be found or stored."""
        return self._db is not None

    def close(self) -> None:
        """Close the file."""
        self._give_up()
        folder, self._folder = self._folder, None
        if folder is not None:
            os.close(folder)

    def find(self, wanted: Sequence[Wanted]) -> Iterator[Verdict]:
        """Yield the stored verdicts, as those of the named programs."""
        for start in range(0, len(wanted), _CHUNK):
            chunk = {one.key: one for one in wanted[start : start + _CHUNK]}
            marks = ", ".join("?" * len(chunk))
            for key, passed, rest in self._rows(f"SELECT * FROM verdict WHERE key IN ({marks})", list(chunk)):  # noqa: S608
                with suppress(ValueError, KeyError, TypeError):
                    yield _verdict(chunk[key], passed, json.loads(rest))

    def keep(self, verdicts: Mapping[bytes, Verdict]) -> None:
        """Store the verdicts that another run would reach again, by key."""
        rows = [
            (key, packed(verdict.passed), json.dumps(_rest(verdict), separators=(",", ":")))
            for key, verdict in verdicts.items()
            if verdict.outcome is not Outcome.ERROR and not verdict.flaky
        ]
        if self._db is None or not rows:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            self._give_up()

    def _rows(self, sql: str, values: Iterable[object]) -> list[tuple[bytes, bytes, str]]:
        if self._db is None:
            return []
        try:
            return self._db.execute(sql, list(values)).fetchall()
        except sqlite3.Error:
            self._give_up()
            return []

    def _give_up(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()


def _rest(verdict: Verdict) -> list[object]:
    failing = verdict.failing
    shown = failing and [failing.index, *map(storable, (failing.call, failing.expected, failing.got)), failing.kind]
    return [
        verdict.outcome, verdict.tests, shown, storable(verdict.detail), verdict.cpu_seconds, verdict.sandbox,
        verdict.host, verdict.environment, verdict.trust,
    ]  # fmt: skip


def _verdict(wanted: Wanted, passed: bytes, rest: Sequence[Any]) -> Verdict:
    """Build a verdict; raises an error if an entry has another format than written here."""
    outcome, tests, shown, detail, seconds, sandbox, host, environment, trust = rest
    failing = None
    if isinstance(shown, list):
        index, call, expected, got, kind = shown
        failing = FailingTest(int(index), str(call), str(expected), str(got), FailureKind(kind))
    made = Verdict(wanted.program, wanted.suite, Outcome(outcome), int(tests), unpacked(passed), failing)
    return replace(
        made, detail=str(detail), cpu_seconds=float(seconds), sandbox=str(sandbox), host=str(host),
        environment=str(environment), trust=Trust(trust),
    )  # fmt: skip
