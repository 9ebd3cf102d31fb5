"""One syntax tree for functions that differ only in the names of local variables or in an ``else`` after a return.

Neither changes anything that a program can observe, unless it looks up its own names (such programs are not compared,
see :mod:`auditor.verify.layout`) or raises ``UnboundLocalError``, whose message holds a variable's name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Set as AbstractSet

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Global, ast.Nonlocal)
"""Nodes with names of their own within a function, or that refer to another's: such functions keep their names."""
_BINDS = (ast.NamedExpr, ast.Match, ast.Import, ast.ImportFrom, getattr(ast, "TypeAlias", ast.Match))
"""Nodes that bind names in ways not handled here."""
_CATCHES = re.compile(r"\b(?:Try|TryStar|With|AsyncWith)\(|\b(?:attr|id|arg|name)='[^']*(?:exc|error_callback)")
"""In a tree as text: ways for a program to obtain an exception, whose message may name a local variable."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_BLOCKS = ("body", "orelse", "finalbody")


def unify(module: ast.Module, text: str) -> None:
    """Normalise a tree in place: ``else`` after a branch that leaves is dropped, locals are numbered.

    ``text`` is the tree as ``ast.dump`` writes it. The parameters of functions keep their names, since calls may use
    them; so do names of modules and classes. Raises ``RecursionError`` for a tree that is nested too deep.
    """
    module.body = _without_else(module.body)
    if _CATCHES.search(text):
        return
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef):
            _number_locals(statement)


def _without_else(block: list[ast.stmt]) -> list[ast.stmt]:
    """Move the ``else`` branch behind an ``if`` whose other branch never reaches it."""
    found: list[ast.stmt] = []
    for statement in block:
        for name in _BLOCKS:
            inner = getattr(statement, name, None)
            if isinstance(inner, list):
                setattr(statement, name, _without_else(inner))
        for handler in getattr(statement, "handlers", ()):
            handler.body = _without_else(handler.body)
        found.append(statement)
        if isinstance(statement, ast.If) and statement.orelse and isinstance(statement.body[-1], _LEAVES):
            found += statement.orelse
            statement.orelse = []
    return found


def _number_locals(function: ast.FunctionDef) -> None:
    """Replace the names of local variables by numbers, in the order in which they first occur."""
    if any(isinstance(node, (*_SCOPES, *_BINDS)) for statement in function.body for node in ast.walk(statement)):
        return
    kept = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    uses: list[tuple[ast.Name, bool]] = []
    for statement in function.body:
        _collect(statement, frozenset(), uses)
    assigned = {name.id for name, bound in uses if not bound and not isinstance(name.ctx, ast.Load)}
    elsewhere = {name.id for name, bound in uses if not bound} - assigned
    inside = {name.id for name, bound in uses if bound}
    renamed = (assigned | (inside - elsewhere)) - kept
    numbers: dict[str, str] = {}
    for name, _ in uses:
        if name.id in renamed:
            name.id = numbers.setdefault(name.id, f"{len(numbers)}")


def _collect(node: ast.AST, bound: AbstractSet[str], uses: list[tuple[ast.Name, bool]]) -> None:
    """Add every use of a name to ``uses``, with whether a comprehension around it binds that name."""
    if isinstance(node, ast.Name):
        uses.append((node, node.id in bound))
    elif isinstance(node, _COMPREHENSIONS):
        targets = [name.id for part in node.generators for name in ast.walk(part.target) if isinstance(name, ast.Name)]
        _collect(node.generators[0].iter, bound, uses)  # belongs to the enclosing scope
        within = bound | {*targets}
        for part in node.generators:
            for inner in (part.target, *([] if part is node.generators[0] else [part.iter]), *part.ifs):
                _collect(inner, within, uses)
        for inner in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            _collect(inner, within, uses)
    else:
        for child in ast.iter_child_nodes(node):
            _collect(child, bound, uses)
