"""Detect whether a program may change its arguments.

LiveCodeBench records the arguments of a failing call after the call, so a program that sorts its list in place leaves a
different input in the record than the one on which it failed.

The arguments are known, so a name's *depth* is: how many containers are nested in what it may share with them. Numbers
and texts have depth 0 and cannot be changed; a list of numbers has depth 1, its rows in a list of lists, too.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

_CHANGERS = {
    "append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove", "reverse",
    "setdefault", "sort", "update",
}  # fmt: skip
"""Methods that modify their object."""
_COPIERS = {"extend", "update"}
"""Those of them that take the items of their argument, and not the argument."""
_TAKERS = {
    "heapify", "heappop", "heappush", "heappushpop", "heapreplace", "insort", "insort_left", "insort_right", "shuffle",
}  # fmt: skip
"""Functions that modify their first argument."""
_SHARING = {"list", "tuple", "sorted", "reversed", "enumerate", "zip", "iter", "deque"}
"""Functions whose results share the items of their arguments."""
_ROUNDS = 6
"""How often names are looked at again: rows of rows, functions that call functions."""


def may_change(source: str, arguments: Mapping[str, object]) -> bool:
    """Return whether a program may modify its arguments, given by parameter, in place or through an alias.

    True if it does not parse.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return True
    names = _Names({name: _depth(value) for name, value in arguments.items()})
    nodes = list(ast.walk(tree))
    functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
    made = {(one.name, item) for one in nodes if isinstance(one, ast.ClassDef) for item in one.body}
    functions |= {
        name: item for name, item in made if isinstance(item, ast.FunctionDef) and item.name == "__init__"
    }  # fmt: skip
    for _ in range(_ROUNDS):
        before = dict(names.depths)
        for node in nodes:
            match node:
                case ast.For(target=target, iter=rows) | ast.comprehension(target=target, iter=rows):
                    names.bind_items(target, rows)
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        names.bind_value(target, value)
                case (
                    ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value)
                ):
                    names.bind_value(target, value)
                case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)) if name in functions:
                    names.bind_call(node, functions[name])
        if names.depths == before:
            break
    return any(names.changed_by(node) for node in nodes)


def _depth(value: object) -> int:
    if isinstance(value, list | tuple):
        return 1 + max(map(_depth, value), default=0)
    return 1 + max(map(_depth, value.values()), default=0) if isinstance(value, dict) else 0


class _Names:
    """Names that may share values with the arguments; of equal names the deepest counts."""

    def __init__(self, depths: dict[str, int]) -> None:
        self.depths = depths

    def of(self, node: ast.expr) -> int:
        """Return the depth of what an expression shares with the arguments; 0 if it is nothing that can change."""
        match node:
            case ast.Name(name):
                return self.depths.get(name, 0)
            case ast.Subscript(value=value, slice=ast.Slice()) | ast.Starred(value=value):
                return self.of(value)
            case ast.Subscript(value=value):
                return max(0, self.of(value) - 1)
            case ast.BinOp(left=left, right=right):
                return max(self.of(left), self.of(right))
            case ast.IfExp(body=one, orelse=other):
                return max(self.of(one), self.of(other))
            case ast.BoolOp(values=values):
                return max(map(self.of, values))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                deepest = max(map(self.of, items), default=0)
                return deepest + 1 if deepest else 0
            case ast.Call(func=ast.Name(name), args=arguments) if name in _SHARING:
                return max(map(self.of, arguments), default=0)
            case ast.Call(func=ast.Attribute(value=value, attr="copy" | "values" | "items")):
                return self.of(value)
        return 0

    def bind_items(self, target: ast.expr, rows: ast.expr) -> None:
        """Bind the target of a loop to the items of what it runs over."""
        match rows, target:
            case ast.Call(func=ast.Name("zip"), args=lists), ast.Tuple(elts=items) if len(lists) == len(items):
                for item, one in zip(items, lists, strict=True):
                    self._bind(item, self.of(one) - 1)
            case ast.Call(func=ast.Name("enumerate"), args=[one, *_]), ast.Tuple(elts=[_, item]):
                self._bind(item, self.of(one) - 1)
            case _:
                self._bind(target, self.of(rows) - 1)

    def bind_value(self, target: ast.expr, value: ast.expr) -> None:
        """Bind the target of an assignment."""
        match target, value:
            case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                for name, one in zip(names, values, strict=True):
                    self.bind_value(name, one)
            case _ if self._is_shared(value):
                self._bind(target, self.of(value))

    def bind_call(self, call: ast.Call, function: ast.FunctionDef) -> None:
        """Bind the parameters of a function of the program to what it is called with."""
        parameters = [one.arg for one in function.args.args]
        if parameters[:1] == ["self"]:
            del parameters[0]
        for name, value in zip(parameters, call.args, strict=False):
            self._bind(ast.Name(name), self.of(value))
        for keyword in call.keywords:
            self._bind(ast.Name(keyword.arg or ""), self.of(keyword.value))

    def _bind(self, target: ast.expr, depth: int) -> None:
        if depth <= 0:
            return
        match target:
            case ast.Name(name):
                self.depths[name] = max(depth, self.depths.get(name, 0))
            case ast.Starred(value=value):
                self._bind(value, depth)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                for item in items:
                    self._bind(item, depth if isinstance(item, ast.Starred) else depth - 1)

    def changed_by(self, node: ast.AST) -> bool:
        """Return whether a node changes a value of the arguments, or keeps it where it is not followed."""
        match node:
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                return self.of(value) > 0
            case ast.AugAssign(target=ast.Name() as name, value=value):
                return self.of(name) > 0 or self.of(value) > 1
            case ast.Assign(targets=targets, value=value):
                kept = any(isinstance(one, ast.Attribute | ast.Subscript) for one in targets)
                return kept and self._is_shared(value)
            case ast.Call(func=ast.Attribute(value=value, attr=attribute), args=given) if attribute in _CHANGERS:
                copied = 1 if attribute in _COPIERS else 0
                return self.of(value) > 0 or any(self.of(one) > copied for one in given)
            case ast.Call(func=ast.Name(taker) | ast.Attribute(attr=taker), args=given) if taker in _TAKERS:
                return any(self.of(one) > 0 for one in given)
        return False

    def _is_shared(self, value: ast.expr) -> bool:
        """Return whether an assigned value can be changed so that an argument is: a new list of its numbers cannot."""
        copied = isinstance(value, ast.Call | ast.BinOp) or (
            isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice)
        )
        return self.of(value) > (1 if copied else 0)
