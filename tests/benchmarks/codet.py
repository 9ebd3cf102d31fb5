"""The recorded candidates of CodeT as programs, and EvalPlus's verdicts on them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from auditor.benchmark import load_benchmark
from auditor.records import Program, Task, program_id

STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
SAMPLES = "samples/humaneval__CodeT__codegen-16B-mono.jsonl.gz"
VERDICTS = "verdicts/humaneval__CodeT__codegen-16B-mono.evalplus.jsonl.gz"


class Recorded(NamedTuple):
    """One candidate and what EvalPlus said of it."""

    task_id: str
    sample_index: int
    program: Program
    base: bool
    plus: bool
    text: str
    """What EvalPlus ran."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a compressed JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def tasks(data: Path) -> dict[str, Task]:
    """Load HumanEval+ from EvalPlus's own file."""
    return {task.task_id: task for task in load_benchmark(str(data / "evalplus/HumanEvalPlus.jsonl.gz")).tasks}


def cut(completion: str) -> str:
    """End a completion at the first stop string, as the verdicts' source did."""
    return completion[: min((at for stop in STOPS if (at := completion.find(stop)) >= 0), default=len(completion))]


def recorded(data: Path, prompts: Mapping[str, Task], samples: int = 100) -> list[Recorded]:
    """Return the first ``samples`` candidates of each task with their verdicts."""
    said = {(row["task_id"], row["sample_index"]): row for row in rows(data / VERDICTS)}
    found = []
    for row in rows(data / SAMPLES):
        task_id, index = row["task_id"], row["sample_index"]
        if index < samples:
            solution = prompts[task_id].prompt + cut(row["completion"])
            verdict = said[task_id, index]
            assert hashlib.sha256(solution.encode()).hexdigest() == verdict["sha256"]
            program = Program(program_id(task_id, solution), task_id, solution)
            found.append(
                Recorded(task_id, index, program, verdict["base"] == "pass", verdict["plus"] == "pass", solution)
            )
    return found


def distinct(candidates: list[Recorded]) -> list[Program]:
    """Return each program once, those of one task together."""
    return list({one.program.program: one.program for one in candidates}.values())
