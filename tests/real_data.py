"""Recorded programs of real models, for tests and benchmarks that have the data."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.records import Label, Outcome, Program, program_id

STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
"""Where a completion of a plain model ends, as HumanEval's harness cuts it."""


def rows(path: Path) -> Iterator[dict[str, object]]:
    """Stream a JSONL(.gz) file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def prompts(data: Path) -> dict[str, str]:
    """Return HumanEval+'s prompts by task id."""
    return {str(row["task_id"]): str(row["prompt"]) for row in rows(data / "evalplus/HumanEvalPlus.jsonl.gz")}


def solution(row: dict[str, object], prompt: str, *, cut: bool = True) -> str:
    """Make a row's program: its solution as it is, or the prompt and its completion up to the first stop.

    Without ``cut`` the whole completion stays, with whatever the model went on to write.
    """
    if "solution" in row:
        return str(row["solution"])
    completion = str(row["completion"])
    if not cut:
        return prompt + completion
    cuts = [at for stop in STOPS if (at := completion.find(stop)) >= 0]
    return prompt + completion[: min(cuts, default=len(completion))]


def programs(data: Path, name: str, *, cut: bool = True) -> list[Program]:
    """Return the distinct programs of a file of HumanEval samples, in its order."""
    given = prompts(data)
    found: dict[str, Program] = {}
    for row in rows(data / "samples" / name):
        task = str(row["task_id"])
        text = solution(row, given[task], cut=cut)
        key = program_id(task, text)
        found.setdefault(key, Program(key, task, text))
    return list(found.values())


CODET = "humaneval__CodeT__codegen-16B-mono.jsonl.gz"


@dataclass
class Judged:
    """A program with its label and how often it was drawn."""

    program: Program
    label: Label
    samples: int


def codet_judged(data: Path) -> list[Judged]:
    """Return CodeT's programs with the labels of the recorded verdicts."""
    verdicts = {
        (row["task_id"], row["sample_index"]): Label.of(Outcome(str(row["base"])), Outcome(str(row["plus"])))
        for row in rows(data / "verdicts/humaneval__CodeT__codegen-16B-mono.evalplus.jsonl.gz")
    }
    given = prompts(data)
    found: dict[str, Judged] = {}
    for row in rows(data / "samples" / CODET):
        task = str(row["task_id"])
        text = solution(row, given[task])
        key = program_id(task, text)
        judged = found.setdefault(key, Judged(Program(key, task, text), verdicts[task, row["sample_index"]], 0))
        judged.samples += 1
    return list(found.values())
