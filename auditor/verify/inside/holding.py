"""Holds a solution's objects for tests that run in another process, see :mod:`auditor.verify.inside.proxies`."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Collection
from typing import Any

from auditor.verify import wire
from auditor.verify.inside import contents, objects
from auditor.verify.inside.callbacks import BUILTIN, FUNCTION, Borrowed
from auditor.verify.inside.channel import Channel
from auditor.verify.inside.contents import base_of
from auditor.verify.inside.lending import LENT
from auditor.verify.inside.loading import MODULE, load_module
from auditor.verify.inside.lookups import FACTORY, LOOKUP, Factory, copied, misses
from auditor.verify.inside.operations import SPECIAL
from auditor.verify.inside.variations import tells_apart
from auditor.verify.protocol import HoldJob, Message

HANDLE = "object"
"""The name under which a reference to an object crosses."""
NUMBERED = "#"
"""Begins the path of an exception class that has a number."""
_MOST_OBJECTS = 100_000


class _Held:
    """The objects that tests know, by number."""

    def __init__(self, borrowed: Borrowed) -> None:
        self.borrowed = borrowed
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}

    def tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        """Name an object that no plain value stands for: its number, its class, and whether it can be called.

        So is an object of a class of the solution's own that derives from a builtin one, with its content if that
        cannot change.
        """
        if (told := self.borrowed.tell(value)) is not None:
            return told
        if issubclass(kind, BaseException):
            return objects.EXCEPTION, None, objects.tell_exception(value, self.paths_of).body()
        if kind is Factory:
            return FACTORY, None, self.number(value.make)
        base = base_of(kind)
        is_value = base is not None and kind.__module__ == MODULE and self._has_room(value)
        if not is_value and (told := objects.tell_class(value, kind)) is not None:
            return told
        if (base is not None and not is_value) or (
            kind.__module__ in {"numpy", "decimal", "fractions"} and not callable(value)
        ):
            return None
        if issubclass(kind, type):
            raises = issubclass(value, BaseException)
            ancestors = [one for one in value.__mro__[1:-1] if raises or one.__module__ == MODULE]
            bases = [self.number(one) if one.__module__ == MODULE else objects.path_of(one) for one in ancestors]
            if value.__module__ != MODULE:
                bases.insert(0, objects.path_of(value))
            return HANDLE, None, [self.number(value), "class", value.__name__, bases, raises, _own_ways(value)]
        owner = self.number(kind) if kind.__module__ == MODULE else None
        what, content = ("value", contents.fixed_content(value, base)) if is_value else ("object", None)
        if contents.equals_plain(value):
            what = "equal"
        about = misses(kind) if is_value else callable(value)
        return HANDLE, None, [self.number(value), what, kind.__name__, owner, about, content]

    def _has_room(self, value: Any) -> bool:
        """Say whether a value may have a number: its content alone would do if very many come."""
        return id(value) in self._numbers or len(self._objects) < _MOST_OBJECTS // 2

    def number(self, value: Any) -> int:
        """Return the number of an object, a new one if it has none; an object that tests know lives on."""
        known = self._numbers.get(id(value))
        if known is None:
            if len(self._objects) >= _MOST_OBJECTS:
                raise MemoryError("too many objects are held for the tests")
            known = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return known

    def paths_of(self, kind: type) -> list[str]:
        """Name an exception's class, by number if it is the solution's own or tests know it."""
        path = objects.path_of(kind)
        own = path.startswith(f"{MODULE}:") and not objects.is_rebuilt(kind)
        return [f"{NUMBERED}{self.number(kind)}:{kind.__name__}" if own or id(kind) in self._numbers else path]

    def revive(self, name: str, made_from: Any, content: Any) -> Any:
        """Return the object of a number, or what :mod:`.objects` makes."""
        if name == HANDLE:
            return self._objects[content]
        if name == FUNCTION:
            return self.borrowed.revive(made_from, content)
        if name == objects.EXCEPTION:
            return self.borrowed.rebuild(content)
        if name == LENT:
            return self.borrowed.revive_lent(made_from, content)
        if name == FACTORY:
            return self._objects[content]
        if name == LOOKUP:
            return copied(self._objects[made_from], content)
        return vars(builtins)[content] if name == BUILTIN else objects.revive_class(name, made_from, content)

    def of(self, number: int) -> Any:
        """Return the object of a number."""
        return self._objects[number]


def _own_ways(kind: type) -> tuple[str, list[str]]:
    """Name the builtin class that a class of the solution derives from, and what it does in a way of its own."""
    base = base_of(kind)
    if base is None or kind.__module__ != MODULE:
        return "", []
    defining: dict[str, type] = {}
    for one in reversed(kind.__mro__):
        defining |= dict.fromkeys(vars(one), one)  # its builtin class may come before others, as in an IntFlag
    own = {name for name, one in defining.items() if one not in base.__mro__}
    return base.__name__, sorted(name for name in own if _is_asked(name, base))


def _is_asked(name: str, base: type) -> bool:
    """Say whether tests ask whether a class has its own of that: an operation, or an attribute of its builtin class."""
    if name.startswith("__"):
        return name == "__missing__" or name[2:-2] in SPECIAL
    return hasattr(base, name)


def hold(job: HoldJob, source: str, _inputs: list[Any], descriptor: int) -> None:
    """Load the solution and do what is asked of its objects, until the judge has had enough."""
    channel = Channel(descriptor, eager=True)
    borrowed = Borrowed(channel, descriptor, job.limit)
    held = _Held(borrowed)
    wire.keep_classes(held.tell, held.revive)
    module = load_module(source, channel, job.prelude)
    if module is None:
        return
    channel.send(Message.READY)
    borrowed.serve(lambda asked: _answer(held, module, asked, job.limit), module)


def _answer(held: _Held, module: dict[str, Any], asked: str, limit: int) -> str:
    """Do one operation and say its result, and what it left of the arguments."""
    try:
        operation, target, name, arguments, keywords = wire.decode(asked)
        result = _do(held, module, operation, target, name, arguments, keywords)
        line = f'{Message.VALUE}{{"tuple":[{wire.encode(result)},{wire.encode((arguments, keywords))}]}}'
    except MemoryError:
        return Message.MEMORY
    except BaseException as error:  # noqa: BLE001 - whatever the candidate raises is its answer
        return Message.RAISED + objects.tell_exception(error, held.paths_of).body()
    return line if len(line) <= limit else f"{Message.TOO_LARGE} {len(line)}"


def _do(
    held: _Held, module: dict[str, Any], operation: str, target: int, name: str, arguments: Any, keywords: Any
) -> Any:
    match operation:
        case "names":
            return names_of(module, frozenset(arguments[0].split()))
        case "call":
            return held.of(target)(*arguments, **keywords)
        case "plain":
            return contents.plain(held.of(target))
        case "get":
            return getattr(held.of(target), name)
        case "set":
            return setattr(held.of(target), name, *arguments)
        case "delete":
            return delattr(held.of(target), name)
        case "special":
            return SPECIAL[name](held.of(target), *arguments)
        case "apart":
            return tells_apart(held.of(target), *arguments)
        case "capture":
            return held.borrowed.capture(*arguments)
        case "within":
            return getattr(getattr(held.of(target), name), arguments[0])(*arguments[1:])
    raise ValueError(f"no such operation: {operation}")


def names_of(
    module: dict[str, Any], mentioned: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Return what a module defines itself, what it binds names to that tests mention, and where that is from."""
    own, others = dict[str, Any](), dict[str, Any]()
    for name, value in module.items():
        if name.startswith("__") and name.endswith("__"):
            continue
        if getattr(value, "__module__", None) == MODULE or isinstance(
            value,
            (*objects.PLAIN, functools.partial),  # such as a class with a default of its own
        ):
            own[name] = value
        elif name in mentioned:
            others[name] = value
    return own, others, {name: objects.origin_of(value) for name, value in others.items()}


def numbered(path: str) -> tuple[int | None, str]:
    """Take the path of an exception class that may have a number apart: its number and its name."""
    number, _, title = path.removeprefix(NUMBERED).partition(":")
    return (int(number) if path.startswith(NUMBERED) and number.isdecimal() else None), title
