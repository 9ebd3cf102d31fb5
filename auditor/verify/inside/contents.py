"""The plain value that an object of a solution holds or amounts to, taken by a builtin class's own methods."""

from __future__ import annotations

import sys
import types
from collections import ChainMap, deque
from collections.abc import Callable
from typing import Any

from auditor.verify.inside import objects

_FIXED: dict[type, Callable[[Any], Any]] = {
    int: int.__int__, float: float.__float__, str: str.__str__, complex: complex.__complex__,
    bytes: lambda value: memoryview(value).tobytes(), tuple: lambda value: tuple(tuple.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
}  # fmt: skip
_CHANGING: dict[type, Callable[[Any], Any]] = {
    list: lambda value: [*list.__iter__(value)], dict: lambda value: dict(dict.items(value)),
    set: lambda value: {*set.__iter__(value)}, bytearray: lambda value: bytearray(memoryview(value)),
    deque: lambda value: deque(deque.__iter__(value)),
}  # fmt: skip
_DATES = frozenset({"datetime", "date", "time", "timedelta"})


def base_of(kind: type) -> type | None:
    """Return the builtin class from which a class derives, or which it is: what crosses as a plain value."""
    return next((one for one in kind.__mro__ if one in objects.PLAIN), None)


def fixed_content(value: Any, base: type | None) -> Any:
    """Return what an immutable builtin part of a value holds; ``None`` for others."""
    take = None if base is None else _FIXED.get(base)
    return None if take is None else take(value)


def equals_plain(value: Any) -> bool:
    """Say whether an object that is not below a builtin class equals a plain value: a view of dicts, or a date."""
    return isinstance(value, (types.MappingProxyType, ChainMap)) or _date_of(type(value)) is not None


def plain(value: Any) -> Any:
    """Return the plain value that an object holds or equals; what it holds in turn stays as it is.

    Raises :class:`TypeError` if there is none.
    """
    base = base_of(type(value))
    if base is not None:
        return (_FIXED | _CHANGING)[base](value)
    if isinstance(value, (types.MappingProxyType, ChainMap)):
        return dict(value)
    kind = _date_of(type(value))
    if kind is None:
        raise TypeError("no plain value")
    if kind.__name__ == "timedelta":
        return kind(*(vars(kind)[name].__get__(value) for name in ("days", "seconds", "microseconds")))
    made = kind.fromisoformat(kind.isoformat(value))
    zone = None if kind.__name__ == "date" else vars(kind)["tzinfo"].__get__(value)
    return made if zone is None else made.replace(tzinfo=zone)


def _date_of(kind: type) -> Any:
    """Return the class of :mod:`datetime` from which another one derives."""
    loaded = sys.modules.get("datetime")
    if loaded is None or kind.__module__ == "datetime":
        return None
    return next((one for one in kind.__mro__ if one.__module__ == "datetime" and one.__name__ in _DATES), None)
