"""Mutants of the references that base, strengthened and plus suites kill, on their own and together.

Takes the tests from the results of :mod:`tests.benchmarks.strengthen`. Mutants have a part in choosing those tests, so
half of each reference's mutants are held out: they are counted on tests that were chosen without them, and without
any program that is one of them by its syntax tree. (Where base kills all of them, nothing is chosen again.) One line of
results for a mutant; a task that the file has already is not run again.

    python -m tests.benchmarks.strengthened_mutants ../shared/data strengthened.jsonl mutants.jsonl --benchmark mbpp
"""

from __future__ import annotations

import argparse
import ast
import json
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from auditor.analysis.intervals import ratio_interval
from auditor.benchmark.values import decode_value
from auditor.config import PerTest, VerifyConfig
from auditor.extraction.python import parse
from auditor.grading.explore import Exploration
from auditor.grading.ground import Ground
from auditor.mutation.mutate import mutants
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task
from auditor.verify import Verifier
from tests.benchmarks.recorded_sets import SOURCES, tasks_of

MOST = 10
"""Mutants of a task, spread over the program."""
PLUS, ALL, APART = "plus", "strengthened", "held out"
"""The suites beside base; the last is chosen without the mutants that are held out."""


def held_out(task: Task) -> frozenset[int]:
    """Return half of the mutants of a task's reference by number, counted from 1; of an odd number either half."""
    random, number = Random(f"held out: {task.task_id}"), sum(1 for _ in mutants(task.reference))
    return frozenset(random.sample(range(1, number + 1), (number + random.randrange(2)) // 2))


def without(found: Exploration, ground: Ground, task: Task, numbers: Collection[int]) -> Exploration:
    """Return what is known without these mutants, and without any program that is one of them by its syntax tree."""
    forms = {_form(one.source) for number, one in enumerate(mutants(task.reference), 1) if number in numbers}
    apart = {name for name, source in ground.others.items() if _form(source) in forms}
    failing = {name: places for name, places in found.failing.items() if name not in apart}
    return replace(found, failing=failing, accepted=found.accepted - apart)


def _form(source: str) -> str:
    parsed = parse(source)
    return source if parsed is None else ast.unparse(parsed.tree)


def spread(numbers: Sequence[int]) -> set[int]:
    """Return at most :data:`MOST` numbers, evenly spread, as suites are graded."""
    step = max(1.0, len(numbers) / MOST)
    return {numbers[int(place * step)] for place in range(min(len(numbers), MOST))}


def judged(tasks: Iterable[Task], rows: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    """Run the mutants of some tasks on base and, where they pass it, on the other suites."""
    fit = list(tasks)
    found: dict[str, dict[str, object]] = {}
    programs: dict[str, Program] = {}
    for task in fit:
        numbers = list(range(1, sum(1 for _ in mutants(task.reference)) + 1))
        apart = held_out(task)
        ten, held = spread(numbers), spread([one for one in numbers if one in apart])
        for number, mutant in enumerate(mutants(task.reference), 1):
            if number in ten | held:
                program = Program.of(task.task_id, mutant.source)
                programs[program.program] = program
                found[program.program] = {
                    "task_id": task.task_id, "number": number, "ten": number in ten, "held": number in held,
                    "about": f"line {mutant.line}: {mutant.change}",
                }  # fmt: skip
    unfit: dict[str, str] = {}
    for name in (ALL, APART, PLUS):
        left = [one for key, one in programs.items() if found[key].get("base", "pass") == Outcome.PASS.value]
        same = {task.task_id for task in fit if name == APART and _made(rows, task, APART) == _made(rows, task, ALL)}
        for program in left:
            if program.task_id in same:
                found[program.program][APART] = found[program.program][ALL]
        wanted = {one.task_id for one in left} - same - unfit.keys()
        changed = {task.task_id: _with_suite(task, name, rows) for task in fit if task.task_id in wanted}
        with Verifier(changed, VerifyConfig(workers=1, per_test=PerTest.NONE)) as verifier:
            unfit |= verifier.check_references()
            for verdicts in verifier.verify(one for one in left if one.task_id in wanted - unfit.keys()):
                row = found[verdicts[0].program]
                for verdict in verdicts:
                    row["base" if verdict.suite is SuiteName.BASE else name] = verdict.outcome.value
    told: list[dict[str, object]] = [{"task_id": task_id, "unfit": why} for task_id, why in unfit.items()]
    none = {task.task_id for task in fit} - {str(row["task_id"]) for row in found.values()} - set(unfit)
    told += ({"task_id": task_id} for task_id in sorted(none))
    return told + [row for row in found.values() if row["task_id"] not in unfit]


def _made(rows: Mapping[str, Mapping[str, object]], task: Task, name: str) -> object:
    return rows[task.task_id]["inputs" if name == ALL else "inputs_held_out"]


def _with_suite(task: Task, name: str, rows: Mapping[str, Mapping[str, object]]) -> Task:
    """Replace plus by a suite that was made; without a test in it, by base."""
    if name == PLUS:
        return task
    assert isinstance(task.base, InputSuite)
    assert isinstance(task.plus, InputSuite)
    given = _made(rows, task, name)
    assert isinstance(given, list)
    made = tuple(tuple(map(decode_value, arguments)) for arguments in given)
    return replace(task, plus=replace(task.plus, inputs=made or task.base.inputs, outputs=None))


def summary(rows: Sequence[Mapping[str, object]]) -> str:
    """Add up what the suites kill; intervals are over tasks."""
    tasks = sorted({str(row["task_id"]) for row in rows if "unfit" not in row})
    lines = [f"{len(tasks)} tasks; unfit: {[row for row in rows if 'unfit' in row]}"]
    for kind, own in (("ten", ALL), ("held", APART)):
        counted = [row for row in rows if row.get(kind)]
        count = Counter(str(row["task_id"]) for row in counted)
        lines.append(f"{kind}: {len(counted)} mutants of {len(count)} tasks")
        for names in ((), (own,), (PLUS,), (own, PLUS)):
            killed: Counter[str] = Counter()
            for row in counted:
                passes = all(row.get(name, "pass") == Outcome.PASS.value for name in ("base", *names))
                killed[str(row["task_id"])] += not passes
            share = ratio_interval([killed[one] for one in tasks], [count[one] for one in tasks])
            told = "" if share.value is None else f", {share.value:.1%} ({share.low:.1%} to {share.high:.1%})"
            lines.append(f"  base {' '.join(names)}: {sum(killed.values())} killed{told}")
    return "\n".join(lines)


def main() -> None:
    """Run the mutants of some tasks at a time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("strengthened", type=Path, help="made by tests.benchmarks.strengthen")
    parser.add_argument("results", type=Path)
    parser.add_argument("--benchmark", choices=tuple(SOURCES), default="humaneval")
    parser.add_argument("--chunk", type=int, default=12, help="tasks at a time")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further tasks after this many seconds")
    parser.add_argument("--summary", action="store_true", help="only add up what the file has")
    options = parser.parse_args()
    begun, cpu = time.monotonic(), time.process_time()
    rows = [json.loads(line) for line in options.results.read_text().splitlines()] if options.results.exists() else []
    made = {row["task_id"]: row for row in map(json.loads, options.strengthened.read_text().splitlines())}
    tasks = tasks_of(options.data, options.benchmark)
    done = {row["task_id"] for row in rows}
    left = [tasks[one] for one in made if one not in done and not options.summary]
    with options.results.open("a") as file:
        while left and time.monotonic() - begun < options.seconds:
            part, left = left[: options.chunk], left[options.chunk :]
            new = judged(part, made)
            file.writelines(json.dumps(row) + "\n" for row in new)
            file.flush()
            rows += new
    print(summary(rows))
    print(f"{len(left)} tasks to do; {time.process_time() - cpu:.0f} CPU seconds of this process")


if __name__ == "__main__":
    main()
