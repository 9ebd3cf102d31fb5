"""Make right programs wrong as models do: one small change of meaning in one place.

*Subtle* changes touch what weak tests rarely reach (an edge case, a bound, an option); *plain* ones
what any test sees. Nothing inside a ``while`` is changed, so that no loop becomes endless.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from auditor.extraction.python import parse
from auditor.mutation.edits import Edit, Places, apply

Mutator = Callable[[ast.AST, Places], Iterator[Edit]]

_LOOSER = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_REVERSED = {ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in", ast.Lt: ">", ast.Gt: "<"}
_OTHER_OPERATOR: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv
}  # fmt: skip
_OTHER_NAME = {"max": "min", "min": "max", "any": "all", "all": "any", "sum": "len"}
_CLEANERS = frozenset({"strip", "lower", "upper", "rstrip", "lstrip", "copy", "casefold"})


def subtle(source: str, random: Random) -> str | None:
    """Change a program where weak tests rarely look; ``None`` if it has no such place."""
    return _mutate(source, random, _SUBTLE)


def plain(source: str, random: Random) -> str | None:
    """Change a program so that most tests see it; ``None`` if nothing can be changed."""
    return _mutate(source, random, _PLAIN)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one change of meaning."""

    source: str
    line: int
    """Where it was changed, from 1."""
    change: str
    """What kind of change it is, e.g. ``shift bound``."""


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every single-place change of the mutators, ordered by place, without duplicates and unparsable texts.

    The same source gives the same mutants in the same order.
    """
    parsed = parse(source)
    if parsed is None:
        return
    places, seen = Places(source), {ast.unparse(parsed.tree)}
    for node in _outside_while(parsed.tree):
        for mutator in (*_SUBTLE, *_PLAIN):
            for edit in mutator(node, places):
                changed = parse(text := apply(source, [edit]))
                if changed is not None and (form := ast.unparse(changed.tree)) not in seen:
                    seen.add(form)
                    line = source.count("\n", 0, edit.start) + 1
                    yield Mutant(text, line, mutator.__name__.strip("_").replace("_", " "))


def _mutate(source: str, random: Random, mutators: list[Mutator]) -> str | None:
    parsed = parse(source)
    if parsed is None:
        return None
    places = Places(source)
    edits = [edit for node in _outside_while(parsed.tree) for mutator in mutators for edit in mutator(node, places)]
    random.shuffle(edits)
    for edit in edits:
        changed = apply(source, [edit])
        if parse(changed):
            return changed
    return None


def _outside_while(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree except for what decides how long a ``while`` runs."""
    yield node
    if not isinstance(node, ast.While):
        for child in ast.iter_child_nodes(node):
            yield from _outside_while(child)


def _drop_guard(node: ast.AST, places: Places) -> Iterator[Edit]:
    """Forget an edge case: an ``if`` that only returns, raises or continues."""
    match node:
        case ast.If(body=[ast.Return() | ast.Raise() | ast.Continue()], orelse=[]):
            yield places.replace(node, "pass")


def _shift_bound(node: ast.AST, places: Places) -> Iterator[Edit]:
    """Include or exclude a bound."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _LOOSER:
        yield _compare(node, _LOOSER[type(node.ops[0])], places)


def _off_by_one(node: ast.AST, places: Places) -> Iterator[Edit]:
    """Miss the last or the first of a range, or a limit by one."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[*_, ast.expr() as end]) if len(node.args) < 3:
            yield places.replace(end, f"{ast.unparse(end)} - 1")
        case ast.Compare(comparators=[ast.Constant(value=int(value)) as constant]) if not isinstance(value, bool):
            yield places.replace(constant, str(value + 1))


def _drop_option(node: ast.AST, places: Places) -> Iterator[Edit]:
    """Forget a keyword argument, such as ``reverse`` or ``default``."""
    if isinstance(node, ast.Call) and node.keywords:
        shorter = ast.Call(node.func, node.args, node.keywords[:-1])
        yield places.replace(node, ast.unparse(shorter))


def _drop_cleaning(node: ast.AST, places: Places) -> Iterator[Edit]:
    """Forget to strip, fold or copy."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _CLEANERS:
            yield places.replace(node, ast.unparse(inner))


def _drop_distinct(node: ast.AST, places: Places) -> Iterator[Edit]:
    """Forget that things may occur twice, or their sign."""
    match node:
        case ast.Call(func=ast.Name(id="set" | "abs" | "sorted"), args=[inner], keywords=[]):
            yield places.replace(node, f"list({ast.unparse(inner)})" if node.func.id != "abs" else ast.unparse(inner))  # type: ignore[attr-defined]  # the pattern says Name


def _reverse_comparison(node: ast.AST, places: Places) -> Iterator[Edit]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _REVERSED:
        yield _compare(node, _REVERSED[type(node.ops[0])], places)


def _other_operator(node: ast.AST, places: Places) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and type(node.op) in _OTHER_OPERATOR and not isinstance(node.left, ast.Constant):
        yield places.replace(
            node, f"({ast.unparse(ast.BinOp(node.left, _OTHER_OPERATOR[type(node.op)](), node.right))})"
        )


def _other_function(node: ast.AST, places: Places) -> Iterator[Edit]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OTHER_NAME:
        yield places.replace(node.func, _OTHER_NAME[node.func.id])


def _drop_not(node: ast.AST, places: Places) -> Iterator[Edit]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield places.replace(node, ast.unparse(node.operand))


def _return_nothing(node: ast.AST, places: Places) -> Iterator[Edit]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield places.replace(node, f"return [{ast.unparse(node.value)}]")


def _compare(node: ast.Compare, operator: str, places: Places) -> Edit:
    return places.replace(node, f"{ast.unparse(node.left)} {operator} {ast.unparse(node.comparators[0])}")


_SUBTLE: list[Mutator] = [_drop_guard, _shift_bound, _off_by_one, _drop_option, _drop_cleaning, _drop_distinct]
_PLAIN: list[Mutator] = [_reverse_comparison, _other_operator, _other_function, _drop_not, _return_nothing]
