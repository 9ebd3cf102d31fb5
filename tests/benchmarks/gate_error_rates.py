"""How often rules decide wrongly, over 1,000 simulated runs of each kind.

The threshold of every rule is the truth itself, so any clear verdict counts as wrong: the share of
passes and of fails should each stay below 2.5 % at 95 %. Next to it, the same for the plain percentile
bootstrap over tasks, on the same runs. Run it with ``python -m tests.benchmarks.gate_error_rates``.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from auditor.analysis import metrics as figures
from auditor.gates import Judgement, RunView, evaluate
from tests.unit.gates.planted import SCENARIOS, Scenario, rules, runs, truths, wrong

RESAMPLES = 1000


@lru_cache
def bootstrap_weights(tasks: int) -> NDArray[np.float64]:
    """Draw how often each task is in each resample; the same for all runs of a size."""
    draws = np.random.default_rng(0).multinomial(tasks, np.full(tasks, 1 / tasks), RESAMPLES)
    return draws.astype(np.float64)


def bootstrap_verdict(run: RunView, metric: str, truth: float) -> Judgement:
    """Judge by the plain percentile bootstrap, if the analysis has the figure as a ratio."""
    columns = figures.STATISTICS[metric](run.models[0].counts)
    weights = bootstrap_weights(len(columns.numerators))
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = np.nanquantile((weights @ columns.numerators) / (weights @ columns.denominators), [0.025, 0.975])
    return Judgement.FAIL if high < truth else Judgement.PASS if low >= truth else Judgement.INCONCLUSIVE


Verdicts = dict[str, Counter[Judgement]]


def measure(scenario: Scenario, count: int) -> tuple[Verdicts, Verdicts]:
    """Count wrong verdicts of the gates and of the bootstrap on the same runs."""
    planted, truth = rules(scenario), truths(scenario)
    ours: Verdicts = {rule.metric: Counter() for rule in planted}
    plain: Verdicts = {name: Counter() for name in ours if name in figures.STATISTICS}
    for run in runs(scenario, count):
        for rule in planted:
            (result,) = evaluate([rule], run)
            ours[rule.metric][result.verdict] += wrong(rule, result.verdict)
        for name, verdicts in plain.items():
            verdicts[bootstrap_verdict(run, name, truth[name])] += 1
    return ours, plain


def main() -> None:
    """Print a table for each scenario."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--only", type=int, choices=range(len(SCENARIOS)), help="one kind of run, by its number")
    arguments = parser.parse_args()
    count, only = arguments.runs, arguments.only
    worst = 0.0
    for scenario in SCENARIOS if only is None else SCENARIOS[only : only + 1]:
        start = time.process_time()
        ours, plain = measure(scenario, count)
        spent = time.process_time() - start
        print(f"\n{scenario.name}: {scenario.tasks} tasks, {scenario.samples} samples; {spent:.0f} CPU-s")
        headings = ("truth", "wrong pass", "wrong fail", "both", "plain bootstrap")
        print(f"{'metric':<28}" + "".join(f"{heading:>16}" for heading in headings))
        for name, truth in truths(scenario).items():
            if name not in ours:
                continue
            passed, failed = (ours[name][verdict] / count for verdict in (Judgement.PASS, Judgement.FAIL))
            other = f"{1 - plain[name][Judgement.INCONCLUSIVE] / count:16.1%}" if name in plain else ""
            print(f"{name:<28}{truth:>16.3f}{passed:>16.1%}{failed:>16.1%}{passed + failed:>16.1%}{other}")
            worst = max(worst, passed, failed)
    print(f"\nworst side: {worst:.1%} of runs judged wrongly with the threshold at the truth")


if __name__ == "__main__":
    main()
