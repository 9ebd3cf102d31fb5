"""Groups of tasks by their attributes: difficulty, date, free tags.

A slice is written as ``difficulty`` (a group per value), ``difficulty=hard`` (one value against the rest) or
``date>=2024-08`` (on one side of a cutoff against the other).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

Pairs = Iterable[tuple[str, str]]
"""A task's attributes: (name, value) pairs; a name may occur several times."""

_GRAMMAR = re.compile(r"\s*([^<>=]*[^<>=\s])\s*(?:(>=|<=|>|<|=)\s*([^<>=]*[^<>=\s])\s*)?")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_LEVELS = ("trivial", "introductory", "beginner", "easy", "medium", "interview", "hard", "competition", "expert")
"""Words for difficulty, ascending; other values are sorted naturally."""


class Relation(StrEnum):
    """The required relation of a task's value to the slice's value."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"


@dataclass(frozen=True, slots=True)
class SliceRule:
    """An attribute by which tasks are grouped."""

    name: str
    """The attribute's name, e.g. ``difficulty``."""
    relation: Relation | None = None
    """``None``: a group per value."""
    value: str = ""
    """The value to compare with; empty without a relation."""

    @classmethod
    def parse(cls, text: str) -> SliceRule:
        """Parse ``difficulty``, ``difficulty=hard`` or ``date>=2024-08``; raises ``ValueError`` for anything else."""
        found = _GRAMMAR.fullmatch(text)
        if found is None:
            raise ValueError(f'{text!r} is not a slice — write "difficulty", "difficulty=hard" or "date>=2024-08"')
        name, relation, value = found.groups()
        rule = cls(name, Relation(relation) if relation else None, value or "")
        if rule.relation not in (None, Relation.EQUAL) and not rule.is_date and _number(rule.value) is None:
            raise ValueError(f'{rule.value!r} has no order — compare dates ("2024-08") or numbers, or use =')
        return rule

    @property
    def is_date(self) -> bool:
        """Return whether the value is a date or a prefix of one; a year alone counts only for ``date``."""
        return _DATE.fullmatch(self.value) is not None and ("-" in self.value or self.name == "date")

    def holds(self, value: str) -> bool | None:
        """Compare a task's value with the slice's; ``None`` if they cannot be ordered.

        Dates are compared at the slice's precision: ``date>2024-08`` begins in September.
        """
        match self.relation:
            case None:
                raise ValueError("a slice without a relation has no two sides")
            case Relation.EQUAL:
                return value == self.value
            case _:
                order = _order(value, self.value)
        if order is None:
            return None
        match self.relation:
            case Relation.LESS:
                return order < 0
            case Relation.AT_MOST:
                return order <= 0
            case Relation.AT_LEAST:
                return order >= 0
            case Relation.MORE:
                return order > 0
            case _:
                assert_never(self.relation)

    @property
    def sides(self) -> tuple[str, str]:
        """Return labels for the tasks that meet the relation and for the others."""
        value, plain = self.value, not self.is_date
        match self.relation:
            case None:
                raise ValueError("a slice without a relation has no two sides")
            case Relation.EQUAL:
                return value, f"other than {value}"
            case Relation.LESS:
                return (f"below {value}", f"{value} and above") if plain else (f"before {value}", f"from {value}")
            case Relation.AT_MOST:
                return (f"up to {value}", f"above {value}") if plain else (f"to {value}", f"after {value}")
            case Relation.AT_LEAST:
                return (f"{value} and above", f"below {value}") if plain else (f"from {value}", f"before {value}")
            case Relation.MORE:
                return (f"above {value}", f"up to {value}") if plain else (f"after {value}", f"to {value}")
            case _:
                assert_never(self.relation)

    def __str__(self) -> str:
        """Return the text that parses to this slice."""
        return f"{self.name}{self.relation or ''}{self.value}"


def grouped(rule: SliceRule, tasks: Mapping[str, Pairs]) -> dict[str, tuple[str, ...]]:
    """Group tasks (id → attributes) into slices: label → ids in the order given.

    A task without a comparable value is in no group; one with several values may be in several. Of two sides, the one
    that meets the relation comes first; empty sides are left out. Groups per value are ordered by value: words for
    difficulty ascending, anything else in natural order.
    """
    values = {task: [value for name, value in pairs if name == rule.name] for task, pairs in tasks.items()}
    if rule.relation is None:
        labels = sorted({value for found in values.values() for value in found}, key=_rank)
        return {label: tuple(task for task, found in values.items() if label in found) for label in labels}
    inside, outside = rule.sides
    sides: dict[str, list[str]] = {inside: [], outside: []}
    for task, found in values.items():
        held = [one for value in found if (one := rule.holds(value)) is not None]
        if held:
            sides[inside if any(held) else outside].append(task)
    return {label: tuple(members) for label, members in sides.items() if members}


def members(rule: SliceRule, tasks: Mapping[str, Pairs]) -> tuple[str, ...]:
    """Return the ids of the tasks that meet a rule's relation, in the order given."""
    return grouped(rule, tasks).get(rule.sides[0], ())


def names(tasks: Iterable[Pairs]) -> tuple[str, ...]:
    """List the attributes that tasks can be grouped by, in order of first occurrence."""
    return tuple(dict.fromkeys(name for pairs in tasks for name, _ in pairs))


def _order(value: str, limit: str) -> int | None:
    """Compare two numbers, or two dates at the limit's precision: −1, 0 or 1."""
    one, other = _number(value), _number(limit)
    if one is not None and other is not None:
        return (one > other) - (one < other)
    if not _DATE.fullmatch(limit) or not _DATE.match(value) or len(value) < len(limit):
        return None
    ours = value[: len(limit)]
    return (ours > limit) - (ours < limit)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if found == found else None


def _rank(value: str) -> tuple[int, Sequence[tuple[int, str]]]:
    """Order values: known words for difficulty first, ascending, then the others, ``9`` before ``10``."""
    word = value.lower()
    known = _LEVELS.index(word) if word in _LEVELS else len(_LEVELS)
    parts = re.split(r"(\d+)", value)
    return known, [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part) for part in parts]
