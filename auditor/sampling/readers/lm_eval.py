"""The samples files of lm-evaluation-harness: ``samples_TASK_DATE.jsonl`` with ``resps`` and ``filtered_resps``."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errors import InputError
from auditor.json_types import JsonObject, JsonValue
from auditor.records import Outcome
from auditor.sampling.readers.answer import AnswerKind, Grade, RecordedAnswer
from auditor.sampling.readers.rows import MOST_DETAIL, json_rows
from auditor.sampling.readers.source import RecordedSource
from auditor.text import one_line

_ID_KEYS = ("task_id", "id", "question_id", "name")
_PASS_METRICS = ("pass@1", "pass_at_1")


class LmEval:
    """One row per document and filter; every response is a sample."""

    name = "lm-eval"
    about = "lm-evaluation-harness's samples_*.jsonl (written with --log_samples)"

    def fits(self, source: RecordedSource) -> bool:
        """Accept rows with ``doc`` and ``resps``."""
        return source.first_row is not None and {"doc", "resps"} <= source.first_row.keys()

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the responses of one filter; a file with several is an error until one is chosen."""
        chosen = source.model.filter
        seen: dict[str, None] = {}
        for where, row in json_rows(source):
            name = str(row.get("filter", "none"))
            seen.setdefault(name)
            if source.model.filter is None and len(seen) > 1 and source.model.take != "answer":
                raise InputError(
                    f"holds responses of several filters ({', '.join(_filters(source))})",
                    where=where,
                    remedy='choose one with filter = "…", or take = "answer" for the responses before any filter',
                )
            chosen = chosen or name
            if name == chosen:
                yield from _row(row, where, answers=source.model.take == "answer")
        if source.model.filter is not None and source.model.filter not in seen:
            remedy = f"it has {', '.join(seen) or 'none'}"
            raise InputError(f"has no filter {source.model.filter!r}", where=str(source.path), remedy=remedy)


def _filters(source: RecordedSource) -> list[str]:
    return list(dict.fromkeys(str(row.get("filter", "none")) for _, row in json_rows(source)))


def _row(row: JsonObject, where: str, *, answers: bool) -> Iterator[RecordedAnswer]:
    """Read the responses of one row, filtered or as the model gave them."""
    doc = row.get("doc")
    task_id = next((doc[key] for key in _ID_KEYS if key in doc), None) if isinstance(doc, dict) else None
    if not isinstance(task_id, str | int):
        remedy = f"the task's documents need one of {', '.join(_ID_KEYS)}"
        raise InputError("its doc names no task", where=where, remedy=remedy)
    texts = _texts(row.get("resps" if answers else "filtered_resps"), where)
    raws = _texts(row.get("resps"), where)
    grades = tuple(_grades(row))
    for index, text in enumerate(texts):
        raw = raws[index] if len(raws) == len(texts) else None
        kind = AnswerKind.CONTINUATION if answers else AnswerKind.PROGRAM
        yield RecordedAnswer(task_id, where, text, kind, sample_index=index, raw=raw, grades=grades)


def _texts(value: JsonValue, where: str) -> list[str]:
    """Flatten responses, which are a text, a list of texts or a list of such lists."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise InputError("contains no responses as text", where=where, remedy="run lm_eval with --log_samples again")
    return [text for item in value for text in _texts(item, where)]


def _grades(row: JsonObject) -> Iterator[Grade]:
    """Read pass@1, a mean over the row's responses: 0 and 1 hold for each of them, other values for none."""
    for name in _PASS_METRICS:
        value = row.get(name)
        if value in (0, 1) and not isinstance(value, bool):
            outcome = Outcome.PASS if value == 1 else Outcome.FAIL
            yield Grade(
                "lm-eval", outcome, detail=one_line(f"{name} of filter {row.get('filter', 'none')}", MOST_DETAIL)
            )
            return
