"""How much of what plus kills do suites kill that `auditor tasks strengthen` builds from base alone?

Tasks are stripped to their base suites. Some models choose tests: their distinct programs are the samples that
`strengthen` is given, without labels. The distinct programs of other models, which pass base and of which plus is
known to accept or reject, are counted. A program that a choosing model wrote too is not counted.
One line of results for a task; a task that the file has already is not run again.

    python -m tests.benchmarks.strengthen ../shared/data results.jsonl
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from auditor.benchmark.values import encode_value
from auditor.config import VerifyConfig
from auditor.grading.explore import explore
from auditor.grading.ground import Ground, ProgramPool
from auditor.grading.strengthen import strengthen
from auditor.records import InputSuite, Label, Task
from auditor.verify.observe import NOT_RUN, Observer, agrees, show_answer
from tests.benchmarks.base_passing import Found, found, labels_of
from tests.benchmarks.recorded_sets import tasks_of

SAMPLES = 40
"""Distinct programs of choosing models that a task is given, drawn over the models in turn."""
COUNTED = {"humaneval": "CodeT", "mbpp": "Zenodo"}
"""The publishers whose models are counted, by benchmark; the others choose."""


def stripped(task: Task) -> Task:
    """Return a task without its plus inputs."""
    assert isinstance(task.base, InputSuite)
    assert isinstance(task.plus, InputSuite)
    return replace(task, plus=replace(task.plus, inputs=()))


def choosers(programs: Sequence[Found], counted: str, random: Random) -> list[str]:
    """Draw programs of models that are not counted: one of each model in turn, in random order."""
    by_model: defaultdict[str, list[str]] = defaultdict(list)
    for one in programs:
        for model in one.models:
            if counted not in model:
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


def _counts(one: Found, benchmark: str) -> bool:
    """Say whether no model that chooses tests wrote a program."""
    return all(COUNTED[benchmark] in model for model in one.models)


def measure(
    task: Task, programs: Sequence[Found], labels: Mapping[str, Label], observer: Observer, options: argparse.Namespace
) -> dict[str, object]:
    """Strengthen one task and count whom its tests reject."""
    begun, cpu = time.monotonic(), time.process_time()
    counted = COUNTED[options.benchmark]
    samples = tuple(choosers(programs, counted, Random(task.task_id)))
    judged = [
        one for one in programs
        if labels.get(one.program.program) in {Label.TRUE_POSITIVE, Label.FALSE_POSITIVE}
        and _counts(one, options.benchmark)
    ]  # fmt: skip
    contract = task.contract if options.contract else ""
    base = replace(stripped(task), contract=contract)
    made = strengthen(base, observer, ProgramPool(samples=samples), tests=options.tests, vote=not options.no_vote)
    own = time.process_time() - cpu
    result: dict[str, object] = {
        "task_id": task.task_id, "samples": len(samples), "tests": len(made.tests), "valid": made.valid,
        "disputed": len(made.underspecified), "suspects": made.suspects, "caught": made.caught,
        "skipped": made.skipped, "program_cpu": round(made.cpu_seconds, 2), "own_cpu": round(own, 2),
    }  # fmt: skip
    inputs = [test.arguments for test in made.tests]
    wide = list(_wide(base, samples, observer, options)) if options.wide else []
    killed = _killed(base, [*inputs, *wide], {one.program.program: one.program.solution for one in judged}, observer)
    for label in (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE):
        group = [one.program.program for one in judged if labels[one.program.program] is label]
        result[label.value] = len(group)
        hit = {key: [place for place in killed[key] if place < len(inputs)] for key in group}
        result[f"{label.value}_killed"] = sum(map(bool, hit.values()))
        result[f"{label.value}_killed_by_all"] = sum(bool(killed[key]) for key in group)
        if label is Label.TRUE_POSITIVE:
            result["rejected"] = [
                {"program": key, "input": [encode_value(one) for one in inputs[places[0]]],
                 "origin": made.tests[places[0]].origin, "expected": made.tests[places[0]].expected,
                 "got": killed[key][places[0]]}
                for key, places in hit.items() if places
            ]  # fmt: skip
        else:
            result["missed"] = [key for key, places in hit.items() if not places]
    result["seconds"] = round(time.monotonic() - begun, 1)
    return result


def _wide(
    task: Task, samples: tuple[str, ...], observer: Observer, options: argparse.Namespace
) -> Iterator[tuple[object, ...]]:
    """Yield all inputs that could have been tests."""
    explored = explore(
        Ground(task, observer, ProgramPool(samples=samples)), most=1000, seed=0, vote=not options.no_vote
    )
    if explored is not None:
        yield from (explored.candidates[place].arguments for place in explored.usable)


def _killed(
    task: Task, inputs: Sequence[tuple[object, ...]], programs: Mapping[str, str], observer: Observer
) -> dict[str, dict[int, str]]:
    """Return program → inputs that it fails, with what it gives there."""
    answers = observer.answers(task, inputs, {"reference": task.reference, **programs}, seconds=1.0, total=30.0)
    expected = answers["reference"].lines
    suite = task.plus
    assert isinstance(suite, InputSuite)
    return {
        name: {
            place: show_answer(line) for place, line in enumerate(answers[name].lines)
            if line != NOT_RUN and not agrees(line, expected[place], inputs[place], suite)
        }
        for name in programs
    }  # fmt: skip


def summary(rows: Sequence[Mapping[str, object]]) -> str:
    """Add the tasks up."""

    def total(key: str) -> float:
        return sum(float(str(row.get(key, 0))) for row in rows)

    wrong, right = total("false_positive"), total("true_positive")
    worked = [row for row in rows if not row["skipped"]]
    share = {key: total(key) / max(1, of) for key, of in (
        ("false_positive_killed", wrong), ("false_positive_killed_by_all", wrong),
        ("true_positive_killed", right), ("true_positive_killed_by_all", right),
    )}  # fmt: skip
    count = max(1, len(worked))
    lines = (
        f"{len(rows)} tasks, {len(worked)} strengthened, {total('tests') / count:.1f} tests a task",
        (
            f"killed {total('false_positive_killed'):.0f} of {wrong:.0f} that plus kills "
            f"({share['false_positive_killed']:.1%}; any input made: {share['false_positive_killed_by_all']:.1%})"
        ),
        (
            f"rejected {total('true_positive_killed'):.0f} of {right:.0f} that plus accepts "
            f"({share['true_positive_killed']:.1%}; any input made: {share['true_positive_killed_by_all']:.1%})"
        ),
        f"CPU seconds per task: programs {total('program_cpu') / count:.1f}, own {total('own_cpu') / count:.1f}",
        f"missed: {_most(rows, 'missed', 'false_positive')}",
        f"rejected: {_most(rows, 'rejected', 'true_positive')}",
    )
    return "\n".join(lines)


def _most(rows: Sequence[Mapping[str, object]], key: str, of: str) -> str:
    """Name the tasks with the most programs in a list."""
    sized = {str(row["task_id"]): (len(list(row.get(key, []))), row[of]) for row in rows}  # type: ignore[call-overload]
    ordered = sorted(sized.items(), key=lambda pair: -pair[1][0])[:25]
    return ", ".join(f"{task_id} {size} of {count}" for task_id, (size, count) in ordered if size)


def main() -> None:
    """Measure task by task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--benchmark", choices=("humaneval", "mbpp"), default="humaneval")
    parser.add_argument(
        "--labels", type=Path, default=Path("labels.jsonl"), help="made by tests.benchmarks.base_passing"
    )
    parser.add_argument("--tests", type=int, default=30)
    parser.add_argument("--contract", action="store_true", help="let the benchmark's contracts decide what is valid")
    parser.add_argument("--no-vote", action="store_true", help="do not let samples dispute the reference")
    parser.add_argument("--wide", action="store_true", help="also count what all inputs made would kill")
    parser.add_argument("--task", action="append", help="only this task")
    parser.add_argument("--wrong", action="store_true", help="only tasks with a program to kill")
    parser.add_argument("--after", type=int, default=0, help="leave out the first so many tasks of the benchmark")
    parser.add_argument("--draw", type=int, help="draw so many tasks at random")
    parser.add_argument("--seed", type=int, default=17, help="of the draw")
    parser.add_argument("--list", action="store_true", help="name the tasks, run nothing")
    parser.add_argument("--every", type=int, default=1, help="only every so many tasks that have programs to count")
    parser.add_argument("--summary", action="store_true", help="only add up what the file has")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.results.read_text().splitlines()] if options.results.exists() else []
    if not options.summary:
        done = {row["task_id"] for row in rows}
        labels = labels_of(options.data, options.labels)
        by_task: defaultdict[str, list[Found]] = defaultdict(list)
        for one in found(options.data, options.benchmark):
            by_task[one.program.task_id].append(one)
        tasks = tasks_of(options.data, options.benchmark)
        wrong = {
            one.program.task_id for group in by_task.values() for one in group
            if labels.get(one.program.program) is Label.FALSE_POSITIVE and _counts(one, options.benchmark)
        }  # fmt: skip
        counted = {
            one.program.task_id for group in by_task.values() for one in group if _counts(one, options.benchmark)
        }
        wanted = [task_id for task_id in (options.task or list(tasks)[options.after :]) if task_id in counted]
        wanted = [task_id for task_id in wanted if not options.wrong or task_id in wrong][:: options.every]
        if options.draw is not None:
            drawn = set(Random(options.seed).sample(wanted, min(options.draw, len(wanted))))
            wanted = [task_id for task_id in wanted if task_id in drawn]
        if options.list:
            print(*wanted, sep="\n")
            return
        print(f"{len(wanted)} tasks to measure, {len(wrong)} have a program to kill", flush=True)
        with Observer(VerifyConfig()) as observer, options.results.open("a") as file:
            for task_id in wanted:
                if task_id not in done:
                    row = measure(tasks[task_id], by_task[task_id], labels, observer, options)
                    rows.append(row)
                    print(json.dumps(row, ensure_ascii=False), file=file, flush=True)
    print(summary(rows))


if __name__ == "__main__":
    main()
