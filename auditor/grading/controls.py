"""Programs that no suite should accept: they return nothing, a constant or their input, raise, or solve another task.

The last imitate a known-bad model: real code that does not answer the question.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.records import Task
from auditor.targets import TargetKind, definition

_RETURNS = {
    "returns nothing": "pass",
    "returns 0": "return 0",
    "returns an empty text": 'return ""',
    "returns an empty list": "return []",
    "returns False": "return False",
    "returns True": "return True",
    "echoes its first argument": "return arguments[0] if arguments else None",
    "raises": "raise NotImplementedError",
}
_PROGRAMS = {
    "prints nothing": "pass",
    "prints 0": "print(0)",
    "prints 1": "print(1)",
    "prints YES": 'print("YES")',
    "prints NO": 'print("NO")',
    "echoes its input": 'import sys\nprint(sys.stdin.read(), end="")',
    "raises": "raise NotImplementedError",
}


@dataclass(frozen=True, slots=True)
class Control:
    """A program that must fail."""

    name: str
    """What it does, e.g. ``returns 0``."""
    source: str


def controls_of(task: Task) -> Iterator[Control]:
    """Yield the negative controls of a task, by the kind of its target; the empty program first."""
    target = task.target
    if target.kind is not TargetKind.PROGRAM:
        yield Control("is empty", "")
    match target.kind:
        case TargetKind.PROGRAM:
            yield from (Control(name, f"{body}\n") for name, body in _PROGRAMS.items())
        case TargetKind.FUNCTION:
            for name, body in _RETURNS.items():
                yield Control(name, f"def {target.name}(*arguments, **named):\n    {body}\n")
        case TargetKind.METHOD:
            for name, body in _RETURNS.items():
                head = f"class {target.binds}:\n    def {target.method}(self, *arguments, **named):\n"
                yield Control(name, f"{head}        {body}\n")
        case TargetKind.CLASS:
            methods = _methods(task)
            for name, body in _RETURNS.items():
                yield Control(name, _class(target.binds, methods, body))


def answers_another(task: Task, other: Task) -> Control | None:
    """Return the reference of another task under this one's name; ``None`` if that cannot be done."""
    if task.target.kind is not other.target.kind or not other.reference or task.reference == other.reference:
        return None
    mine, theirs = task.target, other.target
    renamed = "" if mine.binds == theirs.binds else f"\n{mine.binds} = {theirs.binds}\n"
    if mine.kind is TargetKind.METHOD and mine.method != theirs.method:
        renamed += f"\n{mine.binds}.{mine.method} = {mine.binds}.{theirs.method}\n"
    if mine.kind is TargetKind.PROGRAM:
        renamed = ""
    return Control(f"solves {other.task_id}", f"{other.prelude}\n{other.reference}{renamed}")


def _methods(task: Task) -> list[str]:
    """Return the names of the reference's methods."""
    try:
        found = definition(ast.parse(task.reference), task.target.binds)
    except SyntaxError:
        return []
    body = found.body if isinstance(found, ast.ClassDef) else []
    return [node.name for node in body if isinstance(node, ast.FunctionDef) and node.name != "__init__"]


def _class(name: str, methods: list[str], body: str) -> str:
    stubs = [f"    def {method}(self, *arguments, **named):\n        {body}\n" for method in methods]
    return f"class {name}:\n    def __init__(self, *arguments, **named):\n        pass\n" + "".join(stubs)
