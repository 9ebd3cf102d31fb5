"""Parse requests to the simulated model, from the bodies of all three endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from auditor.json_types import JsonValue, int_or_none, objects_in

_MESSAGES = {"chat": "messages", "responses": "input"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    model: str
    prompt: str
    """The last message, or the text to continue."""
    count: int
    """Choices requested."""
    seed: int | None
    temperature: float | None
    max_tokens: int | None

    @classmethod
    def of(cls, body: JsonValue, endpoint: str) -> Self:
        """Read a body sent to ``chat``, ``completions`` or ``responses``.

        Raises ``ValueError`` or ``KeyError`` for one that no such server would accept.
        """
        if not isinstance(body, dict):
            raise ValueError("the body is not an object")  # noqa: TRY004 - like every other mistake in a body
        if endpoint == "completions":
            prompt = body["prompt"]
        else:
            messages = objects_in(body[_MESSAGES[endpoint]])
            prompt = messages[-1].get("content") if messages else None
        if not isinstance(prompt, str):
            raise ValueError("the prompt is not a text")  # noqa: TRY004
        limit = body.get("max_output_tokens" if endpoint == "responses" else "max_tokens")
        temperature = body.get("temperature")
        return cls(
            model=str(body["model"]),
            prompt=prompt,
            count=int_or_none(body.get("n")) or 1,
            seed=int_or_none(body.get("seed")),
            temperature=temperature if isinstance(temperature, int | float) else None,
            max_tokens=int_or_none(limit),
        )
