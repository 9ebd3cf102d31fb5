"""Runs next to others, and by themselves; and what tells that a program lacked threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from auditor.records import FailingTest, FailureKind, Outcome, SuiteName, Verdict
from auditor.verify.turns import Turns, lacked_threads


def test_one_by_itself_has_nobody_beside_it() -> None:
    """Many enter together; while one is by itself nobody else is inside, and everybody gets a turn."""
    turns, inside, beside = Turns(), list[int](), list[tuple[bool, int]]()
    guard = threading.Lock()

    def enter(number: int) -> None:
        alone = number % 5 == 0
        with turns.by_itself() if alone else turns.together():
            with guard:
                inside.append(number)
            time.sleep(0.003)
            with guard:
                beside.append((alone, len(inside)))
                inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(60)))
    assert len(beside) == 60
    assert {count for alone, count in beside if alone} == {1}
    assert max(count for alone, count in beside if not alone) > 1


@pytest.mark.parametrize(
    ("outcome", "detail", "got", "lacked"),
    [
        (Outcome.FAIL, "", "RuntimeError: can't start new thread", True),
        (Outcome.FAIL, "raised when loaded: RuntimeError: can't start new thread", "", True),
        (Outcome.FAIL, "", "3", False),
        (Outcome.PASS, "can't start new thread", "", False),
        (Outcome.TIMEOUT, "", "RuntimeError: can't start new thread", False),
    ],
)
def test_lacked_threads(outcome: Outcome, detail: str, got: str, lacked: bool) -> None:
    """A failure that says that no thread could be started is told from any other."""
    failing = FailingTest(0, "f()", "1", got, FailureKind.EXCEPTION) if got else None
    assert lacked_threads(Verdict("p", SuiteName.BASE, outcome, 1, b"", failing, detail)) is lacked
