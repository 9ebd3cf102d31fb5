"""EvalPlus's own files: HumanEvalPlus and MbppPlus JSONL rows as tasks.

A row has ``base_input`` and ``plus_input``, no outputs: the reference's results are expected. JSON has turned tuples,
sets and complex numbers into lists; :mod:`auditor.benchmark.mbpp` knows where.
"""

from __future__ import annotations

from pydantic import BaseModel, ValidationError, field_validator

from auditor.benchmark import mbpp
from auditor.benchmark.contracts import contract_of
from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import SourceRow
from auditor.errors import InputError
from auditor.records import InputSuite
from auditor.refusals import worded
from auditor.targets import Target

KEYS = ("task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol")


def read_task(row: SourceRow) -> Draft:
    """Read a row of EvalPlus's own file.

    Raises :class:`~auditor.benchmark.draft.Unfit` for a task without base tests.
    """
    values = row.values
    remedy = "fetch the file from EvalPlus's release again"
    if missing := [key for key in KEYS if key not in values]:
        raise InputError(f"lacks {missing[0]!r}", where=row.where, remedy=remedy)
    if values["base_input"] == []:
        raise Unfit(
            str(values["task_id"]), "it has no base tests, so every program that can be imported would be accepted"
        )
    try:
        task = _EvalPlusTask.model_validate(values)
        return Draft(
            task_id=task.task_id,
            prompt=task.prompt,
            target=Target.function(task.entry_point),
            reference=task.prompt + task.canonical_solution,
            base=_suite(task, task.base_input),
            plus=_suite(task, task.plus_input),
            where=row.where,
            contract=contract_of(task.contract, task.prompt + task.canonical_solution, task.entry_point),
        )
    except ValidationError as error:
        found = error.errors(include_url=False)
        what = f"{'.'.join(map(str, found[0]['loc']))} {worded(found)}"
        raise InputError(f"not in EvalPlus's format: {what}", where=row.where, remedy=remedy) from None
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise InputError(f"not in EvalPlus's format: {error}", where=row.where, remedy=remedy) from None


class _EvalPlusTask(BaseModel):
    """One row."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    base_input: list[list[object]]
    """The arguments of each call, as in JSON."""
    plus_input: list[list[object]]
    atol: float
    contract: str = ""
    """Assertions about the arguments, as lines of the function's body."""

    @field_validator("base_input", "plus_input", mode="before")
    @classmethod
    def _no_inputs(cls, value: object) -> object:
        """Read the empty object that MbppPlus writes for a task without plus inputs."""
        return [] if value == {} else value


def _suite(task: _EvalPlusTask, inputs: list[list[object]]) -> InputSuite:
    """Build one suite; for a task without plus inputs, an empty one, which everything passes."""
    is_mbpp = task.task_id.startswith("Mbpp/")
    typed = [mbpp.restore_types(task.task_id, arguments) for arguments in inputs] if is_mbpp else inputs
    return InputSuite(
        inputs=tuple(map(tuple, typed)),
        atol=task.atol,
        oracle=special_oracle(task.task_id, task.entry_point),
    )


def special_oracle(task_id: str, entry_point: str) -> str | None:
    """Return the special rule of equality that EvalPlus applies to a task, if any."""
    if task_id.startswith("Mbpp/"):
        return mbpp.ORACLES.get(entry_point)
    if task_id.startswith("HumanEval/") and entry_point == "find_zero":
        return "find_zero"
    return None
