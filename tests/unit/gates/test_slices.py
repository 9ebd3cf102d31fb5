"""Rules on a slice judge its tasks alone, say so, and refuse a slice that nothing is in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from auditor.config import GateConfig
from auditor.errors import ConfigError
from auditor.gates import Judgement, RunView, evaluate
from auditor.gates.rules import check_rules
from auditor.results import ModelReport, TaskRow, TaskSlice
from tests.unit.gates.builders import CountRow, counts, document, entry


def rule(**keys: Any) -> GateConfig:
    return GateConfig.model_validate({"metric": "single_sample_accuracy"} | keys)


def run(*entries: ModelReport, missing: int = 0) -> RunView:
    """A run whose tasks T/0000 to T/0059 are easy and from 2023, the others hard and from 2024; some lack samples."""
    rows = [row.task_id for row in entries[0].per_task] + [f"missing/{at}" for at in range(missing)]
    tasks = tuple(
        TaskRow(
            task_id=task, entry_point="f", base_tests=1, plus_tests=1, unfit=None, excluded=None, reference="",
            slices=(TaskSlice(name="difficulty", value="easy" if task < "T/0060" else "hard"),
                    TaskSlice(name="date", value="2023-05-01" if task < "T/0060" else "2024-09-01")),
        )
        for task in rows
    )  # fmt: skip
    return RunView.of(replace(document(*entries), tasks=tasks))


def mixed(model: str = "m") -> ModelReport:
    """Easy tasks are always right, hard ones never."""
    easy, hard = counts(60, 10, 10, 10), [(f"T/{at:04d}", 10, 5, 0) for at in range(60, 120)]
    return entry(model, [*easy, *hard])


def test_a_rule_on_a_slice_sees_its_tasks_alone() -> None:
    """The figure of the slice is that of a run of these tasks; the sentence and the rule's name say which they are."""
    easy, hard, late = evaluate(
        [rule(min=0.8, slice="difficulty=easy"), rule(max=0.2, slice="difficulty=hard"),
         rule(metric="false_discovery_rate", min=0.9, slice="date>=2024")],
        run(mixed()),
    )  # fmt: skip
    assert [one.verdict for one in (easy, hard, late)] == [Judgement.PASS] * 3
    assert [one.tasks for one in (easy, hard, late)] == [60, 60, 60]
    assert (easy.value, hard.value, late.value) == (1.0, 0.0, 1.0)
    assert easy.samples == 600
    assert easy.parameters == {"slice": "difficulty=easy"}
    assert easy.rule == "single_sample_accuracy(slice=difficulty=easy) >= 0.8"
    assert easy.sentence.startswith("“single answers that are correct, on tasks with difficulty=easy” is 100.0 %")
    (alone,) = evaluate([rule(min=0.8)], run(entry("m", counts(60, 10, 10, 10))))
    assert (alone.value, alone.low, alone.high) == (easy.value, easy.low, easy.high)


def test_a_slice_of_all_tasks_judges_as_the_whole_run() -> None:
    whole, part = evaluate([rule(min=0.3), rule(min=0.3, slice="date>=2020")], run(mixed()))
    assert (part.value, part.low, part.high, part.tasks) == (whole.value, whole.low, whole.high, whole.tasks)


def test_a_slice_that_nothing_is_in_leaves_the_rule_open() -> None:
    """It says what tasks can be grouped by; without slices, that there are none."""
    (typo,) = evaluate([rule(min=0.5, slice="dificulty=hard")], run(mixed()))
    assert typo.verdict is Judgement.INCONCLUSIVE
    assert (
        "no task to analyse is in the slice dificulty=hard (they have difficulty, date; "
        "did you mean 'difficulty=hard'?)" in typo.sentence
    )
    (value,) = evaluate([rule(min=0.5, slice="difficulty=hrad")], run(mixed()))
    assert "did you mean 'difficulty=hard'?" in value.sentence
    (far,) = evaluate([rule(min=0.5, slice="topic=graphs")], run(mixed()))
    assert "did you mean" not in far.sentence
    (bare,) = evaluate([rule(min=0.5, slice="difficulty=hard")], document(mixed()))
    assert "they carry none" in bare.sentence


def test_a_slice_must_be_covered_by_itself() -> None:
    """Few tasks of the whole run are missing, but all in the slice: the rule on the slice is open."""
    whole, part = evaluate(
        [rule(min=0.1, min_coverage=0.9), rule(max=0.2, min_coverage=0.9, slice="difficulty=hard")],
        run(mixed(), missing=30),
    )
    assert whole.verdict is Judgement.PASS, "the coverage table of this made run counts no missing task"
    assert part.verdict is Judgement.INCONCLUSIVE
    assert "only 60 of 90 tasks of the slice have samples" in part.sentence


def test_against_a_baseline_the_slice_is_paired() -> None:
    """The difference is over the slice's tasks, also if the baseline is a file that knows no slices."""
    before = [(task, n, base, 2 if task < "T/0060" else 0) for task, n, base, _ in _rows()]
    baseline = RunView.of(document(entry("m", before)))
    (found,) = evaluate([rule(margin=0.0, slice="difficulty=easy")], run(mixed()), baseline)
    assert (found.value, found.tasks, found.verdict) == (pytest.approx(0.8), 60, Judgement.PASS)


def _rows() -> list[CountRow]:
    return [(row.task_id, row.n, row.base_passes, row.correct) for row in mixed().per_task]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"metric": "coverage", "min": 0.9, "slice": "difficulty=hard"}, "coverage does not take 'slice'"),
        ({"metric": "report", "path": "tasks", "min": 1, "slice": "difficulty=hard"}, "report does not take 'slice'"),
    ],
)
def test_a_metric_without_a_value_per_task_takes_no_slice(keys: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        check_rules([rule(**keys)])


@pytest.mark.parametrize("text", ["difficulty", "date>=soon", "<3"])
def test_a_rule_names_one_part_of_the_tasks(text: str) -> None:
    with pytest.raises(ValueError, match="slice"):
        rule(min=0.5, slice=text)
