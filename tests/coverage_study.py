"""How often intervals hold a known truth: 150 tasks drawn anew each time from a population whose figures are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.analysis import Counts, Level, metrics
from auditor.analysis.bootstrap import Bootstrap, measure
from auditor.analysis.curve import scaling_curve
from tests.simulated_counts import Population, sample

ATTEMPTS = (1, 5, 20)
FP_COST = 2.0


@dataclass
class Tally:
    """How often the truth lay inside, below and above."""

    inside: int = 0
    below: int = 0
    above: int = 0

    def see(self, low: float, high: float, truth: float) -> None:
        self.below += truth < low
        self.above += truth > high
        self.inside += low <= truth <= high

    @property
    def coverage(self) -> float:
        return self.inside / (self.inside + self.below + self.above)


def truths(passing: np.ndarray, middle: np.ndarray, samples: int) -> dict[str, float]:
    """Compute what the figures are for tasks with these rates, if their samples were drawn for ever.

    Figures over the tasks that have a base pass weigh a task with its chance to have one.
    """
    seen = 1 - (1 - passing) ** samples
    right, false = passing * middle, passing * (1 - middle)
    known = {
        "single_sample_accuracy": right.mean(),
        "conditional_accuracy": (middle * seen).sum() / seen.sum(),
        "conditional_accuracy_micro": right.sum() / passing.sum(),
        "false_discovery_rate_micro": false.sum() / passing.sum(),
        "false_positive_rate_micro": false.sum() / (1 - right).sum(),
    }
    for k in ATTEMPTS:
        within = 1 - (1 - passing) ** k
        known[f"accepted_at_{k}"] = within.mean()
        known[f"utility_at_{k}"] = (within * (middle - FP_COST * (1 - middle))).mean()
    return {name: float(value) for name, value in known.items()}


def look(counts: Counts, bootstrap: Bootstrap, known: dict[str, float], tallies: dict[str, Tally]) -> None:
    """Make every interval once and note whether it holds the truth."""
    draws = bootstrap.draw(counts)
    for name, truth in known.items():
        if name in metrics.STATISTICS:
            interval = measure(metrics.STATISTICS[name], counts, bootstrap, draws)
            assert interval.low is not None
            assert interval.high is not None
            tallies.setdefault(name, Tally()).see(interval.low, interval.high, truth)
    curve = scaling_curve(counts, max(ATTEMPTS), (FP_COST,), bootstrap=bootstrap, draws=draws)
    for k in ATTEMPTS:
        for name, band in (("accepted", curve.accepted), ("utility", curve.utility[0])):
            held = tallies.setdefault(f"{name}_at_{k}", Tally())
            held.see(band.low[k - 1], band.high[k - 1], known[f"{name}_at_{k}"])


def study(
    population: Population,
    *,
    level: Level = Level.TASKS,
    tasks: int = 150,
    samples: int = 20,
    repeats: int = 1000,
    resamples: int = 500,
    same_tasks: bool = False,
    seed: int = 0,
) -> dict[str, Tally]:
    """Repeat the audit and count how often each interval holds the truth.

    ``same_tasks`` keeps one set of tasks and draws only samples anew; the truth is then theirs.
    """
    from scipy.special import betaincinv

    rng = np.random.default_rng(seed)
    middles = betaincinv(population.a, population.b, (np.arange(100_000) + 0.5) / 100_000)
    passing, precise = population.rates(tasks, rng)
    known = (
        truths(passing, precise, samples)
        if same_tasks
        else truths(middles, population.floor + population.slope * middles, samples)
    )
    tallies: dict[str, Tally] = {}
    for repeat in range(repeats):
        if same_tasks:
            counts = sample(passing, precise, samples, rng, "simulated")
        else:
            counts = population.counts(tasks, samples, rng)
        look(counts, Bootstrap(resamples=resamples, seed=repeat % 8, level=level), known, tallies)
    return tallies
