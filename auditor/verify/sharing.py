"""Containers that occur more than once in one value stay one object in the process that reads it.

``[[0] * 2] * 2`` equals a grid of two rows, and shows what it is when a test changes one row. The first occurrence is
written as ``{"shared": [number, content]}``, later ones as ``{"shared": number}``. A number means something within one
value only. Only processes that exchange more than values to compare do this
(:func:`auditor.verify.wire.keep_classes`).
"""

from __future__ import annotations

from _thread import _local
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from auditor.verify.values import WireError

TAG = "shared"
MUTABLE = frozenset({list, dict, set, bytearray, deque, Counter, OrderedDict, defaultdict})
MOST_ITEMS = 1 << 24
"""Most items of a value that is read, each counted as often as it occurs: a few lines can say 2**60."""
_PLAIN = frozenset({int, float, str, bool, type(None), bytes, complex})
_OPEN = -1
_numbers = count()


class _State(_local):
    """What the value that this thread writes, or reads, at the moment shares."""

    written: dict[int, int | None] | None = None
    """Identity → its number, ``None`` before it is written, ``_OPEN`` while it is."""
    read: dict[int, Any] | None = None


_state = _State()


def write(value: Any, writer: Callable[[Any, int], str]) -> str:
    """Write a value by ``writer``, which asks :func:`known` about what it comes to."""
    before, _state.written = _state.written, _repeated(value)
    try:
        return writer(value, 0)
    finally:
        _state.written = before


def can_be_shared(kind: type) -> bool:
    """Say whether values of a class are containers that stay one object: numpy's arrays are known by their name."""
    return kind in MUTABLE or (kind.__name__ == "ndarray" and kind.__module__ == "numpy")


def known(value: Any) -> int | None:
    """Return the identity of a container that occurs more than once; ``None`` for others, and within itself."""
    written = _state.written
    place = id(value)
    return place if written and place in written and written[place] != _OPEN else None


def write_shared(place: int, writer: Callable[[], str]) -> str:
    """Write a container that occurs more than once: its number, the first time with its content."""
    written = _state.written or {}
    number = written.get(place)
    if number is not None:
        return f'{{"{TAG}":{number}}}'
    written[place] = _OPEN
    content = writer()
    written[place] = number = next(_numbers)
    return f'{{"{TAG}":[{number},{content}]}}'


def _repeated(value: Any) -> dict[int, int | None]:
    """Find the mutable containers that occur more than once."""
    seen: set[int] = set()
    found: dict[int, int | None] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind in _PLAIN:
            continue
        if id(one) in seen:
            if can_be_shared(kind):
                found[id(one)] = None
            continue
        seen.add(id(one))
        waiting.extend(_parts(one, kind))
    return found


def _parts(value: Any, kind: type) -> Iterable[Any]:
    """Return what a container holds, by the methods of its builtin base; a set holds nothing that is shared."""
    if issubclass(kind, dict):
        return list(dict.values(value))
    base = next((base for base in (list, tuple, deque) if issubclass(kind, base)), None)
    if base is None:
        return ()
    items = list(base.__iter__(value))
    return () if set(map(type, items)) <= _PLAIN else items


def read(line: bytes | str, tree: Any, build: Callable[[Any, int], Any]) -> Any:
    """Build a value from a line and what it parses to; raises :class:`WireError` if it says too many items."""
    mark = f'{{"{TAG}"'
    marked = mark in line if isinstance(line, str) else mark.encode() in line
    before, _state.read = _state.read, {} if marked else None
    try:
        if marked:
            _weigh(tree, {})
        return build(tree, 0)
    finally:
        _state.read = before


def read_shared(content: Any, build: Callable[[Any], Any]) -> Any:
    """Build a container the first time, and return it later."""
    made = _state.read
    if made is None:  # not as :func:`write_shared` writes it, so nothing has been weighed
        raise WireError("a shared value in another form")
    number, *trees = content if type(content) is list else [content]
    if type(number) is not int or len(trees) > 1 or (not trees and number not in made):
        raise WireError("nothing has been shared under that number")
    if trees:
        made[number] = build(trees[0])
    return made[number]


def _weigh(tree: Any, weights: dict[Any, int]) -> int:
    """Count the items of a parsed encoding, those of what is shared each time."""
    if type(tree) is dict:
        content = tree.get(TAG)
        if type(content) is int:
            return weights.get(content, 0)
        weight = sum(_weigh(inner, weights) for inner in tree.values())
        if type(content) is list and len(content) == 2 and type(content[0]) is int:
            weights[content[0]] = weight
    elif type(tree) is list:
        weight = len(tree) + sum(_weigh(inner, weights) for inner in tree if type(inner) in (list, dict))
    else:
        weight = 0
    if weight > MOST_ITEMS:
        raise WireError("too many items")
    return weight
