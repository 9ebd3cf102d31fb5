"""Named rules that decide whether a program's output is right; every harness has its own.

Each compares the whole output with the whole expected output, and runs on the trusted side. Except for ``exact``, a
line ends with a line feed, optionally after a carriage return. Blanks are those of C (space, tab, line feed, vertical
tab, form feed, carriage return), on which checkers in C++ split words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import zip_longest
from string import ascii_lowercase, ascii_uppercase
from typing import assert_never

_BLANKS = " \t\n\v\f\r"
_WORD = re.compile(f"[^{_BLANKS}]+")
_FOLDED = str.maketrans(ascii_uppercase, ascii_lowercase)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_ZERO = re.compile(r"[+-]?(0+(\.0*)?|\.0+)[eE][+-]?\d+", re.ASCII)
"""Zero with any exponent."""


class Comparator(StrEnum):
    """Rules of equality for a program's standard output."""

    EXACT = "exact"
    """The same text, character by character."""
    LINES = "lines"
    """The same lines; blanks at the end of lines and empty lines at the end are ignored."""
    LINES_DECIMAL = "lines+decimal"
    """Lines stripped on both sides are equal, or equal as lists of decimal numbers (LiveCodeBench's rule).

    As there, blanks are what Python's ``str.strip`` removes.
    """
    TOKENS = "tokens"
    """The same words, however they are separated."""
    TOKENS_FLOAT = "tokens+float"
    """The same words; two numbers may differ by a tolerance. An integer must be matched exactly unless the task expects
    fractions elsewhere or names a tolerance: then a number with a fraction may be near it.
    """
    IGNORE_CASE = "ignore-case"
    """The same words, ignoring the case of the letters A to Z."""
    MULTISET = "multiset"
    """The same lines in any order; blanks around lines and empty lines are ignored."""
    CHECKER = "checker"
    """The task's own Python checker decides; it runs in its own sandboxed process."""


DEFAULT = Comparator.LINES
"""The rule for tasks that name none."""


TOLERANCE = 1e-9
"""Default absolute and relative tolerance of ``tokens+float``."""


def agrees(
    rule: Comparator, got: str, expected: str, *, absolute: float = TOLERANCE, relative: float = TOLERANCE,
    integers_only: bool = False,
) -> bool:  # fmt: skip
    """Return whether an output is right by a rule; the tolerances are those of ``tokens+float``.

    ``integers_only``: an expected integer must be matched exactly.

    Raises ``ValueError`` for ``checker``, which does not compare texts.
    """
    if rule is Comparator.EXACT:
        return got == expected
    match rule:
        case Comparator.LINES:
            return _lines(got) == _lines(expected)
        case Comparator.LINES_DECIMAL:
            return _same_decimals(got, expected)
        case Comparator.TOKENS:
            return _words(got) == _words(expected)
        case Comparator.TOKENS_FLOAT:
            near = _Tolerance(absolute, relative, integers_only)
            return _same_numbers(_words(got), _words(expected), near)
        case Comparator.IGNORE_CASE:
            return _words(got.translate(_FOLDED)) == _words(expected.translate(_FOLDED))
        case Comparator.MULTISET:
            return _line_counts(got) == _line_counts(expected)
        case Comparator.CHECKER:
            raise ValueError("a checker is run, not compared by")
        case _:
            assert_never(rule)


def first_difference(got: str, expected: str) -> int:
    """Return the number, from 1, of the first line on which two outputs differ, to show to a reader."""
    pairs = zip_longest(_lines(got), _lines(expected))
    return next((number for number, (mine, theirs) in enumerate(pairs, 1) if mine != theirs), 1)


def expects_fractions(outputs: Iterable[str]) -> bool:
    """Return whether the expected outputs contain a number that is not written as an integer."""
    words = (word for text in outputs if "." in text or "e" in text or "E" in text for word in _words(text))
    return any(_DECIMAL.fullmatch(word) and not _INTEGER.fullmatch(word) for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _lines(text: str) -> list[str]:
    return [line.rstrip(_BLANKS) for line in text.rstrip(_BLANKS).split("\n")]


def _line_counts(text: str) -> Counter[str]:
    return Counter(stripped for line in text.split("\n") if (stripped := line.strip(_BLANKS)))


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
    """Read a line as decimal numbers; ``None`` if a word is not a number. NaN and infinities are words."""
    words = line.split()
    if not all(_DECIMAL.fullmatch(word) for word in words):
        return None
    try:
        return [Decimal(word) for word in words]
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True)
class _Tolerance:
    absolute: float
    relative: float
    integers_only: bool


def _same_numbers(got: list[str], expected: list[str], near: _Tolerance) -> bool:
    if len(got) != len(expected):
        return False
    return all(mine == theirs or _close(mine, theirs, near) for mine, theirs in zip(got, expected, strict=True))


def _close(got: str, expected: str, near: _Tolerance) -> bool:
    """Compare two words as numbers; an integer matches itself and, if allowed, a fraction near it."""
    got, expected = ("0.0" if _ZERO.fullmatch(word) else word for word in (got, expected))
    if not (_DECIMAL.fullmatch(got) and _DECIMAL.fullmatch(expected)):
        return False
    if _INTEGER.fullmatch(expected):
        if _INTEGER.fullmatch(got):
            return _digits(got) == _digits(expected)
        try:
            number = Decimal(got)
            if near.integers_only or _is_whole(number):
                return number == Decimal(expected)
        except InvalidOperation:
            return False
    wanted, found = float(expected), float(got)
    if not (math.isfinite(wanted) and math.isfinite(found)):
        return False
    return abs(found - wanted) <= max(near.absolute, near.relative * abs(wanted))


def _is_whole(number: Decimal) -> bool:
    """Return whether a number has no fraction, without writing out its digits: ``1e9999`` has ten thousand."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # it is finite
    return exponent >= 0 or not any(digits[exponent:])


def _digits(integer: str) -> tuple[bool, str]:
    """Return sign and digits of an integer, without building a number that may be huge."""
    digits = integer.lstrip("+-").lstrip("0")
    return integer.startswith("-") and bool(digits), digits
