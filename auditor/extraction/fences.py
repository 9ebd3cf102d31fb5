"""Fence lines as models write them: with info strings, in lists and quotations, with code on the same line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.extraction.marks import mark_at
from auditor.extraction.source import looks_like_code

_LINE = re.compile(r"(?P<prefix>(?:[ \t]|>|(?:[-*+]|\d{1,3}[.)])(?=[ \t]))*+)(?P<run>`{3,}+|~{3,}+)(?P<info>[^`\n]*+)")
_MIDDLE = re.compile(r"(?<!`)(?P<run>`{3,}+)(?P<info>[^`\n]*+)(?=\n|\Z|`{3})")
_INLINE = 20
"""Most characters between a backtick and the code after it, enough for a language."""
_TICKS = re.compile(r"(?<!`)(?P<run>`{1,2})(?:python3?|py)?\s*\Z")
_QUOTES = re.compile(r"(?P<run>'{3}|\"{3})[ \t]*(?:python3?|py)?[ \t]*\n")
_STATEMENT = re.compile(
    r"(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:]|@\w"
    r"|import[ \t]+[\w.]+[ \t]*$|from[ \t]+[\w.]+[ \t]+import\b",
    re.MULTILINE,
)
_LANGUAGE = re.compile(r"[ \t]*\{?[ \t]*\.?(?P<language>[A-Za-z][\w+#-]*)?")
_PYTHON = frozenset({
    "", "python", "py", "python3", "py3", "python2", "ipython", "ipython3", "pycon", "code", "starlark", "sage",
    "cython", "pyi", "code-cell", "tool_code", "python-repl", "repl", "jupyter",
})  # fmt: skip
_REASONING = frozenset({"thinking", "think", "reasoning", "thought", "thoughts", "scratchpad", "plan"})


@dataclass(frozen=True, slots=True)
class Fence:
    """An open fence, or a container of code such as ``<code>``."""

    run: str
    """Its backticks or tildes; empty for a container."""
    language: str = ""
    """Language in lower case; empty if none is given."""
    prefix: str = ""
    """Prefix of its line: indentation, list marks, quotation marks."""
    container: str = ""
    """The container's name."""

    @property
    def is_python(self) -> bool:
        """Return whether the language may be Python."""
        return self.language in _PYTHON

    @property
    def is_reasoning(self) -> bool:
        """Return whether the language shows that this is not an answer."""
        return self.language in _REASONING


@dataclass(frozen=True, slots=True)
class FenceLine:
    """A fence found in a line."""

    start: int
    """Offset of its line's prefix or, within a line, of its run."""
    end: int
    """Offset after the run and the info string; code may follow."""
    fence: Fence
    info: str

    @property
    def may_close(self) -> bool:
        """Return whether nothing follows the run, so that it may close a block."""
        return not self.info.strip()

    @property
    def opens(self) -> bool:
        """Return whether the run is followed by an info string rather than prose."""
        info = self.info.strip()
        return bool(info) and (self.fence.is_python or " " not in info or "=" in info or looks_like_code(info))


def fence_line(text: str, start: int) -> FenceLine | None:
    """Read the line at ``start`` as one that begins with a fence."""
    match = _LINE.match(text, start)
    return _read(match, match["prefix"]) if match else None


def fence_within(text: str, start: int) -> FenceLine | None:
    """Read the run of backticks at ``start``, after other words on a line, as a fence."""
    match = _MIDDLE.match(text, start)
    return _read(match, "") if match else None


def ticks_before(text: str, start: int) -> str:
    """Return the one or two backticks around code at ``start``; empty if there are none."""
    match = _TICKS.search(text, max(0, start - _INLINE), start)
    if match is None or text.find(match["run"], start) < 0:
        return ""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return "" if before.count("`") % 2 else match["run"]


def quotes_around(text: str, start: int) -> tuple[int, int] | None:
    """Return the offsets of code between lines of three quotation marks used as a fence."""
    opened = _QUOTES.match(text, start)
    if opened is None or not _STATEMENT.match(text, opened.end()):
        return None
    closed = re.compile(rf"^{opened['run']}[ \t]*$", re.MULTILINE).search(text, opened.end())
    return (opened.end(), closed.start()) if closed else None


def runs_within(text: str) -> list[int]:
    """List the offsets of runs that may be fences after other words on a line."""
    return [match.start() for match in _MIDDLE.finditer(text)]


def _read(match: re.Match[str], prefix: str) -> FenceLine:
    """Split what follows a run into language and, if present, code."""
    info = match["info"]
    if mark_at(match.string, match.end("run") + len(info) - len(info.lstrip())):
        info = ""  # a mark is glued to the fence
    language, code = _split(info)
    end = match.end("run") + (len(info) if code is None else code)
    return FenceLine(match.start(), end, Fence(match["run"], language, prefix), info)


def _split(info: str) -> tuple[str, int | None]:
    """Return the language and the offset of code in an info string; ``None`` without code."""
    found = _LANGUAGE.match(info)
    language = (found["language"] or "").lower() if found else ""
    rest = info[found.end() :] if found else info
    strong = re.match(r"\s*(?:def |class |import |from |async def |@\w|return |print\(|[\w, ]+ [-+*/]?= )", rest)
    if language in _PYTHON and language and rest[:1].isspace() and strong and looks_like_code(rest.strip()):
        return language, len(info) - len(rest.lstrip())
    if language and looks_like_code(info.strip()) and re.match(r"\s*(?:def |class |import |from |@\w|\w+ = )", info):
        return "", len(info) - len(info.lstrip())
    return language, None
