"""Detect whether a program may change its arguments.

LiveCodeBench records the arguments of a failing call after the call, so a program that sorts its list in place leaves a
different input in the record than the one on which it failed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

_CHANGERS = {
    "append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove", "reverse",
    "setdefault", "sort", "update",
}  # fmt: skip
"""Methods that modify their object."""
_TAKERS = {
    "heapify", "heappop", "heappush", "heappushpop", "heapreplace", "insort", "insort_left", "insort_right", "shuffle",
}  # fmt: skip
"""Functions that modify their first argument."""


def may_change(source: str, parameters: Collection[str]) -> bool:
    """Return whether a program may modify its arguments, in place or through an alias.

    True if it does not parse.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return True
    names = set(parameters)
    for _ in range(2):  # rows of rows
        for node in ast.walk(tree):
            if isinstance(node, ast.For | ast.comprehension) and _base(node.iter) & names:
                names |= {one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)}
    return any(_changes(node, names) for node in ast.walk(tree))


def _changes(node: ast.AST, names: Collection[str]) -> bool:
    match node:
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            return bool(_base(value) & set(names))
        case ast.AugAssign(target=ast.Name(name)):
            return name in names
        case ast.Assign(value=ast.Name(name)) | ast.Assign(value=ast.Subscript(value=ast.Name(name))):
            return name in names
        case ast.Call(func=ast.Attribute(value=value, attr=attribute)) if attribute in _CHANGERS:
            return bool(_base(value) & set(names))
        case ast.Call(func=ast.Name(taker) | ast.Attribute(attr=taker), args=[first, *_]) if taker in _TAKERS:
            return bool(_base(first) & set(names))
    return False


def _base(node: ast.expr) -> set[str]:
    """Return the name that an expression accesses: ``rows`` for ``rows[0]`` and ``enumerate(rows)``."""
    match node:
        case ast.Name(name):
            return {name}
        case ast.Subscript(value=value):
            return _base(value)
        case ast.Call(func=ast.Name("enumerate" | "zip" | "reversed" | "sorted"), args=arguments):
            return set().union(*map(_base, arguments))
    return set()
