"""LeetCodeDataset: the statement's examples are the base suite, the row's recorded calls and results the plus suite.

A row has its tests twice, as asserts and as ``input_output``. For 112 tasks of version 0.3.0, the asserts are only the
statement's examples; in version 0.3.1, results of ``input_output`` may be error messages. So plus is the asserts and
every call of ``input_output`` whose result is a value.

The rows have a prelude of star imports that the harness prepends to every solution, where
``from math import *`` hides the builtin ``pow``. Here its names are fallbacks, found only if neither the
solution nor the builtins have them. Arguments are passed by keyword, as the rows' own tests do.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import SourceRow
from auditor.benchmark.statements import call_examples
from auditor.benchmark.values import canonical
from auditor.errors import InputError
from auditor.json_types import JsonObject, list_or_empty, object_or_empty
from auditor.suites import InputSuite
from auditor.targets import Target, TargetKind

_SORTED = ("SortedDict", "SortedList", "SortedSet")
"""Names from sortedcontainers that the site's own judge provides and some references use without an import."""
_ERROR = "Error:"
"""Beginning of a recorded result that is an error."""
_NAMED = {"inf": math.inf, "null": None, "true": True, "false": False}


def read_task(row: SourceRow) -> Draft:
    """Read a row.

    Raises :class:`~auditor.benchmark.draft.Unfit` if its tests need more than plain values, and
    :class:`~auditor.errors.InputError` if it is not such a row.
    """
    values = row.values
    try:
        target = Target(TargetKind.METHOD, str(values["entry_point"]))
        name, prelude, reference = (str(values[key]) for key in ("task_id", "prompt", "completion"))
        test = str(values["test"])
    except (KeyError, ValueError) as error:
        raise InputError(f"not a row of LeetCodeDataset: {error}", where=row.where, remedy="fetch it again") from None
    parameters = _parameters(reference, target)
    if parameters is None:
        raise Unfit(name, "its reference does not define the method that is asked for")
    plus = _plus(test, values.get("input_output"), parameters, name)
    statement = str(values.get("problem_description") or values.get("query") or "")
    shapes = dict(zip(parameters, plus.nodes, strict=False))
    examples = [
        (arguments, result)
        for arguments, result in call_examples(statement, parameters)
        if all(isinstance(value, list) for key, value in zip(parameters, arguments, strict=True) if shapes.get(key))
    ]
    if not examples:
        raise Unfit(name, "its statement shows no example that can be read")
    base = InputSuite(
        tuple(arguments for arguments, _ in examples), tuple(result for _, result in examples), keywords=parameters,
        nodes=plus.nodes,
    )  # fmt: skip
    sorted_ones = [one for one in _SORTED if re.search(rf"\b{one}\b", reference)]
    if sorted_ones:
        prelude += f"\nfrom sortedcontainers import {', '.join(_SORTED)}\n"
    return Draft(
        task_id=name, prompt=_prompt(statement, str(values.get("starter_code") or "")), target=target,
        reference=reference, base=base, plus=plus, where=row.where, prelude=prelude, slices=_slices(values),
        requires=("sortedcontainers",) if sorted_ones else (),
    )  # fmt: skip


def _prompt(statement: str, starter: str) -> str:
    return f"{statement.strip()}\n\n{starter}" if starter else f"{statement.strip()}\n"


def _parameters(reference: str, target: Target) -> tuple[str, ...] | None:
    """Return the names of the method's parameters in the reference."""
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


def _plus(test: str, recorded: object, parameters: tuple[str, ...], name: str) -> InputSuite:
    """Read the asserts of a row's test, ``assert candidate(n = 7, xs = [1]) == [2]``, and its recorded results."""
    try:
        asserts = [node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Assert)]
        read = [_assert(node, parameters) for node in sorted(asserts, key=lambda node: node.lineno)]
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unfit(name, f"its tests need more than plain values: {error}") from None
    if not read:
        raise Unfit(name, "its test makes no assertion")
    shapes = {call.shapes for call in read}
    if len(shapes) > 1:
        raise Unfit(name, "its tests pass a parameter in several shapes")
    nodes = next(iter(shapes))
    known = {canonical(call.arguments) for call in read}
    texts = all(isinstance(call.result, str) for call in read)
    for call in _recorded(recorded, parameters, nodes, texts=texts):
        if canonical(call.arguments) not in known:
            known.add(canonical(call.arguments))
            read.append(call)
    return InputSuite(
        tuple(call.arguments for call in read), tuple(call.result for call in read), keywords=parameters,
        nodes=nodes if any(nodes) else (),
    )  # fmt: skip


def _recorded(
    recorded: object, parameters: tuple[str, ...], shapes: tuple[str, ...], *, texts: bool
) -> Iterator[_Call]:
    """Read the calls of ``input_output``, ``n = 7, xs = [1]``, and their results; texts are usually unquoted.

    Those that are not plain values are skipped: their results are error messages, or nothing where a text is expected.
    """
    for entry in list_or_empty(recorded):
        pair = object_or_empty(entry)
        given, result = str(pair.get("input")), str(pair.get("output")).strip()
        if result.startswith(_ERROR) or (texts and result == str(None)):
            continue
        try:
            arguments = _arguments(ast.parse(f"candidate({given})", mode="eval").body, parameters)
            is_bare = texts and not (len(result) > 1 and result[0] == result[-1] == '"')
            expected = result if is_bare else _value(ast.parse(result, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError):
            continue
        yield _Call(tuple(value for _, value in arguments), expected, shapes)


class _Call(NamedTuple):
    """A call of a row's test and the value that it expects."""

    arguments: tuple[object, ...]
    result: object
    shapes: tuple[str, ...]
    """Shapes of the arguments and, last, of the result."""


_MAKERS = {"list_node": "list", "tree_node": "tree"}
_COMPARERS = {"is_same_list": "list", "is_same_tree": "tree"}


def _assert(node: ast.Assert, parameters: tuple[str, ...]) -> _Call:
    match node.test:
        case ast.Compare(left=ast.Call(func=ast.Name("candidate")) as call, ops=[ast.Eq()], comparators=[result]):
            pass
        case ast.Call(func=ast.Name(comparer), args=[ast.Call(func=ast.Name("candidate")) as call, result]) if (
            comparer in _COMPARERS
        ):
            pass
        case _:
            raise ValueError(ast.unparse(node)[:80])
    read = _arguments(call, parameters)
    shape, expected = _shaped(result)
    if isinstance(node.test, ast.Call) and isinstance(node.test.func, ast.Name):
        shape = _COMPARERS[node.test.func.id]
    return _Call(tuple(value for _, value in read), expected, (*(shape for shape, _ in read), shape))


def _arguments(call: ast.expr, parameters: tuple[str, ...]) -> list[tuple[str, object]]:
    """Return the shaped values of a call in the order of the parameters; raises ``ValueError`` if any is missing."""
    if not isinstance(call, ast.Call):
        raise ValueError(ast.unparse(call)[:80])  # noqa: TRY004 - of the text, not of the type
    values = dict(zip(parameters, call.args, strict=False)) | {str(word.arg): word.value for word in call.keywords}
    if set(values) != set(parameters):
        raise ValueError(ast.unparse(call)[:80])
    return [_shaped(values[parameter]) for parameter in parameters]


def _shaped(node: ast.expr) -> tuple[str, object]:
    """Read a value, or the list from which a node is built, with its shape."""
    match node:
        case ast.Call(func=ast.Name(maker), args=[values], keywords=[]) if maker in _MAKERS:
            return _MAKERS[maker], _value(values)
    return "", _value(node)


def _value(node: ast.expr) -> object:
    """Read a literal, with ``inf`` and JSON's words; raises ``ValueError`` for anything else."""
    match node:
        case ast.Name(word) if word in _NAMED:
            return _NAMED[word]
        case ast.UnaryOp(ast.USub(), ast.Name("inf")):
            return -math.inf
        case ast.List(items):
            return [_value(item) for item in items]
    return ast.literal_eval(node)


def _slices(values: JsonObject) -> tuple[tuple[str, str], ...]:
    """Return difficulty, date and tags; in version 0.3.0 they are one level down, under ``meta``."""
    told = {**object_or_empty(values.get("meta")), **values}
    found = (("difficulty", told.get("difficulty")), ("date", told.get("estimated_date")))
    tags = [("tag", tag) for tag in list_or_empty(told.get("tags"))]
    return tuple((key, str(value)) for key, value in [*found, *tags] if value)
