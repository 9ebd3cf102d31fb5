"""Make text from data safe to print: task ids, model names, exceptions, messages of servers."""

from __future__ import annotations

import json
import re

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\|$)|[@-Z\\-_])")
"""A terminal escape sequence: cursor and colour, titles and other strings, single commands."""
_CI_COMMAND = re.compile(r"(?<!\S)::|##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)
"""Prefix of a command to a CI system: GitHub, Azure Pipelines, TeamCity."""


def one_line(text: str, most: int | None = None) -> str:
    """Return ``text`` as one line of at most ``most`` characters that no terminal or CI system interprets.

    Escape sequences are removed, line breaks and tabs become spaces, other control, invisible and reordering
    characters become U+FFFD, and ``::error::`` or ``##[group]`` is broken by a space.
    """
    plain = re.sub(r"\s+", lambda hit: hit[0] if not hit[0].strip(" ") else " ", _ESCAPE.sub("", text))
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in plain)
    line = _CI_COMMAND.sub(lambda hit: " ".join(hit[0]), plain)
    return line if most is None or len(line) <= most else f"{line[: most - 1]}…"


def noun(amount: float, one: str, many: str | None = None) -> str:
    """Return the form of a noun or verb for an amount; the plural is ``one`` with an s by default."""
    return one if amount == 1 else many or f"{one}s"


def plural(amount: int, one: str, many: str | None = None) -> str:
    """Format an amount with its noun: ``1 task``, ``2 tasks``."""
    return f"{amount} {noun(amount, one, many)}"


def markdown_cell(text: str) -> str:
    """Escape text for a Markdown table: no cell ends, line breaks, HTML, emphasis or mentions."""
    flat = one_line(re.sub(r"\s+", " ", text))
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    return re.sub(r"([\\`*_{}\[\]|#!~])", r"\\\1", flat)


_OBEYED = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|(?<=#)#")
"""What a terminal or CI system could interpret in a JSON document."""


def json_text(value: object) -> str:
    """Return ``value`` as indented JSON with characters that a terminal would interpret escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _OBEYED.sub(lambda hit: f"\\u{ord(hit[0]):04x}", text) + "\n"
