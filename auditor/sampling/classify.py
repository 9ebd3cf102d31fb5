"""Classify error replies: transient, about one request, or about every request.

Design. Servers differ in HTTP statuses and in where an error gives its kind: ``error.code``,
``error.innererror.code``, ``error.metadata.raw`` (JSON in a string), ``detail``, the exception's name in a message.
All codes and texts of the body are collected first, then rules are tried in a fixed order. Codes take precedence over
texts, texts over the status; a 4xx that no rule matches counts as a rejection of this one request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.config import ModelConfig
from auditor.json_types import JsonObject, JsonValue
from auditor.records import SampleStatus
from auditor.sampling.failures import Failure, RunWideError, Scope, TransientError, TransientKind, UnansweredError
from auditor.sampling.remedies import key_remedy, model_remedy, parameter_remedy, url_remedy
from auditor.sampling.request import asked_name
from auditor.sampling.signs import (
    CONTENT_PARAMS,
    CREDIT_CODES,
    CREDIT_TEXT,
    FILTER_CODES,
    FILTER_NUMBERS,
    FILTER_TEXT,
    HIDDEN,
    KEY_CODES,
    KEY_TEXT,
    LONG_CODES,
    LONG_TEXT,
    MODEL_CODES,
    MODEL_TEXT,
    PARAMETER_CODES,
    PARAMETER_TEXT,
    PASSING_TEXT,
    SPENT_QUOTA,
    ErrorEvidence,
)

_PLAIN_WORDS = {"n", "stop", "user", "store", "tools"}
"""Parameters that are common words: they count as named only in quotes or after a colon."""


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An HTTP reply without a completion."""

    status: int
    """HTTP status, or the one that an error in the body of a 200 names."""
    body: JsonValue
    """The parsed JSON; ``None`` if it is none."""
    said: str
    """The server's own words in one line, safe to show."""
    retry_after: float | None = None
    """Seconds that the server asks to wait."""


def classify(reply: ErrorReply, model: ModelConfig, sent: JsonObject) -> Failure:
    """Classify an error reply to the request body ``sent``."""
    evidence = ErrorEvidence.of(reply.body)
    if not evidence.texts:
        evidence.texts.append(reply.said)
    message = f"HTTP {reply.status}: {reply.said}" if reply.said else f"HTTP {reply.status}"
    if 300 <= reply.status < 400:
        return RunWideError(Scope.URL, message, reply.status, url_remedy(model))
    return (
        _passing(reply, evidence, message)
        or _about_the_account(reply, evidence, message, model)
        or _about_the_content(reply, evidence, message)
        or _about_the_settings(reply, evidence, message, model, sent)
        or _about_the_address(reply, message, model)
        or UnansweredError(
            SampleStatus.REJECTED,
            message,
            reply.status,
            "change the request by the settings of this model in the config",
        )
    )


def _passing(reply: ErrorReply, evidence: ErrorEvidence, message: str) -> Failure | None:
    """Recognise transient errors; a 429 for lack of credit or for one request's size is not one."""
    status, text = reply.status, evidence.text
    kind: TransientKind | None = None
    if status == 429:
        sized = "request too large" in text
        kind = None if _no_credit(reply, evidence) or sized or evidence.codes & FILTER_CODES else TransientKind.RATE
    elif (status >= 500 or status in (408, 409, 425)) and not HIDDEN.search(text):
        hidden = evidence.codes & (FILTER_CODES | LONG_CODES)
        kind = (
            None
            if hidden
            else {408: TransientKind.TIMEOUT, 504: TransientKind.TIMEOUT, 524: TransientKind.TIMEOUT}.get(
                status, TransientKind.SERVER
            )
        )
        kind = TransientKind.OVERLOAD if kind and status in (503, 529) else kind
    elif status in (400, 403, 498, 499) and PASSING_TEXT.search(text) and not FILTER_TEXT.search(text):
        kind = TransientKind.RATE if "limit" in text or "too many" in text else TransientKind.OVERLOAD
    return None if kind is None else TransientError(kind, message, reply.retry_after, reply.status)


def _no_credit(reply: ErrorReply, evidence: ErrorEvidence) -> bool:
    """Return whether the account has no credit; some servers call a rate limit a quota, and say when it ends."""
    if reply.status == 402 or evidence.codes & CREDIT_CODES or CREDIT_TEXT.search(evidence.text):
        return True
    per_minute = reply.retry_after is not None or "resourceexhausted" in evidence.codes or "per minute" in evidence.text
    return bool(SPENT_QUOTA.search(evidence.text)) and not per_minute


def _about_the_account(reply: ErrorReply, evidence: ErrorEvidence, message: str, model: ModelConfig) -> Failure | None:
    """Recognise a wrong key and an empty account."""
    status, text = reply.status, evidence.text
    if status in (400, 401, 402, 403, 429) and _no_credit(reply, evidence):
        lower = ", or lower max_output_tokens" if "max_tokens" in text else ""
        return RunWideError(
            Scope.CREDIT, message, status, f"the account behind the key has no credit left; add some{lower}"
        )
    if evidence.codes & FILTER_CODES or (status == 403 and FILTER_TEXT.search(text)):
        return None
    names_key = evidence.codes & KEY_CODES or KEY_TEXT.search(text)
    if status == 401 or (status in (400, 403) and names_key):
        return RunWideError(Scope.KEY, message, status, key_remedy(model))
    return None


def _about_the_content(reply: ErrorReply, evidence: ErrorEvidence, message: str) -> Failure | None:
    """Recognise a filter, and a prompt that is too long."""
    status, text, codes = reply.status, evidence.text, evidence.codes
    hidden = status < 500 or HIDDEN.search(text)
    if codes & LONG_CODES or status == 413 or (hidden and LONG_TEXT.search(text)) or "request too large" in text:
        remedy = "lower max_output_tokens, shorten prompt and system, or serve the model with a longer context"
        return UnansweredError(SampleStatus.TOO_LONG, message, status, remedy)
    if codes & (FILTER_CODES | FILTER_NUMBERS) or (hidden and status != 404 and FILTER_TEXT.search(text)):
        return UnansweredError(SampleStatus.REFUSED, message, status, "change prompt or system: a filter declines them")
    return None


def _about_the_settings(
    reply: ErrorReply, evidence: ErrorEvidence, message: str, model: ModelConfig, sent: JsonObject
) -> Failure | None:
    """Recognise a rejected parameter and an unknown model."""
    status, text, name = reply.status, evidence.text, asked_name(model)
    if status in (400, 405, 415, 422):
        named = _named_parameter(evidence, sent)
        if named is not None:
            return RunWideError(Scope.PARAMETER, message, status, parameter_remedy(named, model, text), named)
        if model.system and re.search(r"system (role|message|prompt|instruction)|developer instruction", text):
            return RunWideError(Scope.PARAMETER, message, status, "remove `system` from the settings of this model")
    is_json = reply.body is not None
    if evidence.params & {"model"} or evidence.codes & MODEL_CODES or _says_no_model(status, text, name, is_json):
        return RunWideError(Scope.MODEL, message, status, model_remedy(model, name))
    return None


def _says_no_model(status: int, text: str, name: str, is_json: bool) -> bool:
    if status not in (400, 403, 404, 410, 422) or not is_json or not MODEL_TEXT.search(text):
        return False
    named = re.search(rf"(?<![\w.-]){re.escape(name.lower())}(?![\w-])", text) is not None
    return named or (status == 404 and "model" in text) or "model not exist" in text


def _named_parameter(evidence: ErrorEvidence, sent: JsonObject) -> str | None:
    """Find the key of the request that an error names; words of the prompt are not keys."""
    known = [key for key in sent if key not in CONTENT_PARAMS | {"model"}]
    for key in known:
        if any(key == param.partition(".")[0] for param in evidence.params):
            return key
    if not (evidence.codes & PARAMETER_CODES or PARAMETER_TEXT.search(evidence.text)):
        return None
    found = []
    for key in known:
        word = re.escape(key.lower())
        quoted = rf"[`'\"]{word}[`'\"]|: {word}\b"
        pattern = quoted if key in _PLAIN_WORDS else rf"(?<![\w-]){word}\b"
        match = re.search(pattern, evidence.text)
        if match:
            found.append((match.start(), key))
    return min(found)[1] if found else None


def _about_the_address(reply: ErrorReply, message: str, model: ModelConfig) -> Failure | None:
    """Recognise an address without such an API, and a rejection without a reason."""
    if reply.status in (404, 405):
        return RunWideError(Scope.URL, message, reply.status, url_remedy(model))
    if reply.status == 403:
        return RunWideError(Scope.KEY, message, reply.status, key_remedy(model))
    return None
