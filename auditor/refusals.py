"""What pydantic refuses, in the words of a settings or data file rather than of Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_BRANCH = re.compile(r"^(constrained-|literal\[|tuple\[|list\[|dict\[|function-|lax-or-strict)")
"""Begins a part of a location that names a branch of a union, not a key."""
_PLAIN_BRANCHES = {"int", "float", "str", "bool", "path"}
"""Names such a branch too, behind a key's name."""
_WANTED = {
    "int": "a whole number", "float": "a number", "finite": "a finite number", "bool": "true or false",
    "string": "text in quotes", "path": "a path in quotes", "tuple": "a list in brackets", "list": "a list in brackets",
    "set": "a list in brackets", "dict": "a table", "model": "a table", "dataclass": "a table", "mapping": "a table",
}  # fmt: skip
"""The first part of an error's type → what is wanted."""
_SECRET = re.compile(r"key|header|secret|password", re.IGNORECASE)
_LONGEST = 40
"""Characters of a value that a message repeats."""

Location = tuple[str | int, ...]


def place_of(error: ErrorDetails) -> Location:
    """Return the keys and indices of a refused value, without the names of a union's branches."""
    place: list[str | int] = []
    for part in error["loc"]:
        if isinstance(part, str):
            behind_key = len(place) > 1 and isinstance(place[-1], str)
            if _BRANCH.match(part) or (part in _PLAIN_BRANCHES and behind_key):
                continue
        place.append(part)
    return tuple(place)


def worded(errors: Sequence[ErrorDetails]) -> str:
    """Say what is wrong with the value that the first error is about: ``must be a number or 'default', not 'many'``.

    ``errors`` are pydantic's, as ``ValidationError.errors()`` gives them: those of the other branches of a union are
    said with the first. A value is repeated if it is short and its key does not sound secret.
    """
    first = errors[0]
    place = place_of(first)
    of_union = len(place) < len(first["loc"])
    same = [one for one in errors if of_union and place_of(one)[: len(place)] == place] or [first]
    wants = list(dict.fromkeys(want for one in same if (want := _want(one))))
    if not wants:
        return _own(first)
    return f"must {_joined(wants)}" + ("" if wants[0].startswith("not") else _given(first))


def explained(errors: Sequence[ErrorDetails]) -> tuple[str, str]:
    """Say what is wrong with a value of a file and what would do: ``("is 95", "it must be below 1")``.

    A check of our own writes both, with `` — `` between them.
    """
    wanted = worded([errors[0], *errors[1:]])
    if not wanted.startswith("must "):
        problem, _, remedy = wanted.partition(" — ")
        return problem, remedy
    problem = _problem(errors[0])
    if wanted == "must not be empty":
        return problem, "give at least one entry" if isinstance(errors[0].get("input"), list) else "give a text"
    shown = _given(errors[0])
    return problem, f"it {wanted.removesuffix(shown)}"


def _problem(error: ErrorDetails) -> str:
    """Say what a value is; one that may not be shown only by its kind."""
    if shown := _given(error):
        return f"is {shown.removeprefix(', not ')}" if error.get("input") != "" else "is empty"
    match error.get("input"):
        case list() | tuple() as items:
            return "is a list" if items else "is an empty list"
        case dict():
            return "is a table"
        case str() as text:
            return f"is a text of {len(text)} characters"
        case bool() | int() | float():
            return "is a number"
        case date() | time():
            return "is a date"
        case _:
            return "cannot be used"


def _want(error: ErrorDetails) -> str:
    """Say what would do instead, after ``must``; empty for an error whose message is our own."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "literal_error" | "enum":
            return f"be {limits['expected']}"
        case "greater_than":
            return f"be above {limits['gt']:.12g}"
        case "greater_than_equal":
            return f"be at least {limits['ge']:.12g}"
        case "less_than":
            return f"be below {limits['lt']:.12g}"
        case "less_than_equal":
            return f"be at most {limits['le']:.12g}"
        case "string_too_short" | "too_short":
            return "not be empty" if limits["min_length"] == 1 else f"have at least {limits['min_length']} entries"
        case "string_too_long":
            return f"have at most {limits['max_length']} characters"
        case "too_long":
            return f"have at most {limits['max_length']} entries"
        case "finite_number":
            return f"be {_WANTED['finite']}"
        case kind:
            known = _WANTED.get(kind.split("_")[0], "")
            return f"be {known}" if known else ""


def _joined(wants: Sequence[str]) -> str:
    """Join what would do: ``be a number or 'default'``."""
    first, *rest = wants
    return " or ".join([first, *(want.removeprefix("be ") for want in rest)])


def _given(error: ErrorDetails) -> str:
    """Repeat the value, if it is short and may be shown."""
    value = error.get("input")
    named = any(_SECRET.search(part) for part in error["loc"] if isinstance(part, str))
    if named or not isinstance(value, str | int | float):
        return ""
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return f", not {shown}" if len(shown) <= _LONGEST else ""


def _own(error: ErrorDetails) -> str:
    """Return the message of a check of our own."""
    match error["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return "is not known"
    message: str = error["msg"]
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
