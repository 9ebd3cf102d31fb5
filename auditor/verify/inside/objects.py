"""Classes and exceptions that keep their identity between a test script and a solution.

Values cross the sandbox boundary as plain builtins, which is all that a comparison needs. A test script and
a solution read more: ``most_common`` of a Counter, a field of a namedtuple, the class of an exception. So in
their two processes the collections of the standard library keep their class, and an exception arrives as
the nearest of its ancestors that the receiver knows.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
import weakref
from collections import Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from auditor.verify import wire
from auditor.verify.inside.loading import MODULE, describe, text_of
from auditor.verify.inside.lookups import Factory
from auditor.verify.protocol import Message, said
from auditor.verify.told import Raised

_MOST_ANCESTORS = 20
_SHOWN = "__shown__"
"""The attribute of an exception that says what ``str`` gives of it; no such name crosses as an attribute."""
_OF_CLASS = "__data__"
"""The attribute of an exception that has those of its class; no such name crosses as an attribute."""
_LONGEST = 1 << 16
"""Characters of an exception's arguments or attributes; what is longer stays behind."""
_FRAMEWORKS = frozenset({"unittest", "pytest", "_pytest", "bdb"})
"""Packages whose exceptions end or skip a test, or pass it: no solution may raise those in a test's process."""
_NOT_IMPORTED = _FRAMEWORKS | {"__main__", "antigravity", "idlelib", "test", "this", "turtledemo"}
"""Modules that are not imported because another process names one of their classes: some run something then."""
_FACTORIES: dict[str, type] = {one.__name__: one for one in (int, float, str, list, dict, set, tuple, bool)}
_COUNTED: dict[str, Callable[[Any], Any]] = {"Counter": Counter, "OrderedDict": OrderedDict}
_TIMES = ("datetime", "date", "time", "timedelta")
_PATHS = ("PosixPath", "PurePosixPath", "PureWindowsPath")
PLAIN: tuple[type, ...] = (
    int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, deque, range, type(None),
    type({}.keys()), type({}.items()), type({}.values()),
)  # fmt: skip
"""What crosses as a plain value, with its subclasses."""
_SHARED: dict[str, tuple[type | str, ...]] = {
    "builtins": (int, float, complex, bool, str, bytes, bytearray, tuple, list, dict, set, frozenset, range),
    "collections": (Counter, OrderedDict, defaultdict, deque, UserDict, UserList, UserString),
    "datetime": _TIMES,
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "pathlib": _PATHS,
}
"""Module → classes whose instances cross as what they are: each process uses its own."""
EXCEPTION = "exception"
"""The name under which an exception crosses that is a value: a result, an argument, a part of a group."""
_MOST_TOLD = 4
"""Levels of exceptions within exceptions that cross whole; each level quotes the one below it once more."""
_told = 0
_rebuilt: weakref.WeakSet[type] = weakref.WeakSet()
"""Classes of exceptions that another process has raised."""
_USER: dict[str, Callable[[Any], Any]] = {"UserList": UserList, "UserDict": UserDict, "UserString": UserString}


def keep_classes() -> None:
    """Let the collections of the standard library keep their class from here on, both ways."""
    wire.keep_classes(tell_class, revive_class)


def tell_class(value: Any, kind: type) -> tuple[str, Any, Any] | None:
    """Return a class's name, what else it is made from, and its content as plain builtins."""
    name = kind.__name__
    if kind in (Counter, OrderedDict):
        return name, None, dict(value)
    if kind is defaultdict:
        factory = value.default_factory
        known = isinstance(factory, type) and _FACTORIES.get(factory.__name__) is factory
        return name, factory.__name__ if known else factory and Factory(factory), dict(value)
    if kind in (UserList, UserDict, UserString):
        return name, None, value.data
    if kind is slice:
        return name, None, [value.start, value.stop, value.step]
    if kind.__module__ == "datetime":
        return _tell_time(value, name)
    if kind.__module__.partition(".")[0] == "pathlib" and name in _PATHS:
        return name, None, str(value)
    fields = getattr(kind, "_fields", None)
    if issubclass(kind, tuple) and isinstance(fields, tuple) and len(fields) == tuple.__len__(value):
        return "namedtuple", [name, list(fields)], tuple(tuple.__iter__(value))
    return None


def _tell_time(value: Any, name: str) -> tuple[str, Any, Any] | None:
    """Tell a date or time by its ISO text, a difference by its three numbers; zones other than offsets are lost."""
    if name == "timedelta":
        return name, None, [value.days, value.seconds, value.microseconds]
    return (name, None, value.isoformat()) if name in _TIMES else None


def _revive_time(name: str, content: Any) -> Any:
    import datetime

    kind = getattr(datetime, name)
    return kind(*content) if name == "timedelta" else kind.fromisoformat(content)


def revive_class(name: str, made_from: Any, content: Any) -> Any:
    """Make an instance of a class that was told; raises on what :func:`tell_class` does not say."""
    if name == "namedtuple":
        typename, fields = made_from
        return namedtuple(typename, fields)(*content)  # noqa: PYI024 - its fields are known only now
    if name == "defaultdict":
        factory = _FACTORIES.get(made_from) if isinstance(made_from, str) else made_from
        return defaultdict(factory if callable(factory) else None, content)
    if name in _TIMES:
        return _revive_time(name, content)
    if name == slice.__name__:
        return slice(*content)
    if name in _PATHS:
        import pathlib

        return getattr(pathlib, name)(content)
    return (_COUNTED.get(name) or _USER[name])(content)


def write_back(given: list[Any], after: list[Any]) -> None:
    """Make mutable arguments equal to what the call left of them."""
    for old, new in zip(given, after, strict=False):
        kind = type(old)  # not its ``__class__``: what only stands for a list is changed where it is
        if issubclass(kind, (list, bytearray)):
            old[:] = new
        elif issubclass(kind, (dict, set)):
            old.clear()
            old.update(new)
        elif issubclass(kind, deque):
            old.clear()
            old.extend(new)


def origin_of(value: Any) -> str:
    """Name the module that defines a class or function, and its name there, or a module; empty for other values."""
    if isinstance(value, types.ModuleType):
        return value.__name__
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    return f"{module}:{name}" if isinstance(module, str) and isinstance(name, str) else ""


def shared_class(path: str) -> type | None:
    """Return the class of the standard library of that path if its instances cross as what they are."""
    module, _, name = path.partition(":")
    names = (one if isinstance(one, str) else one.__name__ for one in _SHARED.get(module, ()))
    if name not in names:
        return None
    found: type = getattr(importlib.import_module(module), name)
    return found


def exception_class(path: str) -> type[BaseException] | None:
    """Return the exception class of that path, of the standard library or of a module that is loaded here."""
    module = path.partition(":")[0]
    parts = module.split(".")
    if parts[0] in sys.stdlib_module_names and _NOT_IMPORTED.isdisjoint(parts):
        try:
            importlib.import_module(module)
        except Exception:  # noqa: BLE001 - the other process says the name: then there is no such class here
            return None
    return find_class(path, {})


def tell_exception(error: BaseException, paths: Callable[[type], Iterable[str]] | None = None) -> Raised:
    """Say an exception so that another process can raise one like it; its class may be the candidate's own.

    ``paths`` names its classes, by default :func:`path_of`: what says most of a class first.
    """
    text = describe(error)
    try:
        ancestors = [one for one in type(error).__mro__ if one is not object][:_MOST_ANCESTORS]
        classes = tuple(path for one in ancestors for path in (paths(one) if paths else [path_of(one)]))
        arguments, attributes = _content_of(error)
    except Exception:  # noqa: BLE001 - a class of the candidate's own making
        return Raised(text, (f"{builtins.__name__}:RuntimeError",), wire.encode([text]), wire.encode({}), text)
    short = [part if len(part) <= _LONGEST else "" for part in (arguments, attributes)]
    return Raised(
        text, classes, short[0] or wire.encode([text]), short[1] or wire.encode({}), text_of(error)[:_LONGEST]
    )


def _content_of(error: BaseException) -> tuple[str, str]:
    """Write an exception's arguments and attributes; other exceptions among them only some levels deep."""
    global _told  # noqa: PLW0603 - the writer of values knows no depth of exceptions
    if _told >= _MOST_TOLD:
        return "", ""
    kept = {key: value for key, value in vars(error).items() if not key.startswith("__") or key == "__notes__"}
    if shared := _data_of(type(error)):
        kept[_OF_CLASS] = shared
    if error.__cause__ is not None:
        kept["__cause__"] = error.__cause__
    _told += 1
    try:
        return wire.encode(list(BaseException.args.__get__(error))), wire.encode(kept)  # type: ignore[attr-defined]
    finally:
        _told -= 1


def _data_of(kind: type) -> dict[str, Any]:
    """Return the attributes of an exception's class that hold data, if it is the candidate's own."""
    own = [one for one in reversed(kind.__mro__) if one.__module__ == MODULE]
    return {name: value for one in own for name, value in vars(one).items() if _is_data(name, value)}


def _is_data(name: str, value: Any) -> bool:
    return not (name.startswith("__") or callable(value) or hasattr(type(value), "__get__"))


def told_of(line: str) -> Raised:
    """Read the exception that an answer tells, or stands for if memory ran out."""
    if said(line[:1].encode()) is Message.MEMORY:
        return Raised("MemoryError", ("builtins:MemoryError",), wire.encode([]), wire.encode({}))
    return Raised.read(line[1:])


def path_of(kind: type) -> str:
    """Name a class so that :func:`find_class` finds it.

    A class that is not what its module has under its name, whatever it says of itself, is the solution's own.
    """
    module, name = kind.__module__, kind.__name__
    loaded = sys.modules.get(module)
    if loaded is not None and vars(loaded).get(name) is not kind:
        module = MODULE
    return f"{module}:{name}"


def rebuild_exception(
    told: Raised, find: Callable[[str], type[BaseException] | None], decode: Callable[[str], Any] = wire.decode
) -> BaseException:
    """Make an exception like the one that was told.

    Its class derives from all of its ancestors that ``find`` knows, such as :func:`find_class`. ``decode`` reads its
    arguments and attributes.
    """
    try:
        arguments, attributes = decode(told.arguments), decode(told.attributes)
        shared = attributes.pop(_OF_CLASS, {})
        known = nearest(found for path in told.classes if (found := find(path)) is not None)
        kind = derive(told.classes[0].partition(":")[2], known)
        cause = attributes.pop("__cause__", None)
        error = _instance(kind, arguments)
        if is_rebuilt(kind):
            for name, value in shared.items():
                if _is_data(name, None):
                    setattr(kind, name, value)
        else:
            attributes = shared | attributes
        vars(error).update(attributes)
        if text_of(error) != told.shown:
            vars(error)[_SHOWN] = told.shown
        if text_of(error) != told.shown:  # a class that is known here, with a text of its own
            error = _instance(derived(kind.__name__, [kind]), arguments)
            vars(error).update({**attributes, _SHOWN: told.shown})
        if isinstance(cause, BaseException):
            error.__cause__ = cause
    except Exception:  # noqa: BLE001 - whatever was sent, it is an exception
        return RuntimeError(told.text)
    return error


def derived(name: str, bases: list[type[BaseException]]) -> type[BaseException]:
    """Make a class whose instances ``str`` shows as they were shown in the other process."""

    def shown(error: BaseException) -> str:
        text: str | None = vars(error).get(_SHOWN)
        return bases[0].__str__(error) if text is None else text

    made = type(name, tuple(bases), {"__module__": MODULE, "__str__": shown})
    _rebuilt.add(made)
    return made


def is_rebuilt(kind: type) -> bool:
    """Say whether a class was made here for an exception that another process has raised."""
    return kind in _rebuilt


def find_class(path: str, names: Mapping[str, Any]) -> type[BaseException] | None:
    """Return the exception class that :func:`path_of` named, if there is one here that a solution may raise.

    It is in a module that is loaded or, for classes of a solution's own, among ``names``. Those by which a test
    framework ends or skips a test are not found.
    """
    module, _, name = path.partition(":")
    if module.partition(".")[0] in _FRAMEWORKS:
        return None
    where = names if module == MODULE else vars(sys.modules[module]) if module in sys.modules else {}
    found = where.get(name)
    is_ours = isinstance(found, type) and issubclass(found, BaseException)
    return found if is_ours and found.__module__.partition(".")[0] not in _FRAMEWORKS else None


def nearest(classes: Iterable[type[BaseException]]) -> list[type[BaseException]]:
    """Leave out the classes from which one before them derives."""
    kept: list[type[BaseException]] = []
    for one in classes:
        if not any(issubclass(other, one) for other in kept):
            kept.append(one)
    return kept


def derive(name: str, known: list[type[BaseException]]) -> type[BaseException]:
    """Return a class of this name below those that are known, or the one known class of that name."""
    if known[0].__name__ == name and len(known) == 1:
        return known[0]
    try:
        return derived(name, known)
    except TypeError:  # layouts that do not go together
        return derived(name, known[:1])


def _instance(kind: type[BaseException], arguments: list[Any]) -> BaseException:
    """Make an exception with these ``args``, without running an ``__init__`` that may want others."""
    if kind.__module__ == builtins.__name__:
        try:
            return kind(*arguments)
        except TypeError:
            pass
    return kind.__new__(kind, *arguments)
