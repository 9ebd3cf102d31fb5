"""Null and power tables of the style test within tasks, against two others; part of the coverage study.

Programs meet a criterion with a chance that differs from task to task. Under the null it is the same for false and true
positives of a task, or lower in some tasks and higher in others, by 30 points and zero in the mean; with a gap it is
lower for false ones. Group sizes are equal, or few false ones next to many true ones. The others are Wilcoxon's test on
the tasks' own differences and the permutation test alone.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import wilcoxon

from auditor.analysis.stratified import stratified_difference
from tests.style_intervals import intervals

CASES = {
    "3 false, 3 true": (3, 3),
    "1 false, 9 true": (1, 9),
    "9 false, 1 true": (9, 1),
    "20 false, 20 true": (20, 20),
    "1 to 9 of each": None,
}
SETTINGS = {
    "null, 60 tasks": (60, 0.0, 0.0),
    "null, 160 tasks": (160, 0.0, 0.0),
    "null that varies, 20 tasks": (20, 0.0, 0.3),
    "null that varies, 160 tasks": (160, 0.0, 0.3),
    "gap −0.10, 80 tasks": (80, -0.1, 0.0),
    "gap −0.10, 160 tasks": (160, -0.1, 0.0),
}
"""Tasks, the gap in the mean over tasks, and how far a task's own gap is from it, to either side."""


def _audit(
    rng: np.random.Generator, tasks: int, sizes: tuple[int, int] | None, gap: float, spread: float
) -> tuple[float, float, float]:
    """Simulate one comparison; returns p of Wilcoxon on task means, of labels permuted alone, and of the test used."""
    values, false, task, gaps = [], [], [], []
    for number in range(tasks):
        # with a spread, chances stay between 0 and 1 so that the mean gap is as stated
        chance = rng.uniform(0.3, 0.7) if spread else rng.beta(4, 1)
        first, second = sizes or (int(rng.integers(1, 10)), int(rng.integers(1, 10)))
        own = gap + spread * rng.choice([-1, 1])
        low = rng.random(first) < np.clip(chance + own, 0, 1)
        high = rng.random(second) < chance
        values += [*low.tolist(), *high.tolist()]
        false += [True] * first + [False] * second
        task += [number] * (first + second)
        gaps.append(low.mean() - high.mean())
    plain = float(wilcoxon(gaps).pvalue) if any(gaps) else 1.0
    ids = np.array(task)
    found = stratified_difference(np.array(values, dtype=np.float64), np.array(false), ids, ids)
    return (plain, found.p_of_labels, found.p) if found else (plain, 1.0, 1.0)


def style(repeats: int) -> None:
    """Print the share of comparisons with p below 0.05."""
    print(f"{repeats} simulated comparisons a cell; share with p < 0.05, %: Wilcoxon, labels permuted, both tests.\n")
    print(f"| programs per task | {' | '.join(SETTINGS)} |")
    print("|---|---|---|---|---|---|---|")
    for name, sizes in CASES.items():
        cells = []
        for tasks, gap, spread in SETTINGS.values():
            rng = np.random.default_rng(12)
            found = np.array([_audit(rng, tasks, sizes, gap, spread) for _ in range(repeats)]) < 0.05
            cells.append(", ".join(f"{100 * share:.0f}" for share in found.mean(axis=0)))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    intervals(repeats)
