"""Parse test scripts into inputs and outputs, if possible, without running a line.

Three shapes are known. Data sets of the plus kind hold ``inputs`` and ``results`` literals and a loop
that passes each pair to ``assertion(out, exp, atol)``; some compute what is expected with ``ref_func``.
HumanEval's ``check`` and MBPP's ``test_list`` are asserts of one call against a literal. Anything else stays a script.
"""

from __future__ import annotations

import ast
import gc
import itertools
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from auditor.records import InputSuite

_NAMES = {"inf": math.inf, "nan": math.nan}
_RULES: dict[frozenset[str], str | None] = {
    frozenset({"is_floats", "allclose"}): None,
    frozenset({"is_floats", "allclose", "set"}): "set",
    frozenset({"isinstance"}): "not_none",
}
"""Function called by a plus test's ``assertion`` → its special rule of equality."""


@dataclass(frozen=True, slots=True)
class PlusTest:
    """Content of the loop of a plus test."""

    entry_point: str
    """The name that the loop calls."""
    suite: InputSuite


def literal(node: ast.expr) -> object:
    """Evaluate a literal, with ``inf`` and ``nan`` as names.

    Raises ``ValueError`` for anything else.
    """
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Name(id=name)) if name in _NAMES:
            return -_NAMES[name]
        case ast.List(elts=items):
            return [literal(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(literal(item) for item in items)
        case ast.Set(elts=items):
            return {literal(item) for item in items}
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {literal(key): literal(value) for key, value in zip(keys, values, strict=True) if key is not None}
    return ast.literal_eval(node)


def read_plus_test(source: str) -> PlusTest | None:
    """Read a plus test's literals, tolerance and rule; ``None`` if it has another shape."""
    try:
        with _uncollected():
            body = _flat(ast.parse(source).body)
            assigned = {name: literal(value) for name, value in _assignments(body) if name in {"inputs", "results"}}
    except (SyntaxError, ValueError, TypeError):
        return None
    rules = [_rule(node) for node in body if isinstance(node, ast.FunctionDef) and node.name == "assertion"]
    loops = [node for node in body if isinstance(node, ast.For)]
    if len(rules) != 1 or len(loops) != 1 or rules[0] == _UNKNOWN or "inputs" not in assigned:
        return None
    match loops[0].body:
        case [
            ast.Expr(
                value=ast.Call(
                    func=ast.Name(id="assertion"),
                    args=[
                        ast.Call(func=ast.Name(id=name), args=[ast.Starred(value=ast.Name(id="inp"))]),
                        expected,
                        ast.Constant(value=int() | float() as atol),
                    ],
                )
            )
        ]:
            return _plus_test(name, expected, assigned, float(atol), rules[0])
    return None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the garbage collector, which would double the time for a tree of millions of live nodes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """List a module's statements and those inside its function ``check``."""
    inner = [node.body for node in body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    return [*body, *itertools.chain.from_iterable(inner)]


def _plus_test(
    name: str, expected: ast.expr, assigned: dict[str, object], atol: float, rule: str | None
) -> PlusTest | None:
    """Pair inputs with results, or leave the outputs to the reference if ``ref_func`` gives them."""
    given, results = assigned["inputs"], assigned.get("results")
    if not isinstance(given, list | tuple):
        return None
    inputs = tuple(map(tuple, given))
    match expected:
        case ast.Name(id="exp") if isinstance(results, list | tuple):
            pairs = list(zip(inputs, results, strict=False))  # as the test's own zip does
            outputs = tuple(output for _, output in pairs)
            return PlusTest(name, InputSuite(inputs[: len(pairs)], outputs, atol=atol, oracle=rule))
        case ast.Call(func=ast.Name(id="ref_func"), args=[ast.Starred(value=ast.Name(id="inp"))]):
            return PlusTest(name, InputSuite(inputs, None, atol=atol, oracle=rule))
    return None


def read_asserts(source: str, name: str) -> InputSuite | None:
    """Read asserts of ``name(…) == literal``, or all of ``set(name(…)) == set(literal)``, as inputs and outputs.

    ``None`` if a statement is of another kind or a float is expected: such an assert requires the exact float, while a
    suite of inputs and outputs would allow for rounding.
    """
    try:
        pairs = [_equality(node, name) for node in _statements(ast.parse(source))]
    except (SyntaxError, ValueError, TypeError):
        return None
    rules = {rule for _, _, rule in pairs}
    if len(rules) != 1 or any(_is_floats(output) for _, output, _ in pairs):
        return None
    return InputSuite(
        tuple(arguments for arguments, _, _ in pairs), tuple(output for _, output, _ in pairs), oracle=rules.pop()
    )


def _statements(module: ast.Module) -> list[ast.stmt]:
    """List a script's assertions: its own statements, or those of its only function ``check``."""
    body = [node for node in module.body if not _says_nothing(node)]
    match body:
        case [ast.FunctionDef(name="check", body=inner)]:
            return [node for node in inner if not _says_nothing(node)]
    return body


def _says_nothing(node: ast.stmt) -> bool:
    """Return whether a statement is a docstring, ``assert True``, ``pass``, or HumanEval's ``METADATA``."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Assert(test=ast.Constant(value=True)):
            return True
        case ast.Assign(targets=[ast.Name(id="METADATA")]):
            return True
    return False


def _equality(node: ast.stmt, name: str) -> tuple[tuple[object, ...], object, str | None]:
    """Read one assert as arguments, expected value and rule, or raise ``ValueError``."""
    match node:
        case ast.Assert(test=ast.Compare(left=ast.Call() as left, ops=[ast.Eq()], comparators=[right])):
            match left, right:
                case (
                    ast.Call(func=ast.Name(id="set"), args=[ast.Call() as inner], keywords=[]),
                    ast.Call(func=ast.Name(id="set"), args=[value], keywords=[]),
                ):
                    return _arguments(inner, name), literal(value), "set"
            return _arguments(left, name), literal(right), None
    raise ValueError("not an equality of one call with a literal")


def _arguments(call: ast.Call, name: str) -> tuple[object, ...]:
    if _called(call) != name or call.keywords:
        raise ValueError("not a plain call of the solution")
    return tuple(literal(argument) for argument in call.args)


def _assignments(nodes: Iterable[ast.stmt]) -> Iterable[tuple[str, ast.expr]]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value


_UNKNOWN = "unknown"


def _rule(assertion: ast.FunctionDef) -> str | None:
    """Return the rule of equality that a plus test's ``assertion`` function applies."""
    called = {_called(node) for node in ast.walk(assertion) if isinstance(node, ast.Call)}
    return _RULES.get(frozenset(called), _UNKNOWN)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_floats(value: object) -> bool:
    if isinstance(value, list | tuple) and value:
        return all(isinstance(item, float) for item in value)
    return isinstance(value, float)
