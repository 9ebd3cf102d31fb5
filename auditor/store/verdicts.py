"""Verdicts: one per program and suite, with where it was reached; and verdicts recorded by other tools."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from auditor.errors import StoreError
from auditor.records import FailingTest, FailureKind, JudgedSample, Outcome, SampleStatus, SuiteName, Trust, Verdict
from auditor.store.database import Database
from auditor.store.packing import packed, storable, unpacked
from auditor.third_party import ThirdPartyVerdict

_ADD_ENVIRONMENT = """
INSERT OR IGNORE INTO environment (sandbox, host, digest) VALUES (:sandbox, :host, :environment)
"""
_ADD = """
INSERT OR REPLACE INTO verdict (
    program_id, suite, outcome, tests, passed, failing_index, failing_call, failing_expected, failing_got,
    failing_kind, detail, flaky, cpu_seconds, trust, environment_id)
SELECT program_id, :suite, :outcome, :tests, :passed, :failing_index, :failing_call, :failing_expected, :failing_got,
    :failing_kind, :detail, :flaky, :cpu_seconds, :trust, (
        SELECT environment_id FROM environment WHERE sandbox = :sandbox AND host = :host AND digest = :environment)
FROM program WHERE program = :program
"""
_ALL = """
SELECT program.program, verdict.*, environment.sandbox, environment.host, environment.digest AS environment
FROM verdict JOIN program USING (program_id) JOIN environment USING (environment_id)
WHERE verdict.suite IN (:first, :second) ORDER BY program.program, verdict.suite
"""
_RANKS = " ".join(f"WHEN '{trust.value}' THEN {trust.rank}" for trust in Trust)
_RANK = f"CASE trust {_RANKS} ELSE {len(Trust) - 1} END"
"""How little a verdict is trusted, see :attr:`~auditor.suites.Trust.rank`."""
_JUDGED = """
SELECT model, task_id, sample_index, status, program, base, plus, flaky,
    (SELECT MAX({rank}) FROM verdict WHERE verdict.program_id = labelled_sample.program_id) AS rank
FROM labelled_sample
{where} ORDER BY model, task_id, sample_index, request_hash
"""
_DUE = """
SELECT program, task_id FROM labelled_program
WHERE base IS NULL OR base = 'error' OR ((base = 'pass' OR :all_plus) AND (plus IS NULL OR plus = 'error'))
ORDER BY task_id, program
"""
_IN_SCOPE = """
SELECT program, task_id FROM labelled_program
WHERE (base = 'pass' OR NOT :accepted_only) AND program_id IN (SELECT program_id FROM sample)
ORDER BY task_id, program
"""


class Verdicts(Database):
    """Access to verdicts."""

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Add verdicts, replacing existing ones.

        Raises :class:`~auditor.errors.StoreError` for an unknown program.
        """
        rows = [_row(verdict) for verdict in verdicts]
        with self.transaction():
            self._write(_ADD_ENVIRONMENT, rows)
            if rows and self._write(_ADD, rows) != len(rows):
                raise StoreError("a verdict names an unknown program", where=str(self.path))

    def verdicts(self, suite: SuiteName | None = None) -> Iterator[Verdict]:
        """Stream verdicts, of one suite or of both, ordered by program and suite."""
        first, second = (suite, suite) if suite else tuple(SuiteName)
        for row in self._rows(_ALL, {"first": first, "second": second}):
            yield _verdict(row)

    def outcomes(self, ids: Iterable[str]) -> dict[str, dict[SuiteName, Outcome]]:
        """Return the existing outcomes of named programs, without harness errors."""
        wanted = set(ids)
        found: dict[str, dict[SuiteName, Outcome]] = {}
        if not wanted:
            return found
        rows = self._rows(
            "SELECT program, suite, outcome FROM verdict JOIN program USING (program_id) WHERE outcome <> 'error'"
        )
        for row in rows:
            if row["program"] in wanted:
                found.setdefault(row["program"], {})[SuiteName(row["suite"])] = Outcome(row["outcome"])
        return found

    def judged(self, model: str | None = None) -> Iterator[JudgedSample]:
        """Stream samples with their programs' outcomes, by model, task and index."""
        where, values = ("WHERE model = ?", (model,)) if model else ("", ())
        for row in self._rows(_JUDGED.format(where=where, rank=_RANK), values):
            yield JudgedSample(
                model=row["model"],
                task_id=row["task_id"],
                sample_index=row["sample_index"],
                status=SampleStatus(row["status"]),
                program=row["program"],
                base=_outcome(row["base"]),
                plus=_outcome(row["plus"]),
                flaky=bool(row["flaky"]),
                trust=None if row["rank"] is None else list(Trust)[row["rank"]],
            )

    def unverified(self, *, all_plus: bool) -> dict[str, str]:
        """Return the programs that lack a verdict, or have a harness error, with their tasks, by task and id.

        A verdict on plus is due if base passed, or with ``all_plus`` always.
        """
        return {row["program"]: row["task_id"] for row in self._rows(_DUE, {"all_plus": all_plus})}

    def programs_in_scope(self, *, accepted_only: bool) -> dict[str, str]:
        """Return every program, or with ``accepted_only`` those that passed base, with their tasks."""
        return {row["program"]: row["task_id"] for row in self._rows(_IN_SCOPE, {"accepted_only": accepted_only})}

    def harness_errors(self) -> int:
        """Count the verdicts that are harness errors."""
        return self._count("SELECT COUNT(*) FROM verdict WHERE outcome = 'error'")

    def in_process(self) -> dict[tuple[str, SuiteName], int]:
        """Count the verdicts that were reached in the solution's process, by task and suite."""
        rows = self._rows(
            "SELECT task_id, suite, COUNT(*) AS verdicts FROM verdict JOIN program USING (program_id)"
            " WHERE trust = 'in-process' GROUP BY task_id, suite ORDER BY task_id, suite"
        )
        return {(row["task_id"], SuiteName(row["suite"])): row["verdicts"] for row in rows}

    def count_verdicts(self) -> int:
        """Count all verdicts."""
        return self._count("SELECT COUNT(*) FROM verdict")

    def drop_verdicts(self) -> None:
        """Delete every verdict, for a run whose verifier has changed."""
        with self.transaction():
            self._write("DELETE FROM other_verdict", [()])
            self._write("DELETE FROM verdict", [()])

    def add_third_party_verdicts(self, verdicts: Iterable[ThirdPartyVerdict]) -> None:
        """Add verdicts from a recorded file, replacing existing ones."""
        rows = [
            (
                v.source, v.model, v.task_id, v.sample_index, v.suite or "", v.outcome, storable(v.detail),
                None if v.failing_input is None else storable(v.failing_input),
            )
            for v in verdicts
        ]  # fmt: skip
        self._write("INSERT OR REPLACE INTO third_party_verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def third_party_verdicts(self) -> Iterator[ThirdPartyVerdict]:
        """Stream the verdicts from recorded files, by source, model, task, index and suite."""
        order = "source, model, task_id, sample_index, suite"
        for row in self._rows(f"SELECT * FROM third_party_verdict ORDER BY {order}"):  # noqa: S608 - constant
            values = dict(row)
            suite = SuiteName(values["suite"]) if values["suite"] else None
            yield ThirdPartyVerdict(**{**values, "suite": suite, "outcome": Outcome(values["outcome"])})


def _outcome(text: str | None) -> Outcome | None:
    return None if text is None else Outcome(text)


def _row(verdict: Verdict) -> dict[str, object]:
    failing = verdict.failing
    return {
        "program": verdict.program,
        "suite": verdict.suite,
        "outcome": verdict.outcome,
        "tests": verdict.tests,
        "passed": packed(verdict.passed),
        "failing_index": failing and failing.index,
        "failing_call": failing and storable(failing.call),
        "failing_expected": failing and storable(failing.expected),
        "failing_got": failing and storable(failing.got),
        "failing_kind": failing and failing.kind,
        "detail": storable(verdict.detail),
        "flaky": verdict.flaky,
        "cpu_seconds": verdict.cpu_seconds,
        "sandbox": verdict.sandbox,
        "host": verdict.host,
        "environment": verdict.environment,
        "trust": verdict.trust,
    }


def failing_test(row: sqlite3.Row) -> FailingTest | None:
    """Read the first failing test from its columns."""
    if row["failing_index"] is None:
        return None
    return FailingTest(
        index=row["failing_index"],
        call=row["failing_call"],
        expected=row["failing_expected"],
        got=row["failing_got"],
        kind=FailureKind(row["failing_kind"]),
    )


def _verdict(row: sqlite3.Row) -> Verdict:
    return Verdict(
        program=row["program"],
        suite=SuiteName(row["suite"]),
        outcome=Outcome(row["outcome"]),
        tests=row["tests"],
        passed=unpacked(row["passed"]),
        failing=failing_test(row),
        detail=row["detail"],
        flaky=bool(row["flaky"]),
        cpu_seconds=row["cpu_seconds"],
        sandbox=row["sandbox"],
        host=row["host"],
        environment=row["environment"],
        trust=Trust(row["trust"]),
    )
