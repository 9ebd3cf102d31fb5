"""Types for JSON values, and safe access to JSON that another program wrote."""

from __future__ import annotations

import json
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | JsonObject | None"
"""What ``json.loads`` returns."""
JsonObject: TypeAlias = "dict[str, JsonValue]"


def why_not_json(error: Exception) -> str:
    """Say why a text is not JSON, with the line if it is not the first, and the column; the caller adds the file."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8 text"
    if not isinstance(error, json.JSONDecodeError):
        return "an integer has more digits than can be read"
    reason = error.msg.removesuffix(" at").removesuffix(" starting")
    whole = error.doc.rstrip()
    line = f"line {error.lineno}, " if "\n" in whole else ""
    place = "at the end" if error.pos >= len(whole) else f"{line}column {error.colno}"
    return f"{reason[:1].lower()}{reason[1:]} ({place})"


def object_or_empty(value: object) -> JsonObject:
    """Return an object unchanged; for anything else, an empty one."""
    return value if isinstance(value, dict) else {}


def list_or_empty(value: object) -> list[JsonValue]:
    """Return a list unchanged; for anything else, an empty one."""
    return value if isinstance(value, list) else []


def objects_in(value: object) -> list[JsonObject]:
    """Return the objects among a list's items; for anything else, nothing."""
    return [item for item in list_or_empty(value) if isinstance(item, dict)]


def text_or_none(value: object) -> str | None:
    """Return a non-empty text with lone surrogates escaped, as no file can hold them; else ``None``."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) and value else None


def int_or_none(value: object) -> int | None:
    """Return an integer; ``None`` for anything else, including true and false."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
