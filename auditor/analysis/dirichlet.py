"""Random weights of tasks, including one unseen task.

Exponential weights, one per task, are Dirichlet(1, …, 1) weights up to their sum. Adding one imagined task with the
worst possible value gives Gaffke's bound for the mean of bounded values (M. Gaffke, 2005; studied by Learned-Miller and
Thomas, "A new confidence interval for the mean of a bounded random variable", 2019); for values of 0 and 1 it is
exactly Clopper and Pearson's. The weights have a fixed seed, so the same data always get the same bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from auditor.analysis.arrays import Floats

SEED = 20241126
LEAST_DRAWS = 4000
MOST_DRAWS = 20_000
BEYOND = 25
"""Required number of draws beyond each bound; very high confidences take more draws, up to ``MOST_DRAWS``."""
CELLS = 1_000_000
"""Weights in memory at a time."""


def number_of_draws(tail: float, least: int = LEAST_DRAWS) -> int:
    """Return how many draws resolve a probability ``tail`` beyond a bound."""
    return min(MOST_DRAWS, max(least, int(np.ceil(BEYOND / tail))))


def task_draws(tasks: int, width: int, tail: float, least: int = LEAST_DRAWS) -> Iterator[tuple[Floats, Floats]]:
    """Yield weights up to scale, one row per draw: those of the tasks, and that of the imagined task.

    ``width`` is the number of columns with which they are multiplied, and ``tail`` the probability beyond a bound.
    """
    draws = number_of_draws(tail, least)
    rows = max(1, min(draws, CELLS // (max(tasks, width) + 1)))
    for part in range(-(-draws // rows)):
        yield _part(tasks, min(rows, draws - part * rows), part)


def ratio_limits(
    numerators: Floats, denominators: Floats, least: Floats, most: Floats, confidence: float
) -> tuple[Floats, Floats]:
    """Bound ratios of sums over tasks; axes after the first, which is tasks, are separate figures.

    ``least`` and ``most`` are the range of a task's ratio; the imagined task has the weight of the heaviest real one.
    Each side is exceeded with probability at most (1 - confidence)/2 if all tasks have the same weight.
    """
    tail = (1 - confidence) / 2
    heaviest = denominators.max(axis=0)
    lower, upper = [], []
    for weights, extra in task_draws(len(numerators), numerators.shape[1], tail, least=int(np.ceil(BEYOND / tail))):
        tops, bottoms = weights @ numerators, weights @ denominators + extra * heaviest
        lower.append((tops + extra * (heaviest * least)) / bottoms)
        upper.append((tops + extra * (heaviest * most)) / bottoms)
    low = np.quantile(np.concatenate(lower), tail, axis=0)
    high = np.quantile(np.concatenate(upper), 1 - tail, axis=0)
    return low, high


@lru_cache(maxsize=8)
def _part(tasks: int, rows: int, part: int) -> tuple[Floats, Floats]:
    generator = np.random.default_rng([SEED, tasks, part])
    return generator.standard_exponential((rows, tasks)), generator.standard_exponential((rows, 1))
