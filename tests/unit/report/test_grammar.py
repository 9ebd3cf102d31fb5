"""Every sentence agrees with its numbers, none, one and two of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from auditor.gates.outputs.choice import choice_text
from auditor.gates.outputs.markdown import to_markdown
from auditor.gates.outputs.text import to_text
from auditor.records import Outcome, SuiteName
from auditor.report.gates import all_verdicts, over_models, verdict
from auditor.report.markdown import summary
from auditor.report.model_tables import sample_outcomes
from auditor.report.sentences import across, canaries, curves, figures, history, readings, style, suites
from auditor.results import (
    UNDEFINED,
    AccuracyBounds,
    AllTasks,
    BaseTestPoint,
    Canaries,
    Difference,
    Estimate,
    GateResult,
    Judgement,
    OtherChange,
    OtherKind,
    Reach,
    ReachPair,
    ReadingGap,
    RecoveredAnswer,
    SuiteFigures,
    SuiteGrades,
    ThinTasks,
)
from tests.grammar import disagreements
from tests.unit.report.documents import make_document

DOCUMENT = make_document(models=1, tasks=4, samples=4, false_positives=0)
MODEL, GATE = DOCUMENT.models[0], DOCUMENT.gates[0]
COUNTS = (0, 1, 2)


@pytest.mark.parametrize(
    "wrong",
    ["1 of 1 tasks are fit", "has 1 values", "0 of 1 models pass every gate", "2 task", "1 base tests", "0 sample",
     "1 of 2 models pass every gate", "2 of 3 models passes", "1 criteria"],
)  # fmt: skip
def test_what_does_not_agree_is_found(wrong: str) -> None:
    assert disagreements(wrong)


@pytest.mark.parametrize(
    "right",
    ["1 of 1 task is fit", "has 1 value", "1.81 attempts", "1 of 2 models passes every gate", "2 520 samples",
     "attempt 4 to 7", "0 tasks", "1 failed attempt", "2 of 3 models pass"],
)  # fmt: skip
def test_what_agrees_is_not(right: str) -> None:
    assert disagreements(right.replace("2 520", "2\u202f520")) == []


def _gates(passed: int, failed: int, unclear: int) -> list[GateResult]:
    verdicts = [Judgement.PASS] * passed + [Judgement.FAIL] * failed + [Judgement.INCONCLUSIVE] * unclear
    return [replace(GATE, model=f"m{place}", verdict=one, tasks=1) for place, one in enumerate(verdicts)]


def _of_gates() -> Iterator[str]:
    for amounts in itertools.product(COUNTS, repeat=3):
        found = _gates(*amounts)
        yield from (over_models(found), verdict(found).headline, to_markdown(found), to_text(found))
        yield from (all_verdicts(found), verdict(found).short)
        yield over_models([replace(gate, model="m") for gate in found])


def _gap(side: int) -> Difference:
    return Difference(0.1 * side, 0.1 * side - 0.05, 0.1 * side + 0.05, 4, p=0.01, p_adjusted=0.01)


def _pair(verdict: Reach, attempts: int) -> ReachPair:
    return ReachPair(
        weak="a", strong="b", target=0.5, verdict=verdict, within=attempts, attempts=attempts, seen_at=attempts,
        accuracy=UNDEFINED, gap=UNDEFINED, upper_bound=UNDEFINED, upper_bound_gap=UNDEFINED, tasks=1,
    )  # fmt: skip


def _of_figures(one: int, other: int) -> Iterator[str]:
    yield from (
        style.gaps([_gap(-1)] * one + [_gap(1)] * other),
        style.comparisons([_gap(-1)] * one + [_gap(0)] * other),
    )
    yield across.reach([_pair(Reach.REACHES, 1)] * one + [_pair(Reach.NOT_WITHIN, 2)] * other)
    yield figures.difficulty([one, other])
    yield figures.belief([0.5, 0.4, 0.3][: one + 1])
    yield figures.all_tasks(
        AllTasks(
            tasks=max(1, one),
            single_sample_accuracy=UNDEFINED,
            conditional_accuracy=UNDEFINED,
            false_discovery_rate=UNDEFINED,
        )
    )
    yield figures.accuracy_bounds(AccuracyBounds(low=0.1, high=0.9, harness_errors=one, unanswered=other, tasks=4))
    answers = [
        RecoveredAnswer(task_id="T", sample_index=i, program=None, reading="r", rule="fence") for i in range(one)
    ]
    recovered = tuple(answers)
    yield readings.gap(ReadingGap(samples=max(1, other), reread=1, as_read=0.1, at_best=0.2, recovered=recovered))
    yield canaries.finding(
        Canaries(tasks=max(1, one), samples=2, passed=other, rate=Estimate(0.1), passed_tasks=("T",))
    )
    if one:
        yield figures.thin_tasks(ThinTasks(tasks=one, fewest=1, task_ids=("T",) * one))
        yield figures.gaining([MODEL.optimal_attempts[0]] * one, 1.0)
        points = [_base(0, one), _base(1, one), _base(2, max(1, other))]
        yield curves.base_tests_note(points, UNDEFINED, one + other)
        yield curves.base_tests([_base(one, 1), _base(2, 1)])
    yield ", ".join(history.other([OtherChange(kind=OtherKind.TASK_ADDED, name=f"T/{i}") for i in range(one)]))
    counted = {suite: {Outcome.PASS: one, Outcome.FAIL: other} for suite in SuiteName}
    row = replace(MODEL.coverage, outcomes=counted, duplicates=one, flaky=other, distinct_programs=one)
    yield ". ".join(says for _, says in sample_outcomes(replace(MODEL, coverage=row)))
    base, plus = (
        SuiteFigures(suite=suite, mutants=one, mutation_score=UNDEFINED, controls=other, controls_passed=one,
                     true_positive_rate=UNDEFINED, true_negative_rate=UNDEFINED)
        for suite in SuiteName
    )  # fmt: skip
    yield suites.grades(SuiteGrades(tasks=1, base=base, plus=plus, accepted_controls=(), errors=0))


def _base(tests: int, tasks: int) -> BaseTestPoint:
    return BaseTestPoint(tests=tests, false_discovery_rate=Estimate(0.3), micro=0.3, accepted=0.5, tasks=tasks)


def test_sentences_agree_with_their_numbers() -> None:
    """Gates, comparisons, outcomes, suites, readings: for none, one and two of each thing that they count."""
    said = [*_of_gates(), *(text for pair in itertools.product(COUNTS, repeat=2) for text in _of_figures(*pair))]
    assert [(found, text) for text in said if (found := disagreements(text))] == []


@pytest.mark.parametrize(("models", "tasks", "samples"), [(1, 1, 1), (1, 2, 1), (2, 1, 2), (2, 2, 2)])
def test_summaries_agree_with_their_numbers(models: int, tasks: int, samples: int) -> None:
    """The Markdown summary and the choice of the smallest runs."""
    document = make_document(models=models, tasks=tasks, samples=samples, false_positives=0)
    texts = [summary(document), *(choice_text(choice, document.gates) for choice in document.choices)]
    assert [found for text in texts if (found := disagreements(text))] == []
