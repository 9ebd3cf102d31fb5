"""LeetCodeDataset: the statement's examples are the base suite, the asserts of the row's test the plus suite.

The rows come with a prelude of star imports that the harness puts in front of every solution, where
``from math import *`` hides the builtin ``pow``. Here its names are fallbacks, found only where neither the
solution nor the builtins have them. Arguments are passed by keyword, as the rows' own tests do.
"""

from __future__ import annotations

import ast
import math

from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import Row
from auditor.benchmark.statements import call_examples
from auditor.errors import InputError
from auditor.json_types import JsonObject
from auditor.suites import InputSuite
from auditor.targets import Target, TargetKind


def read_task(row: Row) -> Draft:
    """Read a row.

    Raises :class:`~auditor.benchmark.draft.Unfit` where its tests need more than plain values, and
    :class:`~auditor.errors.InputError` where it is not such a row.
    """
    values = row.values
    try:
        target = Target(TargetKind.METHOD, str(values["entry_point"]))
        name, prelude, reference = (str(values[key]) for key in ("task_id", "prompt", "completion"))
        test = str(values["test"])
    except (KeyError, ValueError) as error:
        raise InputError(f"not a row of LeetCodeDataset: {error}", where=row.where, remedy="fetch it anew") from None
    parameters = _parameters(reference, target)
    if parameters is None:
        raise Unfit(name, "its reference does not define the method that is asked for")
    plus = _plus(test, parameters, name)
    statement = str(values.get("problem_description") or values.get("query") or "")
    examples = call_examples(statement, parameters)
    if not examples:
        raise Unfit(name, "its statement shows no example that can be read")
    base = InputSuite(
        tuple(arguments for arguments, _ in examples), tuple(result for _, result in examples), keywords=parameters
    )
    return Draft(
        task_id=name, prompt=_prompt(statement, str(values.get("starter_code") or "")), target=target,
        reference=reference, base=base, plus=plus, where=row.where, prelude=prelude, slices=_slices(values),
    )  # fmt: skip


def _prompt(statement: str, starter: str) -> str:
    return f"{statement.strip()}\n\n{starter}" if starter else f"{statement.strip()}\n"


def _parameters(reference: str, target: Target) -> tuple[str, ...] | None:
    """Return the names of the method's parameters, as the reference has them."""
    try:
        tree = ast.parse(reference)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == target.binds:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == target.method:
                    return tuple(argument.arg for argument in item.args.args[1:])
    return None


def _plus(test: str, parameters: tuple[str, ...], name: str) -> InputSuite:
    """Read the asserts of a row's test, ``assert candidate(n = 7, xs = [1]) == [2]``, as calls and results."""
    try:
        asserts = [node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Assert)]
        read = [_assert(node, parameters) for node in sorted(asserts, key=lambda node: node.lineno)]
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unfit(name, f"its tests need more than plain values: {error}") from None
    if not read:
        raise Unfit(name, "its test makes no assertion")
    return InputSuite(
        tuple(arguments for arguments, _ in read), tuple(result for _, result in read), keywords=parameters
    )


def _assert(node: ast.Assert, parameters: tuple[str, ...]) -> tuple[tuple[object, ...], object]:
    match node.test:
        case ast.Compare(
            left=ast.Call(func=ast.Name("candidate"), args=given, keywords=named), ops=[ast.Eq()], comparators=[result]
        ):
            values = dict(zip(parameters, given, strict=False)) | {str(word.arg): word.value for word in named}
            if set(values) != set(parameters):
                raise ValueError(ast.unparse(node)[:80])
            return tuple(_value(values[parameter]) for parameter in parameters), _value(result)
    raise ValueError(ast.unparse(node)[:80])


def _value(node: ast.expr) -> object:
    """Read a literal, with ``inf`` for infinity; raises ``ValueError`` for anything else."""
    match node:
        case ast.Name("inf"):
            return math.inf
        case ast.UnaryOp(ast.USub(), ast.Name("inf")):
            return -math.inf
        case ast.List(items):
            return [_value(item) for item in items]
    return ast.literal_eval(node)


def _slices(values: JsonObject) -> tuple[tuple[str, str], ...]:
    found = (("difficulty", values.get("difficulty")), ("date", values.get("estimated_date")))
    return tuple((key, str(value)) for key, value in found if value)
