"""What extraction asks of a piece of Python: does it compile, what does it define, which names does it lack.

Everything here reads text; nothing is ever run.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MAX_CODE = 200_000
"""Characters; a longer text is not looked into, since the parser's time and stack are ours."""

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Parsed:
    """Python source and its tree."""

    source: str
    tree: ast.Module

    def definition(self, name: str) -> ast.stmt | None:
        """Return the last statement at module level that binds ``name``."""
        found = None
        for statement in top_level(self.tree.body):
            if name in bound_by(statement):
                found = statement
        return found

    def is_stub(self, name: str) -> bool:
        """Say whether ``name`` is a function without a body to speak of: docstring, ``pass`` or ``...``."""
        found = self.definition(name)
        return isinstance(found, _Function) and all(_says_nothing(statement) for statement in found.body)


def parse(source: str) -> Parsed | None:
    """Parse source that also compiles (no stray ``return``); ``None`` where it does not, however it fails."""
    return source_or_error(source)[0]


def source_or_error(source: str) -> tuple[Parsed | None, int | None]:
    """Parse, or give the line, from 1, where the parser stumbled (``None``: it did not say)."""
    if len(source) > MAX_CODE:
        return None, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the model's affair
            tree = ast.parse(source)
            compile(source, "<candidate>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return None, error.lineno
    except (ValueError, RecursionError, MemoryError, OverflowError):  # null bytes, surrogates, nesting bombs
        return None, None
    return Parsed(source, tree), None


def top_level(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Walk the statements that run at import, looking into ``if``, ``try`` and ``with``."""
    for statement in statements:
        yield statement
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(statement, _Function | ast.ClassDef):
                yield from top_level(getattr(statement, field, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from top_level(handler.body)


def bound_by(statement: ast.stmt) -> set[str]:
    """List the names that one statement binds in its own scope."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Import() | ast.ImportFrom():
            return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
        case ast.Assign(targets=targets):
            return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def free_names(tree: ast.Module) -> set[str]:
    """List names that are read somewhere and bound nowhere: what a program expects from its surroundings."""
    read: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                read.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.arg(arg=name) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.stmt():
                bound |= bound_by(node)
    return read - bound - _BUILTINS


def longest_prefix(lines: Sequence[str], before: str = "") -> Parsed | None:
    """Parse ``before`` and as many whole lines as go with it; ``None`` where not even one does."""
    count = len(lines)
    offset = before.count("\n")
    while count > 0:
        parsed, line = source_or_error(before + "".join(lines[:count]))
        if parsed is not None:
            return parsed
        if line is None or line - offset - 1 >= count:
            count -= 1
        else:
            count = max(0, line - offset - 1)
    return None


def without_tests(parsed: Parsed, entry_point: str) -> Parsed:
    """Drop what follows the entry point only to try it out: prints, asserts, ``if __name__`` blocks, tests."""
    body = parsed.tree.body
    found = parsed.definition(entry_point)
    if found not in body:
        return parsed
    start = body.index(found) + 1
    dropped = [statement for statement in body[start:] if _tries_out(statement, entry_point)]
    kept = [statement for statement in body if statement not in dropped]
    used = {node.id for statement in kept for node in ast.walk(statement) if isinstance(node, ast.Name)}
    dropped = [statement for statement in dropped if not bound_by(statement) & used]
    if not dropped:
        return parsed
    gone = {line for statement in dropped for line in range(_first_line(statement), (statement.end_lineno or 0) + 1)}
    lines = parsed.source.splitlines(keepends=True)
    cut = "".join(line for number, line in enumerate(lines, 1) if number not in gone).rstrip() + "\n"
    return parse(cut) or parsed


def _tries_out(statement: ast.stmt, entry_point: str) -> bool:
    """Say whether a statement after the solution is there to test or show it."""
    match statement:
        case ast.Assert():
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr() | ast.Assign() | ast.For() | ast.While() | ast.With() | ast.Try() | ast.If():
            return any(_is_trial_call(node, entry_point) for node in ast.walk(statement))
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name != entry_point and (name.lower().startswith("test") or name in ("main", "check"))
    return False


def _is_trial_call(node: ast.AST, entry_point: str) -> bool:
    """Say whether a call prints, asks, tests or tries the entry point."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in ("print", "input", "main", "check", entry_point) or name.startswith("test")
        case ast.Call(func=ast.Attribute(value=ast.Name(id="unittest" | "doctest" | "pytest"))):
            return True
    return False


def _first_line(statement: ast.stmt) -> int:
    """Return the first line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _says_nothing(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring, an ellipsis or ``pass``."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
