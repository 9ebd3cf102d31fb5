"""Every metric that a rule can name."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.analysis import metrics as figures
from auditor.analysis.attempt_set import best_attempt_set
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts
from auditor.analysis.curve import scaling_curve
from auditor.analysis.task_statistic import TaskStatistic
from auditor.config import GateConfig
from auditor.gates import Judgement, RunView, evaluate
from auditor.gates.choose import Terms, choose
from auditor.gates.metrics import METRICS, NAMES, Parameters
from auditor.gates.metrics.page import overview, page
from auditor.results import UNDEFINED, Conditional, CountedEstimate, Estimate, WithinTask
from tests.conftest import ROOT
from tests.examples import examples
from tests.unit.gates.builders import CountRow, MadeRun, comparison, criterion, entry, view

COUNTS = st.integers(1, 8).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda b: st.tuples(st.just(n), st.just(b), st.integers(0, b)))
)
TABLE = st.lists(COUNTS, min_size=1, max_size=8).map(
    lambda rows: [(f"T/{index}", *row) for index, row in enumerate(rows)]
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunView:
    """A run that has something of everything."""
    made = MadeRun(tmp_path_factory.mktemp("run"))
    for index in range(6):
        task = f"T/{index}"
        made.add("m", task, "good", times=6, score=0.9, complexity=2)
        made.add("m", task, "fair", times=2, score=0.6, complexity=5)
        made.add("m", task, "bad", kind="fp", times=2, score=0.3, complexity=9)
        made.add("m", task, "no", kind="tn", times=2)
    return made.open()


def example_of(name: str) -> dict[str, Any]:
    """The metric's own example, made to fit the fixture's rubric."""
    keys = tomllib.loads(METRICS[name].example)
    return keys | ({"criterion": "names"} if "criterion" in keys else {})


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_can_be_judged_by_its_example(name: str, run: RunView) -> None:
    """Each metric's documented example yields a number within its range and an interval around it."""
    metric = METRICS[name]
    threshold = {"max": metric.highest} if math.isfinite(metric.highest) else {"max": 1e6}
    rule = GateConfig.model_validate({"metric": name} | threshold | example_of(name))
    (result,) = evaluate([rule], run)
    assert result.value is not None, result.sentence
    assert result.low is not None
    assert result.high is not None
    assert metric.lowest <= result.value <= metric.highest
    assert metric.lowest <= result.low <= result.value <= result.high <= metric.highest
    assert result.verdict is not Judgement.FAIL


def test_names_are_one_to_one() -> None:
    """No name or alias means two metrics."""
    names = [name for metric in METRICS.values() for name in (metric.name, *metric.aliases)]
    assert len(names) == len(set(names)) == len(NAMES)


def test_the_page_is_up_to_date() -> None:
    """docs/metrics.md is what the code says, and holds every metric's name, doc and keys."""
    written = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert written == page()
    for metric in METRICS.values():
        assert f"### `{metric.name}`" in written
        assert metric.doc in written
        assert metric.name in overview()
        assert all(key in metric.example for key in metric.needs)


@given(TABLE)
@examples(40)
def test_values_are_those_of_the_report(rows: list[CountRow]) -> None:
    """Each figure that the analysis names has the very same value here."""
    model = view(entry("m", rows)).models[0]
    counts = Counts.from_rows("m", rows)
    most = counts.most_attempts
    at_most = {
        "conditional_accuracy": figures.conditional_at(most),
        "false_discovery_rate": figures.false_discovery_at(most),
    }
    for name, statistic in (figures.STATISTICS | at_most).items():
        measured = METRICS[name].measure(model, Parameters())
        assert isinstance(measured, TaskStatistic)
        assert measured.value == pytest.approx(statistic(counts).interval(confidence=0.95, resamples=0, seed=0).value)


@given(TABLE, st.sampled_from([0.0, 1.0, 4.0]), st.sampled_from([0.0, 0.02, 0.3, 2.0]))
@examples(60)
def test_best_utility_is_the_best_of_the_utilities(rows: list[CountRow], cost: float, draw_cost: float) -> None:
    """The best utility and K* are the maximum and its first place among the utilities at each K, and none."""
    model = view(entry("m", rows, draw_cost=draw_cost)).models[0]

    def value(name: str, **keys: Any) -> float:
        measured = METRICS[name].measure(model, Parameters(fp_cost=cost, **keys))
        assert isinstance(measured, TaskStatistic)
        assert measured.value is not None
        return measured.value

    utilities = [0.0] + [value("utility", attempts=k) for k in range(1, min(row[1] for row in rows) + 1)]
    assert value("best_utility") == pytest.approx(max(utilities), abs=1e-12)
    assert utilities[int(value("optimal_attempts"))] == pytest.approx(max(utilities), abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=4),
    st.sampled_from([0.0, 1.0, 8.0]),
    st.sampled_from([0.0, 0.001, 0.1, 1.5]),
)
@example([(200, 150, 150)], 0.0, 0.0)
@examples(40)
def test_optimum_is_that_of_the_report(table: list[tuple[int, int, int]], cost: float, draw_cost: float) -> None:
    """K* and its utility are the report's in a rule and in a choice, whatever draws cost, on a flat top too."""
    rows = [(f"T/{i}", n, b % (n + 1), t % (b % (n + 1) + 1)) for i, (n, b, t) in enumerate(table)]
    counts = Counts.from_rows("m", rows)
    none = Bootstrap(resamples=0)
    curve = scaling_curve(counts, counts.most_attempts, [cost], draw_cost=draw_cost, bootstrap=none)
    run = view(entry("m", rows, draw_cost=draw_cost))
    keys = Parameters(fp_cost=cost)
    found, best = (METRICS[name].measure(run.models[0], keys) for name in ("optimal_attempts", "best_utility"))
    assert isinstance(found, TaskStatistic)
    assert isinstance(best, TaskStatistic)
    optimum = best_attempt_set(curve.table, cost, draw_cost=draw_cost).best
    assert found.value == optimum
    assert best.value == pytest.approx(max(0.0, *curve.utility[0].value), abs=1e-9)
    assert choose(run, Terms(cost)).best.best_attempts == optimum


@given(TABLE, st.integers(1, 3))
@examples(40)
def test_what_is_accepted_is_right_or_wrong(rows: list[CountRow], attempts: int) -> None:
    """At every K the accepted are the correct and the wrong together, and draws per correct is their quotient."""
    rows = [row for row in rows if row[1] >= attempts]
    if not rows:
        return
    model = view(entry("m", rows)).models[0]
    found = {}
    for name in ("accepted", "correct", "wrong", "draws", "draws_per_correct"):
        measured = METRICS[name].measure(model, Parameters(attempts=attempts))
        assert isinstance(measured, TaskStatistic)
        found[name] = measured.value
    assert found["accepted"] == pytest.approx(found["correct"] + found["wrong"])
    expected = found["draws"] / found["correct"] if found["correct"] else math.inf
    assert found["draws_per_correct"] == pytest.approx(expected)


def test_cost_per_correct_counts_money(run: RunView) -> None:
    """Cost per correct solution is the price of a sample times the draws it takes."""
    model = run.models[0]
    draws, money = (METRICS[f"{name}_per_correct"].measure(model, Parameters(attempts=3)) for name in ("draws", "cost"))
    assert isinstance(draws, TaskStatistic)
    assert isinstance(money, TaskStatistic)
    assert money.value == pytest.approx(0.01 * (draws.value or 0))


def style_value(run: RunView, name: str, **keys: Any) -> CountedEstimate:
    measured = METRICS[name].measure(run.models[0], Parameters(**keys))
    assert isinstance(measured, TaskStatistic)
    return measured.estimate(0.95)


def test_style_weighs_samples_within_and_tasks_between(tmp_path: Path) -> None:
    """A group's score is the mean over tasks of the mean over samples, not over programs nor over all samples."""
    made = MadeRun(tmp_path)
    made.add("m", "A", "x", times=3, score=1.0)
    made.add("m", "A", "y", times=1, score=0.0)
    made.add("m", "B", "x", times=1, score=0.25)
    made.add("m", "B", "z", kind="fp", times=5, score=0.75)
    found = made.open()
    assert style_value(found, "style_score", group="true_positive").value == pytest.approx((0.75 + 0.25) / 2)
    assert style_value(found, "style_score").value == pytest.approx((0.75 + 4.0 / 6) / 2)
    assert style_value(found, "style_gap").value == pytest.approx(0.5)
    assert style_value(found, "style_gap").tasks == 1
    assert style_value(found, "adherence", criterion="names", group="accepted").value == pytest.approx(
        (0.75 + 5 / 6) / 2
    )


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=4), min_size=1, max_size=4),
    st.sampled_from([10.0, 50.0, 90.0]),
)
@examples(15)
def test_percentiles_weigh_tasks_equally(
    tmp_path_factory: pytest.TempPathFactory, tasks: list[list[tuple[int, int]]], percentile: float
) -> None:
    """A percentile is the least value that the wanted share of samples does not exceed, tasks weighing equally."""
    made = MadeRun(tmp_path_factory.mktemp("run"))
    values, weights = [], []
    for index, programs in enumerate(tasks):
        total = sum(times for _, times in programs)
        for number, (complexity, times) in enumerate(programs):
            made.add("m", f"T/{index}", f"p{number}", times=times, complexity=complexity)
            values.append(complexity)
            weights.append(times / total / len(tasks))
    expected = min(
        value
        for value in values
        if sum(w for v, w in zip(values, weights, strict=True) if v <= value) >= percentile / 100 - 1e-9
    )
    estimate = style_value(made.open(), "style_percentile", measure="complexity", percentile=percentile)
    assert estimate.value == expected
    assert estimate.low is not None
    assert estimate.low <= expected


def test_missing_style_is_said(run: RunView) -> None:
    """An unknown criterion or measure is inconclusive and names the nearest or what there is."""
    rules = [
        {"metric": "adherence", "criterion": "nmes", "min": 0.5},
        {"metric": "style_percentile", "measure": "complexty", "percentile": 50, "max": 5},
    ]
    criterion, measure = evaluate([GateConfig.model_validate(keys) for keys in rules], run)
    assert criterion.verdict is measure.verdict is Judgement.INCONCLUSIVE
    assert "did you mean 'names'?" in criterion.sentence
    assert "complexity" in measure.sentence


def test_style_of_a_bare_document_is_the_reports(run: RunView) -> None:
    """Without a database the report's own style numbers stand in, at the report's confidence only."""
    interval = Estimate(0.8, 0.7, 0.9)
    names = criterion(
        "names",
        conditional=Conditional(given_pass=interval, given_correct=UNDEFINED, given_false_positive=UNDEFINED),
        within_task=WithinTask(-0.2, -0.3, -0.1, units=1),
    )
    made = entry("m", [("T/1", 2, 2, 1)], style=comparison(names, score={"accepted": interval}))
    rules = [
        {"metric": "style_score", "min": 0.6},
        {"metric": "adherence", "criterion": "names", "min": 0.6},
        {"metric": "style_gap", "criterion": "names", "max": 0.0},
        {"metric": "style_score", "min": 0.6, "confidence": 0.9},
        {"metric": "style_score", "group": "true_positive", "min": 0.6},
    ]
    results = evaluate([GateConfig.model_validate(keys) for keys in rules], view(made))
    assert [r.verdict.value for r in results] == ["pass", "pass", "pass", "inconclusive", "inconclusive"]
    assert not np.isnan(results[2].value or 0)
