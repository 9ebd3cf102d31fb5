"""Neutralise the comments with which a program silences linters.

A candidate that writes ``# pylint: disable=all`` must not look clean. One letter of each pragma is replaced by a dash,
in comments only, so every line keeps its number, length and meaning. A coding cookie counts as a pragma: Python
ignores it in a program given as text, but a linter that reads the file would decode it to a different program.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

_PRAGMA = re.compile(
    r"""\b(?:
        pylint\s*: | noqa\b | nopep8\b | nosec\b | skipcq\b
      | (?:ruff|flake8|pycodestyle|pydocstyle|pylama|isort|fmt|yapf|autopep8|pyright|mypy)\s*:
      | type\s*:\s*ignore | pragma\s*:\s*no
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_COOKIE = re.compile(r"^[ \t\f]*#.*?(coding)[:=][ \t]*[-\w.]+")
_COOKIE_LINES = 2


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, as tokenized."""

    line: int
    """From 1."""
    column: int
    """Column of its ``#``, from 0."""
    text: str
    alone: bool
    """Whether only whitespace precedes it on its line."""


def comments_of(text: str) -> list[Comment]:
    r"""List a program's comments in order; line ends are ``\n``.

    If the tokenizer fails on what the parser accepted (it may, on unusual indentation), the comments up to there are
    returned.
    """
    found: list[Comment] = []
    if "#" not in text:
        return found
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                found.append(Comment(line, column, token.string, not token.line[:column].strip()))
    except (tokenize.TokenError, IndentationError, RecursionError):
        return found
    return found


def neutralise(text: str, comments: list[Comment]) -> tuple[str, int]:
    """Neutralise every pragma among ``comments``; return the text and the number of comments changed.

    Lines keep their number and length.
    """
    lines: list[str] | None = None
    count = 0
    for comment in comments:
        places = [comment.column + match.start() for match in _PRAGMA.finditer(comment.text)]
        if comment.line <= _COOKIE_LINES and comment.alone and (cookie := _COOKIE.match(comment.text)):
            places.append(comment.column + cookie.start(1))
        if not places:
            continue
        lines = text.split("\n") if lines is None else lines
        line = list(lines[comment.line - 1])
        for place in places:
            line[place] = "-"
        lines[comment.line - 1] = "".join(line)
        count += 1
    return (text if lines is None else "\n".join(lines)), count
