"""From a server's JSON to samples: every field that matters is checked, since servers differ and proxies lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditor.config import ModelConfig, PriceConfig
from auditor.records import Sample, SampleStatus, Usage
from auditor.sampling.extract import Extraction, assemble, extract
from auditor.sampling.request import Request

MOST_TOKENS = 2**53
"""A larger count is no count."""


class BadReplyError(Exception):
    """The server answered 200 with something that is no completion; worth asking again."""


def read_reply(payload: Any, request: Request, model: ModelConfig, latency: float) -> list[Sample]:
    """Turn one reply into samples, one a choice, for the request's indices in order.

    Fewer choices than asked for give fewer samples; more are ignored. Tokens, latency (seconds) and cost of a
    reply with several choices are shared out: the prompt counts once, on the first.
    Raises :class:`BadReplyError` for a reply without a usable choice.
    """
    choices = payload.get("choices") if isinstance(payload, dict) else None
    if not isinstance(choices, list) or not choices:
        raise BadReplyError("the reply holds no choices")
    choices = sorted(choices, key=_position) if all(isinstance(choice, dict) for choice in choices) else choices
    wanted = choices[: len(request.indices)]
    usages = _share(read_usage(payload.get("usage")), len(wanted))
    samples = []
    for place, choice in enumerate(wanted):
        text, finish, refusal = _read_choice(choice)
        status, extraction = _judge(text, finish, refusal, request, model)
        samples.append(
            Sample(
                model=model.name,
                task_id=request.task.task_id,
                sample_index=request.indices[place],
                request_hash=request.hashes[place],
                status=status,
                raw=text,
                solution=extraction.solution if status is SampleStatus.OK else None,
                rule=extraction.rule,
                finish_reason=finish,
                refusal=refusal,
                served_model=_text(payload.get("model")),
                fingerprint=_text(payload.get("system_fingerprint")),
                usage=usages[place],
                latency=latency,
                cost=cost_of(usages[place], model.price),
            )
        )
    return samples


def refused(message: str, request: Request, model: ModelConfig, latency: float) -> list[Sample]:
    """Record a request that the server's filter turned down as refused samples."""
    return [
        Sample(model.name, request.task.task_id, index, key, SampleStatus.REFUSED, "", None, "none",
               finish_reason="content_filter", refusal=message, latency=latency)
        for index, key in zip(request.indices, request.hashes, strict=True)
    ]  # fmt: skip


def cost_of(usage: Usage, price: PriceConfig | None) -> float | None:
    """Price an answer's tokens; ``None`` without a price or where the server did not count."""
    if price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    cached = usage.cached_tokens or 0
    cached_price = price.prompt if price.cached is None else price.cached
    fresh = max(0, usage.prompt_tokens - cached)
    return (fresh * price.prompt + cached * cached_price + usage.completion_tokens * price.completion) / 1e6


def _position(choice: dict[str, Any]) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0


def _read_choice(choice: Any) -> tuple[str, str | None, str | None]:
    """Return text, finish reason and refusal of one choice of either endpoint."""
    if not isinstance(choice, dict):
        raise BadReplyError("a choice is not an object")
    message = choice.get("message")
    finish = _text(choice.get("finish_reason"))
    if isinstance(message, dict):
        return _content(message.get("content")), finish, _text(message.get("refusal"))
    if "text" in choice:
        return _content(choice["text"]), finish, None
    raise BadReplyError("a choice holds neither a message nor a text")


def _content(content: Any) -> str:
    """Read a message's content: text, nothing, or a list of parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    raise BadReplyError("a message's content is neither text nor parts")


def _judge(
    text: str, finish: str | None, refusal: str | None, request: Request, model: ModelConfig
) -> tuple[SampleStatus, Extraction]:
    """Name the outcome of one answer and extract its program."""
    if refusal or finish == "content_filter":
        return SampleStatus.REFUSED, Extraction(None, "none")
    reader = extract if model.endpoint == "chat" else assemble
    extraction = reader(text, request.task)
    if finish == "length":
        return SampleStatus.TRUNCATED, extraction
    return (SampleStatus.OK if extraction.solution is not None else SampleStatus.EXTRACTION_FAILED), extraction


def read_usage(raw: Any) -> Usage:
    """Read a usage object; what is missing or no count stays ``None``."""
    if not isinstance(raw, dict):
        return Usage()
    return Usage(
        _count(raw.get("prompt_tokens")),
        _count(raw.get("completion_tokens")),
        _count(_inner(raw, "completion_tokens_details", "reasoning_tokens")),
        _count(_inner(raw, "prompt_tokens_details", "cached_tokens")),
    )


def _inner(raw: dict[str, Any], table: str, key: str) -> Any:
    details = raw.get(table)
    return details.get(key) if isinstance(details, dict) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS else None


def _share(usage: Usage, parts: int) -> Sequence[Usage]:
    """Share a reply's tokens out to its choices so that they add up to what was counted."""
    if parts == 1:
        return [usage]
    shares = []
    for part in range(parts):
        completion, reasoning = (
            _part(count, parts, part) for count in (usage.completion_tokens, usage.reasoning_tokens)
        )
        first = part == 0
        prompt, cached = (
            (count if first or count is None else 0) for count in (usage.prompt_tokens, usage.cached_tokens)
        )
        shares.append(Usage(prompt, completion, reasoning, cached))
    return shares


def _part(count: int | None, parts: int, part: int) -> int | None:
    return None if count is None else count // parts + (part < count % parts)


def _text(value: Any) -> str | None:
    """Take a short text that a server names; lone surrogates, which no file can hold, as their escapes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) and value else None
