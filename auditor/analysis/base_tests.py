"""The false discovery rate as a function of the number of base tests.

A program that passes p of a task's N base tests passes a random choice of m of them with probability
C(p, m)/C(N, m). Averaging over programs gives exactly, without drawing subsets, the share of wrong answers among the
accepted ones if the suite had only m tests. A task with fewer than m tests keeps all of them.

A sample without a result for each test, such as one without a program, counts by its verdict: with no test it is
accepted like every other, with any test only if it passes base. So without tests the share is that of all samples, one
minus single-sample accuracy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from auditor.analysis.arrays import Floats
from auditor.analysis.counts import Counts
from auditor.analysis.metrics import Columns
from auditor.analysis.resampling import divide, survival
from auditor.errors import InputError
from auditor.results import BaseTestPoint


class BaseTestRow(NamedTuple):
    """Per-test results on the base suite, shared by one or more programs of a model."""

    model: str
    task_id: str
    tests: int
    """Base tests of the task, at least 1."""
    passed: int
    """Number of them that such a program passes."""
    correct: bool
    """Whether it passes base and plus; a program that fails any base test is not correct."""
    weight: int = 1
    """Number of the model's samples with such programs."""


def base_test_curve(
    rows: Iterable[BaseTestRow],
    *,
    counts: Counts | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    points: int = 40,
) -> tuple[BaseTestPoint, ...]:
    """Return the false discovery rate for 0, 1, 2 … base tests, with intervals over tasks.

    At most ``points`` numbers of tests are returned, geometrically spaced; none without rows. The model's ``counts``
    add the samples without rows, and intervals draw their tasks or families, as those of its other figures do, so that
    one quantity has one value and one interval; without ``counts``, the rows are all samples.

    Raises :class:`~auditor.errors.InputError` with model and task for an impossible row, one of a task not counted, or
    more rows than counted samples.
    """
    table = _Table(list(rows), counts)
    if not len(table.task):
        return ()
    clusters = None if counts is None else counts.clusters
    entries = []
    for tests in _grid(table.most_tests, points):
        accepted, false = table.let_through(tests)
        macro = Columns(divide(false, accepted), (accepted > 0).astype(np.float64)).clustered(clusters)
        entries.append(
            BaseTestPoint(
                tests=tests,
                false_discovery_rate=macro.interval(confidence=confidence, resamples=resamples, seed=seed),
                micro=float(false.sum() / accepted.sum()) if accepted.sum() > 0 else None,
                accepted=table.share_accepted(accepted),
                tasks=int(np.count_nonzero(table.tests_by_task >= max(tests, 1))),
            )
        )
    return tuple(entries)


class _Table:
    """The rows as arrays, with a number for each task: its place in the counts, or else in the rows."""

    def __init__(self, rows: Sequence[BaseTestRow], counts: Counts | None) -> None:
        counted = None if counts is None else set(counts.task_ids)
        for row in rows:
            if not 0 <= row.passed <= row.tests or row.tests < 1 or row.weight < 1:
                raise InputError(f"model {row.model!r}, task {row.task_id!r}: {row.passed} of {row.tests} tests pass")
            if row.correct and row.passed < row.tests:
                raise InputError(
                    f"model {row.model!r}, task {row.task_id!r}: a program that fails a base test cannot be correct"
                )
            if counted is not None and row.task_id not in counted:
                raise InputError(f"model {row.model!r}, task {row.task_id!r}: has per-test results but no counts")
        _, named, tests, passed, correct, weights = zip(*rows, strict=True) if rows else ((),) * 6
        places = {task_id: place for place, task_id in enumerate(counts.task_ids if counts else dict.fromkeys(named))}
        self.task = np.array([places[task_id] for task_id in named], dtype=np.int64)
        self.tests = np.array(tests, dtype=np.int64)
        self.failed = self.tests - np.array(passed, dtype=np.int64)
        self.wrong = 1.0 - np.array(correct, dtype=np.float64)
        self.weight = np.array(weights, dtype=np.float64)
        self.most_tests = int(self.tests.max(initial=0))
        self.tests_by_task = np.zeros(len(places), dtype=np.int64)
        np.maximum.at(self.tests_by_task, self.task, self.tests)
        self._samples = self._by_task(self.weight)
        self._set_others(counts)
        # Choosing m tests that a program passes is drawing m times without hitting one that it fails.
        self._pass_chance = {
            count: survival(np.full(count + 1, count), np.arange(count + 1), count)
            for count in set(self.tests.tolist())
        }

    def _set_others(self, counts: Counts | None) -> None:
        """Keep, per task, the counted samples without rows: the rejected, the accepted, and the wrong accepted ones."""
        self._rejected = self._accepted = self._accepted_wrong = np.zeros(len(self._samples))
        if counts is None:
            return
        passed = self.failed == 0
        self._accepted = counts.base_passes - self._by_task(self.weight * passed)
        self._accepted_wrong = counts.false_positives - self._by_task(self.weight * passed * self.wrong)
        self._rejected = counts.n - counts.base_passes - self._by_task(self.weight * ~passed)
        right = self._accepted - self._accepted_wrong
        if len(short := np.flatnonzero((self._rejected < 0) | (right < 0) | (self._accepted_wrong < 0))):
            raise InputError(
                f"model {counts.model!r}, task {counts.task_ids[short[0]]!r}: has more per-test results than samples"
            )
        self._samples = counts.n.astype(np.float64)

    def let_through(self, tests: int) -> tuple[Floats, Floats]:
        """Return, per task, the expected samples that pass ``tests`` random base tests, and the false ones of them."""
        chance = np.empty(len(self.task))
        for count, table in self._pass_chance.items():
            chosen = self.tests == count
            chance[chosen] = table[self.failed[chosen], min(tests, count)]
        accepted = chance * self.weight
        untested = self._rejected if tests == 0 else np.zeros_like(self._rejected)
        return (
            self._by_task(accepted) + self._accepted + untested,
            self._by_task(accepted * self.wrong) + self._accepted_wrong + untested,
        )

    def share_accepted(self, accepted: Floats) -> float:
        """Return the mean share of accepted samples over the tasks."""
        return float(np.mean(accepted / self._samples))

    def _by_task(self, values: Floats) -> Floats:
        return np.bincount(self.task, values, len(self.tests_by_task)).astype(np.float64)


def _grid(most: int, points: int) -> list[int]:
    """Return at most ``points`` integers spread from 0 to ``most``, all of them if they fit."""
    if most < points:
        return list(range(most + 1))
    spread = np.unique(np.round(np.geomspace(1, most, points - 1)).astype(int))
    return [0, *spread.tolist()]
