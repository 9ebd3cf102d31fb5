"""The reading gap: what extraction may cost a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from fractions import Fraction

from auditor.records import JudgedReading, JudgedSample, Label, SampleStatus
from auditor.results import ReadingGap, RecoveredAnswer


def reading_gap(
    samples: Iterable[JudgedSample], readings: Iterable[JudgedReading], tasks: Collection[str]
) -> ReadingGap | None:
    """Compare one model's accuracy as read with that of its best readings, over the named tasks.

    ``None`` if no sample counts. A sample counts unless it has a program without verdicts, or a harness error.
    """
    right: dict[tuple[str, int], JudgedReading] = {}
    reread: set[tuple[str, int]] = set()
    for reading in readings:
        key = (reading.task_id, reading.sample_index)
        reread.add(key)
        if reading.label is Label.TRUE_POSITIVE:
            right.setdefault(key, reading)
    outcomes: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    recovered: list[RecoveredAnswer] = []
    counted = 0
    for sample in samples:
        if sample.task_id not in tasks or (sample.status is SampleStatus.OK and sample.label is Label.UNKNOWN):
            continue
        key = (sample.task_id, sample.sample_index)
        correct = sample.label is Label.TRUE_POSITIVE
        better = None if correct else right.get(key)
        outcomes[sample.task_id].append((correct, correct or better is not None))
        counted += key in reread
        if better:
            recovered.append(
                RecoveredAnswer(
                    task_id=sample.task_id,
                    sample_index=sample.sample_index,
                    program=sample.program,
                    reading=better.program,
                    rule=better.rule,
                )
            )
    if not outcomes:
        return None
    shares = [
        (Fraction(sum(read for read, _ in pairs), len(pairs)), Fraction(sum(best for _, best in pairs), len(pairs)))
        for pairs in outcomes.values()
    ]
    return ReadingGap(
        samples=sum(map(len, outcomes.values())),
        reread=counted,
        as_read=float(sum(read for read, _ in shares) / len(shares)),
        at_best=float(sum(best for _, best in shares) / len(shares)),
        recovered=tuple(sorted(recovered, key=lambda answer: (answer.task_id, answer.sample_index))),
    )
