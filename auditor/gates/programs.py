"""The accepted programs of a model with their style, one row per program, read from the run's database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.records import Label
from auditor.store import Store, StyledProgram


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One accepted program of one model."""

    program: str
    task_id: str
    weight: int
    """Samples with this program."""
    label: Label
    """True or false positive."""
    score: float | None
    """Score under the run's rubric, 0 to 1."""
    adherence: Mapping[str, float | None]
    """Criterion id → met (1 or 0); ``None`` if it does not apply."""
    metrics: Mapping[str, float]


def read_programs(database: Path, model: str) -> tuple[ProgramRow, ...]:
    """Read a model's accepted programs with both verdicts, by task and id; style is empty if there is none."""
    with Store(database, create=False) as store:
        return tuple(_row(found) for found in store.accepted_programs(model, store.rubric_in_use()))


def _row(found: StyledProgram) -> ProgramRow:
    return ProgramRow(
        program=found.program,
        task_id=found.task_id,
        weight=found.samples,
        label=found.label,
        score=found.score,
        adherence=found.adherence,
        metrics=found.metrics,
    )
