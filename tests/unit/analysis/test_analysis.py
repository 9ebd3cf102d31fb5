"""The whole analysis: its shape, its edges, and that the same input gives the same bytes."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from auditor.analysis import AnalysisOptions, BaseTestRow, Counts, Level, analyze, metrics
from auditor.errors import InputError, UsageError
from auditor.results import (
    Across,
    Analysis,
    DrawPrice,
    Estimate,
    Pairs,
    PriceUnit,
    ThinTasks,
    from_json,
    to_json,
    to_plain,
)
from tests.examples import examples
from tests.simulated_counts import Population

FAST = AnalysisOptions(resamples=60)


def validator() -> jsonschema.Draft202012Validator:
    text = files("auditor.results").joinpath("schemas/analysis.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def models(*names: str, tasks: int = 12, samples: int = 9) -> list[Counts]:
    rng = np.random.default_rng(5)
    return [Population(a=0.4 + 0.4 * place).counts(tasks, samples, rng, model=name) for place, name in enumerate(names)]


def numbers(value: Any) -> list[float]:
    """List every number of a document."""
    match value:
        case dict():
            return [number for part in value.values() for number in numbers(part)]
        case list():
            return [number for part in value for number in numbers(part)]
        case bool() | str() | None:
            return []
        case _:
            assert type(value) in (int, float), f"{type(value)} is no plain number"
            return [value]


counts_table = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 7), st.integers(0, 7)).map(
        lambda row: (row[0], min(row[:2]), min(row))
    ),
    min_size=1,
    max_size=5,
)


@given(st.lists(counts_table, min_size=1, max_size=3), st.sampled_from(list(Level)), st.sampled_from([0, 30]))
@examples(60)
def test_any_counts_give_a_valid_document(tables: list[list[Any]], level: Level, resamples: int) -> None:
    """Whatever the counts, the document keeps its schema, contains no NaN, and every interval holds its value."""
    counts = [
        Counts.from_rows(f"m{which}", [(f"t{place}", *row) for place, row in enumerate(table)])
        for which, table in enumerate(tables)
    ]
    document = analyze(counts, AnalysisOptions(resamples=resamples, level=level, draw_cost=0.01))
    validator().validate(to_plain(document))
    assert from_json(Analysis, to_json(document)) == document
    assert all(math.isfinite(number) for number in numbers(to_plain(document)))
    for entry in document.models:
        for figure in (entry.single_sample_accuracy, entry.conditional_accuracy, entry.false_discovery_rate):
            if figure.value is not None:
                assert figure.low <= figure.value <= figure.high
        for point in entry.curve:
            for band in (point.accepted, point.correct, point.draws, *point.utility.values()):
                assert band.low <= band.value <= band.high
        for best in entry.optimal_attempts:
            assert resamples == 0 or best.low <= best.attempts <= best.high
            assert best.utility.low <= best.utility.value <= best.utility.high
            assert best.enough <= best.attempts


def test_the_same_input_gives_the_same_bytes() -> None:
    """Two analyses of the same counts with the same seed are equal to the byte; another seed is not."""
    first, second = (to_json(analyze(models("a", "b", "c"), FAST)) for _ in range(2))
    assert first == second
    assert first != to_json(analyze(models("a", "b", "c"), AnalysisOptions(resamples=60, seed=1)))


def test_more_than_one_sample_a_task_agree_with_hand_counts() -> None:
    """A table small enough for a pencil gives the pencil's numbers."""
    counts = Counts("m", ("a", "b", "c"), [4, 4, 4], [4, 2, 0], [3, 1, 0])
    entry = analyze([counts], FAST).models[0]
    assert entry.single_sample_accuracy.value == pytest.approx((3 / 4 + 1 / 4) / 3)
    assert entry.conditional_accuracy.value == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert entry.conditional_accuracy.micro.value == pytest.approx(4 / 6)
    assert entry.conditional_accuracy.lower_bound.value == pytest.approx((3 / 4 + 1 / 2) / 3)
    assert entry.conditional_accuracy.upper_bound.value == pytest.approx((3 / 4 + 1 / 2 + 1) / 3)
    assert entry.conditional_accuracy.tasks == 2
    assert entry.false_discovery_rate.value == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert entry.false_discovery_rate.micro.value == pytest.approx(2 / 6)
    assert entry.false_positive_rate.value == pytest.approx((1 / 1 + 1 / 3 + 0 / 4) / 3)
    assert entry.false_positive_rate.micro.value == pytest.approx(2 / 8)
    assert [(one.k, one.value) for one in entry.pass_at_k] == [
        (1, pytest.approx(1 / 3)),
        (2, pytest.approx((1 + 1 / 2) / 3)),
        (4, pytest.approx(2 / 3)),
    ]
    second = entry.curve[1]
    assert second.accepted.value == pytest.approx((1 + 5 / 6 + 0) / 3)
    assert second.correct.value == pytest.approx((3 / 4 + 5 / 12) / 3)
    assert second.draws.value == pytest.approx((1 + 3 / 2 + 2) / 3)
    assert second.cost_per_correct == pytest.approx((1 + 3 / 2 + 2) / (3 / 4 + 5 / 12))
    assert second.utility[1.0].value == pytest.approx((1 / 2 + 0) / 3)
    bucket = entry.attempt_buckets[1]
    assert (bucket.first, bucket.last, bucket.accepted) == (2, 3, pytest.approx(1 / 6))
    assert bucket.share_false.value == pytest.approx(0.5)


def test_nothing_accepted_has_no_ceiling() -> None:
    """Without a base pass the ceiling is undefined, its bounds are 0 and 1, and no sampling is best."""
    entry = analyze([Counts("m", ("a", "b"), [3, 3], [0, 0], [0, 0])], FAST).models[0]
    assert entry.conditional_accuracy.value is None
    assert (entry.conditional_accuracy.lower_bound.value, entry.conditional_accuracy.upper_bound.value) == (0, 1)
    assert entry.conditional_accuracy.tasks == 0
    assert [best.attempts for best in entry.optimal_attempts] == [0, 0, 0, 0, 0]
    assert entry.curve[0].cost_per_correct is None
    assert entry.extrapolation is None
    assert {bucket.share_false.value for bucket in entry.attempt_buckets} == {None}


def test_only_false_positives_should_not_be_sampled() -> None:
    """With every base pass false, ceiling is 0, the discovery rate 1, and K* is 0 wherever they cost."""
    entry = analyze([Counts("m", ("a", "b"), [3, 3], [2, 1], [0, 0])], FAST).models[0]
    assert entry.conditional_accuracy.value == 0
    assert entry.false_discovery_rate.value == 1
    assert [best.attempts for best in entry.optimal_attempts] == [0, 0, 0, 0, 0]


def test_a_single_sample_of_a_single_task() -> None:
    """The smallest table has values, and the widest of intervals."""
    document = analyze([Counts("m", ("a",), [1], [1], [1])], FAST)
    entry = document.models[0]
    assert entry.single_sample_accuracy == Estimate(1.0, 0.0, 1.0)
    assert [best.attempts for best in entry.optimal_attempts] == [1, 1, 1, 1, 1]
    assert document.across == Across(attempts=1, line=None, reach=(), paired=())


def test_attempts_default_to_each_models_fewest_samples() -> None:
    """With differing n the curve ends at the smallest, model by model."""
    uneven = Counts("uneven", ("a", "b"), [3, 8], [1, 2], [1, 1])
    even = Counts("even", ("a", "b"), [5, 5], [1, 2], [1, 1])
    lengths = [len(entry.curve) for entry in analyze([uneven, even], FAST).models]
    assert lengths == [3, 5]
    with pytest.raises(InputError, match="model 'uneven', task 'a' has fewer samples than the 4 attempts"):
        analyze([uneven, even], AnalysisOptions(max_attempts=4))


def test_a_million_samples_a_task_are_no_burden() -> None:
    """By default the curve ends at 10,000 and nothing is fitted beyond; resampling this many samples is refused."""
    counts = Counts("m", ("a", "b", "c"), [10**6] * 3, [500_000, 3, 10**6], [400_000, 0, 10**6])
    entry = analyze([counts], AnalysisOptions(resamples=5)).models[0]
    assert (len(entry.curve), entry.max_attempts, entry.extrapolation) == (10_000, 10_000, None)
    assert entry.curve[1].accepted.value == pytest.approx((0.75 + 1 - (1 - 3e-6) ** 2 + 1) / 3, abs=1e-6)
    with pytest.raises(UsageError, match="1000000 samples are too large"):
        analyze([counts], AnalysisOptions(resamples=5, max_attempts=3, level=Level.BOTH))


@examples(40)
@given(counts_table, st.sampled_from([0.0, 0.125, 2.0]), st.sampled_from([0.5, 0.95, 0.999]))
def test_no_interval_reaches_beyond_what_can_be(
    table: list[tuple[int, int, int]], draw_cost: float, confidence: float
) -> None:
    """K attempts take 1 to K draws, and every one of them is paid for: the bounds know it, at any confidence."""
    counts = Counts.from_rows("m", [(f"t{place}", *row) for place, row in enumerate(table)])
    options = AnalysisOptions((0.0, 3.0), resamples=30, draw_cost=draw_cost, confidence=confidence)
    for point in analyze([counts], options).models[0].curve:
        assert 1 <= point.draws.low <= point.draws.value <= point.draws.high <= point.attempts + 1e-12
        for cost, utility in point.utility.items():
            assert utility.value <= utility.high <= 1 - draw_cost + 1e-12
            assert utility.low >= -cost - draw_cost * point.attempts - 1e-12


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=12))
def test_a_paired_difference_is_tested_by_students_t(table: list[tuple[int, int]]) -> None:
    """The p-value of two mean accuracies is the paired t-test's, not below the level if the interval includes zero."""
    names = [f"t{place}" for place in range(len(table))]
    one, other = (Counts("m", names, [8] * len(names), hits, hits) for hits in zip(*table, strict=True))
    found = metrics.column_difference(
        metrics.single_sample(one), metrics.single_sample(other), confidence=0.95, resamples=0, seed=0
    )
    gaps = {a - b for a, b in table}
    if sum(a - b for a, b in table) == 0:
        assert found.p == 1
    elif len(gaps) == 1:
        assert found.p is None
    else:
        p = ttest_rel(one.correct, other.correct).pvalue
        assert found.p == pytest.approx(p if found.own_side else max(p, 0.05))


def test_nothing_to_analyse_is_refused_by_name() -> None:
    """No counts, a model twice, and a model whose every task is excluded are refused."""
    one = models("m")
    with pytest.raises(InputError, match="no counts"):
        analyze([])
    with pytest.raises(InputError, match="model 'm' is given twice"):
        analyze(one + one)
    with pytest.raises(InputError, match="model 'm' has no task left"):
        analyze(one, AnalysisOptions(exclude=one[0].task_ids))


def test_left_out_tasks_are_in_no_number() -> None:
    """Excluding tasks equals never having had them, and the document says which went."""
    whole = models("a", "b")
    document = analyze(whole, AnalysisOptions(resamples=60, exclude="paper"))
    parts = analyze([one.without({"HumanEval/6", "HumanEval/9"}) for one in whole], FAST)
    assert list(document.exclusions.reasons) == ["HumanEval/6", "HumanEval/9"]
    assert tuple(replace(one, all_tasks=None) for one in document.models) == parts.models
    assert document.across == parts.across


def test_the_figures_with_every_task_are_shown_beside() -> None:
    """If tasks are left out, each model has its headline figures without leaving any out."""
    whole = models("a", "b")
    document, full = analyze(whole, AnalysisOptions(resamples=60, exclude="paper")), analyze(whole, FAST)
    for entry, other in zip(document.models, full.models, strict=True):
        assert other.all_tasks is None
        assert entry.all_tasks is not None
        assert entry.all_tasks.tasks == other.tasks == entry.tasks + 2
        assert entry.all_tasks.single_sample_accuracy == other.single_sample_accuracy
        assert entry.all_tasks.conditional_accuracy.value == pytest.approx(other.conditional_accuracy.value)


def test_base_tests_go_to_their_model_without_excluded_tasks() -> None:
    """Per-test results enter the entry of their model only, and not for tasks that are left out."""
    rows = [BaseTestRow("a", "HumanEval/0", 3, 3, True), BaseTestRow("a", "HumanEval/6", 9, 3, False)]
    options = AnalysisOptions(resamples=60, exclude="paper")
    first, second = analyze(models("a", "b"), options, base_tests=rows).models
    assert [point.tests for point in first.base_tests] == [0, 1, 2, 3]
    assert second.base_tests is None


def test_prices_become_costs() -> None:
    """A price a draw sets the cost curves in money, and with a worth it enters the utility too."""
    counts = models("a")
    free = analyze(counts, FAST).models[0]
    priced = analyze(counts, AnalysisOptions(resamples=60, draw_prices={"a": 0.02})).models[0]
    worth = analyze(counts, AnalysisOptions(resamples=60, draw_prices={"a": 0.02}, solution_worth=4.0)).models[0]
    assert free.draw_price == DrawPrice(value=1.0, unit=PriceUnit.DRAWS)
    assert priced.draw_price == DrawPrice(value=0.02, unit=PriceUnit.MONEY)
    assert (priced.draw_cost, worth.draw_cost) == (0.0, pytest.approx(0.005))
    for cheap, dear, net in zip(free.curve, priced.curve, worth.curve, strict=True):
        assert dear.cost_per_correct == pytest.approx(0.02 * cheap.cost_per_correct)
        assert dear.utility == cheap.utility
        assert net.utility[2.0].value == pytest.approx(cheap.utility[2.0].value - 0.005 * cheap.draws.value)


def repeated(model: str, tasks: int, n: int, base: int, correct: int) -> Counts:
    """Counts of equal tasks."""
    return Counts(model, [f"t{place}" for place in range(tasks)], [n] * tasks, [base] * tasks, [correct] * tasks)


def test_reach_follows_the_limits() -> None:
    """Each verdict needs its limit to be clear: with few tasks, if the values say never, the data cannot."""
    strong = repeated("strong", 60, 4, 4, 3)
    able, deceived = repeated("able", 60, 4, 2, 2), repeated("deceived", 60, 4, 4, 1)
    pairs = {(one.weak, one.strong): one for one in analyze([strong, able, deceived], FAST).across.reach}
    assert set(pairs) == {("able", "strong"), ("deceived", "strong"), ("deceived", "able")}
    reaches = pairs["able", "strong"]
    assert (reaches.verdict, reaches.seen_at, reaches.attempts) == ("reaches", 2, 2)
    assert reaches.accuracy.value == 1
    never = pairs["deceived", "strong"]
    assert (never.verdict, never.attempts, never.target) == ("never", None, 0.75)
    assert never.upper_bound_gap.value == pytest.approx(-0.5)
    few = [one.only(["t0", "t1"]) for one in (strong, deceived)]
    (pair,) = analyze(few, FAST).across.reach
    assert (pair.verdict, pair.upper_bound_gap.value) == ("open", pytest.approx(-0.5))


def test_a_silent_model_is_not_said_to_reach_never() -> None:
    """Tasks without an accepted sample may still be solved: clearly short within K, not at every number."""
    half = Counts("half", [f"t{place}" for place in range(80)], [5] * 80, [5, 0] * 40, [5, 0] * 40)
    (pair,) = analyze([repeated("strong", 80, 5, 5, 4), half], FAST).across.reach
    assert (pair.verdict, pair.within, pair.upper_bound.value) == ("not within", 5, 1.0)


def test_thin_tasks_do_not_cut_the_curve() -> None:
    """One task of twenty with two samples is left out beyond two attempts, and said; with one of three it cuts."""
    names = [f"t{place}" for place in range(20)]
    thin = Counts("m", names, [10] * 19 + [2], [5] * 19 + [1], [5] * 19 + [0])
    entry = analyze([thin], FAST).models[0]
    assert (entry.max_attempts, len(entry.curve)) == (10, 10)
    assert [point.tasks for point in entry.curve] == [20] * 2 + [19] * 8
    assert entry.thin == ThinTasks(tasks=1, fewest=2, task_ids=("t19",))
    assert entry.curve[9].correct.value == 1
    assert entry.curve[0].correct.value == pytest.approx(19 * 0.5 / 20)
    assert entry.conditional_accuracy.tasks == 19
    few = analyze([thin.only(["t0", "t1", "t19"])], FAST).models[0]
    assert (few.max_attempts, few.thin) == (2, None)


def test_differences_are_paired_by_task() -> None:
    """Two models that differ by a constant in every task differ without doubt, however much tasks vary."""
    rng = np.random.default_rng(3)
    low = rng.integers(0, 90, 60)
    names = tuple(f"t{place}" for place in range(60))
    weak = Counts("weak", names, np.full(60, 100), low, low)
    strong = Counts("strong", names, np.full(60, 100), low + 10, low + 10)
    pairs = analyze([weak, strong], FAST).across.paired
    accuracy = next(one for one in pairs if one.metric == "single_sample_accuracy")
    assert accuracy.difference.value == pytest.approx(-0.1)
    assert accuracy.difference.high < -0.08
    assert (accuracy.a, accuracy.b, accuracy.difference.tasks) == ("weak", "strong", 60)


def test_pairs_of_more_than_20_models_are_compared_on_request() -> None:
    """Their number is told, and `all` compares each."""
    many = models(*(f"m{place}" for place in range(21)), tasks=5, samples=2)
    options = AnalysisOptions(resamples=0, fp_costs=(1.0,), extrapolate=False)
    across = analyze(many, options).across
    assert (across.paired, across.reach, across.pairs_left_out) == ((), (), 210)
    assert across.line is not None
    asked = analyze(many, replace(options, pairs=Pairs.ALL)).across
    assert len({(one.a, one.b) for one in asked.paired}) == 210
    assert asked.pairs_left_out == 0
    assert not analyze(many[:20], options).across.pairs_left_out


def test_models_without_a_common_task_are_not_compared() -> None:
    """Disjoint task sets give no pair, and no error."""
    a, b = Counts("a", ("x",), [2], [1], [1]), Counts("b", ("y",), [2], [2], [2])
    assert analyze([a, b], FAST).across == Across(attempts=2, line=None, reach=(), paired=())


@pytest.mark.parametrize(
    "settings",
    [
        {"fp_costs": (-1.0,)}, {"fp_costs": (float("nan"),)}, {"fp_costs": ()}, {"max_attempts": 0},
        {"confidence": 1.0}, {"resamples": -1}, {"seed": -1}, {"draw_cost": float("inf")}, {"solution_worth": 0.0},
        {"draw_prices": {"m": -1.0}},
    ],
)  # fmt: skip
def test_impossible_options_are_refused(settings: dict[str, Any]) -> None:
    """A setting that no analysis can be run with is refused when it is made."""
    with pytest.raises(UsageError):
        AnalysisOptions(**settings)
