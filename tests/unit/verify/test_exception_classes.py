"""Which classes of exceptions one process finds by the path that another says."""

from __future__ import annotations

import queue
import sys

import pytest

from auditor.verify.inside.objects import exception_class


def test_a_class_of_the_standard_library_is_found() -> None:
    """Also if its module was not loaded before; a name that is no exception class is nothing."""
    assert exception_class("queue:Empty") is queue.Empty
    assert exception_class("queue:Queue") is None
    assert exception_class("queue:NoSuchError") is None


@pytest.mark.parametrize("module", ["this", "antigravity", "asyncio.__main__", "idlelib.idle", "test.autotest"])
def test_a_module_that_runs_something_is_not_imported(module: str) -> None:
    """The other process holds the candidate: what it names must not start anything here."""
    assert module not in sys.modules
    assert exception_class(f"{module}:Error") is None
    assert module not in sys.modules
