"""Dicts of a solution that answer for keys they have not: a ``defaultdict`` of its own factory, and ``__missing__``.

Content crosses as a plain value; what is asked for a missing key is a call to the process that has the dict, and gives
a plain value like any other call.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

FACTORY = "factory"
"""The name under which the factory of a ``defaultdict`` crosses, by number."""
LOOKUP = "lookup"
"""The name under which a dict with a ``__missing__`` crosses: its number (on the way back), and its content."""


class Factory:
    """Stands for the factory of a ``defaultdict`` where its dict is written."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class LookedUp(dict[Any, Any]):
    """The content of a dict that answers for missing keys, and who asks it."""

    __slots__ = ("_ask", "number")

    def __init__(self, content: dict[Any, Any], number: int, ask: Callable[[int, Any], Any]) -> None:
        super().__init__(content)
        self.number = number
        self._ask = ask

    def __missing__(self, key: Any) -> Any:
        """Ask for a missing key, and keep the value if the dict over there does."""
        value, kept = self._ask(self.number, key)
        if kept:
            self[key] = value
        return value


def look_up(held: Any, key: Any) -> tuple[Any, bool]:
    """Return what a dict gives for a key that it has not, and whether it has it from then on."""
    return type(held).__missing__(held, key), dict.__contains__(held, key)


def copied(held: Any, content: dict[Any, Any]) -> Any:
    """Return a copy of a dict of the solution, with this content; the content alone if it cannot be copied."""
    try:
        made = copy.copy(held)
    except Exception:  # noqa: BLE001 - the candidate's own code
        return content
    dict.clear(made)
    dict.update(made, content)
    return made


class Remote:
    """A factory of another process."""

    def __init__(self, number: int, ask: Callable[[int], Any]) -> None:
        self.number = number
        self._ask = ask

    def __call__(self) -> Any:
        """Have a value made."""
        return self._ask(self.number)


def misses(kind: type) -> bool:
    """Say whether a class derives from ``dict`` and answers for missing keys in a way of its own."""
    return issubclass(kind, dict) and any("__missing__" in vars(one) for one in kind.__mro__ if one is not dict)
