"""One task of one model with everything known about it: its samples, their programs, verdicts and findings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from auditor.records import Label, Outcome, ResultCode, Sample, SuiteName, Trust
from auditor.store.packing import unpacked
from auditor.store.rows import BrowsedProgram, CorrectSolution, SuiteResult
from auditor.store.samples import ALL_SAMPLES, sample_of
from auditor.store.styles import Styles
from auditor.store.verdicts import failing_test

_SAMPLES = ALL_SAMPLES.replace("answer.raw AS answer,", "answer.raw AS answer, program.program AS program,").replace(
    ":model IS NULL OR sample.model = :model", "model = :model AND sample.task_id = :task"
)
_PROGRAMS = """
SELECT program.program_id, program.program, program.solution, COUNT(*) AS samples,
    style.rubric_id, style.parses, style.score, style.adherence
FROM sample JOIN program USING (program_id)
LEFT JOIN style ON style.program_id = program.program_id
    AND style.rubric_id = (SELECT rubric_id FROM rubric WHERE hash = :rubric)
WHERE sample.model = :model AND sample.task_id = :task
GROUP BY program.program_id ORDER BY samples DESC, program.program
"""
_VERDICTS = """
SELECT program_id, suite, outcome, tests, passed, failing_index, failing_call, failing_expected, failing_got,
    failing_kind, detail, flaky, trust
FROM verdict WHERE program_id IN (SELECT program_id FROM sample WHERE model = :model AND task_id = :task)
"""
_CORRECT = """
SELECT labelled.task_id, labelled.program, solution, samples
FROM program_of_model JOIN labelled_program labelled USING (program_id) JOIN program USING (program_id)
WHERE model = ? AND label = 'true_positive' ORDER BY labelled.task_id, samples DESC, labelled.program
"""


class Browsing(Styles):
    """Access to single samples."""

    def samples_of(self, model: str, task_id: str) -> list[tuple[Sample, str | None]]:
        """Return a model's samples of one task, by index, each with the id under which its program is stored.

        Lone surrogates are stored as escapes, so :attr:`Sample.program` of such a text, once read, is another id.
        """
        rows = self._rows(_SAMPLES, {"model": model, "task": task_id})
        return [(sample_of(row), row["program"]) for row in rows]

    def programs_of(self, model: str, task_id: str, rubric_hash: str | None) -> list[BrowsedProgram]:
        """Return the distinct programs of a model's samples of one task, most frequent first.

        Style is that under ``rubric_hash``, if there is a result.
        """
        of_task = {"model": model, "task": task_id}
        verdicts: dict[tuple[int, str], SuiteResult] = {
            (row["program_id"], row["suite"]): _result(row) for row in self._rows(_VERDICTS, of_task)
        }
        rows = self._rows(_PROGRAMS, {**of_task, "rubric": rubric_hash}).fetchall()
        return [self._browsed(row, verdicts) for row in rows]

    def correct_solutions(self, model: str) -> dict[str, list[CorrectSolution]]:
        """Return task id → a model's correct programs, most frequent first."""
        found: dict[str, list[CorrectSolution]] = {}
        for row in self._rows(_CORRECT, (model,)):
            one = CorrectSolution(row["program"], row["solution"], row["samples"])
            found.setdefault(row["task_id"], []).append(one)
        return found

    def _browsed(self, row: sqlite3.Row, verdicts: Mapping[tuple[int, str], SuiteResult]) -> BrowsedProgram:
        base, plus = (verdicts.get((row["program_id"], suite)) for suite in (SuiteName.BASE, SuiteName.PLUS))
        styled = row["rubric_id"] is not None
        return BrowsedProgram(
            program=row["program"],
            solution=row["solution"],
            samples=row["samples"],
            label=Label.of(base.outcome if base else None, plus.outcome if plus else None),
            base=base,
            plus=plus,
            score=row["score"],
            adherence=json.loads(row["adherence"]) if styled else {},
            findings=self._findings(row["rubric_id"], row["program_id"]) if styled else (),
        )


def _result(row: sqlite3.Row) -> SuiteResult:
    outcome, passed = Outcome(row["outcome"]), unpacked(row["passed"])
    not_run = passed.count(ResultCode.NOT_RUN)
    complete = bool(passed) and not not_run and outcome is not Outcome.TIMEOUT
    return SuiteResult(
        outcome=outcome,
        tests=row["tests"],
        passed=passed.count(ResultCode.PASSED) if complete else None,
        not_run=not_run,
        failing=failing_test(row),
        detail=row["detail"],
        flaky=bool(row["flaky"]),
        trust=Trust(row["trust"]),
    )
