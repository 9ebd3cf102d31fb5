"""The hub's layouts: ``openai/openai_humaneval`` and ``evalplus/humanevalplus``, and ``evalplus/mbppplus``.

Their tests are scripts. Most can be read as inputs and outputs, which gives a result per test; the
rest run as they are.
"""

from __future__ import annotations

import ast

from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import SourceRow
from auditor.benchmark.scripts import read_asserts, read_plus_test
from auditor.errors import InputError
from auditor.json_types import JsonObject, list_or_empty
from auditor.records import AssertSuite, Suite
from auditor.targets import Target


def read_humaneval(row: SourceRow) -> Draft:
    """Read a row of HumanEval or HumanEval+: one suite, which is base or plus depending on the source.

    Raises :class:`~auditor.benchmark.draft.Unfit` for a test that never uses the solution.
    """
    task_id, prompt, test = row.text("task_id"), row.text("prompt"), row.text("test")
    return Draft(
        task_id=task_id,
        prompt=prompt,
        target=_function(row.text("entry_point"), row),
        reference=prompt + row.text("canonical_solution"),
        base=None,
        plus=_humaneval_suite(test, task_id),
        where=row.where,
    )


def _humaneval_suite(test: str, task_id: str) -> Suite:
    """Read ``check(candidate)``; a script must also call it, since the row only defines it."""
    plus = read_plus_test(test)
    suite = plus.suite if plus else read_asserts(test, "candidate")
    if (suite is not None and not len(suite)) or not _uses_candidate(test):
        raise Unfit(task_id, "its test never uses the solution, so every program that can be imported would pass")
    return suite or AssertSuite(f"{test.rstrip()}\n\n\ncheck(candidate)\n")


def _uses_candidate(test: str) -> bool:
    """Return whether a test script reads ``candidate``; one that does not parse fails later."""
    try:
        tree = ast.parse(test)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return any(isinstance(node, ast.Name) and node.id == "candidate" for node in ast.walk(tree))


def read_mbpp(row: SourceRow) -> Draft:
    """Read a row of MBPP+: ``test_list`` is the base suite, ``test`` the plus suite, task N is ``Mbpp/N``.

    Raises :class:`~auditor.benchmark.draft.Unfit` if no loop shows which function is required.
    """
    text, reference, test = row.text("prompt"), row.text("code"), row.text("test")
    task_id = f"Mbpp/{row.values['task_id']}"
    asserts = _lines(row.values, "test_list")
    plus = read_plus_test(test)
    if plus is None:
        raise Unfit(task_id, "its plus tests are not a loop over literal inputs and results")
    if not asserts:
        raise Unfit(task_id, "it has no base tests")
    script = "\n".join([*_lines(row.values, "test_imports"), *asserts]) + "\n"
    return Draft(
        task_id=task_id,
        prompt=f'"""\n{text}\n{asserts[0]}\n"""\n',
        target=_function(plus.entry_point, row),
        reference=reference,
        base=read_asserts(script, plus.entry_point) or AssertSuite(script),
        plus=plus.suite,
        where=row.where,
    )


def _function(name: str, row: SourceRow) -> Target:
    try:
        return Target.function(name)
    except ValueError as error:
        raise InputError(f"entry point: {error}", where=row.where, remedy="fetch the data set again") from None


def _lines(values: JsonObject, key: str) -> list[str]:
    return [str(line) for line in list_or_empty(values.get(key))]
