"""The run as one document: the content of report.json, which pages show and gates read.

Every part is read from the store and the stored analysis: the same run gives the same document, byte for byte.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from auditor.config import ReadingScope
from auditor.errors import StoreError
from auditor.json_types import JsonObject, objects_in
from auditor.pipeline.canaries import canary_figure, canary_tasks
from auditor.pipeline.run import Run
from auditor.pipeline.select import selection_of
from auditor.pipeline.suites import error_of, suspects
from auditor.records import JudgedSample, Label, Outcome, SampleStatus, SuiteName
from auditor.results import (
    Exclusions,
    FalsePositiveExample,
    ModelAnalysis,
    ModelReport,
    NearestCorrect,
    Provenance,
    ReadingGap,
    ReportDocument,
    SampleOutcomes,
    SamplingCost,
    TaskRow,
    TaskSlice,
)
from auditor.store import CorrectSolution, SamplingTotals, Store
from auditor.version import __version__


def document(run: Run, store: Store) -> ReportDocument:
    """Assemble the document of an analysed run, before gates are judged.

    Raises :class:`~auditor.errors.StoreError` if the run has not been analysed.
    """
    analysis = store.meta.analysis
    if analysis is None:
        raise StoreError("contains no analysis", where=str(store.path), remedy="run `auditor analyze` first")
    sampling = {totals.model: totals for totals in store.sampling_totals()}
    due = tasks_due(store, analysis.exclusions)
    rubric = store.meta.rubric
    scores = store.style_scores(rubric.hash) if rubric else {}
    return ReportDocument(
        title=run.config.report.title,
        models=tuple(_model(run, store, entry, sampling[entry.model], due, scores) for entry in analysis.models),
        across=analysis.across,
        gates=(),
        tasks=tuple(_tasks(store, analysis.exclusions)),
        options=analysis.options,
        exclusions=analysis.exclusions,
        provenance=provenance(store),
        suites=store.meta.suite_grades,
        second_suite=None if store.meta.second_suites is None else store.meta.second_suites.suite,
        suspects=suspects(store, analysis),
    )


def tasks_due(store: Store, exclusions: Exclusions) -> frozenset[str]:
    """Return the ids of the tasks to analyse: those of the benchmark that are neither unfit nor excluded."""
    fit = frozenset(task.task_id for task in store.tasks() if not task.unfit)
    return fit - exclusions.reasons.keys() - set(canary_tasks(store))


def _model(
    run: Run,
    store: Store,
    entry: ModelAnalysis,
    totals: SamplingTotals,
    due: Collection[str],
    scores: Mapping[str, float | None],
) -> ModelReport:
    return ModelReport.of(
        entry,
        simulated=_is_simulated(run, store, entry.model),
        recorded=_recorded(run, store, entry.model),
        served_models=totals.served_models,
        coverage=sample_outcomes(store.judged(entry.model), store.duplicates(entry.model), due),
        cost=SamplingCost(
            prompt_tokens=totals.prompt_tokens, completion_tokens=totals.completion_tokens, cost=totals.cost
        ),
        false_positives=tuple(false_positives(store, entry.model, {row.task_id for row in entry.per_task}, scores)),
        readings=_reading_gap(run, store, entry.model, due),
        canaries=canary_figure(store.judged(entry.model), canary_tasks(store)),
        selection=selection_of(store, entry),
        suite_error=error_of(store, entry),
    )


def _reading_gap(run: Run, store: Store, model: str, due: Collection[str]) -> ReadingGap | None:
    """Compare accuracy as read with that of the best readings, if those were judged."""
    if run.config.verify.readings is not ReadingScope.ALL:
        return None
    from auditor.analysis import reading_gap

    return reading_gap(store.judged(model), store.judged_readings(model), due)


def _recorded(run: Run, store: Store, name: str) -> bool:
    """Return whether the model's samples were read from elsewhere; the current settings may not name it."""
    drawn_with = store.meta.model(name)
    if drawn_with is not None and drawn_with.get("recorded_sha256") is not None:
        return True
    return any(model.recorded is not None for model in run.config.model if model.name == name)


def _is_simulated(run: Run, store: Store, name: str) -> bool:
    """Return whether the model is simulated, by the settings of its samples; the current ones may not name it."""
    drawn_with = store.meta.model(name)
    if drawn_with is not None:
        return drawn_with["simulated"] is not None
    return any(model.simulated is not None for model in run.config.model if model.name == name)


def sample_outcomes(judged: Iterable[JudgedSample], duplicates: int, due: Collection[str]) -> SampleOutcomes:
    """Count a model's samples by outcome, and how many of the tasks ``due`` they cover."""
    sampled: set[str] = set()
    scored: set[str] = set()
    statuses = Counter(dict.fromkeys(SampleStatus, 0))
    labels = Counter(dict.fromkeys(Label, 0))
    outcomes = {suite: Counter(dict.fromkeys(Outcome, 0)) for suite in SuiteName}
    programs: set[str] = set()
    flaky = 0
    for sample in judged:
        statuses[sample.status] += 1
        labels[sample.label] += 1
        flaky += sample.flaky
        if sample.task_id in due:
            sampled.add(sample.task_id)
            if sample.label is not Label.UNKNOWN:
                scored.add(sample.task_id)
        if sample.program is not None:
            programs.add(sample.program)
        if sample.base is not None:
            outcomes[SuiteName.BASE][sample.base] += 1
        if sample.plus is not None:
            outcomes[SuiteName.PLUS][sample.plus] += 1
    return SampleOutcomes(
        samples=statuses.total(),
        labelled=statuses.total() - labels[Label.UNKNOWN],
        statuses=dict(statuses),
        labels=dict(labels),
        outcomes={suite: dict(counts) for suite, counts in outcomes.items()},
        flaky=flaky,
        duplicates=duplicates,
        distinct_programs=len(programs),
        tasks=len(due),
        tasks_sampled=len(sampled),
        tasks_scored=len(scored),
    )


def false_positives(
    store: Store, model: str, task_ids: Collection[str], scores: Mapping[str, float | None]
) -> Iterable[FalsePositiveExample]:
    """List a model's distinct false positives: code, first failing test, findings.

    ``scores`` maps all programs to style scores, 0 to 1.
    """
    rubric = store.meta.rubric
    rubric_hash = rubric.hash if rubric else ""
    correct = store.correct_solutions(model)
    for task_id, of_task in groupby(store.false_positives(model), lambda wrong: wrong.task_id):
        if task_id not in task_ids:
            continue
        programs = list(of_task)
        matches = _nearest([wrong.solution for wrong in programs], correct.get(task_id, []))
        for wrong, match in zip(programs, matches, strict=True):
            yield FalsePositiveExample(
                program=wrong.program,
                task_id=wrong.task_id,
                samples=wrong.samples,
                solution=wrong.solution,
                prompt_lines=wrong.prompt.count("\n") if wrong.solution.startswith(wrong.prompt) else 0,
                plus=wrong.plus,
                detail=wrong.detail,
                failing=wrong.failing,
                score=scores.get(wrong.program),
                findings=store.findings(wrong.program, rubric_hash),
                nearest=match,
            )


def _nearest(solutions: Sequence[str], correct: Sequence[CorrectSolution]) -> Iterator[NearestCorrect | None]:
    """Return the correct program most similar to each wrong one of a task; of equals, the most frequent."""
    from auditor.analysis.nearest import nearest

    for match in nearest(solutions, [one.solution for one in correct]):
        if match is None:
            yield None
            continue
        one = correct[match.place]
        yield NearestCorrect(
            program=one.program, solution=one.solution, samples=one.samples, similarity=match.similarity
        )


def _tasks(store: Store, exclusions: Exclusions) -> Iterable[TaskRow]:
    digests, rules = store.meta.tests_digests or {}, store.meta.output_rules or {}
    for task in store.tasks():
        yield TaskRow(
            task_id=task.task_id,
            entry_point=task.entry_point,
            base_tests=task.base_tests,
            plus_tests=task.plus_tests,
            unfit=task.unfit,
            excluded=exclusions.reasons.get(task.task_id),
            reference=task.reference,
            prompt=task.prompt,
            tests_digest=digests.get(task.task_id, ""),
            output_rule=rules.get(task.task_id, ""),
            slices=tuple(TaskSlice(name=name, value=value) for name, value in task.slices),
        )


def _config_as_sent(store: Store) -> JsonObject:
    """Return the settings, with ``default`` for a temperature that a server rejected, so that none was sent."""
    config = dict(store.meta.config or {})
    config["model"] = [
        {**model, "temperature": "default"} if "temperature" in store.meta.adapted(str(model["name"])) else model
        for model in objects_in(config.get("model"))
    ]
    return config


def provenance(store: Store) -> Provenance:
    """Return the provenance of the numbers: versions, tasks, settings, sandbox, rubric."""
    benchmark = store.meta.benchmark
    if benchmark is None:
        raise StoreError("contains no benchmark", where=str(store.path), remedy="run `auditor run` from the start")
    in_process = store.in_process()
    return Provenance(
        auditor=__version__,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        tools=store.meta.tools or {},
        benchmark=benchmark,
        config=_config_as_sent(store),
        sandbox=store.meta.sandbox,
        environment=store.meta.environment,
        harness_errors=store.harness_errors(),
        in_process_tasks=len({task_id for task_id, _ in in_process}),
        in_process_verdicts=sum(in_process.values()),
        verdicts=store.count_verdicts(),
        rubric=store.meta.rubric,
    )
