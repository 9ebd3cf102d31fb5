"""EvalPlus's own files: HumanEvalPlus and MbppPlus JSONL rows as tasks.

A row has ``base_input`` and ``plus_input``, no outputs: what the reference returns is expected. JSON
made lists of tuples, sets and complex numbers; :mod:`auditor.benchmark.mbpp` knows where.
"""

from __future__ import annotations

from typing import Any

from auditor.benchmark import mbpp
from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import Row
from auditor.errors import InputError
from auditor.records import InputSuite
from auditor.targets import Target

KEYS = ("task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol")


def read_task(row: Row) -> Draft:
    """Read a row of EvalPlus's own file.

    Raises :class:`~auditor.benchmark.draft.Unfit` for a task without base tests.
    """
    values = row.values
    remedy = "fetch the file from EvalPlus's release anew"
    if missing := [key for key in KEYS if key not in values]:
        raise InputError(f"lacks {missing[0]!r}", where=row.where, remedy=remedy)
    if values["base_input"] == []:
        raise Unfit(str(values["task_id"]), "it has no base tests, so every program that loads would be accepted")
    try:
        return Draft(
            task_id=values["task_id"],
            prompt=values["prompt"],
            target=Target.function(values["entry_point"]),
            reference=values["prompt"] + values["canonical_solution"],
            base=_suite(values, values["base_input"]),
            plus=_suite(values, values["plus_input"]),
            where=row.where,
        )
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise InputError(f"is not laid out as EvalPlus does: {error}", where=row.where, remedy=remedy) from None


def _suite(values: dict[str, Any], inputs: list[list[Any]]) -> InputSuite:
    """Build one suite; a task without plus inputs keeps an empty one, which everything passes."""
    task_id = values["task_id"]
    is_mbpp = task_id.startswith("Mbpp/")
    typed = [mbpp.restore_types(task_id, arguments) for arguments in inputs] if is_mbpp else inputs
    return InputSuite(
        inputs=tuple(map(tuple, typed)),
        atol=float(values["atol"]),
        oracle=special_oracle(task_id, values["entry_point"]),
    )


def special_oracle(task_id: str, entry_point: str) -> str | None:
    """Name the special rule of equality that EvalPlus applies to a task, if it has one."""
    if task_id.startswith("Mbpp/"):
        return mbpp.ORACLES.get(entry_point)
    if task_id.startswith("HumanEval/") and entry_point == "find_zero":
        return "find_zero"
    return None
