"""Mutants of the references that base, strengthened and plus suites kill, on their own and together.

Takes the tests from the results of :mod:`tests.benchmarks.strengthen`. Mutants have a part in choosing those tests, so
half of each reference's mutants are held out: they are counted on tests that were chosen without them, and without
any program that is one of them by its syntax tree. (Where base kills all of them, nothing is chosen again.) Only tasks
of which base leaves a mutant have to be strengthened: ``--base`` names them. One line of results for a mutant and step;
what the file has already is not run again.

    python -m tests.benchmarks.strengthened_mutants ../shared/data strengthened.jsonl mutants.jsonl --benchmark mbpp
"""

from __future__ import annotations

import argparse
import ast
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
from auditor.verify.observe import Observer
from tests.benchmarks.recorded_sets import SOURCES, tasks_of
from tests.benchmarks.strengthen_causes import first_failing

MOST = 10
"""Mutants of a task, spread over the program."""
Row = dict[str, object]
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


def on_base(task: Task, observer: Observer) -> list[Row]:
    """Return a row for each mutant that is counted, with what base says of it."""
    numbers = list(range(1, sum(1 for _ in mutants(task.reference)) + 1))
    apart = held_out(task)
    ten, held = spread(numbers), spread([one for one in numbers if one in apart])
    chosen = {number: one for number, one in enumerate(mutants(task.reference), 1) if number in ten | held}
    assert isinstance(task.base, InputSuite)
    sources = {str(number): one.source for number, one in chosen.items()}
    failed = first_failing(task, task.base.inputs, sources, observer)
    rows: list[Row] = [
        {"task_id": task.task_id, "number": number, "ten": number in ten, "held": number in held,
         "about": f"line {one.line}: {one.change}", "source": one.source,
         "base": "fail" if failed[str(number)] else "pass"}
        for number, one in chosen.items()
    ]  # fmt: skip
    return rows or [{"task_id": task.task_id}]


def judged(tasks: Sequence[Task], left: Sequence[Row], made: Mapping[str, Mapping[str, object]]) -> list[Row]:
    """Run the mutants that base leaves on the other suites, and on base, whose verdict replaces the earlier one."""
    found = {Program.of(str(row["task_id"]), str(row["source"])).program: dict(row) for row in left}
    programs = {key: Program(key, str(row["task_id"]), str(row["source"])) for key, row in found.items()}
    unfit: dict[str, str] = {}
    for name in (ALL, APART, PLUS):
        same = {task.task_id for task in tasks if name == APART and _made(made, task, APART) == _made(made, task, ALL)}
        for key, program in programs.items():
            if program.task_id in same:
                found[key][APART] = found[key].get(ALL, "")
        changed = {one.task_id: _with_suite(one, name, made) for one in tasks if one.task_id not in same | unfit.keys()}
        with Verifier(changed, VerifyConfig(workers=1, per_test=PerTest.NONE)) as verifier:
            unfit |= verifier.check_references()
            wanted = changed.keys() - unfit.keys()
            for verdicts in verifier.verify(one for one in programs.values() if one.task_id in wanted):
                for verdict in verdicts:
                    suite = "base" if verdict.suite is SuiteName.BASE else name
                    found[verdicts[0].program][suite] = verdict.outcome.value
    return [{**row, "unfit": unfit[str(row["task_id"])]} if row["task_id"] in unfit else row for row in found.values()]


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


def summary(rows: Sequence[Row]) -> str:
    """Add up what base kills of all mutants, and what the other suites kill of those that it leaves.

    Intervals are over tasks. The second figures are of the tasks that were strengthened: a random part, if not all are.
    """
    unfit = {str(row["task_id"]): str(row["unfit"]) for row in rows if "unfit" in row}
    fit = [row for row in rows if row["task_id"] not in unfit]
    lines = [f"{len({row['task_id'] for row in fit})} tasks; unfit {unfit}"]
    for kind, own in (("ten", ALL), ("held", APART)):
        counted = [row for row in fit if row.get(kind)]
        left = [row for row in counted if row["base"] == Outcome.PASS.value]
        run = [row for row in left if own in row and PLUS in row]
        lines += [
            f"{kind}: base {_share(counted, ['base'])}; it leaves {len(left)} of {len(_tasks(left))} tasks",
            *(f"  of those of {len(_tasks(run))} tasks {' and '.join(names)}: {_share(run, names)}"
              for names in ([own], [PLUS], [own, PLUS])),
        ]  # fmt: skip
    return "\n".join(lines)


def _tasks(rows: Sequence[Row]) -> list[str]:
    return sorted({str(row["task_id"]) for row in rows})


def _share(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return the share of mutants that any of these suites kills."""
    count, killed = Counter(str(row["task_id"]) for row in rows), Counter[str]()
    for row in rows:
        killed[str(row["task_id"])] += any(row[name] != Outcome.PASS.value for name in names)
    share = ratio_interval([killed[one] for one in count], list(count.values()))
    told = "" if share.value is None else f" ({share.value:.1%}, {share.low:.1%} to {share.high:.1%})"
    return f"{killed.total()} of {len(rows)}{told}"


def main() -> None:
    """Run the mutants of all tasks on base, then those that it leaves on the other suites."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("strengthened", type=Path, help="made by tests.benchmarks.strengthen")
    parser.add_argument("results", type=Path)
    parser.add_argument("--benchmark", choices=tuple(SOURCES), default="humaneval")
    parser.add_argument("--chunk", type=int, default=6, help="tasks at a time")
    parser.add_argument(
        "--base", action="store_true", help="run on base alone, and name the tasks of which it leaves one"
    )
    parser.add_argument("--draw", type=int, help="so many tasks alone, drawn at random")
    parser.add_argument("--seed", type=int, default=17, help="of the draw")
    parser.add_argument("--summary", action="store_true", help="only add up what the file has")
    options = parser.parse_args()
    tasks = tasks_of(options.data, options.benchmark)
    if options.draw is not None:
        tasks = {one: tasks[one] for one in Random(options.seed).sample(list(tasks), options.draw)}
    rows = _read(options.results)
    made = {str(row["task_id"]): row for row in _read(options.strengthened)}
    with options.results.open("a") as file:

        def keep(new: Sequence[Row]) -> None:
            rows.extend(new)
            file.writelines(json.dumps(row) + "\n" for row in new)
            file.flush()

        known = {row["task_id"] for row in rows}
        if not options.summary:
            with Observer(VerifyConfig(workers=1)) as observer:
                for task_id, task in tasks.items():
                    if task_id not in known:
                        keep(on_base(task, observer))
        latest = {(row["task_id"], row.get("number")): row for row in rows}
        left = [row for row in latest.values() if row.get("base") == "pass" and ALL not in row and "unfit" not in row]
        open_ones = list(dict.fromkeys(str(row["task_id"]) for row in left))
        if options.base:
            print(*open_ones, sep="\n")
            return
        open_ones = [one for one in open_ones if one in made and not options.summary]
        for start in range(0, len(open_ones), options.chunk):
            part = open_ones[start : start + options.chunk]
            keep(judged([tasks[one] for one in part], [row for row in left if row["task_id"] in part], made))
    latest = {(row["task_id"], row.get("number")): row for row in rows}
    print(summary(list(latest.values())))


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


if __name__ == "__main__":
    main()
