"""Which rule should choose among the samples that pass base? Measured on CodeT's 16,400 samples of HumanEval.

The rules are those of ``auditor select``; right and wrong are the recorded verdicts. Accepted programs are run on new
inputs made from the base suites (contracts are left out: a user may have none) and, with ``--tests``, on tests that the
model itself wrote. What was observed is kept in a file, one line per task, and not run again.

    python -m tests.benchmarks.selection ../shared/data observed.jsonl --tests codegen16B_test_case.jsonl
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.analysis.selection import AcceptedProgram, TaskPool, compare_rules
from auditor.cli.select import as_text
from auditor.config import VerifyConfig
from auditor.grading.behaviour import behaviours
from auditor.grading.written_tests import WrittenTest, read_written_tests
from auditor.records import Label, Task
from auditor.results import AnalysisOptions, Selections
from auditor.style import load_rubric, score_programs
from auditor.verify.observe import Observer
from tests.benchmarks.recorded_sets import tasks_of
from tests.real_data import Judged, codet_judged

DRAWS = (1, 2, 5, 10, 20, 50, 100)
ACCEPTED = {Label.TRUE_POSITIVE, Label.FALSE_POSITIVE}


def _passing(
    options: argparse.Namespace, tasks: Mapping[str, Task], by_task: Mapping[str, Sequence[Judged]],
    written: Mapping[str, Sequence[WrittenTest]], begun: float,
) -> dict[str, dict[str, list[int]]]:  # fmt: skip
    """Return task → program → the written tests that it passes; kept in a file next to the other."""
    path = options.observed.with_suffix(".tests.jsonl")
    lines = path.read_text().splitlines() if path.exists() else []
    known = {row["task_id"]: row["programs"] for row in map(json.loads, lines)}
    with Observer(VerifyConfig()) as observer, path.open("a") as file:
        for task_id, programs in by_task.items():
            good = {one.program.program: one.program.solution for one in programs if one.label in ACCEPTED}
            asked = written.get(task_id, ())
            if good and asked and task_id not in known and time.monotonic() - begun < options.seconds:
                found = behaviours(tasks[task_id], good, observer, inputs=0, tests=asked)
                known[task_id] = {name: sorted(one.passed) for name, one in found.items()}
                print(json.dumps({"task_id": task_id, "programs": known[task_id]}), file=file, flush=True)
    return known


def main() -> None:
    """Observe what is missing and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("observed", type=Path)
    parser.add_argument("--inputs", type=int, default=100)
    parser.add_argument("--tests", type=Path, help="tests that a model wrote")
    parser.add_argument("--most-tests", type=int, default=200, help="different written tests per task")
    parser.add_argument("--style", action="store_true", help="score the accepted programs, too")
    parser.add_argument("--subsets", type=int, default=200, help="random subsets of K samples, per task")
    parser.add_argument("--seconds", type=float, default=1e9, help="observe no further task after this many seconds")
    options = parser.parse_args()
    tasks = {task_id: replace(task, contract="") for task_id, task in tasks_of(options.data, "humaneval").items()}
    by_task: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in codet_judged(options.data):
        by_task[one.program.task_id].append(one)
    written = read_written_tests(options.tests, tasks, most=options.most_tests) if options.tests else {}
    lines = options.observed.read_text().splitlines() if options.observed.exists() else []
    known = {row["task_id"]: row["programs"] for row in map(json.loads, lines)}
    begun = time.monotonic()
    with Observer(VerifyConfig()) as observer, options.observed.open("a") as file:
        for task_id, programs in by_task.items():
            good = {one.program.program: one.program.solution for one in programs if one.label in ACCEPTED}
            if not good or task_id in known or time.monotonic() - begun > options.seconds:
                continue
            found = behaviours(tasks[task_id], good, observer, inputs=options.inputs)
            known[task_id] = {name: list(one.answers) for name, one in found.items()}
            print(json.dumps({"task_id": task_id, "programs": known[task_id]}), file=file, flush=True)
    passing = _passing(options, tasks, by_task, written, begun) if written else {}
    accepted = [one for group in by_task.values() for one in group if one.label in ACCEPTED]
    due = {one.program.task_id for one in accepted}
    missing = (due - known.keys()) | ((due & written.keys()) - passing.keys() if written else set())
    print(f"{len(accepted)} accepted programs, {len(missing)} tasks still to observe", flush=True)
    if missing:
        return
    scores: dict[str, float | None] = {}
    if options.style:
        prompts = {task_id: task.prompt for task_id, task in tasks.items()}
        rubric = load_rubric("pep8")
        scores = {one.program: one.score for one in score_programs((a.program for a in accepted), prompts, rubric)}
    pools = []
    for task_id, programs in by_task.items():
        seen = known.get(task_id, {})
        pool = tuple(
            AcceptedProgram(
                right=one.label is Label.TRUE_POSITIVE, samples=one.samples, length=len(one.program.solution),
                answers=tuple(seen[one.program.program]),
                tests=frozenset(passing.get(task_id, {}).get(one.program.program, ())),
                score=scores.get(one.program.program),
            )
            for one in programs
            if one.label in ACCEPTED
        )  # fmt: skip
        times = tuple(test.times for test in written.get(task_id, ()))
        pools.append(TaskPool(task_id, sum(one.samples for one in programs), pool, times))
    found_rules = compare_rules(
        "codegen-16B-mono (CodeT)", pools, DRAWS, AnalysisOptions(),
        samples=sum(one.samples for group in by_task.values() for one in group), subsets=options.subsets,
    )  # fmt: skip
    print(as_text(Selections(models=(found_rules,))))
    for rule in found_rules.rules:
        gains = ", ".join(
            f"{point.attempts}: {100 * (point.gain.value or 0):+.1f} ({100 * (point.gain.low or 0):+.1f} to "
            f"{100 * (point.gain.high or 0):+.1f})"
            for point in rule.points
        )
        print(f"{rule.rule.value}: gain over any accepted at draws {gains}; p {rule.over_ceiling.p_adjusted}")


if __name__ == "__main__":
    main()
