"""Numbers and hostile texts as a reader should see them.

Figures carry their unit behind a narrow no-break space, a real minus sign and as many digits as the
interval deserves. Texts of models and benchmarks lose nothing but their power over the page: characters
that are invisible, reorder a line or cannot be encoded are shown by their code point, as ``⟨U+202E⟩``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection

from auditor.numerals import MISSING as MISSING
from auditor.numerals import NARROW as NARROW
from auditor.numerals import count as count
from auditor.numerals import hundredths as hundredths
from auditor.numerals import number as number
from auditor.numerals import p_value as p_value
from auditor.numerals import points as points
from auditor.numerals import share
from auditor.numerals import signed as signed
from auditor.numerals import significant as significant
from auditor.text import noun

_SPECIAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_CONTROLS = bytes({*range(0x20), 0x7F} - {ord("\t"), ord("\n")})
"""The special characters that are ASCII."""
MARK = re.compile(r"⟨(?:U\+[0-9A-F]{4,6}|… [\d\u202f]+ more characters)⟩")
"""What :func:`visible` leaves in the place of a special character, and :func:`cut` at an end."""

_RESERVED = {"index", "report", "con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}


def visible(text: str) -> str:
    """Show control, invisible, reordering and unpaired characters by their code points; keep tabs and newlines."""
    if text.isascii() and len(text.encode().translate(None, _CONTROLS)) == len(text):
        return text  # as nearly every text is, found in a small part of the time that the expression takes
    return _SPECIAL.sub(lambda hit: f"⟨U+{ord(hit[0]):04X}⟩", text.replace("\r\n", "\n"))


def cut(text: str, limit: int) -> str:
    """Shorten a text to ``limit`` characters and say how many went."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}⟨… {count(len(text) - limit)} more characters⟩"


def brief(name: str, limit: int = 64) -> str:
    """Shorten a name in its middle, since names of models differ at either end; ``limit`` counts characters."""
    name = visible(name)
    if len(name) <= limit:
        return name
    tail = limit * 2 // 5
    return f"{name[: limit - tail - 1]}…{name[-tail:]}"


def slugs(names: Collection[str]) -> dict[str, str]:
    """Give each name a file name: itself where it can be, ASCII, at most 60 characters, unlike any other's in any case.

    A name that had to be cut, or that clashes with another, carries eight digits of its SHA-256.
    """
    plain = {name: _slug(name) for name in names}
    found: dict[str, str] = {}
    for name, slug in plain.items():
        clashing = sum(slug.lower() == other.lower() for other in plain.values())
        clash = clashing > 1 or slug.lower() in _RESERVED or not slug
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        found[name] = f"{slug or 'model'}-{digest}" if clash or _slug(name, 1000) != slug else slug
    return found


def _slug(name: str, limit: int = 50) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-._")[:limit].rstrip("-._")


def natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key that puts ``T/9`` before ``T/10``."""
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part) for part in re.split(r"(\d+)", text)]


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share as a percentage with its unit."""
    return share(value, digits, space=NARROW)


def plural(amount: float, one: str, many: str | None = None) -> str:
    """Write an amount, its thousands apart, with its noun."""
    return f"{count(amount)} {noun(amount, one, many)}"


def listing(words: Collection[str]) -> str:
    """Join words as a sentence does."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
