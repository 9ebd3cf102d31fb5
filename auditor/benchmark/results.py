"""Read EvalPlus's verdicts, its ``eval_results.json``, as counts for the analysis."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from auditor.errors import InputError
from auditor.json_types import JsonValue
from auditor.records import Outcome

STATUSES = {
    "pass": Outcome.PASS, "fail": Outcome.FAIL, "timeout": Outcome.TIMEOUT,
    "success": Outcome.PASS, "failed": Outcome.FAIL, "timed out": Outcome.TIMEOUT,
}  # fmt: skip
"""EvalPlus's status words: those of current releases, then those of the first ones."""
CountsRow = tuple[str, int, int, int]
"""Task id, samples, base passes, passes of both."""


def counts_rows(path: Path) -> list[CountsRow]:
    """Count samples, base passes and correct ones of each task in a file of EvalPlus's verdicts.

    Reads the current layout (a list of samples per task) and the first one (``base`` and ``plus`` lists).
    Raises :class:`~auditor.errors.InputError` if plus results are missing or the file has another format.
    """
    remedy = "give the file that evalplus.evaluate writes next to the samples"
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("no such file", where=str(path)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot be read as JSON: {error}", where=str(path), remedy=remedy) from None
    tasks = document.get("eval") if isinstance(document, dict) else None
    if not isinstance(tasks, dict) or not tasks:
        raise InputError("contains no verdicts under 'eval'", where=str(path), remedy=remedy)
    return [_row(task_id, results, f"{path}: {task_id}") for task_id, results in tasks.items()]


def model_name(path: Path) -> str:
    """Derive the model's name from the file, which EvalPlus names after the samples."""
    name = path.name.removesuffix(".json")
    for suffix in ("eval_results", "_", "."):
        name = name.removesuffix(suffix)
    return name or path.parent.name or "samples"


def _row(task_id: str, results: JsonValue, where: str) -> CountsRow:
    pairs = [(outcome_of(base, where), plus) for base, plus in _statuses(results, where)]
    if any(plus is None for base, plus in pairs if base is Outcome.PASS):
        raise InputError("has no plus results", where=where, remedy="run evalplus.evaluate without --base-only")
    outcomes = [(base, None if plus is None else outcome_of(plus, where)) for base, plus in pairs]
    accepted = [plus for base, plus in outcomes if base is Outcome.PASS]
    return task_id, len(pairs), len(accepted), accepted.count(Outcome.PASS)


def outcome_of(status: object, where: str) -> Outcome:
    """Return the outcome of a status word; an unknown word is an error, never a failure."""
    outcome = STATUSES.get(status) if isinstance(status, str) else None
    if outcome is None:
        raise InputError(
            f"the status {status!r} is not one of EvalPlus's",
            where=where,
            remedy=f"known are {', '.join(STATUSES)}: evaluate the samples again, or write the counts as CSV",
        )
    return outcome


def _statuses(results: JsonValue, where: str) -> list[tuple[object, object]]:
    """List each sample's base and plus status."""
    try:
        if isinstance(results, dict):
            lists = _FirstRelease.model_validate(results)
            plus = lists.plus or [[None]] * len(lists.base)
            return [(one[0], other[0]) for one, other in zip(lists.base, plus, strict=True)]
        return [(sample.base_status, sample.plus_status) for sample in _SAMPLES.validate_python(results)]
    except (IndexError, ValueError):
        raise InputError("not in EvalPlus's format", where=where, remedy="evaluate the samples again") from None


class _FirstRelease(BaseModel):
    """A task's results in EvalPlus's first releases: a list per sample, its status first."""

    base: list[list[object]]
    plus: list[list[object]] | None = None


class _SampleResult(BaseModel):
    """A sample's results in current EvalPlus."""

    base_status: object
    plus_status: object = None


_SAMPLES = TypeAdapter(list[_SampleResult])
