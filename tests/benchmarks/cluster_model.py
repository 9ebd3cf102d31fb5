"""A simulation of an audit of 557,600 samples on clusters that are not here, from figures that were measured.

``python -m tests.benchmarks.cluster_model`` prints the wall time of verification for several numbers of one-thread
workers. The assumptions are the constants below: see docs/scale.md for where each was measured. A driver is one server
that makes, sends and takes in batches, one after the other; a worker takes its batches in the order sent, two at a time
on their way, and calibrates each task that is new to it first. Workers do not fail, and all are there from the start.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass

SAMPLES, DISTINCT, TASKS, BATCH, AHEAD = 557_600, 0.70, 164, 100, 2


@dataclass(frozen=True, slots=True)
class Costs:
    """Measured figures."""

    program: float = 0.048
    """CPU seconds of a worker for a program: 352 over the 7,381 of ``end_to_end --tasks 41``."""
    driver: float = 24e-6
    """CPU seconds of the driver for a program, storing its verdicts included: ``driver_cost``."""
    calibration: float = 25.4 / TASKS
    """CPU seconds of a worker for the references of a task, in the mean."""
    latency: float = 0.005
    """Seconds of a batch or an answer on its way, through the scheduler."""


def wall(workers: int, costs: Costs, *, drivers: int = 1, seed: int = 0) -> tuple[float, float, float]:
    """Return wall seconds, share of time that workers work, and share that the driver does.

    With several drivers each has its share of tasks and of workers, as with shards.
    """
    chance = random.Random(seed)
    each = round(SAMPLES * DISTINCT / TASKS / BATCH)
    tasks = range(0, TASKS, drivers)
    batches = deque(task for task in tasks for _ in range(each))
    crew = max(1, workers // drivers)
    known: list[set[int]] = [set() for _ in range(crew)]
    free_at = [0.0] * crew
    busy = driver_at = driver_busy = end = 0.0
    half = BATCH * costs.driver / 2
    ready: list[tuple[float, int]] = [(0.0, worker) for worker in range(crew) for _ in range(AHEAD)]
    heapq.heapify(ready)  # when the driver learns that a worker has room
    while ready:
        told, worker = heapq.heappop(ready)
        if told > 0:  # an answer to take in
            driver_at = max(driver_at, told) + half
            driver_busy += half
            end = max(end, driver_at)
        if not batches:
            continue
        task = batches.popleft()
        driver_at = max(driver_at, told) + half
        driver_busy += half
        work = BATCH * costs.program * chance.uniform(0.5, 1.5)
        if task not in known[worker]:
            known[worker].add(task)
            work += costs.calibration
        busy += work
        free_at[worker] = max(free_at[worker], driver_at + costs.latency) + work
        heapq.heappush(ready, (free_at[worker] + costs.latency, worker))
    return end, busy / (end * crew), driver_busy / end


def main() -> None:
    """Print the table."""
    print(f"{'workers':>8} {'drivers':>8} {'driver μs':>10} {'wall s':>8} {'workers busy':>13} {'driver busy':>12}")
    for workers, drivers, micro in (
        (2, 1, 387), (16, 1, 387), (32, 1, 387), (64, 1, 387), (64, 1, 24), (256, 1, 24), (512, 1, 24), (1024, 1, 24),
        (1024, 8, 24),
    ):  # fmt: skip
        seconds, busy, driver = wall(workers, Costs(driver=micro / 1e6), drivers=drivers)
        print(f"{workers:8} {drivers:8} {micro:10} {seconds:8.0f} {busy:13.0%} {driver:12.0%}")


if __name__ == "__main__":
    main()
