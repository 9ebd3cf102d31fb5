"""Style results: one for each program and rubric, with its findings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

from auditor.errors import StoreError
from auditor.records import Finding, StyleResult
from auditor.store.database import Database
from auditor.store.packing import storable

_ADD_STYLE = """
INSERT OR REPLACE INTO style (rubric_id, program_id, parses, score, adherence, metrics, pragmas)
VALUES (:rubric_id, :program_id, :parses, :score, :adherence, :metrics, :pragmas)
"""
_ADD_RULE = "INSERT OR IGNORE INTO rule (tool, rule, name, url) VALUES (:tool, :rule, :name, :url)"
_ADD_FINDING = """
INSERT INTO finding (rubric_id, program_id, position, rule_id, message, line, column, in_prompt, duplicate, criterion)
VALUES (:rubric_id, :program_id, :position,
    (SELECT rule_id FROM rule WHERE tool = :tool AND rule = :rule AND name = :name AND url = :url),
    :message, :line, :column, :in_prompt, :duplicate, :criterion)
"""
_ALL = """
SELECT program.program, rubric.hash AS rubric_hash, style.* FROM rubric
JOIN style USING (rubric_id) JOIN program USING (program_id)
WHERE rubric.hash = ? ORDER BY program.program
"""
_FINDINGS = """
SELECT tool, rule, name, message, line, column, in_prompt, duplicate, url, criterion FROM named_finding
WHERE rubric_id = ? AND program_id = ? ORDER BY position
"""


class Styles(Database):
    """Access to style results."""

    def add_style(self, results: Iterable[StyleResult]) -> None:
        """Add style results with their findings, replacing existing ones.

        Raises :class:`~auditor.errors.StoreError` for an unknown program.
        """
        with self.transaction():
            for result in results:
                self._add_result(result)

    def _add_result(self, result: StyleResult) -> None:
        self._db.execute("INSERT OR IGNORE INTO rubric (hash) VALUES (?)", (result.rubric_hash,))
        found = self._db.execute(
            "SELECT rubric_id, program_id FROM rubric, program WHERE hash = ? AND program = ?",
            (result.rubric_hash, result.program),
        ).fetchone()
        if found is None:
            raise StoreError("a style result names an unknown program", where=str(self.path))
        key = dict(found)
        self._db.execute("DELETE FROM finding WHERE rubric_id = :rubric_id AND program_id = :program_id", key)
        row = {
            "parses": result.parses,
            "score": result.score,
            "adherence": json.dumps(result.adherence, separators=(",", ":")),
            "metrics": json.dumps(result.metrics, separators=(",", ":")),
            "pragmas": result.pragmas,
        }
        self._db.execute(_ADD_STYLE, key | row)
        rows = [
            key
            | {
                "position": position,
                "tool": finding.tool,
                "rule": finding.rule,
                "name": finding.name,
                "message": storable(finding.message),
                "line": finding.line,
                "column": finding.column,
                "in_prompt": finding.in_prompt,
                "duplicate": finding.duplicate,
                "url": finding.url,
                "criterion": finding.criterion,
            }
            for position, finding in enumerate(result.findings)
        ]
        self._db.executemany(_ADD_RULE, rows)
        self._db.executemany(_ADD_FINDING, rows)

    def style_programs(self, rubric_hash: str) -> set[str]:
        """Return the programs that have a result under this rubric hash."""
        rows = self._rows(
            "SELECT program FROM rubric JOIN style USING (rubric_id) JOIN program USING (program_id) WHERE hash = ?",
            (rubric_hash,),
        )
        return {row["program"] for row in rows}

    def style_scores(self, rubric_hash: str) -> dict[str, float | None]:
        """Return program → score, 0 to 1, under this rubric hash."""
        rows = self._rows(
            "SELECT program, score FROM rubric JOIN style USING (rubric_id) JOIN program USING (program_id) "
            "WHERE hash = ?",
            (rubric_hash,),
        )
        return {row["program"]: row["score"] for row in rows}

    def rubric_in_use(self) -> str | None:
        """Return the rubric hash whose results a report shows: the run's own, else the only one with results."""
        found: list[str] = [row["hash"] for row in self._rows("SELECT hash FROM rubric ORDER BY hash")]
        noted = self._rows("SELECT value FROM meta WHERE key = 'rubric'").fetchone()
        if noted is not None:
            return str(json.loads(noted["value"])["hash"])
        return found[0] if len(found) == 1 else None

    def findings(self, program: str, rubric_hash: str) -> tuple[Finding, ...]:
        """Return one program's findings in order."""
        found = self._rows(
            "SELECT rubric_id, program_id FROM rubric, program WHERE hash = ? AND program = ?", (rubric_hash, program)
        ).fetchone()
        return () if found is None else self._findings(found["rubric_id"], found["program_id"])

    def _findings(self, rubric_id: int, program_id: int) -> tuple[Finding, ...]:
        return tuple(_finding(row) for row in self._rows(_FINDINGS, (rubric_id, program_id)))

    def style(self, rubric_hash: str, *, findings: bool = False) -> Iterator[StyleResult]:
        """Stream style results under a rubric hash, by program; findings only if asked for."""
        for row in self._rows(_ALL, (rubric_hash,)):
            yield self._style(row, findings=findings)

    def _style(self, row: sqlite3.Row, *, findings: bool) -> StyleResult:
        return StyleResult(
            program=row["program"],
            rubric_hash=row["rubric_hash"],
            parses=bool(row["parses"]),
            score=row["score"],
            adherence=json.loads(row["adherence"]),
            metrics=json.loads(row["metrics"]),
            findings=self._findings(row["rubric_id"], row["program_id"]) if findings else (),
            pragmas=row["pragmas"],
        )


def _finding(row: sqlite3.Row) -> Finding:
    return Finding(
        tool=row["tool"],
        rule=row["rule"],
        name=row["name"],
        message=row["message"],
        line=row["line"],
        column=row["column"],
        in_prompt=bool(row["in_prompt"]),
        duplicate=bool(row["duplicate"]),
        url=row["url"],
        criterion=row["criterion"],
    )
