"""LiveCodeBench: rows of ``code_generation_lite``, and the recorded evaluations of its submissions.

Public tests are the base suite; public and private ones together the plus suite. Problems with starter code
ask for a method of ``Solution``; the others for a program. Private tests are packed and are read without unpickling. A
submission's record contains no tests, so its statement's examples are base, and plus adds the failing input if the
record has it in full.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence

from auditor.benchmark.changes import may_change
from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.packed import unpack_text
from auditor.benchmark.rows import SourceRow
from auditor.benchmark.statements import call_examples, literal, stdin_examples
from auditor.comparators import Comparator
from auditor.json_types import JsonObject
from auditor.records import Task
from auditor.suites import InputSuite, StdinSuite, Suite
from auditor.targets import Target, TargetKind

RULE = Comparator.LINES_DECIMAL
"""The benchmark's own rule of equality."""
PRELUDE = (
    "from typing import *\nimport collections, heapq, math, itertools, functools, bisect, string, random\n"
    "from collections import *\nfrom functools import *\nfrom heapq import *\nfrom itertools import *\n"
    "from bisect import *\nfrom math import inf, gcd, sqrt, ceil, floor, comb\n"
)
"""Names that answers to problems with starter code assume."""
_ATOL = 1e-5
"""How far from the right number LeetCode accepts an answer; expected ones are written with five decimals."""
_CUT = "..."
"""Mark with which a record shortens long inputs and outputs."""


def read_task(row: SourceRow) -> Draft:
    """Read a row of the benchmark.

    Raises :class:`~auditor.benchmark.draft.Unfit` if its tests cannot be read, and
    :class:`~auditor.errors.InputError` if it is not such a row.
    """
    values = row.values
    name = row.text("question_id")
    target = _target(_starter(values), values, name)
    public = _tests(values["public_test_cases"], name, packed=False)
    private = _tests(values["private_test_cases"], name, packed=True)
    if not public or not private:
        raise Unfit(name, "it has no public tests" if not public else "it has no private tests")
    return Draft(
        task_id=name, prompt=_prompt(values), target=target, reference="", where=row.where,
        base=_suite(public, target, name), plus=_suite(public + private, target, name),
        prelude=PRELUDE if target.kind is TargetKind.METHOD else "", slices=_slices(values),
    )  # fmt: skip


def read_record(row: SourceRow) -> Draft:
    """Read a problem from the record of a submission, with its tests."""
    values = row.values
    name = row.text("question_id")
    target = _target(_starter(values), values, name)
    statement = row.text("question_content")
    tests: list[tuple[str, str]] = []
    failed = recorded_tests(values)
    if target.kind is TargetKind.PROGRAM:
        tests = stdin_examples(statement)
    else:
        parameters = _parameters(_starter(values), target)
        code = "\n".join(map(str, _list(values.get("code_list"))))
        failed = [(lines, out) for given, out in failed if (lines := _argument_lines(given, parameters, code))]
        found = call_examples(statement, parameters)
        tests = [("\n".join(map(json.dumps, arguments)), json.dumps(result)) for arguments, result in found]
    if not tests:
        raise Unfit(name, "its statement shows no example that can be read")
    known = set(tests)
    kept = [test for test in failed if test not in known]
    return Draft(
        task_id=name, prompt=_prompt(values), target=target, reference="", where=row.where,
        base=_suite(tests, target, name), plus=_suite([*tests, *kept], target, name),
        prelude=PRELUDE if target.kind is TargetKind.METHOD else "", slices=_slices(values),
    )  # fmt: skip


def _argument_lines(given: str, parameters: Sequence[str], code: str) -> str:
    """Write a record's list of a call's arguments one per line, as in tests.

    Empty if it is not such a list or the program may have changed the values before they were recorded.
    """
    try:
        arguments = literal(given)
    except ValueError:
        return ""
    if not isinstance(arguments, list) or len(arguments) != len(parameters):
        return ""
    if may_change(code, dict(zip(parameters, arguments, strict=True))):
        return ""
    return "\n".join(map(json.dumps, arguments))


def caveat(tasks: Sequence[Task]) -> str:
    """Return a warning on what the suites of a submission's record lack."""
    more = sum(len(task.plus) > len(task.base) for task in tasks)
    return (
        "These tasks were read from a submission’s record, which keeps no hidden tests. Plus has the statement’s "
        f"examples and, for {more} of {len(tasks)} tasks, the input on which a recorded answer failed. So the figures "
        "of right answers are upper bounds, and those of accepted but wrong answers lower bounds."
    )


def recorded_tests(values: JsonObject) -> list[tuple[str, str]]:
    """Return the failing (input, expected) pairs that a record has in full."""
    found = []
    for entry in _list(values.get("metadata")):
        try:
            told = json.loads(entry) if isinstance(entry, str) else entry
        except ValueError:
            continue
        if not isinstance(told, dict):
            continue
        given, expected = told.get("inputs"), told.get("expected")
        if isinstance(given, str) and isinstance(expected, str) and not _is_cut(given) and not _is_cut(expected):
            found.append((given, expected))
    return list(dict.fromkeys(found))


def _is_cut(text: str) -> bool:
    return _CUT in text


def _list(value: object) -> Sequence[object]:
    """Read a list, which may be text in Python's notation."""
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ()
    return value if isinstance(value, list) else ()


def _starter(values: JsonObject) -> str:
    return str(values.get("starter_code") or "")


def _prompt(values: JsonObject) -> str:
    starter = _starter(values)
    statement = str(values["question_content"]).strip()
    return f"{statement}\n\n{starter}" if starter else f"{statement}\n"


def _target(starter: str, values: JsonObject, name: str) -> Target:
    if not starter.strip():
        return Target(TargetKind.PROGRAM)
    method = _function_name(values.get("metadata")) or _first_method(starter)
    if not method:
        raise Unfit(name, "its starter code does not name a method")
    return Target(TargetKind.METHOD, f"Solution().{method}")


def _function_name(metadata: object) -> str:
    try:
        told = json.loads(metadata) if isinstance(metadata, str) else metadata
    except ValueError:
        return ""
    found = told.get("func_name") if isinstance(told, dict) else None
    return found if isinstance(found, str) and found.isidentifier() else ""


def _first_method(starter: str) -> str:
    methods = _methods(starter)
    return methods[0].name if methods else ""


def _methods(starter: str) -> list[ast.FunctionDef]:
    try:
        tree = ast.parse(f"{starter.rstrip()}\n        pass\n")
    except SyntaxError:
        return []
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Solution"]
    return [item for node in classes for item in node.body if isinstance(item, ast.FunctionDef)]


def _parameters(starter: str, target: Target) -> tuple[str, ...]:
    for method in _methods(starter):
        if method.name == target.method:
            return tuple(argument.arg for argument in method.args.args[1:])
    return ()


def _tests(value: object, name: str, *, packed: bool) -> list[tuple[str, str]]:
    """Read a list of ``{"input", "output"}``, as JSON or packed."""
    try:
        if isinstance(value, str):
            text = value if not packed or value.lstrip().startswith("[") else unpack_text(value)
            value = json.loads(text)
        return [(str(test["input"]), str(test["output"])) for test in value]  # type: ignore[attr-defined]
    except (ValueError, KeyError, TypeError) as error:
        raise Unfit(name, f"its tests cannot be read: {error}") from None


def _suite(tests: list[tuple[str, str]], target: Target, name: str) -> Suite:
    if target.kind is TargetKind.PROGRAM:
        return StdinSuite(tuple(given for given, _ in tests), tuple(out for _, out in tests), RULE)
    try:
        calls = [tuple(literal(line) for line in given.split("\n") if line.strip()) for given, _ in tests]
        outputs = [_result(output.strip()) for _, output in tests]
    except ValueError as error:
        raise Unfit(name, f"its tests cannot be read: {error}") from None
    floats = any(isinstance(item, float) for one in outputs for item in (one if isinstance(one, list) else [one]))
    return InputSuite(tuple(calls), tuple(outputs), atol=_ATOL if floats else 0.0)


def _result(text: str) -> object:
    """Read an expected result; a bare word is a string, as in the harness."""
    try:
        return literal(text)
    except ValueError:
        if text.isidentifier():
            return text
        raise


def _slices(values: JsonObject) -> tuple[tuple[str, str], ...]:
    found = [(key, values.get(key)) for key in ("platform", "difficulty")]
    date = str(values.get("contest_date") or "")[:10]
    return tuple((key, str(value)) for key, value in [*found, ("date", date)] if value)
