"""Values that keep more than their content between a test script and a solution: own objects, arrays, look-ups.

An object of a class that one side defines crosses as a :class:`Record`: its attributes as they are, and no methods.
Where it crosses back it is the object that it stands for, with the attributes that were set in between. So no
answer of a class decides an assertion: records are equal if they stand for one object or, where their class defines
``==`` itself, if class and attributes are equal. A record equals no plain value.

Within values an object is its number; the attributes of all objects of a line follow in a table.

A ``defaultdict`` keeps its factory, and a dict of the solution its ``__missing__``: for a missing key the script asks
the solution's process, while a factory of the script is called once, and its value is copied.
"""

from __future__ import annotations

import copy
import enum
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from auditor.verify import wire
from auditor.verify.inside import objects
from auditor.verify.inside.lookups import FACTORY, LOOKUP, Factory, LookedUp, Remote, copied, misses
from auditor.verify.values import Array, Opaque

_OWN, _THEIRS, _CONSTANT = "own", "theirs", "constant"
_ARRAY = '{"array"'
_MOST = 10_000
"""Most objects that a process keeps for the other one; further ones are opaque."""


class Record:
    """An object of the other process: its attributes."""

    def __eq__(self, other: object) -> bool:
        """Compare by identity or, if the class over there compares in a way of its own, by attributes."""
        return self is other or (_compares(self) and type(self) is type(other) and vars(self) == vars(other))

    def __hash__(self) -> int:
        """Hash by class, since attributes may change."""
        return hash(type(self).__name__) if _compares(self) else id(self)

    def __repr__(self) -> str:
        """Show the class's name."""
        return f"<{type(self).__name__}>"

    def __getattr__(self, name: str) -> Any:
        """Say what a script may have wanted; it knows no methods."""
        kind = f"{self.__module__}.{type(self).__name__}"
        raise AttributeError(f"an object of {kind} stays in its process and has no attribute {name!r} here")


def _compares(record: Record) -> bool:
    return bool(vars(type(record)).get("compares_"))


class Constant:
    """A factory of the script, in the solution's process: gives copies of a value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self) -> Any:
        """Copy the value."""
        return copy.deepcopy(self.value)


class Values:
    """One side's dialect."""

    def __init__(self, module: str, ask: Callable[..., Any] | None = None) -> None:
        """Speak it from here on: ``module`` has the classes of this side; a script may ``ask`` for what is missing."""
        self._module, self._ask = module, ask
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._records: dict[int, Record] = {}
        self._theirs: dict[int, int] = {}
        """Identity of a record → its number over there."""
        self._own_kinds: dict[type, int] = {}
        self._kinds: dict[int, type[Record]] = {}
        self._before: dict[int, str] = {}
        """Number of a record → its attributes as they came."""
        self._named: dict[tuple[str, int], None] = {}
        """Numbers of the objects that the line being written names, and whose they are."""
        wire.keep_classes(self._tell, self._revive)

    def of(self, number: int) -> Any:
        """Return an object of this side."""
        return self._objects[number]

    def number(self, value: Any) -> int:
        """Return the number of an object of this side."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return number

    def begin(self) -> None:
        """Begin a line."""
        self._named = {}

    def line(self, *values: str) -> str:
        """Write encoded values as one line, with the attributes of all objects that they name, if there are any."""
        rows = [*self._rows()]
        told = f'{{"tuple":[{",".join(values)}]}}'
        return f"[{told},[{','.join(rows)}]]" if rows else told

    def _rows(self) -> Iterator[str]:
        done = 0
        while len(self._named) > done:  # writing one may name more
            left = [*itertools.islice(self._named, done, None)]
            done += len(left)
            for key, number in left:
                if key == _OWN:
                    value = self._objects[number]
                    kind = type(value)
                    about = [self._own_kinds.setdefault(kind, len(self._own_kinds)), kind.__name__, _is_by_value(kind)]
                    yield f'["{_OWN}",{number},{wire.encode(about)},{wire.encode(attributes_of(value))}]'
                else:
                    now = wire.encode(vars(self._records[number]))
                    if now != self._before.get(number):
                        yield f'["{_THEIRS}",{number},null,{now}]'

    def _read(self, table: list[Any]) -> None:
        """Take the attributes of a line's objects over."""
        for key, number, about, attributes in table:
            if key == _OWN:
                record = self._record(number)
                record.__class__ = self._kind(*about)
                vars(record).clear()
                vars(record).update(attributes)
            else:
                for name, value in attributes.items():
                    object.__setattr__(self._objects[number], name, value)
        for key, number, *_ in table:
            if key == _OWN:
                self._before[number] = wire.encode(vars(self._records[number]))

    def decode(self, line: str) -> Any:
        """Read the values of a line."""
        told = wire.decode(line)
        values, table = told if type(told) is list else (told, [])
        if _ARRAY in line:
            values, table = self._with_arrays([values, table], {})
        self._read(table)
        return values

    def _with_arrays(self, value: Any, made: dict[int, tuple[Any, Any]]) -> Any:
        """Make numpy's arrays out of those that came, within lists, tuples and dicts too; one array stays one.

        The containers, which have just been read, are changed in place. If numpy cannot be imported, arrays stay plain.
        """
        if isinstance(value, (Array, dict, list, deque)):
            if id(value) not in made:
                made[id(value)] = (value, _array(value) if isinstance(value, Array) else value)
                if not isinstance(value, Array):
                    for place, inner in [*(value.items() if isinstance(value, dict) else enumerate(value))]:
                        value[place] = self._with_arrays(inner, made)
            return made[id(value)][1]
        if isinstance(value, tuple):
            items = [self._with_arrays(inner, made) for inner in value]
            if any(new is not old for new, old in zip(items, value, strict=True)):
                return tuple.__new__(type(value), items)
        return value

    def _record(self, number: int) -> Record:
        record = self._records.get(number)
        if record is None:
            record = self._records[number] = Record()
            self._theirs[id(record)] = number
        return record

    def _kind(self, number: int, name: str, compares: bool) -> type[Record]:
        if number not in self._kinds:
            self._kinds[number] = type(name, (Record,), {"compares_": compares, "__module__": "record"})
        return self._kinds[number]

    def _tell(self, value: Any, kind: type) -> tuple[str, Any, Any] | None:
        if (theirs := self._theirs.get(id(value))) is not None:
            self._named[_THEIRS, theirs] = None
            return _THEIRS, theirs, None
        if kind is Factory:
            return self._tell_factory(value.make)
        if kind is LookedUp:
            return LOOKUP, value.number, dict(value)
        has_room = id(value) in self._numbers or len(self._objects) < _MOST
        if (kind.__module__ == self._module or kind is object) and has_room:
            if self._ask is None and misses(kind):
                return LOOKUP, self.number(value), dict(dict.items(value))
            if not issubclass(kind, (*objects.PLAIN, type, BaseException)):
                number = self.number(value)
                self._named[_OWN, number] = None
                return _OWN, number, Opaque(f"{kind.__module__}.{kind.__qualname__}")
        return objects.tell_class(value, kind)

    def _tell_factory(self, make: Any) -> tuple[str, Any, Any]:
        if isinstance(make, Remote):
            return FACTORY, None, make.number
        if isinstance(make, Constant):
            return _CONSTANT, None, make.value
        return (FACTORY, None, self.number(make)) if self._ask is None else (_CONSTANT, None, make())

    def _revive(self, name: str, made_from: Any, content: Any) -> Any:
        ask = self._ask
        if name == _OWN:
            return self._record(made_from)
        if name == _THEIRS:
            return self._objects[made_from]
        if name == _CONSTANT:
            return Constant(content)
        if name == FACTORY:
            return self._objects[content] if ask is None else Remote(content, lambda number: ask("make", number))
        if name == LOOKUP:
            if ask is None:
                return copied(self._objects[made_from], content)
            return LookedUp(content, made_from, lambda number, key: ask("missing", number, key))
        return objects.revive_class(name, made_from, content)


def _is_by_value(kind: type) -> bool:
    return any("__eq__" in vars(one) for one in kind.__mro__ if one is not object)


def attributes_of(value: Any) -> dict[str, Any]:
    """Return an object's attributes, those in slots and an enum member's name and value among them."""
    found: dict[str, Any] = {}
    for kind in reversed(type(value).__mro__):
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            hidden = name.startswith("__") and not name.endswith("__")
            found[name] = getattr(value, f"_{kind.__name__.lstrip('_')}{name}" if hidden else name, None)
    found |= getattr(value, "__dict__", {})
    if isinstance(value, enum.Enum):
        found = {"name": value.name, "value": value.value}
    return {str(name): inner for name, inner in found.items() if not isinstance(inner, Opaque)}


def _array(value: Array) -> Any:
    try:
        import numpy
    except ImportError:
        return value
    return numpy.array(value.values, dtype=value.dtype)
