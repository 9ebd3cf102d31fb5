"""The distinct recorded programs that pass base, with what plus says of them: kept in a file, resumed from it."""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from auditor.config import VerifyConfig
from auditor.records import Label, Outcome, Program, SuiteName, program_id
from auditor.verify import Verifier
from tests.benchmarks.recorded_sets import tasks_of
from tests.real_data import codet_judged, rows, solution

FOUR_SPACES = "bdytx5"
"""The publisher whose completions lack their first indentation."""


@dataclass(frozen=True)
class Found:
    """A distinct program and the models that wrote it."""

    program: Program
    models: tuple[str, ...]


def found(data: Path, benchmark: str, wanted: str = "") -> list[Found]:
    """Return the distinct programs of a benchmark's files whose names match ``wanted``, by task.

    Completions are cut as HumanEval's harness cuts them. What its source recorded as failing base is left out.
    """
    tasks = tasks_of(data, benchmark)
    models: defaultdict[str, dict[str, None]] = defaultdict(dict)
    programs: dict[str, Program] = {}
    for path in sorted((data / "samples").glob(f"{benchmark}__*.jsonl.gz")):
        if not re.search(wanted, path.name):
            continue
        for row in rows(path):
            task_id = str(row["task_id"])
            if task_id not in tasks or row.get("src_base_status", "pass") != "pass":
                continue
            prompt = tasks[task_id].prompt + ("    " if FOUR_SPACES in path.name else "")
            text = solution(row, prompt)
            key = program_id(task_id, text)
            programs.setdefault(key, Program(key, task_id, text))
            models[key][path.name.removesuffix(".jsonl.gz")] = None
    order = {task_id: place for place, task_id in enumerate(tasks)}
    return [
        Found(programs[key], tuple(models[key]))
        for key in sorted(programs, key=lambda key: (order[programs[key].task_id], key))
    ]


def labels_of(data: Path, path: Path) -> dict[str, Label]:
    """Read the labels that are known: CodeT's from its published verdicts, others from the file."""
    known = {one.program.program: one.label for one in codet_judged(data)}
    lines = path.read_text().splitlines() if path.exists() else []
    return known | {program: Label(label) for program, label in map(json.loads, lines)}


def published_labels(data: Path, benchmark: str) -> dict[str, Label]:
    """Return the labels that published files carry, from their source's own EvalPlus run; contradicted ones not."""
    prompts = {task_id: task.prompt for task_id, task in tasks_of(data, benchmark).items()}
    said: defaultdict[str, set[Label]] = defaultdict(set)
    for path in sorted((data / "samples").glob(f"{benchmark}__*.jsonl.gz")):
        for row in rows(path):
            task_id = str(row["task_id"])
            if task_id in prompts and "src_plus_status" in row:
                outcomes = (Outcome(str(row["src_base_status"])), Outcome(str(row["src_plus_status"])))
                said[program_id(task_id, solution(row, prompts[task_id]))].add(Label.of(*outcomes))
    return {program: next(iter(labels)) for program, labels in said.items() if len(labels) == 1}


def judged(
    data: Path, benchmark: str, path: Path, wanted: str = "", only: Collection[str] = (), most: int | None = None
) -> Iterator[tuple[str, Label]]:
    """Judge the programs without a label, perhaps of some tasks alone, adding each to the file as it is done.

    ``most`` draws this many programs of a task at random.
    """
    known = labels_of(data, path)
    groups: defaultdict[str, list[Program]] = defaultdict(list)
    for one in found(data, benchmark, wanted):
        if not only or one.program.task_id in only:
            groups[one.program.task_id].append(one.program)
    drawn = [
        program for task_id, group in groups.items()
        for program in (group if most is None else Random(task_id).sample(group, min(most, len(group))))
    ]  # fmt: skip
    missing = [program for program in drawn if program.program not in known]
    tasks = tasks_of(data, benchmark)
    print(f"{len(missing)} programs to judge", flush=True)
    with Verifier(tasks, VerifyConfig(per_test="none"), cache="user") as verifier, path.open("a") as file:
        for verdicts in verifier.verify(missing):
            outcomes = {one.suite: one.outcome for one in verdicts}
            label = Label.of(outcomes.get(SuiteName.BASE), outcomes.get(SuiteName.PLUS))
            print(json.dumps([verdicts[0].program, label]), file=file, flush=True)
            yield verdicts[0].program, label


def main() -> None:
    """Label programs until all are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--benchmark", choices=("humaneval", "mbpp"), default="humaneval")
    parser.add_argument("--files", default="", help="only files whose names match this expression")
    parser.add_argument("--task", action="append", default=[], help="only this task")
    parser.add_argument("--most", type=int, help="draw so many programs of a task")
    options = parser.parse_args()
    done = judged(options.data, options.benchmark, options.labels, options.files, options.task, options.most)
    count = sum(1 for _ in done)
    print(f"{count} judged")


if __name__ == "__main__":
    main()
