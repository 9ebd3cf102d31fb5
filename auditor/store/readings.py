"""The other programs that answers can be read as, and their outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.records import JudgedReading, Outcome, Sample, program_id
from auditor.store.database import Database
from auditor.store.packing import storable
from auditor.store.rows import OtherReading
from auditor.store.samples import ALL_SAMPLES, sample_of

_DUE = f"""
SELECT * FROM ({ALL_SAMPLES}) found
WHERE (
    status = 'ok' AND readings_differ = 1 AND program_id IN (
        SELECT program_id FROM labelled_program WHERE base IS NOT NULL AND base NOT IN ('pass', 'error'))
    OR status = 'extraction_failed' AND readings > 0
) AND NOT EXISTS (
    SELECT 1 FROM reading WHERE reading.model = found.model AND reading.task_id = found.task_id
    AND reading.sample_index = found.sample_index AND reading.request_hash = found.request_hash)
"""  # noqa: S608 - made of constants
_ADD_PROGRAM = "INSERT OR IGNORE INTO program (program, task_id, solution) VALUES (?, ?, ?)"
_ADD = """
INSERT OR REPLACE INTO reading
SELECT :model, :task_id, :sample_index, :request_hash, :position, program_id, :rule FROM program
WHERE program = :program
"""
_JUDGED = """
SELECT reading.task_id, reading.sample_index, reading.position, reading.rule, labelled.program,
    labelled.base, labelled.plus
FROM reading JOIN labelled_program labelled USING (program_id)
WHERE model = ? ORDER BY reading.task_id, sample_index, request_hash, position
"""


class Readings(Database):
    """Access to the other readings of answers."""

    def samples_to_reread(self) -> Iterator[Sample]:
        """Stream samples, not read again yet, with several readings whose chosen one fails base or is missing."""
        for row in self._rows(_DUE, {"model": None}):
            yield sample_of(row)

    def add_readings(self, sample: Sample, readings: Iterable[OtherReading]) -> None:
        """Add the other readings of a sample and their programs, best first."""
        with self.transaction():
            for position, reading in enumerate(readings, 1):
                program = program_id(sample.task_id, reading.solution)
                self._db.execute(_ADD_PROGRAM, (program, sample.task_id, storable(reading.solution)))
                key = {name: getattr(sample, name) for name in ("model", "task_id", "sample_index", "request_hash")}
                self._db.execute(_ADD, key | {"position": position, "program": program, "rule": reading.rule})

    def judged_readings(self, model: str) -> list[JudgedReading]:
        """Return the other readings of a model's samples with their outcomes, by task, index and position."""
        return [
            JudgedReading(
                task_id=row["task_id"],
                sample_index=row["sample_index"],
                rule=row["rule"],
                program=row["program"],
                base=None if row["base"] is None else Outcome(row["base"]),
                plus=None if row["plus"] is None else Outcome(row["plus"]),
            )
            for row in self._rows(_JUDGED, (model,))
        ]
