"""JSON values as types, and safe ways to look into a value that another program wrote."""

from __future__ import annotations

import json
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | JsonObject | None"
"""What ``json.loads`` returns."""
JsonObject: TypeAlias = "dict[str, JsonValue]"


def why_not_json(error: Exception) -> str:
    """Say why one line is not JSON, with the column; the file and line stand before the message."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    reason = error.msg.removesuffix(" at").removesuffix(" starting")
    return f"{reason[:1].lower()}{reason[1:]} (column {error.colno})"


def object_or_empty(value: object) -> JsonObject:
    """Return an object as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def list_or_empty(value: object) -> list[JsonValue]:
    """Return a list as it is; anything else as an empty one."""
    return value if isinstance(value, list) else []


def objects_in(value: object) -> list[JsonObject]:
    """Return the objects among a list's items; of anything else, none."""
    return [item for item in list_or_empty(value) if isinstance(item, dict)]


def text_or_none(value: object) -> str | None:
    """Return a text that is not empty, with lone surrogates (which no file can hold) escaped; else ``None``."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) and value else None


def int_or_none(value: object) -> int | None:
    """Return a whole number; ``None`` for anything else, true and false included."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
