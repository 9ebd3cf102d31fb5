"""What extraction asks of a piece of Python: does it compile, what does it define, which names does it lack.

Everything here reads text; nothing is ever run.
"""

from __future__ import annotations

import ast
import builtins
import re
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.targets import bound_by, definition

MAX_CODE = 100_000
"""Characters; a longer text is not looked into, since the parser's time and stack are ours."""
MAX_PARSED = 2_000_000
"""Characters parsed in search of the longest prefix of one text."""

_PARSER = threading.Lock()
"""CPython counts the parser's depth per interpreter, not per thread, and the filters of warnings are shared
too: two threads that parse at once (the simulated server and its client do) can fail each other's parse."""

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Parsed:
    """Python source and its tree."""

    source: str
    tree: ast.Module

    def definition(self, name: str) -> ast.stmt | None:
        """Return the last statement at module level that binds ``name``."""
        return definition(self.tree, name)

    def is_stub(self, name: str) -> bool:
        """Say whether ``name`` is a function without a body to speak of.

        That is nothing but docstring, ``pass``, ``...``, prints and inner definitions. Of several
        definitions of the name one has to have a body.
        """
        found = self.definition(name)
        functions = [s for s in self.tree.body if isinstance(s, _Function) and s.name == name]
        return isinstance(found, _Function) and all(map(_is_stub, [*functions, found]))


def parse(source: str) -> Parsed | None:
    """Parse source that also compiles (no stray ``return``); ``None`` where it does not, however it fails."""
    return source_or_error(source)[0]


def source_or_error(source: str) -> tuple[Parsed | None, int | None]:
    """Parse, or give the line, from 1, where the parser stumbled (``None``: it did not say)."""
    if len(source) > MAX_CODE:
        return None, None
    try:
        with _PARSER, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the model's affair
            tree = ast.parse(source)
            compile(source, "<candidate>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return None, error.lineno
    except (ValueError, RecursionError, MemoryError, OverflowError):  # null bytes, surrogates, nesting bombs
        return None, None
    return Parsed(source, tree), None


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
    for _ in range(20 + MAX_PARSED // (1 + sum(map(len, lines)))):
        if count <= 0:
            break
        parsed, line = source_or_error(before + "".join(lines[:count]))
        if parsed is not None:
            return parsed
        if line is None or line - offset - 1 >= count:
            count -= 1
        else:
            count = max(0, line - offset - 1)
    return None


def without_chatter(parsed: Parsed, entry_point: str) -> Parsed:
    """Keep one definition of the entry point, and of what follows it only what it uses.

    Earlier and empty definitions of the entry point (a repeated prompt) go, and so does what comes after it merely to
    try it out or has nothing to do with it: prints, asserts, ``if __name__`` blocks, tests, other tasks' functions.
    """
    body = parsed.tree.body
    functions = [s for s in body if isinstance(s, _Function) and s.name == entry_point]
    if len(functions) == 1 and body[-1] is functions[0]:
        return parsed
    real = [function for function in functions if not _is_stub(function)]
    found = real[-1] if real else parsed.definition(entry_point)
    if found not in body:
        return parsed
    place = body.index(found)
    after = body[place + 1 :]
    kept = [s for s in body[: place + 1] if s is found or s not in functions]
    kept += _used([s for s in after if s not in functions and not _tries_out(s, entry_point)], kept)
    if len(kept) == len(body):
        return parsed
    gone = {line for s in body if s not in kept for line in range(_first_line(s), (s.end_lineno or 0) + 1)}
    lines = lines_of(parsed.source)
    cut = "".join(line for number, line in enumerate(lines, 1) if number not in gone).rstrip() + "\n"
    return parse(cut) or parsed


def lines_of(source: str) -> list[str]:
    """Split source into lines as the parser counts them, ends kept."""
    return re.findall(r"[^\n]*\n|[^\n]+", source)


def _used(candidates: list[ast.stmt], kept: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Choose the statements that what is kept makes use of, directly or through each other."""
    names = {node.id for statement in kept for node in ast.walk(statement) if isinstance(node, ast.Name)}
    chosen: list[ast.stmt] = []
    grown = True
    while grown:
        fresh = [s for s in candidates if s not in chosen and (not bound_by(s) or bound_by(s) & names)]
        names |= {node.id for s in fresh for node in ast.walk(s) if isinstance(node, ast.Name)}
        chosen += fresh
        grown = bool(fresh)
    return [statement for statement in candidates if statement in chosen]


def _tries_out(statement: ast.stmt, entry_point: str) -> bool:
    """Say whether a statement after the solution is there to test or show it."""
    match statement:
        case ast.Assert():
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr() | ast.Assign() | ast.For() | ast.While() | ast.With() | ast.Try() | ast.If():
            return any(_is_trial_call(node, entry_point) for node in ast.walk(statement))
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


def _is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return all(_says_nothing(statement) for statement in function.body)


def _says_nothing(statement: ast.stmt) -> bool:
    """Say whether a function whose body is made of such statements does nothing: no result, no effect on its input."""
    match statement:
        case ast.Pass() | ast.FunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="print"))):
            return True
    return False
