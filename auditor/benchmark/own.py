"""Own tasks: JSONL rows in the format of ``docs/benchmarks.md``, checked key by key."""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Collection
from typing import Any

from auditor.benchmark.draft import Draft
from auditor.benchmark.rows import Row, id_text
from auditor.benchmark.values import decode_value
from auditor.errors import InputError
from auditor.records import AssertSuite, InputSuite, Suite
from auditor.targets import Target

TASK_KEYS = ("task_id", "prompt", "entry_point", "reference", "base", "plus")
INPUT_KEYS = ("inputs", "outputs", "atol", "oracle")
ORACLES = ("set", "not_none", "find_zero")
"""Special rules of equality that an own task may ask for."""


def read_task(row: Row) -> Draft:
    """Read a row of an own-task file.

    Raises :class:`~auditor.errors.InputError` with the row's place, the key and the remedy.
    """
    values, where = row.values, row.where
    if "task_id" in values:
        values = {**values, "task_id": id_text(values["task_id"])}
    _check_keys(values, TASK_KEYS, where, inside="")
    for key in TASK_KEYS:
        if key not in values:
            raise InputError(f"lacks {key!r}", where=where, remedy=f"a task has {', '.join(TASK_KEYS)}")
    task_id, prompt, entry_point, reference = (_text(values, key, where) for key in TASK_KEYS[:4])
    try:
        target = Target.function(entry_point)
    except ValueError:
        raise InputError(
            f"entry_point {entry_point!r} is not a function's name", where=where, remedy="give the name alone, no ()"
        ) from None
    _check_reference(reference, entry_point, where)
    base, plus = (_suite(values[key], key, entry_point, where) for key in TASK_KEYS[4:])
    return Draft(task_id, prompt, target, reference, base, plus, where)


def _suite(value: object, name: str, entry_point: str, where: str) -> Suite:
    if not isinstance(value, dict):
        raise InputError(
            f"{name} is {_kind(value)}, not an object", where=where, remedy='write {"inputs": …} or {"assert": "…"}'
        )
    if "assert" in value:
        _check_keys(value, ("assert",), where, inside=name)
        return _script(_text(value, "assert", where, inside=name), name, entry_point, where)
    _check_keys(value, (*INPUT_KEYS, "assert"), where, inside=name)
    inputs = _inputs(value.get("inputs"), name, where)
    outputs = value.get("outputs")
    if outputs is not None and (not isinstance(outputs, list) or len(outputs) != len(inputs)):
        count = f"{len(outputs)} values" if isinstance(outputs, list) else _kind(outputs)
        raise InputError(
            f"{name}.outputs has {count} for {len(inputs)} inputs",
            where=where,
            remedy="give one output a test, or leave the key out to expect what the reference returns",
        )
    return InputSuite(
        inputs=tuple(tuple(arguments) for arguments in _decoded(inputs, f"{name}.inputs", where)),
        outputs=None if outputs is None else tuple(_decoded(outputs, f"{name}.outputs", where)),
        atol=_tolerance(value.get("atol", 0), name, where),
        oracle=_oracle(value.get("oracle"), name, where),
    )


def _inputs(value: object, name: str, where: str) -> list[Any]:
    """Check that the inputs are a list of argument lists, with at least one test."""
    if not isinstance(value, list) or not value:
        found = "is missing" if value is None else "is empty" if value == [] else f"is {_kind(value)}, not a list"
        raise InputError(f"{name}.inputs {found}", where=where, remedy="list the arguments of at least one call")
    for index, arguments in enumerate(value):
        if not isinstance(arguments, list):
            raise InputError(
                f"{name}.inputs[{index}] is {_kind(arguments)}, not a list of arguments",
                where=where,
                remedy="write [x] for a call with the one argument x",
            )
    return value


def _decoded(values: list[Any], name: str, where: str) -> list[Any]:
    try:
        return [decode_value(value) for value in values]
    except ValueError as error:
        raise InputError(f"{name}: {error}", where=where, remedy="see docs/benchmarks.md, values") from None


def _tolerance(value: object, name: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not (value >= 0 and math.isfinite(value)):
        raise InputError(f"{name}.atol is {value!r}", where=where, remedy="give a number that is 0 or more")
    return float(value)


def _oracle(value: object, name: str, where: str) -> str | None:
    if value is None or value in ORACLES:
        return value
    raise InputError(
        f"{name}.oracle is {value!r}", where=where, remedy=_nearest(str(value), ORACLES, "leave it out for equality")
    )


def _script(source: str, name: str, entry_point: str, where: str) -> AssertSuite:
    """Check that a test script parses and uses the solution under one of its two names."""
    tree = _parsed(source, f"{name}.assert", where)
    if not {"candidate", entry_point} & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        raise InputError(
            f"{name}.assert uses neither `candidate` nor `{entry_point}`",
            where=where,
            remedy="call one of them: a script that never does tests nothing",
        )
    return AssertSuite(source)


def _check_reference(reference: str, entry_point: str, where: str) -> None:
    tree = _parsed(reference, "reference", where)
    bound = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if entry_point not in bound:
        raise InputError(
            f"reference does not define {entry_point!r}",
            where=where,
            remedy=_nearest(entry_point, bound, "the reference is a whole program, not what follows the prompt"),
        )


def _parsed(source: str, name: str, where: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InputError(
            f"{name}{line} is not valid Python: {message}", where=where, remedy="give a whole program"
        ) from None


def _check_keys(values: dict[str, Any], known: Collection[str], where: str, *, inside: str) -> None:
    for key in values:
        if key not in known:
            name = f"{inside}.{key}" if inside else key
            raise InputError(
                f"unknown key {name!r}", where=where, remedy=_nearest(key, known, f"known here: {', '.join(known)}")
            )


def _text(values: dict[str, Any], key: str, where: str, *, inside: str = "") -> str:
    value = values[key]
    if not isinstance(value, str) or not value.strip():
        name = f"{inside}.{key}" if inside else key
        raise InputError(f"{name} is {_kind(value)}", where=where, remedy="give a text that is not empty")
    return value


def _kind(value: object) -> str:
    """Name a JSON value's kind in a user's words."""
    if value is None:
        return "null"
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names[type(value)]


def _nearest(word: str, known: Collection[str], otherwise: str) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else otherwise
