"""Mutants of the references that base, base with strengthened tests, and base with plus kill.

Takes the tests from the results of :mod:`tests.benchmarks.strengthen`. The mutants had a part in choosing those tests,
so they say whether thirty tests can do what hundreds do, and not what unseen programs meet.

    python -m tests.benchmarks.strengthened_mutants ../shared/data results.jsonl --benchmark humaneval
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from auditor.analysis.intervals import ratio_interval
from auditor.benchmark.values import decode_value
from auditor.config import VerifyConfig
from auditor.mutation.mutate import mutants
from auditor.records import InputSuite
from auditor.verify.observe import Observer
from tests.benchmarks.recorded_sets import SOURCES, tasks_of
from tests.benchmarks.strengthen_causes import failing

MOST = 10
"""Mutants of a task, spread over the program."""


def main() -> None:
    """Run the mutants on all three suites."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--benchmark", choices=tuple(SOURCES), default="humaneval")
    options = parser.parse_args()
    tasks = tasks_of(options.data, options.benchmark)
    rows = {row["task_id"]: row for path in options.results for row in map(json.loads, path.read_text().splitlines())}
    killed: dict[str, list[int]] = {"base": [], "base and strengthened": [], "base and plus": []}
    counts: list[int] = []
    with Observer(VerifyConfig(workers=1)) as observer:
        for task_id, row in rows.items():
            task = tasks[task_id]
            assert isinstance(task.base, InputSuite)
            assert isinstance(task.plus, InputSuite)
            changed = [one.source for one in mutants(task.reference)]
            step = max(1.0, len(changed) / MOST)
            programs = {str(n): changed[int(n * step)] for n in range(min(len(changed), MOST))}
            made = [tuple(map(decode_value, arguments)) for arguments in row["inputs"]]
            inputs = [*task.base.inputs, *made, *task.plus.inputs]
            first, second = len(task.base.inputs), len(task.base.inputs) + len(made)
            hit = failing(task, inputs, programs, observer)
            counts.append(len(programs))
            killed["base"].append(sum(any(place < first for place in places) for places in hit.values()))
            killed["base and strengthened"].append(
                sum(any(place < second for place in places) for places in hit.values())
            )
            killed["base and plus"].append(
                sum(any(not first <= place < second for place in places) for places in hit.values())
            )
    print(f"{len(rows)} tasks, {sum(counts)} mutants")
    for name, hits in killed.items():
        share = ratio_interval(hits, counts)
        print(f"{name}: {sum(hits)} killed" + ("" if share.value is None else
              f", {share.value:.1%} ({share.low:.1%} to {share.high:.1%})"))  # fmt: skip


if __name__ == "__main__":
    main()
