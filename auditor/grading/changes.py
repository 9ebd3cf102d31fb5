"""Small random changes of plain values, and fresh values made of what is known: how new test inputs come about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from random import Random

_NUMBER = re.compile(r"\d+")
_EXTRA_CHARACTERS, _FOREIGN_CHARACTERS = " aA0b.,-", "éÄ"
BOUNDARIES: dict[type, tuple[object, ...]] = {
    bool: (True, False),
    int: (
        0,
        1,
        -1,
        2,
        3,
        5,
        7,
        10,
        12,
        13,
        16,
        49,
        99,
        100,
        101,
        255,
        1000,
        -2,
        -10,
        9973,
        1_000_003,
        2_147_483_647,
        10_000_000_019,
        6_442_450_941,
    ),
    float: (0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 0.1, 0.999, 1e-3, 100.0, -100.25, 1234.5),
    str: ("", " ", "a", "A", "0", "aa", "ab", "aba", "Aa1", "a b", " a", "a ", "a  b", "12", "-1", "1.5", "a\tb"),
}
"""Values at which programs of a type often go wrong."""


class Changer:
    """Changes values of plain builtins; the same ``random`` gives the same changes."""

    def __init__(
        self, seeds: Iterable[object], constants: Sequence[object], random: Random, *, retype: bool = False
    ) -> None:
        """Learn leaves, texts and characters from ``seeds`` and ``constants``.

        ``retype`` also lets a value become one of another type, and a text have letters beyond ASCII, where a contract
        says whether that is allowed.
        """
        self._random = random
        self._retype = retype
        self._extra = f"{_EXTRA_CHARACTERS}{_FOREIGN_CHARACTERS if retype else ''}"
        self._leaves: defaultdict[type, list[object]] = defaultdict(list)
        for value in (*seeds, *constants):
            self._learn(value)
        texts = [str(text) for text in self._leaves[str]]
        self._tokens = sorted({token for text in texts for token in text.split()}) or ["a"]
        self._characters = sorted({character for text in texts for character in text}) or ["a"]
        largest = max((abs(value) for kind in (int, float) for value in self._leaves[kind]), default=1)  # type: ignore[arg-type]
        self.cap = min(2**53, max(10_000, 100 * int(min(largest, 2**53))))
        """Numbers further from 0 are not made."""

    def _learn(self, value: object) -> None:
        match value:
            case list() | tuple() | set() | frozenset():
                for item in value:
                    self._learn(item)
            case dict():
                for key, item in value.items():
                    self._learn(key)
                    self._learn(item)
            case _:
                kind = type(value)
                if value not in self._leaves[kind] and value == value:  # NaN is not learnt
                    self._leaves[kind].append(value)

    def change(self, value: object) -> object:
        """Return a value with one random change; the same if its type has none."""
        random = self._random
        like = self._leaves[type(value)]
        if like and random.random() < 0.2:
            return random.choice(like)
        if self._retype and random.random() < 0.08:
            return self._other_type(value)
        match value:
            case bool():
                return not value
            case int():
                return self._integer(value)
            case float():
                return self._float(value)
            case str():
                return self._text(value)
            case list():
                return self._items(value)
            case tuple():
                return tuple(self._items(list(value)))
            case set():
                return _set_of(self._items(sorted(value, key=repr))) or value
            case dict():
                return self._dict(value)
            case _:
                return value

    def fresh(self, like: object) -> object:
        """Return a value of the same shape replaced from known leaves, of random length."""
        random = self._random
        match like:
            case bool():
                return random.random() < 0.5
            case int():
                known = [value for value in self._leaves[int] if isinstance(value, int)] or [1]
                low, high = min(known), max(known)
                return random.choice(
                    [random.randint(low, high), random.randint(-20, 20), random.randint(0, 10 ** random.randint(1, 4))]
                )
            case float():
                return round(random.uniform(-20, 20), random.choice([0, 1, 1, 2]))
            case str():
                if random.random() < 0.5:
                    return " ".join(random.choices(self._tokens, k=random.randint(1, 5)))
                return "".join(random.choices(self._characters, k=random.randint(0, 9)))
            case list() if like:
                return [self.fresh(random.choice(like)) for _ in range(random.randint(0, 8))]
            case tuple() if like:
                return tuple(self.fresh(item) for item in like)
            case dict() if like:
                keys = list(like)
                return {
                    self.fresh(random.choice(keys)): self.fresh(like[random.choice(keys)])
                    for _ in range(random.randint(0, 4))
                }
            case _:
                return self.change(like)

    def small(self, like: Sequence[object]) -> list[object]:
        """Return small values in place of others, all made of a few leaves that are akin: equal, opposite, next."""
        random = self._random
        number, text = random.choice([1, 2, 3, random.randint(-9, 12)]), random.choice(self._characters)
        few = _Few(
            random,
            sorted({number, random.choice([0, 1, -number, number + 1, 2 * number]), random.choice([0, 1, -1, number])}),
            sorted({text, random.choice([text.swapcase(), *self._characters]), random.choice("aA0 ")}),
        )
        return [few.like(value) for value in like]

    @property
    def retypes(self) -> bool:
        """Whether values may become others of another type."""
        return self._retype

    def retyped(self, value: object) -> object:
        """Return a value with one leaf, or all leaves, of another type."""
        random = self._random
        match value:
            case list() | tuple() if value:
                at, everywhere = random.randrange(len(value)), random.random() < 0.2
                return type(value)(
                    self.retyped(item) if everywhere or place == at else item for place, item in enumerate(value)
                )
            case dict() if value:
                at = random.choice(list(value))
                return {key: self.retyped(item) if key == at else item for key, item in value.items()}
            case _:
                return self._other_type(value)

    def _other_type(self, value: object) -> object:
        match value:
            case bool():
                return int(value)
            case int():
                return self._random.choice([float(value), value + 0.5, str(value), *self._bools(value)])
            case float():
                return self._random.choice([round(value) if abs(value) < self.cap else 0, str(value)])
            case str():
                return self._random.choice([len(value), [value], list(value)])
            case _:
                kinds = [kind for kind, leaves in self._leaves.items() if leaves]
                return self._random.choice(self._leaves[self._random.choice(kinds)]) if kinds else value

    def _bools(self, value: int) -> list[object]:
        """Return a bool for an integer if bools are known to occur: prompts rarely settle what one is."""
        return [bool(value % 2)] if self._leaves[bool] else []

    def _integer(self, value: int) -> int:
        random = self._random
        made = random.choice([
            value + 1, value - 1, -value, 0, 1, value * 2, value // 2, value * 10, value + random.randint(-9, 9),
            random.randint(0, 30), random.randint(0, max(1, 2 * abs(value))),
        ])  # fmt: skip
        return made if abs(made) <= self.cap else value

    def _float(self, value: float) -> float:
        random = self._random
        made = random.choice([
            value + 1, value - 1, -value, 0.0, value * 2, value / 2, round(value, 1), value + 0.5, float(round(value)),
            round(random.uniform(-10, 10), 1), round(random.uniform(0, 1), 2), random.random(),
            value + random.random(),
        ])  # fmt: skip
        return made if abs(made) <= self.cap else value

    def _text(self, value: str) -> str:
        random = self._random
        if not value:
            return random.choice([*self._tokens, *self._characters, " "])
        at, other = random.randrange(len(value)), random.choice([*self._characters, *self._extra])
        words = value.split(" ")
        changes: list[Callable[[], str]] = [
            lambda: value[:at] + value[at + 1 :],
            lambda: value[:at] + value[at] + value[at:],
            lambda: value[:at] + other + value[at + 1 :],
            lambda: value[:at] + other + value[at:],
            lambda: value[:at] + value[at].swapcase() + value[at + 1 :],
            lambda: value[::-1],
            value.swapcase,
            value.lower,
            value.upper,
            lambda: value[:at],
            lambda: value[at:],
            lambda: "",
            lambda: value + random.choice([" ", other, " " + other, random.choice(self._tokens)]),
            lambda: random.choice([" ", other, other + " "]) + value,
            lambda: value + value,
            lambda: value.replace(value[at], ""),
            lambda: value.replace(value[at], other),
            lambda: value + value[::-1],
            lambda: " ".join(random.sample(words, len(words))),
            lambda: " ".join(word for place, word in enumerate(words) if place != at % len(words)),
            lambda: " ".join([*words, random.choice(self._tokens)]),
            lambda: value.replace(" ", "  "),
            lambda: "".join(random.sample(value, len(value))),
            lambda: "".join(sorted(value)),
            lambda: self._number_in(value),
            lambda: self._number_in(value),
        ]
        return random.choice(changes)()

    def _number_in(self, value: str) -> str:
        """Change one number written in a text."""
        found = list(_NUMBER.finditer(value))
        if not found:
            return value
        one = self._random.choice(found)
        number = int(one.group()[:15])
        known = [abs(int(leaf)) for leaf in self._leaves[int] if isinstance(leaf, int)] or [1]
        new = self._random.choice([
            number + 1, max(0, number - 1), 0, number * 2, self._random.randint(0, 40),
            *self._random.choices(known, k=3),
        ])  # fmt: skip
        text = str(new).zfill(len(one.group())) if self._random.random() < 0.7 else str(new)
        text = self._random.choice([text, text, text, f"-{text}", f"{text}.5"])
        return value[: one.start()] + text + value[one.end() :]

    def _items(self, value: list[object]) -> list[object]:
        random = self._random
        if not value:
            leaves = [leaf for leaves in self._leaves.values() for leaf in leaves] if self._retype else []
            return [random.choice(leaves)] if leaves else value
        at, to = random.randrange(len(value)), random.randrange(len(value))
        one = self.change(value[at])
        swapped = list(value)
        swapped[at], swapped[to] = swapped[to], swapped[at]
        return random.choice([
            [*value[:at], one, *value[at + 1 :]], [*value[:at], one, *value[at + 1 :]], [*value[:at], *value[at + 1 :]],
            [*value[:at], value[at], *value[at:]], [*value[:at], value[to], *value[at + 1 :]], value[::-1],
            [*value, one], [one, *value], [], value[:at], value[at:], [value[at]], [value[at]] * len(value), swapped,
            random.sample(value, len(value)), _sorted(value), _sorted(value)[::-1], [*value, *value],
            [*value, self.fresh(value[at])], [self.change(item) for item in value],
            [*value[:to], self._akin(value[at]), *value[to:]], [*value, self._akin(value[at])],
        ])  # fmt: skip

    def _akin(self, value: object) -> object:
        """Return what relates to a value: its opposite, neighbour, double, or it turned round."""
        random = self._random
        match value:
            case bool():
                return not value
            case int() | float():
                made = random.choice([-value, value + 1, value - 1, 2 * value, 1 - value])
                return made if abs(made) <= self.cap else value
            case str():
                return random.choice([value[::-1], value.swapcase(), value + value, value[:-1], value[1:]])
            case list():
                return random.choice([value[::-1], [*value, *value[:1]], value[:-1]])
            case tuple():
                return value[::-1]
            case _:
                return value

    def _dict(self, value: dict[object, object]) -> dict[object, object]:
        random = self._random
        if not value:
            return value
        key = random.choice(list(value))
        without = {name: item for name, item in value.items() if name != key}
        other = self.change(key)
        renamed = {**without, other: value[key]} if _hashable(other) else without
        return random.choice([without, {**value, key: self.change(value[key])}, renamed, {**value, **renamed}, {}])


class _Few:
    """Makes values of a few leaves."""

    def __init__(self, random: Random, numbers: Sequence[int], characters: Sequence[str]) -> None:
        self._random = random
        self._numbers = numbers
        self._characters = characters

    def like(self, value: object) -> object:
        """Return a small value of the same shape."""
        random = self._random
        match value:
            case bool():
                return random.random() < 0.5
            case int():
                return random.choice(self._numbers)
            case float():
                return random.choice(self._numbers) + random.choice([0.0, 0.0, 0.5])
            case str():
                return "".join(random.choices(self._characters, k=random.randint(0, 4)))
            case list() if value:
                return [self.like(random.choice(value)) for _ in range(random.randint(0, 4))]
            case tuple() if value:
                return tuple(map(self.like, value))
            case dict() if value:
                keys = list(value)
                return {
                    self.like(random.choice(keys)): self.like(value[random.choice(keys)])
                    for _ in range(random.randint(0, 3))
                }
            case _:
                return value


def _sorted(value: list[object]) -> list[object]:
    try:
        return sorted(value)  # type: ignore[type-var]  # what cannot be compared raises
    except TypeError:
        return sorted(value, key=repr)


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _set_of(items: list[object]) -> set[object] | None:
    return set(items) if all(map(_hashable, items)) else None
