"""Grade a benchmark's suites with controls, mutants of the references, known-right and known-wrong programs.

A suite should fail every control, kill most mutants, accept every known-right program and reject every known-wrong one.
A mutant that no test kills may be equivalent to the reference, so a score of 1 is not always possible; the survivors
are listed for review. Everything runs through the verifier and its sandbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from auditor.analysis.intervals import ratio_interval
from auditor.config import PerTest, ProgramScope, VerifyConfig
from auditor.grading.controls import answers_another, controls_of
from auditor.grading.progress import BeginStage, silent
from auditor.grading.suite_tests import FailedTests, SuiteTestFigures, figures_of_tests, joined
from auditor.mutation.mutate import mutants
from auditor.records import (
    Benchmark,
    Outcome,
    Program,
    ResultCode,
    SuiteName,
    Task,
    Verdict,
)
from auditor.results import Estimate
from auditor.verify import Verifier

MUTANTS = 20
"""Default number of mutants per task; more are thinned out evenly over the program."""


class PoolName(StrEnum):
    """The role of a program."""

    CONTROL = "control"
    MUTANT = "mutant"
    RIGHT = "right"
    """Known to be right: the task's ``correct`` programs. Its reference passes, or the task is unfit."""
    WRONG = "wrong"
    """Known to be wrong: the task's ``wrong`` programs."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A program for which the right verdict is known."""

    program: Program
    pool: PoolName
    about: str
    """What it is, e.g. ``returns 0`` or ``line 4: shift bound``."""


@dataclass(frozen=True, slots=True)
class Graded:
    """The suites' verdicts on a specimen."""

    specimen: Specimen
    base: Outcome
    plus: Outcome

    @property
    def both(self) -> bool:
        """Return whether it passes both suites, which an audit calls correct."""
        return self.base is Outcome.PASS and self.plus is Outcome.PASS

    def passes(self, suite: SuiteName) -> bool:
        """Return whether it passes base, or base and plus."""
        return self.base is Outcome.PASS if suite is SuiteName.BASE else self.both


@dataclass(frozen=True, slots=True)
class SuiteGrade:
    """The grade of one suite; ``plus`` is base and plus together."""

    suite: SuiteName
    mutants: int
    """Mutants judged."""
    mutation_score: Estimate
    """Killed mutants over all, pooled; interval over tasks."""
    controls: int
    """Negative controls judged."""
    controls_passed: int
    """Negative controls that it accepts; should be 0."""
    true_positive_rate: Estimate
    """Share of known-right programs that it accepts."""
    true_negative_rate: Estimate
    """Share of known-wrong programs that it rejects."""
    value: SuiteTestFigures
    """Grades of its single tests on mutants and known-wrong programs, of this suite alone."""


@dataclass(frozen=True, slots=True)
class BenchmarkGrade:
    """The grades of a benchmark's suites."""

    benchmark: str
    tasks: int
    """Tasks graded; unfit ones are left out."""
    sandbox: str
    base: SuiteGrade
    plus: SuiteGrade
    accepted_controls: tuple[Graded, ...]
    """Controls that pass base."""
    survivors: tuple[Graded, ...]
    """Mutants that pass both suites; some may be equivalent to the reference."""
    rejected_right: tuple[Graded, ...]
    """Known-right programs that fail a suite."""
    accepted_wrong: tuple[Graded, ...]
    """Known-wrong programs that pass both."""
    errors: int
    """Programs that could not be judged, left out of every figure."""


@dataclass(frozen=True, slots=True)
class JudgedSpecimens:
    """The verdicts of a benchmark's suites on its specimens."""

    graded: tuple[Graded, ...]
    """Task by task, in the order of the benchmark."""
    failed: Mapping[SuiteName, Sequence[FailedTests]]
    """Mutants and known-wrong programs on suites whose tests have a verdict each."""
    together: Sequence[FailedTests]
    """The same programs on base and plus together."""
    fit: Mapping[str, Task]
    """The tasks whose references pass."""
    unfit: Mapping[str, str]
    """Task id → why its reference fails."""
    errors: int
    """Programs that could not be judged."""
    sandbox: str


def judged_specimens(
    benchmark: Benchmark, config: VerifyConfig, *, most_mutants: int = MUTANTS, each_test: bool = False,
    checked: Path | None = None, stage: BeginStage = silent,
) -> JudgedSpecimens:  # fmt: skip
    """Run the specimens of the tasks whose references pass; ``each_test`` continues after a failing test.

    ``checked`` is the cache of a verifier that has just run these references: those that passed do not run again.
    """
    tasks = {
        task.task_id: replace(
            task, known_right=(), known_wrong=()
        )  # otherwise the verifier would find a task unfit because of them
        for task in benchmark.tasks
    }
    per_test = PerTest.ALL if each_test else PerTest.NONE
    settings = config.model_copy(update={"oracle_for": ProgramScope.ALL, "per_test": per_test})
    judged: list[Graded] = []
    failed: dict[SuiteName, list[FailedTests]] = defaultdict(list)
    together: list[FailedTests] = []
    errors = 0
    with Verifier(tasks, settings, cache=checked) as verifier:
        unfit = verifier.check_references(stage("references", len(tasks)) if checked is None else None)
        fit = {task_id: task for task_id, task in tasks.items() if task_id not in unfit}
        another = _another(list(fit.values()))
        pools = {
            specimen.program.program: specimen
            for task in benchmark.tasks
            if task.task_id in fit
            for specimen in specimens(task, most_mutants, another.get(task.task_id))
        }
        advance = stage("grading suites", len(pools))
        for verdicts in verifier.verify(specimen.program for specimen in pools.values()):
            advance(1)
            found = _graded(pools[verdicts[0].program], verdicts)
            if found is None:
                errors += 1
                continue
            judged.append(found)
            if each_test and found.specimen.pool in {PoolName.MUTANT, PoolName.WRONG}:
                by_suite = {one.suite: _failed_tests(found, one) for one in verdicts if one.passed}
                for suite, tests in by_suite.items():
                    failed[suite].append(tests)
                if len(by_suite) == len(SuiteName):
                    together.append(joined(by_suite[SuiteName.BASE], by_suite[SuiteName.PLUS]))
        level = verifier.level
    order = {program: place for place, program in enumerate(pools)}
    judged.sort(key=lambda one: order[one.specimen.program.program])
    return JudgedSpecimens(tuple(judged), failed, together, fit, unfit, errors, level)


def _failed_tests(found: Graded, verdict: Verdict) -> FailedTests:
    places = frozenset(place for place, byte in enumerate(verdict.passed) if byte == ResultCode.FAILED)
    return FailedTests(found.specimen.program.task_id, len(verdict.passed), places)


def grade_benchmark(
    benchmark: Benchmark, config: VerifyConfig, *, most_mutants: int = MUTANTS, confidence: float = 0.95,
    checked: Path | None = None, stage: BeginStage = silent,
) -> BenchmarkGrade:  # fmt: skip
    """Grade both suites of the tasks of a benchmark whose references pass.

    At most ``most_mutants`` of each reference are run. ``checked`` is the cache of a verifier that has just run the
    references, if one has. ``stage`` starts a stage of a number of units and returns a callback for finished units. The
    same benchmark gives the same programs.
    """
    found = judged_specimens(benchmark, config, most_mutants=most_mutants, each_test=True, checked=checked, stage=stage)
    judged = found.graded
    base, plus = (_grade(suite, found, confidence) for suite in SuiteName)
    return BenchmarkGrade(
        benchmark=benchmark.name, tasks=len(found.fit), sandbox=found.sandbox, base=base, plus=plus,
        accepted_controls=_those(judged, PoolName.CONTROL, lambda one: one.base is Outcome.PASS),
        survivors=_those(judged, PoolName.MUTANT, lambda one: one.both),
        rejected_right=_those(judged, PoolName.RIGHT, lambda one: not one.both),
        accepted_wrong=_those(judged, PoolName.WRONG, lambda one: one.both), errors=found.errors,
    )  # fmt: skip


def _another(tasks: Sequence[Task]) -> dict[str, Task]:
    """Return for each task the next one with the same kind of target; none if it is the only one."""
    found = {}
    for place, task in enumerate(tasks):
        later = (one for one in (*tasks[place + 1 :], *tasks[:place]) if one.target.kind is task.target.kind)
        if (other := next(later, None)) is not None:
            found[task.task_id] = other
    return found


def specimens(task: Task, most_mutants: int = MUTANTS, other: Task | None = None) -> list[Specimen]:
    """Return the programs of a task with a known right verdict, without duplicates, right ones first.

    ``other`` is a task whose reference serves as the answer of a known-bad model.
    """
    found: dict[str, Specimen] = {}

    def add(source: str, pool: PoolName, about: str) -> None:
        program = Program.of(task.task_id, source)
        found.setdefault(program.program, Specimen(program, pool, about))

    for number, source in enumerate(task.known_right, 1):
        add(source, PoolName.RIGHT, f"known right, number {number}")
    for number, source in enumerate(task.known_wrong, 1):
        add(source, PoolName.WRONG, f"known wrong, number {number}")
    bad = None if other is None else answers_another(task, other)
    for control in (*controls_of(task), *([] if bad is None else [bad])):
        add(control.source, PoolName.CONTROL, control.name)
    changed = list(mutants(task.reference)) if task.reference else []
    step = max(1.0, len(changed) / most_mutants) if most_mutants else 0.0
    for number in range(min(len(changed), most_mutants)):
        mutant = changed[int(number * step)]
        add(mutant.source, PoolName.MUTANT, f"line {mutant.line}: {mutant.change}")
    return list(found.values())


def _graded(specimen: Specimen, verdicts: Sequence[Verdict]) -> Graded | None:
    """Pair the outcomes; ``None`` if a suite could not be run."""
    outcomes = {one.suite: one.outcome for one in verdicts}
    if Outcome.ERROR in outcomes.values() or len(outcomes) < len(SuiteName):
        return None
    return Graded(specimen, outcomes[SuiteName.BASE], outcomes[SuiteName.PLUS])


def _those(judged: Sequence[Graded], pool: PoolName, wanted: Callable[[Graded], bool]) -> tuple[Graded, ...]:
    return tuple(one for one in judged if one.specimen.pool is pool and wanted(one))


def _grade(suite: SuiteName, found: JudgedSpecimens, confidence: float) -> SuiteGrade:
    tasks, judged = found.fit, found.graded

    def rate(pool: PoolName, *, accepted: bool) -> Estimate:
        hits, all_of = dict.fromkeys(tasks, 0), dict.fromkeys(tasks, 0)
        for one in judged:
            if one.specimen.pool is pool:
                all_of[one.specimen.program.task_id] += 1
                hits[one.specimen.program.task_id] += one.passes(suite) is accepted
        return ratio_interval(list(hits.values()), list(all_of.values()), confidence=confidence)

    controls = [one for one in judged if one.specimen.pool is PoolName.CONTROL]
    return SuiteGrade(
        suite=suite,
        mutants=sum(one.specimen.pool is PoolName.MUTANT for one in judged),
        mutation_score=rate(PoolName.MUTANT, accepted=False),
        controls=len(controls),
        controls_passed=sum(one.passes(suite) for one in controls),
        true_positive_rate=rate(PoolName.RIGHT, accepted=True),
        true_negative_rate=rate(PoolName.WRONG, accepted=False),
        value=figures_of_tests(found.failed.get(suite, ()), found.together if suite is SuiteName.PLUS else None),
    )
