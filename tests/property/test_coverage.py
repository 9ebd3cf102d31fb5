"""Intervals hold the truth as often as they say."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest

from auditor.analysis import Level
from tests.coverage_study import Tally
from tests.coverage_study import study as study_here
from tests.simulated_counts import Population


def study(population: Population, **settings: object) -> dict[str, Tally]:
    """Run the study in a fresh process, where BLAS keeps to one thread: a sixth of the CPU on busy cores."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(partial(study_here, population, **settings)).result()


@pytest.mark.slow
@pytest.mark.parametrize(
    "population",
    [Population(), Population(a=0.25, b=0.8, floor=0.6, slope=0.3, firmness=4.0)],
    ids=["even", "weak"],
)
def test_95_percent_intervals_cover(population: Population) -> None:
    """Over 300 audits of 150 fresh tasks each 95 % interval holds the truth at least 92 % of the time."""
    coverage = {name: tally.coverage for name, tally in study(population, repeats=300, resamples=300).items()}
    assert len(coverage) == 23
    assert {name: share for name, share in coverage.items() if share < 0.92} == {}
    assert 0.93 <= coverage["single-sample accuracy"] <= 0.98
    assert 0.93 <= coverage["conditional accuracy at K"] <= 0.98


@pytest.mark.slow
def test_acceptance_near_certainty_is_covered() -> None:
    """A strong model on 30 tasks is accepted nearly always; the interval still knows of hard tasks not yet seen."""
    tallies = study(Population(a=2.0, b=0.5, floor=0.75, slope=0.2), tasks=30, samples=20, repeats=200, resamples=200)
    assert tallies["accepted within K"].coverage >= 0.93
    assert tallies["acceptance"].coverage >= 0.93


@pytest.mark.slow
def test_drawing_samples_too_covers_too_often() -> None:
    """Resampling samples within resampled tasks counts their noise twice, which is why it is not the default."""
    tallies = study(Population(), level=Level.BOTH, repeats=250, resamples=200)
    assert sum(tally.coverage for tally in tallies.values()) / len(tallies) > 0.96


@pytest.mark.slow
def test_few_tasks_are_honest() -> None:
    """With eight tasks the intervals still hold the truth about as often as they say, or more often."""
    tallies = study(Population(), tasks=8, repeats=300, resamples=200)
    assert {name: tally.coverage for name, tally in tallies.items() if tally.coverage < 0.91} == {}
