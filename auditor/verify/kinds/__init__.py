"""The kinds of task: how each prepares a suite and judges a program by it.

A kind is a package with a function ``prepare`` that returns a :class:`~auditor.verify.kinds.base.Prepared`.
To add one: a suite class in :mod:`auditor.suites`, a branch below, jobs in :mod:`auditor.verify.protocol`
and functions inside the sandbox that run them (:mod:`auditor.verify.inside.jobs`).
"""

from __future__ import annotations

from typing import assert_never

from auditor.records import AssertSuite, InputSuite, StdinSuite, SuiteName, Task, UnittestSuite
from auditor.verify.kinds import calls, program, script, tests
from auditor.verify.kinds.base import Prepared, Workshop


def prepare(task: Task, name: SuiteName, workshop: Workshop) -> Prepared:
    """Prepare a suite by its kind, from stored outputs of its reference or by running it.

    Raises :class:`~auditor.verify.kinds.base.UnfitError` if the reference does not pass, and
    :class:`~auditor.verify.server.ZygoteDiedError`.
    """
    suite = task.suite(name)
    match suite:
        case InputSuite():
            return calls.prepare(task, name, suite, workshop)
        case AssertSuite():
            return script.prepare(task, suite, workshop)
        case StdinSuite():
            return program.prepare(task, suite, workshop)
        case UnittestSuite():
            return tests.prepare(task, name, suite, workshop)
        case _:
            assert_never(suite)
