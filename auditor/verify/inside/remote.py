"""Objects of the solution in another process than its tests.

One process holds the solution; in the other, tests work with proxies of its classes, functions and objects.
Whatever a test does to a proxy travels as one operation through the judge, and comes back as a plain value,
as another proxy, or as an exception. Lists, dicts and sets that belong to an object come as copies that write
through. What a test compares, it compares in its own process: an object of the solution equals no plain
value, however its class defines ``==``, so no answer of the solution decides an assertion about values.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from auditor.verify import wire
from auditor.verify.inside import objects
from auditor.verify.inside.channel import Channel, read_exactly
from auditor.verify.inside.loading import MODULE, load_module
from auditor.verify.protocol import HoldJob, Message, Raised, read_frame, said
from auditor.verify.values import Opaque

_HANDLE = "object"
"""The name under which a reference to an object crosses."""
_MOST_OBJECTS = 100_000
_SPECIAL: dict[str, Callable[..., Any]] = {
    "len": len, "iter": iter, "next": next, "contains": operator.contains, "getitem": operator.getitem,
    "setitem": operator.setitem, "delitem": operator.delitem, "str": str, "repr": repr, "hash": hash, "bool": bool,
    "int": int, "float": float, "index": operator.index, "abs": abs, "neg": operator.neg, "pos": operator.pos,
    "invert": operator.invert, "format": format, "reversed": reversed, "round": round,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "add": operator.add, "sub": operator.sub, "mul": operator.mul, "matmul": operator.matmul,
    "truediv": operator.truediv, "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
    "and": operator.and_, "or": operator.or_, "xor": operator.xor, "lshift": operator.lshift,
    "rshift": operator.rshift, "iadd": operator.iadd, "isub": operator.isub, "imul": operator.imul,
    "enter": lambda held: type(held).__enter__(held),
    "exit": lambda held, kind, text: type(held).__exit__(held, *_raised_again(kind, text)),
}  # fmt: skip


def _raised_again(kind: str, text: str) -> tuple[type[BaseException] | None, BaseException | None, None]:
    """Make the exception that left a ``with`` block of a test, as far as its class is a builtin one."""
    if not kind:
        return None, None, None
    import builtins

    found = getattr(builtins, kind, RuntimeError)
    error = found(text)
    return type(error), error, None


# the solution's side ----------------------------------------------------------------------------


class _Held:
    """The objects that tests know, by number."""

    def __init__(self) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}

    def tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        """Name an object that no plain value stands for: its number, its class, and whether it can be called."""
        told = objects.tell_class(value, kind)
        if told is not None:
            return told
        if issubclass(kind, objects.PLAIN) or kind.__module__ in {"numpy", "decimal", "fractions"}:
            return None
        bases: list[Any] = []
        if issubclass(kind, type):
            bases = [self.number(base) for base in value.__mro__[1:-1] if base.__module__ == MODULE]
            return _HANDLE, None, [self.number(value), "class", value.__name__, bases, issubclass(value, BaseException)]
        owner = self.number(kind) if kind.__module__ == MODULE else None
        return _HANDLE, None, [self.number(value), "object", kind.__name__, owner, callable(value)]

    def number(self, value: Any) -> int:
        """Return the number of an object, a new one where it has none; an object that tests know lives on."""
        known = self._numbers.get(id(value))
        if known is None:
            if len(self._objects) >= _MOST_OBJECTS:
                raise MemoryError("too many objects are held for the tests")
            known = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return known

    def revive(self, name: str, made_from: Any, content: Any) -> Any:
        """Return the object of a number, or what :mod:`.objects` makes."""
        if name != _HANDLE:
            return objects.revive_class(name, made_from, content)
        return self._objects[content]

    def of(self, number: int) -> Any:
        """Return the object of a number."""
        return self._objects[number]


def hold(job: HoldJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Load the solution and do what is asked of its objects, until the judge has had enough."""
    channel = Channel(descriptor, eager=True)
    held = _Held()
    wire.keep_classes(held.tell, held.revive)
    module = load_module(source, channel)
    if module is None:
        return
    channel.send(Message.READY)
    read = functools.partial(read_exactly, descriptor)
    while True:
        asked = read_frame(read)
        channel.send(_answer(held, module, asked, job.limit))


def _answer(held: _Held, module: dict[str, Any], asked: str, limit: int) -> str:
    """Do one operation and say its result, and what it left of the arguments."""
    try:
        operation, target, name, arguments, keywords = wire.decode(asked)
        result = _do(held, module, operation, target, name, arguments, keywords)
        line = f'{Message.VALUE}{{"tuple":[{wire.encode(result)},{wire.encode((arguments, keywords))}]}}'
    except MemoryError:
        return Message.MEMORY
    except BaseException as error:  # noqa: BLE001 - whatever the candidate raises is its answer
        return Message.RAISED + objects.tell_exception(error).body()
    return line if len(line) <= limit else f"{Message.TOO_LARGE} {len(line)}"


def _do(
    held: _Held, module: dict[str, Any], operation: str, target: int, name: str, arguments: Any, keywords: Any
) -> Any:
    match operation:
        case "names":
            return {
                key: value for key, value in module.items()
                if getattr(value, "__module__", None) == MODULE
                or isinstance(value, (*objects.PLAIN, functools.partial))  # such as a class with a default of its own
                if not (key.startswith("__") and key.endswith("__"))
            }  # fmt: skip
        case "call":
            return held.of(target)(*arguments, **keywords)
        case "get":
            return getattr(held.of(target), name)
        case "set":
            return setattr(held.of(target), name, *arguments)
        case "delete":
            return delattr(held.of(target), name)
        case "special":
            return _SPECIAL[name](held.of(target), *arguments)
        case "within":
            return getattr(getattr(held.of(target), name), arguments[0])(*arguments[1:])
    raise ValueError(f"no such operation: {operation}")


# the tests' side --------------------------------------------------------------------------------


class ProxySession:
    """The tests' side of the conversation: makes proxies, and sends what is done to them."""

    def __init__(self, channel: Channel, descriptor: int, names: dict[str, Any]) -> None:
        self._channel = channel
        self._read = functools.partial(read_exactly, descriptor)
        self._names = names
        self._known: dict[int, Any] = {}
        wire.keep_classes(self._tell, self._revive)

    def exported(self) -> dict[str, Any]:
        """Return what the solution's module defines: proxies of its classes and functions, and plain values."""
        found: dict[str, Any] = self.ask("names", 0, "", [], {})
        return found

    def ask(self, operation: str, target: int, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Have one operation done; raises what it raised there."""
        self._channel.send(Message.CALL + wire.encode((operation, target, name, arguments, keywords)))
        line = read_frame(self._read)
        match said(line[:1].encode()):
            case Message.VALUE:
                result, (after, after_keywords) = wire.decode(line[1:])
                objects.write_back(arguments, after)
                objects.write_back(list(keywords.values()), [after_keywords.get(key) for key in keywords])
                return result
            case Message.TOO_LARGE:
                return Opaque("a value too large")
            case Message.MEMORY:
                told = Raised("MemoryError", ("builtins:MemoryError",), wire.encode([]), wire.encode({}))
            case _:
                told = Raised.read(line[1:])
        error = objects.rebuild_exception(told, self._names)
        if operation == "call" and isinstance(error, StopIteration):
            # a loop of the test around the call would end by it, and with the loop its assertions (as in PEP 479)
            raise RuntimeError(f"the solution raised {told.text or 'StopIteration'}") from None
        raise error

    def _tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        number = vars(value).get("_number") if isinstance(value, RemoteClass) else _number_of(value)
        return objects.tell_class(value, kind) if number is None else (_HANDLE, None, number)

    def _revive(self, name: str, made_from: Any, content: Any) -> Any:
        if name != _HANDLE:
            return objects.revive_class(name, made_from, content)
        number, what, title, related, flag = content
        if number not in self._known:
            if what == "class" and flag:
                self._known[number] = self._exception_class(title, related)
            elif what == "class":
                bases = tuple(self._known[base] for base in related if base in self._known)
                self._known[number] = RemoteClass(title, bases[:1] or (RemoteObject,), {
                    "_number": number, "_session": self, "__module__": MODULE,
                })  # fmt: skip
            else:
                kind = self._known.get(related) if related is not None else None
                self._known[number] = _proxy(kind if isinstance(kind, RemoteClass) else RemoteObject, number, self)
        return self._known[number]

    def _exception_class(self, title: str, bases: list[int]) -> type[BaseException]:
        """Make a local exception class of a solution's own, so that ``assertRaises`` can name it."""
        parents = tuple(self._known[base] for base in bases if base in self._known) or (Exception,)
        return type(title, parents[:1], {"__module__": MODULE})


def _number_of(value: Any) -> int | None:
    return object.__getattribute__(value, "_number") if isinstance(value, RemoteObject) else None


def _proxy(kind: type, number: int, session: ProxySession) -> Any:
    made: Any = object.__new__(kind)
    object.__setattr__(made, "_number", number)
    object.__setattr__(made, "_session", session)
    return made


def _ask(target: Any, operation: str, name: str, *arguments: Any, **keywords: Any) -> Any:
    session: ProxySession = object.__getattribute__(target, "_session")
    number: int = object.__getattribute__(target, "_number")
    return session.ask(operation, number, name, list(arguments), keywords)


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
        """Ask its class, but only about another object of the solution."""
        return self is other or (isinstance(other, RemoteObject) and bool(_ask(self, "special", "eq", other)))

    def __ne__(self, other: object) -> Any:
        """Ask its class, but only about another object of the solution."""
        return not (isinstance(other, RemoteObject) and not _ask(self, "special", "ne", other))

    def __hash__(self) -> int:
        """Hash it over there."""
        return int(_ask(self, "special", "hash"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> Any:
        """Leave its context over there."""
        return _ask(self, "special", "exit", "" if kind is None else kind.__name__, "" if error is None else str(error))


def _forward(name: str) -> Callable[..., Any]:
    def special(self: RemoteObject, *arguments: Any) -> Any:
        return _ask(self, "special", name, *arguments)

    return special


for _name in set(_SPECIAL) - {"eq", "ne", "hash", "exit"}:
    setattr(RemoteObject, f"__{_name}__", _forward(_name))
for _name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    # a plain value on the left: the operation still happens over there, with the object on the right
    setattr(
        RemoteObject, f"__r{_name}__",
        lambda self, other, _name=_name: _ask(self, "get", f"__r{_name}__")(other),
    )  # fmt: skip


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
