"""Whether a class's ``==`` looks at what its objects hold.

Tests believe a solution's class that two of its objects are equal only if it also calls one of them unequal to some
copy of the other in which every attribute, and the content of a builtin base, has another value: one of the same type
if that is builtin.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from auditor.verify.inside.loading import MODULE

_TRIES = 8
"""Copies to try: equality may be coarse, such as that of remainders."""


class _Other:
    """A value unlike any other."""


_OTHERS: dict[type, Callable[[Any, int], Any]] = {
    bool: lambda value, _k: not value,
    int: lambda value, k: value + (10_007 + k) * (k + 1),
    float: lambda value, k: value * (k + 2) + 1_000.25 + k,
    complex: lambda value, k: value + complex(k + 1, 1_000 + k),
    str: lambda value, k: f"{k}~{value}~{k}",
    bytes: lambda value, k: b"%d~%b" % (k, value),
    bytearray: lambda value, k: bytearray(b"%d~%b" % (k, bytes(value))),
    list: lambda value, k: [*value, *(_Other() for _ in range(k + 1))],
    tuple: lambda value, k: (*value, *(_Other() for _ in range(k + 1))),
    deque: lambda value, k: deque([*value, *(_Other() for _ in range(k + 1))]),
    set: lambda value, k: {*value, *(_Other() for _ in range(k + 1))},
    frozenset: lambda value, k: frozenset({*value, *(_Other() for _ in range(k + 1))}),
    dict: lambda value, k: {**value, **{_Other(): one for one in range(k + 1)}},
}


def tells_apart(one: Any, other: Any) -> bool:
    """Say whether ``one`` is unequal to some copy of ``other`` that holds something else.

    It is if there is nothing to change, if no such copy can be made, or if the comparison raises.
    """
    for number in range(_TRIES):
        try:
            changed = _changed(other, number)
            if changed is None or not one == changed:  # noqa: SIM201 - the class decides about == alone
                return True
        except BaseException:  # noqa: BLE001 - the solution's own code
            return True
    return False


def _changed(value: Any, number: int) -> Any:
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
        other = _OTHERS.get(type(held))
        object.__setattr__(made, name, _Other() if other is None else other(held, number))
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
