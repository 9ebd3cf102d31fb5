"""The store's rows as the tables that the analysis takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from auditor.analysis import BaseTestRow, Counts
from auditor.analysis.style_rows import Rule, StyleRow
from auditor.records import Label, StyleResult, SuiteName
from auditor.store import JudgedProgram, Store, TaskTally


def counts(tallies: Iterable[TaskTally], task_ids: Collection[str]) -> list[Counts]:
    """Return the counts of each model over the named tasks; a task without a labelled sample is not among them."""
    tables: dict[str, list[TaskTally]] = defaultdict(list)
    for tally in tallies:
        if tally.task_id in task_ids:
            tables[tally.model].append(tally)
    return [
        Counts(
            model,
            tuple(tally.task_id for tally in table),
            [tally.labelled for tally in table],
            [tally.accepted for tally in table],
            [tally.correct for tally in table],
        )
        for model, table in tables.items()
    ]


def false_negatives(tallies: Iterable[TaskTally]) -> dict[str, int]:
    """Count, per task, the samples that fail base but pass plus."""
    found: Counter[str] = Counter()
    for tally in tallies:
        found[tally.task_id] += tally.false_negatives
    return dict(+found)


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
