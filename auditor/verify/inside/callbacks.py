"""Functions of a test that a solution in another process calls, and what the solution prints, for a test that reads it.

A test's function stays where it is. The solution gets a function with the same parameters whose call is a line to
the judge, which hands it to the tests' process and brings the answer back. While a solution waits for that answer it
does what the tests ask of it, since the function may use the solution.

Output travels the same way and in order: if a test has redirected the standard streams, what the solution has
printed arrives there before any later word of its own.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import io
import sys
import threading
import types
from collections.abc import Callable, Mapping
from typing import Any

from auditor.verify import wire
from auditor.verify.inside import lending, objects
from auditor.verify.inside.channel import Channel, read_exactly
from auditor.verify.protocol import Message, read_frame, said
from auditor.verify.told import Raised

FUNCTION = "function"
"""The name under which a reference to a test's function crosses."""
BUILTIN = "builtin"
"""The name under which a class or function of the builtins crosses."""
_PIECE = 1 << 18
"""Characters of output in one line."""
_STREAMS = ("stdout", "stderr")
_EITHER, _STAR, _KEYWORD, _REST = 1, 2, 3, 4
"""Kinds of parameters, as :mod:`inspect` numbers them; 0 is positional only."""
_OWN = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
_SUSPENDED = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Calls of such functions give objects that stay in their process."""


class Lent:
    """The tests' functions that the solution may call, by number; kept in the tests' process."""

    def __init__(self, raised: Callable[[BaseException], None]) -> None:
        """Tell ``raised`` what a function of the tests raises to the solution."""
        self._raised = raised
        self._functions: list[Any] = []
        self._numbers: dict[tuple[int, ...], int] = {}
        self._owners: dict[int, int] = {}
        """Identity of an object whose bound methods are lent → its number."""

    def tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        """Name a function of the tests, or something of the builtins; ``None`` for other values."""
        if (name := _name_of_builtin(value)) is not None:
            return BUILTIN, None, name
        if issubclass(kind, BaseException):
            return objects.EXCEPTION, None, objects.tell_exception(value).body()
        told = lending.tell(value, kind)
        if told is None and not _can_be_lent(value, kind):
            return None
        key = (id(value.__self__), id(value.__func__)) if kind is types.MethodType else (id(value),)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._functions)
            self._functions.append(value)
        if told is not None:
            return lending.LENT, told, number
        name, parameters, defaults, about = _shape_of(value)
        owner = self._owners.setdefault(id(value.__self__), len(self._owners)) if kind is types.MethodType else None
        return FUNCTION, [name, parameters, about, owner], [number, defaults]

    def of(self, number: Any) -> Any:
        """Return the function of a number that the solution's process says."""
        if type(number) is not int or not 0 <= number < len(self._functions):
            raise ValueError("the tests have no such function")
        return self._functions[number]

    def respond(self, which: str, arguments: list[Any], keywords: dict[str, Any]) -> str:
        """Call a function for the solution, or print what it has printed; returns the line that answers."""
        try:
            if which in _STREAMS:
                getattr(sys, which).write(*arguments)
                result = None
            else:
                lent = self.of(int(which))
                work = functools.partial(lending.operate, lent) if lending.is_lent(lent) else lent
                result = work(*arguments, **keywords)
            return f'{Message.VALUE}{{"tuple":[{wire.encode(result)},{wire.encode((arguments, keywords))}]}}'
        except BaseException as error:  # noqa: BLE001 - the solution sees what the function raises
            self._raised(error)
            return Message.RAISED + objects.tell_exception(error).body()

    def key_of(self, which: str) -> str:
        """Name a function, or a stream, so that another run of the tests names it alike."""
        function = None if which in _STREAMS else self.of(int(which))
        return f"callback {getattr(function, '__qualname__', type(function).__name__)}"


def _name_of_builtin(value: Any) -> str | None:
    name = getattr(value, "__name__", None) if isinstance(value, (type, types.BuiltinFunctionType)) else None
    return name if isinstance(name, str) and vars(builtins).get(name) is value else None


def _crosses(annotation: Any) -> bool:
    """Say whether an annotation is the same over there: a text, or a class of the builtins."""
    return annotation is None or isinstance(annotation, str) or _name_of_builtin(annotation) is not None


def _can_be_lent(value: Any, kind: type) -> bool:
    if kind in _OWN:
        function = inspect.unwrap(getattr(value, "__func__", value))
        code = getattr(function, "__code__", None)
        return code is None or not code.co_flags & _SUSPENDED
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.Mock) and not isinstance(value, mock.AsyncMock)


def _shape_of(function: Any) -> tuple[str, list[tuple[str, int, bool]], dict[str, Any], dict[str, Any]]:
    """Return a function's name, its parameters (name, kind, whether it has a default), defaults, and more."""
    name = str(getattr(function, "__name__", type(function).__name__))
    texts = {key: getattr(function, key, None) for key in ("__qualname__", "__doc__")}
    about: dict[str, Any] = {key: text for key, text in texts.items() if isinstance(text, str)}
    if annotations := getattr(function, "__annotations__", None):
        about["__annotations__"] = {key: one for key, one in annotations.items() if _crosses(one)}
    if not isinstance(function, (types.FunctionType, types.MethodType)):
        return name, [("args", _STAR, False), ("kwargs", _REST, False)], {}, about
    found = inspect.signature(function).parameters.values()
    parameters = [(one.name, int(one.kind), one.default is not one.empty) for one in found]
    return name, parameters, {one.name: one.default for one in found if one.default is not one.empty}, about


class _Owner:
    """Stands for an object of the tests whose bound methods the solution has."""


class Borrowed:
    """The solution's side: takes turns with the tests, and gives their functions a body here."""

    def __init__(self, channel: Channel, descriptor: int, limit: int) -> None:
        """Speak through a channel, in lines of at most ``limit`` bytes."""
        self._channel, self._limit = channel, limit
        self._read = functools.partial(read_exactly, descriptor)
        self._turn = threading.Condition()
        self._waits = True
        """A line of our own has no answer yet, or the tests have asked for nothing: no other thread may speak."""
        self._depth = 0
        """What the tests have asked for and is not done: one thing, and more if functions of theirs ask in turn."""
        self._functions: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._owners: dict[int, _Owner] = {}
        self._before: tuple[Any, Any] | None = None
        self._printed: tuple[io.StringIO, ...] = ()
        self._operate: Callable[[str], str] = str
        self._names: Mapping[str, Any] = {}

    def serve(self, operate: Callable[[str], str], names: Mapping[str, Any]) -> None:
        """Do what the tests ask, one line after the other, until the process is ended.

        Exceptions of the tests find the solution's classes among ``names``.
        """
        self._operate, self._names = operate, names
        while True:
            self._do(read_frame(self._read))

    def _do(self, asked: str) -> None:
        """Do one thing and answer, once all that was asked for since then is done."""
        with self._turn:
            self._depth += 1
            depth, self._waits = self._depth, False
            self._turn.notify_all()
        line = self._operate(asked[1:])
        with self._turn:
            self._turn.wait_for(lambda: not self._waits and self._depth == depth)
            self._waits = True
        self._deliver()
        with self._turn:
            self._depth -= 1
        self._channel.send(line)

    def revive(self, made_from: Any, content: Any) -> Any:
        """Return the function that stands for a test's; a bound method is a new one each time, as everywhere."""
        number, defaults = content
        name, parameters, about, owner = made_from
        if number not in self._functions:
            call = functools.partial(self._call, number)
            if owner is not None:
                parameters = [("self_", 0, False), *parameters]
                call = functools.partial(self._call_bound, number)
            made = _make(call, parameters, defaults)
            made.__name__ = name
            for key, value in about.items():
                setattr(made, key, value)
            self._functions[number] = made
            self._numbers[id(made)] = number
        if owner is None:
            return self._functions[number]
        return types.MethodType(self._functions[number], self._owners.setdefault(owner, _Owner()))

    def revive_lent(self, made_from: Any, number: int) -> Any:
        """Return what stands for an iterator or a stream of the tests."""
        if number not in self._functions:
            kind, name = made_from
            made = lending.make(kind, name, lambda *given: self._call(number, [*given], {}))
            self._functions[number] = made
            self._numbers[id(made)] = number
        return self._functions[number]

    def rebuild(self, told: str) -> BaseException:
        """Make an exception of the tests, whose class may be one of the solution's."""
        return objects.rebuild_exception(Raised.read(told), lambda path: objects.find_class(path, self._names))

    def tell(self, value: Any) -> tuple[str, Any, Any] | None:
        """Name a function that is a test's; ``None`` for other values."""
        number = self._numbers.get(id(value.__func__ if type(value) is types.MethodType else value))
        return None if number is None else (FUNCTION, None, number)

    def capture(self, wanted: bool) -> None:
        """Keep what is printed from here on for the tests, or let it go where it went before."""
        if wanted and self._before is None:
            self._before = (sys.stdout, sys.stderr)
            self._printed = (io.StringIO(), io.StringIO())
            sys.stdout, sys.stderr = self._printed
        elif not wanted and self._before is not None:
            for name, mine, before in zip(_STREAMS, self._printed, self._before, strict=True):
                if getattr(sys, name) is mine:
                    setattr(sys, name, before)
            self._before, self._printed = None, ()

    def _call(self, number: int, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Have a function of the tests called."""
        with self._turn:
            self._turn.wait_for(lambda: not self._waits and self._depth > 0)
            self._waits = True
        try:
            self._deliver()
            return self._exchange(str(number), arguments, keywords)
        finally:
            with self._turn:
                self._waits = False
                self._turn.notify_all()

    def _call_bound(self, number: int, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Have a bound method of the tests called: they have its object."""
        return self._call(number, arguments[1:], keywords)

    def _deliver(self) -> None:
        """Send what has been printed."""
        for name, stream in zip(_STREAMS, self._printed, strict=False):
            text = stream.getvalue()
            if text:
                stream.seek(0)
                stream.truncate()
            for start in range(0, len(text), _PIECE):
                self._exchange(name, [text[start : start + _PIECE]], {})

    def _exchange(self, which: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        asked = f"{Message.CALLBACK}{which} {wire.encode((arguments, keywords))}"
        if len(asked) > self._limit:
            raise ValueError("more than a function of the tests can be given")
        self._channel.send(asked)
        while _said(line := read_frame(self._read)) is Message.CALL:
            self._do(line)
        answer = line[1:]
        if _said(answer) is not Message.VALUE:
            raise self.rebuild(answer[1:]) if _said(answer) is not Message.MEMORY else MemoryError
        result, (after, after_keywords) = wire.decode(answer[1:])
        objects.write_back(arguments, after)
        objects.write_back(list(keywords.values()), [after_keywords.get(key) for key in keywords])
        return result


def _said(line: str) -> Message | None:
    return said(line[:1].encode())


def _make(call: Callable[[list[Any], dict[str, Any]], Any], parameters: list[Any], defaults: dict[str, Any]) -> Any:
    """Make a function with these parameters that passes on what it is called with.

    Arguments that are left out stay left out if those after them are too: the tests' function has the defaults.
    """
    positional = [name for name, kind, _ in parameters if kind <= _EITHER]
    starred = next((name for name, kind, _ in parameters if kind == _STAR), None)
    keyword = [name for name, kind, _ in parameters if kind == _KEYWORD]
    rest = next((name for name, kind, _ in parameters if kind == _REST), None)
    last_only = max((number for number, (_, kind, _) in enumerate(parameters, 1) if kind == 0), default=0)
    written: list[str] = []
    for number, (name, kind, optional) in enumerate(parameters, 1):
        if kind == _KEYWORD and starred is None and "*" not in written:
            written.append("*")
        written.append({_STAR: "*", _REST: "**"}.get(kind, "") + name + (f"=defaults_[{name!r}]" if optional else ""))
        if number == last_only:
            written.append("/")

    def passed(values: tuple[Any, ...], more: tuple[Any, ...], named: dict[str, Any], others: dict[str, Any]) -> Any:
        count = len(values)
        while not more and count and _is_default(defaults, positional[count - 1], values[count - 1]):
            count -= 1
        given = {name: value for name, value in named.items() if not _is_default(defaults, name, value)}
        return call([*values[:count], *more], given | others)

    values = "".join(f"{name}," for name in positional)
    named = ",".join(f"{name!r}:{name}" for name in keyword)
    body = f"passed_(({values}),{starred or '()'},{{{named}}},{rest or '{}'})"
    source = f"def made_({', '.join(written)}): return {body}\n"
    names: dict[str, Any] = {"passed_": passed, "defaults_": defaults}
    exec(compile(source, "<function of the tests>", "exec", dont_inherit=True), names)  # noqa: S102 - names are checked
    return names["made_"]


def _is_default(defaults: dict[str, Any], name: str, value: Any) -> bool:
    return name in defaults and defaults[name] is value
