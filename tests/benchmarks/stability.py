"""Judge the same candidates three times, the third time with every core loaded by other work.

    AUDITOR_DATA=… python -m tests.benchmarks.stability [--programs 5000]

Prints every verdict that differs between runs, and which of them were named flaky.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import time
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.records import Program, SuiteName, Task, Verdict
from auditor.verify import Verifier
from tests.benchmarks import codet

Verdicts = dict[tuple[str, SuiteName], Verdict]


def run(tasks: dict[str, Task], programs: list[Program], workers: int) -> Verdicts:
    """Judge every program once."""
    found: Verdicts = {}
    with Verifier(tasks, VerifyConfig(workers=workers)) as verifier:
        for verdicts in verifier.verify(programs):
            found |= {(verdict.program, verdict.suite): verdict for verdict in verdicts}
    return found


def burn(stop: multiprocessing.synchronize.Event) -> None:
    """Keep a core busy until told to stop."""
    while not stop.is_set():
        sum(number * number for number in range(10_000))


def main() -> None:
    """Run three times and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    data = Path(os.environ["AUDITOR_DATA"])
    tasks = codet.tasks(data)
    programs = codet.distinct(codet.recorded(data, tasks))
    random.Random(7).shuffle(programs)
    programs = sorted(programs[: options.programs], key=lambda program: program.task_id)
    tasks = {program.task_id: tasks[program.task_id] for program in programs}
    runs = []
    for name in ("first", "second", "under load"):
        stop = multiprocessing.Event()
        loads = [multiprocessing.Process(target=burn, args=(stop,)) for _ in range(os.cpu_count() or 1)]
        for load in loads if name == "under load" else ():
            load.start()
        began = time.monotonic()
        try:
            runs.append(run(tasks, programs, options.workers))
        finally:
            stop.set()
            for load in loads:
                if load.pid is not None:
                    load.join()
        flaky = sum(verdict.flaky for verdict in runs[-1].values())
        print(f"{name}: {len(runs[-1])} verdicts in {time.monotonic() - began:.0f} s, {flaky} flaky", flush=True)
    differing = 0
    for key in sorted(set().union(*runs)):
        verdicts = [found.get(key) for found in runs]
        if len({verdict and verdict.outcome for verdict in verdicts}) > 1:
            differing += 1
            named = any(verdict is not None and verdict.flaky for verdict in verdicts)
            said = [verdict and f"{verdict.outcome.value} {verdict.detail}" for verdict in verdicts]
            print(f"{key}: {said} {'named flaky' if named else 'NOT named'}")
    print(f"{differing} verdicts differ between runs")


if __name__ == "__main__":
    main()
