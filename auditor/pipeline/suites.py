"""Grade the suites of a run's benchmark, compare them with a second strong suite, and search for narrow tests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from auditor.benchmark import load_benchmark
from auditor.errors import UsageError
from auditor.grading.suites import BenchmarkGrade, SuiteGrade, grade_benchmark
from auditor.pipeline.analysed import analysis_of
from auditor.pipeline.engines import engine_of
from auditor.pipeline.run import Run, without_folder
from auditor.records import Label, Outcome, SuiteName, Task
from auditor.results import (
    AcceptedControl,
    Analysis,
    ModelAnalysis,
    SecondSuite,
    SecondSuites,
    SuiteError,
    SuiteFigures,
    SuiteGrades,
    SuspectTask,
)
from auditor.store import Store, StyledProgram

FEWEST = 3
"""Distinct programs that must agree before a task is suspected."""


def grade_suites(run: Run, store: Store, *, mutants: int) -> SuiteGrades:
    """Grade base and plus of the run's benchmark, and store the result with the run."""
    grade = grade_benchmark(
        run.benchmark, run.config.verify, most_mutants=mutants, stage=run.progress.stage,
        confidence=run.config.analysis.confidence,
    )  # fmt: skip
    found = _figures(grade)
    with store.transaction():
        store.meta.suite_grades = found
    return found


def _figures(grade: BenchmarkGrade) -> SuiteGrades:
    return SuiteGrades(
        tasks=grade.tasks, base=_suite(grade.base), plus=_suite(grade.plus), errors=grade.errors,
        accepted_controls=tuple(
            AcceptedControl(
                task_id=one.specimen.program.task_id, control=one.specimen.about, plus=one.plus is Outcome.PASS
            )
            for one in grade.accepted_controls
        ),
    )  # fmt: skip


def _suite(grade: SuiteGrade) -> SuiteFigures:
    return SuiteFigures(
        suite=grade.suite, mutants=grade.mutants, mutation_score=grade.mutation_score, controls=grade.controls,
        controls_passed=grade.controls_passed, true_positive_rate=grade.true_positive_rate,
        true_negative_rate=grade.true_negative_rate,
    )  # fmt: skip


def judge_second(run: Run, store: Store, source: str) -> SecondSuites:
    """Judge the programs that pass base on the suites of another source, and store the result with the run.

    Raises :class:`~auditor.errors.UsageError` without an analysis, or if the source shares no task with the run.
    """
    analysis = analysis_of(store)
    due = {row.task_id for entry in analysis.models for row in entry.per_task}
    tasks = {task.task_id: task for task in load_benchmark(source).tasks if task.task_id in due}
    if not tasks:
        raise UsageError("has no task of this run", where=source, remedy="name a source whose task ids are the same")
    accepted = {entry.model: list(store.accepted_programs(entry.model, None)) for entry in analysis.models}
    passes = _second_verdicts(run, store, tasks, accepted.values())
    found = _compared(without_folder(source) or source, analysis, accepted, passes, recorded=False)
    with store.transaction():
        store.meta.second_suites = found
    return found


def compare_recorded(store: Store) -> SecondSuites:
    """Compare plus with the verdicts recorded with the answers, and store the result with the run.

    A program with contradicting verdicts is left out. Raises :class:`~auditor.errors.UsageError` without an analysis,
    or if no answer has a verdict on more than base.
    """
    analysis = analysis_of(store)
    accepted = {entry.model: list(store.accepted_programs(entry.model, None)) for entry in analysis.models}
    programs = {(one.model, one.task_id, one.sample_index): one.program for one in store.judged()}
    said: dict[str, set[bool]] = defaultdict(set)
    sources: set[str] = set()
    for one in store.third_party_verdicts():
        program = programs.get((one.model, one.task_id, one.sample_index))
        if program is not None and one.suite is not SuiteName.BASE and one.outcome is not Outcome.ERROR:
            said[program].add(one.outcome is Outcome.PASS)
            sources.add(one.source)
    passes = {program: True in verdicts for program, verdicts in said.items() if len(verdicts) == 1}
    if not passes:
        raise UsageError(
            "the recorded answers carry no verdicts", remedy="name another source of the same tasks with --second"
        )
    found = _compared(", ".join(sorted(sources)), analysis, accepted, passes, recorded=True)
    with store.transaction():
        store.meta.second_suites = found
    return found


def _second_verdicts(
    run: Run, store: Store, tasks: Mapping[str, Task], accepted: Iterable[Iterable[StyledProgram]]
) -> dict[str, bool]:
    """Return program → whether the second suites accept it; programs that could not be judged are left out."""
    from auditor.verify import Verifier

    ids = {row.program: row.task_id for rows in accepted for row in rows if row.task_id in tasks}
    wanted = sorted(ids, key=lambda program: (ids[program], program))
    passes: dict[str, bool] = {}
    with Verifier(tasks, run.config.verify, engine=engine_of(run)) as verifier:
        unfit = verifier.check_references()
        for task_id, reason in unfit.items():
            run.progress.note(f"{task_id} is left out because its reference fails the second suite: {reason}")
        due = [program for program in wanted if ids[program] not in unfit]
        advance = run.progress.stage("judging on the second suite", len(due))
        for verdicts in verifier.verify(store.programs(due)):
            advance(1)
            if all(one.outcome is not Outcome.ERROR for one in verdicts):
                passes[verdicts[0].program] = all(one.outcome is Outcome.PASS for one in verdicts)
    return passes


def _compared(
    source: str, analysis: Analysis, accepted: Mapping[str, list[StyledProgram]], passes: Mapping[str, bool], *,
    recorded: bool,
) -> SecondSuites:  # fmt: skip
    from auditor.analysis.suite_error import TwoSuites, agreement, suite_error, wrong_shares

    def rows(programs: Iterable[StyledProgram], *, weigh: bool) -> list[TwoSuites]:
        counts: dict[str, Counter[tuple[bool, bool]]] = defaultdict(Counter)
        for one in programs:
            if one.program in passes:
                said = (one.label is Label.TRUE_POSITIVE, passes[one.program])
                counts[one.task_id][said] += one.samples if weigh else 1
        return [
            TwoSuites(one[True, True], one[True, False], one[False, True], one[False, False])
            for one in counts.values()
        ]  # fmt: skip

    distinct = rows({one.program: one for group in accepted.values() for one in group}.values(), weigh=False)
    plus_found, plus_estimated = wrong_shares(distinct, analysis.options)
    second_found, second_estimated = wrong_shares([row.swapped for row in distinct], analysis.options)
    return SecondSuites(
        suite=SecondSuite(
            source=source, recorded=recorded, tasks=len(distinct), programs=sum(row.total for row in distinct),
            both_accept=sum(row.both_accept for row in distinct),
            second_rejects=sum(row.second_rejects for row in distinct),
            plus_rejects=sum(row.plus_rejects for row in distinct),
            both_reject=sum(row.both_reject for row in distinct), agreement=agreement(distinct, analysis.options),
            plus_found=plus_found, plus_estimated=plus_estimated, second_found=second_found,
            second_estimated=second_estimated,
        ),
        models={
            entry.model: suite_error(
                rows(accepted[entry.model], weigh=True), analysis.options, samples=entry.samples
            )
            for entry in analysis.models
        },
    )  # fmt: skip


def error_of(store: Store, entry: ModelAnalysis) -> SuiteError | None:
    """Return the stored result of a model's samples on a second suite; ``None`` if the samples have changed since."""
    kept = store.meta.second_suites
    found = None if kept is None else kept.models.get(entry.model)
    return found if found is not None and found.samples == entry.samples else None


def suspects(store: Store, analysis: Analysis) -> tuple[SuspectTask, ...]:
    """List tasks on which more programs fail plus with the same output than pass it, most programs first."""
    against: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    right: dict[str, set[str]] = defaultdict(set)
    rejected: dict[str, set[str]] = defaultdict(set)
    for entry in analysis.models:
        due = {row.task_id for row in entry.per_task}
        for wrong in store.false_positives(entry.model):
            if wrong.task_id in due and wrong.program not in rejected[wrong.task_id]:
                rejected[wrong.task_id].add(wrong.program)
                if wrong.plus is Outcome.FAIL and wrong.failing is not None:
                    test = wrong.failing
                    against[wrong.task_id][test.call, test.expected, test.got] += 1
        for task_id, solutions in store.correct_solutions(entry.model).items():
            right[task_id] |= {one.program for one in solutions}
    found = []
    for task_id, counts in against.items():
        (call, expected, got), programs = counts.most_common(1)[0]
        if programs >= FEWEST and programs > len(right[task_id]):
            found.append(
                SuspectTask(
                    task_id=task_id, call=call, expected=expected, got=got, programs=programs,
                    accepted=len(right[task_id]), judged=len(right[task_id]) + len(rejected[task_id]),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.programs, one.task_id)))
