"""What are a benchmark's suites worth: controls that they accept, and the share of mutants that base and plus kill?

Tasks are graded some at a time, one line of results for each program; tasks that the file has already are not graded
again. Figures are pooled over mutants, intervals are over tasks.

    python -m tests.benchmarks.grades ../shared/data/evalplus/HumanEvalPlus.jsonl.gz results.jsonl --mutants 10
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.analysis.intervals import ratio_interval
from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.grading.suites import PoolName, judged_specimens
from auditor.records import Outcome

Row = Mapping[str, str]


def summary(rows: Sequence[Row]) -> str:
    """Add up what each suite killed, and name the tasks that accept a control."""
    tasks = sorted({row["task_id"] for row in rows})
    lines = [f"{len(tasks)} tasks, {sum(row['pool'] == PoolName.MUTANT.value for row in rows)} mutants"]
    for name in ("base", "both"):
        total, killed = dict.fromkeys(tasks, 0), dict.fromkeys(tasks, 0)
        accepted: defaultdict[str, list[str]] = defaultdict(list)
        controls = 0
        for row in rows:
            passes = row["base"] == Outcome.PASS.value and (name == "base" or row["plus"] == Outcome.PASS.value)
            if row["pool"] == PoolName.MUTANT.value:
                total[row["task_id"]] += 1
                killed[row["task_id"]] += not passes
            elif row["pool"] == PoolName.CONTROL.value:
                controls += 1
                if passes:
                    accepted[row["task_id"]].append(row["about"])
        score = ratio_interval(list(killed.values()), list(total.values()))
        share = "" if score.value is None else f"{score.value:.1%} ({score.low:.1%} to {score.high:.1%})"
        lines += [
            f"{name}: mutants killed {share}; controls accepted {sum(map(len, accepted.values()))} of {controls}",
            *(f"  {task_id}: {', '.join(names)}" for task_id, names in accepted.items()),
        ]
    return "\n".join(lines)


def main() -> None:
    """Grade some tasks at a time until all are done or time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("results", type=Path)
    parser.add_argument("--mutants", type=int, default=10)
    parser.add_argument("--chunk", type=int, default=12, help="tasks graded at a time")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further tasks after this many seconds")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--summary", action="store_true", help="only add up what the file has")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.results.read_text().splitlines()] if options.results.exists() else []
    benchmark, begun = load_benchmark(options.source), time.monotonic()
    done = {row["task_id"] for row in rows}
    left = [task for task in benchmark.tasks if task.task_id not in done and not options.summary]
    config = VerifyConfig(workers=options.jobs, python=options.python)
    with options.results.open("a") as file:
        while left and time.monotonic() - begun < options.seconds:
            part, left = left[: options.chunk], left[options.chunk :]
            judged = judged_specimens(replace(benchmark, tasks=tuple(part)), config, most_mutants=options.mutants)
            made = [
                {"task_id": one.specimen.program.task_id, "pool": one.specimen.pool.value,
                 "about": one.specimen.about, "base": one.base.value, "plus": one.plus.value}
                for one in judged.graded
            ]  # fmt: skip
            made += [
                {"task_id": task_id, "pool": "unfit", "about": why, "base": "", "plus": ""}
                for task_id, why in judged.unfit.items()
            ]
            file.writelines(json.dumps(row) + "\n" for row in made)
            file.flush()
            rows += made
    unfit = {row["task_id"]: row["about"] for row in rows if row["pool"] == "unfit"}
    print(summary([row for row in rows if row["task_id"] not in unfit]))
    print(f"{len(left)} tasks to do; unfit: {unfit}")


if __name__ == "__main__":
    main()
