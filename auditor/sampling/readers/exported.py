"""Rows of ``auditor export RUN samples``: programs as they were extracted, and answers without one."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.errors import InputError
from auditor.json_types import JsonValue, text_or_none
from auditor.records import SampleStatus, Usage
from auditor.sampling.readers.answer import AnswerKind, RecordedAnswer

_COLUMNS = {"task_id", "sample_index", "request_hash", "status", "raw", "rule"}
_REMEDY = "export the samples again"


def is_exported(row: Mapping[str, JsonValue]) -> bool:
    """Return whether a row is of an exported table of samples; empty cells of a table may be missing."""
    return row.keys() >= _COLUMNS - {"raw"}


def exported_row(row: Mapping[str, JsonValue], where: str) -> RecordedAnswer:
    """Read a row as the run that exported it did: nothing is extracted or counted again.

    Raises :class:`~auditor.errors.InputError` with position and remedy for a row that was changed.
    """
    task_id, status, solution = row["task_id"], row["status"], row.get("solution")
    known = isinstance(status, str) and status in set(SampleStatus)
    if not known or not isinstance(task_id, str):
        raise InputError(f"status is {status!r}, task_id {task_id!r}", where=where, remedy=_REMEDY)
    outcome = SampleStatus(str(status))
    if outcome is SampleStatus.OK and not isinstance(solution, str):
        raise InputError("status is ok, but there is no solution", where=where, remedy=_REMEDY)
    index = _integer(row.get("sample_index"))
    if index is None:
        raise InputError(f"sample_index is {row.get('sample_index')!r}", where=where, remedy=_REMEDY)
    differ = row.get("readings_differ")
    return RecordedAnswer(
        task_id=task_id,
        where=where,
        text=str(solution) if outcome is SampleStatus.OK else "",
        kind=AnswerKind.EXTRACTED,
        sample_index=index,
        raw=text_or_none(row.get("raw")) or "",
        model=text_or_none(row.get("model")),
        finish_reason=text_or_none(row.get("finish_reason")),
        refusal=text_or_none(row.get("refusal")),
        usage=Usage(
            _integer(row.get("prompt_tokens")), _integer(row.get("completion_tokens")),
            _integer(row.get("reasoning_tokens")), _integer(row.get("cached_tokens")),
        ),
        latency=_number(row.get("latency")),
        cost=_number(row.get("cost")),
        status=outcome,
        rule=text_or_none(row.get("rule")) or "none",
        readings=_integer(row.get("readings")),
        readings_differ=None if differ is None or differ == "" else str(differ).lower() == "true",
    )  # fmt: skip


def _number(value: JsonValue) -> float | None:
    """Read a number of a row or of a CSV cell; ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _integer(value: JsonValue) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 <= number < 2**53 and number.is_integer() else None
