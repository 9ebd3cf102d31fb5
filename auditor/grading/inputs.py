"""New inputs from those that a suite has: one change of a value at a time, within what the suite's inputs show.

Without a contract, what an input may be is taken from the seeds: the types at each place, the range of numbers there,
the lengths of texts and containers. A change that leaves them is not made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from auditor.benchmark.values import canonical

Arguments = tuple[object, ...]
_ROUNDS = 40
"""Attempts per wanted input before generation ends."""


@dataclass(slots=True)
class _Seen:
    """What the seeds show at one place: an argument, or the elements of one."""

    types: set[type] = field(default_factory=set)
    low: float = float("inf")
    high: float = float("-inf")
    shortest: int = 1 << 30
    longest: int = 0


def generate(
    seeds: Sequence[Arguments], constants: Sequence[object], most: int, random: Random, *, widen: bool = False
) -> Iterator[Arguments]:
    """Yield at most ``most`` new inputs; each once, none of the seeds.

    ``constants`` are values to try in place of others of their type, such as those in the reference's source. ``widen``
    lets numbers reach twice as far from zero, on both sides, as any in the seeds, and lengths twice as far from 0.
    """
    seen: defaultdict[tuple[int, ...], _Seen] = defaultdict(_Seen)
    for seed in seeds:
        for place, value in enumerate(seed):
            _observe((place,), value, seen)
    numbers = [end for here in seen.values() for end in (here.low, here.high) if abs(end) < float("inf")]
    reach = 1 + 2 * max(map(abs, numbers), default=0)
    for here in seen.values() if widen else ():
        here.low, here.high = -reach, reach
        here.shortest, here.longest = 0, 2 * here.longest + 1
    known = {canonical(seed) for seed in seeds}
    pool = list(seeds)
    found = 0
    for _ in range(most * _ROUNDS if pool and pool[0] else 0):
        if found == most:
            return
        arguments = list(random.choice(pool))
        place = random.randrange(len(arguments))
        arguments[place] = _changed((place,), arguments[place], constants, random)
        new = tuple(arguments)
        key = canonical(new)
        if key in known or not all(_fits((at,), value, seen) for at, value in enumerate(new)):
            continue
        known.add(key)
        pool.append(new)
        found += 1
        yield new


def _observe(place: tuple[int, ...], value: object, seen: Mapping[tuple[int, ...], _Seen]) -> None:
    here = seen[place]
    here.types.add(type(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        here.low, here.high = min(here.low, value), max(here.high, value)
    if isinstance(value, str | list | tuple | dict | set):
        here.shortest, here.longest = min(here.shortest, len(value)), max(here.longest, len(value))
    for element in _elements(value):
        _observe((*place, -1), element, seen)


def _fits(place: tuple[int, ...], value: object, seen: Mapping[tuple[int, ...], _Seen]) -> bool:
    here = seen[place]
    if type(value) not in here.types:
        return False
    if isinstance(value, int | float) and not isinstance(value, bool) and not here.low <= value <= here.high:
        return False
    if isinstance(value, str | list | tuple | dict | set) and not here.shortest <= len(value) <= here.longest:
        return False
    return all(_fits((*place, -1), element, seen) for element in _elements(value))


def _elements(value: object) -> list[object]:
    match value:
        case list() | tuple() | set():
            return list(value)
        case dict():
            return [*value.keys(), *value.values()]
        case _:
            return []


def _changed(place: tuple[int, ...], value: object, constants: Sequence[object], random: Random) -> object:
    """Return a value with one random change; the same value where its type has none."""
    like = [one for one in constants if type(one) is type(value)]
    if like and random.random() < 0.2:
        return random.choice(like)
    match value:
        case bool():
            return not value
        case int():
            return random.choice([value + 1, value - 1, -value, 0, 1, value * 2, value // 2])
        case float():
            return random.choice([value + 1, value - 1, -value, 0.0, value * 2, value / 2, round(value, 1)])
        case str():
            return _changed_text(value, random)
        case list():
            return _changed_list(place, value, constants, random)
        case tuple():
            return tuple(_changed_list(place, list(value), constants, random))
        case _:
            return value


def _changed_text(value: str, random: Random) -> str:
    if not value:
        return random.choice(["a", " ", "0"])
    at = random.randrange(len(value))
    other = random.choice(value + " aA0")
    return random.choice([
        value[:at] + value[at + 1 :], value[:at] + value[at] + value[at:], value[:at] + other + value[at + 1 :],
        value[::-1], value.swapcase(), value[:at], value[at:], "",
    ])  # fmt: skip


def _changed_list(
    place: tuple[int, ...], value: list[object], constants: Sequence[object], random: Random
) -> list[object]:
    if not value:
        return value
    at = random.randrange(len(value))
    one = _changed((*place, -1), value[at], constants, random)
    return random.choice([
        [*value[:at], one, *value[at + 1 :]], [*value[:at], *value[at + 1 :]], [*value[:at], value[at], *value[at:]],
        value[::-1], [*value, one], [], value[:at],
    ])  # fmt: skip
