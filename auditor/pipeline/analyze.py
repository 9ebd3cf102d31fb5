"""The analysis stage: the store's rows → tables → numbers, stored again."""

from __future__ import annotations

from dataclasses import replace

from auditor.analysis import AnalysisOptions
from auditor.errors import AuditorError, UsageError
from auditor.pipeline import tables
from auditor.pipeline.canaries import canary_tasks, without_canaries
from auditor.pipeline.run import Run
from auditor.records import SampleStatus
from auditor.results import Analysis, Unanswered
from auditor.store import RunColumns, Store
from auditor.text import noun, plural


def analyze(run: Run, store: Store) -> Analysis:
    """Compute every number of the report from the store, and store them under ``analysis``.

    The same rows, settings and seed give the same numbers. Raises
    :class:`~auditor.errors.UsageError` if nothing has been verified yet, :class:`~auditor.errors.AuditorError` if no
    sample has a label.
    """
    from auditor.analysis import analyze as compute

    tasks = store.tasks()
    canaries = canary_tasks(store)
    fit = {task.task_id for task in tasks if task.unfit is None} - set(canaries)
    columns = store.columns()
    tallies = tables.tallies(columns)
    families = {task.task_id: task.family for task in tasks if task.task_id in fit}
    counts = tables.counts(tallies, families, run.config.analysis.unanswered)
    order = [model.name for model in run.config.model]
    counts.sort(key=lambda one: order.index(one.model) if one.model in order else len(order))
    if not counts:
        raise _nothing_judged(run, store)
    for name in order:
        if name not in {one.model for one in counts}:
            run.progress.note(f"{name}: none of its samples could be judged, so the report has no figures for it")
    for name in (one.model for one in counts if one.model not in order):
        run.progress.note(
            f"{name}: no longer in the settings, but its samples are in this folder, so it stays in the report; "
            "use another --out folder to leave it out"
        )
    advance = run.progress.stage("analyzing", len(counts))
    options = analysis_options(run, store)
    result = compute(
        counts,
        options,
        unfit={task.task_id: task.unfit for task in tasks if task.unfit},
        false_negatives=tables.false_negatives(tallies),
        unjudged=tables.unjudged(tallies, fit),
        base_tests=list(tables.base_test_rows(columns, fit)),
        plus_tests=tables.plus_test_rows(columns, fit),
        tasks={task.task_id: task.slices for task in tasks},
    )
    result = _with_style(without_canaries(result, canaries), store, columns)
    with store.transaction():
        store.meta.analysis = result
        store.mark_excluded(result.exclusions.reasons)
    advance(len(counts))
    due = len(fit - result.exclusions.reasons.keys())
    for entry in result.models:
        if entry.tasks < due:
            run.progress.note(
                f"{entry.model}: only {entry.tasks} of {plural(due, 'task')} "
                f"{noun(entry.tasks, 'has', 'have')} a sample that could be judged"
            )
    return result


def _nothing_judged(run: Run, store: Store) -> AuditorError:
    """Say why there is nothing to analyse: nothing has been verified, or no sample has a verdict."""
    tasks = list(store.tasks())
    if tasks and all(task.unfit for task in tasks):
        return UsageError(
            f"no task can be judged: {plural(len(tasks), 'reference')} of {len(tasks)} "
            f"{noun(len(tasks), 'fails', 'fail')} here, the first because {tasks[0].unfit}",
            where=run.benchmark.source,
            remedy="correct the tasks; `auditor tasks check` names every cause",
        )
    if not store.has_samples() or store.unverified(all_plus=False):
        return UsageError("no sample has a verdict yet", where=str(run.folder), remedy="run `auditor verify` first")
    counted = store.status_counts()
    unjudged = counted.pop(SampleStatus.OK, 0)
    causes = [f"{count} {status}" for status, count in counted.items()]
    causes += [f"{plural(unjudged, 'sample')} with harness errors"] if unjudged else []
    remedies = [f"see the answers with `auditor export {run.folder} samples`"]
    if unjudged:
        remedies = ["see what the sandbox lacks with `auditor doctor`"]
    elif run.config.analysis.unanswered is Unanswered.LEAVE_OUT:
        remedies.append('`[analysis] unanswered = "count"` counts them as failed attempts')
    return AuditorError(
        f"no sample could be judged, so there is no report: {', '.join(causes)}",
        where=str(run.folder),
        remedy="; ".join(remedies),
    )


def analysis_options(run: Run, store: Store) -> AnalysisOptions:
    """Translate ``[analysis]`` and the samples' costs into the analysis's options."""
    config = run.config.analysis
    return AnalysisOptions(
        fp_costs=config.fp_cost,
        max_attempts=config.max_attempts,
        pairs=config.pairs,
        exclude=run.config.benchmark.exclude,
        unanswered=config.unanswered,
        draw_cost=config.draw_cost,
        draw_prices=store.mean_costs(),
        solution_worth=config.solution_worth,
        currency=run.config.currency,
        as_published=config.as_published,
        slices=config.slices,
        confidence=config.confidence,
        resamples=config.resamples,
        seed=config.seed,
    )


def _with_style(result: Analysis, store: Store, columns: RunColumns) -> Analysis:
    """Add the comparison of false and true positives, per model and over all models."""
    from auditor.analysis.second_verifier import second_verifier
    from auditor.analysis.style_gap import compare_criteria, compare_style

    rubric = store.meta.rubric
    if rubric is None:
        return result
    table = tables.style_table(columns, store.style_columns(rubric.hash), result.exclusions.reasons.keys())
    models = []
    for entry in result.models:
        own = table.select(table.model == columns.models.index(entry.model))
        style = compare_style(own, rubric.criteria, result.options)
        models.append(replace(entry, style=style, second_verifier=second_verifier(own, result.options)))
    together = compare_criteria(table, rubric.criteria, result.options)
    return replace(result, models=tuple(models), across=replace(result.across, style=together))
