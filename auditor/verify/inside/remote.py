"""Stand-ins in the tests' process for a solution's classes and objects, see :mod:`auditor.verify.inside.proxies`.

An object of a class that derives from a builtin one (``class Stack(list)``, a ``NamedTuple``) is a
:class:`RemoteValue`. What its class defines itself is asked over there; everything else is done here, on its
content, so that a comparison with a plain value, a difference or a look-up is decided in this process. And a
solution's class decides only what the reference's classes have decided as well.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Any, NoReturn, Protocol

from auditor.verify.inside.loading import MODULE
from auditor.verify.inside.operations import BINARY, SPECIAL

_BUILTIN: dict[str, type] = {
    one.__name__: one for one in (int, float, complex, str, bytes, tuple, frozenset, list, dict, set, deque, bytearray)
}
IMMUTABLE = frozenset({int, float, complex, str, bytes, tuple, frozenset})
"""Builtin classes whose content travels with an object of a class below them."""


class Conversation(Protocol):
    """What stand-ins need of the conversation."""

    def ask(
        self, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any], *,
        strict: bool = False,
    ) -> Any:  # fmt: skip
        """Have one operation done over there."""

    def trusts(self, name: str) -> bool:
        """Say whether a class below a builtin one may define an attribute of that in its own way."""

    def allows(self, what: str) -> bool:
        """Say whether something has happened in the reference's run."""

    def leaves(self, error: BaseException | None, leave: Callable[[], Any]) -> Any:
        """Leave a context of the solution, and note a failure of the test that does not come out of it."""


def number_of(value: Any) -> int | None:
    """Return the number of what a stand-in is for; ``None`` for other values."""
    if isinstance(value, RemoteClass):
        number: int | None = vars(value).get("_number")
        return number
    return object.__getattribute__(value, "_number") if isinstance(value, RemoteObject) else None


def make_class(
    title: str, parents: list[type], number: int, session: Conversation, base: str, defines: Collection[str]
) -> RemoteClass:
    """Make the stand-in of a class; ``base`` names the builtin class that it derives from, if there is one.

    ``defines`` are the attributes of that one which the class has in a way of its own.
    """
    builtin = _BUILTIN.get(base)
    bases = tuple(parents[:1]) or ((RemoteObject,) if builtin is None else ())
    if builtin is not None and not any(issubclass(one, RemoteValue) for one in bases):
        bases = (*bases, RemoteValue)
    if builtin in IMMUTABLE and not any(issubclass(one, builtin) for one in bases):
        bases = (*bases, builtin)
    names = {"_number": number, "_session": session, "__module__": MODULE, "__doc__": _DOC}
    if builtin is not None:
        shown = None if builtin in IMMUTABLE else type(title, (builtin,), {"__module__": MODULE})
        names |= {"_base": builtin, "_defines": frozenset(defines), "_shown": shown}
    return RemoteClass(title, bases, names)


def make_object(kind: type, number: int, session: Conversation, content: Any = None) -> Any:
    """Make the stand-in of an object; ``content`` is that of its immutable builtin base."""
    base = getattr(kind, "_base", None) if issubclass(kind, RemoteValue) else None
    made: Any = object.__new__(kind) if base not in IMMUTABLE else base.__new__(kind, content)
    for name, value in (("_number", number), ("_session", session), ("_content", content)):
        object.__setattr__(made, name, value)
    return made


def _ask(target: Any, operation: str, name: str, *arguments: Any, **keywords: Any) -> Any:
    session: Conversation = object.__getattribute__(target, "_session")
    number: int = object.__getattribute__(target, "_number")
    strict = isinstance(target, UnexpectedObject)
    return session.ask(operation, number, name, list(arguments), keywords, strict=strict)


class RemoteClass(type):
    """A class of the solution: calling it makes an object over there; its attributes are looked up over there."""

    _number: int
    _session: Conversation

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

    def __iter__(cls) -> Any:
        """Go through it over there, such as an Enum."""
        return cls._session.ask("special", cls._number, "iter", [], {})

    def __len__(cls) -> int:
        """Count its members over there."""
        return int(cls._session.ask("special", cls._number, "len", [], {}))

    def __bool__(cls) -> bool:
        """Be true, as classes are."""
        return True

    def __contains__(cls, item: Any) -> bool:
        """Look for a member over there."""
        return bool(cls._session.ask("special", cls._number, "contains", [item], {}))

    def __getitem__(cls, key: Any) -> Any:
        """Take a member, or give it parameters, over there."""
        return cls._session.ask("special", cls._number, "getitem", [key], {})


RemoteClass.__doc__ = property(  # type: ignore[assignment]  # over there
    lambda cls: cls._session.ask("get", cls._number, "__doc__", [], {})
)


class RemoteObject:
    """An object of the solution."""

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
        """Ask its class, but only about another object of the solution; a plain value is compared here.

        What calls everything equal is not believed (:mod:`auditor.verify.inside.variations`), unless the reference's
        class does.
        """
        return isinstance(other, RemoteObject) and (self is other or _are_equal(self, other))

    def __ne__(self, other: object) -> Any:
        """Ask its class, as for equality; two that it calls equal are not unequal."""
        if not isinstance(other, RemoteObject):
            return not self == other
        return bool(_ask(self, "special", "ne", other)) and not _ask(self, "special", "eq", other)

    def __hash__(self) -> int:
        """Hash it over there."""
        return int(_ask(self, "special", "hash"))

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> Any:
        """Leave its context over there."""
        session: Conversation = object.__getattribute__(self, "_session")
        return session.leaves(error, lambda: _ask(self, "special", "exit", error))


_DOC = property(lambda self: _ask(self, "get", "__doc__"))
RemoteObject.__doc__ = _DOC  # type: ignore[assignment]  # over there


def _are_equal(one: RemoteObject, other: RemoteObject) -> bool:
    if not _ask(one, "special", "eq", other):
        return False
    session: Conversation = object.__getattribute__(one, "_session")
    return bool(_ask(one, "apart", "", other)) or session.allows(f"equal by class {type(one).__name__}")


def _forward(name: str) -> Callable[..., Any]:
    def special(self: RemoteObject, *arguments: Any) -> Any:
        return _ask(self, "special", name, *arguments)

    return special


for _name in set(SPECIAL) - {"eq", "ne", "hash", "missing", "exit"}:
    setattr(RemoteObject, f"__{_name}__", _forward(_name))


class RemoteValue(RemoteObject):
    """An object of a class that derives from a builtin one."""

    _base: type
    _defines: frozenset[str]
    _shown: type | None

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """Pass for an instance of the builtin class although it is not one."""
        return type(self)._shown or type(self)  # noqa: SLF001 - a stand-in

    def __getattribute__(self, name: str) -> Any:
        """Look up over there what the class has in a way of its own, and what changes the object."""
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        base = type(self)._base  # noqa: SLF001 - a stand-in
        if hasattr(base, name) and name not in _MUTATORS.get(base, ()) and not _is_own(self, name):
            return getattr(_content(self), name)
        return RemoteObject.__getattr__(self, name)

    def __eq__(self, other: object) -> Any:
        """Compare its content here; about another object of the solution ask its class."""
        return RemoteObject.__eq__(self, other) if isinstance(other, RemoteObject) else _content(self) == other

    def __hash__(self) -> int:
        """Hash its content, unless its class has a way of its own."""
        return int(_ask(self, "special", "hash")) if _is_own(self, "__hash__") else hash(_content(self))


def _content(value: RemoteValue) -> Any:
    """Return what the builtin part of a value holds, as a plain value."""
    content = object.__getattribute__(value, "_content")
    return _ask(value, "plain", "") if content is None else content


def _is_own(value: RemoteValue, name: str, *others: str) -> bool:
    """Say whether a value's class decides something in a way of its own, by ``name`` or others, and may do so."""
    defines = type(value)._defines  # noqa: SLF001 - a stand-in
    session: Conversation = object.__getattribute__(value, "_session")
    return not defines.isdisjoint({name, *others}) and session.trusts(name)


_RELIES: dict[str, str] = {
    "str": "repr", "format": "str repr", "getitem": "missing", "iadd": "add", "isub": "sub", "imul": "mul",
    "bool": "len", "reversed": "len getitem", "contains": "iter",
}  # fmt: skip
"""Operation → others that decide it if a class defines only those."""
_IN_PLACE = frozenset({"setitem", "delitem", "iadd", "isub", "imul"})


def _here_or_there(name: str) -> Callable[..., Any]:
    own = [f"__{one}__" for one in (name, *_RELIES.get(name, "").split())]

    def special(self: RemoteValue, *arguments: Any) -> Any:
        changes = name in _IN_PLACE and type(self)._base not in IMMUTABLE  # noqa: SLF001 - a stand-in
        if changes or _is_own(self, *own):
            return _ask(self, "special", name, *arguments)
        return SPECIAL[name](_content(self), *arguments)

    return special


for _name in set(SPECIAL) - {"eq", "ne", "hash", "missing", "enter", "exit"}:
    setattr(RemoteValue, f"__{_name}__", _here_or_there(_name))


class UnexpectedObject(RemoteObject):
    """An object that a solution gives where the reference has given plain values, or none but values."""

    def __contains__(self, item: Any) -> bool:
        """Look for an item here, among those that it gives."""
        return any(one is item or one == item for one in iter(self))


def _refuse(*_: Any) -> NoReturn:
    """Refuse to decide a comparison or a difference."""
    raise TypeError("the solution gave an object of its own where the reference gives a plain value")


_OTHERS = ("lt", "le", "gt", "ge", "abs", "neg", "pos", "invert", "round", "iadd", "isub", "imul")
for _name in (*BINARY, *_OTHERS, *(f"r{_one}" for _one in BINARY)):
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
_MUTATORS: dict[type, frozenset[str]] = {
    **{base: frozenset(methods.split()) for base, methods in _CHANGES.values()},
    deque: frozenset(
        "append appendleft clear extend extendleft insert pop popleft remove reverse rotate".split()  # noqa: SIM905 - shorter
    ),
    bytearray: frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse"}),
}
"""Builtin class → methods that change an object of it."""


def refuse_pickling(*_: Any) -> NoReturn:
    """Say that a proxy stays in its process."""
    raise TypeError("an object of the solution cannot be copied into the tests' process")


RemoteObject.__reduce_ex__ = refuse_pickling  # type: ignore[method-assign]
