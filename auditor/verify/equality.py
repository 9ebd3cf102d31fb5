"""Decide whether a claimed output is right: EvalPlus's rules of equality, on plain builtins only.

``out == exp`` decides first (so 1, 1.0 and True are equal). If floats are expected and no
tolerance is given it is 1e-6; if one applies, values of the same type and length may differ by
``atol + 1e-7 |exp|`` each. NaN equals nothing. The tolerance of one test never affects the next.
"""

from __future__ import annotations

import math

from auditor.verify.oracles import ORACLES, Oracle
from auditor.verify.values import Array, Opaque

FLOAT_ATOL = 1e-6
RTOL = 1e-7


def equal(got: object, expected: object, atol: float = 0.0) -> bool:
    """Compare by EvalPlus's rule; never raises."""
    try:
        if got == expected:
            return True
        if atol == 0 and holds_floats(expected):
            atol = FLOAT_ATOL
        if atol == 0 or type(got) is not type(expected):
            return False
        return _close(got, expected, atol)
    except Exception:  # noqa: BLE001 - values that cannot be compared are not equal
        return False


def holds_floats(value: object) -> bool:
    """Return whether EvalPlus would enforce a tolerance: a float, or a non-empty list or tuple of floats."""
    if isinstance(value, float):
        return True
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, Array) and value.dtype in {"float64", "float32"}


def _close(got: object, expected: object, atol: float) -> bool:
    """Compare numbers within tolerance through lists and tuples of one shape."""
    if isinstance(expected, Array):
        return isinstance(got, Array) and _close(got.values, expected.values, atol)
    if isinstance(expected, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(expected)
            and all(_close(one, other, atol) for one, other in zip(got, expected, strict=True))
        )
    if not isinstance(got, int | float | complex) or not isinstance(expected, int | float | complex):
        return False
    if got == expected:
        return True
    bound = atol + RTOL * abs(expected)
    return math.isfinite(abs(expected)) and abs(got - expected) <= bound


def accepts(got: object, expected: object, arguments: tuple[object, ...], *, atol: float, oracle: str | None) -> bool:
    """Judge one claimed output: by the named oracle, or by plain equality."""
    rule: Oracle | None = ORACLES.get(oracle) if oracle is not None else None
    if isinstance(got, Opaque) and not (rule is not None and rule.takes_opaque):
        return False
    if rule is None:
        return equal(got, expected, atol)
    try:
        return bool(rule.accepts(got, expected, arguments, atol)) or (rule.or_equal and equal(got, expected, atol))
    except Exception:  # noqa: BLE001 - a value the oracle cannot take is wrong
        return False
