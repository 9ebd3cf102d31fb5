"""How often intervals hold a known truth, and how often verdicts are wrong, on simulated audits.

``python -m tests.coverage_study [--repeats 200] [--part audits|verdicts|style|suites] [--cells FILE]`` prints Markdown
tables; each part says how many audits it simulated. Tasks are drawn each time from a population whose figures are
known: strong, middle and weak models, 30, 164 and 400 tasks, 1 to 100 samples per task. Every interval that the product
prints has a row. *Before* is the interval without the bounds for few deviating tasks and few wrong answers, on the same
audits; intervals over two models or slices, predictions and gates have no such column.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from auditor.analysis import Counts, Level, intervals
from auditor.analysis.attempt_set import best_attempt_set
from auditor.analysis.bootstrap import Bootstrap, measure_all
from auditor.analysis.curve import Band, scaling_curve
from auditor.analysis.model_entry import best_utility
from auditor.report.sentences.measured import LEAST, MOST, SIZES
from tests.coverage_pairs import compared, pair_truths, stronger
from tests.coverage_suites import suites
from tests.coverage_truth import FP_COSTS, Tallies, Tally, Truth
from tests.simulated_counts import Population, sample
from tests.style_study import style
from tests.verdict_study import verdicts

MODELS = {
    "strong": Population(a=2.0, b=0.5, floor=0.75, slope=0.2),
    "middle": Population(),
    "weak": Population(a=0.25, b=0.8, floor=0.6, slope=0.3, firmness=4.0),
}
SAMPLES = (1, 5, 20, 100)
SEEDS = 2
"""Bootstrap seeds taken in turn: few, since the weights of each are kept from audit to audit."""
COSTLY = 4
"""Of so many audits one also makes the intervals that take much time."""


def look(counts: Counts, bootstrap: Bootstrap, truth: Truth, tallies: Tallies) -> None:
    """Make every interval once and note whether it holds the truth."""
    draws = bootstrap.draw(counts)
    measured = measure_all([statistic for _, statistic, _ in truth.known], counts, bootstrap, draws)
    for (name, _, value), found in zip(truth.known, measured, strict=True):
        if found.low is not None and found.high is not None:
            tallies.setdefault(name, Tally()).see(found.low, found.high, value)
    curve = scaling_curve(counts, truth.most, FP_COSTS, bootstrap=bootstrap, draws=draws)
    bands: dict[str, Band] = {
        "accepted within K": curve.accepted, "correct within K": curve.correct, "expected draws": curve.draws,
        **{f"utility at K, cost {cost:g}": band for cost, band in zip(FP_COSTS, curve.utility, strict=True)},
    }  # fmt: skip
    for name, k, value in truth.points:
        band = bands[name]
        tallies.setdefault(name, Tally()).see(band.low[k - 1], band.high[k - 1], value)
    for cost, band in zip(FP_COSTS, curve.utility, strict=True):
        best, values = best_attempt_set(curve.table, cost, level=bootstrap.level), truth.utilities[cost]
        tallies.setdefault(f"K*, set, cost {cost:g}", Tally()).see(best.fewest, best.most, int(np.argmax(values)))
        found = best_utility(best, band)
        assert found.low is not None
        assert found.high is not None
        tallies.setdefault(f"best utility, cost {cost:g}", Tally()).see(found.low, found.high, max(values))


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
    truth = Truth(passing, precise, samples) if same_tasks else known_truth(population, samples)
    second, between = companion_truths(population, samples) if pairs else (truth, {})
    tallies: Tallies = {}
    companions = np.random.default_rng((seed, 1))
    for repeat in range(repeats):
        bootstrap = Bootstrap(resamples=resamples, seed=repeat % SEEDS, level=level)
        if not same_tasks:
            passing, precise = population.rates(tasks, rng)
        counts = sample(passing, precise, samples, rng, "simulated")
        look(counts, bootstrap, truth, tallies)
        if pairs:
            other = sample(*stronger(passing, precise), samples, companions, "stronger")
            every = repeat % COSTLY == 0
            compared((counts, truth), (other, second), between, bootstrap, tallies, costly=every)
    return tallies


@lru_cache
def known_truth(population: Population, samples: int) -> Truth:
    """Give what is true of a population, from many tasks."""
    return Truth(*population.rates(100_000, np.random.default_rng(99)), samples)


@lru_cache
def companion_truths(population: Population, samples: int) -> tuple[Truth, dict[str, float]]:
    """Give what is true of the stronger model on the same tasks, and of the two."""
    truth = known_truth(population, samples)
    second = Truth(*stronger(truth.passing, truth.precise), samples)
    return second, pair_truths(truth, second)


Cell = tuple[bool, str, int, int]
"""With the new bound or without, model, tasks and samples."""
Covered = dict[str, tuple[int, int]]
"""By interval: how often it held the truth, and out of how many."""
BLOCK = 50
"""Audits that are simulated and remembered at a time."""


def audits(repeats: int, file: Path | None) -> None:
    """Print the coverage of every interval by number of tasks, with and without the bounds for few tasks.

    Audits come in blocks, each with a seed of its own; *before* is of the first block alone.
    """
    known = _remembered(file)
    cells = [(model, tasks, samples) for tasks in SIZES for samples in SAMPLES for model in MODELS]
    blocks = [(True, 0), (False, 0), *((True, block) for block in range(1, -(-repeats // BLOCK)))]
    for after, block in blocks:
        for model, tasks, samples in cells:
            cell = (after, model, tasks, samples)
            if (cell, block) not in known:
                known[cell, block] = _block(cell, block)
                if file:
                    with file.open("a") as out:
                        print(json.dumps({"cell": cell, "block": block, "covered": known[cell, block]}), file=out)
        print(f"block {block}, {'after' if after else 'before'}", file=sys.stderr, flush=True)
    cells_each = f"{len(blocks[1:]) * BLOCK} audits for each of {len(MODELS)} models and n = "
    print(f"{cells_each}{', '.join(map(str, SAMPLES))}: mean coverage in %, lowest cell in brackets.\n")
    found: dict[Cell, Covered] = {}
    for (cell, _), covered in known.items():
        sums = found.setdefault(cell, {})
        for name, (held, seen) in covered.items():
            before = sums.get(name, (0, 0))
            sums[name] = before[0] + held, before[1] + seen
    _table({cell: {name: held / seen for name, (held, seen) in sums.items()} for cell, sums in found.items()})


def _block(cell: Cell, block: int) -> Covered:
    after, model, tasks, samples = cell
    few, intervals.FEW = intervals.FEW, intervals.FEW if after else 0.0
    seed = 7 + 1000 * block
    found = study(MODELS[model], tasks=tasks, samples=samples, repeats=BLOCK, resamples=300, pairs=after, seed=seed)
    intervals.FEW = few
    return {name: (int(tally.inside), int(tally.seen)) for name, tally in found.items()}


def _remembered(file: Path | None) -> dict[tuple[Cell, int], Covered]:
    """Read the blocks that earlier runs left."""
    if file is None or not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return {
        ((bool(row["cell"][0]), *row["cell"][1:]), row["block"]): {
            name: (held, seen) for name, (held, seen) in row["covered"].items()
        }
        for row in rows
    }


def _table(found: dict[Cell, dict[str, float]]) -> None:
    """Print a row per interval: means over models and samples, and the lowest cell."""
    columns = [(tasks, after) for tasks in SIZES for after in (False, True)]
    head = [f"{tasks} tasks, {'after' if after else 'before'}" for tasks, after in columns]
    print(f"| interval | {' | '.join(head)} |\n|---|{'--:|' * len(columns)}")
    outside = []
    for name in dict.fromkeys(name for covered in found.values() for name in covered):
        row = []
        for tasks, after in columns:
            shares = {cell: covered[name] for cell, covered in found.items()
                      if (cell[2], cell[0]) == (tasks, after) and name in covered}  # fmt: skip
            if not shares:
                row.append("–")
                continue
            mean, worst = 100 * float(np.mean(list(shares.values()))), min(shares, key=lambda cell: shares[cell])
            row.append(f"{mean:.1f} ({100 * shares[worst]:.0f})")
            if after and not LEAST <= mean <= MOST:
                outside.append(f"{name}, {tasks} tasks: {mean:.1f}; lowest {worst[1]}, n = {worst[3]}")
        print(f"| {name} | {' | '.join(row)} |")
    print(f"\nOutside {LEAST:g} to {MOST:g} %:\n")
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
    "suites": lambda repeats, _: suites(repeats),
}


if __name__ == "__main__":
    main()
