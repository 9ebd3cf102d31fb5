"""Beyond the samples: the fit finds the maximum, the prediction goes on where the exact curve ends."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import Counts
from auditor.analysis.beta_binomial import Beta, chances_within, fit_beta
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.extrapolation import extrapolate
from auditor.analysis.resampling import accepted, precision
from tests.examples import examples
from tests.simulated_counts import Population

ROOT = Path(__file__).resolve().parents[3]


def log_likelihood(hits: np.ndarray, trials: np.ndarray, a: float, b: float) -> float:
    from scipy.special import betaln

    penalty = (np.log(a) ** 2 + np.log(b) ** 2) / (2 * 3.0**2)
    return float((betaln(a + hits, b + trials - hits) - betaln(a, b)).sum() - penalty)


@given(st.lists(st.tuples(st.integers(1, 30), st.floats(0, 1)), min_size=1, max_size=25))
@examples(60)
def test_the_fit_is_a_maximum(table: list[tuple[int, float]]) -> None:
    """No nearby parameters are likelier than the fitted ones, whatever the tasks."""
    trials = np.array([n for n, _ in table])
    hits = np.round(trials * np.array([share for _, share in table])).astype(int)
    fitted = fit_beta(hits, trials, np.ones((1, len(table))))
    a, b = float(fitted.a[0]), float(fitted.b[0])
    best = log_likelihood(hits, trials, a, b)
    for up, right in ((1.02, 1.0), (0.98, 1.0), (1.0, 1.02), (1.0, 0.98), (1.02, 1.02), (0.98, 0.98)):
        assert log_likelihood(hits, trials, a * up, b * right) <= best + 1e-7


def test_weights_are_copies() -> None:
    """Fitting with a weight of 2 equals fitting with the task there twice, row by row."""
    hits, trials = np.array([3, 0, 9]), np.array([10, 10, 10])
    rows = fit_beta(hits, trials, np.array([[1.0, 2.0, 1.0], [1.0, 1.0, 1.0]]))
    twice = fit_beta(np.append(hits, 0), np.append(trials, 10), np.ones((1, 4)))
    assert rows.a[0] == pytest.approx(twice.a[0])
    assert rows.a[1] != pytest.approx(twice.a[0])


@pytest.mark.parametrize(("a", "b", "attempts"), [(0.3, 0.8, 1), (2.0, 5.0, 7), (0.01, 40.0, 1000)])
def test_the_chance_of_a_hit_is_the_integral(a: float, b: float, attempts: int) -> None:
    """The closed form equals integrating 1 - (1 - q)^K over the Beta."""
    from scipy.special import betaincinv

    rates = betaincinv(a, b, (np.arange(400_000) + 0.5) / 400_000)
    expected = -np.expm1(attempts * np.log1p(-rates)).mean()
    assert chances_within(Beta(np.array([a]), np.array([b])), [attempts])[0][0] == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("seed", range(4))
def test_a_beta_population_is_predicted(seed: int) -> None:
    """From 20 samples of 400 tasks, K = 200 is predicted within 0.04, and far better than staying where one is."""
    population = Population(a=0.4, b=1.2, slope=0.0, floor=0.8)
    rng = np.random.default_rng(seed)
    passing, precise = population.rates(400, rng)
    base = rng.binomial(20, passing)
    counts = Counts("m", [str(task) for task in range(400)], np.full(400, 20), base, rng.binomial(base, precise))
    (point,) = extrapolate(counts, Bootstrap(resamples=50), attempts=[200]).points
    within = 1 - (1 - passing) ** 200
    assert point.accepted.value == pytest.approx(within.mean(), abs=0.04)
    assert point.correct.value == pytest.approx((within * precise).mean(), abs=0.04)
    assert point.accepted.low <= within.mean() <= point.accepted.high
    assert abs(accepted(counts, 20).mean() - within.mean()) > 0.08


@pytest.mark.parametrize("slope", [0.35, 0.0, -0.3])
def test_less_trustworthy_passes_of_hard_tasks_do_not_bias_the_prediction(slope: float) -> None:
    """Whether precision rises with the chance of a pass, is level or falls, correct answers are predicted without bias.

    One mean of precision for all tasks would be 0.03 too high or too low here.
    """
    population = Population(floor=0.6 if slope > 0 else 0.8, slope=slope)
    passing, precise = population.rates(100_000, np.random.default_rng(99))
    truth = float(((1 - (1 - passing) ** 50) * precise).mean())
    rng = np.random.default_rng(6)
    found = [
        extrapolate(population.counts(400, 10, rng), Bootstrap(resamples=0), attempts=[50]).points[0].correct.value
        for _ in range(60)
    ]
    assert np.mean(found) == pytest.approx(truth, abs=0.012)


def test_the_prediction_starts_where_the_curve_ends_and_rises() -> None:
    """Right after the samples the prediction is the exact value; it rises with K and stays below 1."""
    counts = Population().counts(50, 30, np.random.default_rng(1))
    ahead = [30, 31, 60, 300, 30_000, 3_000_000]
    points = extrapolate(counts, Bootstrap(resamples=20), attempts=ahead).points
    taken = accepted(counts, 30)
    assert points[0].accepted.value == pytest.approx(taken.mean())
    assert points[0].correct.value == pytest.approx((taken * precision(counts)).mean())
    for name in ("accepted", "correct"):
        values = [getattr(point, name).value for point in points]
        assert values == sorted(values)
        assert values[-1] <= 1
    assert all(point.correct.value <= point.accepted.value for point in points)


@pytest.mark.parametrize(("base", "correct"), [([5, 5, 5], [5, 5, 5]), ([5, 5, 5], [0, 0, 0]), ([1, 0, 0], [1, 0, 0])])
def test_extreme_counts_are_predicted_without_nan(base: list[int], correct: list[int]) -> None:
    """All accepted, all false and hardly any each give finite numbers in order."""
    counts = Counts("m", ("a", "b", "c"), [5, 5, 5], base, correct)
    for point in extrapolate(counts, Bootstrap(resamples=30)).points:
        assert 0 <= point.accepted.low <= point.accepted.value <= point.accepted.high <= 1
        assert 0 <= point.correct.low <= point.correct.value <= point.correct.high <= 1


@pytest.mark.data
def test_hidden_samples_of_a_real_model_are_predicted(data: Path) -> None:
    """Fitted on 20 of 100 recorded samples, K = 100 is missed by a third of what staying at 20 misses, or less."""
    passes: dict[str, np.ndarray] = {}
    path = data / "verdicts" / "humaneval__CodeT__codegen-16B-mono.evalplus.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            table = passes.setdefault(row["task_id"], np.zeros((2, 100), dtype=int))
            table[0, row["sample_index"]] = row["base"] == "pass"
            table[1, row["sample_index"]] = row["base"] == row["plus"] == "pass"
    whole = np.array(list(passes.values()))

    def counts(chosen: np.ndarray) -> Counts:
        sums = whole[:, :, chosen].sum(axis=2)
        return Counts("codegen", tuple(passes), np.full(len(sums), len(chosen)), sums[:, 0], sums[:, 1])

    everything, rng = counts(np.arange(100)), np.random.default_rng(0)
    taken = accepted(everything, 100)
    truth = np.array([taken.mean(), (taken * precision(everything)).mean()])
    missed, stayed = [], []
    for _ in range(12):
        part = counts(rng.permutation(100)[:20])
        (point,) = extrapolate(part, Bootstrap(resamples=0), attempts=[100]).points
        missed.append(np.array([point.accepted.value, point.correct.value]) - truth)
        stayed.append(np.array([accepted(part, 20).mean(), (accepted(part, 20) * precision(part)).mean()]) - truth)
    error, without = (np.sqrt(np.square(rows).mean(axis=0)) for rows in (missed, stayed))
    assert np.all(error < 0.05)
    assert np.all(error < without / 3)


def test_the_documentation_runs() -> None:
    """The Python of docs/analysis.md does what it says."""
    text = (ROOT / "docs" / "analysis.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(compile(block, "docs/analysis.md", "exec"), {})


def test_predictions_are_shares_also_where_rounding_passes_1() -> None:
    """Easy tasks are predicted to be accepted for certain, and no sum of weights goes beyond that."""
    for seed in range(12):
        fit = extrapolate(Population(a=3.0, b=0.5).counts(20, 10, np.random.default_rng(seed)), Bootstrap(resamples=5))
        assert fit is not None
        for point in fit.points:
            for found in (point.accepted, point.correct):
                assert found.value is not None
                assert 0 <= found.value <= 1
