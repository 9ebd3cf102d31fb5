"""How much of what plus kills do suites kill that `auditor tasks strengthen` builds from base alone?

Tasks are stripped to their base suites. Some models choose tests: their distinct programs are the samples that
`strengthen` is given, without labels. The distinct programs of other models, which pass base and of which plus is
known to accept or reject, are counted. A program that a choosing model wrote too is not counted.
One line of results for a task; a task that the file has already is not run again. What is missed is reported by cause,
see :mod:`tests.benchmarks.strengthen_causes`.

    python -m tests.benchmarks.strengthen ../shared/data results.jsonl --contract --tasks odd
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from auditor.analysis.intervals import ratio_interval
from auditor.benchmark.values import encode_value
from auditor.config import VerifyConfig
from auditor.grading.explore import explore
from auditor.grading.ground import Ground, ProgramPool
from auditor.grading.strengthen import INPUTS, TESTS, tests_of
from auditor.records import InputSuite, Label, Task
from auditor.verify.observe import Observer
from tests.benchmarks.base_passing import Found, found, labels_of, published_labels
from tests.benchmarks.recorded_sets import tasks_of
from tests.benchmarks.strengthen_causes import Told, cause_of, first_failing
from tests.benchmarks.strengthened_mutants import held_out, without

SAMPLES = 40
"""Distinct programs of choosing models that a task is given, drawn over the models in turn."""
COUNTED = {"humaneval": ("CodeT",), "mbpp": ("evalplus-PR",)}
"""The publishers whose models are counted, by benchmark; the others choose."""
MOST_RIGHT = 10
"""Programs of a task that plus accepts and that are counted, at most."""


def stripped(task: Task) -> Task:
    """Return a task without its plus inputs."""
    assert isinstance(task.base, InputSuite)
    assert isinstance(task.plus, InputSuite)
    return replace(task, plus=replace(task.plus, inputs=(), outputs=None))


def is_counted(model: str, benchmark: str) -> bool:
    """Say whether a model is counted, and so has no part in choosing tests."""
    return any(publisher in model for publisher in COUNTED[benchmark])


def choosers(programs: Sequence[Found], benchmark: str, random: Random) -> list[str]:
    """Draw programs of models that are not counted: one of each model in turn, in random order."""
    by_model: defaultdict[str, list[str]] = defaultdict(list)
    for one in programs:
        for model in one.models:
            if not is_counted(model, benchmark):
                by_model[model].append(one.program.solution)
    for group in by_model.values():
        random.shuffle(group)
    chosen: dict[str, None] = {}
    while by_model and len(chosen) < SAMPLES:
        for model in sorted(by_model):
            chosen.setdefault(by_model[model].pop())
            if not by_model[model]:
                del by_model[model]
    return list(chosen)[:SAMPLES]


def judged_of(programs: Sequence[Found], labels: Mapping[str, Label], benchmark: str, label: Label) -> dict[str, str]:
    """Return the counted programs with a label: id → source."""
    return {
        one.program.program: one.program.solution for one in programs
        if labels.get(one.program.program) is label and all(is_counted(model, benchmark) for model in one.models)
    }  # fmt: skip


def measure(
    task: Task, programs: Sequence[Found], labels: Mapping[str, Label], observer: Observer, options: argparse.Namespace
) -> dict[str, object]:
    """Strengthen one task and count whom its tests reject."""
    begun, cpu = time.monotonic(), time.process_time()
    samples = () if options.no_samples else tuple(choosers(programs, options.benchmark, Random(task.task_id)))
    counted = () if options.no_count else programs
    wrong = judged_of(counted, labels, options.benchmark, Label.FALSE_POSITIVE)
    right = judged_of(counted, labels, options.benchmark, Label.TRUE_POSITIVE)
    right = dict(list(right.items())[:MOST_RIGHT])
    assert isinstance(task.plus, InputSuite)
    base = replace(stripped(task), contract=task.contract if options.contract else "")
    ground, vote = Ground(base, observer, ProgramPool(samples=samples)), not options.no_vote
    explored = explore(ground, most=options.inputs, seed=0, vote=vote)
    before = ground.spent
    made = tests_of(ground, explored, tests=options.tests, seed=0, vote=vote)
    own, spent = time.process_time() - cpu, made.cpu_seconds
    apart = held_out(task)
    blind = made
    if explored is not None and any(f"mutant {number}" in explored.accepted for number in apart):
        ground.cpu_seconds -= ground.spent - before  # the time that the first choice has taken
        blind = tests_of(ground, without(explored, ground, task, apart), tests=options.tests, seed=0, vote=vote)
    inputs = [test.arguments for test in made.tests]
    hit = first_failing(base, inputs, wrong | right, observer)
    missed = [key for key in wrong if not hit[key]]
    causes: dict[str, str] = {}
    if missed and options.causes:
        told = Told(ground, explored, plus=task.plus.inputs)
        causes = {key: cause_of(key, wrong[key], told, observer).value for key in missed}
    return {
        "task_id": task.task_id, "samples": len(samples), "tests": len(made.tests), "valid": made.valid,
        "disputed": len(made.underspecified), "suspects": made.suspects, "caught": made.caught,
        "skipped": made.skipped, "program_cpu": round(spent, 2), "own_cpu": round(own, 2),
        "wrong": len(wrong), "wrong_killed": len(wrong) - len(missed), "missed": causes or dict.fromkeys(missed, ""),
        "right": len(right), "right_killed": sum(bool(hit[key]) for key in right),
        "rejected": [
            {"program": key, "input": [encode_value(one) for one in inputs[place]], "origin": made.tests[place].origin,
             "expected": made.tests[place].expected, "got": hit[key][place]}
            for key in right for place in list(hit[key])[:1]
        ],
        "inputs": [[encode_value(one) for one in arguments] for arguments in inputs],
        "held_out": sorted(apart),
        "inputs_held_out": [[encode_value(one) for one in test.arguments] for test in blind.tests],
        "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


def summary(rows: Sequence[Mapping[str, object]]) -> str:
    """Add the tasks up; intervals are over tasks."""

    def values(key: str) -> list[float]:
        return [float(str(row.get(key, 0))) for row in rows]

    def share(key: str, of: str) -> str:
        found = ratio_interval(values(key), values(of))
        about = "" if found.value is None else f" ({found.value:.1%}, {found.low:.1%} to {found.high:.1%})"
        return f"{sum(values(key)):.0f} of {sum(values(of)):.0f}{about}"

    worked = [row for row in rows if not row["skipped"]]
    count = max(1, len(worked))
    cpu = [float(str(row["program_cpu"])) + float(str(row["own_cpu"])) for row in worked]
    causes = Counter(cause for row in rows for cause in dict(row["missed"]).values())  # type: ignore[call-overload]
    lines = [
        f"{len(rows)} tasks, {len(worked)} strengthened, {sum(map(bool, values('wrong')))} with a program to kill",
        f"tests a task: {sum(values('tests')) / count:.1f}, {max(values('tests'), default=0):.0f} at most",
        f"killed {share('wrong_killed', 'wrong')} that plus kills",
        f"rejected {share('right_killed', 'right')} that plus accepts",
        f"CPU seconds a task: {sum(cpu) / count:.1f}, {max(cpu, default=0.0):.1f} at most",
        *(f"left: {row['task_id']}: {row['skipped']}" for row in rows if row["skipped"]),
        *(f"  {number} {cause}" for cause, number in causes.most_common()),
    ]
    for row in rows:
        told: Counter[str] = Counter(dict(row["missed"]).values())  # type: ignore[call-overload]
        named = ", ".join(f"{number} {cause}" for cause, number in told.most_common())
        lines += [f"missed: {row['task_id']}, of {row['wrong']}: {named}"] if told else []
        lines += [f"rejected: {row['task_id']}, {row['right_killed']} of {row['right']}"] if row["right_killed"] else []
    return "\n".join(lines)


def _wanted(
    options: argparse.Namespace, tasks: Sequence[str], by_task: Mapping[str, list[Found]], labels: Mapping[str, Label]
) -> list[str]:
    """Name the tasks to measure, in the benchmark's order."""
    parity = {"odd": {1}, "even": {0}, "all": {0, 1}}[options.tasks]
    labelled = (Label.FALSE_POSITIVE,) if options.wrong else (Label.FALSE_POSITIVE, Label.TRUE_POSITIVE)
    wanted = [
        task_id for task_id in options.task or tasks
        if int(task_id.rpartition("/")[2]) % 2 in parity
        and (options.every or any(
            judged_of(by_task[task_id], labels, options.benchmark, label) for label in labelled
        ))
    ]  # fmt: skip
    if options.shuffle:
        Random(options.seed).shuffle(wanted)
    if options.draw is not None:
        drawn = set(Random(options.seed).sample(wanted, min(options.draw, len(wanted))))
        wanted = [task_id for task_id in wanted if task_id in drawn]
    return wanted


def _programs(options: argparse.Namespace) -> tuple[dict[str, list[Found]], dict[str, Label]]:
    """Return the programs by task, and what is known of them; kept next to the labels, as reading takes a while."""
    kept = options.labels.with_suffix(f".{options.benchmark}.pickle")
    labels = labels_of(options.data, options.labels)
    if options.benchmark == "mbpp":
        labels |= published_labels(options.data, options.benchmark)
    by_task: defaultdict[str, list[Found]] = defaultdict(list)
    if kept.exists():
        by_task.update(pickle.loads(kept.read_bytes()))
    else:
        for one in found(options.data, options.benchmark):
            by_task[one.program.task_id].append(one)
        kept.write_bytes(pickle.dumps(dict(by_task)))
    return by_task, labels


def main() -> None:
    """Measure task by task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--benchmark", choices=tuple(COUNTED), default="humaneval")
    parser.add_argument(
        "--labels", type=Path, default=Path("labels.jsonl"), help="made by tests.benchmarks.base_passing"
    )
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--tests", type=int, default=TESTS)
    parser.add_argument("--contract", action="store_true", help="let the benchmark's contracts decide what is valid")
    parser.add_argument(
        "--no-samples", action="store_true", help="give no programs: the reference and its mutants alone"
    )
    parser.add_argument("--no-count", action="store_true", help="make suites, count no programs")
    parser.add_argument("--no-vote", action="store_true", help="do not let samples dispute the reference")
    parser.add_argument("--causes", action="store_true", help="say why programs are missed")
    parser.add_argument("--task", action="append", help="only this task")
    parser.add_argument("--tasks", choices=("odd", "even", "all"), default="all", help="by number")
    parser.add_argument("--wrong", action="store_true", help="only tasks with a program to kill")
    parser.add_argument("--every", action="store_true", help="tasks without a program to count, too")
    parser.add_argument("--draw", type=int, help="draw this many tasks at random")
    parser.add_argument("--shuffle", action="store_true", help="in random order")
    parser.add_argument("--seed", type=int, default=17, help="of draw and order")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="name the tasks, run nothing")
    parser.add_argument("--summary", action="store_true", help="only add up what the file has")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.results.read_text().splitlines()] if options.results.exists() else []
    if not options.summary:
        by_task, labels = _programs(options)
        tasks = tasks_of(options.data, options.benchmark)
        wanted = _wanted(options, list(tasks), by_task, labels)
        if options.list:
            print(*wanted, sep="\n")
            return
        done = {row["task_id"] for row in rows}
        print(f"{len(wanted)} tasks to measure, {len(done & set(wanted))} of them done", flush=True)
        with Observer(VerifyConfig(workers=options.workers)) as observer, options.results.open("a") as file:
            for task_id in wanted:
                if task_id not in done:
                    row = measure(tasks[task_id], by_task[task_id], labels, observer, options)
                    rows.append(row)
                    print(json.dumps(row, ensure_ascii=False), file=file, flush=True)
    print(summary(rows))


if __name__ == "__main__":
    main()
