"""LiveCodeBench's evaluated outputs, ``*_eval_all.json``: answers, the code extracted from them, and its verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from auditor.errors import InputError
from auditor.json_types import JsonObject, JsonValue, list_or_empty, object_or_empty
from auditor.records import Outcome
from auditor.sampling.readers.answer import AnswerKind, Grade, RecordedAnswer
from auditor.sampling.readers.documents import items
from auditor.sampling.readers.rows import MOST_DETAIL
from auditor.sampling.readers.source import Container, RecordedSource, TaskIds
from auditor.text import one_line, plural

_CODES = {-1: Outcome.INVALID, -2: Outcome.FAIL, -3: Outcome.TIMEOUT, -4: Outcome.FAIL}
"""Its error codes: does not compile, wrong answer, time limit, error while running."""


class EvalAll:
    """A list of problems; the parallel lists of each hold one sample per item."""

    name = "livecodebench"
    about = "LiveCodeBench's *_eval_all.json: output_list, code_list, graded_list"

    def fits(self, source: RecordedSource) -> bool:
        """Accept a list of objects with such lists."""
        return source.container is Container.TEXT and source.head.startswith("[") and '"output_list"' in source.head

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the samples of each problem.

        The code that LiveCodeBench judged is the program; if it found none, or ``take = "answer"``, the answer is.
        If the benchmark has none of the ids and some of the titles (LeetCodeDataset names the same problems by
        their titles), the titles name the tasks, and the other problems are skipped.
        """
        titles = _titles(source)
        for where, problem, number in _problems(source):
            task_id = number if titles is None else titles.get(number)
            if task_id is None:
                continue
            yield from _samples(problem, task_id, f"{where}: {task_id}", answers=source.model.take == "answer")


def _problems(source: RecordedSource) -> Iterator[tuple[str, JsonObject, str]]:
    """Stream the problems of a file: position, object, id."""
    with source.open() as file:
        for line, item in items(file, str(source.path)):
            where, problem = f"{source.path}:{line}", object_or_empty(item)
            task_id = problem.get("question_id")
            if not isinstance(task_id, str | int):
                raise InputError("a problem has no question_id", where=where, remedy="fetch the file again")
            yield where, problem, str(task_id)


def _titles(source: RecordedSource) -> dict[str, str] | None:
    """Map problem ids to the benchmark's ids by title; ``None`` if the benchmark uses problem ids."""
    known, names = TaskIds(source.tasks), frozenset(source.tasks)
    found: dict[str, str] = {}
    count = 0
    for _, problem, task_id in _problems(source):
        if known.find(task_id) is not None:
            return None
        title = re.sub(r"[^a-z0-9]+", "-", str(problem.get("question_title") or "").lower()).strip("-")
        count += 1
        if title in names:
            found[task_id] = title
    if not found:
        return None
    source.notes.append(f"{len(found)} of its {count} problems are tasks of this benchmark, by title")
    return found


def _samples(problem: JsonObject, task_id: str, where: str, *, answers: bool) -> Iterator[RecordedAnswer]:
    outputs = _texts(problem, "output_list", where)
    codes = _texts(problem, "code_list", where) if "code_list" in problem else outputs
    graded = problem.get("graded_list") or [None] * len(outputs)
    notes = list_or_empty(problem.get("metadata"))
    if not isinstance(graded, list):
        raise InputError("graded_list is not a list", where=where, remedy="fetch the file again")
    if not len(outputs) == len(codes) == len(graded):
        counts = (
            f"{plural(len(outputs), 'answer')}, {plural(len(codes), 'program')} and {plural(len(graded), 'verdict')}"
        )
        raise InputError(
            f"has {counts}", where=where, remedy="the lists of a problem must have equal lengths: fetch it again"
        )
    for index, (output, code) in enumerate(zip(outputs, codes, strict=True)):
        grades = _grade(graded[index], notes[index] if index < len(notes) else None)
        whole = answers or not code.strip()
        text, kind = (output, AnswerKind.ANSWER) if whole else (code, AnswerKind.PROGRAM)
        yield RecordedAnswer(task_id, where, text, kind, index, raw=output, grades=grades)


def _texts(problem: JsonObject, key: str, where: str) -> list[str]:
    value = problem.get(key)
    texts = [item for item in list_or_empty(value) if isinstance(item, str)]
    if not isinstance(value, list) or len(texts) < len(value):
        raise InputError(f"{key} is not a list of strings", where=where, remedy="fetch the file again")
    return texts


def _grade(passed: JsonValue, note: JsonValue) -> tuple[Grade, ...]:
    """Read one verdict with its note, which is JSON text or an object."""
    if not isinstance(passed, bool):
        return ()
    try:
        found = json.loads(note) if isinstance(note, str) else note
    except ValueError:
        found = None
    about = found if isinstance(found, dict) else {}
    if passed:
        return (Grade("livecodebench", Outcome.PASS),)
    return (lcb_grade("livecodebench", about),)


def lcb_grade(source: str, about: JsonObject) -> Grade:
    """Read the note that LiveCodeBench's checker leaves on a failure: error code, message, inputs."""
    code = about.get("error_code")
    message = about.get("error_message") or about.get("error")
    inputs = about.get("inputs")
    return Grade(
        source,
        _CODES.get(code, Outcome.FAIL) if isinstance(code, int) else Outcome.FAIL,
        detail=one_line(str(message).strip(), MOST_DETAIL) if message else "",
        failing_input=None if inputs is None else str(inputs)[:2000],
    )
