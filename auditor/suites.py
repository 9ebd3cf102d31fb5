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
    """Expected results, one per test; ``None`` to use what the reference returns."""
    atol: float = 0.0
    """Absolute tolerance; 0 means EvalPlus's rule (1e-6 if floats are expected)."""
    oracle: str | None = None
    """Name of a special rule of equality in ``auditor.verify.oracles``; ``None``: plain equality."""
    keywords: tuple[str, ...] = ()
    """Names of the trailing arguments of every call that are passed by keyword."""
    nodes: tuple[str, ...] = ()
    """Shape of each argument and, last, of the result: ``list`` (linked list), ``tree`` (binary tree), or empty.

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
    """Tests given as texts for standard input and expected texts on standard output."""

    stdin: tuple[str, ...]
    """One text per test."""
    stdout: tuple[str, ...] | None = None
    """Expected outputs, one per test; ``None`` to use what the reference writes."""
    comparator: Comparator = DEFAULT
    """The rule by which outputs are compared."""
    atol: float = TOLERANCE
    """Absolute tolerance of ``tokens+float``."""
    rtol: float = TOLERANCE
    """Relative tolerance of ``tokens+float``."""
    checker: str = ""
    """Python source of ``check(stdin, stdout, expected)``, for the comparator ``checker``."""
    cpu_seconds: float | None = None
    """Time limit per test in the statement, in seconds of a judge's machine; ``None`` if it states none."""
    memory_mb: int | None = None
    """Memory limit in the statement, in MiB; ``None`` if it states none."""

    @property
    def rule(self) -> str:
        """Return the name of the comparison rule, with its tolerances if it has any."""
        if self.comparator is Comparator.TOKENS_FLOAT:
            return f"{self.comparator} (absolute {self.atol:g}, relative {self.rtol:g})"
        return str(self.comparator)

    def __len__(self) -> int:
        """Count the tests."""
        return len(self.stdin)


class Trust(StrEnum):
    """How far a verdict can be trusted if a solution tries to fool its tests."""

    SEPARATE = "separate"
    """Tests and solution run in separate processes; only values pass between them."""
    IN_PROCESS = "in-process"
    """Tests and solution share a process, as tests that patch modules need: a hostile solution can fool them."""

    @property
    def rank(self) -> int:
        """How little it says: 0 is the most trusted."""
        return list(Trust).index(self)


@dataclass(frozen=True, slots=True)
class UnittestSuite:
    """Tests given as Python source with ``unittest`` classes or fixture-free test functions."""

    source: str
    tests: tuple[str, ...]
    """The tests that count, as ``Class.method`` or a function's name; found by parsing, never by running."""
    trust: Trust = Trust.SEPARATE
    """Where the tests run."""
    otherwise: tuple[str, ...] = ()
    """Tests of the plus suite that replace this suite if the reference fails it; as many as this suite has, or none."""
    apart_only: bool = False
    """Whether the task asks for separate processes: it is unfit if its suite cannot run that way."""

    @property
    def asks_for_one(self) -> bool:
        """Whether the task asks for tests and solution in one process."""
        return self.trust is Trust.IN_PROCESS

    def __len__(self) -> int:
        """Count the tests."""
        return len(self.tests)


Suite = InputSuite | AssertSuite | StdinSuite | UnittestSuite
