"""How often intervals hold a known truth, and how often verdicts are wrong, on simulated audits.

``python -m tests.coverage_study [--repeats 200] [--part audits|verdicts|style]`` prints Markdown tables; each part
says how many audits it simulated. Tasks are drawn each time from a population whose figures are known: strong,
middle and weak models, 30, 164 and 400 tasks, 1 to 100 samples per task. Every interval that the product prints has a
row. *Before* is the interval without the bound for few deviating tasks, on the same audits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betaincinv

from auditor.analysis import Counts, Level, intervals, metrics
from auditor.analysis.attempt_set import best_attempt_set
from auditor.analysis.bootstrap import Bootstrap, measure
from auditor.analysis.curve import Band, scaling_curve
from auditor.analysis.metrics import Statistic
from tests.simulated_counts import Population, sample
from tests.style_study import style
from tests.verdict_study import verdicts

FP_COST = 2.0
MOST = 20
"""Largest K of the curves, or n if that is smaller."""
MODELS = {
    "strong": Population(a=2.0, b=0.5, floor=0.75, slope=0.2),
    "middle": Population(),
    "weak": Population(a=0.25, b=0.8, floor=0.6, slope=0.3, firmness=4.0),
}
TASKS, SAMPLES = (30, 164, 400), (1, 5, 20, 100)


@dataclass
class Tally:
    """How often the truth lay inside, below and above."""

    inside: int = 0
    below: int = 0
    above: int = 0

    def see(self, low: float, high: float, truth: float) -> None:
        self.below += truth < low - 1e-9
        self.above += truth > high + 1e-9
        self.inside += low - 1e-9 <= truth <= high + 1e-9

    @property
    def coverage(self) -> float:
        return self.inside / max(1, self.inside + self.below + self.above)


@dataclass
class Truth:
    """What the figures are for tasks with these rates, if their samples were drawn for ever."""

    passing: np.ndarray
    precise: np.ndarray
    samples: int

    @property
    def most(self) -> int:
        return min(self.samples, MOST)

    @cached_property
    def known(self) -> list[tuple[str, Statistic, float]]:
        """Each figure with its truth."""
        return [(name, statistic, float(value)) for name, statistic, value in self.figures()]

    @cached_property
    def points(self) -> list[tuple[str, int, float]]:
        """Points of the curves with their truths."""
        return [(name, k, float(value)) for name, k, value in self.curves()]

    @cached_property
    def utilities(self) -> list[float]:
        """Utility with 0, 1 … attempts."""
        return [0.0, *(self.utility(k) for k in range(1, self.most + 1))]

    def within(self, attempts: int) -> np.ndarray:
        return 1 - (1 - self.passing) ** attempts

    def utility(self, attempts: int) -> float:
        return float((self.within(attempts) * (self.precise - FP_COST * (1 - self.precise))).mean())

    def figures(self) -> Iterator[tuple[str, Statistic, float]]:
        """Yield each figure with its truth; those over tasks with a base pass weigh a task with its chance of one."""
        passing, precise, most = self.passing, self.precise, self.most
        right, seen, at = passing * precise, self.within(self.samples), self.within(most)
        unsolved = 1 - right**self.samples
        rate = passing * (1 - precise) / np.maximum(1 - right, 1e-12)
        yield "single-sample accuracy", metrics.single_sample, right.mean()
        yield "acceptance", metrics.acceptance, passing.mean()
        yield "pass@K", metrics.pass_at(most), (1 - (1 - right) ** most).mean()
        yield "conditional accuracy at K", metrics.conditional_at(most), (at * precise).sum() / at.sum()
        yield "false discovery rate, pooled", metrics.false_discovery_micro, (passing - right).sum() / passing.sum()
        yield "false-positive rate", metrics.false_positive, (unsolved * rate).sum() / unsolved.sum()
        yield "false-positive rate, pooled", metrics.false_positive_micro, (passing - right).sum() / (1 - right).sum()
        yield "limit, lower bound", metrics.ceiling_lower, (seen * precise).mean()
        yield "limit, upper bound", metrics.ceiling_upper, (seen * precise + 1 - seen).mean()
        for first, last in ((1, 1), (2, 3), (4, 7), (8, 15)):
            if last <= most:
                arrived = (1 - passing) ** (first - 1) - (1 - passing) ** last
                share = (arrived * (1 - precise)).sum() / arrived.sum()
                yield f"share false, attempts {first} to {last}", metrics.attempt_bucket(first, last), share

    def curves(self) -> Iterator[tuple[str, int, float]]:
        """Yield (curve, K, truth)."""
        for k in sorted({1, min(5, self.most), self.most}):
            within = self.within(k)
            yield "accepted within K", k, within.mean()
            yield "correct within K", k, (within * self.precise).mean()
            yield "expected draws", k, 1 + sum((1 - self.within(j)).mean() for j in range(1, k))
            yield "utility at K", k, self.utility(k)


Tallies = dict[str, Tally]


def look(counts: Counts, bootstrap: Bootstrap, truth: Truth, tallies: Tallies) -> None:
    """Make every interval once and note whether it holds the truth."""
    draws = bootstrap.draw(counts)
    for name, statistic, value in truth.known:
        found = measure(statistic, counts, bootstrap, draws)
        if found.low is not None and found.high is not None:
            tallies.setdefault(name, Tally()).see(found.low, found.high, value)
    curve = scaling_curve(counts, truth.most, (FP_COST,), bootstrap=bootstrap, draws=draws)
    bands: dict[str, Band] = {"accepted within K": curve.accepted, "correct within K": curve.correct,
                              "expected draws": curve.draws, "utility at K": curve.utility[0]}  # fmt: skip
    for name, k, value in truth.points:
        band = bands[name]
        tallies.setdefault(name, Tally()).see(band.low[k - 1], band.high[k - 1], value)
    best = best_attempt_set(curve.table, FP_COST, level=bootstrap.level)
    tallies.setdefault("K*, set", Tally()).see(best.fewest, best.most, int(np.argmax(truth.utilities)))
    high = curve.utility[0].high[max(0, best.fewest - 1) : best.most].max(initial=0.0)
    low = curve.utility[0].low[best.best - 1] if best.best else 0.0
    tallies.setdefault("best utility", Tally()).see(low, high, max(truth.utilities))


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
) -> Tallies:
    """Repeat the audit and count how often each interval holds the truth.

    ``same_tasks`` keeps one set of tasks and draws only samples again; the truth is then theirs.
    """
    rng = np.random.default_rng(seed)
    middles = betaincinv(population.a, population.b, (np.arange(100_000) + 0.5) / 100_000)
    passing, precise = population.rates(tasks, rng)
    truth = Truth(middles, population.floor + population.slope * middles, samples)
    if same_tasks:
        truth = Truth(passing, precise, samples)
    else:
        many = population.rates(200_000, np.random.default_rng(99))
        truth = Truth(*many, samples)
    tallies: Tallies = {}
    for repeat in range(repeats):
        if same_tasks:
            counts = sample(passing, precise, samples, rng, "simulated")
        else:
            counts = population.counts(tasks, samples, rng)
        look(counts, Bootstrap(resamples=resamples, seed=repeat % 8, level=level), truth, tallies)
    return tallies


Cells = dict[tuple[str, str, int, int], float]
"""Coverage by interval, model, tasks and samples."""


def audits(repeats: int, chosen: Sequence[int] = TASKS) -> None:
    """Print the coverage of every interval of one model, by number of tasks, with and without the new bound."""
    found: dict[bool, Cells] = {False: {}, True: {}}
    few = intervals.FEW
    cells = [(tasks, samples, model) for tasks in chosen for samples in SAMPLES for model in MODELS]
    for place, (tasks, samples, model) in enumerate(cells, start=1):
        for after in (True, False):
            intervals.FEW = few if after else 0.0  # type: ignore[misc]
            done = study(MODELS[model], tasks=tasks, samples=samples, repeats=repeats, resamples=300, seed=7)
            found[after] |= {(name, model, tasks, samples): tally.coverage for name, tally in done.items()}
        intervals.FEW = few  # type: ignore[misc]
        print(f"{place} of {len(cells)} cells", file=sys.stderr, flush=True)
        if place % len(MODELS) == 0 and samples == SAMPLES[-1]:
            _table(found, tasks, repeats)


def _table(found: dict[bool, Cells], tasks: int, repeats: int) -> None:
    """Print the coverage at one number of tasks: the mean over models and samples, and the lowest cell."""
    chosen = [cell for cell in found[True] if cell[2] == tasks]
    print(
        f"\n{tasks} tasks: {repeats} audits for each of {len(MODELS)} models and n = {', '.join(map(str, SAMPLES))}.\n"
    )
    print("| interval | mean before | lowest before | mean after | lowest after | where |\n|---|--:|--:|--:|--:|---|")
    for name in dict.fromkeys(cell[0] for cell in chosen):
        own = [cell for cell in chosen if cell[0] == name]
        shares = {after: np.array([found[after][cell] for cell in own]) for after in (False, True)}
        worst = own[int(np.argmin(shares[True]))]
        row = [
            f"{100 * number:.1f}" for after in (False, True) for number in (shares[after].mean(), shares[after].min())
        ]
        print(f"| {name} | {' | '.join(row)} | {worst[1]}, n = {worst[3]} |", flush=True)


def main() -> None:
    """Print the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--part", choices=PARTS, action="append")
    options = parser.parse_args()
    for part in options.part or PARTS:
        print(f"\n## {part}\n", flush=True)
        PARTS[part](options.repeats)


PARTS: dict[str, Callable[[int], None]] = {"audits": audits, "verdicts": verdicts, "style": style}


if __name__ == "__main__":
    main()
