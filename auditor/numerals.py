"""Numbers as people read them, the same in every command and page.

A real minus sign, thousands apart, as many digits as asked for; a share in hundredths with its unit behind a space.
"""

from __future__ import annotations

NARROW = "\u202f"
"""Narrow no-break space: between a figure and its unit on a page, and between thousands."""
MISSING = "–"


def number(value: float | None, digits: int = 2) -> str:
    """Write a plain number with a real minus sign; a missing one as a dash."""
    if value is None:
        return MISSING
    return _minus(f"{_without_noise(value, digits):,.{digits}f}".replace(",", NARROW))


def _without_noise(value: float, digits: int) -> float:
    """Round to six digits more than are to be written.

    The order of a sum changes the last bits of its result: without this, one number that lies halfway between two
    roundings could be written 19.2 in one place and 19.3 in another.
    """
    return round(value, digits + 6)


def significant(value: float | None, digits: int = 3) -> str:
    """Write a number of unknown size to so many significant digits."""
    if value is None:
        return MISSING
    if value and abs(value) < 10**-4:
        return _minus(f"{value:.{digits - 1}e}")
    whole = len(f"{abs(value):.0f}") if abs(value) >= 1 else 0
    if value and not whole:
        whole = 1 + int(f"{abs(value):e}".split("e")[1])
    return number(value, max(0, digits - whole) if value else 0)


def count(value: float | None) -> str:
    """Write a whole number with its thousands apart."""
    return number(value, 0)


def hundredths(value: float, digits: int = 1) -> str:
    """Write a share in hundredths; one that is not quite none or all is not rounded to it: ``< 0.1``, ``> 99.9``."""
    step = 10.0**-digits
    if 0 < value < 1 and round(_without_noise(100 * value, digits), digits) in (0, 100):
        return f"< {number(step, digits)}" if value < 0.5 else f"> {number(100 - step, digits)}"
    return number(100 * value, digits)


def points(value: float | None, digits: int = 1) -> str:
    """Write a difference of two shares in percentage points with its sign; what rounds to zero has none."""
    return MISSING if value is None else signed(100 * value, digits)


def signed(value: float | None, digits: int = 2) -> str:
    """Write a number always with its sign, zero without."""
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.") else text


def p_value(value: float | None) -> str:
    """Write a p value: three decimals, or that it is below a thousandth."""
    if value is None:
        return MISSING
    return "< 0.001" if value < 0.001 else number(value, 3)


def share(value: float | None, digits: int = 1, *, space: str = " ") -> str:
    """Write a share as a percentage with its unit: ``60.0 %``."""
    return MISSING if value is None else f"{hundredths(value, digits)}{space}%"


def share_with_span(value: float | None, low: float | None, high: float | None, digits: int = 1) -> str:
    """Write a share with its interval, if it has one: ``60.0 % (52.1 to 67.4)``."""
    if value is None or low is None or high is None:
        return share(value, digits)
    return f"{share(value, digits)} ({number(100 * low, digits)} to {number(100 * high, digits)})"


def _minus(text: str) -> str:
    text = text.replace("-", "−")
    return text[1:] if text.startswith("−") and not text.strip("−0.\u202f") else text
