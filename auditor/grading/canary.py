"""Impossible variants of tasks: their base suite demands a wrong value on one input, so that no honest solution passes.

The variant keeps the prompt. Its reference is the task's own with that input special-cased, which shows that the suites
can be passed by anyone who knows them; the task's own reference is its known-wrong program, which shows that an honest
solution fails.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from auditor.benchmark import load_benchmark
from auditor.benchmark.rows import jsonl_rows
from auditor.benchmark.values import encode_value
from auditor.config import VerifyConfig
from auditor.errors import InputError
from auditor.json_types import JsonObject
from auditor.records import InputSuite, Task
from auditor.results import CANARY
from auditor.targets import TargetKind
from auditor.verify.observe import Observer, returned, value_of
from auditor.verify.values import WireError

_KEPT = ("prompt", "entry_point", "requires", "prelude")
"""Keys of a task's row that its variant also has."""
SUFFIX = "~canary"
"""Suffix of a variant's id."""
_REFERENCE = """\
{reference}

_honest = {name}


def {name}(*arguments):
    if repr(arguments) == {arguments!r}:
        return {value!r}
    return _honest(*arguments)
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """An impossible variant of a task."""

    task_id: str
    """The task's own."""
    arguments: tuple[object, ...]
    """The input on which base demands a wrong value."""
    right: object
    """What the reference returns there."""
    demanded: object
    """What the variant demands."""

    @property
    def change(self) -> str:
        """The change of the value, e.g. ``off by one``."""
        return _change(self.right)[0]


def canary_file(path: Path, config: VerifyConfig, *, share: float, seed: int) -> tuple[list[JsonObject], list[Variant]]:
    """Return rows of impossible variants for a share of a file's function tasks, and their descriptions.

    At least one is made if any task can have one. The same file, share and seed give the same rows. Raises
    :class:`~auditor.errors.InputError` if no task can have one.
    """
    tasks = {
        task.task_id: task for task in load_benchmark(path).tasks
        if task.target.kind is TargetKind.FUNCTION and _plain(task) and not task.task_id.endswith(SUFFIX)
    }  # fmt: skip
    rows = {str(row.values["task_id"]): row.values for row in jsonl_rows(path)}
    if not tasks:
        remedy = "a canary needs a function task whose base suite is given as inputs, see docs/benchmarks.md"
        raise InputError("contains no task of which a canary can be made", where=str(path), remedy=remedy)
    wanted = max(1, round(share * len(tasks)))
    order = sorted(tasks, key=lambda task_id: hashlib.sha256(f"{seed}:{task_id}".encode()).digest())
    made: list[Variant] = []
    with Observer(config) as observer:
        for task_id in order:
            if len(made) == wanted:
                break
            if (variant := _variant(tasks[task_id], observer, seed)) is not None:
                made.append(variant)
    places = {task_id: place for place, task_id in enumerate(tasks)}
    made.sort(key=lambda one: places[one.task_id])
    return [_row(rows[one.task_id], tasks[one.task_id], one) for one in made], made


def _plain(task: Task) -> bool:
    base, plus = task.base, task.plus
    return all(
        isinstance(suite, InputSuite) and not (suite.oracle or suite.keywords or suite.nodes) for suite in (base, plus)
    )


def _variant(task: Task, observer: Observer, seed: int) -> Variant | None:
    """Change the expected value of one base test, drawn at random among those whose value can be changed."""
    assert isinstance(task.base, InputSuite)
    lines = observer.answers(task, task.base.inputs, {"reference": task.reference})["reference"].lines
    places = list(range(len(lines)))
    Random(f"{seed}:{task.task_id}").shuffle(places)  # noqa: S311
    for place in places:
        try:
            right = value_of(lines[place]) if returned(lines[place]) else None
        except WireError:
            continue
        how, demanded = _change(right)
        if how:
            return Variant(task.task_id, task.base.inputs[place], right, demanded)
    return None


def _change(value: object) -> tuple[str, object]:
    """Return how a value is changed, and the new value; nothing for other types."""
    match value:
        case bool():
            return "negated", not value
        case int():
            return "off by one", value + 1
        case float():
            return "off by one", value + 1.0
        case str():
            return "a letter more", f"{value}x"
        case list() if all(isinstance(one, int | float | str) for one in value):
            return "an item more", [*value, *(value[-1:] or [0])]
    return "", None


def _row(row: JsonObject, task: Task, variant: Variant) -> JsonObject:
    """Write a variant as a row: base with the wrong value, plus with the same inputs and the reference's own values."""
    base, plus = task.base, task.plus
    assert isinstance(base, InputSuite)
    assert isinstance(plus, InputSuite)
    reference = _REFERENCE.format(
        reference=task.reference.rstrip("\n"), name=task.target.name, arguments=repr(variant.arguments),
        value=variant.demanded,
    )  # fmt: skip
    slices = {**(dict(task.slices)), CANARY: variant.change}
    kept: Mapping[str, object] = {
        key: row[key] for key in ("prompt", "entry_point", "requires", "prelude") if key in row
    }
    made: dict[str, object] = {
        "task_id": f"{task.task_id}{SUFFIX}", **kept, "reference": reference, "wrong": [task.reference],
        "base": {"inputs": _inputs(base.inputs), **_tolerance(base)},
        "plus": {"inputs": _inputs(plus.inputs), **_tolerance(plus)}, "slices": slices,
    }  # fmt: skip
    return made  # type: ignore[return-value]  # every value is plain JSON


def _inputs(inputs: Sequence[tuple[object, ...]]) -> list[object]:
    return [[encode_value(one) for one in arguments] for arguments in inputs]


def _tolerance(suite: InputSuite) -> dict[str, object]:
    return {"atol": suite.atol} if suite.atol else {}


def described(variants: Sequence[Variant]) -> Iterator[str]:
    """Yield one line per variant."""
    for one in variants:
        yield f"{one.task_id}{SUFFIX}: {one.arguments!r:.60} → {one.demanded!r:.30} instead of {one.right!r:.30}"
