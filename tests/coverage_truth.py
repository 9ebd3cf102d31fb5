"""Tallies of the coverage study, their table by number of tasks, and what a simulated model's figures truly are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from auditor.analysis import metrics
from auditor.analysis.metrics import Statistic
from auditor.report.sentences.measured import SIZES

FP_COSTS = (2.0, 8.0)
"""Costs of a false positive that are studied: a middling one, and one at which few wrong answers decide."""
MOST = 20
"""Largest K of the curves, or n if that is smaller."""


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
    def seen(self) -> int:
        return self.inside + self.below + self.above

    @property
    def coverage(self) -> float:
        return self.inside / max(1, self.seen)


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
    def utilities(self) -> dict[float, list[float]]:
        """Utility with 0, 1 … attempts, by cost."""
        rows = [(self.within(k).mean(), (self.within(k) * self.precise).mean()) for k in range(self.most + 1)]
        return {cost: [float((1 + cost) * right - cost * taken) for taken, right in rows] for cost in FP_COSTS}

    @cached_property
    def to_the_last(self) -> list[float]:
        """Utility with 0, 1 … n attempts at the lower cost."""
        worth = self.precise - FP_COSTS[0] * (1 - self.precise)
        return [float((self.within(k) * worth).mean()) for k in range(self.samples + 1)]

    def within(self, attempts: int) -> np.ndarray:
        return 1 - (1 - self.passing) ** attempts

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
        for first, last in ((1, 1), (2, 3), (4, 7), (8, 15), (16, 20)):
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
            for cost, values in self.utilities.items():
                yield f"utility at K, cost {cost:g}", k, values[k]


Tallies = dict[str, Tally]


def by_size(study: Callable[[int, int, int], Tallies], repeats: int, samples: tuple[int, ...] = (5, 20)) -> None:
    """Print what a study of (tasks, samples, repeats) covers: a row per interval, a column per number of tasks."""
    found: dict[str, dict[int, list[float]]] = {}
    for tasks in SIZES:
        for n in samples:
            for name, tally in study(tasks, n, repeats).items():
                found.setdefault(name, {}).setdefault(tasks, []).append(tally.coverage)
    print(f"\n{repeats} simulated audits a cell, n = {' and '.join(map(str, samples))}: mean coverage in %, lowest in "
          "brackets.\n")  # fmt: skip
    print(f"| interval | {' | '.join(f'{tasks} tasks' for tasks in SIZES)} |\n|---|{'--:|' * len(SIZES)}")
    for name, shares in found.items():
        cells = [f"{100 * np.mean(shares[tasks]):.1f} ({100 * min(shares[tasks]):.0f})" for tasks in SIZES]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
