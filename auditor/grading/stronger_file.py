"""A file of own tasks with stronger plus suites: rows in, rows out, and what was done as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.benchmark.rows import jsonl_rows
from auditor.benchmark.values import encode_value
from auditor.config import VerifyConfig
from auditor.errors import InputError
from auditor.grading.strengthen import Strengthened, strengthen
from auditor.json_types import JsonObject, list_or_empty, object_or_empty
from auditor.text import one_line
from auditor.verify import Verifier

_SHOWN = 60
"""Characters of an input that a line shows."""


def strengthen_file(
    path: Path, config: VerifyConfig, *, most: int = 200, extra: int = 3, seed: int = 0,
    stage: Callable[[str, int], Callable[[int], None]] = lambda _, __: lambda _: None,
) -> tuple[str, list[Strengthened]]:  # fmt: skip
    """Return the rows of a file of own tasks as JSONL with stronger plus suites, and what became of each task.

    A task whose reference or known-right programs fail is left as it is. Raises
    :class:`~auditor.errors.InputError` where the file holds no own tasks.
    """
    tasks = {task.task_id: task for task in load_benchmark(path).tasks}
    rows = [dict(row.values) for row in jsonl_rows(path)]
    if not all({"base", "plus", "prompt"} <= row.keys() for row in rows):
        remedy = "only own tasks can be written again, see docs/benchmarks.md"
        raise InputError("is no file of own tasks", where=str(path), remedy=remedy)
    with Verifier(tasks, config) as verifier:
        unfit = verifier.check_references(stage("references", len(tasks)))
    advance = stage("strengthening", len(tasks))
    found, lines = [], []
    for row in rows:
        task_id = str(row["task_id"])
        if task_id in tasks:
            if task_id in unfit:
                result = Strengthened(task_id, (), 0, 0, (), 0, 0, f"unfit: {unfit[task_id]}")
            else:
                result = strengthen(tasks[task_id], config, most=most, extra=extra, seed=seed)
            found.append(result)
            row = _stronger(row, result)  # noqa: PLW2901
            advance(1)
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines) + "\n", found


def _stronger(row: JsonObject, result: Strengthened) -> JsonObject:
    """Add inputs to a row's plus suite; its outputs go, since the reference gives those of all inputs."""
    if not result.tests:
        return row
    plus = {key: value for key, value in object_or_empty(row["plus"]).items() if key != "outputs"}
    new = [[encode_value(one) for one in test.arguments] for test in result.tests]
    inputs = [*list_or_empty(plus["inputs"]), *list_or_empty(json.loads(json.dumps(new)))]
    return {**row, "plus": {**plus, "inputs": inputs}}


def as_text(found: Sequence[Strengthened]) -> str:
    """Say what was added to each task and what it kills."""
    lines = []
    for one in found:
        if one.skipped:
            lines.append(f"{one_line(one.task_id)}: left as it is: {one_line(one.skipped)}")
            continue
        lines.append(
            f"{one_line(one.task_id)}: {len(one.tests)} tests added of {one.tried} inputs tried; "
            f"{one.caught} of {one.suspects} accepted mutants and wrong programs are caught"
        )
        for test in one.tests:
            kills = ", ".join(test.kills) or "nothing known; kept against programs not seen yet"
            lines.append(f"  {one_line(repr(test.arguments), _SHOWN)}  fails {kills}")
        lines += [f"  underspecified: {one_line(repr(arguments), _SHOWN)}" for arguments in one.underspecified[:5]]
    return "\n".join(lines)


def as_json(found: Sequence[Strengthened]) -> dict[str, object]:
    """Return the same as a JSON object."""
    rows = [
        {
            "task_id": one.task_id, "tried": one.tried, "raising": one.raising, "suspects": one.suspects,
            "caught": one.caught, "skipped": one.skipped,
            "tests": [
                {"arguments": [encode_value(value) for value in test.arguments], "kills": list(test.kills)}
                for test in one.tests
            ],
            "underspecified": [[encode_value(value) for value in arguments] for arguments in one.underspecified],
        }
        for one in found
    ]  # fmt: skip
    return {"schema": "auditor/strengthened/1", "tasks": rows}
