"""Read written tests, for example by a model: ``assert f(1) == 2`` as an input and its claimed output."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from auditor.benchmark.rows import jsonl_rows
from auditor.benchmark.values import canonical
from auditor.errors import InputError
from auditor.json_types import list_or_empty
from auditor.records import Task

PER_TEXT = 5
"""Most tests taken from one text, the first ones, as in CodeT."""
_ASSERT = re.compile(r"\bassert\b")
_DEFINED = re.compile(r"^def (\w+)\(", re.MULTILINE)
_LONGEST = 2_000
"""Most characters of one test; a longer one is not read."""


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """An input and its claimed output."""

    arguments: tuple[object, ...]
    expected: object
    times: int
    """Number of times it was written, at least 1."""


def claims_in(text: str, name: str) -> Iterator[tuple[tuple[object, ...], object]]:
    """Yield the claims of a text: calls of ``name`` with literal arguments, equal to a literal or taken as true."""
    for part in _ASSERT.split(f"\n{text}"):
        claim = _claim(part[:_LONGEST].strip(), name)
        if claim is not None:
            yield claim


def _claim(text: str, name: str) -> tuple[tuple[object, ...], object] | None:
    """Read the longest prefix of a text that is an expression."""
    lines = text.splitlines()
    for end in range(len(lines), 0, -1):
        head = "\n".join(lines[:end])
        try:
            statement = ast.parse(f"assert ({head}\n)" if "," not in head else f"assert {head}").body[0]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return _values(statement.test, name) if isinstance(statement, ast.Assert) else None
    return None


def _values(test: ast.expr, name: str) -> tuple[tuple[object, ...], object] | None:
    expected: object = True
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            try:
                expected = ast.literal_eval(right)
            except (ValueError, TypeError, SyntaxError):
                return None
            call = left
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            call, expected = operand, False
        case _:
            call = test
    match call:
        case ast.Call(func=ast.Name(id=called), args=arguments, keywords=[]) if called == name:
            try:
                return tuple(ast.literal_eval(one) for one in arguments), expected
            except (ValueError, TypeError, SyntaxError):
                return None
    return None


def read_written_tests(path: Path, tasks: Mapping[str, Task], *, most: int) -> dict[str, list[WrittenTest]]:
    """Read a JSONL file of written tests: task id → tests, most frequent first, at most ``most``.

    A row names its task by ``task_id`` or by a ``prompt`` whose last definition is the task's function, and has texts
    under ``tests`` or ``samples``: of each, the first five asserts are used. Rows of other tasks are skipped. Raises
    :class:`~auditor.errors.InputError` if no row has a test of a known task.
    """
    found: dict[str, list[WrittenTest]] = {}
    for row in jsonl_rows(path):
        values = row.values
        task_id = str(values.get("task_id", _asked_by(str(values.get("prompt", "")), tasks)))
        if task_id in tasks:
            texts = [str(text) for text in list_or_empty(values.get("tests", values.get("samples")))]
            found[task_id] = counted(texts, tasks[task_id].target.name)[:most]
    if not any(found.values()):
        remedy = 'give rows such as {"task_id": "…", "tests": ["assert f(1) == 2"]}'
        raise InputError("contains no test of a task of this run", where=str(path), remedy=remedy)
    return found


def _asked_by(prompt: str, tasks: Mapping[str, Task]) -> str:
    """Return the task whose function a prompt defines last (of equal names, the most similar); empty without one."""
    names = _DEFINED.findall(prompt)
    alike = {
        task_id: _shared(prompt.strip(), task.prompt.strip())
        for task_id, task in tasks.items()
        if names and task.target.name == names[-1]
    }
    return max(alike, key=lambda task_id: alike[task_id], default="")


def _shared(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def counted(texts: Sequence[str], name: str) -> list[WrittenTest]:
    """Return the distinct tests of some texts, most frequent first."""
    times: Counter[str] = Counter()
    claims: dict[str, tuple[tuple[object, ...], object]] = {}
    for text in texts:
        for number, claim in enumerate(claims_in(text, name)):
            if number == PER_TEXT:
                break
            key = canonical((*claim[0], claim[1]))
            times[key] += 1
            claims.setdefault(key, claim)
    return [WrittenTest(*claims[key], count) for key, count in times.most_common()]
