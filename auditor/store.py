"""The run on disk: one SQLite file that every stage writes to as it goes.

Design. WAL mode, so a reader never blocks the writer; each ``with store.transaction()`` is all or
nothing, so a kill at any point loses at most the rows of the open transaction. Keys make every
write idempotent: a sample is (model, task, index, request), a verdict (program, suite), a style
result (program, rubric hash). Equal completions stay separate samples; only their program is shared.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any, Self

from auditor.errors import StoreError
from auditor.records import (
    FailingTest,
    FailureKind,
    Finding,
    JudgedSample,
    Outcome,
    Program,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Usage,
    Verdict,
)

SCHEMA_VERSION = 2
BUSY_SECONDS = 60.0
_CHUNK = 500
"""Programs whose texts are held at once."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS task (
    task_id TEXT PRIMARY KEY, position INTEGER NOT NULL, prompt TEXT NOT NULL, entry_point TEXT NOT NULL,
    reference TEXT NOT NULL, base_tests INTEGER NOT NULL, plus_tests INTEGER NOT NULL,
    unfit TEXT  -- why the reference does not pass here; NULL: fit, or not checked yet
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS program (
    program TEXT PRIMARY KEY, task_id TEXT NOT NULL, solution TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sample (
    model TEXT NOT NULL, task_id TEXT NOT NULL, sample_index INTEGER NOT NULL, request_hash TEXT NOT NULL,
    status TEXT NOT NULL, raw TEXT NOT NULL, program TEXT REFERENCES program, rule TEXT NOT NULL,
    finish_reason TEXT, refusal TEXT, served_model TEXT, fingerprint TEXT,
    prompt_tokens INTEGER, completion_tokens INTEGER, reasoning_tokens INTEGER, cached_tokens INTEGER,
    latency REAL, cost REAL,
    PRIMARY KEY (model, task_id, sample_index, request_hash)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sample_program ON sample (program);
CREATE TABLE IF NOT EXISTS verdict (
    program TEXT NOT NULL REFERENCES program, suite TEXT NOT NULL, outcome TEXT NOT NULL,
    tests INTEGER NOT NULL, passed BLOB NOT NULL,
    failing_index INTEGER, failing_call TEXT, failing_expected TEXT, failing_got TEXT, failing_kind TEXT,
    detail TEXT NOT NULL, flaky INTEGER NOT NULL, cpu_seconds REAL NOT NULL, sandbox TEXT NOT NULL,
    PRIMARY KEY (program, suite)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS style (
    program TEXT NOT NULL REFERENCES program, rubric_hash TEXT NOT NULL, parses INTEGER NOT NULL, score REAL,
    adherence TEXT NOT NULL, metrics TEXT NOT NULL, pragmas INTEGER NOT NULL,
    PRIMARY KEY (program, rubric_hash)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (
    program TEXT NOT NULL, rubric_hash TEXT NOT NULL, position INTEGER NOT NULL, tool TEXT NOT NULL,
    rule TEXT NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL, line INTEGER NOT NULL, column INTEGER NOT NULL,
    in_prompt INTEGER NOT NULL, duplicate INTEGER NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (program, rubric_hash, position)
) WITHOUT ROWID;
"""


_HAS_VERDICT = "EXISTS (SELECT 1 FROM verdict v WHERE v.program = p.program AND v.suite = '{}'"


def _blob_safe(text: str) -> str:
    """Replace lone surrogates, which SQLite cannot hold, by their escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_sealed(path: Path) -> bool:
    """Say whether nobody here can write to a database, or to its folder as WAL must, and none of it waits in a log."""
    log = path.with_name(path.name + "-wal")
    can_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return not can_write and not (log.exists() and log.stat().st_size)


class Store:
    """An open run. Use as a context manager; not shared between threads or processes."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open ``audit.db`` at ``path``; with ``create`` make it and its folder where missing.

        Without ``create``, a finished run can be read where nothing can be written (a share, a colleague's folder).
        Raises :class:`~auditor.errors.StoreError` where it is missing, foreign or unreadable.
        """
        self.path = path
        if not create and not path.is_file():
            raise StoreError("no run here", where=str(path), remedy="name a folder that `auditor run` has written")
        try:
            if create or not _is_sealed(path):
                self._connect()
            else:
                self._db = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, isolation_level=None)
                self._refuse_foreign()
        except (OSError, sqlite3.Error) as error:
            refused = isinstance(error, OSError | sqlite3.OperationalError)
            remedy = "mend the permissions of the folder and the file" if refused else "put a copy in its place"
            remedy = f"{remedy}, or choose another --out folder"
            raise StoreError(f"cannot be opened: {error}", where=str(path), remedy=remedy) from None
        version = self.meta("schema_version")
        if version is None:
            self.set_meta("schema_version", SCHEMA_VERSION)
        elif version != SCHEMA_VERSION:
            raise StoreError(
                f"written by another version of auditor (schema {version}, this one has {SCHEMA_VERSION})",
                where=str(path),
                remedy="choose another --out folder",
            )

    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        self._refuse_foreign()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    def _refuse_foreign(self) -> None:
        """Refuse another program's database before anything is written to it; ours has ``meta`` before all else."""
        (tables,) = self._db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        columns = [row[1] for row in self._db.execute("PRAGMA table_info(meta)")]
        if tables and columns != ["key", "value"]:
            self.close()
            raise StoreError("not a run of auditor", where=str(self.path), remedy="choose another --out folder")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; further calls fail."""
        self._db.close()

    def remove(self) -> None:
        """Close and delete the file, and its folder if nothing else is in it."""
        self.close()
        for path in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes into one that happens wholly or not at all; nests flatly."""
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
                remedy="mend the permission, free the disk or end the other writer, then give the same command again",
            ) from error
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # meta ---------------------------------------------------------------------------------------

    def meta(self, key: str) -> Any:
        """Return the JSON value kept under ``key``, or ``None``."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def set_meta(self, key: str, value: Any) -> None:
        """Keep a JSON value under ``key``."""
        with self.transaction():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value, sort_keys=True)))

    # tasks --------------------------------------------------------------------------------------

    def add_tasks(self, rows: Iterable[tuple[str, int, str, str, str, int, int]]) -> None:
        """Add tasks as (task_id, position, prompt, entry_point, reference, base_tests, plus_tests)."""
        with self.transaction():
            self._db.executemany("INSERT OR IGNORE INTO task VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", rows)

    def mark_unfit(self, reasons: Mapping[str, str]) -> None:
        """Record why tasks are unfit: their reference does not pass here."""
        with self.transaction():
            self._db.executemany("UPDATE task SET unfit = ? WHERE task_id = ?", [(v, k) for k, v in reasons.items()])

    def tasks(self) -> list[dict[str, Any]]:
        """Return the task rows in the benchmark's order."""
        return self.query("SELECT * FROM task ORDER BY position")

    # samples and programs -----------------------------------------------------------------------

    def add_samples(self, samples: Iterable[Sample]) -> None:
        """Add samples and their programs; a sample that is there already stays as it is."""
        with self.transaction():
            for sample in samples:
                if sample.solution is not None:
                    self._db.execute(
                        "INSERT OR IGNORE INTO program VALUES (?, ?, ?)",
                        (sample.program, sample.task_id, _blob_safe(sample.solution)),
                    )
                self._db.execute(
                    "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        sample.model, sample.task_id, sample.sample_index, sample.request_hash, sample.status,
                        _blob_safe(sample.raw), sample.program, sample.rule, sample.finish_reason,
                        sample.refusal and _blob_safe(sample.refusal), sample.served_model, sample.fingerprint,
                        *astuple(sample.usage), sample.latency, sample.cost,
                    ),
                )  # fmt: skip

    def sample_keys(self, model: str) -> set[tuple[str, int, str]]:
        """Return (task_id, sample_index, request_hash) of every sample of a model."""
        rows = self._db.execute("SELECT task_id, sample_index, request_hash FROM sample WHERE model = ?", (model,))
        return set(rows)

    def samples(self, model: str | None = None) -> Iterator[Sample]:
        """Stream samples, of one model or of all, ordered by model, task and index."""
        where, values = ("WHERE s.model = ?", (model,)) if model else ("", ())
        cursor = self._db.execute(
            f"SELECT s.*, p.solution FROM sample s LEFT JOIN program p USING (program) {where} "  # noqa: S608 - constant
            "ORDER BY s.model, s.task_id, s.sample_index, s.request_hash",
            values,
        )
        names = [column[0] for column in cursor.description]
        for values_of in cursor:
            row = dict(zip(names, values_of, strict=True))
            row.pop("program")
            usage = Usage(**{key: row.pop(key) for key in Usage.__slots__})
            yield Sample(**{**row, "status": SampleStatus(row["status"])}, usage=usage)

    def programs(self, ids: Iterable[str] | None = None) -> Iterator[Program]:
        """Stream programs: all of them by task and id, or those named, some hundreds at a time in the order given.

        So memory stays flat, and writes between two programs do no harm.
        """
        wanted = list(self._program_ids("1") if ids is None else ids)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            rows = self._db.execute(
                f"SELECT program, task_id, solution FROM program WHERE program IN ({marks}) ORDER BY task_id, program",  # noqa: S608
                chunk,
            ).fetchall()
            yield from (Program(*row) for row in rows)

    def unverified(self, *, all_plus: bool) -> dict[str, str]:
        """Name the programs that lack a verdict, or got an error of ours, with their tasks, by task and id.

        Plus is due where base passed, or always.
        """
        due = "1" if all_plus else f"{_HAS_VERDICT.format('base')} AND v.outcome = 'pass')"
        done = f"{_HAS_VERDICT.format('{}')} AND v.outcome != 'error')"
        return self._program_ids(f"NOT ({done.format('base')}) OR (({due}) AND NOT ({done.format('plus')}))")

    def programs_in_scope(self, *, accepted_only: bool) -> dict[str, str]:
        """Name every program, or with ``accepted_only`` those that passed base, with their tasks."""
        return self._program_ids(f"{_HAS_VERDICT.format('base')} AND v.outcome = 'pass')" if accepted_only else "1")

    def _program_ids(self, condition: str) -> dict[str, str]:
        """Return program → task_id by task and id; ``condition`` is SQL of ours over ``p``."""
        sql = f"SELECT p.program, p.task_id FROM program p WHERE {condition} ORDER BY p.task_id, p.program"  # noqa: S608
        return dict(self._db.execute(sql))

    # verdicts -----------------------------------------------------------------------------------

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Add verdicts; one that is there already is replaced."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        v.program, v.suite, v.outcome, v.tests, v.passed,
                        *((v.failing.index, *map(_blob_safe, astuple(v.failing)[1:])) if v.failing else (None,) * 5),
                        _blob_safe(v.detail), v.flaky, v.cpu_seconds, v.sandbox,
                    )
                    for v in verdicts
                ],
            )  # fmt: skip

    def verdicts(self, suite: SuiteName | None = None) -> Iterator[Verdict]:
        """Stream verdicts, of one suite or of both, ordered by program and suite."""
        where, values = ("WHERE suite = ?", (suite,)) if suite else ("", ())
        for row in self._db.execute(f"SELECT * FROM verdict {where} ORDER BY program, suite", values):  # noqa: S608
            failing = None if row[5] is None else FailingTest(row[5], row[6], row[7], row[8], FailureKind(row[9]))
            yield Verdict(
                row[0], SuiteName(row[1]), Outcome(row[2]), row[3], row[4], failing, row[10], bool(row[11]), *row[12:]
            )

    def outcomes(self, ids: Iterable[str]) -> dict[str, dict[SuiteName, Outcome]]:
        """Return the outcomes that named programs have already, errors of ours left out."""
        wanted = set(ids)
        found: dict[str, dict[SuiteName, Outcome]] = {}
        for program, suite, outcome in self._db.execute("SELECT program, suite, outcome FROM verdict"):
            if program in wanted and outcome != Outcome.ERROR:
                found.setdefault(program, {})[SuiteName(suite)] = Outcome(outcome)
        return found

    def judged(self, model: str | None = None) -> Iterator[JudgedSample]:
        """Stream samples with their programs' outcomes, by model, task and index."""
        where, values = ("WHERE s.model = ?", (model,)) if model else ("", ())
        rows = self._db.execute(
            "SELECT s.model, s.task_id, s.sample_index, s.status, s.program, b.outcome, p.outcome, "  # noqa: S608
            "COALESCE(b.flaky, 0) OR COALESCE(p.flaky, 0) FROM sample s "
            "LEFT JOIN verdict b ON b.program = s.program AND b.suite = 'base' "
            "LEFT JOIN verdict p ON p.program = s.program AND p.suite = 'plus' "
            f"{where} ORDER BY s.model, s.task_id, s.sample_index",
            values,
        )
        for name, task_id, index, status, program, base, plus, flaky in rows:
            outcomes = (base and Outcome(base), plus and Outcome(plus))
            yield JudgedSample(name, task_id, index, SampleStatus(status), program, *outcomes, flaky=bool(flaky))

    def drop_verdicts(self) -> None:
        """Forget every verdict, for a run whose verifier has changed."""
        with self.transaction():
            self._db.execute("DELETE FROM verdict")

    # style --------------------------------------------------------------------------------------

    def add_style(self, results: Iterable[StyleResult]) -> None:
        """Add style results with their findings; one that is there already is replaced."""
        with self.transaction():
            for r in results:
                key = (r.program, r.rubric_hash)
                self._db.execute("DELETE FROM finding WHERE program = ? AND rubric_hash = ?", key)
                self._db.execute(
                    "INSERT OR REPLACE INTO style VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*key, r.parses, r.score, json.dumps(r.adherence), json.dumps(r.metrics), r.pragmas),
                )
                self._db.executemany(
                    "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (*key, i, f.tool, f.rule, f.name, _blob_safe(f.message), f.line, f.column,
                         f.in_prompt, f.duplicate, f.url)
                        for i, f in enumerate(r.findings)
                    ],
                )  # fmt: skip

    def style_programs(self, rubric_hash: str) -> set[str]:
        """Return the programs that have a result under this rubric hash."""
        return {row[0] for row in self._db.execute("SELECT program FROM style WHERE rubric_hash = ?", (rubric_hash,))}

    def findings(self, program: str, rubric_hash: str) -> tuple[Finding, ...]:
        """Return one program's findings in order."""
        rows = self.query(
            "SELECT tool, rule, name, message, line, column, in_prompt, duplicate, url FROM finding "
            "WHERE program = ? AND rubric_hash = ? ORDER BY position",
            (program, rubric_hash),
        )
        flags = ("in_prompt", "duplicate")
        return tuple(Finding(**{**row, **{flag: bool(row[flag]) for flag in flags}}) for row in rows)

    def style(self, rubric_hash: str, *, findings: bool = False) -> Iterator[StyleResult]:
        """Stream style results under a rubric hash, by program; findings only where asked for."""
        for row in self._db.execute("SELECT * FROM style WHERE rubric_hash = ? ORDER BY program", (rubric_hash,)):
            found = self.findings(row[0], rubric_hash) if findings else ()
            yield StyleResult(
                row[0], row[1], bool(row[2]), row[3], json.loads(row[4]), json.loads(row[5]), found, row[6]
            )

    # anything else ------------------------------------------------------------------------------

    def query(self, sql: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Run a read-only statement and return its rows as dicts."""
        cursor = self._db.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
