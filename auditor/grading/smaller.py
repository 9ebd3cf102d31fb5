"""Find smaller inputs that fail the same programs, as readable counterexamples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.benchmark.values import canonical
from auditor.grading.ground import Ground
from auditor.grading.inputs import Arguments

_ROUNDS = 6
_EXACT = 1e15
"""Floats further from 0 are not rounded."""
_MOST = 40
"""Smaller inputs tried per test and round."""
_SHARE = 0.3
"""Share of the time that the task has left."""


@dataclass(frozen=True, slots=True)
class KeptTest:
    """A test that is kept."""

    arguments: Arguments
    origin: str
    fails: frozenset[str]
    """Accepted programs that it fails."""


def shrink(ground: Ground, kept: Sequence[KeptTest], voters: Sequence[str]) -> list[KeptTest]:
    """Shrink inputs as long as they stay valid and undisputed and fail the same programs."""
    ground.begin(_SHARE)
    kept = list(kept)
    names = [*ground.right, *dict.fromkeys([*voters, *sorted(name for one in kept for name in one.fails)])]
    open_ones = [place for place, one in enumerate(kept) if one.fails]
    tried = {canonical(one.arguments) for one in kept}
    for _ in range(_ROUNDS):
        if not ground.left:
            break
        trials = _trials(kept, open_ones, tried)
        valid = ground.valid([one.arguments for one in trials])
        trials = [one for one, good in zip(trials, valid, strict=True) if good]
        if not trials:
            break
        better = _better(ground, kept, trials, names, voters)
        for place, arguments in better.items():
            kept[place] = replace(kept[place], arguments=arguments, origin=_smaller_origin(kept[place].origin))
        open_ones = list(better)
    unique: dict[str, KeptTest] = {}
    for one in kept:
        unique.setdefault(canonical(one.arguments), one)
    return list(unique.values())


@dataclass(frozen=True, slots=True)
class _Trial:
    """A smaller input for a test that is kept."""

    place: int
    """The test's place."""
    arguments: Arguments


def _trials(kept: Sequence[KeptTest], places: Sequence[int], tried: set[str]) -> list[_Trial]:
    """Make smaller inputs for the tests at these places, each once, and note them as ``tried``."""
    found = []
    for place in places:
        for smaller in _smaller_first(kept[place].arguments):
            key = canonical(smaller)
            if key not in tried:
                tried.add(key)
                found.append(_Trial(place, smaller))
    return found


def _better(
    ground: Ground, kept: Sequence[KeptTest], trials: Sequence[_Trial], names: Sequence[str], voters: Sequence[str]
) -> dict[int, Arguments]:
    """Return, by a test's place, the smallest undisputed input that fails all programs that the test fails."""
    inputs = [one.arguments for one in trials]
    answered = ground.ask(inputs, names)
    disputed = ground.disputes(inputs, answered, voters)
    found: dict[int, Arguments] = {}
    for at, asked in enumerate(answered.places):
        place, arguments = trials[asked].place, trials[asked].arguments
        if at not in disputed and all(at in answered.differing[name] for name in kept[place].fails):
            found[place] = min(arguments, found.get(place, arguments), key=_size)
    return found


def _smaller_origin(origin: str) -> str:
    return f"{origin.removesuffix(', made smaller')}, made smaller"


def _size(arguments: Arguments) -> tuple[int, str]:
    text = canonical(arguments)
    return len(text), text


def _smaller_first(arguments: Arguments) -> list[Arguments]:
    """Return inputs with one smaller argument, smallest first."""
    found = [
        (*arguments[:place], smaller, *arguments[place + 1 :])
        for place, value in enumerate(arguments)
        for smaller in smaller_values(value)
    ]
    return sorted(found, key=_size)[:_MOST]


def smaller_values(value: object) -> Iterator[object]:
    """Yield simpler values of the same type."""
    match value:
        case bool():
            yield from [False] if value else []
        case int():
            halved = value // 2 if value > 0 else -(-value // 2)
            yield from [near for near in (0, 1, halved, value - 1) if abs(near) < abs(value)]
            yield from [-value] if value < 0 else []
        case float():
            near = [
                0.0,
                1.0,
                round(value / 2, 1),
                *([float(round(value)), round(value, 1)] if abs(value) < _EXACT else []),
            ]
            yield from (one for one in near if abs(one) < abs(value) or len(repr(one)) < len(repr(value)))
        case str():
            yield from (value[:start] + value[end:] for start, end in _cuts(len(value)))
        case list():
            yield from _smaller_items(value)
        case tuple():
            yield from map(tuple, _smaller_items(list(value)))
        case dict():
            yield from ({key: item for key, item in value.items() if key != gone} for gone in value)


def _smaller_items(value: list[object]) -> Iterator[list[object]]:
    for start, end in _cuts(len(value)):
        yield value[:start] + value[end:]
    for at, item in enumerate(value):
        for near in smaller_values(item):
            yield [*value[:at], near, *value[at + 1 :]]


def _cuts(length: int) -> Iterator[tuple[int, int]]:
    """Yield what to remove from a sequence: halves, then single items."""
    for size in dict.fromkeys((length // 2, 1)):
        if 0 < size <= length:
            yield from ((start, start + size) for start in range(0, length, size))
