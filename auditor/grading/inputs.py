"""New inputs for a function from those that are known: boundary values, changes, exchanges and fresh values.

If a task has no contract, what an input may be is taken from the seeds, see :mod:`~auditor.grading.invariants`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from auditor.benchmark.values import canonical
from auditor.grading.changes import BOUNDARIES, Changer

Arguments = tuple[object, ...]
_ROUNDS = 12
"""Attempts per wanted input before generation ends."""
_LONGEST = 4_000
"""Characters of an input, written out; longer ones are not made."""
_SIZES = (*range(4, 13), 15, 16, 17, 20, 21, 25, 26, 30, 35, 49, 50, 64, 77, 99, 100, 101, 121, 128, 169, 255, 1000)
"""Lengths that are tried: powers, squares and products of primes among them."""
_SMALL = 0.2
"""Share of the inputs that are made of a few small values."""
_RETYPED = 0.04
"""Share of those with a value of another type, where that is tried."""
_CONSTANTS = 80
"""Constants of programs that are tried, the most frequent first."""

COUNTABLE = 1_000_000
"""A number up to which any program may count in time."""


@dataclass(frozen=True, slots=True)
class NewInput:
    """A new input."""

    arguments: Arguments
    origin: str
    """How it was made, e.g. ``seed 3, argument 1 changed``."""


def generate(
    seeds: Sequence[Arguments], constants: Sequence[object], most: int, random: Random, *, retype: bool = False,
    known: Iterable[Arguments] = (),
) -> Iterator[NewInput]:  # fmt: skip
    """Yield at most ``most`` new inputs; each once, none of the seeds or of ``known``.

    ``constants`` are values to try in place of others of their type, such as those in programs. ``retype`` lets values
    change their type.
    """
    pool = [seed for seed in seeds if seed]
    if not pool:
        return
    changer = Changer(pool, constants, random, retype=retype)
    seen = {canonical(one) for one in (*seeds, *known)}
    made: list[tuple[Arguments, str]] = [(seed, f"seed {number}") for number, seed in enumerate(pool)]
    seeded = len(made)
    found = 0
    steps = iter(_boundaries(pool))
    for _ in range(most * _ROUNDS):
        if found == most:
            return
        one = next(steps, None) or _step(made, seeded, changer, random)
        key = canonical(one.arguments)
        if key in seen or len(key) > _LONGEST:
            continue
        seen.add(key)
        made.append((one.arguments, one.origin))
        found += 1
        yield one


def _boundaries(pool: Sequence[Arguments]) -> Iterator[NewInput]:
    """Yield the boundary values of each argument's type, with the other arguments of the first seeds."""
    for number, seed in enumerate(pool[:2]):
        for place, value in enumerate(seed):
            near: list[object] = list(BOUNDARIES.get(type(value), ()))
            if isinstance(value, list | tuple) and value:
                inner = list(BOUNDARIES.get(type(value[0]), ()))
                shapes: list[list[object]] = [[], list(value[:1]), list(value[:2]), [value[0]] * 3, list(value) * 2]
                shapes += [[item] for item in inner] + [[item, *value] for item in inner[:6]]
                near = [type(value)(shape) for shape in shapes]
            if isinstance(value, str | list | tuple) and value and not number:
                near += [(value * length)[:length] for length in _SIZES]
            for new in near:
                if len(seed) > 1 and not isinstance(new, list | tuple):
                    everywhere = tuple(new if type(one) is type(value) else one for one in seed)
                    yield NewInput(everywhere, f"seed {number}, boundary throughout")
                yield NewInput((*seed[:place], new, *seed[place + 1 :]), f"seed {number}, boundary at {place}")


def _step(made: Sequence[tuple[Arguments, str]], seeded: int, changer: Changer, random: Random) -> NewInput:
    """Make one input of those made before."""
    source = made[:seeded] if random.random() < 0.6 else made
    base, origin = random.choice(source)
    arguments = list(base)
    place = random.randrange(len(arguments))
    kind = random.random()
    if kind < _SMALL:
        return NewInput(tuple(changer.small(arguments)), f"{_root(origin)}, small values")
    if kind < _SMALL + _RETYPED and changer.retypes:
        arguments[place] = changer.retyped(arguments[place])
        return NewInput(tuple(arguments), f"{_root(origin)}, argument {place} of another type")
    kind = (kind - _SMALL) / (1 - _SMALL)
    if kind < 0.15:
        other, _ = random.choice(source)
        if len(other) == len(arguments):
            arguments[place] = other[random.randrange(len(other))] if random.random() < 0.2 else other[place]
        return NewInput(tuple(arguments), f"{_root(origin)}, argument {place} of another")
    if kind < 0.22 and len(arguments) > 1:
        arguments[place] = arguments[random.randrange(len(arguments))]
        return NewInput(tuple(arguments), f"{_root(origin)}, argument {place} equal to another")
    if kind < 0.37:
        arguments[place] = changer.fresh(arguments[place])
        return NewInput(tuple(arguments), f"{_root(origin)}, argument {place} replaced")
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        arguments[place] = changer.change(arguments[place])
        place = random.randrange(len(arguments))
    return NewInput(tuple(arguments), f"{_root(origin)}, changed")


def _root(origin: str) -> str:
    return origin.partition(",")[0]


def largest(value: object) -> float:
    """Return the largest distance from 0 of a number in a value; 0 without one."""
    match value:
        case int() | float():
            return abs(value)
        case list() | tuple() | set() | frozenset():
            return max(map(largest, value), default=0)
        case dict():
            return max(map(largest, (*value, *value.values())), default=0)
        case _:
            return 0


def constants_of(sources: Iterable[str]) -> list[object]:
    """Return the constants of programs, the most frequent first, and the neighbours of whole numbers."""
    count: Counter[tuple[str, object]] = Counter()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        here: set[tuple[str, object]] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
                value = node.value
                if isinstance(value, str) and len(value) > 40:  # docstrings
                    continue
                near = (value - 1, value, value + 1) if type(value) is int else (value,)
                here |= {(type(one).__name__, one) for one in near if one == one}
        count.update(sorted(here, key=repr))
    return [value for (_, value), _ in count.most_common(_CONSTANTS)]


def examples_in(prompt: str, name: str) -> list[Arguments]:
    """Return the arguments of the calls of ``name`` that a prompt writes out with literal values."""
    found: dict[str, Arguments] = {}
    for match in re.finditer(rf"(?<!def )\b{re.escape(name)}\(", prompt):
        for end in [m.end() for m in re.finditer(r"\)", prompt[match.start() : match.start() + 2_000])][:30]:
            text = prompt[match.start() : match.start() + end]
            try:
                call = ast.parse(text.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                continue
            if isinstance(call, ast.Call) and call.args and not call.keywords:
                try:
                    arguments = tuple(ast.literal_eval(one) for one in call.args)
                except (ValueError, TypeError, SyntaxError):
                    break
                found.setdefault(canonical(arguments), arguments)
            break
    return list(found.values())
