"""Find where strings, comments and lines of Python source end, without a parser."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.extraction.marks import Mark, MarkKind, mark_at

_TOKEN = re.compile(
    r"(?P<triple>\"\"\"|''')"
    r"|(?P<string>\"(?:\\[\s\S]|[^\"\\\n])*+\"?|'(?:\\[\s\S]|[^'\\\n])*+'?)"
    r"|(?P<comment>\#[^\n]*+)"
    r"|(?P<newline>\n)"
    r"|(?P<fence>`{3,}+|~{3,}+)"
    r"|(?P<ticks>`{1,2})"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<mark>[<◁&])"
    r"|(?:[^\"'\#\n()\[\]{}`~<◁&]++|.)"
)
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z|<[|/｜A-Za-z]|`{3})")
_STRONG = re.compile(r"(?:async[ \t]+def|def|class|import|from|@)\b|@\w|(?:if|for|while|with|try|return)\b")
_CODE = re.compile(
    r"(?:>>>|\.\.\.)[ \t]|(?:async[ \t]+)?(?:def[ \t]+\S+[ \t]*\(|(?:for|with)\b.+:)|class[ \t]+\w+[ \t]*[:(\[]"
    r"|import[ \t]+[A-Za-z_][\w.]*[ \t]*(?:$|[,;#]|as[ \t])|from[ \t]+[\w.]+[ \t]+import\b"
    r"|@\w[\w.]*(?:\(|[ \t]*$)|(?:if|elif|while|match|except|for|with)\b.*:|(?:else|try|finally|except)[ \t]*:"
    r"|(?:return|raise|yield|assert|del|global|nonlocal|await)\b(?![ \t]+(?:the|a|an|to|it)\b)"
    r"|(?:pass|break|continue)[ \t]*(?:$|[#;])"
    r"|[\w.*(\[][\w.,*()\[\]'\": \t+-]{0,200}?(?<![=!<>])(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=)"
    r"|[\w.]+\(.*|[\w.]+\[.*\]\(.*|\#"
    r"|[rRbBuUfF]{0,2}(?:\"\"\"|''')|[\[({].*[\])},(\[{][ \t]*$|\"[^\"]*\"$|'[^']*'$|if[ \t]*\("
)
_LINE_LENGTH = 500
_CLOSER = re.compile(r"[)\]}]")


@dataclass(frozen=True, slots=True)
class CodeLine:
    """The extent of one line of code: a logical line may span several lines through strings."""

    end: int
    """Offset after it, or of the mark or fence that interrupts it."""
    depth: int
    """Open brackets at its end."""
    mark: Mark | None = None
    """The mark at ``end``."""
    fence: str = ""
    """The run of backticks or tildes at ``end``."""


class SourceText:
    """A text whose code is read line by line; caches which quotes never close."""

    def __init__(self, text: str, *, strings: bool = True) -> None:
        """With ``strings`` false, marks also count inside strings and comments."""
        self.text = text
        self._strings = strings
        self._unclosed: set[str] = set()
        self._used: dict[str, bool] = {}
        self._line = (0, 0)
        fences = re.finditer(r"^[ \t]*(?:`{3,}+|~{3,}+)[ \t]*$", text, re.MULTILINE)
        self._last_fence = max((match.start() for match in fences), default=-1)

    def line_end(self, start: int) -> int:
        """Return the offset after the line break."""
        if not self._line[0] <= start < self._line[1]:
            found = self.text.find("\n", start)
            self._line = (start, len(self.text) if found < 0 else found + 1)
        return self._line[1]

    def line(self, start: int) -> str:
        """Return the rest of the line from ``start``, cut to the length needed to classify it."""
        return self.text[start : min(self.line_end(start), start + _LINE_LENGTH)]

    def code_line(self, start: int, depth: int = 0, *, fenced: bool = False, run: str = "") -> CodeLine:
        """Read code from ``start`` to the end of its line, outside strings, or up to the first mark or fence.

        ``fenced``: a fence is open, which the last comment of an answer may close. ``run``: the open fence's own; one
        or two backticks end code only if the same number started it.
        """
        text, place, blank = self.text, start, True
        while match := _TOKEN.match(text, place):
            begins, place = blank, match.end()
            blank = blank and match[0].isspace()
            match match.lastgroup:
                case "newline":
                    return CodeLine(place, depth)
                case "triple" if self._strings:
                    place = self._behind_triple(place, match[0])
                case "string" | "comment":
                    inside = self._inside(match, begins=begins, fenced=fenced)
                    if inside is not None:
                        return inside
                case "fence":
                    if match[0][0] == "`" or begins:
                        return CodeLine(match.start(), depth, fence=match[0])
                case "ticks" if match[0] == run:
                    return CodeLine(match.start(), depth, fence=run)
                case "open" | "mark":
                    mark = mark_at(text, match.start()) if match[0] in "[<◁&" else None
                    if mark and self._counts(mark, begins=begins):
                        return CodeLine(mark.start, depth, mark)
                    depth += match.lastgroup == "open"
                case "close":
                    depth = max(0, depth - 1)
        return CodeLine(len(text), depth)

    def _counts(self, mark: Mark, *, begins: bool) -> bool:
        """Decide whether a mark in code counts: nothing in Python looks like it, or it begins or ends a line."""
        if mark.unmistakable:
            return True
        ends = _LINE_END.match(self.text, mark.end) is not None
        if self.text[mark.start] == "[":
            if self._is_used(self.text[mark.start + 1 : mark.end - 1]):
                return False
            # Removing padding within a line would join its two parts into a line that nobody wrote.
            glued = self.text[mark.end : mark.end + 1].isidentifier() and (begins or mark.kind is not MarkKind.NOISE)
            return glued or (ends and (begins or mark.kind in (MarkKind.NOISE, MarkKind.TURN)))
        return begins or ends

    def _is_used(self, name: str) -> bool:
        """Return whether ``[NAME]`` may be an index or a list: the text also uses the name outside brackets."""
        if name not in self._used:
            pattern = rf"(?<!\[)(?<!\[/)\b{re.escape(name)}\b(?!\])"
            self._used[name] = re.search(pattern, self.text) is not None
        return self._used[name]

    def _behind_triple(self, place: int, quotes: str) -> int:
        """Return the offset after a triple-quoted string, or after its opening quotes if it never closes."""
        if quotes in self._unclosed:
            return place
        found = self.text.find(quotes, place)
        while found >= 0:
            before = found
            while before > place and self.text[before - 1] == "\\":
                before -= 1
            if (found - before) % 2 == 0:
                return found + 3
            found = self.text.find(quotes, found + 1)
        self._unclosed.add(quotes)
        return place

    def _inside(self, match: re.Match[str], *, begins: bool, fenced: bool) -> CodeLine | None:
        """Find a mark or fence in a string or comment if those do not protect it."""
        if self._strings:
            closes = fenced and match.lastgroup == "comment" and match[0].endswith("```")
            if closes and self._last_fence < match.start() and not self.text[match.end() : match.end() + 2].strip("\n"):
                fence = match[0][len(match[0].rstrip("`")) :]
                return CodeLine(match.end() - len(fence), 0, fence=fence)
            return None
        for found in re.finditer(r"[<◁]|`{3,}", match[0]):
            place = match.start() + found.start()
            if found[0][0] == "`":
                return CodeLine(place, 0, fence=found[0])
            mark = mark_at(self.text, place)
            if mark and self._counts(mark, begins=begins):
                return CodeLine(place, 0, mark)
        return None


def looks_like_code(line: str) -> bool:
    """Return whether a line, without its indentation, begins like a statement rather than prose."""
    return _CODE.match(line.rstrip()) is not None


def begins_statement(line: str) -> bool:
    """Return whether a line begins with a keyword that never continues an expression, which ends open brackets."""
    return _STRONG.match(line) is not None


def closes_bracket(line: str) -> bool:
    """Return whether a line begins with a closing bracket."""
    return _CLOSER.match(line) is not None


def first_from(found: Sequence[tuple[int, int]], start: int) -> tuple[int, int] | None:
    """Return the first of the ordered pairs of offsets at or after ``start``."""
    place = bisect_left(found, (start, 0))
    return found[place] if place < len(found) else None
