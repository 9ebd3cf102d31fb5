"""The names that a program gives: functions, arguments, variables."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple


class Name(NamedTuple):
    """A function, argument or variable where it is bound."""

    name: str
    line: int
    """From 1."""
    column: int
    """From 0."""


def bindings(nodes: Iterable[ast.AST]) -> list[Name]:
    """List every binding of a name, in order of place; classes, attributes and imports are not among them."""
    found: list[Name] = []
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                pass
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                pass
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                pass
            case _:
                continue
        found.append(Name(name, node.lineno, node.col_offset))
    return sorted(found, key=lambda name: (name.line, name.column))


def names_by_model(found: list[Name], prompt_lines: frozenset[int], given: frozenset[str]) -> list[Name]:
    """Keep each name that the model chose, once, at its first place.

    Left out are dunders, names that the prompt binds or mentions (``given``), and ``_``-only names.
    """
    of_prompt = {name.name for name in found if name.line in prompt_lines}
    first: dict[str, Name] = {}
    for name in found:
        special = name.name.startswith("__") and name.name.endswith("__")
        if not special and name.name not in of_prompt and name.name not in given and name.name.strip("_"):
            first.setdefault(name.name, name)
    return list(first.values())
