"""Hashes of what decides a verdict on a task, to detect whether two runs used the same, and the rules of equality."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable

from auditor.benchmark.load import suite_fields
from auditor.benchmark.values import canonical
from auditor.records import StdinSuite, Task


def tests_digests(tasks: Iterable[Task]) -> dict[str, str]:
    """Hash each task's suites, reference and target: id → 16 hex digits.

    The prompt is excluded, as are the docstrings and layout of the reference, which usually repeat it: rephrasing the
    prompt does not change the digest.
    """
    found = {}
    for task in tasks:
        fields = (task.target.kind.value, task.target.name, _code(task.reference), task.requires, task.prelude)
        suites = (suite_fields(task.base), suite_fields(task.plus), task.files_mb)
        text = canonical((fields, suites)).encode("utf-8", "backslashreplace")
        found[task.task_id] = hashlib.sha256(text).hexdigest()[:16]
    return found


def output_rules(tasks: Iterable[Task]) -> dict[str, str]:
    """Return the rule by which each program's outputs are compared: id → rule; other kinds of task have none."""
    found = {}
    for task in tasks:
        rules = [suite.rule for suite in (task.base, task.plus) if isinstance(suite, StdinSuite)]
        if rules:
            found[task.task_id] = rules[0] if len(set(rules)) == 1 else f"base: {rules[0]}; plus: {rules[-1]}"
    return found


def _code(source: str) -> str:
    """Return a program without docstrings, comments and layout; unchanged if it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [one for one in node.body if not _is_text(one)]
    return ast.dump(tree)


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
