"""What a task asks for, and whether a module defines it."""

from __future__ import annotations

import ast

import pytest

from auditor.targets import Target, TargetKind

FUNCTION, CLASS = Target.function("f"), Target(TargetKind.CLASS, "Stack")
METHOD, PROGRAM = Target(TargetKind.METHOD, "Solution().f"), Target(TargetKind.PROGRAM)


@pytest.mark.parametrize(
    ("target", "source", "defined"),
    [
        (FUNCTION, "def f(): pass", True),
        (FUNCTION, "f = lambda: 1", True),
        (FUNCTION, "try:\n    from math import gcd as f\nexcept ImportError:\n    pass", True),
        (FUNCTION, "def g():\n    def f(): pass", False),
        (FUNCTION, "class A:\n    def f(self): pass", False),
        (CLASS, "class Stack: pass", True),
        (CLASS, "from collections import deque as Stack", True),
        (CLASS, "def Stack(): pass", False),
        (METHOD, "class Solution:\n    def f(self): pass", True),
        (METHOD, "class Solution:\n    if True:\n        f = len", True),
        (METHOD, "class Solution:\n    def g(self): pass", False),
        (METHOD, "class Base:\n    def f(self): pass\nclass Solution(Base): pass", True),
        (METHOD, "def f(): pass", False),
        (PROGRAM, "print(input())", True),
        (PROGRAM, "", True),
    ],
)
def test_a_module_defines_what_is_asked_for(target: Target, source: str, *, defined: bool) -> None:
    assert target.is_defined_in(ast.parse(source)) is defined


def test_a_target_names_what_the_module_binds_and_the_method() -> None:
    assert [(one.binds, one.method) for one in (FUNCTION, CLASS, METHOD, PROGRAM)] == [
        ("f", ""),
        ("Stack", ""),
        ("Solution", "f"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("function", "f()"), ("function", ""), ("class", "A.b"), ("method", "f"), ("method", "A(1).f"), ("program", "f")],
)
def test_a_name_that_does_not_fit_its_kind_is_refused(kind: str, name: str) -> None:
    with pytest.raises(ValueError, match="does not name a"):
        Target(TargetKind(kind), name)
