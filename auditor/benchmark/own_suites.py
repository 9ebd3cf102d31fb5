"""Suites of own tasks: calls, assert scripts, texts for standard input, and unittest classes."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence

from auditor.benchmark.checks import check_keys, kind, nearest, parsed, text
from auditor.benchmark.unittests import find_tests
from auditor.benchmark.values import decode_value
from auditor.comparators import DEFAULT, Comparator
from auditor.errors import InputError
from auditor.json_types import JsonObject, JsonValue
from auditor.suites import AssertSuite, InputSuite, StdinSuite, Suite, Trust, UnittestSuite
from auditor.targets import Target, TargetKind
from auditor.text import plural

INPUT_KEYS = ("inputs", "outputs", "atol", "oracle", "keywords", "nodes")
STDIN_KEYS = ("stdin", "stdout", "comparator", "atol", "rtol", "checker", "cpu_seconds", "memory_mb")
UNITTEST_KEYS = ("unittest", "trust")
_OTHER_NAMES = {"stdin": "inputs", "stdout": "outputs", "inputs": "stdin", "outputs": "stdout"}
"""Names for the same thing in other kinds of task."""
ORACLES = ("set", "not_none", "find_zero")
"""Special rules of equality that an own task may request."""


def read_suite(value: object, name: str, target: Target, where: str) -> Suite:
    """Read one suite of a row; ``name`` is the key that holds it.

    Raises :class:`~auditor.errors.InputError` with the row's position, the key and the remedy.
    """
    if not isinstance(value, dict):
        raise InputError(f"{name} is {kind(value)}, not an object", where=where, remedy=_EXAMPLES[target.kind])
    for key, read in _READERS.items():
        if key in value:
            _check_kind(key, target, name, where)
            return read(value, name, target, where)
    if target.kind is TargetKind.PROGRAM:
        return _read_stdin(value, name, target, where)
    return _read_calls(value, name, target, where)


def _check_suite_keys(value: JsonObject, known: Sequence[str], name: str, where: str) -> None:
    """Reject an unknown key of a suite; for a key of another kind of task, suggest this kind's."""
    for key in value:
        if key not in known and _OTHER_NAMES.get(key) in known:
            raise InputError(f"unknown key '{name}.{key}'", where=where, remedy=f"did you mean {_OTHER_NAMES[key]!r}?")
    check_keys(value, known, where, inside=name)


def _check_kind(key: str, target: Target, name: str, where: str) -> None:
    """Reject a suite that cannot test what the task asks for."""
    if (key == "stdin") != (target.kind is TargetKind.PROGRAM):
        raise InputError(
            f"{name}.{key} cannot test a {target.kind.value}",
            where=where,
            remedy=f"{_EXAMPLES[target.kind]}; a task without entry_point is a program",
        )


def _read_calls(value: JsonObject, name: str, target: Target, where: str) -> InputSuite:
    _check_suite_keys(value, (*INPUT_KEYS, "assert", "unittest"), name, where)
    if target.kind is TargetKind.CLASS:
        raise InputError(
            f"{name} has calls, which cannot test a {target.kind.value}", where=where, remedy=_EXAMPLES[target.kind]
        )
    inputs = _inputs(value.get("inputs"), name, where)
    outputs = value.get("outputs")
    if outputs is not None and (not isinstance(outputs, list) or len(outputs) != len(inputs)):
        count = plural(len(outputs), "value") if isinstance(outputs, list) else kind(outputs)
        raise InputError(
            f"{name}.outputs has {count} for {plural(len(inputs), 'input')}",
            where=where,
            remedy="give one output per test, or omit the key to expect what the reference returns",
        )
    return InputSuite(
        inputs=tuple(tuple(_decoded(arguments, f"{name}.inputs", where)) for arguments in inputs),
        outputs=None if outputs is None else tuple(_decoded(outputs, f"{name}.outputs", where)),
        atol=_tolerance(value.get("atol", 0), f"{name}.atol", where),
        oracle=_oracle(value.get("oracle"), name, where),
        keywords=_keywords(value.get("keywords", []), inputs, name, where),
        nodes=_nodes(value.get("nodes", []), inputs, name, where),
    )


def _keywords(value: object, inputs: list[list[JsonValue]], name: str, where: str) -> tuple[str, ...]:
    names = _texts(value, f"{name}.keywords", where)
    for word in names:
        if not word.isidentifier():
            raise InputError(f"{name}.keywords holds {word!r}", where=where, remedy="give names of parameters")
    if any(len(arguments) < len(names) for arguments in inputs):
        raise InputError(
            f"{name}.keywords names more arguments than a call has",
            where=where,
            remedy="they must be the trailing ones",
        )
    return names


def _nodes(value: object, inputs: list[list[JsonValue]], name: str, where: str) -> tuple[str, ...]:
    """Read the shapes of the arguments and of the result."""
    shapes = _texts(value, f"{name}.nodes", where)
    remedy = 'give "list", "tree" or "" for each argument and, last, for the result'
    for shape in shapes:
        if shape not in {"", "list", "tree"}:
            raise InputError(f"{name}.nodes holds {shape!r}", where=where, remedy=remedy)
    for index, arguments in enumerate(inputs if shapes else ()):
        if len(arguments) != len(shapes) - 1:
            raise InputError(
                f"{name}.nodes has {plural(len(shapes), 'shape')}, and "
                f"{name}.inputs[{index}] {plural(len(arguments), 'argument')}",
                where=where, remedy=remedy,
            )  # fmt: skip
        for shape, argument in zip(shapes, arguments, strict=False):
            if shape and not isinstance(argument, list):
                raise InputError(
                    f"{name}.inputs[{index}] has {kind(argument)} for a {shape}", where=where, remedy="write a list"
                )
    return shapes


def _texts(value: object, name: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InputError(f"{name} is {kind(value)}, not a list", where=where, remedy="give a list of strings")
    for index, one in enumerate(value):
        if not isinstance(one, str):
            raise InputError(
                f"{name}[{index}] is {kind(one)}, not a string", where=where, remedy="give a list of strings"
            )
    return tuple(value)


def _read_stdin(value: JsonObject, name: str, _target: Target, where: str) -> StdinSuite:
    _check_suite_keys(value, STDIN_KEYS, name, where)
    if "stdin" not in value:
        raise InputError(f"{name}.stdin is missing", where=where, remedy=_EXAMPLES[TargetKind.PROGRAM])
    stdin = _texts(value["stdin"], f"{name}.stdin", where)
    if not stdin:
        raise InputError(f"{name}.stdin is empty", where=where, remedy="give the input of at least one test")
    stdout = None if value.get("stdout") is None else _texts(value["stdout"], f"{name}.stdout", where)
    if stdout is not None and len(stdout) != len(stdin):
        raise InputError(
            f"{name}.stdout has {plural(len(stdout), 'text')} for {plural(len(stdin), 'input')}",
            where=where,
            remedy="give one output per test, or omit the key to expect what the reference writes",
        )
    checker = "" if value.get("checker") is None else text(value, "checker", where, inside=name)
    rule = _comparator(value.get("comparator"), checker, name, where)
    return StdinSuite(
        stdin=stdin,
        stdout=stdout,
        comparator=rule,
        atol=_tolerance(value.get("atol", 1e-9), f"{name}.atol", where),
        rtol=_tolerance(value.get("rtol", 1e-9), f"{name}.rtol", where),
        checker=_checker(checker, name, where),
        cpu_seconds=_limit(value.get("cpu_seconds"), f"{name}.cpu_seconds", where),
        memory_mb=_whole(_limit(value.get("memory_mb"), f"{name}.memory_mb", where)),
    )


def _comparator(value: object, checker: str, name: str, where: str) -> Comparator:
    names = [rule.value for rule in Comparator]
    if value is None:
        return Comparator.CHECKER if checker else DEFAULT
    if value not in names:
        remedy = nearest(str(value), names, f"known here: {', '.join(names)}")
        if value == "interactive":
            remedy = "interactive tasks, where a judge answers the program, are not supported: leave the task out"
        raise InputError(f"{name}.comparator is {value!r}", where=where, remedy=remedy)
    rule = Comparator(str(value))
    if (rule is Comparator.CHECKER) != bool(checker):
        raise InputError(
            f"{name} has {'no checker' if rule is Comparator.CHECKER else 'a checker and another comparator'}",
            where=where,
            remedy='give "checker": "def check(stdin, stdout, expected): …" and omit comparator',
        )
    return rule


def _checker(source: str, name: str, where: str) -> str:
    if source:
        tree = parsed(source, f"{name}.checker", where)
        if not any(isinstance(node, ast.FunctionDef) and node.name == "check" for node in tree.body):
            raise InputError(
                f"{name}.checker defines no function check", where=where,
                remedy="write def check(stdin, stdout, expected): it returns True or False, or that and a message",
            )  # fmt: skip
    return source


def _limit(value: object, name: str, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not (value > 0 and math.isfinite(value)):
        raise InputError(f"{name} is {value!r}", where=where, remedy="give a number above 0")
    return float(value)


def _whole(value: float | None) -> int | None:
    return None if value is None else math.ceil(value)


def _read_script(value: JsonObject, name: str, target: Target, where: str) -> AssertSuite:
    check_keys(value, ("assert",), where, inside=name)
    return _script(text(value, "assert", where, inside=name), name, target.binds, where)


def _read_unittest(value: JsonObject, name: str, _target: Target, where: str) -> UnittestSuite:
    check_keys(value, UNITTEST_KEYS, where, inside=name)
    source = text(value, "unittest", where, inside=name)
    parsed(source, f"{name}.unittest", where)
    try:
        tests = find_tests(source)
    except ValueError as error:
        raise InputError(f"{name}.unittest: {error}", where=where, remedy="use a unittest.TestCase instead") from None
    if not tests:
        raise InputError(
            f"{name}.unittest contains no test",
            where=where,
            remedy="write a class that derives from unittest.TestCase, with methods that begin with test",
        )
    trust = value.get("trust", Trust.SEPARATE.value)
    known = [one.value for one in Trust]
    if trust not in known:
        raise InputError(
            f"{name}.trust is {trust!r}", where=where, remedy=nearest(str(trust), known, " or ".join(known))
        )
    return UnittestSuite(source, tests, Trust(trust), apart_only=value.get("trust") == Trust.SEPARATE.value)


_READERS: dict[str, Callable[[JsonObject, str, Target, str], Suite]] = {
    "assert": _read_script,
    "stdin": _read_stdin,
    "unittest": _read_unittest,
}
"""Keys that identify a suite's kind; without any of them, it is calls."""
_EXAMPLES = {
    TargetKind.FUNCTION: 'write {"inputs": …} or {"assert": "…"}',
    TargetKind.METHOD: 'write {"inputs": …} or {"assert": "…"}',
    TargetKind.CLASS: 'write {"unittest": "…"}',
    TargetKind.PROGRAM: 'write {"stdin": […], "stdout": […]}',
}


def _inputs(value: object, name: str, where: str) -> list[list[JsonValue]]:
    """Check that the inputs are a list of argument lists, with at least one test."""
    if not isinstance(value, list) or not value:
        found = "is missing" if value is None else "is empty" if value == [] else f"is {kind(value)}, not a list"
        raise InputError(f"{name}.inputs {found}", where=where, remedy="list the arguments of at least one call")
    for index, arguments in enumerate(value):
        if not isinstance(arguments, list):
            raise InputError(
                f"{name}.inputs[{index}] is {kind(arguments)}, not a list of arguments",
                where=where,
                remedy="write [x] for a call with the one argument x",
            )
    return value


def _decoded(values: Sequence[object], name: str, where: str) -> list[object]:
    try:
        return [decode_value(value) for value in values]
    except ValueError as error:
        raise InputError(f"{name}: {error}", where=where, remedy="see Benchmarks and tasks, values") from None


def _tolerance(value: object, name: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not (value >= 0 and math.isfinite(value)):
        raise InputError(f"{name} is {value!r}", where=where, remedy="give a number of at least 0")
    return float(value)


def _oracle(value: object, name: str, where: str) -> str | None:
    if value is None or value in ORACLES:
        return value
    raise InputError(
        f"{name}.oracle is {value!r}", where=where, remedy=nearest(str(value), ORACLES, "omit it for equality")
    )


def _script(source: str, name: str, entry_point: str, where: str) -> AssertSuite:
    """Check that a test script parses and uses the solution under one of its two names."""
    tree = parsed(source, f"{name}.assert", where)
    if not {"candidate", entry_point} & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        raise InputError(
            f"{name}.assert uses neither `candidate` nor `{entry_point}`",
            where=where,
            remedy="call one of them: a script that does not tests nothing",
        )
    return AssertSuite(source)
