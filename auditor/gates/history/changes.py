"""Find other differences between two runs: tasks, tools, environment, settings, rubric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from auditor.gates.view import RunView
from auditor.json_types import JsonObject, JsonValue, objects_in
from auditor.results import OtherChange, OtherKind, ReportDocument, TaskRow
from auditor.text import json_text

_UNIMPORTANT = {
    "report", "gate", "history", "engine", "verify.workers", "verify.reuse", "style.workers", "model",
    "benchmark.source", "benchmark.tasks",
}  # fmt: skip
"""Sections and keys that change no figure, or that other changes cover."""
_UNIMPORTANT_OF_MODELS = {
    "name", "concurrency", "timeout", "max_retries", "requests_per_minute", "tokens_per_minute", "max_cost",
    "max_tokens", "api_key_env", "extra_headers",
}  # fmt: skip
_LONGEST = 60
"""Longest value in characters; longer ones are cut."""


def other_changes(before: RunView, after: RunView, models: Sequence[tuple[str, str]]) -> tuple[OtherChange, ...]:
    """List what differs between two runs besides the answers; ``models`` pairs their models by name, earlier first.

    A baseline file only records its benchmark and rubric, not its tasks, tools and settings.
    """
    old, new = before.document, after.document
    found: list[OtherChange] = []
    if old is not None and new is not None:
        found += _tasks(old, new)
        found += _tools(old, new)
        found += _settings(old.provenance.config, new.provenance.config, models)
    elif before.benchmark and after.benchmark and before.benchmark.digest != after.benchmark.digest:
        found.append(_changed(OtherKind.TASKS_UNKNOWN, "", before.benchmark.digest[:12], after.benchmark.digest[:12]))
    one, other = before.rubric, after.rubric
    if one is not None and other is not None and one.hash != other.hash:
        names = [f"{rubric.name} {rubric.version} ({rubric.hash[:8]})" for rubric in (one, other)]
        found.append(_changed(OtherKind.RUBRIC, "", *names))
    return tuple(found)


def changed_tests(before: RunView, after: RunView) -> frozenset[str]:
    """Return the ids of the tasks of both runs that are known to be judged differently."""
    if before.document is None or after.document is None:
        return frozenset()
    old = {task.task_id: task for task in before.document.tasks}
    return frozenset(
        task.task_id
        for task in after.document.tasks
        if task.task_id in old and _same_tests(old[task.task_id], task) is False
    )


def _same_tests(one: TaskRow, other: TaskRow) -> bool | None:
    """Return whether a task is judged in the same way; ``None`` if a run does not record it."""
    if one.tests_digest and other.tests_digest:
        return one.tests_digest == other.tests_digest
    if (one.entry_point, one.base_tests, one.plus_tests) != (other.entry_point, other.base_tests, other.plus_tests):
        return False
    return None


def _tasks(old: ReportDocument, new: ReportDocument) -> Iterator[OtherChange]:
    then, now = ({task.task_id: task for task in document.tasks} for document in (old, new))
    yield from (_changed(OtherKind.TASK_ADDED, name) for name in now if name not in then)
    yield from (_changed(OtherKind.TASK_REMOVED, name) for name in then if name not in now)
    both = [(then[name], now[name]) for name in now if name in then]
    yield from (_changed(OtherKind.TASK_TEXT, other.task_id) for one, other in both if one.prompt != other.prompt)
    same = {other.task_id: _same_tests(one, other) for one, other in both}
    yield from (_changed(OtherKind.TASK_TESTS, name) for name, alike in same.items() if alike is False)
    digests = old.provenance.benchmark.digest, new.provenance.benchmark.digest
    if None in same.values() and digests[0] != digests[1]:
        yield _changed(OtherKind.TASKS_UNKNOWN, "", digests[0][:12], digests[1][:12])
    for one, other in both:
        if one.analysed != other.analysed:
            reasons = [task.unfit or task.excluded or "analysed" for task in (one, other)]
            yield _changed(OtherKind.TASK_LEFT_OUT, other.task_id, *reasons)


def _tools(old: ReportDocument, new: ReportDocument) -> Iterator[OtherChange]:
    then, now = old.provenance, new.provenance
    versions = [{"auditor": one.auditor, **one.tools} for one in (then, now)]
    yield from _differing(OtherKind.VERSION, *versions)
    one, other = then.environment, now.environment
    if one is not None and other is not None and one.digest != other.digest:
        parts = [{"Python": each.python, **each.packages} for each in (one, other)]
        named = list(_differing(OtherKind.ENVIRONMENT, *parts))
        yield from named or [_changed(OtherKind.ENVIRONMENT, "", one.digest[:12], other.digest[:12])]
    if then.sandbox != now.sandbox and then.sandbox and now.sandbox:
        yield _changed(OtherKind.SANDBOX, "", then.sandbox, now.sandbox)


def _settings(
    old: Mapping[str, object], new: Mapping[str, object], models: Sequence[tuple[str, str]]
) -> Iterator[OtherChange]:
    yield from _differing(OtherKind.SETTING, _flat(old), _flat(new))
    tables = [{str(table["name"]): table for table in objects_in(each.get("model"))} for each in (old, new)]
    for then, now in models:
        if then in tables[0] and now in tables[1]:
            pair = [_flat_model(tables[0][then]), _flat_model(tables[1][now])]
            yield from (replace(change, model=now) for change in _differing(OtherKind.SETTING, *pair))


def _flat(config: Mapping[str, object]) -> dict[str, str]:
    """Return the settings that change figures as ``section.key`` → value."""
    return {
        f"{section}.{key}": _shown(value)
        for section, table in config.items()
        if section not in _UNIMPORTANT and isinstance(table, dict)
        for key, value in table.items()
        if f"{section}.{key}" not in _UNIMPORTANT
    }


def _flat_model(table: JsonObject) -> dict[str, str]:
    return {key: _shown(value) for key, value in table.items() if key not in _UNIMPORTANT_OF_MODELS}


def _shown(value: JsonValue) -> str:
    text = value if isinstance(value, str) else " ".join(json_text(value).split())
    return "" if value is None else text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _differing(kind: OtherKind, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[OtherChange]:
    """Compare two tables of texts, the earlier first."""
    names = dict.fromkeys([*before, *after])
    return [
        _changed(kind, name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _changed(kind: OtherKind, name: str = "", before: str = "", after: str = "") -> OtherChange:
    return OtherChange(kind=kind, name=name, before=before, after=after)
