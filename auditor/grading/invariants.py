"""What an input may be, if a task has no contract: what all inputs that are known have in common.

Types, ranges, lengths and characters at each place, whether lists are sorted or without repetition, and how lengths and
sizes of arguments compare. Nothing is proved by it: the list is shown, to be written into the task as its contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Arguments = tuple[object, ...]
_LEAST = 3
"""Inputs that have to show a relation before it is assumed."""
_FOREIGN_LETTERS = "letters beyond ASCII"
Place = tuple[int, ...]
"""The number of an argument, and -1 for each step into its elements (-2 for a dict's values)."""


@dataclass(slots=True)
class _Seen:
    """What the inputs show at one place."""

    types: set[type] = field(default_factory=set)
    low: float = float("inf")
    high: float = float("-inf")
    shortest: int = 1 << 30
    longest: int = 0
    kinds: set[str] = field(default_factory=set)
    """Kinds of characters of texts."""
    texts: int = 0
    is_sorted: bool = True
    is_distinct: bool = True
    long_lists: int = 0
    """Lists of two or more."""

    @property
    def is_sized(self) -> bool:
        """Whether a value there has a length."""
        return self.shortest <= self.longest


class Invariants:
    """What some inputs have in common, as a test of others."""

    def __init__(self, seeds: Sequence[Arguments], *, widen: bool) -> None:
        """Observe ``seeds``; ``widen`` lets numbers and lengths reach twice as far as any in the seeds."""
        self._seen: defaultdict[Place, _Seen] = defaultdict(_Seen)
        for seed in seeds:
            for place, value in enumerate(seed):
                self._observe((place,), value)
        self._relations = [
            (text, holds)
            for text, holds in _relations(max((len(seed) for seed in seeds), default=0))
            if len(seeds) >= _LEAST and _known(seeds, holds)
        ]
        self._arities = {len(seed) for seed in seeds}
        for here in self._seen.values() if widen else ():
            reach = 1 + 2 * max(abs(here.low), abs(here.high)) if here.low <= here.high else 0
            here.low = min(0, here.low) if here.low >= 0 else -reach
            here.high = reach
            if here.is_sized:
                here.shortest, here.longest = min(here.shortest, 1), 2 * here.longest + 1

    def hold(self, arguments: Arguments) -> bool:
        """Say whether an input has all of it."""
        return (
            len(arguments) in self._arities
            and all(self._fits((place,), value) for place, value in enumerate(arguments))
            and all(_true(holds, arguments) for _, holds in self._relations)
        )

    def typed(self, arguments: Arguments) -> bool:
        """Say whether every value has a type that some known input has at its place, and no letters beyond ASCII."""

        def fits(place: Place, value: object) -> bool:
            here = self._seen.get(place)
            if here is None:
                return True
            if isinstance(value, str) and _FOREIGN_LETTERS not in here.kinds and not value.isascii():
                return False
            return type(value) in here.types and all(fits(inner, element) for inner, element in _elements(place, value))

        return all(fits((place,), value) for place, value in enumerate(arguments))

    def described(self) -> tuple[str, ...]:
        """Return what is assumed, one line each."""
        lines = []
        for place, here in sorted(self._seen.items()):
            parts = ["/".join(sorted(kind.__name__ for kind in here.types))]
            if here.low <= here.high:
                parts.append(f"from {here.low:g} to {here.high:g}")
            if here.is_sized:
                parts.append(f"length {here.shortest} to {here.longest}")
            if self._texts_limited(here):
                parts.append(f"of {', '.join(sorted(here.kinds))}")
            if self._demands_sorted(here):
                parts.append("sorted")
            elif self._demands_distinct(here):
                parts.append("without repetition")
            lines.append(f"{_name(place)}: {', '.join(parts)}")
        return (*lines, *(text for text, _ in self._relations))

    def _observe(self, place: Place, value: object) -> None:
        here = self._seen[place]
        here.types.add(type(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            here.low, here.high = min(here.low, value), max(here.high, value)
        if isinstance(value, str | list | tuple | dict | set):
            here.shortest, here.longest = min(here.shortest, len(value)), max(here.longest, len(value))
        if isinstance(value, str):
            here.texts += 1
            here.kinds |= set(map(_kind, value))
        if isinstance(value, list | tuple) and len(value) > 1:
            here.long_lists += 1
            here.is_sorted &= _is_sorted(value)
            here.is_distinct &= _is_distinct(value)
        for inner, element in _elements(place, value):
            self._observe(inner, element)

    def _fits(self, place: Place, value: object) -> bool:
        if place not in self._seen:
            return True  # an element if the seeds have empty containers only
        here = self._seen[place]
        if type(value) not in here.types:
            return False
        if isinstance(value, int | float) and not isinstance(value, bool) and not here.low <= value <= here.high:
            return False
        if isinstance(value, str | list | tuple | dict | set) and not here.shortest <= len(value) <= here.longest:
            return False
        if isinstance(value, str) and self._texts_limited(here) and not set(map(_kind, value)) <= here.kinds:
            return False
        if isinstance(value, list | tuple) and len(value) > 1:
            if self._demands_sorted(here) and not _is_sorted(value):
                return False
            if self._demands_distinct(here) and not _is_distinct(value):
                return False
        return all(self._fits(inner, element) for inner, element in _elements(place, value))

    def _texts_limited(self, here: _Seen) -> bool:
        return here.texts >= _LEAST

    def _demands_sorted(self, here: _Seen) -> bool:
        return here.long_lists >= _LEAST and here.is_sorted

    def _demands_distinct(self, here: _Seen) -> bool:
        return here.long_lists >= 2 * _LEAST and here.is_distinct


def _elements(place: Place, value: object) -> Iterator[tuple[Place, object]]:
    match value:
        case list() | tuple() | set() | frozenset():
            yield from (((*place, -1), item) for item in value)
        case dict():
            yield from (((*place, -1), key) for key in value)
            yield from (((*place, -2), item) for item in value.values())


def _kind(character: str) -> str:
    if character.isdigit():
        return "digits"
    if character.isalpha():
        if not character.isascii():
            return _FOREIGN_LETTERS
        return "capitals" if character.isupper() else "small letters"
    return "blanks" if character == " " else f"{character!r}"


def _is_sorted(value: Iterable[object]) -> bool:
    try:
        return all(left <= right for left, right in pairwise(value))  # type: ignore[operator]
    except TypeError:
        return False


def _is_distinct(value: Sequence[object]) -> bool:
    return len(set(map(repr, value))) == len(value)


def _relations(arity: int) -> Iterator[tuple[str, Callable[[Arguments], bool]]]:
    """Yield relations between two arguments, with their texts."""
    for one in range(arity):
        for other in range(arity):
            if one == other:
                continue
            if one < other:
                yield f"len({_name((one,))}) == len({_name((other,))})", _lengths(one, other)
            yield f"{_name((one,))} <= {_name((other,))}", _ordered(one, other)
            yield f"{_name((one,))} <= len({_name((other,))})", _within(one, other)


def _lengths(one: int, other: int) -> Callable[[Arguments], bool]:
    return lambda arguments: len(arguments[one]) == len(arguments[other])  # type: ignore[arg-type]


def _ordered(one: int, other: int) -> Callable[[Arguments], bool]:
    def holds(arguments: Arguments) -> bool:
        left, right = arguments[one], arguments[other]
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError("not numbers")
        return left <= right

    return holds


def _within(one: int, other: int) -> Callable[[Arguments], bool]:
    def holds(arguments: Arguments) -> bool:
        left, right = arguments[one], arguments[other]
        if not isinstance(left, int) or not isinstance(right, list | str | tuple):
            raise TypeError("no number and sequence")
        return left <= len(right)

    return holds


def _known(seeds: Sequence[Arguments], holds: Callable[[Arguments], bool]) -> bool:
    try:
        return all(holds(seed) for seed in seeds)
    except (TypeError, IndexError):
        return False


def _true(holds: Callable[[Arguments], bool], arguments: Arguments) -> bool:
    try:
        return holds(arguments)
    except (TypeError, IndexError):
        return False


def _name(place: Place) -> str:
    return f"argument {place[0]}" + "".join(", its elements" if step == -1 else ", its values" for step in place[1:])
