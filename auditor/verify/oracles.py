"""Special rules of equality that EvalPlus applies to single tasks, by name.

A benchmark's loader attaches a name to a suite; an unknown name is rejected before anything runs. An oracle sees only
plain builtins: the claimed and expected values, the arguments, the tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auditor.verify.values import Array
from auditor.verify.wire import build_set

MAX_ELEMENTS = 1_000_000
"""Larger claims are not put into a set: ``range(10**12)`` is a short claim."""

Rule = Callable[[Any, Any, tuple[Any, ...], float], bool]


@dataclass(frozen=True, slots=True)
class Oracle:
    """One special rule."""

    accepts: Rule
    """``(got, expected, arguments, atol)`` → whether right; an exception counts as wrong."""
    or_equal: bool = True
    """Whether plain equality also suffices."""
    takes_opaque: bool = False
    """Whether it can judge a value that cannot cross the sandbox boundary, since only its presence matters."""


def _find_zero(got: Any, _expected: object, arguments: tuple[Any, ...], atol: float) -> bool:
    """HumanEval/32: any root is right. ``|p(got)| ≤ atol`` with coefficients in ascending order.

    Summed left to right, as the task's own ``poly`` does: its roots are roots of that rounding.
    """
    (coefficients,) = arguments
    value = sum(coefficient * math.pow(got, power) for power, coefficient in enumerate(coefficients))
    return bool(abs(value) <= (atol or 1e-4))


def _same_set(got: Any, expected: Any, _arguments: tuple[object, ...], _atol: float) -> bool:
    """Ignore order and repetition; a claim that would take minutes to put into a set is wrong."""
    if isinstance(got, Array):
        got = got.values
    if len(got) > MAX_ELEMENTS:
        return False
    return build_set(list(got)) == set(expected)


def _not_none(got: object, expected: object, _arguments: tuple[object, ...], _atol: float) -> bool:
    """Compare bools; for anything else, only whether it is None matters (MBPP's match objects)."""
    wanted = expected if isinstance(expected, bool) else expected is not None
    return (got if isinstance(got, bool) else got is not None) == wanted


def _anything(_got: object, _expected: object, _arguments: tuple[object, ...], _atol: float) -> bool:
    """Mbpp/164: EvalPlus takes any answer, since the task's own reference is disputed."""
    return True


def _zero(got: object, _expected: object, _arguments: tuple[object, ...], _atol: float) -> bool:
    """Mbpp/295: 0 is right as well, if the text allows two readings."""
    return bool(got == 0)


def _surface_area(got: Any, _expected: object, arguments: tuple[Any, ...], atol: float) -> bool:
    """Mbpp/581: the second length may be read as the pyramid's height instead of its slant."""
    base, height = arguments
    slant = math.hypot(base / 2, height)
    return bool(abs(got - round(base**2 + 2 * base * slant)) <= atol)


def _digit_distance(got: object, _expected: object, arguments: tuple[object, ...], _atol: float) -> bool:
    """Mbpp/558: digits may be compared after padding the shorter number with zeros."""
    one, other = (str(number) for number in arguments)
    width = max(len(one), len(other))
    pairs = zip(one.zfill(width), other.zfill(width), strict=True)
    return bool(got == sum(abs(int(a) - int(b)) for a, b in pairs))


ORACLES: dict[str, Oracle] = {
    "find_zero": Oracle(_find_zero, or_equal=False),
    "set": Oracle(_same_set, or_equal=False),
    "not_none": Oracle(_not_none, or_equal=False, takes_opaque=True),
    "are_equivalent": Oracle(_anything, takes_opaque=True),
    "sum_div": Oracle(_zero),
    "surface_area": Oracle(_surface_area),
    "digit_distance_nums": Oracle(_digit_distance),
}
"""Every oracle by the name that an input suite gives."""
