"""Iterators and streams of a test that a solution in another process goes through, reads or writes.

They stay where they are. The solution gets a generator, an iterator, a ``StringIO`` or ``BytesIO`` whose every
operation is a call back to the tests' process. There nothing but these operations is done on its behalf, so a
solution reaches no frame of a generator.
"""

from __future__ import annotations

import io
import types
from collections.abc import Callable, Generator
from typing import Any

LENT = "lent"
"""The name under which a reference to one crosses."""
_GENERATOR = "generator"
_STREAMS: dict[str, type] = {one.__name__: one for one in (io.StringIO, io.BytesIO)}
_Call = Callable[..., Any]


def tell(value: Any, kind: type) -> list[str] | None:
    """Say what takes an iterator's or a stream's place over there: its kind and its name; ``None`` for other values."""
    if kind is types.GeneratorType:
        return [_GENERATOR, str(value.__name__)]
    if _STREAMS.get(kind.__name__) is kind:
        return ["stream", kind.__name__]
    if kind.__module__ in {"builtins", "itertools"} and hasattr(kind, "__next__"):
        return ["iterator", kind.__name__]
    return None


def is_lent(value: Any) -> bool:
    """Say whether a value crosses in this way."""
    return tell(value, type(value)) is not None


def operate(value: Any, name: str, *arguments: Any) -> Any:
    """Do one operation of those that a solution may ask for."""
    kind = type(value)
    if kind is types.GeneratorType:
        allowed = name in {"send", "throw", "close"}
    else:
        allowed = name == "__next__" or (kind.__name__ in _STREAMS and name in _public(kind))
    if not allowed:
        raise ValueError("a solution may not do that with an object of the tests")
    found = getattr(value, name)
    return found(*arguments) if callable(found) else found


def make(kind: str, name: str, call: _Call) -> Any:
    """Make what stands for it in the solution's process; ``call`` has an operation done: its name, and arguments."""
    if kind == _GENERATOR:
        made: Any = _generate(call)
        made.__name__ = name
        return made
    return _stream(_STREAMS[name], call) if kind == "stream" else _Iterator(call)


class _Iterator:
    def __init__(self, call: _Call) -> None:
        self.__call = call

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        return self.__call("__next__")


def _generate(call: _Call) -> Generator[Any, Any, Any]:
    """Give what a generator of the tests gives, and pass on what is sent and thrown into it."""
    operation, given = "send", None
    while True:
        try:
            item = call(operation, given)
        except StopIteration as end:
            return end.value
        try:
            operation, given = "send", (yield item)
        except GeneratorExit:
            call("close")
            raise
        except BaseException as error:  # noqa: BLE001 - it is the tests' generator that handles it
            operation, given = "throw", error


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


def _stream(kind: type, call: _Call) -> Any:
    """Make a stream of a kind, all of whose methods and attributes are those of the tests' stream."""
    names: dict[str, Any] = {"__next__": _method("__next__", call), "__del__": lambda _self: None}
    for name in _public(kind):
        names[name] = _method(name, call) if callable(getattr(kind, name)) else property(_attribute(name, call))
    return type(kind.__name__, (kind,), names)()


def _method(name: str, call: _Call) -> _Call:
    return lambda _self, *arguments: call(name, *arguments)


def _attribute(name: str, call: _Call) -> _Call:
    return lambda _self: call(name)
