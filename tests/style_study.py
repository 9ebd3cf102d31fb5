"""Null and power tables of the style test within tasks, against Wilcoxon's on task means; part of the coverage study.

Programs meet a criterion with a chance that differs from task to task. Under the null it is the same for false and true
positives of a task; with a gap it is lower for false ones. Group sizes are equal, or few false ones next to many true
ones; sizes may go with the task's chance, which is what sinks tests on task means.
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
    "1 to 9 of each": None,
}


def _audit(rng: np.random.Generator, tasks: int, sizes: tuple[int, int] | None, gap: float) -> tuple[float, float]:
    """Simulate one comparison; returns the p values of Wilcoxon on task means and of the stratified test."""
    values, false, task, gaps = [], [], [], []
    for number in range(tasks):
        chance = rng.beta(4, 1)
        first, second = sizes or (int(rng.integers(1, 10)), int(rng.integers(1, 10)))
        low = rng.random(first) < np.clip(chance + gap, 0, 1)
        high = rng.random(second) < chance
        values += [*low.tolist(), *high.tolist()]
        false += [True] * first + [False] * second
        task += [number] * (first + second)
        gaps.append(low.mean() - high.mean())
    plain = float(wilcoxon(gaps).pvalue) if any(gaps) else 1.0
    ids = np.array(task)
    found = stratified_difference(np.array(values, dtype=np.float64), np.array(false), ids, ids)
    return plain, found.p if found else 1.0


def style(repeats: int) -> None:
    """Print the share of comparisons with p below 0.05."""
    print(f"{repeats} simulated comparisons a cell; share with p < 0.05, %: Wilcoxon on task means, stratified test.\n")
    print("| programs per task | null, 60 tasks | null, 160 tasks | gap −0.10, 80 tasks | gap −0.10, 160 tasks |")
    print("|---|---|---|---|---|")
    for name, sizes in CASES.items():
        cells = []
        for tasks, gap in ((60, 0.0), (160, 0.0), (80, -0.1), (160, -0.1)):
            rng = np.random.default_rng(12)
            found = np.array([_audit(rng, tasks, sizes, gap) for _ in range(repeats)]) < 0.05
            cells.append(", ".join(f"{100 * share:.0f}" for share in found.mean(axis=0)))
        print(f"| {name} | {' | '.join(cells)} |")
    intervals(repeats)
