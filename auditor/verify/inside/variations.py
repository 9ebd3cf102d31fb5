"""Whether a class's ``==`` looks at what its objects hold.

Tests believe a solution's class that two of its objects are equal only if it also calls one of them unequal to some
copy of the other in which every attribute, and the content of a builtin base, has another value: one of the same type
if that is builtin.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import EnumType
from typing import Any

from auditor.verify.inside.loading import MODULE

_TRIES = 8
"""Copies to try: equality may be coarse, such as that of remainders."""
_DEEPEST = 3
"""Levels of objects within attributes of objects that get other values as well."""


class _Other:
    """A value unlike any other."""


def _other(value: Any, number: int) -> Any:
    """Return another value of a value's type, if that is builtin."""
    make = _OTHERS.get(type(value))
    return _Other() if make is None else make(value, number)


def _similar(value: Any, number: int, depth: int) -> Any:
    """Return another value of an attribute's type, if one can be made: a comparison that raises tells nothing."""
    kind = type(value)
    if kind in _OTHERS:
        return _other(value, number)
    step = _STEPS.get((kind.__module__, kind.__name__))
    try:
        if step is not None:
            return value + step() * (number + 1)
        if isinstance(kind, EnumType):
            return [one for one in kind if one is not value][number]
        made = _changed(value, number, depth + 1) if depth < _DEEPEST else None
    except Exception:  # noqa: BLE001 - the solution's own code, or a type of which no other value can be made
        return _Other()
    return _Other() if made is None else made


def _days() -> Any:
    from datetime import timedelta

    return timedelta(400)


_STEPS: dict[tuple[str, str], Callable[[], Any]] = {
    ("decimal", "Decimal"): lambda: 10_007,
    ("fractions", "Fraction"): lambda: 10_007,
    ("datetime", "date"): _days,
    ("datetime", "datetime"): _days,
    ("datetime", "timedelta"): _days,
}
"""Module and name of a class → what to add for another value."""


def _items(value: Iterable[Any], number: int) -> list[Any]:
    """Return other items, and more or less of them: equality may look at the length alone, or at the common part."""
    items = [_other(item, number) for item in value]
    return [*items, *(_Other() for _ in range(number))] if number or not items else []


_OTHERS: dict[type, Callable[[Any, int], Any]] = {
    bool: lambda value, _: not value,
    int: lambda value, number: value + (10_007 + number) * number if number else int(not value),
    float: lambda value, number: value * (number + 1) + 1_000.25 + number if number else float(not value),
    complex: lambda value, number: value + complex(number + 1, 1_000 + number),
    str: lambda value, number: f"{number}~{value}~{number}" if number or not value else "",
    bytes: lambda value, number: b"%d~%b" % (number, value) if number or not value else b"",
    bytearray: lambda value, number: bytearray(b"%d~%b" % (number, bytes(value))),
    list: _items,
    tuple: lambda value, number: tuple(_items(value, number)),
    deque: lambda value, number: deque(_items(value, number)),
    set: lambda value, number: {_Other() for _ in range(len(value) + number - 1)},
    frozenset: lambda value, number: frozenset(_Other() for _ in range(len(value) + number - 1)),
    dict: lambda value, number: dict(zip([*value, *range(number)], _items(value.values(), number), strict=False)),
}


def tells_apart(one: Any, other: Any) -> bool:
    """Say whether ``one`` is unequal to some copy of ``other`` that holds something else.

    It is if there is nothing to change, or if no such copy can be made. A comparison that raises says nothing.
    """
    for number in range(_TRIES):
        try:
            changed = _changed(other, number)
        except BaseException:  # noqa: BLE001 - the solution's own code
            return True
        try:
            if changed is None or not one == changed:  # noqa: SIM201 - the class decides about == alone
                return True
        except BaseException:  # noqa: BLE001, S112 - the solution's own code
            continue
    return False


def _changed(value: Any, number: int, depth: int = 0) -> Any:
    """Make an object of a value's class that holds other values; ``None`` if it holds none."""
    kind = type(value)
    base = next((base for base in _OTHERS if issubclass(kind, base)), None)
    maker: Any = next(one for one in kind.__mro__ if one.__module__ != MODULE)
    content: Any = None if base is None else _OTHERS[base](_content(base, value), number)
    made = maker.__new__(kind, content) if base in _FIXED else maker.__new__(kind)
    if base is dict:
        for key, held in content.items():
            maker.__setitem__(made, key, held)
    elif base in _FILLERS:
        _FILLERS[base](made, content)
    attributes = {**_slots(kind, value), **getattr(value, "__dict__", {})}
    for name, held in attributes.items():
        object.__setattr__(made, name, _similar(held, number, depth))
    return made if base is not None or attributes else None


_FIXED = frozenset({bool, int, float, complex, str, bytes, tuple, frozenset})
_FILLERS: dict[type | None, Callable[[Any, Any], Any]] = {
    list: list.extend, deque: deque.extend, set: set.update, bytearray: bytearray.extend,
}  # fmt: skip


def _content(base: type, value: Any) -> Any:
    """Return the builtin part of a value, by the builtin class's own methods."""
    if base in {int, float, complex, str}:
        return getattr(base, f"__{base.__name__}__")(value)
    if base is dict:
        return dict(dict.items(value))
    iterate: Any = memoryview if base in _BYTES else vars(base)["__iter__"]
    return base(iterate(value))


_BYTES = frozenset({bytes, bytearray})


def _slots(kind: type, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in kind.__mro__:
        for name, slot in vars(one).items():
            if type(slot).__name__ == "member_descriptor" and hasattr(value, name):
                found[name] = slot.__get__(value, kind)
    return found
