"""Queries on a run's programs for reports, gates and comparisons: label, weight, style, why they fail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from auditor.records import Label, Outcome
from auditor.store.packing import unpacked
from auditor.store.rows import (
    AcceptedSolution,
    FalsePositive,
    PlusFailure,
    ProgramOutcomes,
    RuleName,
    StyledProgram,
)
from auditor.store.styles import Styles
from auditor.store.verdicts import failing_test

_SHARED = 50_000
"""Largest number of distinct adherences and rule sets kept for sharing."""

_STYLE_OF_PROGRAM = """
    parses, score, adherence, metrics, (
        SELECT GROUP_CONCAT(DISTINCT rule_id) FROM finding
        WHERE finding.rubric_id = style.rubric_id AND finding.program_id = style.program_id
            AND NOT in_prompt AND NOT duplicate) AS rules
"""
_STYLED = f"""
SELECT model, labelled.task_id, labelled.program, samples, label, {_STYLE_OF_PROGRAM}
FROM rubric JOIN style USING (rubric_id) JOIN labelled_program labelled USING (program_id)
JOIN program_of_model USING (program_id)
WHERE rubric.hash = ? AND base IS NOT NULL ORDER BY labelled.program, model
"""  # noqa: S608 - made of constants
_ACCEPTED = f"""
SELECT model, accepted.task_id, accepted.program, samples, label, {_STYLE_OF_PROGRAM}
FROM program_of_model JOIN accepted_program accepted USING (program_id)
LEFT JOIN style ON style.program_id = accepted.program_id
    AND style.rubric_id = (SELECT rubric_id FROM rubric WHERE hash = :rubric_hash)
WHERE model = :model ORDER BY accepted.task_id, accepted.program
"""  # noqa: S608 - made of constants
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
_PLUS_FAILURES = """
SELECT model, wrong.task_id, wrong.program, verdict.passed, verdict.failing_index
FROM program_of_model JOIN false_positive wrong USING (program_id)
JOIN verdict ON verdict.program_id = wrong.program_id AND verdict.suite = 'plus'
ORDER BY model, wrong.task_id, wrong.program
"""
_OUTCOMES = """
SELECT program, task_id, base, plus, flaky, SUM(samples) AS samples
FROM labelled_program JOIN program_of_model USING (program_id)
WHERE base IS NOT NULL GROUP BY program_id ORDER BY program
"""


class Programs(Styles):
    """Access to programs with their results."""

    def styled_programs(self, rubric_hash: str) -> Iterator[StyledProgram]:
        """Stream the judged programs of each model that have a style result, by program and model."""
        yield from self._styled(self._rows(_STYLED, (rubric_hash,)))

    def accepted_programs(self, model: str, rubric_hash: str | None) -> Iterator[StyledProgram]:
        """Stream the true and false positives of a model by task and program, with style if there is any."""
        yield from self._styled(self._rows(_ACCEPTED, {"model": model, "rubric_hash": rubric_hash}))

    def _styled(self, rows: Iterable[sqlite3.Row]) -> Iterator[StyledProgram]:
        parsed, rules_of = lru_cache(_SHARED)(json.loads), self._rules()
        for row in rows:
            yield StyledProgram(
                model=row["model"],
                task_id=row["task_id"],
                program=row["program"],
                samples=row["samples"],
                label=Label(row["label"]),
                parses=bool(row["parses"]),
                score=row["score"],
                adherence=parsed(row["adherence"] or "{}"),
                metrics=json.loads(row["metrics"] or "{}"),
                rules=rules_of(row["rules"]),
            )

    def _rules(self) -> Callable[[str | None], frozenset[RuleName]]:
        """Return a function that parses a list of rule numbers; equal lists share one set."""
        names = {
            str(row["rule_id"]): (row["tool"], row["rule"], row["name"], row["url"])
            for row in self._rows("SELECT rule_id, tool, rule, name, url FROM rule")
        }
        return lru_cache(_SHARED)(lambda ids: frozenset(names[one] for one in ids.split(",")) if ids else frozenset())

    def accepted_solutions(self) -> Iterator[AcceptedSolution]:
        """Stream the accepted programs of each model with their text: false positives first, then by model and task."""
        for row in self._rows(_SOLUTIONS):
            values = dict(row)
            yield AcceptedSolution(**{**values, "label": Label(values["label"])})

    def false_positives(self, model: str) -> Iterator[FalsePositive]:
        """Stream a model's distinct false positives by task, those with most samples first."""
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

    def plus_failures(self) -> Iterator[PlusFailure]:
        """Stream the false positives of each model with their results on plus, by model, task and program."""
        for row in self._rows(_PLUS_FAILURES):
            yield PlusFailure(**{**dict(row), "passed": unpacked(row["passed"])})

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
