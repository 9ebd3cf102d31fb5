"""Inputs and validators that a model suggests for tasks, asked through the sampler.

Suggestions are unchecked data: an input is subject to the same rules as any other, and a validator is a proposal for
the task's contract, to be reviewed and approved by a person. No part of an answer runs outside the sandbox.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.benchmark.rows import jsonl_rows
from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.grading.ground import VALID
from auditor.grading.inputs import Arguments
from auditor.grading.journal import Journal
from auditor.grading.progress import BeginStage, silent
from auditor.records import Sample, Task
from auditor.targets import TargetKind, definition

TEMPLATE = "test_inputs"
"""The built-in prompt template that asks for them."""
_MOST = 60
"""Most inputs taken from one answer."""
_FENCE = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model suggests for one task."""

    inputs: tuple[Arguments, ...] = ()
    """Arguments of the function, plain values only."""
    validator: str = ""
    """Source that defines ``valid(*arguments)``; empty if the answer has none."""


def read_suggestion(text: str) -> Suggestion:
    """Read a list ``inputs`` of tuples of literals and a function ``valid``; unreadable parts are left out."""
    for block in (*_FENCE.findall(text), text):
        try:
            tree = ast.parse(block)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found = Suggestion(_inputs(tree), _validator(tree))
        if found.inputs or found.validator:
            return found
    return Suggestion()


def _inputs(tree: ast.Module) -> tuple[Arguments, ...]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="inputs")], value=ast.List(elts=items) | ast.Tuple(elts=items)):
                found: list[Arguments] = []
                for item in items:
                    try:
                        value = ast.literal_eval(item)
                    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                        continue
                    found += [value] if isinstance(value, tuple) else []
                return tuple(found[:_MOST])
    return ()


def _validator(tree: ast.Module) -> str:
    """Return the imports and definitions of a module that defines ``valid``."""
    if not isinstance(definition(tree, VALID), ast.FunctionDef):
        return ""
    kept = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)]
    return "\n\n".join(ast.unparse(node) for node in kept) + "\n"


def ask(
    model: ModelConfig, tasks: Sequence[Task], journal: Path | None = None, stage: BeginStage = silent
) -> dict[str, Suggestion]:  # fmt: skip
    """Ask the model once per function or method task; return task id → suggestion.

    ``journal`` keeps the answers, so none is paid for twice. Raises :class:`~auditor.errors.EndpointError` if the
    server cannot be used.
    """
    from auditor.sampling import sample_model

    kept = Journal(journal)
    answers = dict(kept.read(lambda row: (str(row["task_id"]), str(row["answer"]))))
    wanted = [
        task for task in tasks
        if task.target.kind in {TargetKind.FUNCTION, TargetKind.METHOD} and task.task_id not in answers
    ]  # fmt: skip

    def write(samples: Sequence[Sample]) -> None:
        for sample in samples:
            answers[sample.task_id] = sample.raw
            kept.add({"task_id": sample.task_id, "answer": sample.raw})

    if wanted:
        asked = model.model_copy(update={"prompt": TEMPLATE, "samples_per_task": 1, "choices_per_request": 1})
        sample_model(asked, wanted, write=write, progress=stage("asking for inputs", len(wanted)))
    return {task.task_id: read_suggestion(answers[task.task_id]) for task in tasks if task.task_id in answers}


def contract_rows(suggestions: Mapping[str, Suggestion]) -> str:
    """Return proposed contracts as JSONL for a person to review, change and approve."""
    rows = [
        json.dumps({"task_id": task_id, "contract": one.validator}, ensure_ascii=False)
        for task_id, one in suggestions.items()
        if one.validator
    ]
    return "\n".join(rows) + ("\n" if rows else "")


def read_contracts(path: Path) -> dict[str, str]:
    """Read approved contracts: task id → contract.

    Raises :class:`~auditor.errors.InputError` with the line of an invalid row.
    """
    found: dict[str, str] = {}
    for row in jsonl_rows(path):
        task_id, contract = row.values.get("task_id"), row.values.get("contract")
        if not isinstance(task_id, str) or not isinstance(contract, str):
            remedy = 'give rows such as {"task_id": "clip", "contract": "assert low <= high"}'
            raise InputError("does not give a task's contract", where=row.where, remedy=remedy)
        found[task_id] = contract
    return found
