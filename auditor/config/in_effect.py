"""Which settings had an effect on a run, for showing them: a model's depend on where its answers come from."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.json_types import objects_in

ASKED = frozenset({
    "model", "base_url", "api_key_env", "api_version", "endpoint", "samples_per_task", "temperature", "top_p",
    "max_output_tokens", "seed", "choices_per_request", "prompt", "system", "extra_body", "extra_headers",
    "concurrency", "timeout", "max_retries", "requests_per_minute", "tokens_per_minute", "max_cost", "max_tokens",
    "simulated",
})  # fmt: skip
"""Settings of a model that matter only where it is asked."""
READ = frozenset({"recorded", "format", "split", "filter", "take", "recorded_model", "join", "extract"})
"""Settings of a model that matter only where its answers are read from a file; all others matter in both cases."""


def in_effect(config: Mapping[str, object]) -> dict[str, object]:
    """Return the settings without those that had no effect: not set, or of the other source of answers."""
    models = [
        {key: value for key, value in model.items() if key not in (ASKED if model.get("recorded") else READ)}
        for model in objects_in(config.get("model"))
    ]
    shown = {key: _without_empty(value) for key, value in {**config, "model": models}.items()}
    return {key: value for key, value in shown.items() if _is_set(value)}


def _is_set(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def _without_empty(value: object) -> object:
    """Leave out members without a value, at any depth."""
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    if not isinstance(value, dict):
        return value
    pairs = ((key, _without_empty(inner)) for key, inner in value.items())
    return {key: inner for key, inner in pairs if _is_set(inner)}
