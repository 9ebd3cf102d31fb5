"""Cases of inputs that a tester would list, such as *empty*, *one item* or *negative*.

An unseen program is most likely wrong on a case that the tests omit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

_LENGTHS = (0, 1, 2, 3, 5, 10, 20)
"""Lengths at which a sequence's size class changes."""
_NEAR = 0.99
"""Fractions above this are close to the next integer."""


def traits(arguments: Sequence[object]) -> frozenset[str]:
    """Return the cases to which an input belongs: of each argument, of its elements, and of pairs of arguments."""
    found = {f"{place}: {trait}" for place, value in enumerate(arguments) for trait in _of(value)}
    for (place, left), (other, right) in combinations(enumerate(arguments), 2):
        found |= {f"{place} and {other}: {trait}" for trait in _of_two(left, right)}
    return frozenset(found)


def _of(value: object) -> Iterator[str]:
    kind = type(value).__name__
    yield kind
    match value:
        case bool() | None:
            yield f"{value}"
        case int() | float():
            yield from _of_number(value, integer=isinstance(value, int))
        case str():
            yield f"{kind} of {_size(len(value))}"
            yield from _of_text(value)
        case list() | tuple() | set() | frozenset() | dict():
            yield f"{kind} of {_size(len(value))}"
            items = [*value, *value.values()] if isinstance(value, dict) else list(value)
            yield from {f"holds {trait}" for item in items for trait in _of(item)}
            if isinstance(value, list | tuple):
                yield from _of_sequence(items)


def _of_number(value: float, *, integer: bool) -> Iterator[str]:
    if not math.isfinite(value):
        yield str(value)
        return
    sign = "negative" if value < 0 else "positive" if value > 0 else "zero"
    yield sign
    yield "one" if abs(value) == 1 else f"{sign} of {len(str(int(abs(value))))} digits"
    if integer:
        yield "even" if value % 2 == 0 else "odd"
    else:
        rest = abs(value) % 1
        yield "whole" if not rest else "just below a whole" if rest > _NEAR else "fraction"


def _of_text(value: str) -> Iterator[str]:
    kinds = {_kind(character) for character in value}
    yield from (f"has {kind}" for kind in kinds)
    if len(kinds) == 1:
        yield f"only {next(iter(kinds))}"
    if len(value) > 1:
        if value == value[::-1]:
            yield "palindrome"
        yield "repeats a character" if len(set(value)) < len(value) else "distinct characters"
        if "  " in value:
            yield "two blanks"
    if value != value.strip():
        yield "blank at an end"


def _of_sequence(items: list[object]) -> Iterator[str]:
    if len(items) < 2:
        return
    texts = list(map(repr, items))
    if len(set(texts)) == 1:
        yield "all equal"
    else:
        yield "repeats an item" if len(set(texts)) < len(texts) else "distinct items"
    try:
        ascending = all(left <= right for left, right in pairwise(items))  # type: ignore[operator]
        descending = all(left >= right for left, right in pairwise(items))  # type: ignore[operator]
    except TypeError:
        return
    yield "ascending" if ascending else "descending" if descending else "unsorted"


def _of_two(left: object, right: object) -> Iterator[str]:
    if type(left) is type(right) and left == right:
        yield "equal"
    if isinstance(left, int | float) and isinstance(right, int | float):
        yield "less" if left < right else "more"
    sized = (str, list, tuple, set, dict)
    if isinstance(left, sized) and isinstance(right, sized):
        yield "shorter" if len(left) < len(right) else "longer" if len(left) > len(right) else "as long"
    for number, whole in ((left, right), (right, left)):
        if type(number) is int and isinstance(whole, sized):
            size = len(whole)
            yield "the length" if number == size else "within the length" if 0 <= number < size else (
                "up to twice the length" if 0 < number <= 2 * size else "beyond the length")  # fmt: skip
    yield from _containing(left, right)


def _containing(left: object, right: object) -> Iterator[str]:
    """Say whether one of two values is part of the other, and whether it is but for case."""
    for part, whole in ((left, right), (right, left)):
        order = "first" if part is left else "second"
        if isinstance(part, str) and isinstance(whole, str):
            if part in whole:
                yield f"{order} within the other"
            elif part.lower() in whole.lower():
                yield f"{order} within the other but for case"
        elif isinstance(whole, list | tuple) and not isinstance(part, list | tuple) and part in whole:
            yield f"{order} within the other"


def _size(length: int) -> str:
    return f"at least {max(one for one in _LENGTHS if one <= length)} items"


def _kind(character: str) -> str:
    if character.isdigit():
        return "digits"
    if character.isalpha() and not character.isascii():
        return "letters beyond ASCII"
    if character.isalpha():
        return "capitals" if character.isupper() else "small letters"
    return "blanks" if character.isspace() else "other characters"
