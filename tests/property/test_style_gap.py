"""The comparison of style against its definition, counted by hand; and what it must not be fooled by."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, StyleRow, StyleTable, compare_style, mean_interval, second_verifier
from auditor.analysis.intervals import replicate_interval, task_weights
from auditor.records import Label
from auditor.report.sentences.style import rejecting
from auditor.results import CriterionFacts, to_json
from tests.examples import examples

CRITERIA = [CriterionFacts(criterion=name, title=name.upper(), reason="r") for name in "ab"]
TRUE, FALSE = Label.TRUE_POSITIVE, Label.FALSE_POSITIVE
RULES = [("ruff", "E501", "line-too-long", ""), ("pylint", "C0103", "invalid-name", "")]
QUICK = AnalysisOptions(resamples=200)


def row(
    task: str, label: Label, met: bool | None = True, *, samples: int = 1, score: float | None = None,
    model: str = "m", name: str = "p", rules: Sequence[int] = (),
) -> StyleRow:  # fmt: skip
    value = score if score is not None or met is None else float(met)
    fired = frozenset(RULES[number] for number in rules)
    return StyleRow(model, task, f"{task}{name}{label}{met}", samples, label, value, {"a": met, "b": None}, fired)


ROWS = st.lists(
    st.builds(
        row,
        task=st.sampled_from(["t0", "t1", "t2"]),
        label=st.sampled_from(list(Label)),
        met=st.sampled_from([True, False, None]),
        samples=st.integers(1, 5),
        score=st.sampled_from([0.0, 0.5, 0.75, 1.0, None]),
        model=st.sampled_from(["m", "n"]),
        name=st.sampled_from("pqr"),
        rules=st.sampled_from([(), (0,), (1,), (0, 1)]),
    ),
    max_size=25,
)


def shares(rows: Sequence[StyleRow], labels: set[Label]) -> dict[tuple[str, str], float]:
    """Give, per (model, task), the share of samples that meet criterion a among those it applies to."""
    found: dict[tuple[str, str], list[bool]] = {}
    for one in rows:
        if one.label in labels and one.adherence["a"] is not None:
            found.setdefault((one.model, one.task_id), []).extend([one.adherence["a"]] * one.samples)
    return {key: mean(values) for key, values in found.items()}


def weighted_gaps(rows: Sequence[StyleRow]) -> dict[tuple[str, str], tuple[float, float]]:
    """Give, per (model, task) with both groups, Mantel and Haenszel's weight and the difference of means.

    Each distinct program counts once, where it comes first by task, model and id.
    """
    seen: set[str] = set()
    units: dict[tuple[str, str], dict[Label, list[float]]] = {}
    for one in sorted(rows, key=lambda r: (r.task_id, r.model, r.program)):
        if one.label in (TRUE, FALSE) and one.program not in seen:
            seen.add(one.program)
            if one.adherence["a"] is not None:
                groups = units.setdefault((one.model, one.task_id), {TRUE: [], FALSE: []})
                groups[one.label].append(float(one.adherence["a"]))
    return {
        unit: (
            len(groups[FALSE]) * len(groups[TRUE]) / (len(groups[FALSE]) + len(groups[TRUE])),
            mean(groups[FALSE]) - mean(groups[TRUE]),
        )
        for unit, groups in units.items()
        if groups[TRUE] and groups[FALSE]
    }


@examples(150)
@given(ROWS)
def test_every_number_is_its_definition(rows: list[StyleRow]) -> None:
    """Conditional rates, within-task and pooled differences equal plain counting over samples."""
    entry = compare_style(StyleTable.of(rows), CRITERIA, QUICK).criteria[0]
    false, true = shares(rows, {FALSE}), shares(rows, {TRUE})
    for key, group in (
        ("given_pass", shares(rows, {TRUE, FALSE})),
        ("given_correct", true),
        ("given_false_positive", false),
    ):
        wanted = mean(group.values()) if group else None
        assert getattr(entry.conditional, key).value == (None if wanted is None else pytest.approx(wanted))
    gaps = weighted_gaps(rows)
    assert (entry.within_task is None) == (not gaps)
    if gaps:
        total = sum(weight for weight, _ in gaps.values())
        assert entry.within_task.value == pytest.approx(sum(w * gap for w, gap in gaps.values()) / total)
        assert entry.within_task.units == len(gaps)
        assert entry.tasks == len({task for _, task in gaps})
    pools = [
        [met for one in rows for met in [one.adherence["a"]] * one.samples if one.label is label and met is not None]
        for label in (TRUE, FALSE)
    ]  # fmt: skip
    for key, pool in zip(("true_positive", "false_positive"), pools, strict=True):
        assert getattr(entry.pooled, key).value == (pytest.approx(mean(pool)) if pool else None)
    if all(pools):
        assert entry.pooled.difference.value == pytest.approx(mean(pools[1]) - mean(pools[0]))


@examples(100)
@given(ROWS, st.integers(0, 99))
def test_results_are_json_safe_ordered_and_the_same_in_any_order_of_rows(rows: list[StyleRow], seed: int) -> None:
    """No NaN, every interval holds its value, and shuffled rows give the same bytes."""
    shuffled = random.Random(seed).sample(rows, len(rows))
    texts = [
        to_json([compare_style(StyleTable.of(some), CRITERIA, QUICK), second_verifier(StyleTable.of(some), QUICK)])
        for some in (rows, shuffled)
    ]
    if len({(r.model, r.program) for r in rows}) == len(rows):
        assert texts[0] == texts[1]
    for interval in _intervals(json.loads(texts[0])):
        low, value, high = interval["low"], interval["value"], interval["high"]
        assert (low is None) or (low - 1e-9 <= value <= high + 1e-9)


def _intervals(value: object) -> list[dict[str, float]]:
    if isinstance(value, list):
        return [found for part in value for found in _intervals(part)]
    if isinstance(value, dict):
        own = [value] if {"low", "high"} <= value.keys() else []
        return own + [found for part in value.values() for found in _intervals(part)]
    return []


def test_difficulty_alone_makes_no_difference_within_tasks() -> None:
    """Simpson: in each task both groups adhere alike, hard tasks adhere less and give the false positives."""
    rows = []
    for number in range(40):
        hard = number % 2
        for label, weight in ((TRUE, 2 if hard else 18), (FALSE, 18 if hard else 2)):
            rows.append(row(f"t{number}", label, not hard, samples=weight))
    entry = compare_style(StyleTable.of(rows), CRITERIA, AnalysisOptions()).criteria[0]
    assert entry.pooled.difference.value == pytest.approx(-0.8)
    assert entry.pooled.difference.high < 0
    within = entry.within_task
    assert (within.value, within.p) == (0.0, 1.0)
    assert -0.1 < within.low < 0 < within.high < 0.1


@pytest.mark.parametrize("tasks", [1, 2, 9])
def test_few_equal_tasks_prove_no_equality(tasks: int) -> None:
    """If no task differs the interval is that of equal values: the whole range for one task, as everywhere."""
    rows = [row(f"t{task}", label) for task in range(tasks) for label in (TRUE, FALSE)]
    within = compare_style(StyleTable.of(rows), CRITERIA, QUICK).criteria[0].within_task
    plain = mean_interval(np.zeros(tasks), bounds=(-1, 1), resamples=200)
    assert (within.value, within.low, within.high) == (plain.value, plain.low, plain.high)
    assert tasks > 1 or (within.low, within.high) == (-1, 1)


def test_a_planted_gap_is_found_with_its_sign() -> None:
    """False positives that adhere less in nearly every task: a difference below zero, and small p."""
    rng = random.Random(3)
    rows = [
        row(f"t{task}", label, rng.random() < (0.9 if label is TRUE else 0.5), name=str(sample))
        for task in range(60)
        for label in (TRUE, FALSE)
        for sample in range(8)
    ]
    within = compare_style(StyleTable.of(rows), CRITERIA, AnalysisOptions()).criteria[0].within_task
    assert within.low < -0.4 < within.high < -0.25
    assert within.p_adjusted < 1e-6
    assert within.tasks == 60


def test_models_on_one_task_are_not_independent_evidence() -> None:
    """Four copies of a model do not narrow the interval or the p-value of one: a program counts once."""
    one = [
        row(f"t{task}", label, (task * 7 + (label is FALSE)) % 3 > 0, name=str(task % 5))
        for task in range(30)
        for label in (TRUE, FALSE)
    ]
    copies = [StyleRow(f"m{n}", *[getattr(r, f) for f in StyleRow.__slots__[1:]]) for n in range(4) for r in one]
    alone, pooled = (
        compare_style(StyleTable.of(rows), CRITERIA, QUICK).criteria[0].within_task for rows in (one, copies)
    )
    assert (alone.value, alone.low, alone.high, alone.p) == pytest.approx(
        (pooled.value, pooled.low, pooled.high, pooled.p)
    )
    assert (alone.units, pooled.units, pooled.tasks) == (30, 30, 30)


def test_rules_are_compared_within_tasks_and_the_most_telling_comes_first() -> None:
    """A rule that fires on false positives alone leads, with Holm over all rules, urls kept."""
    rows = [
        row(f"t{task}", label, rules=(0, 1) if label is FALSE else (1,), name=str(n))
        for task in range(12)
        for label in (TRUE, FALSE)
        for n in range(2)
    ]
    found = compare_style(StyleTable.of(rows), CRITERIA, QUICK).rules
    assert [r.rule for r in found] == ["E501", "C0103"]
    assert (found[0].true_positive, found[0].false_positive, found[0].difference.value) == (0.0, 1.0, 1.0)
    assert found[0].difference.p_adjusted == pytest.approx(min(1, 2 * found[0].difference.p))
    assert (found[1].difference.value, found[1].difference.p) == (0.0, 1.0)
    assert found[1].programs == 48


def planted(gap: float, tasks: int = 80, seed: int = 1) -> list[StyleRow]:
    """Scores whose correct programs score ``gap`` above the false ones, with noise, in steps of a tenth."""
    rng = random.Random(seed)
    return [
        row(f"t{task}", label, score=round(min(1, max(0, rng.gauss(0.5 + (gap if label is TRUE else 0), 0.15))), 1),
            name=str(n))
        for task in range(tasks)
        for label in (TRUE, FALSE)
        for n in range(4)
    ]  # fmt: skip


def test_a_telling_score_is_used() -> None:
    """If correct programs score higher, rejecting low scores raises accuracy and utility, at a cost in coverage."""
    found = second_verifier(StyleTable.of(planted(0.4)), AnalysisOptions(resamples=300))
    assert found is not None
    assert found.auc_within_task.low > 0.9
    chosen = found.chosen
    assert chosen.fp_cost == 1
    assert 0.5 <= chosen.threshold <= 0.9
    assert chosen.conditional_accuracy.after > chosen.conditional_accuracy.before + 0.3
    assert chosen.utility.difference.low > 0.5
    assert 0.2 < chosen.coverage.after < 0.8
    assert "net gain per 100 tasks changes by" in rejecting(found)
    assert "not shown" not in rejecting(found)
    assert "clearly" not in rejecting(found)
    rates = [(p.true_positive_rate, p.false_positive_rate) for p in found.roc]
    assert rates[0] == (1.0, 1.0)
    assert rates[-1] == (0.0, 0.0)
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_a_score_of_noise_is_said_to_do_nothing(seed: int) -> None:
    """Cross-validation keeps chance from looking like a gain, and the sentence says so."""
    found = second_verifier(StyleTable.of(planted(0.0, seed=seed)), AnalysisOptions(resamples=300))
    assert found is not None
    assert found.auc_within_task.low < 0.5 < found.auc_within_task.high
    assert not re.search("clearly|better|worse", rejecting(found))
    assert not found.chosen.gains
    assert "is not shown to raise the net gain" in rejecting(found)


def test_the_interval_of_rejecting_counts_that_thresholds_are_chosen() -> None:
    """Its standard error is that of resamples of the tasks in which each fold's threshold is chosen again."""
    options = AnalysisOptions(resamples=30, seed=3, fp_costs=(1.0,))
    rows = planted(0.05, seed=1)
    found = second_verifier(StyleTable.of(rows), options)
    assert found is not None
    tasks = sorted({one.task_id for one in rows})
    fold = np.random.default_rng(3).permutation(len(tasks)) % 10
    thresholds = [-1.0, *sorted({one.score for one in rows if one.score is not None})[1:]]
    utilities = np.array([[utility([one for one in rows if one.task_id == task], least) for task in tasks]
                          for least in thresholds])  # fmt: skip
    changes = []
    for weights in task_weights(len(tasks), 30, 3):
        change = 0.0
        for one in range(10):
            inside = fold == one
            others = utilities[:, ~inside] @ weights[~inside]
            best = int(np.argmax(others > others.max() - 1e-9))
            change += (utilities[best] - utilities[0])[inside] @ weights[inside]
        changes.append(change / weights.sum())
    value, error = found.chosen.utility.difference.value, np.std(changes)
    low, high = replicate_interval(value, np.empty(0), error, len(tasks), 0.95, (-2.0, 2.0))
    assert found.chosen.utility.difference.low == pytest.approx(float(low))
    assert found.chosen.utility.difference.high == pytest.approx(float(high))


def utility(rows: Sequence[StyleRow], least: float) -> float:
    """Give what resampling without end among the programs that score at least so much is worth, at a cost of 1."""
    kept = [one for one in rows if one.score is not None and one.score >= least]
    worth = sum(one.samples if one.label is TRUE else -one.samples for one in kept)
    return worth / sum(one.samples for one in kept) if kept else 0.0


def test_rejecting_nothing_is_not_certain_to_change_nothing() -> None:
    """Where no threshold helps on these tasks, others might on more: the interval is not one point."""
    rows = [row(f"t{task}", label, score=0.5 + 0.01 * (task % 3)) for task in range(9) for label in (TRUE, FALSE)]
    found = second_verifier(StyleTable.of(rows), QUICK)
    assert found is not None
    difference = found.chosen.utility.difference
    assert difference.value == pytest.approx(0.0, abs=1e-9)
    assert difference.low < 0 < difference.high


def test_without_both_groups_there_is_no_second_verifier() -> None:
    """Nothing to tell apart: no result, and the comparison is empty rather than wrong."""
    assert second_verifier(StyleTable.of([]), QUICK) is None
    assert second_verifier(StyleTable.of([row("t", TRUE)]), QUICK) is None
    assert second_verifier(StyleTable.of([row("t", TRUE), row("t", FALSE, None)]), QUICK) is None
    empty = compare_style(StyleTable.of([]), CRITERIA, QUICK)
    assert empty.criteria[0].within_task is None
    assert empty.score.accepted.value is None
    assert empty.rules == ()


def test_auc_within_task_ignores_differences_between_tasks() -> None:
    """Easy tasks score high and are correct, hard ones low and false: within a task that tells nothing."""
    rows = [
        row(f"t{task}", label, score=0.9 if task % 2 else 0.2, samples=9 if (label is TRUE) == bool(task % 2) else 1)
        for task in range(20)
        for label in (TRUE, FALSE)
    ]
    found = second_verifier(StyleTable.of(rows), QUICK)
    assert found is not None
    assert found.auc_within_task.value == 0.5
    pooled = found.roc[1]
    assert pooled.true_positive_rate - pooled.false_positive_rate == pytest.approx(0.8)


def test_many_different_scores_are_tried_at_their_quantiles() -> None:
    """A threshold between the groups is found among thousands of scores, with a bounded curve."""
    rng = np.random.default_rng(0)
    rows = [
        row(f"t{n % 20}", label, score=float(score), name=str(n))
        for label, scores in ((TRUE, rng.uniform(0.5, 1.0, 2000)), (FALSE, rng.uniform(0.0, 0.5, 2000)))
        for n, score in enumerate(scores)
    ]
    found = second_verifier(StyleTable.of(rows), QUICK)
    assert found is not None
    assert len(found.roc) <= 201
    assert found.chosen.threshold == pytest.approx(0.5, abs=0.01)
    assert found.auc_within_task.value == 1.0
