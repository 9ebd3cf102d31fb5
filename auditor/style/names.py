"""The names bound in a program: functions, arguments, variables and attributes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]+")


class Name(NamedTuple):
    """A function, argument, variable or attribute where it is bound."""

    name: str
    line: int
    """From 1."""
    column: int
    """From 0."""
    is_constant: bool = False
    """Whether it is in upper case and bound only outside functions: a constant by PEP 8's convention."""


def bindings(tree: ast.Module) -> list[Name]:
    """List every binding of a name, in order of position, except classes and imports.

    Attributes count if they are set on ``self`` or ``cls``.
    """
    outside = {id(node) for node in _outside_functions(tree)}
    found: list[Name] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                is_constant = id(node) in outside and _CONSTANT.fullmatch(name) is not None
                found.append(Name(name, node.lineno, node.col_offset, is_constant))
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                found.append(Name(name, node.end_lineno or node.lineno, (node.end_col_offset or 0) - _width(name)))
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.append(Name(name, node.lineno, node.col_offset))
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                found.append(Name(name, node.lineno, node.col_offset))
            case _:
                continue
    return sorted(found, key=lambda name: (name.line, name.column))


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Walk the code of the module and of class bodies, not that of functions."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            left += ast.iter_child_nodes(node)


def _width(name: str) -> int:
    """Return the bytes of a name, in which the parser counts columns."""
    return len(name.encode())


def names_by_model(found: Iterable[Name], prompt_lines: frozenset[int], given: frozenset[str]) -> list[Name]:
    """Return each name that the model chose, once, at its first position.

    Omits dunders, names that the prompt binds or mentions (``given``), and names that are only underscores.
    """
    places = list(found)
    of_prompt = {name.name for name in places if name.line in prompt_lines}
    variables = {name.name for name in places if not name.is_constant}
    first: dict[str, Name] = {}
    for name in places:
        special = name.name.startswith("__") and name.name.endswith("__")
        if not special and name.name not in of_prompt and name.name not in given and name.name.strip("_"):
            first.setdefault(name.name, name._replace(is_constant=name.name not in variables))
    return list(first.values())
