"""Analysis of Python source for extraction: does it compile, what does it define, which names are missing.

Everything here only reads text; nothing is ever run.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import sys
import threading
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache

from auditor.targets import Target, TargetKind, bound_by, definition, top_level

MAX_CODE = 100_000
"""Characters; a longer text is not parsed, to bound the parser's time and stack."""

MOST_FINALLY = 8
"""``finally`` within ``finally``: the compiler writes each block twice, so every level doubles its work."""
REMEMBERED = 64
"""Number of trees cached between calls, as the parts of one answer are read several times."""
REMEMBERED_LENGTH = 10_000
"""Characters; a longer text is not cached, to limit memory."""

_PARSER = threading.Lock()
"""CPython counts the parser's depth per interpreter, not per thread, and warning filters are shared, too: two threads
that parse at once (the simulated server and its client do) can make each other's parse fail.
"""

_BUILTINS = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__builtins__", "__package__", "__spec__", "__loader__", "__annotations__",
    "__class__", "__module__", "__qualname__", "__path__", "__debug__", "reveal_type", "WindowsError",
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Definition(IntEnum):
    """How well a program defines its target."""

    NONE = 0
    STUB = 1
    """Only docstrings, ``pass``, ``...`` and prints; for a program, nothing that runs."""
    REAL = 2


@dataclass(frozen=True)
class Parsed:
    """Python source and its tree, which must not be modified; derived values are computed once."""

    source: str
    tree: ast.Module

    @cached_property
    def undefined(self) -> frozenset[str]:
        """Return the names that :func:`undefined_names` finds."""
        return frozenset(undefined_names(self.tree))

    @cached_property
    def outline(self) -> tuple[object, ...]:
        """Return a cheap fingerprint: programs with different outlines have different shapes."""
        body = self.tree.body
        names = (getattr(statement, "name", "") for statement in body)
        return (*map(type, body), *names, *(len(getattr(statement, "body", ())) for statement in body))

    @cached_property
    def shape(self) -> tuple[object, ...]:
        """Return the tree as text, equal for programs that differ only in layout and comments."""
        found: list[object] = []
        pending: list[object] = [self.tree]
        while pending:
            node = pending.pop()
            found.append(node.__class__)
            if isinstance(node, ast.AST):
                pending += [getattr(node, name, None) for name in reversed(node._fields)]
            elif isinstance(node, list):
                found.append(len(node))
                pending += reversed(node)
            else:
                found.append(node if isinstance(node, str) else repr(node))
        return tuple(found)

    @cached_property
    def _defined(self) -> dict[Target, Definition]:
        return {}

    def definition(self, name: str) -> ast.stmt | None:
        """Return the last statement at module level that binds ``name``."""
        return definition(self.tree, name)

    def is_stub(self, name: str) -> bool:
        """Return whether ``name`` is a function or class with an effectively empty body.

        Of several definitions of the name, one must have a body.
        """
        found = self.definition(name)
        same = [s for s in self.tree.body if isinstance(s, Function | ast.ClassDef) and s.name == name]
        return isinstance(found, Function | ast.ClassDef) and all(map(is_stub, [*same, found]))

    def defines(self, target: Target) -> Definition:
        """Return how well the program defines its target."""
        if target not in self._defined:
            self._defined[target] = self._look(target)
        return self._defined[target]

    def _look(self, target: Target) -> Definition:
        if target.kind is TargetKind.PROGRAM:
            if not self.tree.body:
                return Definition.NONE
            return Definition.REAL if any(map(_runs, self.tree.body)) else Definition.STUB
        if not target.is_defined_in(self.tree):
            return Definition.NONE
        hollow = self.is_stub(target.binds) or _is_imported(self.definition(target.binds))
        return Definition.STUB if hollow else Definition.REAL


def parse(source: str) -> Parsed | None:
    """Parse source that also compiles (no stray ``return``); ``None`` if it does not, for whatever reason."""
    return source_or_error(source)[0]


@lru_cache(REMEMBERED)
def _remembered(source: str) -> tuple[Parsed | None, int | None]:
    return _parse(source)


def source_or_error(source: str) -> tuple[Parsed | None, int | None]:
    """Parse, or return the line, from 1, where the parser stopped (``None`` if unknown)."""
    return _remembered(source) if len(source) <= REMEMBERED_LENGTH else _parse(source)


def _parse(source: str) -> tuple[Parsed | None, int | None]:
    if len(source) > MAX_CODE:
        return None, None
    try:
        with _PARSER, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and similar
            tree = ast.parse(source)
            if source.count("finally") > MOST_FINALLY and _finally_depth(tree) > MOST_FINALLY:
                return None, None
            compile(tree, "<candidate>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return None, error.lineno
    except (ValueError, RecursionError, MemoryError, OverflowError):  # null bytes, surrogates, nesting bombs
        return None, None
    return Parsed(source, tree), None


def _finally_depth(tree: ast.AST) -> int:
    """Return how deeply ``finally`` blocks are nested."""
    deepest, waiting = 0, [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = {id(statement) for statement in getattr(node, "finalbody", ())}
        waiting += [(child, depth + (id(child) in inner)) for child in ast.iter_child_nodes(node)]
    return deepest


def symbols(source: str) -> symtable.SymbolTable:
    """Return the symbol table of source that compiles."""
    with _PARSER, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(source, "<candidate>", "exec")


class Parser:
    """Parser of the candidates of one answer: each text once, within a fixed budget."""

    PER_PARSE = 200
    """Cost of a call in characters, in addition to its text."""

    def __init__(self, budget: int) -> None:
        """``budget`` is in characters."""
        self.left = budget
        self.work = 0
        """Characters parsed so far."""
        self._known: dict[str, tuple[Parsed | None, int | None]] = {}

    def parse(self, source: str) -> Parsed | None:
        """Parse a text; ``None`` if that fails or the budget is used up."""
        return self.parse_or_line(source)[0]

    def parse_or_line(self, source: str) -> tuple[Parsed | None, int | None]:
        """Parse, or return the line where the parser stopped."""
        if source not in self._known:
            cost = len(source) + self.PER_PARSE
            if len(source) > MAX_CODE or cost > self.left:
                return None, None
            self.left -= cost
            self.work += cost
            self._known[source] = source_or_error(source)
        return self._known[source]


_NAMELESS = frozenset({
    ast.Constant, ast.Attribute, ast.Call, ast.BinOp, ast.Compare, ast.Subscript, ast.Expr, ast.Return, ast.arguments,
    ast.If, ast.For, ast.Tuple, ast.List, ast.BoolOp, ast.UnaryOp, ast.AugAssign, ast.keyword,
})  # fmt: skip
"""Nodes that bind no name themselves and read none."""


def walk(tree: ast.AST) -> list[ast.AST]:
    """List all nodes except operators and contexts, in any order; several times as fast as ``ast.walk``."""
    found = [tree]
    for node in found:
        kind = node.__class__
        if kind is ast.Name or kind is ast.Constant:
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and value._fields:
                found.append(value)
    return found


def undefined_names(tree: ast.Module) -> set[str]:
    """List names that are read somewhere and bound nowhere, which a program expects from outside.

    Empty if a star import may bind anything.
    """
    read: set[str] = set()
    bound: set[str] = set()
    for node in walk(tree):
        kind = node.__class__
        if kind in _NAMELESS:
            continue
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            continue
        match node:
            case ast.arg(arg=name) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)) | ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                return set()
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                bound.update(names)
            case ast.stmt():
                bound |= bound_by(node)
            case ast.AST() if type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
                bound.add(node.name)  # type: ignore[attr-defined]  # from Python 3.12 on
    return read - bound - _BUILTINS


def stray_statements(parsed: Parsed) -> list[ast.stmt]:
    """List the statements at module level that are words rather than code, such as ``assistant`` or ``[DONE]``.

    Each certainly raises ``NameError``: an expression or bare annotation without calls, of unbound names.
    """
    strays: list[ast.stmt] = []
    for statement in parsed.tree.body:
        match statement:
            case ast.Expr(value=expression) | ast.AnnAssign(annotation=expression, value=None):
                first = _first_name(expression)
                if first is not None and first in parsed.undefined:
                    strays.append(statement)
    return strays


def _first_name(expression: ast.expr) -> str | None:
    """Return the name that an expression without calls evaluates first; ``None`` if it is not such an expression."""
    plain = (
        ast.Name, ast.Attribute, ast.Compare, ast.List, ast.Tuple, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Subscript,
        ast.Constant, ast.Set, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop,
    )  # fmt: skip
    nodes = list(walk(expression))
    if not all(isinstance(node, plain) for node in nodes):
        return None
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return min(names, key=lambda node: (node.lineno, node.col_offset)).id if names else None


def lines_of(source: str) -> list[str]:
    """Split source into lines as the parser counts them, with their ends."""
    return re.findall(r"[^\n]*\n|[^\n]+", source)


def first_line(statement: ast.stmt) -> int:
    """Return the first line of a statement, including its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def never_falls_through(body: Sequence[ast.stmt]) -> bool:
    """Return whether a block always returns or raises, so that what follows it is never reached."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=then, orelse=other):
            return never_falls_through(then) and never_falls_through(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return never_falls_through(inner)
        case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=final):
            left = never_falls_through(other or inner) and all(never_falls_through(h.body) for h in handlers)
            return left or never_falls_through(final)
        case ast.While(test=ast.Constant(value=True), body=inner):
            return not any(isinstance(node, ast.Break) for part in inner for node in walk(part))
    return False


def _is_imported(statement: ast.stmt | None) -> bool:
    """Return whether an import of a non-standard module binds a name, as in a test file next to the solution."""
    match statement:
        case ast.ImportFrom(module=str(module), level=0):
            return module.partition(".")[0] not in sys.stdlib_module_names
        case ast.Import(names=names):
            return not {alias.name.partition(".")[0] for alias in names} <= sys.stdlib_module_names
    return isinstance(statement, ast.ImportFrom)


def is_stub(statement: ast.stmt) -> bool:
    """Return whether a function or class does nothing: no result, no effect on its input."""
    if isinstance(statement, ast.ClassDef):
        return all(is_stub(s) if isinstance(s, Function | ast.ClassDef) else _is_empty(s) for s in statement.body)
    return isinstance(statement, Function) and all(map(_is_empty, statement.body))


def _is_empty(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.FunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Expr(value=value):
            active = ast.Call | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr
            return not any(isinstance(node, active) for node in walk(value))
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def does_something(function: Function) -> bool:
    """Return whether a function returns, yields or raises something, or changes one of its arguments."""
    arguments = {node.arg for node in walk(function.args) if isinstance(node, ast.arg)}
    for node in walk(function):
        match node:
            case ast.Return(value=ast.expr()) | ast.Yield() | ast.YieldFrom() | ast.Raise() | ast.Nonlocal():
                return True
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                if name in arguments:
                    return True
            case ast.Attribute(value=ast.Name(id=name), ctx=ctx):
                if name in arguments or not isinstance(ctx, ast.Load):
                    return True
    return False


def _runs(statement: ast.stmt) -> bool:
    """Return whether a statement at module level calls something when the module runs."""
    if isinstance(statement, Function | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    return any(isinstance(node, ast.Call) for node in walk(statement))


def bound_in(statements: Iterable[ast.stmt]) -> set[str]:
    """List all names that statements bind at module level, including inside loops, ``if``, ``try`` and ``with``."""
    names: set[str] = set()
    for statement in top_level(statements):
        names |= bound_by(statement)
        if not isinstance(statement, Function | ast.ClassDef):
            names |= {n.id for n in walk(statement) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return names
