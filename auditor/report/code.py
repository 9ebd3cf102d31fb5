"""Python source as safe, coloured lines of HTML, with room for remarks in the margin.

Every line comes out in the order of memory, whatever script it is written in; a character that would
be invisible or would reorder the line is shown as its code point. Lines and programs beyond a page's
patience are cut, with what was cut counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from auditor.records import Finding
from auditor.report.text import MARK, cut, plural, visible

LONGEST_LINE = 400
MOST_LINES = 300
DEEPEST = 24
"""Deepest place for the second line of a broken line; the stylesheet has a class for each up to it."""

_CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (String, "s"),
    (Number, "n"),
    (Keyword.Constant, "n"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Decorator, "d"),
    (Name.Builtin, "b"),
    (Name.Exception, "b"),
)
"""Token type → class; the first that is the token's own or an ancestor wins."""


_END = re.compile(MARK.pattern + "$")


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside a line."""

    rule: str
    message: str
    url: str
    """An http(s) address, or empty."""


@dataclass(slots=True)
class Line:
    """One line of code: its number from 1, its HTML and what the linters say of it."""

    number: int
    html: Markup
    notes: list[Note] = field(default_factory=list)
    depth: int = 0
    """Spaces that it begins with, at most :data:`DEEPEST`: where its second line hangs if the page must break it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A program ready to show: the prompt's lines, which a page folds away, and the rest."""

    prompt: Sequence[Line]
    body: Sequence[Line]
    cut: str
    """What is not shown, or empty."""

    @property
    def signature(self) -> Markup:
        """The line of the prompt that says most: the last ``def``, else the first line."""
        lines = [line.html for line in self.prompt]
        return next((html for html in reversed(lines) if ">def<" in html), lines[0] if lines else Markup(""))


def show(source: str, prompt_lines: int = 0, findings: Sequence[Finding] = ()) -> Code:
    """Colour a program and put findings beside their lines; findings on the prompt's lines are not the model's."""
    source = visible(source).removesuffix("\n")
    all_lines = source.split("\n")
    shown = all_lines[:MOST_LINES]
    rest = len(all_lines) - len(shown)
    lines = [Line(number, html, depth=depth) for number, (html, depth) in enumerate(coloured(shown), 1)]
    for at, notes in remarks(findings).items():
        lines[min(max(1, at), len(lines)) - 1].notes += notes
    split = min(prompt_lines, len(lines))
    while split and not all_lines[split - 1].strip():
        split -= 1
    return Code(lines[:split], lines[split:], f"{plural(rest, 'more line')}, in report.json" if rest else "")


def remarks(findings: Sequence[Finding]) -> dict[int, list[Note]]:
    """Group findings by line: each rule once, with how often it fires; those on the prompt's lines are not the model's.

    A finding that repeats another tool's (``duplicate``) is left out.
    """
    grouped: dict[int, dict[str, list[Finding]]] = {}
    for row in findings:
        if not row.in_prompt and not row.duplicate:
            grouped.setdefault(row.line, {}).setdefault(_rule(row), []).append(row)
    return {line: [note(found[0], len(found)) for found in rules.values()] for line, rules in grouped.items()}


def _rule(row: Finding) -> str:
    return row.rule or row.name or row.tool


def cut_line(line: str) -> str:
    """Shorten a line that no page can show."""
    return cut(line.expandtabs(4) if "\t" in line else line, LONGEST_LINE)


def note(row: Finding, times: int = 1) -> Note:
    """Read a finding; an address that is not the web's is dropped."""
    message = cut(visible(row.message or row.name), 200)
    often = f" ({times} times)" if times > 1 else ""
    return Note(visible(_rule(row))[:60], message + often, web(row.url))


def web(url: str) -> str:
    """Pass an http(s) address, drop anything else."""
    return url if url.startswith(("https://", "http://")) else ""


def coloured(lines: Sequence[str]) -> Iterator[tuple[Markup, int]]:
    """Colour lines together, since strings span them, and hand them back one by one, each cut to what a page shows.

    Beside each is its indentation depth.
    """
    cuts = [cut_line(line) for line in lines]
    kept = [line.removesuffix(mark[0]) if (mark := _END.search(line)) else line for line in cuts]
    for html, line, whole in zip(_tokens("\n".join(kept)), kept, cuts, strict=True):
        yield html + with_marks(whole[len(line) :]), min(DEEPEST, len(line) - len(line.lstrip(" ")))


def _tokens(source: str) -> Iterator[Markup]:
    """Colour a source and hand it back line by line."""
    parts: list[Markup] = []
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source + "\n"):
        name = _class_of(kind)
        for place, piece in enumerate(value.split("\n")):
            if place:
                yield Markup("").join(parts)
                parts = []
            bare = piece if parts else piece.lstrip(" ")
            if len(bare) < len(piece):  # the browser may not break a line at its indentation
                parts.append(Markup(f'<i class="w">{" " * (len(piece) - len(bare))}</i>'))  # noqa: S704 - spaces only
            if bare:
                html = with_marks(bare)
                parts.append(Markup(f'<i class="{name}">{html}</i>') if name else html)  # noqa: S704 - escaped above


@cache
def _class_of(kind: _TokenType) -> str:
    return next((short for parent, short in _CLASSES if kind[: len(parent)] == parent), "")


_COMMAND = re.compile(r"`([^`\n]{1,120})`")


def told(text: str) -> Markup:
    """Escape a sentence of ours; what it has between backticks is set as code."""
    pieces = _COMMAND.split(text)
    marked = [
        Markup("<code>{}</code>").format(part) if place % 2 else with_marks(part) for place, part in enumerate(pieces)
    ]
    return Markup("").join(marked)


def with_marks(text: str) -> Markup:
    """Escape a text and set its code-point marks apart."""
    if "⟨" not in text:
        return escape(text)
    pieces: list[Markup] = []
    start = 0
    for hit in MARK.finditer(text):
        pieces += [escape(text[start : hit.start()]), Markup('<i class="u">{}</i>').format(hit[0])]
        start = hit.end()
    return Markup("").join([*pieces, escape(text[start:])])
