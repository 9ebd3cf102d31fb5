"""Read answers again: the other programs that an answer could be read as, to measure what extraction costs."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.pipeline.run import Run
from auditor.records import Sample, Task
from auditor.store import OtherReading, Store


def add_other_readings(run: Run, store: Store) -> int:
    """Store the other readings of answers whose chosen program fails base or is missing; return how many were new.

    Answers are read again from their text. An answer for which the current rules give another program is skipped.
    """
    joins = {model.name: model.join for model in run.config.model}
    added = 0
    for sample in list(store.samples_to_reread()):
        task = run.tasks.get(sample.task_id)
        found = other_readings(sample, task, joins) if task else []
        store.add_readings(sample, found)
        added += len(found)
    return added


def other_readings(sample: Sample, task: Task, joins: Mapping[str, str]) -> list[OtherReading]:
    """List the other programs that an answer could be read as, best first."""
    from auditor.extraction import assemble, extract

    for found in (extract(sample.raw, task), assemble(sample.raw, task, joins.get(sample.model, ""))):
        if found.solution == sample.solution and found.rule == sample.rule:
            others = (reading for reading in found.readings if reading.solution != sample.solution)
            return [OtherReading(reading.solution, reading.rule) for reading in others]
    return []
