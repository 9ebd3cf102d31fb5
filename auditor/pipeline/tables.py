"""The store's rows as the tables that the analysis takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from auditor.analysis import BaseTestRow, Counts
from auditor.analysis.accuracy_bounds import UnjudgedSamples
from auditor.analysis.saturation import PlusTestRow
from auditor.analysis.style_rows import StyleRow
from auditor.records import Label
from auditor.results import Unanswered
from auditor.store import Store, StyledProgram, TaskTally


def counts(tallies: Iterable[TaskTally], families: Mapping[str, str], unanswered: Unanswered) -> list[Counts]:
    """Return the counts of each model over the named tasks; ``families`` has each one's family, perhaps empty.

    ``unanswered`` says whether samples without a program are among the draws. A task without a sample that counts is
    left out, and so is a model without a labelled sample.
    """
    counted = unanswered is Unanswered.COUNT
    tables: dict[str, list[tuple[TaskTally, int]]] = defaultdict(list)
    for tally in tallies:
        drawn = tally.labelled + (tally.unanswered if counted else 0)
        if tally.task_id in families and drawn:
            tables[tally.model].append((tally, drawn))
    missed = any(tally.false_negatives for table in tables.values() for tally, _ in table)
    return [
        Counts(
            model,
            tuple(tally.task_id for tally, _ in table),
            [drawn for _, drawn in table],
            [tally.accepted for tally, _ in table],
            [tally.correct for tally, _ in table],
            _families([tally.task_id for tally, _ in table], families),
            [tally.false_negatives for tally, _ in table] if missed else None,
        )
        for model, table in tables.items()
        if any(tally.labelled for tally, _ in table)
    ]


def _families(task_ids: list[str], families: Mapping[str, str]) -> list[str] | None:
    """Return each task's family, a task without one being its own; ``None`` where no task has one."""
    named = [families[task_id] for task_id in task_ids]
    if not any(named):
        return None
    return [family or task_id for family, task_id in zip(named, task_ids, strict=True)]


def unjudged(tallies: Iterable[TaskTally], task_ids: Collection[str]) -> dict[str, list[UnjudgedSamples]]:
    """Return, by model, the samples of the named tasks that have a verdict and those that have none."""
    found: dict[str, list[UnjudgedSamples]] = defaultdict(list)
    for tally in tallies:
        if tally.task_id in task_ids:
            found[tally.model].append(
                UnjudgedSamples(tally.task_id, tally.labelled, tally.correct, tally.unanswered, tally.unjudged)
            )
    return found


def false_negatives(tallies: Iterable[TaskTally]) -> dict[str, int]:
    """Count, per task, the samples that fail base but pass plus."""
    found: Counter[str] = Counter()
    for tally in tallies:
        found[tally.task_id] += tally.false_negatives
    return dict(+found)


def base_test_rows(store: Store, task_ids: Collection[str]) -> Iterator[BaseTestRow]:
    """Stream, per model, how many base tests programs pass; only complete per-test results count."""
    for one in store.base_results():
        if one.task_id in task_ids and one.passed and 2 not in one.passed:
            right = one.passed.count(1)
            yield BaseTestRow(one.model, one.task_id, one.tests, right, one.label is Label.TRUE_POSITIVE, one.samples)


def plus_test_rows(store: Store, task_ids: Collection[str]) -> Iterator[PlusTestRow]:
    """Stream, per model, the results of the plus tests of programs that pass base, where they are recorded.

    A program that fails plus without one failing test, as in a timeout of the whole suite, is left out.
    """
    for one in store.plus_results():
        if one.task_id in task_ids and one.passed and (one.label is Label.TRUE_POSITIVE or 0 in one.passed):
            yield PlusTestRow(one.model, one.task_id, one.passed, one.samples)


def style_rows(store: Store, rubric_hash: str) -> Iterator[StyleRow]:
    """Stream, per accepted program and model, its label and what the rubric says of it, without unparsable programs."""
    return (StyleRow(*found) for found in store.accepted_styles(rubric_hash))


def style_row(found: StyledProgram) -> StyleRow:
    """Return a program's row for the analysis."""
    return StyleRow(
        model=found.model,
        task_id=found.task_id,
        program=found.program,
        samples=found.samples,
        label=found.label,
        score=found.score,
        adherence=found.adherence,
        rules=found.rules,
    )
