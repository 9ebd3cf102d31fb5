"""The accepted programs of a model with their style, one row a program, read from the run's database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.records import Label, Outcome
from auditor.store import Store

_ROWS = """
SELECT p.program, p.task_id, COUNT(*) AS weight, plus.outcome AS plus,
       s.parses, s.score, s.adherence, s.metrics
FROM sample
JOIN program p USING (program)
JOIN verdict base ON base.program = p.program AND base.suite = 'base' AND base.outcome = 'pass'
JOIN verdict plus ON plus.program = p.program AND plus.suite = 'plus'
LEFT JOIN style s ON s.program = p.program AND s.rubric_hash = ?
WHERE sample.model = ? AND sample.status = 'ok'
GROUP BY p.program ORDER BY p.task_id, p.program
"""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One accepted program of one model."""

    program: str
    task_id: str
    weight: int
    """Samples that are this program."""
    label: Label
    """True or false positive."""
    score: float | None
    """Under the run's rubric, 0 to 1."""
    adherence: Mapping[str, float | None]
    """Criterion id → met (1 or 0); ``None`` where it does not apply."""
    metrics: Mapping[str, float]


def rubric_of(store: Store) -> str | None:
    """Name the rubric hash whose results the run's report shows: the run's own, else the only one there."""
    noted = store.meta("rubric")
    if noted is not None:
        return str(noted["hash"])
    found = store.query("SELECT DISTINCT rubric_hash FROM style ORDER BY rubric_hash")
    return str(found[0]["rubric_hash"]) if len(found) == 1 else None


def read_programs(database: Path, model: str) -> tuple[ProgramRow, ...]:
    """Read a model's accepted programs with both verdicts, by task and id; style is empty where there is none."""
    with Store(database, create=False) as store:
        rows = store.query(_ROWS, (rubric_of(store), model))
    return tuple(
        ProgramRow(
            program=row["program"],
            task_id=row["task_id"],
            weight=row["weight"],
            label=label,
            score=row["score"],
            adherence=json.loads(row["adherence"] or "{}"),
            metrics=json.loads(row["metrics"] or "{}"),
        )
        for row in rows
        if (label := Label.of(Outcome.PASS, Outcome(row["plus"]))) is not Label.UNKNOWN
    )
