"""Mini suites: built from finished runs, read from a file, applied to a benchmark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.analysis.mini_suite import MiniSuite, WrongProgram, choose
from auditor.benchmark.load import digest
from auditor.errors import InputError, UsageError
from auditor.json_types import why_not_json
from auditor.numerals import share_with_span
from auditor.records import Benchmark, InputSuite, ResultCode, Task
from auditor.results import Estimate, from_plain, to_plain
from auditor.store import DATABASE, Store
from auditor.text import plural

SCHEMA = "auditor/mini/1"


@dataclass(frozen=True, slots=True)
class MiniFile:
    """The content of a mini-suite file."""

    schema: str
    benchmark: str
    """SHA-256 of the benchmark that the tests belong to."""
    suite: MiniSuite


def make(folders: Sequence[Path]) -> MiniFile:
    """Choose a mini suite from the false positives of finished runs on one benchmark.

    Raises :class:`~auditor.errors.UsageError` if the runs are on different tasks or have false positives from fewer
    than two models.
    """
    programs: list[WrongProgram] = []
    digests: dict[str, Path] = {}
    sizes: dict[str, int] = {}
    for folder in folders:
        with Store(folder / DATABASE, create=False) as store:
            facts = store.meta.benchmark
            digests.setdefault(facts.digest if facts else "", folder)
            sizes = {task.task_id: task.plus_tests for task in store.tasks()}
            for one in store.plus_failures():
                failed = frozenset(test for test, result in enumerate(one.passed) if result == ResultCode.FAILED)
                if one.failing_index is not None:
                    failed |= {one.failing_index}
                programs.append(WrongProgram(one.model, one.task_id, one.program, failed))
    if len(digests) > 1:
        raise UsageError("the runs are on different tasks", where=", ".join(map(str, digests.values())))
    return MiniFile(SCHEMA, next(iter(digests)), choose(programs, sizes))


def write(file: MiniFile) -> dict[str, object]:
    """Return a mini suite as JSON values."""
    plain: dict[str, object] = to_plain(file)
    return plain


def read(path: Path) -> MiniFile:
    """Read a mini suite; raises :class:`~auditor.errors.InputError` if the file is not one."""
    remedy = "`auditor tasks mini` writes one"
    try:
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), remedy=remedy) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {why_not_json(error)}", where=str(path), remedy=remedy) from None
    return from_plain(MiniFile, plain, where=str(path), remedy="write it again with `auditor tasks mini`")


def apply(benchmark: Benchmark, path: Path) -> tuple[Benchmark, str]:
    """Return a benchmark whose plus suites have only the chosen tests, and a warning for readers of its figures.

    Suites that are scripts or unit tests stay whole. Raises :class:`~auditor.errors.InputError` if the file belongs to
    another benchmark.
    """
    file = read(path)
    if file.benchmark != benchmark.digest:
        raise InputError(
            f"is a mini suite of other tasks (digest {file.benchmark[:12]}, here {benchmark.digest[:12]})",
            where=str(path),
            remedy='make one from runs on these tasks, or set [verify] plus = "full"',
        )
    tasks = tuple(_reduced(task, file.suite.tests.get(task.task_id)) for task in benchmark.tasks)
    source = f"{benchmark.source} (mini plus suite, {path.name})"
    return replace(benchmark, tasks=tasks, digest=digest(tasks), source=source), describe(file.suite)


def describe(suite: MiniSuite) -> str:
    """Describe in one line what a mini suite keeps and misses."""
    return (
        f"mini plus suite: {suite.after} of {plural(suite.before, 'test')}, "
        f"chosen by {plural(suite.programs, 'wrong program')} of "
        f"{plural(suite.models, 'model')}; of another model's "
        f"wrong programs that pass base, {_shown(suite.missed)} pass it"
    )


def _shown(share: Estimate) -> str:
    if share.value is None:
        return "an unknown share"
    return share_with_span(share.value, share.low, share.high, 2)


def _reduced(task: Task, tests: Sequence[int] | None) -> Task:
    plus = task.plus
    if tests is None or not isinstance(plus, InputSuite):
        return task
    outputs = None if plus.outputs is None else tuple(plus.outputs[test] for test in tests)
    return replace(task, plus=replace(plus, inputs=tuple(plus.inputs[test] for test in tests), outputs=outputs))
