"""Logs of inspect_ai: ``.eval`` (a zip with a file per sample) and ``.json``; epochs are samples."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auditor.benchmark.unpacked import DAMAGED, allowance, too_much
from auditor.errors import InputError
from auditor.json_types import (
    JsonObject,
    JsonValue,
    int_or_none,
    list_or_empty,
    object_or_empty,
    text_or_none,
    why_not_json,
)
from auditor.records import Outcome
from auditor.sampling.choices import plain_message, read_choices
from auditor.sampling.failures import TransientError, UnansweredError
from auditor.sampling.readers.answer import AnswerKind, Grade, RecordedAnswer
from auditor.sampling.readers.documents import items
from auditor.sampling.readers.rows import MOST_DETAIL
from auditor.sampling.readers.source import Container, RecordedSource
from auditor.sampling.reply import read_usage, without_text
from auditor.text import one_line

if TYPE_CHECKING or sys.version_info >= (3, 14):
    import zipfile
else:
    from backports.zstd import zipfile  # the standard library's, which also unpacks zstd

_GRADES = {"C": Outcome.PASS, "I": Outcome.FAIL}
_FOLDER = "samples/"


class EvalLog:
    """The zip with ``header.json`` and ``samples/ID_epoch_N.json``."""

    name = "inspect-eval"
    about = "an inspect_ai log in its .eval format"

    def fits(self, source: RecordedSource) -> bool:
        """Accept every zip; one that is not a log is rejected when read."""
        return source.container is Container.ZIP

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the samples, decompressing one at a time."""
        where = str(source.path)
        with _damage_named(where), zipfile.ZipFile(source.path) as archive:
            found = dict.fromkeys(archive.namelist())  # a sample that was run again occurs twice; the last one counts
            names = [name for name in found if name.startswith(_FOLDER) and name.endswith(".json")]
        if not names:
            remedy = "unpack it and name one of its files or folders"
            raise InputError("is a zip file, but not an inspect_ai log", where=where, remedy=remedy)
        left = allowance(source.path.stat().st_size)
        with zipfile.ZipFile(source.path) as archive:
            for name in names:
                with _damage_named(f"{where}: {name}"):
                    content = _unpacked(archive, name, left)
                left -= len(content)
                if left < 0:
                    raise too_much(f"{where}: {name}")
                yield from _sample(_parsed(content, f"{where}: {name}"), f"{where}: {name}", source)


def _unpacked(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Decompress a member, or a little more than ``most`` bytes of it; its header may lie about its size."""
    info = archive.getinfo(name)
    if info.compress_type in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        raise NotImplementedError("bzip2 and lzma are not used in such logs")  # and are not decompressed piece by piece
    with archive.open(info) as file:
        return file.read(most + 1)


@contextmanager
def _damage_named(where: str) -> Iterator[None]:
    """Turn what a damaged, encrypted or unusual zip raises into an error for the user."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, *DAMAGED) as error:
        raise InputError(f"the zip is damaged: {error}", where=where, remedy="fetch it again") from None


class JsonLog:
    """The JSON object with ``eval`` and ``samples``."""

    name = "inspect-json"
    about = "an inspect_ai log in its .json format"

    def fits(self, source: RecordedSource) -> bool:
        """Accept an object that begins as inspect_ai writes it."""
        head = source.head
        return head.startswith("{") and all(f'"{key}"' in head for key in ("version", "status", "eval", "task"))

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the samples."""
        found = False
        with source.open() as file:
            for line, row in items(file, str(source.path), "samples"):
                found = True
                yield from _sample(row, f"{source.path}:{line}", source)
        if not found:
            remedy = "it was written without samples (--no-log-samples), or only its header was"
            raise InputError("the log contains no samples", where=str(source.path), remedy=remedy)


def _parsed(content: bytes, where: str) -> JsonValue:
    try:
        log: JsonValue = json.loads(content)
        return log
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {why_not_json(error)}", where=where, remedy="fetch the log again") from None


def _sample(row: JsonValue, where: str, source: RecordedSource) -> Iterator[RecordedAnswer]:
    """Read one sample; one that failed before the model answered is skipped with a note."""
    sample = object_or_empty(row)
    task_id, epoch = sample.get("id"), int_or_none(sample.get("epoch"))
    if not isinstance(task_id, str | int) or epoch is None:
        raise InputError("is not a sample of an inspect_ai log", where=where, remedy="fetch the log again")
    output = object_or_empty(sample.get("output"))
    first, *_ = [*list_or_empty(output.get("choices")), None]
    payload: JsonObject = {}
    if isinstance(first, dict):
        payload = {"choices": [{**first, "finish_reason": first.get("stop_reason")}]}
    try:
        choice = read_choices(payload, {}, source.model, plain_message)[0]
    except (TransientError, UnansweredError):
        source.notes.append(f"{task_id}, epoch {epoch}: the log contains no answer ({_error(sample)})")
        return
    text = _attached(choice.text or without_text(choice), sample)
    scores = object_or_empty(sample.get("scores"))
    judged = _judged(scores, sample) if source.model.take == "judged" else ""
    time = output.get("time")
    yield RecordedAnswer(
        task_id,
        where,
        judged or text,
        AnswerKind.PROGRAM if judged else AnswerKind.ANSWER,
        sample_index=epoch - 1,
        raw=text,
        model=text_or_none(output.get("model")),
        finish_reason=choice.finish,
        refusal=choice.refusal,
        usage=read_usage(output.get("usage")),
        latency=time if isinstance(time, int | float) else None,
        grades=tuple(_grades(scores)),
    )


def _judged(scores: JsonObject, row: JsonObject) -> str:
    """Return the answer that the first scorer extracted from the completion, if recorded."""
    answers = (object_or_empty(score).get("answer") for score in scores.values())
    return _attached(next(filter(None, map(text_or_none, answers)), ""), row)


def _error(row: JsonObject) -> str:
    error = object_or_empty(row.get("error"))
    return one_line(str(error.get("message")), 120) if error else "no error is given"


def _attached(text: str, row: JsonObject) -> str:
    """Return a text, which the log may store as an attachment."""
    attachments = row.get("attachments")
    prefix, _, key = text.partition("attachment://")
    if prefix or not key or not isinstance(attachments, dict):
        return text
    return str(attachments.get(key, text))


def _grades(scores: JsonObject) -> Iterator[Grade]:
    """Read each scorer's verdict: C or I, 1 or 0, true or false; a partial score is not a verdict."""
    for name, given in scores.items():
        score = object_or_empty(given)
        value = score.get("value")
        if isinstance(value, str):
            outcome = _GRADES.get(value)
        elif isinstance(value, bool | int | float) and value in (0, 1):
            outcome = Outcome.PASS if value else Outcome.FAIL
        else:
            outcome = None
        if outcome is not None:
            yield Grade(
                f"inspect:{name}", outcome, detail=one_line(str(score.get("explanation") or "").strip(), MOST_DETAIL)
            )
