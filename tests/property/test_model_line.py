"""The line over models: least squares on shared tasks, and an interval that covers though models share tasks."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analysis import Counts, metrics
from auditor.analysis.model_line import LEAST_MODELS, model_line
from tests.simulated_counts import shared_rates


def audit(rng: np.random.Generator, tasks: int, models: int, n: int = 10) -> list[Counts]:
    names = tuple(f"t{number}" for number in range(tasks))
    found = []
    for place, (passing, precise) in enumerate(shared_rates(rng, tasks, models)):
        base = rng.binomial(n, passing)
        found.append(Counts(f"m{place}", names, np.full(tasks, n), base, rng.binomial(base, precise)))
    return found


def test_the_line_is_least_squares_on_the_shared_tasks() -> None:
    """Slope and intercept equal an ordinary fit; a task that one model lacks is left out for all."""
    models = audit(np.random.default_rng(0), 40, 6)
    models[2] = models[2].without(["t3"])
    line = model_line(models, 5, resamples=0)
    assert line is not None
    kept = [one.without(["t3"]) for one in models]
    x = [metrics.single_sample(one).value for one in kept]
    y = [metrics.correct(5)(one).value / metrics.accepted(5)(one).value for one in kept]
    slope, intercept = np.polyfit(x, y, 1)
    assert (line.slope, line.intercept) == (pytest.approx(slope), pytest.approx(intercept))
    assert (line.models, line.tasks, line.attempts) == (6, 39, 5)


def test_few_models_make_no_line() -> None:
    """Below the least number of models there is nothing to fit, and so nothing to say."""
    assert model_line(audit(np.random.default_rng(0), 40, LEAST_MODELS - 1), 5) is None
    assert model_line([], 5) is None


def test_the_interval_covers_the_true_slope() -> None:
    """Over simulated audits of nine models on 60 shared tasks the true slope is inside in at least 90 of 100."""
    population = shared_rates(np.random.default_rng(9), 100_000, 9)
    x = [(passing * precise).mean() for passing, precise in population]
    within = [1 - (1 - passing) ** 5 for passing, _ in population]
    y = [(w * precise).sum() / w.sum() for w, (_, precise) in zip(within, population, strict=True)]
    truth = np.polyfit(x, y, 1)[0]
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(100):
        line = model_line(audit(rng, 60, 9), 5, resamples=300)
        assert line is not None
        held += line.slope_low <= truth <= line.slope_high
    assert held >= 90
