"""Remove code that only exercises the solution, if removing it cannot change its behaviour.

Base models continue after the solution: they test what they wrote, print, define other tasks' functions, repeat the
prompt. Such statements are removed unless something that stays may need them; when in doubt, everything stays.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from auditor.extraction.python import (
    Function,
    Parsed,
    bound_in,
    first_line,
    is_stub,
    lines_of,
    parse,
    stray_statements,
    symbols,
    walk,
)
from auditor.targets import Target, TargetKind, bound_by

_DYNAMIC = re.compile(r"\b(?:globals|locals|vars|eval|exec|__import__|sys\.modules|import_module|inspect|__dict__)\b")
"""Ways to access a definition without writing its name."""
_WORD = re.compile(r"[^\W\d]\w*")


def tidied(parsed: Parsed, target: Target) -> Parsed:
    """Return the program without code that only exercises it; unchanged if nothing can be removed safely.

    Stray words are removed from every program. A program that is judged by its output keeps everything else.
    """
    gone = stray_statements(parsed)
    cleared = _without(parsed, gone) if gone else parsed
    if target.kind is TargetKind.PROGRAM or _DYNAMIC.search(cleared.source):
        return cleared
    gone = _superfluous(cleared, target.binds)
    if not gone:
        return cleared
    cut = _without(cleared, gone)
    if not target.is_defined_in(cut.tree) or cut.undefined - cleared.undefined:
        return cleared
    return cut


def _superfluous(parsed: Parsed, name: str) -> list[ast.stmt]:
    """List removable statements: empty or overwritten definitions of ``name``, and trials after the last one."""
    body = parsed.tree.body
    places = [place for place, statement in enumerate(body) if name in bound_in([statement])]
    if not places or (len(places) == 1 and len(body) == places[0] + 1):
        return []
    real = [place for place in places if not is_stub(body[place])]
    last = real[-1] if real else places[-1]
    gone = {place for place in places if place != last and _may_be_overwritten(body, place, last, name)}
    reads = _Reads(parsed)
    rebinds = "global" in parsed.source
    if rebinds and any(isinstance(node, ast.Global) and reads.of(body) & {*node.names} for node in walk(parsed.tree)):
        return []
    before = [statement for place, statement in enumerate(body[: last + 1]) if place not in gone]
    after = [body[place] for place in range(last + 1, len(body)) if place not in gone]
    leaving = [*_unneeded(reads, before, after, name), *(body[place] for place in gone)]
    return [] if _share_lines(body, leaving) else leaving


def _may_be_overwritten(body: Sequence[ast.stmt], place: int, last: int, name: str) -> bool:
    """Return whether a definition is removable because the one at ``last`` replaces it and nothing between reads it."""
    statement, final = body[place], body[last]
    if not isinstance(statement, Function) or statement.decorator_list or not isinstance(final, Function):
        return False
    if final.decorator_list and name in {
        n.id for d in final.decorator_list for n in walk(d) if isinstance(n, ast.Name)
    }:
        return False
    if place > last:
        return is_stub(statement)
    between = [s for s in body[place + 1 : last] if not isinstance(s, Function) or s.decorator_list]
    return not any(isinstance(n, ast.Name) and n.id == name for s in between for n in walk(s))


class _Reads:
    """Global names that each statement of a program reads, at import or in any function inside it."""

    def __init__(self, parsed: Parsed) -> None:
        self._scopes: list[tuple[int, set[str]]] = []
        pending = list(symbols(parsed.source).get_children())
        while pending:
            scope = pending.pop()
            names = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
            self._scopes.append((scope.get_lineno(), names))
            pending += scope.get_children()

    def of(self, statements: Iterable[ast.stmt]) -> set[str]:
        found: set[str] = set()
        for statement in statements:
            lines = range(first_line(statement), (statement.end_lineno or 0) + 1)
            found.update(*(names for line, names in self._scopes if line in lines))
            for node in walk(statement):
                match node:
                    case ast.arg(annotation=ast.expr() as hint) | ast.AnnAssign(annotation=hint):
                        found |= _quoted_names(hint)
                    case ast.FunctionDef(returns=ast.expr() as hint) | ast.AsyncFunctionDef(returns=ast.expr() as hint):
                        found |= _quoted_names(hint)
            found |= _names_at_import(statement)
        return found


def _quoted_names(hint: ast.expr) -> set[str]:
    """List the names in the quoted parts of an annotation."""
    texts = (n.value for n in walk(hint) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {word for text in texts for word in _WORD.findall(text)}


def _names_at_import(statement: ast.stmt) -> set[str]:
    """List the names in code that runs at import, except function bodies, whose globals are in the scopes."""
    pending: list[ast.AST] = [statement]
    names: set[str] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            names.add(node.id)
        parts = ast.iter_child_nodes(node)
        if isinstance(node, Function):
            inner = {id(part) for part in node.body}
            parts = (part for part in parts if id(part) not in inner)
        pending += parts
    return names


def _unneeded(reads: _Reads, before: list[ast.stmt], after: list[ast.stmt], name: str) -> list[ast.stmt]:
    """List what follows the solution and only exercises it or is irrelevant to it."""
    needed, known = reads.of(before), bound_in(before)
    modules = {bound for s in [*before, *after] if isinstance(s, ast.Import | ast.ImportFrom) for bound in bound_by(s)}
    leaving = list(after)
    grown = True
    while grown:
        staying = [
            s
            for s in leaving
            if (_changes(s, needed, modules) if _is_trial(s, name) else not _is_unrelated(s, needed, known))
        ]
        grown = bool(staying)
        ids = {id(statement) for statement in staying}
        leaving = [statement for statement in leaving if id(statement) not in ids]
        needed |= reads.of(staying)
        known |= bound_in(staying)
    return leaving


def _is_unrelated(statement: ast.stmt, needed: set[str], known: set[str]) -> bool:
    """Return whether a statement after the solution is irrelevant to it."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return statement.name not in needed and not statement.decorator_list
        case ast.ClassDef():
            used = {n.id for n in walk(ast.Tuple([*statement.bases], ast.Load())) if isinstance(n, ast.Name)}
            quiet = not any(isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) for s in statement.body)
            plain = not statement.decorator_list and not statement.keywords and quiet and not used & known
            return statement.name not in needed and plain
        case ast.Import() | ast.ImportFrom():
            return not bound_by(statement) & needed
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            plain = all(isinstance(target, ast.Name) for target in targets)
            return plain and not bound_by(statement) & needed and not any(isinstance(n, ast.Call) for n in walk(value))
        case ast.Expr(value=ast.Constant() | ast.Name()):
            return True
    return False


def _changes(statement: ast.stmt, needed: set[str], modules: set[str]) -> bool:
    """Return whether a trial binds, or may change the state of, something that remaining code reads."""
    if isinstance(statement, ast.Assert):
        return any(isinstance(node, ast.NamedExpr) and node.target.id in needed for node in walk(statement))
    if bound_in([statement]) & needed:
        return True
    at_import = not isinstance(statement, ast.If) or statement.orelse
    for node in walk(statement):
        match node:
            case (
                ast.Attribute(value=ast.Name(id=owner), ctx=ast.Store())
                | ast.Subscript(value=ast.Name(id=owner), ctx=ast.Store())
                | ast.Call(func=ast.Attribute(value=ast.Name(id=owner)))
            ) if at_import and owner in needed - modules:
                return True
    return False


def _is_trial(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement only tests or shows the solution."""
    match statement:
        case ast.Assert():
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), orelse=[]):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr() | ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return any(_is_trial_call(node, name) for node in walk(statement))
        case ast.For() | ast.While() | ast.With() | ast.Try() | ast.If():
            return any(_is_trial_call(node, name) for node in walk(statement))
    return False


def _is_trial_call(node: ast.AST, name: str) -> bool:
    """Return whether a call prints, asks, tests or tries the solution."""
    match node:
        case ast.Call(func=ast.Name(id=called)):
            return called in ("print", "input", "main", "check", name) or called.startswith("test")
        case ast.Call(func=ast.Attribute(value=ast.Name(id="unittest" | "doctest" | "pytest"))):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=called)))):
            return called == name
    return False


def _share_lines(body: Sequence[ast.stmt], gone: Sequence[ast.stmt]) -> bool:
    """Return whether a removed statement shares a line with one that stays."""
    leaving = {id(statement) for statement in gone}
    held = {line for s in body if id(s) not in leaving for line in _lines(s)}
    return any(line in held for s in gone for line in _lines(s))


def _lines(statement: ast.stmt) -> range:
    return range(first_line(statement), (statement.end_lineno or 0) + 1)


def _without(parsed: Parsed, gone: Sequence[ast.stmt]) -> Parsed:
    """Cut statements out of the source by their lines; unchanged if that is impossible."""
    if _share_lines(parsed.tree.body, gone):
        return parsed
    numbers = {line for statement in gone for line in _lines(statement)}
    kept = (line for number, line in enumerate(lines_of(parsed.source), 1) if number not in numbers)
    return parse("".join(kept).strip("\n").rstrip() + "\n") or parsed
