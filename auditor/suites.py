"""The kinds of test suite that a task can have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.comparators import DEFAULT, TOLERANCE, Comparator


@dataclass(frozen=True, slots=True)
class InputSuite:
    """Tests given as inputs and expected outputs."""

    inputs: tuple[tuple[object, ...], ...]
    """Arguments, one tuple per test; plain builtins only."""
    outputs: tuple[object, ...] | None = None
    """Expected results, one per test; ``None`` takes what the reference returns."""
    atol: float = 0.0
    """Absolute tolerance; 0 means EvalPlus's rule (1e-6 where floats are expected)."""
    oracle: str | None = None
    """A special rule of equality by its name in ``auditor.verify.oracles``; ``None`` is plain equality."""
    keywords: tuple[str, ...] = ()
    """Names of the last arguments of every call, which are passed by keyword."""
    nodes: tuple[str, ...] = ()
    """The shape of each argument and, last, of the result: ``list`` (linked list), ``tree`` (binary tree), or empty.

    Inputs and outputs of those shapes are plain lists; the program gets and returns nodes. Empty: no shapes.
    """

    def __len__(self) -> int:
        """Count the tests."""
        return len(self.inputs)


@dataclass(frozen=True, slots=True)
class AssertSuite:
    """Tests given as a Python script that uses ``candidate`` or the entry point's own name."""

    source: str

    def __len__(self) -> int:
        """Count the suite as one test: a script passes or fails as a whole."""
        return 1


@dataclass(frozen=True, slots=True)
class StdinSuite:
    """Tests given as texts for standard input and the texts expected on standard output."""

    stdin: tuple[str, ...]
    """One text per test."""
    stdout: tuple[str, ...] | None = None
    """Expected outputs, one per test; ``None`` takes what the reference writes."""
    comparator: Comparator = DEFAULT
    """When an output is right."""
    atol: float = TOLERANCE
    """Absolute tolerance of ``tokens+float``."""
    rtol: float = TOLERANCE
    """Relative tolerance of ``tokens+float``."""
    checker: str = ""
    """Python source of ``check(stdin, stdout, expected)``, for the comparator ``checker``."""
    cpu_seconds: float | None = None
    """The statement's time limit per test on a judge's machine; ``None``: it states none."""
    memory_mb: int | None = None
    """The statement's memory limit in MiB; ``None``: it states none."""

    @property
    def rule(self) -> str:
        """Name the rule by which outputs are compared, with its tolerances where it has any."""
        if self.comparator is Comparator.TOKENS_FLOAT:
            return f"{self.comparator} (absolute {self.atol:g}, relative {self.rtol:g})"
        return str(self.comparator)

    def __len__(self) -> int:
        """Count the tests."""
        return len(self.stdin)


class Trust(StrEnum):
    """How far a verdict can be trusted against a solution that works to fool its tests."""

    SEPARATE = "separate"
    """Tests and solution run in processes of their own; only values pass between them."""
    IN_PROCESS = "in-process"
    """Tests and solution share a process, as tests that patch modules need: a hostile solution can fool them."""


@dataclass(frozen=True, slots=True)
class UnittestSuite:
    """Tests given as Python source with ``unittest`` classes, or test functions without fixtures."""

    source: str
    tests: tuple[str, ...]
    """The tests that count: ``Class.method``, or a function's name; found by parsing, never by running."""
    trust: Trust = Trust.SEPARATE
    """Where the tests run."""
    otherwise: tuple[str, ...] = ()
    """Tests of the plus suite that take its place where the reference does not pass it; as many as it has, or none."""
    apart_only: bool = False
    """The task itself asks for separate processes: a suite that cannot run so makes it unfit."""

    @property
    def asks_for_one(self) -> bool:
        """Whether the task asks for tests and solution in one process."""
        return self.trust is Trust.IN_PROCESS

    def __len__(self) -> int:
        """Count the tests."""
        return len(self.tests)


Suite = InputSuite | AssertSuite | StdinSuite | UnittestSuite
