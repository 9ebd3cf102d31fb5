"""Whether more plus tests would find more false positives: the false discovery rate by their number.

A program that fails f of a task's N plus tests passes a random choice of m of them with probability C(N-f, m)/C(N, m).
If the tests ended at the first failure, f is unknown; then the first m tests represent a random choice, provided that
they ran in the suite's order. Where they ran in another, such as by the size of their inputs, the tests before the
failing one were not run, and what a share of the suite would find is unknown. Twice the tests of the
last point are expected to add Δ²/Δ', where Δ is the last rise and Δ' the one before, as if rises declined
geometrically. The prediction is only one step ahead: a limit, or an estimate of the number of kinds of fault, would
claim more than so few points support.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from auditor.analysis.resampling import survival
from auditor.records import ResultCode
from auditor.results import PlusTestPoint, Saturation

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Shares of each task's plus tests; each has twice the tests of the one before."""
LEAST_TESTS = 8
"""Plus tests that a task needs, so that an eighth of them is at least one."""


@dataclass(frozen=True, slots=True)
class PlusTestRow:
    """Results of the plus tests on one or more programs of a model that pass base."""

    model: str
    task_id: str
    passed: bytes
    """A :class:`~auditor.records.ResultCode` a test."""
    weight: int = 1
    """Number of the model's samples with such programs."""


def saturation(rows: Iterable[PlusTestRow]) -> Saturation | None:
    """Return the false discovery rate at each share of the plus tests, a mean over tasks with accepted samples.

    ``None`` without a task of at least :data:`LEAST_TESTS` plus tests, and where a program of such a task has a failing
    test behind tests that were not run.
    """
    tasks: dict[str, list[PlusTestRow]] = {}
    for row in rows:
        if len(row.passed) >= LEAST_TESTS:
            if ResultCode.NOT_RUN in row.passed.partition(bytes([ResultCode.FAILED]))[0]:
                return None
            tasks.setdefault(row.task_id, []).append(row)
    if not tasks:
        return None
    rates, tests = np.zeros((len(tasks), len(SHARES))), np.zeros((len(tasks), len(SHARES)))
    for place, programs in enumerate(tasks.values()):
        weights = np.array([row.weight for row in programs], dtype=np.float64)
        for column, share in enumerate(SHARES):
            caught = [_caught(row.passed, share) for row in programs]
            rates[place, column] = float(weights @ np.array(caught) / weights.sum())
            tests[place, column] = _number(len(programs[0].passed), share)
    means = rates.mean(axis=0)
    return Saturation(
        points=tuple(
            PlusTestPoint(share=share, tests=float(number), false_discovery_rate=float(rate))
            for share, number, rate in zip(SHARES, tests.mean(axis=0), means, strict=True)
        ),
        next_doubling=_next_rise(float(means[-2] - means[-3]), float(means[-1] - means[-2])),
        tasks=len(tasks),
        least_tests=LEAST_TESTS,
    )


def _number(tests: int, share: float) -> int:
    return max(1, round(share * tests))


def _caught(passed: bytes, share: float) -> float:
    """Return the probability that a share of the tests contains one that the program fails."""
    first = passed.find(ResultCode.FAILED)
    if first < 0:
        return 0.0
    number = _number(len(passed), share)
    if ResultCode.NOT_RUN in passed:
        return float(first < number)
    return 1.0 - float(survival(len(passed), passed.count(ResultCode.FAILED), number)[0, -1])


def _next_rise(before: float, last: float) -> float | None:
    """Predict the next rise from the last two; ``None`` if they grow."""
    if last <= 0:
        return 0.0 if before >= 0 else None
    return last * last / before if before >= last - 1e-12 else None
