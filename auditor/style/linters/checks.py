"""Our own checks of names, lengths, comments and docstrings, each a number about what the model wrote.

The paper's four checks (``rubrics/paper.toml``) use the thresholds it states. Names, lines and functions of the prompt
are not charged to the model, nor is a name that the prompt mentions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

from auditor.style.linters.interface import Measure, Offence
from auditor.style.source import Definition, Function, StyledSource, span
from auditor.text import plural

VERSION = 2
"""Increased with every change of what a check measures, or of how findings become adherence and score. Results of other
versions are not used.
"""

_SNAKE = re.compile(r"_*[a-z0-9][a-z0-9_]*")
_CAMEL = re.compile(r"_*[a-z][a-zA-Z0-9]*_?")


def _naming(pattern: re.Pattern[str], style: str) -> Callable[[StyledSource], Measure | None]:
    """Create a check: share of names that follow a style. One-letter names follow any style, constants none."""

    def check(source: StyledSource) -> Measure | None:
        names = [name for name in source.names if len(name.name) > 1 and not name.is_constant]
        wrong = [name for name in names if not pattern.fullmatch(name.name)]
        offences = [Offence(n.line, n.column + 1, f"{n.name!r} is not {style}") for n in wrong]
        return Measure(1 - len(wrong) / len(names), offences) if names else None

    return check


def _short_names(source: StyledSource) -> Measure | None:
    """Return the share of one-letter names."""
    names = source.names
    short = [name for name in names if len(name.name) == 1]
    offences = [Offence(n.line, n.column + 1, f"{n.name!r} says little") for n in short]
    return Measure(len(short) / len(names), offences) if names else None


def _line_length(source: StyledSource) -> Measure | None:
    """Count the characters of the longest line."""
    lengths = [(line, len(source.lines[line - 1])) for line in sorted(source.model_lines)]
    offences = [Offence(line, 1, f"{length} characters", length) for line, length in lengths]
    return Measure(max(length for _, length in lengths), offences) if lengths else None


def _function_length(source: StyledSource) -> Measure | None:
    """Count the model's lines in the longest function that it wrote."""
    lengths = [(node, _own_lines(source, node)) for node in source.functions if source.written_by_model(node)]
    offences = [
        Offence(f.lineno, f.col_offset + 1, f"{f.name!r} has {plural(size, 'line')}", size) for f, size in lengths
    ]
    return Measure(max(size for _, size in lengths), offences) if lengths else None


def _own_lines(source: StyledSource, node: Function) -> int:
    return sum(line in source.model_lines for line in span(node))


def _comment_density(source: StyledSource) -> Measure | None:
    """Return comments per line of code, at most 1: lines with a comment over lines with code."""
    code = code_lines(source) & source.model_lines
    commented = {comment.line for comment in source.comments} & source.model_lines
    if not code:
        return None
    density = min(1.0, len(commented) / len(code))
    return Measure(
        density, [Offence(min(code), 1, f"{plural(len(commented), 'comment')} for {plural(len(code), 'line')} of code")]
    )


def code_lines(source: StyledSource) -> frozenset[int]:
    """Return the lines, from 1, with code: no blank, comment or docstring lines."""
    docstrings = {
        line
        for node in source.nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in span(node)
    }
    comments = {comment.line for comment in source.comments if comment.alone}
    return frozenset(n for n, line in enumerate(source.lines, 1) if line.strip()) - docstrings - comments


def _docstrings(source: StyledSource) -> Measure | None:
    """Return the share of the model's public functions, methods and classes that have a docstring."""
    written = [node for node in public_definitions(source.tree.body) if node.lineno in source.model_lines]
    without = [node for node in written if ast.get_docstring(node, clean=False) is None]
    offences = [Offence(n.lineno, n.col_offset + 1, f"{n.name!r} has no docstring") for n in without]
    return Measure(1 - len(without) / len(written), offences) if written else None


def public_definitions(body: list[ast.stmt]) -> list[Definition]:
    """List what needs a docstring by PEP 257: public functions and classes, and what is public in those classes.

    Not public are names with a leading underscore and everything inside them, what is inside a function, the setter and
    deleter of a property (its getter documents it) and overloads.
    """
    found: list[Definition] = []
    for node in body:
        if isinstance(node, Definition):
            if not node.name.startswith("_") and not _is_accessory(node):
                found.append(node)
                if isinstance(node, ast.ClassDef):
                    found += public_definitions(node.body)
        else:
            for part in ("body", "orelse", "finalbody"):  # of if, try, with and loops
                found += public_definitions(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                found += public_definitions(handler.body)
    return found


def _is_accessory(node: Definition) -> bool:
    """Return whether a definition is a property's setter or deleter, or an overload."""
    names = [getattr(decorator, "attr", getattr(decorator, "id", "")) for decorator in node.decorator_list]
    return any(name in ("setter", "deleter", "overload") for name in names)


def _top_level_length(source: StyledSource) -> Measure | None:
    """Count the model's lines of code outside functions and classes; imports and docstrings are left out."""
    lines = {line for node in source.top_level for line in span(node)} & source.model_lines & code_lines(source)
    return Measure(len(lines), [Offence(min(lines), 1, plural(len(lines), "line"), len(lines))]) if lines else None


PAPER_LINE = 70
PAPER_FUNCTION = 30


def _paper_lengths(source: StyledSource) -> Measure | None:
    """Return the larger of the longest line relative to 70 characters and the longest function relative to 30 lines."""
    line, function = _line_length(source), _function_length(source)
    parts = [(line, PAPER_LINE), (function, PAPER_FUNCTION)]
    worst = [measure.value / limit for measure, limit in parts if measure]
    offences = [
        offence._replace(size=(offence.size or 0) / limit) for measure, limit in parts if measure
        for offence in measure.offences
    ]  # fmt: skip
    return Measure(max(worst), offences) if worst else None


class OwnCheck(NamedTuple):
    """A check, by its name in rubrics."""

    run: Callable[[StyledSource], Measure | None]
    meaning: str
    """What it counts, briefly."""


CHECKS: dict[str, OwnCheck] = {
    "snake_case": OwnCheck(
        _naming(_SNAKE, "snake_case"), "share of names in snake_case, except one-letter names and constants"
    ),
    "camel_case": OwnCheck(
        _naming(_CAMEL, "camelCase"), "share of names in camelCase, except one-letter names and constants"
    ),
    "short_names": OwnCheck(_short_names, "share of names that are one letter"),
    "line_length": OwnCheck(_line_length, "characters of the longest line"),
    "function_length": OwnCheck(_function_length, "lines of the longest function or method"),
    "paper_lengths": OwnCheck(_paper_lengths, "longest line over 70 or longest function over 30, whichever is more"),
    "comment_density": OwnCheck(_comment_density, "lines with a comment per line of code, at most 1"),
    "top_level_length": OwnCheck(_top_level_length, "lines of code outside functions and classes, except imports"),
    "docstrings": OwnCheck(_docstrings, "share of public functions, methods and classes with a docstring"),
}
