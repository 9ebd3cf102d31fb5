"""Read answers from a server's JSON, for every endpoint. Every field is checked, since servers differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from auditor.config import ModelConfig
from auditor.json_types import JsonObject, JsonValue, list_or_empty, objects_in, text_or_none
from auditor.records import SampleStatus
from auditor.sampling.classify import ErrorReply, classify
from auditor.sampling.failures import TransientError, TransientKind, UnansweredError
from auditor.sampling.signs import message_in, status_in
from auditor.text import one_line

MESSAGE_CHARS = 300

Redact = Callable[[str], str]
"""Make a server's message safe to show and free of secrets."""


@dataclass(frozen=True, slots=True)
class ReplyChoice:
    """One answer, from any endpoint."""

    text: str
    finish: str | None
    """The finish reason given by the server."""
    refusal: str | None
    reasoning: str = ""
    """Text that the server separated as reasoning."""
    calls: str = ""
    """Tool calls as JSON, if the answer has any."""


def plain_message(text: str) -> str:
    """Make a server's message one safe line."""
    return one_line(text, MESSAGE_CHARS)


def read_choices(payload: JsonValue, sent: JsonObject, model: ModelConfig, redact: Redact) -> list[ReplyChoice]:
    """Return the choices of a reply to the body ``sent``, in the order of their indices.

    Raises one of :data:`~auditor.sampling.failures.Failure` for a reply that is an error or contains no choice.
    """
    if not isinstance(payload, dict):
        raise TransientError(TransientKind.REPLY, "the reply is not a JSON object")
    if isinstance(payload.get("output"), list):
        choices = [_response_choice(payload)] if not payload.get("error") else []
    else:
        found = objects_in(payload.get("choices"))
        if len(found) < len(list_or_empty(payload.get("choices"))):
            raise TransientError(TransientKind.REPLY, "a choice is not an object")
        failed = [choice["error"] for choice in found if choice.get("error")]
        if failed and len(failed) == len(found):
            payload = {"error": failed[0]}
            found = []
        choices = [_choice(choice) for choice in sorted(found, key=_position) if not choice.get("error")]
    if choices:
        return choices
    if _is_error(payload):
        raise _error_of(payload, sent, model, redact)
    if any(payload.get(key) for key in ("promptFeedback", "prompt_feedback", "prompt_filter_results")):
        raise UnansweredError(
            SampleStatus.REFUSED,
            "the reply contains no choices: the prompt was filtered",
            200,
            "change prompt or system",
        )
    raise TransientError(TransientKind.REPLY, "the reply contains no choices")


def _is_error(payload: JsonObject) -> bool:
    base = payload.get("base_resp")
    return bool(
        payload.get("error")
        or payload.get("object") == "error"
        or payload.get("errors")
        or payload.get("detail")
        or (isinstance(base, dict) and base.get("status_code"))
        or (message_in(payload) and (payload.get("code") or payload.get("type") or payload.get("success") is False))
    )


def _error_of(payload: JsonObject, sent: JsonObject, model: ModelConfig, redact: Redact) -> Exception:
    """Classify an error in a reply with HTTP status 200."""
    status = status_in(payload)
    said = redact(message_in(payload) or json.dumps(payload.get("error") or payload)[:MESSAGE_CHARS])
    failure = classify(ErrorReply(status or 400, payload, said), model, sent)
    if status is None:
        failure.message = f"an error in a 200 reply: {said}"
        if isinstance(failure, UnansweredError) and failure.status is SampleStatus.REJECTED:
            return TransientError(TransientKind.REPLY, failure.message)
    return failure


def _choice(choice: JsonObject) -> ReplyChoice:
    """Read one choice of a chat or completions reply."""
    message = choice.get("message")
    finish = text_or_none(choice.get("finish_reason"))
    finish = finish.lower() if finish else None
    if isinstance(message, dict):
        text, thought = _content(message.get("content"))
        for key in ("reasoning_content", "reasoning", "thinking"):
            given = message.get(key)
            thought = thought or (given if isinstance(given, str) else "")
        calls = message.get("tool_calls") or message.get("function_call")
        return ReplyChoice(
            text, finish, text_or_none(message.get("refusal")), thought, json.dumps(calls) if calls else ""
        )
    if "text" in choice:
        return ReplyChoice(_content(choice["text"])[0], finish, None)
    raise TransientError(TransientKind.REPLY, "a choice holds neither a message nor a text")


def _response_choice(payload: JsonObject) -> ReplyChoice:
    """Read the one answer of a responses reply."""
    texts, refusals, thoughts, calls = [], [], [], []
    for item in objects_in(payload.get("output")):
        for part in [*objects_in(item.get("content")), *objects_in(item.get("summary"))]:
            given = part.get("text")
            text = given if isinstance(given, str) else ""
            if item.get("type") == "reasoning":
                thoughts.append(text)
            elif part.get("type") == "refusal":
                refusals.append(str(part.get("refusal") or "refused"))
            else:
                texts.append(text)
        if str(item.get("type")).endswith("_call"):
            calls.append(item)
    details = payload.get("incomplete_details")
    reason = text_or_none(details.get("reason")) if isinstance(details, dict) else None
    status = payload.get("status")
    finish = reason or {"completed": "stop", "incomplete": "length"}.get(str(status), "failed" if status else None)
    refusal = text_or_none("\n".join(refusals))
    return ReplyChoice("".join(texts), finish, refusal, "\n".join(thoughts), json.dumps(calls) if calls else "")


def _content(content: JsonValue) -> tuple[str, str]:
    """Return text and reasoning of a message's content: text, nothing, or a list of parts."""
    if content is None:
        return "", ""
    if isinstance(content, str):
        return content, ""
    if isinstance(content, list):
        parts = objects_in(content)
        text = "".join(text for part in parts if isinstance(text := part.get("text"), str))
        return text, "\n".join(_thought(part["thinking"]) for part in parts if part.get("thinking"))
    raise TransientError(TransientKind.REPLY, "a message's content is neither text nor parts")


def _thought(thinking: JsonValue) -> str:
    return thinking if isinstance(thinking, str) else _content(thinking)[0] if isinstance(thinking, list) else ""


def _position(choice: JsonObject) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0
