"""How often intervals hold a known truth, and how often verdicts are wrong, on simulated audits.

``python -m tests.coverage_study [--repeats 200] [--part audits|verdicts|style] [--cells FILE]`` prints Markdown tables;
each part says how many audits it simulated. Tasks are drawn each time from a population whose figures are known:
strong, middle and weak models, 30, 164 and 400 tasks, 1 to 100 samples per task. Every interval that the product prints
has a row. *Before* is the interval without the bound for few deviating tasks, on the same audits.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from auditor.analysis import Counts, Level, intervals
from auditor.analysis.attempt_set import best_attempt_set
from auditor.analysis.bootstrap import Bootstrap, measure_all
from auditor.analysis.curve import Band, scaling_curve
from tests.coverage_pairs import compared, pair_truths, stronger
from tests.coverage_truth import FP_COST, Tallies, Tally, Truth
from tests.simulated_counts import Population, sample
from tests.style_study import style
from tests.verdict_study import verdicts

MODELS = {
    "strong": Population(a=2.0, b=0.5, floor=0.75, slope=0.2),
    "middle": Population(),
    "weak": Population(a=0.25, b=0.8, floor=0.6, slope=0.3, firmness=4.0),
}
TASKS, SAMPLES = (30, 164, 400), (1, 5, 20, 100)
LEAST, MOST_WANTED = 93.0, 97.5
"""Coverage in % that a 95 % interval should have, as a mean over models and samples."""


def look(counts: Counts, bootstrap: Bootstrap, truth: Truth, tallies: Tallies) -> None:
    """Make every interval once and note whether it holds the truth."""
    draws = bootstrap.draw(counts)
    measured = measure_all([statistic for _, statistic, _ in truth.known], counts, bootstrap, draws)
    for (name, _, value), found in zip(truth.known, measured, strict=True):
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
    pairs: bool = False,
    seed: int = 0,
) -> Tallies:
    """Repeat the audit and count how often each interval holds the truth.

    ``same_tasks`` keeps one set of tasks and draws only samples again; the truth is then theirs. ``pairs`` compares
    each model with a stronger one on the same tasks, too.
    """
    rng = np.random.default_rng(seed)
    passing, precise = population.rates(tasks, rng)
    many = population.rates(200_000, np.random.default_rng(99))
    truth = Truth(*((passing, precise) if same_tasks else many), samples)
    tallies: Tallies = {}
    second, companions = Truth(*stronger(truth.passing, truth.precise), samples), np.random.default_rng((seed, 1))
    between = pair_truths(truth, second) if pairs else {}
    for repeat in range(repeats):
        bootstrap = Bootstrap(resamples=resamples, seed=repeat % 8, level=level)
        if not same_tasks:
            passing, precise = population.rates(tasks, rng)
        counts = sample(passing, precise, samples, rng, "simulated")
        look(counts, bootstrap, truth, tallies)
        if pairs:
            other = sample(*stronger(passing, precise), samples, companions, "stronger")
            compared((counts, truth), (other, second), between, bootstrap, tallies)
    return tallies


Cell = tuple[bool, str, int, int]
"""With the new bound or without, model, tasks and samples."""


def audits(repeats: int, file: Path | None) -> None:
    """Print the coverage of every interval by number of tasks, with and without the bound for few deviating tasks."""
    known = _remembered(file, repeats)
    few = intervals.FEW
    cells = [(after, model, tasks, samples)
             for tasks in TASKS for samples in SAMPLES for model in MODELS for after in (True, False)]  # fmt: skip
    for place, cell in enumerate(cells, start=1):
        if cell in known:
            continue
        after, model, tasks, samples = cell
        intervals.FEW = few if after else 0.0
        found = study(MODELS[model], tasks=tasks, samples=samples, repeats=repeats, resamples=300, pairs=True, seed=7)
        intervals.FEW = few
        known[cell] = {name: tally.coverage for name, tally in found.items()}
        if file:
            with file.open("a") as out:
                print(json.dumps({"cell": cell, "repeats": repeats, "covered": known[cell]}), file=out)
        print(f"{place} of {len(cells)} cells", file=sys.stderr, flush=True)
    cells_each = f"{repeats} audits for each of {len(MODELS)} models and n = {', '.join(map(str, SAMPLES))}"
    print(f"{cells_each}: mean coverage in %, lowest cell in brackets.\n")
    _table(known)


def _remembered(file: Path | None, repeats: int) -> dict[Cell, dict[str, float]]:
    """Read the cells that an earlier run of as many repeats left."""
    if file is None or not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return {(bool(row["cell"][0]), *row["cell"][1:]): row["covered"] for row in rows if row["repeats"] == repeats}


def _table(found: dict[Cell, dict[str, float]]) -> None:
    """Print a row per interval: means over models and samples, and the lowest cell."""
    columns = [(tasks, after) for tasks in TASKS for after in (False, True)]
    head = [f"{tasks} tasks, {'after' if after else 'before'}" for tasks, after in columns]
    print(f"| interval | {' | '.join(head)} |\n|---|{'--:|' * len(columns)}")
    outside = []
    for name in dict.fromkeys(name for covered in found.values() for name in covered):
        row = []
        for tasks, after in columns:
            shares = {cell: covered[name] for cell, covered in found.items()
                      if (cell[2], cell[0]) == (tasks, after) and name in covered}  # fmt: skip
            mean, worst = 100 * float(np.mean(list(shares.values()))), min(shares, key=lambda cell: shares[cell])
            row.append(f"{mean:.1f} ({100 * shares[worst]:.0f})")
            if after and not LEAST <= mean <= MOST_WANTED:
                outside.append(f"{name}, {tasks} tasks: {mean:.1f}; lowest {worst[1]}, n = {worst[3]}")
        print(f"| {name} | {' | '.join(row)} |")
    print(f"\nOutside {LEAST:g} to {MOST_WANTED:g} %:\n")
    print("\n".join(f"- {line}" for line in outside))


def main() -> None:
    """Print the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--cells", type=Path, help="JSONL that remembers cells of the audits between runs")
    options = parser.parse_args()
    for part in options.part or PARTS:
        print(f"\n## {part}\n", flush=True)
        PARTS[part](options.repeats, options.cells)


PARTS: dict[str, Callable[[int, Path | None], None]] = {
    "audits": audits,
    "verdicts": lambda repeats, _: verdicts(repeats),
    "style": lambda repeats, _: style(repeats),
}


if __name__ == "__main__":
    main()
