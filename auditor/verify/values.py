"""Outputs other than plain builtins: opaque values and arrays; loaded on both sides of the sandbox boundary."""

from __future__ import annotations


class WireError(ValueError):
    """Bytes from the other side that cannot be decoded."""


class Opaque:
    """A value that cannot cross the boundary; equal to nothing, not even itself."""

    __slots__ = ("kind",)
    __hash__ = None  # type: ignore[assignment]  # equal to nothing, so it cannot be a key

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return False

    def __getattr__(self, name: str) -> object:
        if name == "kind" or name.startswith("__"):  # not set yet, as while it is copied
            raise AttributeError(name)
        raise AttributeError(f"an object of {self.kind} stays in its process and has no attribute {name!r} here")

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class Array:
    """A numpy array as plain numbers: ``dtype`` by name, ``values`` nested lists.

    Against anything but an array it is equal as in numpy, if ``==`` has a truth value for one element only.
    """

    __slots__ = ("dtype", "values")
    __hash__ = None  # type: ignore[assignment]  # mutable contents

    def __init__(self, dtype: str, values: object) -> None:
        self.dtype = dtype
        self.values = values

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Array):
            return bool(self.values == other.values)
        mine, theirs = _only_element(self.values), _only_element(other)
        return not isinstance(mine, list) and not isinstance(theirs, list | tuple) and bool(mine == theirs)

    def __repr__(self) -> str:
        return f"array({self.values!r})"


def _only_element(value: object) -> object:
    """Unwrap sequences with exactly one element; return others unchanged."""
    while isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return value


class _SubInt(int):
    """An int from an instance of a subclass: equal to it, but not of type int."""


class _SubBool(int):
    """A numpy bool: equal to ``True`` or ``False``, but neither of them."""

    def __repr__(self) -> str:
        return repr(bool(self))


class _SubFloat(float):
    pass


class _SubStr(str):
    __slots__ = ()


class _SubTuple(tuple[object, ...]):
    __slots__ = ()


class _SubList(list[object]):
    pass


class _SubDict(dict[object, object]):
    pass


SUBCLASSED: dict[type, type] = {
    int: _SubInt,
    bool: _SubBool,
    float: _SubFloat,
    str: _SubStr,
    tuple: _SubTuple,
    list: _SubList,
    dict: _SubDict,
}
"""Builtins as which instances of a subclass are read: equal to the base, but not of exactly that type."""
