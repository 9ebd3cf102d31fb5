"""The store's rows as the tables that the analysis takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np

from auditor.analysis import BaseTestRow, Counts
from auditor.analysis.style_rows import Rule, StyleRow
from auditor.records import Label, StyleResult, SuiteName
from auditor.store import JudgedProgram, Store

_POSITIVE = (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)


def counts(store: Store, task_ids: Collection[str]) -> list[Counts]:
    """Count, per model and task, the labelled samples, those that pass base and those that are correct.

    Unlabelled samples (no program, or an error of ours) are not counted; a task without a labelled
    sample of a model is not in that model's table.
    """
    tallies: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for sample in store.judged():
        label = sample.label
        if label is Label.UNKNOWN or sample.task_id not in task_ids:
            continue
        tally = tallies[sample.model].setdefault(sample.task_id, [0, 0, 0])
        tally[0] += 1
        tally[1] += label in _POSITIVE
        tally[2] += label is Label.TRUE_POSITIVE
    return [
        Counts(model, tuple(table), *(np.array(column, dtype=np.int64) for column in zip(*table.values(), strict=True)))
        for model, table in tallies.items()
    ]


def false_negatives(store: Store) -> dict[str, int]:
    """Count, per task, the samples that fail base but pass plus."""
    found: dict[str, int] = defaultdict(int)
    for sample in store.judged():
        if sample.label is Label.FALSE_NEGATIVE:
            found[sample.task_id] += 1
    return dict(found)


def base_test_rows(store: Store, task_ids: Collection[str]) -> Iterator[BaseTestRow]:
    """Stream, per model and program, how many base tests pass; only complete per-test results count."""
    passed = {
        verdict.program: (verdict.tests, verdict.passed.count(1))
        for verdict in store.verdicts(SuiteName.BASE)
        if verdict.passed and 2 not in verdict.passed
    }
    for one in store.judged_programs():
        if one.task_id in task_ids and one.program in passed:
            tests, right = passed[one.program]
            yield BaseTestRow(one.model, one.task_id, tests, right, one.label is Label.TRUE_POSITIVE, one.samples)


def style_rows(store: Store, rubric_hash: str) -> Iterator[StyleRow]:
    """Stream, per program and model, its label and what the rubric says of it; unparsable programs are left out."""
    for found in store.styled_programs(rubric_hash, findings=True):
        if found.style is not None and found.style.parses:
            yield style_row(found.judged, found.style)


def style_row(judged: JudgedProgram, style: StyleResult) -> StyleRow:
    """Combine a model's program with its style; findings on the prompt's lines and repeated ones do not count."""
    rules = frozenset(Rule(f.tool, f.rule, f.name, f.url) for f in style.findings if not (f.in_prompt or f.duplicate))
    return StyleRow(
        model=judged.model,
        task_id=judged.task_id,
        program=judged.program,
        samples=judged.samples,
        label=judged.label,
        score=style.score,
        adherence=style.adherence,
        rules=rules,
    )
