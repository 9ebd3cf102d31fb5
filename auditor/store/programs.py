"""What a report, a gate or a comparison asks of the programs of a run: label, weight, style, why they fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from auditor.records import Label, Outcome
from auditor.store.rows import (
    AcceptedSolution,
    FalsePositive,
    JudgedProgram,
    ProgramOutcomes,
    StyledProgram,
)
from auditor.store.styles import Styles
from auditor.store.verdicts import failing_test

_JUDGED = """
SELECT model, labelled.task_id, program, samples, base, plus, label, task.excluded
FROM program_of_model JOIN labelled_program labelled USING (program_id)
LEFT JOIN task ON task.task_id = labelled.task_id
WHERE base IS NOT NULL ORDER BY model, labelled.task_id, program
"""
_STYLED = """
SELECT program.program, model, labelled.task_id, samples, base, plus, label, task.excluded,
    style.*, rubric.hash AS rubric_hash
FROM rubric JOIN style USING (rubric_id) JOIN program USING (program_id)
JOIN labelled_program labelled USING (program_id) JOIN program_of_model USING (program_id)
LEFT JOIN task ON task.task_id = labelled.task_id
WHERE rubric.hash = ? AND base IS NOT NULL ORDER BY program.program, model
"""
_ACCEPTED = """
SELECT model, accepted.task_id, accepted.program, samples, 'pass' AS base, plus, label, NULL AS excluded,
    style.*, :rubric_hash AS rubric_hash
FROM program_of_model JOIN accepted_program accepted USING (program_id)
LEFT JOIN style ON style.program_id = accepted.program_id
    AND style.rubric_id = (SELECT rubric_id FROM rubric WHERE hash = :rubric_hash)
WHERE model = :model ORDER BY accepted.task_id, accepted.program
"""
_SOLUTIONS = """
SELECT model, accepted.task_id, accepted.program, label, solution
FROM program_of_model JOIN accepted_program accepted USING (program_id) JOIN program USING (program_id)
ORDER BY label = 'true_positive', model, accepted.task_id, accepted.program
"""
_FALSE_POSITIVES = """
SELECT wrong.*, program.solution, task.prompt, task.reference, samples
FROM program_of_model JOIN false_positive wrong USING (program_id) JOIN program USING (program_id)
JOIN task ON task.task_id = wrong.task_id
WHERE model = ? ORDER BY task.position, samples DESC, wrong.program
"""
_OUTCOMES = """
SELECT program, task_id, base, plus, flaky, SUM(samples) AS samples
FROM labelled_program JOIN program_of_model USING (program_id)
WHERE base IS NOT NULL GROUP BY program_id ORDER BY program
"""


class Programs(Styles):
    """Reads programs with what is known of them."""

    def judged_programs(self) -> Iterator[JudgedProgram]:
        """Stream the programs of each model that have a verdict on base, by model, task and program."""
        for row in self._rows(_JUDGED):
            yield _judged(row)

    def styled_programs(self, rubric_hash: str, *, findings: bool = False) -> Iterator[StyledProgram]:
        """Stream the judged programs of each model that have a style result, by program and model."""
        for row in self._rows(_STYLED, (rubric_hash,)):
            yield StyledProgram(_judged(row), self._style(row, findings=findings))

    def accepted_programs(self, model: str, rubric_hash: str | None) -> Iterator[StyledProgram]:
        """Stream the true and false positives of a model by task and program, with style where there is any."""
        for row in self._rows(_ACCEPTED, {"model": model, "rubric_hash": rubric_hash}):
            has_style = row["adherence"] is not None
            yield StyledProgram(_judged(row), self._style(row, findings=False) if has_style else None)

    def accepted_solutions(self) -> Iterator[AcceptedSolution]:
        """Stream the accepted programs of each model with their text: false positives first, then by model and task."""
        for row in self._rows(_SOLUTIONS):
            values = dict(row)
            yield AcceptedSolution(**{**values, "label": Label(values["label"])})

    def false_positives(self, model: str) -> Iterator[FalsePositive]:
        """Stream a model's distinct false positives by task, the one with most samples first."""
        for row in self._rows(_FALSE_POSITIVES, (model,)):
            yield FalsePositive(
                program=row["program"],
                task_id=row["task_id"],
                solution=row["solution"],
                prompt=row["prompt"],
                reference=row["reference"],
                samples=row["samples"],
                plus=Outcome(row["plus"]),
                failing=failing_test(row),
                detail=row["detail"],
            )

    def program_outcomes(self) -> Iterator[ProgramOutcomes]:
        """Stream the outcomes of every program that has a verdict on base, by program."""
        for row in self._rows(_OUTCOMES):
            yield ProgramOutcomes(
                program=row["program"],
                task_id=row["task_id"],
                base=Outcome(row["base"]),
                plus=None if row["plus"] is None else Outcome(row["plus"]),
                flaky=bool(row["flaky"]),
                samples=row["samples"],
            )


def _judged(row: sqlite3.Row) -> JudgedProgram:
    return JudgedProgram(
        model=row["model"],
        task_id=row["task_id"],
        program=row["program"],
        samples=row["samples"],
        base=Outcome(row["base"]),
        plus=None if row["plus"] is None else Outcome(row["plus"]),
        label=Label(row["label"]),
        excluded=row["excluded"],
    )
