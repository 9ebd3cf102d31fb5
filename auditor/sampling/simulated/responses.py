"""The responses endpoint of the simulated model: a chat reply in another format."""

from __future__ import annotations

from auditor.json_types import JsonObject, object_or_empty, objects_in
from auditor.sampling.simulated.http import Reply


def as_response(reply: Reply) -> Reply:
    """Rewrite a chat completion of one choice as an object of the responses endpoint; errors stay as they are."""
    chat = reply.body
    if reply.status != 200 or not isinstance(chat, dict):
        return reply
    choice = objects_in(chat["choices"])[0]
    message, cut = object_or_empty(choice["message"]), choice["finish_reason"] == "length"
    part: JsonObject = {"type": "output_text", "text": message["content"] or "", "annotations": []}
    if message["refusal"]:
        part = {"type": "refusal", "refusal": message["refusal"]}
    usage = object_or_empty(chat["usage"])
    reply.body = {
        "id": chat["id"],
        "object": "response",
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "error": None,
        "model": chat["model"],
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "status": "completed", "content": [part]},
        ],
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "output_tokens": usage["completion_tokens"],
            "total_tokens": usage["total_tokens"],
        },
    }
    return reply
