"""Tests that run apart from a solution find in it what they find in one process."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, Task, UnittestSuite, program_id
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier

BOX = """
class Box:
    def __init__(self):
        self.rows = [[0]]
    def put(self, row):
        self.rows.append({put})
    def get(self):
        return {get}
    def last(self):
        return {last}
    def add(self, n):
        self.rows[-1].append(n)
"""
WAYS = {
    "put": ("list(row)", "row"),
    "get": ("[list(row) for row in self.rows]", "list(self.rows)"),
    "last": ("list(self.rows[-1])", "self.rows[-1]"),
}
STEPS = (
    "x = box.get()",
    "y = box.last()",
    "box.put(y)",
    "box.add(len(y))",
    "y.append(9)",
    "x.append([8])",
    "x[0].append(7)",
)


def sources() -> list[str]:
    """Return every class; the first one copies everything."""
    return [BOX.format(**dict(zip(WAYS, ways, strict=True))) for ways in itertools.product(*WAYS.values())]


def seen(source: str, steps: list[str]) -> list[Any]:
    """Run steps on a class in this process; return what a test can see after each."""
    names: dict[str, Any] = {}
    exec(source, names)
    names |= {"box": names["Box"](), "x": [[1]], "y": [2]}
    found = []
    for step in steps:
        exec(step, names)
        found.append(eval("repr((x, y, box.get(), box.last()))", names))
    return found


def suite(steps: list[str]) -> UnittestSuite:
    """Write steps as a test that expects what the first class gives."""
    lines = ["box, x, y = Box(), [[1]], [2]"]
    for step, value in zip(steps, seen(sources()[0], steps), strict=True):
        lines += [step, f"self.assertEqual((x, y, box.get(), box.last()), {value})"]
    body = "".join(f"        {line}\n" for line in lines)
    return UnittestSuite(
        f"import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n{body}", ("T.test_it",)
    )


@settings(max_examples=3, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=2, max_size=10))
def test_a_verdict_is_that_of_one_process(steps: list[str]) -> None:
    """A class passes exactly if it gives in one process, step by step, what the copying one does."""
    tests = suite(steps)
    first, *_ = classes = sources()
    task = Task("T", "", Target(TargetKind.CLASS, "Box"), first, tests, tests)
    programs = {program_id("T", one): one for one in classes}
    with Verifier({"T": task}, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}
        assert (verifier.in_process, verifier.apart_only) == ({}, {})
        found = {
            verdicts[0].program: verdicts[0].outcome is Outcome.PASS
            for verdicts in verifier.verify(Program(key, "T", one) for key, one in programs.items())
        }
    assert found == {key: seen(one, steps) == seen(first, steps) for key, one in programs.items()}
