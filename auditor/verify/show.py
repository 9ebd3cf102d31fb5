"""Values as short Python source, for the failing test that a report shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from auditor.verify import wire
from auditor.verify.protocol import Message, said
from auditor.verify.told import Raised
from auditor.verify.values import WireError

T = TypeVar("T")

LIMIT = 600
"""Characters of one value."""
_ITEMS = 60
_MOST_SORTED = 10_000
"""Items of a set that are put in order; a larger one stays as it is."""


def show(value: object, limit: int = LIMIT) -> str:
    """Write a value much as ``repr`` does, never longer than ``limit`` and never slow."""
    text = _show(value, limit)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _show(value: object, budget: int) -> str:
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
            return f"[{_joined(value, budget, _show)}]"
        case tuple():
            return f"({_joined(value, budget, _show)}{',' if len(value) == 1 else ''})"
        case set() if value:
            return f"{{{_members(value, budget)}}}"
        case frozenset():
            return f"frozenset({{{_members(value, budget)}}})"
        case dict():
            return f"{{{_joined(value.items(), budget, _pair)}}}"
    if hasattr(value, "__next__"):  # its own text names an address
        return "an iterator"
    try:
        return repr(value)[: budget + 1]
    except ValueError:  # integers beyond Python's limit for decimal text
        return f"a {type(value).__name__} of huge integers"


def _members(values: Collection[object], budget: int) -> str:
    """Write a set's items in the order of their texts, so that it reads the same in every run.

    Each item is written once: asking for its text a second time would double the work at every level.
    """
    if len(values) > _MOST_SORTED:
        return _joined(values, budget, _show)
    return _joined(sorted(_show(item, budget) for item in values), budget, lambda text, _budget: text)


def _pair(pair: tuple[object, object], budget: int) -> str:
    return f"{_show(pair[0], budget)}: {_show(pair[1], budget)}"


def _joined(values: Iterable[T], budget: int, write: Callable[[T, int], str]) -> str:
    """Write one value after another until there are enough of them or enough characters."""
    parts: list[str] = []
    for count, value in enumerate(values):
        if count == _ITEMS or budget <= 0:
            parts.append("…")
            break
        parts.append(write(value, budget))
        budget -= len(parts[-1]) + 2
    return ", ".join(parts)


def show_line(line: bytes) -> str:
    """Write what a child's line claims."""
    match said(line):
        case Message.VALUE:
            try:
                return show(wire.decode(line[1:]))
            except WireError as error:
                return f"an unreadable value ({error})"
        case Message.RAISED:
            return Raised.read(line[1:]).text
        case Message.MEMORY:
            return "MemoryError"
        case Message.DIGEST:
            return f"a value with SHA-256 {line[1:17].decode('ascii', 'replace')}…"
        case Message.TOO_LARGE:
            size = line.rpartition(b" ")[2].decode("ascii", "replace")[:12]
            return f"a value too large to compare (at least {size} bytes encoded)"
    return "no answer"


def show_call(name: str, arguments: tuple[object, ...]) -> str:
    """Write a call as source."""
    inner = ", ".join(show(argument) for argument in arguments[:20])
    return f"{name}({inner[: 2 * LIMIT]})"
