"""Turn the answers of a reply into samples with outcome, tokens and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.config import ModelConfig, PriceConfig
from auditor.extraction import Extraction, assemble, extract
from auditor.json_types import JsonObject, JsonValue, object_or_empty, text_or_none
from auditor.records import Sample, SampleStatus, Usage
from auditor.sampling.choices import Redact, ReplyChoice, plain_message, read_choices
from auditor.sampling.failures import TransientError, TransientKind, UnansweredError
from auditor.sampling.request import Request

MOST_TOKENS = 2**53
"""A larger count is invalid."""

CUT = {"length", "max_tokens", "model_length", "max_length", "max_output_tokens", "max_new_tokens", "token_limit"}
"""Finish reasons of answers cut by a length limit."""
FILTERED = {
    "content_filter", "content_filtered", "safety", "recitation", "prohibited_content", "blocklist", "spii", "refusal",
    "sensitive", "guardrail_intervened", "moderation",
}  # fmt: skip
"""Finish reasons of answers stopped by a filter."""
_FAILED = {"error", "insufficient_system_resource", "network_error", "abort", "aborted", "cancelled", "failed"}
"""Finish reasons of answers that the server aborted."""


def read_reply(
    payload: JsonValue, request: Request, model: ModelConfig, latency: float | None, redact: Redact = plain_message
) -> list[Sample]:
    """Turn one reply into samples, one per choice, for the request's indices in order.

    Fewer choices than requested give fewer samples; extra ones are ignored. Tokens, latency (seconds) and cost of a
    reply with several choices are divided: the prompt counts once, for the first. Raises one of
    :data:`~auditor.sampling.failures.Failure` for a reply that is an error or contains no choice.
    """
    choices = [choice for choice in read_choices(payload, request.body, model, redact) if choice.finish not in _FAILED]
    if not choices:
        raise TransientError(TransientKind.REPLY, "the server aborted every answer of the reply")
    wanted, about = choices[: len(request.indices)], object_or_empty(payload)
    usages = _share(read_usage(about.get("usage")), len(wanted))
    samples = []
    for place, choice in enumerate(wanted):
        limit = _limit(request.body) if len(wanted) == 1 else None
        status, extraction = _judge(choice, usages[place], limit, request, model)
        samples.append(
            Sample(
                model=model.name,
                task_id=request.task.task_id,
                sample_index=request.indices[place],
                request_hash=request.hashes[place],
                status=status,
                raw=choice.text or without_text(choice),
                solution=extraction.solution if status is SampleStatus.OK else None,
                rule=extraction.rule,
                readings=extraction.count,
                readings_differ=extraction.differ,
                finish_reason=choice.finish,
                refusal=choice.refusal,
                served_model=text_or_none(about.get("model")),
                fingerprint=text_or_none(about.get("system_fingerprint")),
                usage=usages[place],
                latency=latency,
                cost=cost_of(usages[place], model.price),
            )
        )
    return samples


def unanswered(error: UnansweredError, request: Request, model: ModelConfig, latency: float | None) -> list[Sample]:
    """Return the samples of a rejected request: without an answer, with the server's message as ``refusal``."""
    finish = f"http_{error.code}" if error.code else "no_answer"
    return [
        Sample(model.name, request.task.task_id, index, key, error.status, "", None, "none",
               finish_reason=finish, refusal=error.message, latency=latency)
        for index, key in zip(request.indices, request.hashes, strict=True)
    ]  # fmt: skip


def cost_of(usage: Usage, price: PriceConfig | None) -> float | None:
    """Return the price of an answer's tokens; ``None`` without a price or if the server did not count."""
    if price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    cached = usage.cached_tokens or 0
    cached_price = price.prompt if price.cached is None else price.cached
    fresh = max(0, usage.prompt_tokens - cached)
    return (fresh * price.prompt + cached * cached_price + usage.completion_tokens * price.completion) / 1e6


def _judge(
    choice: ReplyChoice, usage: Usage, limit: int | None, request: Request, model: ModelConfig
) -> tuple[SampleStatus, Extraction]:
    """Return the outcome of one answer and its program; ``limit`` is the most tokens it may have."""
    if choice.refusal or choice.finish in FILTERED:
        return SampleStatus.REFUSED, Extraction(None, "none")
    at_limit = limit is not None and usage.completion_tokens in (limit, limit + 1)  # some count the end token
    if choice.text:
        extraction = (assemble if model.endpoint == "completions" else extract)(choice.text, request.task)
    elif choice.calls:
        extraction = extract(without_text(choice), request.task)
    else:
        extraction = Extraction(None, "reasoning-only/1" if choice.reasoning else "none")
    if choice.finish in CUT or at_limit:
        return SampleStatus.TRUNCATED, extraction
    return (SampleStatus.OK if extraction.solution is not None else SampleStatus.EXTRACTION_FAILED), extraction


def without_text(choice: ReplyChoice) -> str:
    """Return what is stored of an answer without text: its reasoning, marked as such, and its tool calls."""
    return (f"<think>\n{choice.reasoning}\n</think>\n" if choice.reasoning else "") + choice.calls


def _limit(body: JsonObject) -> int | None:
    """Return the most tokens that an answer to this request may have; ``None`` if unbounded."""
    given = [body.get(key) for key in ("max_tokens", "max_completion_tokens", "max_output_tokens")]
    known = [bound for bound in given if isinstance(bound, int)]
    return max(known) if known else None


def read_usage(raw: JsonValue) -> Usage:
    """Read a usage object of any endpoint; missing or invalid fields are ``None``."""
    if not isinstance(raw, dict):
        return Usage()
    prompt, completion = ("prompt", "completion") if "prompt_tokens" in raw else ("input", "output")
    if "completion_tokens" in raw:
        completion = "completion"
    return Usage(
        _count(raw.get(f"{prompt}_tokens")),
        _count(raw.get(f"{completion}_tokens")),
        _count(object_or_empty(raw.get(f"{completion}_tokens_details")).get("reasoning_tokens")),
        _count(object_or_empty(raw.get(f"{prompt}_tokens_details")).get("cached_tokens")),
    )


def _count(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS else None


def _share(usage: Usage, parts: int) -> Sequence[Usage]:
    """Divide a reply's tokens among its choices so that they add up to what was counted."""
    if parts == 1:
        return [usage]
    shares = []
    for part in range(parts):
        completion, reasoning = (
            _part(count, parts, part) for count in (usage.completion_tokens, usage.reasoning_tokens)
        )
        share = replace(usage, completion_tokens=completion, reasoning_tokens=reasoning)
        if part:
            prompt, cached = (None if count is None else 0 for count in (usage.prompt_tokens, usage.cached_tokens))
            share = replace(share, prompt_tokens=prompt, cached_tokens=cached)
        shares.append(share)
    return shares


def _part(count: int | None, parts: int, part: int) -> int | None:
    return None if count is None else count // parts + (part < count % parts)
