"""The complete analysis of one or more models' counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from auditor.analysis import metrics
from auditor.analysis.accuracy_bounds import UnjudgedSamples, accuracy_bounds
from auditor.analysis.across import compare_models
from auditor.analysis.base_tests import BaseTestRow, base_test_curve
from auditor.analysis.bootstrap import Bootstrap, measure
from auditor.analysis.counts import Counts
from auditor.analysis.exclusions import excluded_tasks, exclusions
from auditor.analysis.extrapolation import extrapolate
from auditor.analysis.model_entry import ModelFigures
from auditor.analysis.saturation import PlusTestRow, saturation
from auditor.analysis.slices import slicings
from auditor.errors import InputError
from auditor.results import AllTasks, Analysis, AnalysisOptions, ExclusionRule, ModelAnalysis, Published
from auditor.slices import Pairs

MOST_ATTEMPTS = 10_000
"""Default upper limit of the curves; nobody needs a million points."""


_Row = TypeVar("_Row", BaseTestRow, PlusTestRow)


def analyze(
    counts: Sequence[Counts],
    options: AnalysisOptions | None = None,
    *,
    base_tests: Iterable[BaseTestRow] | None = None,
    plus_tests: Iterable[PlusTestRow] | None = None,
    unfit: Mapping[str, str] | None = None,
    false_negatives: Mapping[str, int] | None = None,
    unjudged: Mapping[str, Sequence[UnjudgedSamples]] | None = None,
    tasks: Mapping[str, Pairs] | None = None,
) -> Analysis:
    """Analyse models' counts; the same input and seed give the same result.

    ``base_tests`` and ``plus_tests`` are per-test results, if any. ``unfit`` (task id → why its reference
    fails) and ``false_negatives`` (task id → samples that fail base and pass plus) are used by exclusion rules in
    addition to the counts. ``unjudged`` has the samples without a verdict by model, for the bounds of accuracy.
    ``tasks`` (task id → attributes) is used by ``options.slices``.

    Raises :class:`~auditor.errors.InputError` with model and task if the counts are insufficient.
    """
    options = options or AnalysisOptions()
    _refuse_duplicates(counts)
    rule = ExclusionRule.PUBLISHED if Published.EXCLUSION in options.as_published else options.exclude
    excluded = excluded_tasks(rule, counts, unfit=unfit, false_negatives=false_negatives)
    kept = [one.without(excluded) for one in counts]
    for one in kept:
        if not len(one):
            raise InputError(f"model {one.model!r} has no task left to analyse", remedy="see what is excluded")
        one.allow(options.max_attempts or 1)
    rows, plus_rows = _by_model(base_tests, excluded), _by_model(plus_tests, excluded)
    bootstrap = Bootstrap(options.confidence, options.resamples, options.seed, options.level)
    attempts = {one.model: options.max_attempts or min(one.most_attempts, MOST_ATTEMPTS) for one in kept}
    shared = min(attempts.values())
    entries = []
    for one, whole in zip(kept, counts, strict=True):
        entry = _entry(one, attempts[one.model], shared, options, bootstrap, rows.get(one.model), len(kept))
        entry = replace(
            entry,
            accuracy_bounds=accuracy_bounds((unjudged or {}).get(one.model, ()), excluded),
            saturation=saturation(plus_rows.get(one.model, ())),
            slices=slicings(one, shared, options.slices, tasks or {}, bootstrap),
        )
        entries.append(entry if one is whole else replace(entry, all_tasks=_all_tasks(whole, shared, bootstrap)))
    return Analysis(
        models=tuple(entries),
        across=compare_models(kept, attempts, bootstrap, options.pairs),
        options=options,
        exclusions=exclusions(rule, excluded),
    )


def _entry(
    counts: Counts,
    attempts: int,
    shared: int,
    options: AnalysisOptions,
    bootstrap: Bootstrap,
    rows: Sequence[BaseTestRow] | None,
    models: int,
) -> ModelAnalysis:
    tested = None
    if rows:
        tested = base_test_curve(
            rows, counts=counts, confidence=options.confidence, resamples=options.resamples, seed=options.seed
        )
    return replace(
        ModelFigures(counts, attempts, shared, options, bootstrap, models).analysis(),
        extrapolation=extrapolate(counts, bootstrap) if options.extrapolate else None,
        base_tests=tested,
    )


def _all_tasks(counts: Counts, attempts: int, bootstrap: Bootstrap) -> AllTasks:
    """Compute the headline figures with no task left out."""
    return AllTasks(
        tasks=len(counts),
        single_sample_accuracy=measure(metrics.single_sample, counts, bootstrap),
        conditional_accuracy=measure(metrics.conditional_at(attempts), counts, bootstrap),
        false_discovery_rate=measure(metrics.false_discovery_at(attempts), counts, bootstrap),
    )


def _by_model(rows: Iterable[_Row] | None, excluded: Mapping[str, str]) -> dict[str, list[_Row]]:
    grouped: dict[str, list[_Row]] = {}
    for row in rows or ():
        if row.task_id not in excluded:
            grouped.setdefault(row.model, []).append(row)
    return grouped


def _refuse_duplicates(counts: Sequence[Counts]) -> None:
    if not counts:
        raise InputError("there are no counts to analyse")
    names = [one.model for one in counts]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"model {twice[0]!r} is given twice", remedy="give each model its own name")
