"""Samples and their programs.

A sample is keyed by model, task, index and request, so adding it twice changes nothing. Equal answers stay separate
samples; only their program is shared.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from auditor.records import Program, Sample, SampleStatus, Usage
from auditor.store.database import Database
from auditor.store.packing import packed_answer, storable, unpacked_answer
from auditor.store.rows import SamplingTotals

_CHUNK = 500
"""Programs whose texts are loaded at once."""

_USAGE = tuple(Usage.__slots__)
_PLAIN = (
    "model", "task_id", "sample_index", "request_hash", "rule", "readings", "readings_differ", "finish_reason",
    "refusal", "served_model", "fingerprint", "latency", "cost",
)  # fmt: skip
"""Fields of a sample that are columns of the same name and value."""

_FROM_SERVER = ("finish_reason", "refusal", "served_model", "fingerprint")
"""Columns whose text comes from the server unchanged."""

_IS_THERE = """
SELECT 1 FROM sample WHERE model = :model AND task_id = :task_id AND sample_index = :sample_index
AND request_hash = :request_hash
"""
_ADD_PROGRAM = "INSERT OR IGNORE INTO program (program, task_id, solution) VALUES (?, ?, ?)"
_COLUMNS = (*_PLAIN, "status", "answer_id", *_USAGE)
_ADD = f"""
INSERT INTO sample (program_id, {", ".join(_COLUMNS)})
VALUES ((SELECT program_id FROM program WHERE program = :program), {", ".join(f":{name}" for name in _COLUMNS)})
"""  # noqa: S608 - made of constants
ALL_SAMPLES = """
SELECT sample.*, answer.raw AS answer, program.solution AS solution FROM sample
LEFT JOIN answer USING (answer_id) LEFT JOIN program USING (program_id)
WHERE :model IS NULL OR sample.model = :model
ORDER BY sample.model, sample.task_id, sample.sample_index, sample.request_hash
"""
_OF_MODEL = ALL_SAMPLES.replace(":model IS NULL OR ", "")
_REJECTED = """
model = :model AND (
    status IN ('too_long', 'rejected') OR status = 'refused' AND finish_reason LIKE 'http!_%' ESCAPE '!')
"""
_DUPLICATES = """
SELECT COALESCE(SUM(copies - 1), 0) FROM (
    SELECT COUNT(*) AS copies FROM sample LEFT JOIN answer USING (answer_id)
    WHERE model = ? GROUP BY task_id, program_id, raw)
"""
_TOTALS = """
SELECT model, SUM(prompt_tokens) AS prompt_tokens, SUM(completion_tokens) AS completion_tokens, SUM(cost) AS cost
FROM sample GROUP BY model ORDER BY model
"""


class Samples(Database):
    """Access to samples and programs."""

    def add_samples(self, samples: Iterable[Sample]) -> None:
        """Add samples and their programs; an existing sample stays unchanged."""
        with self.transaction():
            for sample in samples:
                self._add(sample)

    def _add(self, sample: Sample) -> None:
        solution = None if sample.solution is None else storable(sample.solution)
        raw = storable(sample.raw)
        if solution is not None:
            self._db.execute(_ADD_PROGRAM, (sample.program, sample.task_id, solution))
        row = {name: getattr(sample, name) for name in _PLAIN} | asdict(sample.usage)
        if self._db.execute(_IS_THERE, row).fetchone():
            return
        answer = None
        if raw != solution:
            answer = self._db.execute("INSERT INTO answer (raw) VALUES (?)", (packed_answer(raw, solution),)).lastrowid
        row |= {name: row[name] and storable(row[name]) for name in _FROM_SERVER}
        row |= {"status": sample.status, "program": sample.program, "answer_id": answer}
        self._db.execute(_ADD, row)

    def drop_rejected(self, model: str) -> int:
        """Delete the samples of a model that its server rejected with an error; return their number."""
        with self.transaction():
            of_model = [{"model": model}]
            answers = f"SELECT answer_id FROM sample WHERE {_REJECTED}"  # noqa: S608 - made of constants
            self._write(f"DELETE FROM answer WHERE answer_id IN ({answers})", of_model)  # noqa: S608
            return self._write(f"DELETE FROM sample WHERE {_REJECTED}", of_model)  # noqa: S608

    def drop_samples(self, model: str) -> None:
        """Delete the samples of a model; their programs and verdicts stay."""
        with self.transaction():
            self._write(
                "DELETE FROM answer WHERE answer_id IN (SELECT answer_id FROM sample WHERE model = ?)", [(model,)]
            )
            self._write("DELETE FROM sample WHERE model = ?", [(model,)])

    def sample_keys(self, model: str) -> set[tuple[str, int, str]]:
        """Return (task_id, sample_index, request_hash) of every sample of a model."""
        rows = self._rows("SELECT task_id, sample_index, request_hash FROM sample WHERE model = ?", (model,))
        return {(row["task_id"], row["sample_index"], row["request_hash"]) for row in rows}

    def samples(self, model: str | None = None) -> Iterator[Sample]:
        """Stream samples, of one model or of all, ordered by model, task and index."""
        for row in self._rows(_OF_MODEL if model else ALL_SAMPLES, {"model": model}):
            yield sample_of(row)

    def has_samples(self, model: str | None = None) -> bool:
        """Return whether there is any sample, or any of a model."""
        if model is None:
            return bool(self._count("SELECT EXISTS (SELECT 1 FROM sample)"))
        return bool(self._count("SELECT EXISTS (SELECT 1 FROM sample WHERE model = ?)", (model,)))

    def sample_count(self, model: str) -> int:
        """Count the samples of a model."""
        return self._count("SELECT COUNT(*) FROM sample WHERE model = ?", (model,))

    def program_count(self) -> int:
        """Count the programs."""
        return self._count("SELECT COUNT(*) FROM program")

    def status_counts(self) -> dict[SampleStatus, int]:
        """Count the samples by status, most frequent first."""
        rows = self._rows("SELECT status, COUNT(*) AS samples FROM sample GROUP BY status ORDER BY 2 DESC, 1")
        return {SampleStatus(row["status"]): row["samples"] for row in rows}

    def mean_costs(self) -> dict[str, float]:
        """Return the mean cost of a sample of each model that has any."""
        rows = self._rows("SELECT model, AVG(cost) AS mean FROM sample WHERE cost IS NOT NULL GROUP BY model")
        return {row["model"]: row["mean"] for row in rows}

    def duplicates(self, model: str) -> int:
        """Count the samples of a model whose text repeats an earlier answer to the same task."""
        return self._count(_DUPLICATES, (model,))

    def sampling_totals(self) -> list[SamplingTotals]:
        """Return the tokens and cost of each model's samples, by model."""
        served: dict[str, list[str]] = {}
        for row in self._rows("SELECT DISTINCT model, served_model FROM sample WHERE served_model > '' ORDER BY 1, 2"):
            served.setdefault(row["model"], []).append(row["served_model"])
        return [
            SamplingTotals(**dict(row), served_models=tuple(served.get(row["model"], ())))
            for row in self._rows(_TOTALS)
        ]

    def programs(self, ids: Iterable[str] | None = None) -> Iterator[Program]:
        """Stream programs: all of them by task and id, or the named ones, some hundreds at a time in the order given.

        Memory use is constant, and writes between two programs are safe.
        """
        if ids is None:
            ids = [row["program"] for row in self._rows("SELECT program FROM program ORDER BY task_id, program")]
        wanted = list(ids)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            rows = self._rows(
                f"SELECT program, task_id, solution FROM program WHERE program IN ({marks}) ORDER BY task_id, program",  # noqa: S608
                chunk,
            ).fetchall()
            yield from (Program(**dict(row)) for row in rows)


def sample_of(row: sqlite3.Row) -> Sample:
    """Build a sample from a row of all its columns, its text and its program's."""
    differ = row["readings_differ"]
    return Sample(
        **{name: row[name] for name in _PLAIN if name != "readings_differ"},
        status=SampleStatus(row["status"]),
        raw=row["solution"] if row["answer"] is None else unpacked_answer(row["answer"], row["solution"]),
        solution=row["solution"],
        usage=Usage(**{name: row[name] for name in _USAGE}),
        readings_differ=None if differ is None else bool(differ),
    )
