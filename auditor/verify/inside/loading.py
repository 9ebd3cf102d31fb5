"""Turning source into something to call, and exceptions into words."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from auditor.verify.inside import nodes
from auditor.verify.inside.channel import Channel
from auditor.verify.protocol import Entry, Message
from auditor.verify.told import Raised

MODULE = "solution"
_Function = Callable[..., Any]


def describe(error: BaseException) -> str:
    """Say an exception's type and message in a line; its own ``__str__`` may do anything."""
    kind, text = type(error).__name__, text_of(error)
    return f"{kind}: {text}"[:400] if text else kind[:400]


def text_of(error: BaseException) -> str:
    """Return what ``str`` gives of an exception; nothing if its own ``__str__`` raises."""
    try:
        return str(error)
    except BaseException:  # noqa: BLE001 - the candidate's own code
        return ""


def load(source: str, entry: Entry, channel: Channel) -> _Function | None:
    """Run the source as a module and find what to call; say that it is ready, or why not."""
    names = load_module(source, channel, entry.prelude, nodes.CLASSES if entry.nodes else {})
    if names is None:
        return None
    function = _find(names, entry)
    if function is None:
        wanted = f"{entry.name}().{entry.method}" if entry.method else entry.name
        channel.send(Message.INVALID + Raised(f"does not define {wanted}").body())
        return None
    if entry.keywords:
        function = _by_keyword(function, entry.keywords)
    if entry.nodes:
        function = _with_nodes(function, entry.nodes, nodes.classes_of(names))
    channel.send(Message.READY)
    return function


def _by_keyword(function: _Function, names: Sequence[str]) -> _Function:
    """Pass the last arguments by name."""
    count = len(names)

    def call(*arguments: Any) -> Any:
        return function(*arguments[:-count], **dict(zip(names, arguments[-count:], strict=True)))

    return call


def _with_nodes(function: _Function, shapes: Sequence[str], classes: nodes.Classes) -> _Function:
    """Hand linked lists and trees over as nodes, and take them back as plain lists."""

    def call(*arguments: Any) -> Any:
        made = [nodes.build(shape, value, classes) for shape, value in zip(shapes, arguments, strict=False)]
        return nodes.flatten(shapes[-1], function(*made))

    return call


def load_module(
    source: str, channel: Channel, prelude: str = "", offered: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """Run the source as a module and return its names; say why not if it does not run.

    The names of a prelude, and those ``offered``, are defined if neither the source nor the builtins define them.
    """
    try:
        code = compile(source.removeprefix("\ufeff"), f"<{MODULE}>", "exec", dont_inherit=True)
    except MemoryError:
        channel.send(Message.MEMORY)
        return None
    except BaseException as error:  # noqa: BLE001 - SyntaxError, ValueError, RecursionError, OverflowError …
        channel.send(Message.INVALID + Raised(describe(error)).body())
        return None
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module
    try:
        if prelude or offered:
            module.__dict__["__builtins__"] = with_fallbacks(prelude, offered or {})
        exec(code, module.__dict__)  # noqa: S102 - running candidates is what this process is for
    except MemoryError:
        channel.send(Message.MEMORY)
        return None
    except BaseException as error:  # noqa: BLE001 - sys.exit at import included
        channel.send(Message.LOAD_RAISED + Raised(describe(error)).body())
        return None
    return module.__dict__


def with_fallbacks(prelude: str, offered: Mapping[str, Any]) -> dict[str, Any]:
    """Return builtins that also hold a prelude's names: looked up last, and never in a builtin's place."""
    return {**offered, **_names_of(prelude), **vars(builtins)}


def extend_builtins(prelude: str) -> None:
    """Define a prelude's names for every module, for tests that patch the builtins themselves."""
    for name, value in _names_of(prelude).items():
        vars(builtins).setdefault(name, value)


def _names_of(prelude: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(prelude, "<prelude>", "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
    del names["__builtins__"]
    return names


def _find(names: dict[str, Any], entry: Entry) -> _Function | None:
    found = names.get(entry.name)
    if not callable(found):
        return None
    if not entry.method:
        function: _Function = found
        return function
    method = entry.method
    if not callable(getattr(found, method, None)) and not _is_set_on_object(found, method):
        return None

    def fresh(*arguments: Any, **keywords: Any) -> Any:
        """Call the method on an object of its own."""
        return getattr(found(), method)(*arguments, **keywords)

    return fresh


def _is_set_on_object(kind: _Function, method: str) -> bool:
    """Return whether an object has a method that its class has not, such as one that ``__init__`` assigns."""
    try:
        return callable(getattr(kind(), method, None))
    except Exception:  # noqa: BLE001 - the candidate's own code
        return False
