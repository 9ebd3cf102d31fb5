"""Read own tasks: JSONL rows in the format of ``docs/benchmarks.md``, checked key by key."""

from __future__ import annotations

import ast

from auditor.benchmark.checks import check_keys, kind, nearest, parsed, text
from auditor.benchmark.contracts import contract_of
from auditor.benchmark.draft import Draft
from auditor.benchmark.own_suites import read_suite
from auditor.benchmark.packages import FILES_MB
from auditor.benchmark.rows import SourceRow, id_text
from auditor.benchmark.unittests import asks_for_files
from auditor.errors import InputError
from auditor.json_types import JsonObject, list_or_empty, object_or_empty
from auditor.suites import Suite, UnittestSuite
from auditor.targets import Target, TargetKind, definition

NEEDED = ("task_id", "prompt", "entry_point", "reference", "base", "plus")
TASK_KEYS = (*NEEDED, "prelude", "correct", "wrong", "requires", "files_mb", "family", "slices", "contract")
"""``entry_point`` is missing if a solution is a program; ``reference`` may be, if outputs are given."""
MOST_FILES_MB = 1024
"""Largest file quota of a task in megabytes."""


def read_task(row: SourceRow) -> Draft:
    """Read a row of an own-task file.

    Raises :class:`~auditor.errors.InputError` with the row's position, the key and the remedy.
    """
    values, where = row.values, row.where
    if "task_id" in values:
        values = {**values, "task_id": id_text(values["task_id"])}
    check_keys(values, TASK_KEYS, where, inside="")
    is_program = "entry_point" not in values and _has_stdin(values)
    for key in NEEDED:
        if key not in values and not (is_program and key in {"entry_point", "reference"}):
            remedy = (
                f"a task has {', '.join(NEEDED)}; a program has no entry_point, and its suites have stdin and stdout"
            )
            raise InputError(f"lacks {key!r}", where=where, remedy=remedy)
    task_id, prompt = (text(values, key, where) for key in NEEDED[:2])
    reference = text(values, "reference", where) if "reference" in values else ""
    prelude = text(values, "prelude", where) if "prelude" in values else ""
    target = Target(TargetKind.PROGRAM) if is_program else _target(text(values, "entry_point", where), reference, where)
    if reference:
        _check_reference(reference, target, where)
    base, plus = (read_suite(values[key], key, target, where) for key in NEEDED[4:])
    files = _files(values["files_mb"], where) if "files_mb" in values else _files_for(base, plus)
    return Draft(
        task_id=task_id, prompt=prompt, target=target, reference=reference, base=base, plus=plus, where=where,
        prelude=prelude, files_mb=files, family=text(values, "family", where) if "family" in values else "",
        known_right=_programs(values, "correct", where), known_wrong=_programs(values, "wrong", where),
        requires=_list(values, "requires", where), slices=_slices(values.get("slices", {}), where),
        contract=_contract(values, reference, target, where),
    )  # fmt: skip


def _contract(values: JsonObject, reference: str, target: Target, where: str) -> str:
    """Read ``contract``: a program with ``valid``, or assertions about the reference's parameters."""
    if "contract" not in values:
        return ""
    found = contract_of(text(values, "contract", where), reference, target.name)
    if not found:
        remedy = "define valid(…), or write assertions about the reference's own parameters"
        raise InputError("contract does not constrain any input", where=where, remedy=remedy)
    return found


def _has_stdin(values: JsonObject) -> bool:
    return any({"stdin", "stdout"} & set(object_or_empty(values.get(key))) for key in ("base", "plus"))


def _target(name: str, reference: str, where: str) -> Target:
    """Return what an entry point names: a method, a class of the reference, or else a function."""
    try:
        if "." in name:
            return Target(TargetKind.METHOD, name)
        found = definition(ast.parse(reference), name)
        return Target(TargetKind.CLASS, name) if isinstance(found, ast.ClassDef) else Target.function(name)
    except SyntaxError:
        return Target.function(name)
    except ValueError:
        raise InputError(
            f"entry_point {name!r} is not a function's name",
            where=where,
            remedy="give just a function's or class's name, or Solution().f for a method",
        ) from None


def _check_reference(reference: str, target: Target, where: str) -> None:
    tree = parsed(reference, "reference", where)
    if target.is_defined_in(tree):
        return
    bound = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if target.name in bound:
        return
    raise InputError(
        f"reference does not define {target.name!r}",
        where=where,
        remedy=nearest(target.name, bound, "the reference is a whole program, not what follows the prompt"),
    )


def _programs(values: JsonObject, key: str, where: str) -> tuple[str, ...]:
    """Read a list of whole programs, each of which must parse."""
    programs = _list(values, key, where)
    for number, source in enumerate(programs):
        parsed(source, f"{key}[{number}]", where)
    return programs


def _list(values: JsonObject, key: str, where: str) -> tuple[str, ...]:
    found = values.get(key, [])
    texts = tuple(one for one in list_or_empty(found) if isinstance(one, str) and one.strip())
    if not isinstance(found, list) or len(texts) < len(found):
        raise InputError(f"{key} is not a list of strings", where=where, remedy="give a list of strings, none empty")
    return texts


def _files(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_FILES_MB:
        remedy = "give the megabytes of files that a solution may write"
        raise InputError(f"files_mb is {value!r}, not an integer from 0 to {MOST_FILES_MB}", where=where, remedy=remedy)
    return value


def _files_for(*suites: Suite) -> int:
    """Return the default file quota of a task: enough for tests that use a folder."""
    sources = (suite.source for suite in suites if isinstance(suite, UnittestSuite))
    return FILES_MB if any(map(asks_for_files, sources)) else 0


def _slices(value: object, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _bad_slices(value, where)
    found = []
    for name, given in value.items():
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, str | int | float):
                raise _bad_slices(value, where)
            found.append((str(name), str(one)))
    return tuple(found)


def _bad_slices(value: object, where: str) -> InputError:
    return InputError(
        f"slices is {kind(value)} without texts" if isinstance(value, dict) else f"slices is {kind(value)}",
        where=where,
        remedy='give an object of texts or lists of texts, e.g. {"difficulty": "hard", "topic": ["graphs", "search"]}',
    )
