"""Load a benchmark from the name of its source: its layout, its base suites, its digest."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path, PurePath

from auditor.benchmark import classes, contests, evalplus, hub, leetcode, livecodebench, own
from auditor.benchmark.demo import SOURCES as DEMO_SOURCES
from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import SourceRow, jsonl_rows, read_rows
from auditor.benchmark.values import canonical
from auditor.errors import InputError
from auditor.records import AssertSuite, Benchmark, InputSuite, StdinSuite, Suite, Task, UnittestSuite
from auditor.text import plural


def load_benchmark(source: str | Path, base: str | Path | None = None, tasks: Collection[str] = ()) -> Benchmark:
    """Load the tasks of a source.

    ``source`` is ``demo`` or ``demo-kinds``, a data set's id on the hub, a folder in the hub's layout, EvalPlus's
    JSONL(.gz) or own tasks in JSONL(.gz). ``base`` is another such source whose tests become the base suites, if
    ``source`` has none. ``tasks`` selects task ids, in the source's order.

    Rows whose tests cannot be read are named in ``Benchmark.unfit``. Raises
    :class:`~auditor.errors.InputError` with file, line and remedy, and :class:`~auditor.errors.EndpointError` if the
    hub cannot be reached.
    """
    source, base = str(source), None if base is None else str(base)
    drafts, unfit, ids, reader = _drafts(source)
    lacking = [draft for draft in drafts.values() if draft.base is None]
    if base is not None and not lacking:
        raise InputError("has base suites of its own", where=source, remedy="remove [benchmark] base")
    if base is None and lacking:
        raise InputError(
            "has one suite per task, which serves as plus",
            where=source,
            remedy='name the source of the base suites, e.g. base = "openai/openai_humaneval"',
        )
    suites = _base_suites(base) if base is not None else {}
    _check_wanted(tasks, ids, source)
    loaded = []
    for draft in drafts.values():
        if tasks and draft.task_id not in tasks:
            continue
        suite = suites.get(draft.task_id) if draft.base is None else draft.base
        if suite is None:
            unfit[draft.task_id] = f"{base} has no base tests for it"
        else:
            loaded.append(draft.task(suite))
    if tasks:
        unfit = {task_id: reason for task_id, reason in unfit.items() if task_id in tasks}
    places = {draft.task_id: draft.where for draft in drafts.values()}
    if not loaded:
        raise InputError("has no usable task", where=source, remedy=next(iter(unfit.values()), None))
    caveat = livecodebench.caveat(loaded) if reader is livecodebench.read_record else ""
    return Benchmark(_name(source), source, tuple(loaded), digest(loaded), unfit, places, ids, caveat)


def digest(tasks: Iterable[Task]) -> str:
    """Hash everything that decides a verdict: 64 hex digits over ids, prompts, targets, references and suites."""
    total = hashlib.sha256()
    for task in tasks:
        fields: tuple[object, ...] = (task.task_id, task.prompt, task.target.name, task.reference)
        extras: tuple[object, ...] = (task.requires, task.prelude, task.known_right, task.known_wrong)
        if task.files_mb:
            extras = (*extras, task.files_mb)
        if any(extras):
            fields = (*fields, *extras)
        suites = (suite_fields(task.base), suite_fields(task.plus))
        total.update(canonical((fields, suites)).encode("utf-8", "backslashreplace"))
    return total.hexdigest()


def suite_fields(suite: Suite) -> tuple[object, ...]:
    """Return everything in a suite that decides a verdict."""
    match suite:
        case InputSuite():
            fields = ("inputs", suite.inputs, suite.outputs, suite.atol, suite.oracle)
            extras = tuple(extra for extra in (suite.keywords, suite.nodes) if extra)
            return (*fields, *extras)
        case AssertSuite():
            return ("assert", suite.source)
        case StdinSuite():
            rule = (suite.comparator.value, suite.atol, suite.rtol, suite.checker)
            return ("stdin", suite.stdin, suite.stdout, rule, suite.cpu_seconds, suite.memory_mb)
        case UnittestSuite():
            asked = [one for one in (suite.otherwise, suite.apart_only) if one]
            return ("unittest", suite.source, suite.tests, suite.trust.value, *asked)


_Reader = Callable[[SourceRow], Draft]


def _drafts(source: str) -> tuple[dict[str, Draft], dict[str, str], tuple[str, ...], _Reader]:
    """Read every row of a source.

    Returns drafts by task id, reasons for unusable ones, all ids in order, and the layout's reader.
    """
    ids: dict[str, None] = {}
    drafts: dict[str, Draft] = {}
    unfit: dict[str, str] = {}
    read: _Reader | None = None
    _refuse_misspelt(source)
    for row in jsonl_rows(DEMO_SOURCES[source]) if source in DEMO_SOURCES else read_rows(source):
        read = read or _reader(row)
        try:
            draft = read(row)
        except Unfit as reason:
            unfit[reason.task_id] = reason.reason
            ids.setdefault(reason.task_id)
            continue
        if first := drafts.get(draft.task_id):
            raise InputError(
                f"task_id {draft.task_id!r} is already defined in {first.where}",
                where=row.where,
                remedy="give each task its own id",
            )
        drafts[draft.task_id] = draft
        ids.setdefault(draft.task_id)
    if read is None:
        raise InputError("contains no tasks", where=source, remedy="the page Benchmarks and tasks has the formats")
    return drafts, unfit, tuple(ids), read


def _refuse_misspelt(source: str) -> None:
    """Refuse what is nearly the name of a built-in benchmark, without asking the hub whether it has such a data set."""
    if source in DEMO_SOURCES or "/" in source or Path(source).expanduser().exists():
        return
    near = difflib.get_close_matches(source, DEMO_SOURCES, n=1, cutoff=0.7)
    if near:
        raise InputError("is no built-in benchmark, file or folder", where=source, remedy=f"did you mean {near[0]!r}?")


_LAYOUTS: tuple[tuple[set[str], _Reader], ...] = (
    ({"private_test_cases", "question_content"}, livecodebench.read_task),
    ({"graded_list", "question_content"}, livecodebench.read_record),
    ({"input_output", "completion", "entry_point"}, leetcode.read_task),
    ({"skeleton", "test_classes"}, classes.read_classeval),
    ({"complete_prompt", "canonical_solution", "test"}, classes.read_bigcodebench),
    ({"public_tests", "private_tests"}, contests.read_task),
    ({"problem", "tests"}, contests.read_task),
    ({"content", "test"}, contests.read_task),
    ({"question", "input_output"}, contests.read_task),
)
"""Columns → reader of such rows; the first match is used."""


def _reader(row: SourceRow) -> _Reader:
    """Choose the layout by the first row's columns."""
    columns = row.values.keys()
    if {"base_input", "plus_input"} & columns:
        return evalplus.read_task
    for needed, reader in _LAYOUTS:
        if needed <= columns:
            return reader
    if {"canonical_solution", "test"} <= columns:
        return hub.read_humaneval
    if {"code", "test_list", "test"} <= columns:
        return hub.read_mbpp
    if {"solution", "completion"} & columns:
        raise InputError(
            "holds samples, not tasks", where=row.where, remedy="name it as recorded = … of a [[model]] instead"
        )
    return own.read_task


def _base_suites(base: str) -> Mapping[str, Suite]:
    drafts, _, _, _ = _drafts(base)
    return {task_id: draft.weakest for task_id, draft in drafts.items()}


def _check_wanted(wanted: Collection[str], known: Collection[str], source: str) -> None:
    for task_id in wanted:
        if task_id not in known:
            near = difflib.get_close_matches(task_id, known, n=1, cutoff=0.5)
            remedy = (
                f"did you mean {near[0]!r}?"
                if near
                else f"it has {plural(len(known), 'task')}, {next(iter(known))!r} first"
            )
            raise InputError(f"has no task {task_id!r}", where=source, remedy=remedy)


def _name(source: str) -> str:
    """Return a benchmark's name: the last part of its source, without file suffixes."""
    name = PurePath(source).name
    for suffix in (".gz", ".jsonl", ".json"):
        name = name.removesuffix(suffix)
    return name or source
