"""Grade the single tests of a suite: which fail nothing, which only one program fails, and saturation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Shares of the tests at which the killed share is computed: each twice the one before."""


@dataclass(frozen=True, slots=True)
class FailedTests:
    """One wrong program on one suite with a verdict for each test."""

    task_id: str
    tests: int
    """Tests of the suite, at least 1."""
    failed: frozenset[int]
    """Indices of those that the program fails."""


@dataclass(frozen=True, slots=True)
class SuiteTestFigures:
    """The grades of one suite's single tests."""

    tests: int
    """Tests run individually on a wrong program."""
    idle: int
    """Tests that fail no wrong program."""
    sole: int
    """Tests that exactly one wrong program fails."""
    killed: tuple[float, ...]
    """Share of the wrong programs that fail a random choice of an eighth, a quarter, half, and all of the tests of
    their task, in the mean over all choices; empty without such programs."""
    unbounded: float | None
    """Further share that tests of the same kind without end would kill, if the rises go on to decline geometrically:
    r²/(p - r) with r the last rise and p the one before; ``None`` if they do not decline, or nothing is known."""


def figures_of_tests(
    programs: Sequence[FailedTests], together: Sequence[FailedTests] | None = None
) -> SuiteTestFigures:
    """Add up what wrong programs fail.

    Shares and saturation are those of ``together``, the programs on a larger suite that contains this one; by default
    of the suite itself.
    """
    sizes = {one.task_id: one.tests for one in programs}
    failing = Counter((one.task_id, place) for one in programs for place in one.failed)
    whole = programs if together is None else together
    killed = tuple(
        sum(_caught(one.tests, len(one.failed), share) for one in whole) / len(whole) for share in SHARES
    ) if whole else ()  # fmt: skip
    total = sum(sizes.values())
    return SuiteTestFigures(
        tests=total, idle=total - len(failing), sole=sum(count == 1 for count in failing.values()), killed=killed,
        unbounded=_still_to_come(killed),
    )  # fmt: skip


def joined(first: FailedTests, second: FailedTests) -> FailedTests:
    """Return one program's results on the tests of ``first`` followed by those of ``second``."""
    behind = frozenset(first.tests + place for place in second.failed)
    return FailedTests(first.task_id, first.tests + second.tests, first.failed | behind)


def _caught(tests: int, failed: int, share: float) -> float:
    """Return the probability that a random share of the tests, at least one, contains a failed one."""
    drawn = max(1, round(share * tests))
    return 1.0 - comb(tests - failed, drawn) / comb(tests, drawn)


def _still_to_come(killed: Sequence[float]) -> float | None:
    if len(killed) < len(SHARES):
        return None
    before, last = killed[-2] - killed[-3], killed[-1] - killed[-2]
    if last <= 0:
        return 0.0
    if before <= last:
        return None
    return min(1.0 - killed[-1], last**2 / (before - last))
