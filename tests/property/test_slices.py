"""Figures by slices: a slice of all tasks is the whole, parts add up, and differences hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.slices import LEAST_TASKS, difference, slicings
from auditor.errors import UsageError
from auditor.results import ModelAnalysis
from auditor.slices import SliceRule, grouped, members, names
from tests.examples import examples
from tests.simulated_counts import Population

FAST = AnalysisOptions(resamples=60, fp_costs=(1.0,), extrapolate=False)
TASKS = 24


def counts(seed: int, tasks: int = TASKS) -> Counts:
    return Population().counts(tasks, 6, np.random.default_rng(seed))


def analysed(one: Counts, rules: tuple[str, ...], tasks: dict[str, list[tuple[str, str]]]) -> ModelAnalysis:
    options = AnalysisOptions(resamples=60, fp_costs=(1.0,), extrapolate=False, slices=rules)
    return analyze([one], options, tasks=tasks).models[0]


@examples(15)
@given(st.integers(0, 1000))
def test_a_slice_of_all_tasks_is_the_whole(seed: int) -> None:
    """Figure, interval and number of samples are those of the model."""
    one = counts(seed)
    said = {task: [("kind", "a"), ("date", "2024-08-01")] for task in one.task_ids}
    model = analysed(one, ("kind", "date>=2020"), said)
    for slicing in model.slices:
        (found,) = slicing.slices
        assert (found.tasks, found.samples) == (model.tasks, model.samples)
        for figure in ("single_sample_accuracy", "acceptance", "conditional_accuracy", "false_discovery_rate"):
            part, whole = getattr(found, figure), getattr(model, figure)
            assert (part.value, part.low, part.high) == pytest.approx((whole.value, whole.low, whole.high), abs=1e-12)
        assert found.accuracy_difference is None, "there are no other tasks"
        assert not slicing.thin
        assert not slicing.unsorted


@examples(15)
@given(st.integers(0, 1000), st.integers(LEAST_TASKS, TASKS - LEAST_TASKS))
def test_two_sides_make_up_the_model_and_mirror_each_other(seed: int, first: int) -> None:
    """Accuracy is the tasks' mean of both sides'; their differences are each other's opposite, with one test."""
    one = counts(seed)
    said = {task: [("date", "2024-09-02" if at < first else "2023-01-31")] for at, task in enumerate(one.task_ids)}
    model = analysed(one, ("date>=2024-09",), said)
    (slicing,) = model.slices
    after, before = slicing.slices
    assert (after.name, before.name) == ("from 2024-09", "before 2024-09")
    assert (after.tasks, before.tasks) == (first, TASKS - first)
    right = sum(side.tasks * side.single_sample_accuracy.value for side in (after, before))
    assert right / TASKS == pytest.approx(model.single_sample_accuracy.value)
    gap, other = after.accuracy_difference, before.accuracy_difference
    assert gap is not None
    assert other is not None
    assert (gap.value, gap.low, gap.high) == pytest.approx((-other.value, -other.high, -other.low))
    assert gap.p == gap.p_adjusted == other.p
    assert gap.value == pytest.approx(after.single_sample_accuracy.value - before.single_sample_accuracy.value)


def test_too_few_tasks_are_named_and_tasks_without_a_value_counted() -> None:
    one = counts(1)
    said = {task: [("difficulty", "hard")] for task in one.task_ids[:8]}
    said |= {task: [("difficulty", "easy")] for task in one.task_ids[8 : 8 + LEAST_TASKS - 1]}
    (slicing,) = analysed(one, ("difficulty", "nobody says this"), said).slices
    assert [found.name for found in slicing.slices] == ["hard"]
    assert [(found.name, found.tasks) for found in slicing.thin] == [("easy", LEAST_TASKS - 1)]
    assert slicing.unsorted == TASKS - 8 - (LEAST_TASKS - 1)
    assert slicing.slices[0].accuracy_difference is None, "the four other tasks are too few to compare with"


def test_several_slices_are_several_tests() -> None:
    """With three slices p is adjusted for three tests."""
    one = counts(2, 60)
    said = {task: [("level", "abc"[at % 3])] for at, task in enumerate(one.task_ids)}
    (slicing,) = analysed(one, ("level",), said).slices
    gaps = [found.accuracy_difference for found in slicing.slices]
    least = min(gap.p for gap in gaps)
    assert min(gap.p_adjusted for gap in gaps) == pytest.approx(min(1.0, 3 * least))


def test_the_difference_of_two_figures_is_newcombes() -> None:
    """Newcombe's own example (1998, method 10): 56/70 − 48/80 is 0.2000, from 0.0524 to 0.3339."""
    from auditor.analysis import wilson

    found = difference(wilson(56, 70), wilson(48, 80))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_interval_of_a_difference_covers() -> None:
    """Two halves of equal populations: the 95 % interval of their difference leaves 0 out in about one run of 20."""
    missed = 0
    runs = 120
    for seed in range(runs):
        one = counts(seed, 60)
        said = {task: [("half", str(at % 2))] for at, task in enumerate(one.task_ids)}
        (slicing,) = slicings(one, 1, ("half",), said, Bootstrap(resamples=0))
        gap = slicing.slices[0].accuracy_difference
        assert gap is not None
        missed += not gap.low <= 0 <= gap.high
    assert missed <= 0.05 * runs + 3 * np.sqrt(0.05 * 0.95 * runs)


@pytest.mark.parametrize(
    ("rule", "inside"),
    [
        ("date>=2024-08", {"2024-08-01", "2024-08-31", "2024-09-01"}),
        ("date>2024-08", {"2024-09-01"}),
        ("date<2024-08", {"2024-07-31"}),
        ("date<=2024-08", {"2024-07-31", "2024-08-01", "2024-08-31"}),
        ("date>=2024-08-31", {"2024-08-31", "2024-09-01"}),
        ("date=2024-09-01", {"2024-09-01"}),
        ("date>=2024", {"2024-07-31", "2024-08-01", "2024-08-31", "2024-09-01"}),
    ],
)
def test_a_date_is_compared_as_far_as_the_cutoff_reaches(rule: str, inside: set[str]) -> None:
    tasks = {value: [("date", value)] for value in ("2024-07-31", "2024-08-01", "2024-08-31", "2024-09-01")}
    tasks |= {"no date": [("other", "2024-08-01")], "unreadable": [("date", "soon")]}
    assert set(members(SliceRule.parse(rule), tasks)) == inside


def test_numbers_are_compared_as_numbers_and_groups_come_in_their_order() -> None:
    tasks = {"a": [("rating", "900")], "b": [("rating", "1600")], "c": [("rating", "10000")]}
    assert members(SliceRule.parse("rating >= 1600"), tasks) == ("b", "c")
    assert list(grouped(SliceRule.parse("rating"), tasks)) == ["900", "1600", "10000"]
    levels = {word: [("difficulty", word)] for word in ("Hard", "Easy", "Medium", "other")}
    assert list(grouped(SliceRule.parse("difficulty"), levels)) == ["Easy", "Medium", "Hard", "other"]
    tagged = {"t": [("tag", "graphs"), ("tag", "search")], "u": [("tag", "search")]}
    assert SliceRule.parse("rating>=1600").sides == ("1600 and above", "below 1600")
    assert grouped(SliceRule.parse("tag"), tagged) == {"graphs": ("t",), "search": ("t", "u")}
    assert names(tagged.values()) == ("tag",)


@pytest.mark.parametrize("text", ["", "=hard", "date>=", "date>=soon", "a<b<c", ">=3"])
def test_what_is_no_slice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"slice|order"):
        SliceRule.parse(text)
    with pytest.raises(UsageError):
        AnalysisOptions(slices=(text,))


@given(st.sampled_from(["difficulty", "difficulty=hard", "date>=2024-08", "rating<1600"]))
def test_a_rule_is_written_as_it_is_read(text: str) -> None:
    assert str(SliceRule.parse(text)) == text
