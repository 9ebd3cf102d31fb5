"""The store's rows as the tables that the analysis takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from auditor.analysis import BaseTestRow, Counts
from auditor.analysis.style_rows import Rule, StyleRow
from auditor.records import Label, Outcome, SuiteName
from auditor.store import Store

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
    for row in _program_rows(store):
        if row["task_id"] in task_ids and row["program"] in passed:
            tests, right = passed[row["program"]]
            correct = row["base"] == "pass" and row["plus"] == "pass"
            yield BaseTestRow(row["model"], row["task_id"], tests, right, correct, row["samples"])


def style_rows(store: Store, rubric_hash: str) -> Iterator[StyleRow]:
    """Stream, per model and program, its label and what the rubric says of it; unparsable programs are left out."""
    owners = defaultdict(list)
    for row in _program_rows(store):
        owners[row["program"]].append(row)
    for result in store.style(rubric_hash, findings=True):
        if not result.parses:
            continue
        rules = frozenset(
            Rule(f.tool, f.rule, f.name, f.url) for f in result.findings if not (f.in_prompt or f.duplicate)
        )
        for row in owners[result.program]:
            base, plus = (row[suite] and Outcome(row[suite]) for suite in ("base", "plus"))
            about = (row["model"], row["task_id"], result.program, row["samples"])
            yield StyleRow(*about, Label.of(base, plus), result.score, result.adherence, rules)


def _program_rows(store: Store) -> list[dict[str, Any]]:
    return store.query(
        "SELECT s.model, s.task_id, s.program, COUNT(*) AS samples, b.outcome AS base, p.outcome AS plus "
        "FROM sample s JOIN verdict b ON b.program = s.program AND b.suite = 'base' "
        "LEFT JOIN verdict p ON p.program = s.program AND p.suite = 'plus' "
        "GROUP BY s.model, s.program ORDER BY s.model, s.task_id, s.program"
    )
