"""Values as short Python source, for the failing test that a report shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from auditor.verify import wire
from auditor.verify.reading import text_of

LIMIT = 600
"""Characters of one value."""
_ITEMS = 60
_SORTED_BY = 80
"""Characters of an item that its place in a set depends on."""
_MOST_SORTED = 10_000


def show(value: Any, limit: int = LIMIT) -> str:
    """Write a value much as ``repr`` does, never longer than ``limit`` and never slow."""
    text = _show(value, limit)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _show(value: Any, budget: int) -> str:
    if isinstance(value, str):
        return repr(str(value[: budget + 1]))
    if isinstance(value, bytes | bytearray):
        return repr(bytes(value[: budget + 1]))
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__repr__(value) if value.bit_length() < 2000 else f"an int of {value.bit_length()} bits"
    if isinstance(value, float):
        return float.__repr__(value)
    match value:
        case list():
            return f"[{_items(value, budget)}]"
        case tuple():
            return f"({_items(value, budget)}{',' if len(value) == 1 else ''})"
        case set() if value:
            return f"{{{_items(_in_order(value), budget)}}}"
        case frozenset():
            return f"frozenset({{{_items(_in_order(value), budget)}}})"
        case dict():
            return f"{{{_pairs(value, budget)}}}"
    try:
        return repr(value)[: budget + 1]
    except ValueError:  # integers beyond Python's limit for decimal text
        return f"a {type(value).__name__} of huge integers"


def _in_order(values: Collection[Any]) -> Collection[Any]:
    """Sort a set by what is shown of its items, so that it reads the same in every run; a huge one stays as it is."""
    return sorted(values, key=lambda item: _show(item, _SORTED_BY)) if len(values) <= _MOST_SORTED else values


def _items(values: Any, budget: int) -> str:
    parts: list[str] = []
    for count, item in enumerate(values):
        if count == _ITEMS or budget <= 0:
            parts.append("…")
            break
        parts.append(_show(item, budget))
        budget -= len(parts[-1]) + 2
    return ", ".join(parts)


def _pairs(values: dict[Any, Any], budget: int) -> str:
    parts: list[str] = []
    for count, (key, item) in enumerate(values.items()):
        if count == _ITEMS or budget <= 0:
            parts.append("…")
            break
        parts.append(f"{_show(key, budget)}: {_show(item, budget)}")
        budget -= len(parts[-1]) + 2
    return ", ".join(parts)


def show_line(line: bytes) -> str:
    """Write what a child's line claims."""
    match line[:1]:
        case b"v":
            try:
                return show(wire.decode(line[1:]))
            except wire.WireError as error:
                return f"an unreadable value ({error})"
        case b"x":
            return text_of(line)
        case b"m":
            return "MemoryError"
        case b"h":
            return f"a value with SHA-256 {line[1:17].decode('ascii', 'replace')}…"
        case b"l":
            size = line.rpartition(b" ")[2].decode("ascii", "replace")[:12]
            return f"a value too large to compare ({size} bytes encoded)"
    return "no answer"


def show_call(entry_point: str, arguments: tuple[Any, ...]) -> str:
    """Write a call as source."""
    inner = ", ".join(show(argument, LIMIT) for argument in arguments[:20])
    return f"{entry_point}({inner[: 2 * LIMIT]})"
