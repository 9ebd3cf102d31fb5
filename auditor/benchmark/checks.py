"""Checks of a row's keys and values, with messages for its author."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection

from auditor.errors import InputError
from auditor.json_types import JsonObject


def parsed(source: str, name: str, where: str) -> ast.Module:
    """Parse the source in a row's key ``name``."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InputError(
            f"{name}{line} is not valid Python: {message}", where=where, remedy="give a whole program"
        ) from None


def check_keys(values: JsonObject, known: Collection[str], where: str, *, inside: str) -> None:
    """Reject an unknown key, and suggest the nearest known one."""
    for key in values:
        if key not in known:
            name = f"{inside}.{key}" if inside else key
            raise InputError(
                f"unknown key {name!r}", where=where, remedy=nearest(key, known, f"known here: {', '.join(known)}")
            )


def text(values: JsonObject, key: str, where: str, *, inside: str = "") -> str:
    """Return the text under a key; reject anything else, including blank text."""
    value = values[key]
    if not isinstance(value, str) or not value.strip():
        name = f"{inside}.{key}" if inside else key
        raise InputError(f"{name} is {kind(value)}", where=where, remedy="give a non-empty text")
    return value


def kind(value: object) -> str:
    """Return a JSON value's kind in plain words."""
    if value is None:
        return "null"
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names[type(value)]


def nearest(word: str, known: Collection[str], otherwise: str) -> str:
    """Suggest the nearest known word, or return another message if none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else otherwise
