"""Rollouts of NeMo Gym: one Responses-API object per line, with the verdict of the environment."""

from __future__ import annotations

import json
from collections.abc import Iterator

from auditor.benchmark.results import STATUSES
from auditor.errors import InputError
from auditor.json_types import JsonObject, object_or_empty, text_or_none
from auditor.records import Outcome, SuiteName
from auditor.sampling.choices import plain_message, read_choices
from auditor.sampling.failures import TransientError, UnansweredError
from auditor.sampling.readers.answer import AnswerKind, Grade, RecordedAnswer
from auditor.sampling.readers.livecodebench import lcb_grade
from auditor.sampling.readers.rows import MOST_DETAIL, json_rows
from auditor.sampling.readers.source import RecordedSource
from auditor.sampling.reply import read_usage, without_text
from auditor.text import one_line

_ID_KEYS = ("task_id", "question_id", "problem_id", "name")


class Rollouts:
    """One row per rollout; ``_ng_rollout_index`` numbers the samples of a task."""

    name = "nemo-gym"
    about = "NeMo Gym's rollouts.jsonl: a response and a reward per row"

    def fits(self, source: RecordedSource) -> bool:
        """Accept rows with a response and a reward."""
        return source.first_row is not None and {"response", "reward"} <= source.first_row.keys()

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the rollouts.

        The code that the environment extracted from the answer is the program; if it extracted none, or ``take =
        "answer"``, the answer is.
        """
        for where, row in json_rows(source):
            response = object_or_empty(row.get("response"))
            try:
                reply = read_choices(response, {}, source.model, plain_message)[0]
            except (TransientError, UnansweredError) as error:
                remedy = "write the rollouts again"
                raise InputError(f"its response contains no answer: {error}", where=where, remedy=remedy) from None
            text = reply.text or without_text(reply)
            code = text_or_none(row.get("extracted_model_code"))
            judged = code if source.model.take != "answer" else None
            index = row.get("_ng_rollout_index")
            yield RecordedAnswer(
                _task_id(row, where),
                where,
                judged or text,
                AnswerKind.PROGRAM if judged else AnswerKind.ANSWER,
                sample_index=index if isinstance(index, int) else None,
                raw=text,
                model=text_or_none(response.get("model")),
                finish_reason=reply.finish,
                refusal=reply.refusal,
                usage=read_usage(response.get("usage")),
                grades=tuple(_grades(row)),
            )


def _task_id(row: JsonObject, where: str) -> str | int:
    for table in (row, object_or_empty(row.get("verifier_metadata"))):
        for key in _ID_KEYS:
            value = table.get(key)
            if isinstance(value, str | int) and not isinstance(value, bool):
                return value
    remedy = "add the benchmark's task_id to each row; a rollout of this environment does not name its task"
    raise InputError("does not name a task", where=where, remedy=remedy)


def _grades(row: JsonObject) -> Iterator[Grade]:
    """Read the environment's verdict: EvalPlus's two statuses, else a status or the reward."""
    suites = [(suite, STATUSES.get(str(row.get(f"{suite}_status")))) for suite in SuiteName]
    if any(outcome is not None for _, outcome in suites):
        yield from (Grade("nemo-gym", outcome, suite) for suite, outcome in suites if outcome is not None)
        return
    outcome = STATUSES.get(str(row.get("status")))
    reward = row.get("reward")
    if outcome is None and reward in (0, 1):
        outcome = Outcome.PASS if reward == 1 else Outcome.FAIL
    if outcome is None:
        return  # a partial score is neither
    notes = row.get("metadata")
    if outcome is Outcome.FAIL and isinstance(notes, dict) and "error_code" in notes:
        yield lcb_grade("nemo-gym", notes)
        return
    details = row.get("details")
    failed = "" if outcome is Outcome.PASS or not details else one_line(json.dumps(details, default=str), MOST_DETAIL)
    yield Grade("nemo-gym", outcome, detail=failed)
