"""Recorded samples of many models as labelled programs, each program verified once and remembered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig, VerifyConfig
from auditor.records import Label, Program, SuiteName, Task, program_id
from auditor.sampling.recorded import read_recorded
from auditor.verify import Verifier
from tests.real_data import CODET, codet_judged, rows

SOURCES = {"humaneval": "evalplus/HumanEvalPlus.jsonl.gz", "mbpp": "evalplus/MbppPlus.jsonl.gz"}


@dataclass(frozen=True)
class RecordedSet:
    """The samples of one file: its distinct programs and how often each was drawn."""

    file: str
    programs: Mapping[str, Program]
    drawn: Mapping[str, int]

    @property
    def benchmark(self) -> str:
        """``humaneval`` or ``mbpp``."""
        return self.file.split("__")[0]

    @property
    def name(self) -> str:
        """The model, and who published the samples."""
        _, publisher, model = self.file.removesuffix(".jsonl.gz").split("__", 2)
        return f"{model} ({publisher})"


def tasks_of(data: Path, benchmark: str) -> dict[str, Task]:
    """Load a benchmark's tasks by id."""
    return {task.task_id: task for task in load_benchmark(str(data / SOURCES[benchmark])).tasks}


def repeated_files(data: Path, least: int = 10) -> list[str]:
    """Name the files in which at least ``least`` tasks have several samples: others have no pairs within tasks."""
    found = []
    for path in sorted((data / "samples").glob("*.jsonl.gz")):
        counts = Counter(str(row["task_id"]) for row in rows(path))
        if sum(count > 1 for count in counts.values()) >= least:
            found.append(path.name)
    return found


def read_set(data: Path, file: str, tasks: Mapping[str, Task]) -> RecordedSet:
    """Read one file as an audit does, but CodeT's as its published verdicts cut it."""
    if file == CODET:
        judged = codet_judged(data)
        return RecordedSet(
            file, {j.program.program: j.program for j in judged}, {j.program.program: j.samples for j in judged}
        )
    path = data / "samples" / file
    known = frozenset(str(row["task_id"]) for row in rows(path))  # older files have tasks that were dropped since
    join = "    " if "bdytx5" in file else ""
    programs: dict[str, Program] = {}
    drawn: Counter[str] = Counter()
    for sample in read_recorded(ModelConfig(name=file, recorded=path, join=join), tasks, known=known):
        if sample.solution is not None:
            key = program_id(sample.task_id, sample.solution)
            programs.setdefault(key, Program(key, sample.task_id, sample.solution))
            drawn[key] += 1
    return RecordedSet(file, programs, drawn)


def recorded_labels(path: Path | None) -> dict[str, Label]:
    """Read labels written by an earlier run."""
    if path is None or not path.exists():
        return {}
    return {program: Label(label) for program, label in map(json.loads, path.read_text().splitlines())}


def label(data: Path, sets: Iterable[RecordedSet], tasks: Mapping[str, Task], path: Path | None) -> dict[str, Label]:
    """Label every program of sets of one benchmark, by our verifier if neither CodeT nor ``path`` has it.

    Programs of unfit tasks are unknown. New labels are added to ``path`` as they come.
    """
    labels = recorded_labels(path)
    labels |= {j.program.program: j.label for one in sets if one.file == CODET for j in codet_judged(data)}
    missing = {key: program for one in sets for key, program in one.programs.items() if key not in labels}
    if not missing:
        return labels
    ordered = sorted(missing.values(), key=lambda program: (program.task_id, program.program))
    with Verifier({p.task_id: tasks[p.task_id] for p in ordered}, VerifyConfig(per_test="none")) as verifier:
        unfit = verifier.check_references()
        found = {program.program: Label.UNKNOWN for program in ordered if program.task_id in unfit}
        remember(path, found)
        for verdicts in verifier.verify(program for program in ordered if program.task_id not in unfit):
            outcomes = {verdict.suite: verdict.outcome for verdict in verdicts}
            new = {verdicts[0].program: Label.of(outcomes.get(SuiteName.BASE), outcomes.get(SuiteName.PLUS))}
            remember(path, new)
            found |= new
    return labels | found


def remember(path: Path | None, labels: Mapping[str, Label]) -> None:
    """Add labels to the file that keeps them between runs."""
    if path is not None:
        with path.open("a") as file:
            file.writelines(json.dumps([program, label]) + "\n" for program, label in labels.items())
