"""Counts with a known truth, for tests of intervals, curves and scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.analysis import Counts
from auditor.analysis.arrays import Floats


@dataclass(frozen=True)
class Population:
    """Tasks differ in how often a sample passes base and in how often such a sample is correct.

    Harder tasks have the less trustworthy passes: precision is Beta around ``floor + slope q``.
    """

    a: float = 0.5
    b: float = 0.5
    floor: float = 0.6
    slope: float = 0.35
    firmness: float = 8.0

    def rates(self, tasks: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw each task's chance of a base pass, and the chance that a base pass is correct."""
        passing = rng.beta(self.a, self.b, tasks)
        middle = self.floor + self.slope * passing
        return passing, rng.beta(self.firmness * middle, self.firmness * (1 - middle))

    def counts(self, tasks: int, samples: int, rng: np.random.Generator, model: str = "simulated") -> Counts:
        """Draw tasks and samples."""
        return sample(*self.rates(tasks, rng), samples, rng, model)


def sample(passing: Floats, precise: Floats, samples: int, rng: np.random.Generator, model: str) -> Counts:
    """Draw samples of given tasks."""
    base = rng.binomial(samples, passing)
    names = tuple(f"HumanEval/{number}" for number in range(len(passing)))
    return Counts(model, names, np.full(len(passing), samples), base, rng.binomial(base, precise))


def shared_rates(rng: np.random.Generator, tasks: int, models: int) -> list[tuple[Floats, Floats]]:
    """Draw tasks that are hard, or misleading, for every model; returns (chance to pass, precision) per model."""
    hard, misleading = rng.standard_normal(tasks), rng.standard_normal(tasks)
    found = []
    for ability in np.linspace(-1.5, 1.5, models):
        passing = 1 / (1 + np.exp(1.5 * hard - ability))
        precise = 1 / (1 + np.exp(0.6 * hard + 1.5 * misleading - 0.4 * ability - 1.2))
        found.append((passing, precise))
    return found
