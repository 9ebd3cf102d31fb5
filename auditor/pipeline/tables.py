"""Turn the store's rows into the tables that the analysis takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from auditor.analysis import BaseTestRow, Counts, StyleTable
from auditor.analysis.accuracy_bounds import UnjudgedSamples
from auditor.analysis.saturation import PlusTestRow
from auditor.analysis.style_rows import ACCEPTED, StyleRow, met
from auditor.records import Label, ResultCode
from auditor.results import Unanswered
from auditor.store import LABELS, RunColumns, StyleColumns, StyledProgram, SuiteColumns


@dataclass(frozen=True, slots=True)
class TaskTally:
    """One model's samples of one task, counted by label."""

    model: str
    task_id: str
    labelled: int
    """Samples with a label."""
    unanswered: int
    """Samples without a program: truncated, refused, no code, or rejected by the server."""
    unjudged: int
    """Samples with a program but without a verdict: not judged yet, or the harness failed."""
    accepted: int
    """Samples that pass base: true and false positives."""
    correct: int
    """True positives."""
    false_negatives: int


def tallies(columns: RunColumns) -> list[TaskTally]:
    """Count the samples of each model and task by label, ordered by model and task."""
    label = columns.label[columns.program]
    units, unit = np.unique(columns.model * len(columns.tasks) + columns.task, return_inverse=True)

    def count(chosen: NDArray[np.bool_]) -> list[int]:
        found: list[int] = np.bincount(unit[chosen], columns.samples[chosen], len(units)).astype(int).tolist()
        return found

    unknown, answered = label == LABELS.index(Label.UNKNOWN), columns.answered == 1
    parts = (
        ~unknown,
        ~answered,
        unknown & answered,
        np.isin(label, [LABELS.index(one) for one in ACCEPTED]),
        label == LABELS.index(Label.TRUE_POSITIVE),
        label == LABELS.index(Label.FALSE_NEGATIVE),
    )
    places = [divmod(one, len(columns.tasks)) for one in units.tolist()]
    return [
        TaskTally(columns.models[model], columns.tasks[task], *counted)
        for (model, task), *counted in zip(places, *map(count, parts), strict=True)
    ]


def counts(tallies: Iterable[TaskTally], families: Mapping[str, str], unanswered: Unanswered) -> list[Counts]:
    """Return the counts of each model over the named tasks.

    ``families`` maps each task to its family, which may be empty.

    ``unanswered`` says whether samples without a program count as draws. Tasks and models without a counted sample are
    left out.
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
    ]


def _families(task_ids: list[str], families: Mapping[str, str]) -> list[str] | None:
    """Return each task's family, a task without one being its own; ``None`` if no task has a family."""
    named = [families[task_id] for task_id in task_ids]
    if not any(named):
        return None
    return [family or task_id for family, task_id in zip(named, task_ids, strict=True)]


def unjudged(tallies: Iterable[TaskTally], task_ids: Collection[str]) -> dict[str, list[UnjudgedSamples]]:
    """Return, per model, the numbers of samples of the named tasks with and without a verdict."""
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


def base_test_rows(columns: RunColumns, task_ids: Collection[str]) -> Iterator[BaseTestRow]:
    """Stream, per model, how many base tests its judged programs pass.

    Only complete per-test results count that agree with the verdict: all tests passed, and accepted.
    """
    places = np.unique(columns.base.result[columns.base.result >= 0]).tolist()
    results = {place: columns.unpacked(place) for place in places}
    right = {
        place: found.count(ResultCode.PASSED) if found and ResultCode.NOT_RUN not in found else None
        for place, found in results.items()
    }
    for one in _test_results(columns, columns.base, task_ids, [one for one in Label if one is not Label.UNKNOWN]):
        passed = right[one.result]
        if passed is not None and (passed == one.tests) == (one.label in ACCEPTED):
            correct = one.label is Label.TRUE_POSITIVE
            yield BaseTestRow(one.model, one.task_id, one.tests, passed, correct, one.samples)


def plus_test_rows(columns: RunColumns, task_ids: Collection[str]) -> Iterator[PlusTestRow]:
    """Stream, per model, the recorded results of plus tests of programs that pass base.

    A program that fails plus without a failing test, as after a timeout of the whole suite, is left out.
    """
    for one in _test_results(columns, columns.plus, task_ids, ACCEPTED):
        passed = columns.unpacked(one.result)
        if passed and (one.label is Label.TRUE_POSITIVE or ResultCode.FAILED in passed):
            yield PlusTestRow(one.model, one.task_id, passed, one.samples)


class _TestResults(NamedTuple):
    """Per-test results on one suite, shared by one or more of a model's programs for a task."""

    model: str
    task_id: str
    tests: int
    result: int
    """Index in ``RunColumns.results``."""
    label: Label
    samples: int
    """The model's samples with such programs."""


def _test_results(
    columns: RunColumns, suite: SuiteColumns, task_ids: Collection[str], labels: Collection[Label]
) -> Iterator[_TestResults]:
    """Stream the distinct results of one suite over each model's programs with one of the given labels.

    Ordered by model, task, number of tests, results as stored, and label.
    """
    by_name = sorted(LABELS)
    label = np.array([by_name.index(one) for one in LABELS], dtype=np.int64)[columns.label[columns.program]]
    tests, result = suite.tests[columns.program], suite.result[columns.program]
    wanted = np.isin(columns.task, [place for place, task in enumerate(columns.tasks) if task in task_ids])
    wanted &= (result >= 0) & np.isin(label, [by_name.index(one) for one in labels])
    keys = [part[wanted] for part in (label, result, tests, columns.task, columns.model)]
    order = np.lexsort(keys)
    rows = np.stack(keys, axis=1)[order]
    starts = np.flatnonzero(np.r_[len(rows) > 0, (rows[1:] != rows[:-1]).any(axis=1)])
    samples = np.add.reduceat(columns.samples[wanted][order], starts) if len(starts) else starts
    for (name, place, count, task, model), number in zip(rows[starts].tolist(), samples.tolist(), strict=True):
        yield _TestResults(columns.models[model], columns.tasks[task], count, place, by_name[name], number)


def style_table(columns: RunColumns, style: StyleColumns, excluded: Collection[str]) -> StyleTable:
    """Arrange all models' accepted programs that have a style result, except those of excluded tasks.

    Models are numbered as in ``columns``.
    """
    label, place = columns.label[columns.program], np.full(len(columns.rank), -1, dtype=np.int64)
    place[style.program] = np.arange(len(style.program))
    rows = np.isin(label, [LABELS.index(one) for one in ACCEPTED]) & (place[columns.program] >= 0)
    rows &= ~np.isin(columns.task, [number for number, task in enumerate(columns.tasks) if task in excluded])
    (chosen,) = np.nonzero(rows)
    rank = columns.rank[columns.program[chosen]]
    chosen = chosen[np.lexsort((rank, columns.model[chosen], columns.task[chosen]))]
    program = columns.program[chosen]
    results = place[program]
    criteria = sorted({name for one in style.adherences for name in one})
    return StyleTable(
        model=columns.model[chosen],
        task=columns.task[chosen],
        program=columns.rank[program],
        false=label[chosen] == LABELS.index(Label.FALSE_POSITIVE),
        weight=columns.samples[chosen].astype(np.float64),
        score=style.score[results],
        adherence={name: met(style.adherences, name)[style.adherence[results]] for name in criteria},
        rules=style.rules,
        fired=_fired(program, style),
    )


def _fired(program: NDArray[np.int64], style: StyleColumns) -> NDArray[np.int64]:
    """Return (rule, row), sorted, for every rule that fired in the programs of the given rows."""
    order = np.argsort(program, kind="stable")
    first, last = (np.searchsorted(program[order], style.fired[:, 0], side=side) for side in ("left", "right"))
    copies = last - first  # rows of each pair's program
    offset = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    rows = order[np.repeat(first, copies) + offset]
    rules = np.repeat(style.fired[:, 1], copies)
    found: NDArray[np.int64] = np.stack((rules, rows), axis=1)[np.lexsort((rows, rules))]
    return found


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
