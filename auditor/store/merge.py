"""Merge the rows of another run's database into this one.

Every row is found by its key, so merging the same database twice changes nothing, and the order does not matter. The
result counts and names rows that differ under one key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from auditor.errors import StoreError
from auditor.records import Outcome, SuiteName
from auditor.store.database import Database, is_sealed, sealed_uri
from auditor.store.schema import statements

_TEMPORARY = ("own_program", "fresh", "base", "given", "scored")
"""Temporary tables of the script."""
_DIFFERENT_SAMPLES = """
SELECT COUNT(*) FROM other.sample theirs JOIN wanted USING (task_id)
JOIN sample USING (model, task_id, sample_index, request_hash)
LEFT JOIN own_program own ON own.theirs = theirs.program_id
WHERE sample.status <> theirs.status OR sample.program_id IS NOT own.program_id
"""
_DISPUTED = """
SELECT program.program, program.task_id, verdict.suite, verdict.outcome AS kept, other_verdict.outcome AS other
FROM other_verdict JOIN verdict USING (program_id, suite) JOIN program USING (program_id)
ORDER BY program.task_id, program.program, verdict.suite, other_verdict.outcome
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of merging another database's rows."""

    samples: int
    """New samples."""
    verdicts: int
    """New verdicts."""
    styles: int
    """New style results."""
    different_samples: int
    """Samples with different answers under one key; those in this database stay."""


@dataclass(frozen=True, slots=True)
class DisputedVerdict:
    """A suite that gave one program different outcomes in two runs."""

    program: str
    task_id: str
    suite: SuiteName
    kept: Outcome
    """The outcome that counts: a failure if there was any."""
    other: Outcome
    """The outcome that another run gave."""


class Merge(Database):
    """Merging of rows from other databases."""

    def take_from(self, path: Path, tasks: Collection[str] | None = None) -> Taken:
        """Add what the database at ``path`` has and this one lacks, for all tasks or the named ones.

        Both must have the current schema. Raises :class:`~auditor.errors.StoreError` if it cannot be read.
        """
        with self._attached(path), self.transaction():
            self._db.execute("CREATE TEMP TABLE wanted (task_id PRIMARY KEY)")
            self._db.execute("INSERT INTO wanted SELECT task_id FROM other.task")
            if tasks is not None:
                unwanted = [(task,) for (task,) in self._db.execute("SELECT task_id FROM wanted") if task not in tasks]
                self._db.executemany("DELETE FROM wanted WHERE task_id = ?", unwanted)
            before = self._sizes()
            for statement in statements(files("auditor.store").joinpath("merge.sql").read_text(encoding="utf-8")):
                self._db.execute(statement)
            samples, verdicts, styles = (now - then for now, then in zip(self._sizes(), before, strict=True))
            different = self._count(_DIFFERENT_SAMPLES)
            for name in ("wanted", *_TEMPORARY):
                self._db.execute(f"DROP TABLE temp.{name}")
        return Taken(samples, verdicts, styles, different)

    def disputed_verdicts(self) -> list[DisputedVerdict]:
        """Return the verdicts that another run contradicts, by task, program and suite."""
        return [
            DisputedVerdict(
                program=row["program"],
                task_id=row["task_id"],
                suite=SuiteName(row["suite"]),
                kept=Outcome(row["kept"]),
                other=Outcome(row["other"]),
            )
            for row in self._rows(_DISPUTED)
        ]

    def _sizes(self) -> list[int]:
        return [self._count(f"SELECT COUNT(*) FROM main.{name}") for name in ("sample", "verdict", "style")]  # noqa: S608

    @contextmanager
    def _attached(self, path: Path) -> Iterator[None]:
        if path.resolve() == self.path.resolve():
            raise StoreError("is the run itself", where=str(path), remedy="name the folders to merge into it")
        try:
            uri = sealed_uri(path) if is_sealed(path) else path.resolve().as_uri()
            self._db.execute("ATTACH DATABASE ? AS other", (uri,))
        except sqlite3.Error as error:
            raise StoreError(f"cannot be read: {error}", where=str(path), remedy="check the file") from None
        try:
            yield
        finally:
            self._db.execute("DETACH DATABASE other")
