"""CPU time and peak memory of the analysis, next to a plain permutation simulation of the same curves.

Run: ``python -m tests.benchmarks.analysis_scale [--runs 5] [ROW …]`` (about a minute a run). 17 models × 164 tasks
× 200 samples, K = 1 … 200, five cost ratios; the simulation draws 1,000 orders a task, as the paper did, and gives no
intervals. Each row runs in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np

from auditor.analysis import AnalysisOptions, Counts, Level, analyze
from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.curve import scaling_curve
from tests.simulated_counts import Population

MODELS, TASKS, SAMPLES, ORDERS, RESAMPLES = 17, 164, 200, 1000, 2000
FP_COSTS = (0.0, 1.0, 2.0, 4.0, 8.0)


def simulated_models(samples: int = SAMPLES, models: int = MODELS) -> list[Counts]:
    rng = np.random.default_rng(0)
    return [Population(a=0.2 + 0.1 * place).counts(TASKS, samples, rng, f"model {place}") for place in range(models)]


def exact_curves() -> None:
    """Every curve and K* in closed form, without intervals."""
    for counts in simulated_models():
        scaling_curve(counts, SAMPLES, FP_COSTS, bootstrap=Bootstrap(resamples=0))


def everything(level: Level) -> None:
    """The whole analysis with its intervals: headline, curves, K*, buckets, two types, pairs, extrapolation."""
    analyze(simulated_models(), AnalysisOptions(fp_costs=FP_COSTS, resamples=RESAMPLES, level=level))


def over_tasks() -> None:
    """The whole analysis, 2,000 resamples of the tasks."""
    everything(Level.TASKS)


def over_tasks_and_samples() -> None:
    """The whole analysis, 2,000 resamples of the tasks and of the samples within each."""
    everything(Level.BOTH)


def ten_thousand_samples() -> None:
    """One model with 10,000 samples per task: every curve to K = 10,000 with 2,000 resamples."""
    (counts,) = simulated_models(10_000, 1)
    scaling_curve(counts, 10_000, FP_COSTS, bootstrap=Bootstrap(resamples=RESAMPLES))


def a_hundred_models() -> None:
    """100 models × 1,000 tasks × 200 samples: the whole analysis but pairs, which are on request beyond 20 models."""
    rng = np.random.default_rng(1)
    counts = [Population(a=0.2 + 0.02 * place).counts(1000, 200, rng, f"model {place}") for place in range(100)]
    analyze(counts, AnalysisOptions(fp_costs=FP_COSTS, resamples=RESAMPLES))


def permutation_simulation() -> None:
    """The plain way: 1,000 random orders a task, first base pass in each, mean reward at every K."""
    rng = np.random.default_rng(0)
    for counts in simulated_models():
        reward = np.zeros((len(FP_COSTS), SAMPLES))
        for n, base, correct in zip(counts.n, counts.base_passes, counts.correct, strict=True):
            labels = np.repeat([2, 1, 0], [correct, base - correct, n - base])
            orders = rng.permuted(np.tile(labels, (ORDERS, 1)), axis=1)
            passes = orders > 0
            first = np.where(passes.any(axis=1), passes.argmax(axis=1), n)
            found = orders[np.arange(ORDERS), np.minimum(first, n - 1)]
            for place, fp_cost in enumerate(FP_COSTS):
                worth = np.where(found == 2, 1.0, -fp_cost) * (first < n)
                reward[place] += np.cumsum(np.bincount(first, worth, n + 1)[:n]) / ORDERS
        (reward / len(counts)).argmax(axis=1)


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Run in a fresh process; returns CPU seconds of the work and the peak memory of the process in MB."""
    receive, send = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_report, args=(work, send))
    process.start()
    result: tuple[float, float] = receive.recv()
    process.join()
    return result


def _report(work: Callable[[], None], send: Connection) -> None:
    import scipy.sparse
    import scipy.special  # imported beforehand, so that its loading is nobody's cost

    del scipy
    before = time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    send.send((time.process_time() - before, peak / (1024 if sys.platform == "darwin" else 1)))


ROWS = (exact_curves, over_tasks, over_tasks_and_samples, ten_thousand_samples, a_hundred_models,
        permutation_simulation)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(row.__name__ for row in ROWS)}")
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    for row in ROWS:
        if not options.rows or row.__name__ in options.rows:
            seconds, peaks = zip(*(measured(row) for _ in range(options.runs)), strict=True)
            cpu = f"{min(seconds):7.2f} CPU-s least, {median(seconds):7.2f} median of {options.runs}"
            print(f"{row.__name__:26} {cpu}; at most {max(peaks):.0f} MB", flush=True)


if __name__ == "__main__":
    main()
