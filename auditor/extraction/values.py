"""Find programs embedded as text in JSON objects, tool calls or string literals."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from auditor.extraction.python import walk
from auditor.json_types import JsonValue

MOST_VALUES = 8
"""Most texts of one block that are examined."""
MOST_OBJECTS = 64
"""Most positions of one answer that are tried as the start of a JSON value."""
MOST_NESTED = 4
"""Most levels of JSON within a JSON string."""

_BEGINS = re.compile(r'[{\[](?=\s*["{\[])')
_CODE = re.compile(
    r"code|solution|program|answer|implement|final|source|content|script|completion|file_text|^new", re.IGNORECASE
)
_ASIDE = re.compile(
    r"draft|th(?:ought|ink)|reason|analy|expla|plan|test|example|usage|comment|critique|wrong|buggy|origin|^old|descr",
    re.IGNORECASE,
)
_DECODER = json.JSONDecoder(strict=False)  # models write raw line breaks into strings


def values_in(text: str, tree: ast.Module | None, name: str) -> list[tuple[str, bool]]:
    """List the texts in a JSON value or Python literals that may contain a program, likeliest first.

    The second item of each pair says whether its key names a draft, an explanation or a test. ``tree`` is the text
    parsed as Python, ``None`` if it is not Python; ``name`` is what a solution defines, empty for a program.
    """
    try:
        found = list(_texts(json.loads(text, strict=False)))
    except (ValueError, RecursionError):
        found = list(_literals(tree)) if tree else []
    kept = [(_rank(key), place, value) for place, (key, value) in enumerate(found) if _holds(key, value, name)]
    ordered = sorted(kept, key=lambda item: item[:2], reverse=True)
    return list({value: not rank for rank, _, value in reversed(ordered)}.items())[::-1][:MOST_VALUES]


def json_objects(text: str, name: str) -> list[tuple[int, int]]:
    """List the offsets of outermost JSON values that may contain a program."""
    if name and name not in text:
        return []
    spans: list[tuple[int, int]] = []
    tries, start = 0, 0
    while tries < MOST_OBJECTS and (match := _BEGINS.search(text, start)):
        tries += 1
        start = match.end()
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if any(_holds(key, found, name) for key, found in _texts(value)):
            spans.append((match.start(), end))
        start = end
    return spans


def _texts(value: JsonValue, key: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Walk the texts of a JSON value, each with the nearest key; a list of lines is one text."""
    match value:
        case str():
            inner = _decoded(value) if depth < MOST_NESTED else None
            if isinstance(inner, dict | list):
                yield from _texts(inner, key, depth + 1)
            else:
                yield key, value
        case {"cells": [*cells]}:
            code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
            yield "code", "\n\n".join(text for cell in code for _, text in _texts(cell.get("source")))
        case dict():
            for name, inner in value.items():
                yield from _texts(inner, name, depth)
        case [str(), *_] if all(isinstance(line, str) for line in value):
            lines = [str(line) for line in value]
            yield key, ("" if any(line.endswith("\n") for line in lines) else "\n").join(lines)
        case list():
            for inner in value:
                yield from _texts(inner, key, depth)


def _decoded(text: str) -> JsonValue:
    """Parse a text as JSON, which the arguments of a call often are; ``None`` if it is not JSON."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value: JsonValue = json.loads(text, strict=False)
        return value
    except (ValueError, RecursionError):
        return None


def _literals(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Walk the string literals of expressions and assignments, each with its key or keyword."""
    for statement in tree.body:
        if not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign):
            continue
        keys: dict[int, str] = {}
        for node in walk(statement):
            match node:
                case ast.Dict():
                    pairs = zip(node.keys, node.values, strict=True)
                    keys |= {id(v): str(k.value) for k, v in pairs if isinstance(k, ast.Constant)}
                case ast.keyword(arg=str(name)):
                    keys[id(node.value)] = name
        constants = [n for n in walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        for constant in sorted(constants, key=lambda node: (node.lineno, node.col_offset)):
            yield keys.get(id(constant), ""), str(constant.value)


def _holds(key: str, text: str, name: str) -> bool:
    """Return whether a text may contain a program: it defines the name, or its key says so."""
    if name and re.search(rf"\b(?:def|class)[ \t]+{re.escape(name)}\b", text):
        return True
    return _rank(key) == 2 and ("\n" in text or "return" in text or (not name and "(" in text))


def _rank(key: str) -> int:
    """Rank keys: 2 for the answer, 0 for what accompanies it, 1 for others."""
    if _ASIDE.search(key):
        return 0
    return 2 if _CODE.search(key) else 1
