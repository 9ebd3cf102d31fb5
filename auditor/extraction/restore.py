"""Undo changes that a web page, a terminal or a word processor has made to code.

Used only if an answer as given contains no complete program, or one with missing names, such as the ``lt`` of
``&lt;``.
"""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{2,4}|#x[0-9a-fA-F]{2,4});")
_LITERAL = r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_INVISIBLE = re.compile(rf"(?P<literal>{_LITERAL})|[\u200b-\u200f\u2028\u2029\u2060\ufeff\u00ad]")
_SPACE = re.compile(rf"(?P<literal>{_LITERAL})|[\u00a0\u2000-\u200a\u202f\u3000]")
_QUOTES = str.maketrans("“”„‟‘’‚‛", "\"\"\"\"''''")
_NUMBERED = re.compile(
    r"[ \t]*(?:L|line )?(?P<number>\d{1,5})(?P<gap>[ \t]*[:|│.)][ ]?|\t|[ ])(?P<rest>.*)", re.IGNORECASE
)
_LEAST_NUMBERED = 2
_DEFINES = re.compile(r"[ \t]*(?:async[ \t]+def|def|class)[ \t]+\w+[ \t]*[(:]")
_IPYTHON = re.compile(r"(?:In \[\d*\]: ?|[ ]{2,}\.{3,}: ?)(?P<code>.*)")
_PATCH = re.compile(r"(?:diff --git |index [0-9a-f]+\.\.|--- |\+\+\+ |@@|\\ No newline|\*\*\* )")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})")


def restored(text: str) -> str:
    """Return an answer with such changes undone; unchanged if there is no sign of any."""
    if _ENTITY.search(text):
        text = html.unescape(text)
    if not text.isascii():
        text = _SPACE.sub(
            lambda found: found["literal"] or " ", _INVISIBLE.sub(lambda found: found["literal"] or "", text)
        )
        text = text.translate(_QUOTES)
    return _unescaped(_without_prefixes(text))


def _unescaped(text: str) -> str:
    """Restore line breaks that are written as backslash and letter."""
    lines = text.split("\n")
    return "\n".join(_with_breaks(line) if line.count("\\n") > 1 else line for line in lines)


def _with_breaks(line: str) -> str:
    outer = line.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\'", "'")
    return outer.replace("\\\\", "\\")


def _without_prefixes(text: str) -> str:
    """Remove line numbers, IPython prompts and patch marks from lines that have them."""
    lines = text.split("\n")
    if any(_PATCH.match(line) for line in lines):
        return _new_side(lines)
    if any(line.startswith("In [") for line in lines):
        matches = [_IPYTHON.match(line) for line in lines]
        return "\n".join(found["code"] for found in matches if found)
    return "\n".join(_unnumbered(lines))


def _new_side(lines: list[str]) -> str:
    """Return the result of a patch, and the text around it."""
    kept: list[str] = []
    inside = False
    for line in lines:
        if _PATCH.match(line):
            inside = not line.startswith("*** End Patch")
        elif _FENCE.match(line) or not inside:
            inside = False
            kept.append(line)
        elif not line.startswith("-"):
            kept.append(line[1:])
    return "\n".join(kept)


def _unnumbered(lines: list[str]) -> list[str]:
    """Remove the numbers from runs of lines that count up by one."""
    kept = list(lines)
    start = 0
    while start < len(lines):
        run = _run(lines, start)
        if len(run) >= _LEAST_NUMBERED and any(map(_DEFINES.match, run)):  # else it may be a list in a docstring
            kept[start : start + len(run)] = run
        start += max(1, len(run))
    return kept


def _run(lines: list[str], start: int) -> list[str]:
    """Return the consecutively numbered lines from ``start``, without number and gap."""
    found: list[re.Match[str]] = []
    for place in range(start, len(lines)):
        line = lines[place]
        match = _NUMBERED.fullmatch(line) or _NUMBERED.fullmatch(f"{line} ")  # an empty line has only its number
        if match is None or (found and int(match["number"]) != int(found[-1]["number"]) + 1):
            break
        found.append(match)
    rests = [match["rest"] for match in found]
    filled = [rest for rest in rests if rest.strip()]
    spare = min((len(rest) - len(rest.lstrip(" ")) for rest in filled), default=0)
    return [rest[spare:] for rest in rests]
