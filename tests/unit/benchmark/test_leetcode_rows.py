"""LeetCodeDataset's rows: asserts and recorded results together are the plus suite."""

from __future__ import annotations

import math
from typing import Any

import pytest

from auditor.benchmark.draft import Unfit
from auditor.benchmark.leetcode import read_task
from auditor.benchmark.rows import SourceRow
from auditor.suites import InputSuite


def plus(test: str, recorded: list[tuple[str, str]], parameters: str = "n, xs") -> InputSuite:
    """Read a row with these tests; returns its plus suite."""
    values: dict[str, Any] = {
        "task_id": "t", "prompt": "from math import *\n", "entry_point": "Solution().f", "difficulty": "Easy",
        "completion": f"class Solution:\n    def f(self, {parameters}):\n        pass\n", "test": test,
        "problem_description": "Example 1:\n\nInput: n = 1, xs = [2]\nOutput: 3\n\nConstraints:\n",
        "input_output": [{"input": given, "output": result} for given, result in recorded],
    }  # fmt: skip
    suite = read_task(SourceRow(values, "rows.jsonl:1")).plus
    assert isinstance(suite, InputSuite)
    return suite


def test_recorded_results_follow_the_asserts() -> None:
    """Each call counts once, in the parameters' order; results that are messages of errors do not count."""
    found = plus(
        "def check(candidate):\n    assert candidate(n = 1, xs = [2]) == 3\n",
        [
            ("n = 1, xs = [2]", "3"), ("xs = [null, true], n = -1", "inf"), ("n = 2, xs = []", "Error: no such thing"),
            ("n = 2, xs = [nan]", "1"), ("n = 2", "1"), ("n = 2, xs = [1]", "not a value"),
        ],
    )  # fmt: skip
    assert found.keywords == ("n", "xs")
    assert found.inputs == ((1, [2]), (-1, [None, True]))
    assert found.outputs == (3, math.inf)


def test_recorded_texts_have_quotes_or_not() -> None:
    """If the asserts expect texts, a recorded result is the text itself unless it is quoted, or there is none."""
    test = 'def check(candidate):\n    assert candidate(n = 1, xs = [2]) == "ab"\n'
    found = plus(
        test,
        [("n = 2, xs = []", '"12"'), ("n = 3, xs = []", "12"), ("n = 4, xs = []", '"'), ("n = 5, xs = []", "None")],
    )
    assert found.outputs == ("ab", "12", "12", '"')


def test_nodes_are_recorded_as_lists() -> None:
    """A recorded list is what the asserts make of it: here a linked list."""
    test = "def check(candidate):\n    assert candidate(n = 1, xs = list_node([2])) == 3\n"
    found = plus(test, [("n = 2, xs = [1,2]", "3")])
    assert (found.nodes, found.inputs[1]) == (("", "list", ""), (2, [1, 2]))


def test_a_row_without_asserts_is_unfit() -> None:
    with pytest.raises(Unfit, match="makes no assertion"):
        plus("def check(candidate):\n    pass\n", [("n = 2, xs = []", "1")])
