"""Fenced code blocks, read line by line, as models really write them.

Beyond the rules of CommonMark (``` and ~~~, a closing fence at least as long as its opening one), a
fence may follow prose on its line, carry code on its line, open inside another block of the same
length, close at the end of a code line, or never close.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<after>[^`]*)$")
_TAG = re.compile(r"^\s*\{?\.?(?P<tag>[A-Za-z][\w+#.-]*)?\}?\s*$")
_PYTHON = frozenset({"", "python", "py", "python3", "py3", "python2", "ipython", "pycon", "code", "starlark"})
_TAG_LINES = {"[python]": "```python", "[/python]": "```", "<code>": "```", "</code>": "```"}
"""Brackets that some models were trained to put around code, read as fences."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    tag: str
    """The language in lower case, empty where none is given."""
    code: str

    @property
    def is_python(self) -> bool:
        """Say whether the tag allows for Python."""
        return self.tag in _PYTHON


def blocks(text: str) -> list[Block]:
    """List the fenced blocks of a text in order; nested blocks come apart, an unclosed one ends with the text."""
    found: list[Block] = []
    mark, tag = "", ""
    lines: list[str] = []
    for raw in text.split("\n"):
        line = _TAG_LINES.get(raw.strip().lower(), raw)
        fence = _fence(line)
        before = line[: fence.start()] if fence else ""
        if not mark:
            if fence:
                mark, tag, lines = fence["mark"], *_opening(fence["after"])
        elif fence is None or fence["mark"][0] != mark[0]:
            lines.append(raw)
        elif not before.strip() and _language(fence["after"]):
            found.append(Block(tag, _text(lines)))
            mark, tag, lines = fence["mark"], *_opening(fence["after"])
        elif len(fence["mark"]) >= len(mark) and not fence["after"].strip():
            found.append(Block(tag, _text([*lines, before] if before.strip() else lines)))
            mark = ""
        else:
            lines.append(raw)
    if mark:
        found.append(Block(tag, _text(lines)))
    return [_one_line(block) for block in found if block.code.strip()]


def _fence(line: str) -> re.Match[str] | None:
    """Find the first fence of a line that no backtick follows; takes no longer than reading the line."""
    end = line.rfind("`") + 1
    start = len(line[:end].rstrip("`"))
    return _FENCE.match(line, start) if end - start >= 3 else _FENCE.search(line, end)


def _language(after: str) -> bool:
    """Say whether what follows a fence's mark names a language, so that the fence opens."""
    match = _TAG.match(after)
    return bool(match and match["tag"])


def _opening(after: str) -> tuple[str, list[str]]:
    """Split what follows an opening fence into language tag and code."""
    match = _TAG.match(after)
    if match:
        return (match["tag"] or "").lower(), []
    first, _, rest = after.strip().partition(" ")
    if first.lower() in _PYTHON:
        return first.lower(), [rest]
    return "", [after.strip()]


def _one_line(block: Block) -> Block:
    """Take a closing fence off a block that opened and closed on one line."""
    return replace(block, code=re.sub(r"(?<!`)`{3,}+\s*$", "", block.code))


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
