"""Draws without a program are rejected draws, or left out if the settings say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analysis import AnalysisOptions, analyze
from auditor.pipeline.tables import counts, tallies, unjudged
from auditor.records import Outcome, Sample, SampleStatus, SuiteName, Verdict
from auditor.results import AccuracyBounds, Unanswered
from auditor.store import Store

CUT = (SampleStatus.TRUNCATED, SampleStatus.REFUSED, SampleStatus.EXTRACTION_FAILED, SampleStatus.TOO_LONG,
       SampleStatus.REJECTED)  # fmt: skip


def fill(store: Store) -> dict[str, str]:
    """Store 20 tasks with 10 draws each: 104 right, 28 wrong, 68 without a program, on two tasks all of them."""
    right, wrong = 104, 28
    tasks = [f"T/{number:02}" for number in range(20)]
    for number, task_id in enumerate(tasks):
        missing = 10 if number < 2 else 3 if number < 14 else 2
        for index in range(10):
            solution, status = None, CUT[index % len(CUT)]
            if index >= missing:
                kind = "right" if right else "wrong"
                right, wrong = (right - 1, wrong) if right else (right, wrong - 1)
                solution, status = f"# {kind} {task_id} {index}", SampleStatus.OK
            store.add_samples([Sample("m", task_id, index, "h", status, "", solution, "none")])
    passed = {program.program: "right" in program.solution for program in store.programs()}
    store.add_verdicts(
        Verdict(program, suite, Outcome.PASS if good else Outcome.FAIL, 1, b"")
        for program, good in passed.items()
        for suite in (SuiteName.BASE, SuiteName.PLUS)
    )
    assert (right, wrong) == (0, 0)
    return dict.fromkeys(tasks, "")


@pytest.mark.parametrize(
    ("unanswered", "accuracy", "tasks", "most"),
    [(Unanswered.COUNT, 0.52, 20, 10), (Unanswered.LEAVE_OUT, 14.5 / 18, 18, 7)],
)
def test_accuracy_is_that_of_what_was_asked(
    tmp_path: Path, unanswered: Unanswered, accuracy: float, tasks: int, most: int
) -> None:
    """104 right of 200 draws are 52 %, not the 81 % of those that brought a program."""
    with Store(tmp_path / "audit.db") as store:
        task_ids = fill(store)
        (found,) = counts(tallies(store.columns()), task_ids, unanswered)
    result = analyze([found], AnalysisOptions(resamples=0, unanswered=unanswered))
    (model,) = result.models
    assert model.single_sample_accuracy.value == pytest.approx(accuracy, abs=1e-12)
    assert (model.tasks, model.max_attempts) == (tasks, most)
    assert result.options.unanswered is unanswered


def test_bounds_hold_whatever_the_missing_verdicts_are(tmp_path: Path) -> None:
    """68 samples without a program and one whose verdict is missing: all wrong gives t/n, all right (t + u)/n."""
    with Store(tmp_path / "audit.db") as store:
        task_ids = fill(store)
        store.add_samples([Sample("m", "T/00", 10, "h", SampleStatus.OK, "", "# not verified", "none")])
        tallied = tallies(store.columns())
    (found,) = counts(tallied, task_ids, Unanswered.COUNT)
    (model,) = analyze([found], AnalysisOptions(resamples=0), unjudged=unjudged(tallied, task_ids)).models
    assert model.accuracy_bounds == AccuracyBounds(
        low=pytest.approx(0.52), high=pytest.approx((104 + 68) / 200), harness_errors=1, unanswered=68, tasks=20
    )
    assert model.single_sample_accuracy.value == pytest.approx(0.52)


def test_a_model_that_only_fails_to_answer_has_figures_where_such_draws_count(tmp_path: Path) -> None:
    """Each of its draws is a failed attempt, and nothing was accepted; left out, there is nothing to say."""
    with Store(tmp_path / "audit.db") as store:
        store.add_samples([Sample("m", "T/1", i, "h", status, "", None, "none") for i, status in enumerate(CUT)])
        tallied = tallies(store.columns())
    assert counts(tallied, {"T/1": ""}, Unanswered.LEAVE_OUT) == []
    (found,) = counts(tallied, {"T/1": ""}, Unanswered.COUNT)
    (model,) = analyze([found], AnalysisOptions(resamples=50)).models
    assert (model.samples, model.single_sample_accuracy.value) == (len(CUT), 0)
    assert model.false_discovery_rate.value is None
    assert model.conditional_accuracy.value is None
