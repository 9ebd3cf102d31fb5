"""When the output of a program is right: named rules, since every harness has one of its own.

All of them take the whole text that a program wrote and the whole text that was expected, and run on the
trusted side. Line ends of all systems are the same, except for ``exact``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import zip_longest
from typing import assert_never

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


class Comparator(StrEnum):
    """Rules of equality for the standard output of a program."""

    EXACT = "exact"
    """The same text, character by character."""
    LINES = "lines"
    """The same lines; blanks at the end of lines and empty lines at the end do not count."""
    LINES_DECIMAL = "lines+decimal"
    """Lines stripped on both sides are equal, or equal as lists of decimal numbers (LiveCodeBench's rule)."""
    TOKENS = "tokens"
    """The same words, however they are separated."""
    TOKENS_FLOAT = "tokens+float"
    """The same words, where two numbers may differ by a tolerance; integers are compared as integers."""
    IGNORE_CASE = "ignore-case"
    """The same words, whatever the case of their letters."""
    MULTISET = "multiset"
    """The same lines in any order; blanks around lines and empty lines do not count."""
    CHECKER = "checker"
    """Python source of the task decides; it runs in a sandboxed process of its own."""


DEFAULT = Comparator.LINES
"""What a task is judged by that names no rule."""


def agrees(rule: Comparator, got: str, expected: str, *, absolute: float = 1e-9, relative: float = 1e-9) -> bool:
    """Return whether an output is right by a rule; the tolerances are those of ``tokens+float``.

    Raises ``ValueError`` for ``checker``, which no text can be compared by.
    """
    if rule is Comparator.EXACT:
        return got == expected
    got, expected = _unified(got), _unified(expected)
    match rule:
        case Comparator.LINES:
            return _lines(got) == _lines(expected)
        case Comparator.LINES_DECIMAL:
            return _same_decimals(got, expected)
        case Comparator.TOKENS:
            return got.split() == expected.split()
        case Comparator.TOKENS_FLOAT:
            return _same_numbers(got.split(), expected.split(), absolute, relative)
        case Comparator.IGNORE_CASE:
            return got.casefold().split() == expected.casefold().split()
        case Comparator.MULTISET:
            return _line_counts(got) == _line_counts(expected)
        case Comparator.CHECKER:
            raise ValueError("a checker is run, not compared by")
        case _:
            assert_never(rule)


def first_difference(got: str, expected: str) -> int:
    """Return the number, from 1, of the first line on which two outputs differ, for a reader to look at."""
    pairs = zip_longest(_lines(_unified(got)), _lines(_unified(expected)))
    return next((number for number, (mine, theirs) in enumerate(pairs, 1) if mine != theirs), 1)


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _line_counts(text: str) -> Counter[str]:
    return Counter(stripped for line in text.split("\n") if (stripped := line.strip()))


def _same_decimals(got: str, expected: str) -> bool:
    mine, theirs = (text.strip().split("\n") for text in (got, expected))
    if len(mine) != len(theirs):
        return False
    for one, other in zip(mine, theirs, strict=True):
        one, other = one.strip(), other.strip()  # noqa: PLW2901 - the stripped line stands for the line
        if one == other:
            continue
        numbers = _decimals(one), _decimals(other)
        if None in numbers or numbers[0] != numbers[1]:
            return False
    return True


def _decimals(line: str) -> list[Decimal] | None:
    """Read a line as decimal numbers; ``None`` where a word is none. NaN and infinities are words."""
    words = line.split()
    if not all(_DECIMAL.fullmatch(word) for word in words):
        return None
    try:
        return [Decimal(word) for word in words]
    except InvalidOperation:
        return None


def _same_numbers(got: list[str], expected: list[str], absolute: float, relative: float) -> bool:
    if len(got) != len(expected):
        return False
    return all(
        mine == theirs or _close(mine, theirs, absolute, relative) for mine, theirs in zip(got, expected, strict=True)
    )


def _close(got: str, expected: str, absolute: float, relative: float) -> bool:
    """Compare two words as numbers; where an integer is expected, an integer must come, and the same one."""
    if not (_DECIMAL.fullmatch(got) and _DECIMAL.fullmatch(expected)):
        return False
    if _INTEGER.fullmatch(expected) and _INTEGER.fullmatch(got):
        return _digits(got) == _digits(expected)
    wanted, found = float(expected), float(got)
    if not (math.isfinite(wanted) and math.isfinite(found)):
        return False
    return abs(found - wanted) <= max(absolute, relative * abs(wanted))


def _digits(integer: str) -> tuple[bool, str]:
    """Return sign and digits of an integer, without building a number that may be huge."""
    digits = integer.lstrip("+-").lstrip("0")
    return integer.startswith("-") and bool(digits), digits
