"""Proxies of a solution's classes, functions and objects, for tests in another process than the solution.

Whatever a test does to a proxy travels as one operation through the judge to the process that holds the solution,
and comes back as a plain value, another proxy, or an exception. Lists, dicts and sets that belong to an object
come as copies that write through. Tests compare in their own process: an object of the solution equals no plain
value, however its class defines ``==``, so no answer of the solution decides an assertion about values. An
object of a class that derives from a builtin one equals what that builtin part of it equals.

Ordering and arithmetic would let an object decide (``abs(result - 3.14) < 1e-6``). So where the reference has given
plain values, an object that a solution gives instead refuses them.
"""

from __future__ import annotations

import _thread
import builtins
import functools
import sys
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Any, NoReturn

from auditor.verify import wire
from auditor.verify.inside import objects
from auditor.verify.inside.callbacks import FUNCTION, Lent
from auditor.verify.inside.channel import Channel, read_exactly
from auditor.verify.inside.holding import HANDLE, SPECIAL, numbered
from auditor.verify.inside.loading import MODULE
from auditor.verify.protocol import Message, read_frame, said
from auditor.verify.values import Opaque

_RAISED = "raise"
"""The key of objects that an exception brings along; other keys are ``call NAME`` and ``get NAME``."""


class ProxySession:
    """The tests' side of the conversation: makes proxies, and sends what is done to them."""

    def __init__(
        self, channel: Channel, descriptor: int, names: dict[str, Any], always_plain: Collection[str] = ()
    ) -> None:
        """Speak through a channel; ``always_plain`` are keys whose results are no objects, by the reference."""
        self._channel = channel
        self._read = functools.partial(read_exactly, descriptor)
        self._names = names
        self._turn = _thread.RLock()
        """Held by the thread of the tests that is speaking."""
        self._lent = Lent()
        self._streams = (sys.stdout, sys.stderr)
        self._captures = False
        """Whether the solution's output comes to the standard streams here, which a test has redirected."""
        self._known: dict[int, Any] = {}
        self._classes: dict[int, int] = {}
        """Identity of an exception class, or of one of the standard library → number of the solution's class."""
        self._titles: dict[int, set[str]] = {}
        """Number of an object → the names by which tests have reached it."""
        self._always_plain = frozenset(always_plain)
        self._strict = False
        """Objects that arrive at the moment come where the reference has given plain values."""
        self._arrived = 0
        """Objects, other than classes, that have arrived."""
        self._gave: dict[str, bool] = {}
        """Key → whether objects came of it."""
        wire.keep_classes(self._tell, self._revive)

    def exported(self, mentioned: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        """Return what the solution's module binds names to: proxies of classes and functions, and plain values.

        First what the module defines itself, then, of the words ``mentioned``, what comes from elsewhere, and the
        latter's :func:`~auditor.verify.inside.objects.origin_of`.
        """
        own, others, origins = self.ask("names", 0, "", [mentioned], {})
        for name, value in (*own.items(), *others.items()):
            if (number := _number_of(value)) is not None:
                self._titles.setdefault(number, set()).add(name)
        return own, others, origins

    def always_plain(self) -> list[str]:
        """List the keys that came up so far and never gave an object."""
        return [key for key, gave in self._gave.items() if not gave]

    def ask(
        self, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any], *,
        strict: bool = False,
    ) -> Any:  # fmt: skip
        """Have one operation done; raises what it raised there. ``strict``: on an object that came unexpected."""
        with self._turn:
            self._follow_streams()
            line = self._exchange(operation, target, name, arguments, keywords)
            return self._take(line, operation, target, name, arguments, keywords, strict=strict)

    def _follow_streams(self) -> None:
        """Say where a test has redirected the standard streams, or given them back."""
        redirected = (sys.stdout, sys.stderr) != self._streams
        if redirected != self._captures:
            self._captures = redirected
            self._exchange("capture", 0, "", [redirected], {})

    def _exchange(self, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any]) -> str:
        """Send an operation; returns the line that answers it, and calls what the solution calls before that."""
        self._channel.send(Message.CALL + wire.encode((operation, target, name, arguments, keywords)))
        while said((line := read_frame(self._read))[:1].encode()) is Message.CALLBACK:
            which, _, asked = line[1:].partition(" ")
            given = self._decode(asked, [self._lent.key_of(which)], strict=False)
            self._channel.send(Message.ANSWER + self._lent.respond(which, *given))
        return line

    def _take(
        self, line: str, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any], *,
        strict: bool,
    ) -> Any:  # fmt: skip
        """Return what an answer says, and do to the arguments what was done to them; raises what it tells."""
        titles = self._titles.get(target, {""}) if operation == "call" else {name}
        keys = [f"{operation} {title}" for title in titles]
        match said(line[:1].encode()):
            case Message.VALUE:
                result, (after, after_keywords) = self._decode(line[1:], keys, strict=strict)
                if operation == "get" and (number := _number_of(result)) is not None:
                    self._titles.setdefault(number, set()).add(name)
                objects.write_back(arguments, after)
                objects.write_back(list(keywords.values()), [after_keywords.get(key) for key in keywords])
                return result
            case Message.TOO_LARGE:
                return Opaque("a value too large")
            case _:
                told = objects.told_of(line)
        decode = functools.partial(self._decode, keys=[_RAISED], strict=strict)
        self._learn_classes(told.classes)
        error = objects.rebuild_exception(told, self._find_class, decode)
        if operation == "call" and isinstance(error, StopIteration):
            # a loop of the test around the call would end by it, and with the loop its assertions (as in PEP 479)
            raise RuntimeError(f"the solution raised {told.text or 'StopIteration'}") from None
        raise error

    def _decode(self, text: str, keys: list[str], *, strict: bool) -> Any:
        """Decode a result, and note whether objects came with it."""
        before, outer = self._arrived, self._strict
        self._strict = strict or not self._always_plain.isdisjoint(keys)
        try:
            return wire.decode(text)
        finally:
            self._strict = outer
            for key in keys:
                self._gave[key] = self._gave.get(key, False) or self._arrived > before

    def _tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        number = self._classes.get(id(value), _number_of(value))
        if number is not None:
            return HANDLE, None, number
        return self._lent.tell(value, kind) or objects.tell_class(value, kind)

    def _revive(self, name: str, made_from: Any, content: Any) -> Any:
        if name == FUNCTION:
            self._arrived += 1
            return Opaque("a function of the tests") if self._strict else self._lent.of(content)
        if name != HANDLE:
            return objects.revive_class(name, made_from, content)
        number, what, title, related, flag = content
        if what != "class":
            self._arrived += 1
            if self._strict and what == "value":  # a list, a number or the like: its content counts
                return self.ask("plain", number, "", [], {}, strict=True)
            if self._strict:  # of its own, since the same object may come where objects are expected
                return _proxy(UnexpectedObject, number, self)
        if number not in self._known:
            if what == "class" and (local := self._local_class(title, related, raises=flag)) is not None:
                self._known[number] = local
                if local.__module__ != builtins.__name__:
                    self._classes[id(local)] = number
            elif what == "class":
                bases = tuple(self._known[base] for base in related if base in self._known)
                self._known[number] = RemoteClass(title, bases[:1] or (RemoteObject,), {
                    "_number": number, "_session": self, "__module__": MODULE,
                })  # fmt: skip
            else:
                kind = self._known.get(related) if related is not None else None
                made = _proxy(kind if isinstance(kind, RemoteClass) else RemoteObject, number, self)
                object.__setattr__(made, "_is_value", what == "value")
                self._known[number] = made
        return self._known[number]

    def _local_class(self, title: str, bases: list[int | str], *, raises: bool) -> type | None:
        """Return what a class is in this process: an exception class, or one of the standard library.

        ``bases`` are numbers and paths, the class's own path first unless it is the solution's.
        """
        itself = bases[0] if bases and isinstance(bases[0], str) else ""
        if not raises:
            return objects.shared_class(itself)
        if itself.endswith(f":{title}") and (known := objects.exception_class(itself)) is not None:
            return known
        found = (self._known.get(one) if isinstance(one, int) else objects.find_class(one, {}) for one in bases)
        parents = [one for one in found if isinstance(one, type)]
        return objects.derive(title, objects.nearest(parents) or [Exception])

    def _learn_classes(self, paths: Sequence[str]) -> None:
        """Make those of an exception's classes that have a number and are not known yet."""
        for place, path in reversed([*enumerate(paths)]):
            number, title = numbered(path)
            if number is not None and number not in self._known:
                found = [one for one in map(self._find_class, paths[place + 1 :]) if one is not None]
                made = self._known[number] = objects.derive(title, objects.nearest(found) or [Exception])
                if made.__module__ == MODULE:
                    self._classes[id(made)] = number

    def _find_class(self, path: str) -> type[BaseException] | None:
        """Return the exception class of a path or a number, where there is one here."""
        number, _ = numbered(path)
        if number is None:
            return objects.find_class(path, self._names)
        known = self._known.get(number)
        return known if isinstance(known, type) and issubclass(known, BaseException) else None


def _number_of(value: Any) -> int | None:
    """Return the number of what a proxy stands for; ``None`` for other values."""
    if isinstance(value, RemoteClass):
        number: int | None = vars(value).get("_number")
        return number
    return object.__getattribute__(value, "_number") if isinstance(value, RemoteObject) else None


def _proxy(kind: type, number: int, session: ProxySession) -> Any:
    made: Any = object.__new__(kind)
    object.__setattr__(made, "_number", number)
    object.__setattr__(made, "_session", session)
    return made


def _ask(target: Any, operation: str, name: str, *arguments: Any, **keywords: Any) -> Any:
    session: ProxySession = object.__getattribute__(target, "_session")
    number: int = object.__getattribute__(target, "_number")
    strict = isinstance(target, UnexpectedObject)
    return session.ask(operation, number, name, list(arguments), keywords, strict=strict)


class RemoteClass(type):
    """A class of the solution: calling it makes an object over there; its attributes are looked up over there."""

    _number: int
    _session: ProxySession

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """Make an object of the class."""
        if "_number" not in vars(cls):
            raise TypeError("a class of the solution cannot be derived from in another process")
        return cls._session.ask("call", cls._number, "", list(arguments), keywords)

    def __getattr__(cls, name: str) -> Any:
        """Look an attribute up."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _live(cls._session.ask("get", cls._number, name, [], {}), cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Set an attribute of the class over there."""
        cls._session.ask("set", cls._number, name, [value], {})


class RemoteObject:
    """An object of the solution."""

    _is_value: bool = False
    """Its class derives from a builtin one, such as list."""

    def __getattr__(self, name: str) -> Any:
        """Look an attribute up over there."""
        return _live(_ask(self, "get", name), self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute over there."""
        _ask(self, "set", name, value)

    def __delattr__(self, name: str) -> None:
        """Delete an attribute over there."""
        _ask(self, "delete", name)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it over there."""
        return _ask(self, "call", "", *arguments, **keywords)

    def __eq__(self, other: object) -> Any:
        """Ask its class, but only about another object of the solution; a plain value is compared here."""
        if isinstance(other, RemoteObject):
            return self is other or bool(_ask(self, "special", "eq", other))
        return object.__getattribute__(self, "_is_value") and bool(_ask(self, "plain", "") == other)

    def __ne__(self, other: object) -> Any:
        """Ask its class, but only about another object of the solution; a plain value is compared here."""
        return bool(_ask(self, "special", "ne", other)) if isinstance(other, RemoteObject) else not self == other

    def __hash__(self) -> int:
        """Hash it over there."""
        return int(_ask(self, "special", "hash"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> Any:
        """Leave its context over there."""
        return _ask(self, "special", "exit", "" if kind is None else kind.__name__, "" if error is None else str(error))


RemoteObject.__doc__ = property(lambda self: _ask(self, "get", "__doc__"))  # type: ignore[assignment]  # over there


def _forward(name: str) -> Callable[..., Any]:
    def special(self: RemoteObject, *arguments: Any) -> Any:
        return _ask(self, "special", name, *arguments)

    return special


for _name in set(SPECIAL) - {"eq", "ne", "hash", "exit"}:
    setattr(RemoteObject, f"__{_name}__", _forward(_name))
for _name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    # a plain value on the left: the operation still happens over there, with the object on the right
    setattr(
        RemoteObject, f"__r{_name}__",
        lambda self, other, _name=_name: _ask(self, "get", f"__r{_name}__")(other),
    )  # fmt: skip


class UnexpectedObject(RemoteObject):
    """An object that a solution gives where the reference has given plain values only."""

    def __contains__(self, item: Any) -> bool:
        """Look for an item here, among those that it gives."""
        return any(one is item or one == item for one in iter(self))


def _refuse(*_: Any) -> NoReturn:
    """Refuse to decide a comparison or a difference."""
    raise TypeError("the solution gave an object of its own where the reference gives a plain value")


_BINARY = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
_OTHERS = ("lt", "le", "gt", "ge", "abs", "neg", "pos", "invert", "round", "iadd", "isub", "imul")
for _name in (*_BINARY, *_OTHERS, *(f"r{_one}" for _one in _BINARY)):
    setattr(UnexpectedObject, f"__{_name}__", _refuse)


def _live(value: Any, owner: Any, name: str) -> Any:
    """Let a list, dict or set that belongs to an object write through."""
    kind = _LIVE.get(type(value))
    if kind is None:
        return value
    live = kind(value)
    vars(live).update(_owner=owner, _attribute=name)
    return live


class _Live:
    """A copy of a container over there: what changes it is done on both sides."""

    _owner: Any
    _attribute: str


class _LiveList(_Live, list[Any]):
    """A list."""


class _LiveDict(_Live, dict[Any, Any]):
    """A dict."""


class _LiveSet(_Live, set[Any]):
    """A set."""


def _write_through(base: type, method: str) -> Callable[..., Any]:
    plain = getattr(base, method)

    @functools.wraps(plain)
    def changed(self: Any, *arguments: Any) -> Any:
        _ask(self._owner, "within", self._attribute, method, *arguments)
        return plain(self, *arguments)

    return changed


_CHANGES: dict[type, tuple[type, str]] = {
    _LiveList: (list, "append extend insert remove pop clear sort reverse __setitem__ __delitem__ __iadd__"),
    _LiveDict: (dict, "update pop popitem clear setdefault __setitem__ __delitem__ __ior__"),
    _LiveSet: (set, "add update remove discard pop clear __ior__ __iand__ __isub__"),
}
for _kind, (_base, _methods) in _CHANGES.items():
    for _method in _methods.split():
        setattr(_kind, _method, _write_through(_base, _method))
_LIVE: dict[type, type] = {list: _LiveList, dict: _LiveDict, set: _LiveSet}


def refuse_pickling(*_: Any) -> NoReturn:
    """Say that a proxy stays in its process."""
    raise TypeError("an object of the solution cannot be copied into the tests' process")


RemoteObject.__reduce_ex__ = refuse_pickling  # type: ignore[method-assign]
