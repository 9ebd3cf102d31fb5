"""Output files of OpenAI's batch API, and of local engines that write the same: one reply per line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus

from auditor.errors import InputError
from auditor.json_types import JsonObject, JsonValue, int_or_none, object_or_empty, objects_in, text_or_none
from auditor.records import SampleStatus
from auditor.sampling import failures
from auditor.sampling.choices import plain_message, read_choices
from auditor.sampling.classify import ErrorReply, classify
from auditor.sampling.failures import Failure, RunWideError, TransientError, UnansweredError
from auditor.sampling.readers.answer import AnswerKind, RecordedAnswer
from auditor.sampling.readers.rows import json_rows
from auditor.sampling.readers.source import RecordedSource, TaskIds
from auditor.sampling.reply import read_usage, without_text
from auditor.sampling.signs import message_in
from auditor.text import noun, plural

_COUNTED = re.compile(r"(?P<task>.+?)[-_#:/|. ]+(?:sample|s|n|i|run)?[-_ ]?(?P<index>\d+)$", re.IGNORECASE)


class BatchOutput:
    """Rows with ``custom_id`` and ``response`` or ``error``.

    ``custom_id`` names the task, followed by the sample's number if there is more than one:
    ``HumanEval/0``, ``HumanEval/0#3``, ``HumanEval_0-sample-3``.
    """

    name = "openai-batch"
    about = "an OpenAI batch's output file; custom_id is TASK_ID or TASK_ID#NUMBER"

    def fits(self, source: RecordedSource) -> bool:
        """Accept rows with ``custom_id``."""
        return source.first_row is not None and "custom_id" in source.first_row

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the answers.

        A row whose request was rejected is a sample without an answer; rows with a transient error are not samples, and
        a note counts them.
        """
        ids = TaskIds(source.tasks)
        failed = 0
        for where, row in json_rows(source):
            task_id, index = _named(row.get("custom_id"), ids, where)
            response = row.get("response")
            given = response.get("body") if isinstance(response, dict) else row if "choices" in row else None
            body = object_or_empty(given)
            try:
                yield from _answers(row, body, task_id, index, where, source)
            except UnansweredError as error:
                yield RecordedAnswer(
                    task_id, where, "", AnswerKind.ANSWER, index, refusal=error.message, status=error.status
                )
            except (TransientError, RunWideError):
                failed += 1
        if failed:
            source.notes.append(
                f"not read: {plural(failed, 'row')} with an error instead "
                f"of an answer; request {noun(failed, 'it', 'them')} again"
            )


def _named(custom_id: JsonValue, ids: TaskIds, where: str) -> tuple[str, int | None]:
    if not isinstance(custom_id, str):
        raise InputError("custom_id is missing or not a string", where=where, remedy="each row must name its request")
    if ids.find(custom_id) is not None:
        return custom_id, None
    if custom_id.startswith("auditor-"):
        remedy = "read it with `auditor sample --read-batch`, and leave `recorded` out"
        raise InputError("is the output of a batch that auditor wrote", where=where, remedy=remedy)
    match = _COUNTED.match(custom_id)
    if match and ids.find(match["task"]) is not None:
        return match["task"], int(match["index"])
    return custom_id, None


def _answers(
    row: JsonObject, body: JsonObject, task_id: str, index: int | None, where: str, source: RecordedSource
) -> Iterator[RecordedAnswer]:
    """Read the choices of one row's reply.

    Raises one of :data:`~auditor.sampling.classify.Failure` for a row with an error.
    """
    status = int_or_none(object_or_empty(row.get("response")).get("status_code"))
    if row.get("error") or (status is not None and status >= HTTPStatus.BAD_REQUEST):
        raise _failure(row, body, status, source)
    choices = read_choices(body, {}, source.model, plain_message)
    if index is not None and len(choices) > 1:
        remedy = "leave the number out of custom_id: a reply's choices are numbered in order"
        raise InputError(f"has {len(choices)} choices for sample {index}", where=where, remedy=remedy)
    is_chat = "output" in body or any("message" in choice for choice in objects_in(body.get("choices")))
    for place, choice in enumerate(choices):
        yield RecordedAnswer(
            task_id,
            where,
            choice.text or without_text(choice),
            AnswerKind.ANSWER if is_chat else AnswerKind.CONTINUATION,
            sample_index=index,
            model=text_or_none(body.get("model")),
            finish_reason=choice.finish,
            refusal=choice.refusal,
            usage=read_usage(body.get("usage") if place == 0 else None),
        )


def _failure(row: JsonObject, body: JsonObject, status: int | None, source: RecordedSource) -> Failure:
    """Classify the error of a row by the same rules as that of a reply.

    An error without an HTTP status is the batch's (expired, cancelled) unless it mentions the request.
    """
    found = body or {"error": row.get("error")}
    said = plain_message(message_in(found) or json.dumps(found))
    failure = classify(ErrorReply(status or HTTPStatus.BAD_REQUEST, found, said), source.model, {})
    if status is None and isinstance(failure, UnansweredError) and failure.status is SampleStatus.REJECTED:
        return TransientError(failures.TransientKind.SERVER, said)
    return failure
