"""Choose a smaller plus suite of tests that fail wrong programs, with the share of wrong programs that it accepts.

Tests are chosen by greedy cover: always the one that fails most wrong programs that no chosen test fails yet. That
comes within a factor ln n of the smallest choice (Chvátal, "A greedy heuristic for the set-covering problem", 1979).
The share is measured on models other than those from whose programs the tests were chosen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditor.analysis.intervals import ratio_interval
from auditor.errors import UsageError
from auditor.results import Estimate

LEAST = 5
"""Fewest tests that a task keeps, spread over its suite, if wrong programs require fewer."""


@dataclass(frozen=True, slots=True)
class WrongProgram:
    """A program of a model that passes base and fails plus."""

    model: str
    task_id: str
    program: str
    failed: frozenset[int]
    """Tests of plus, from 0, that it is known to fail: all of them, or only the first if a suite stops there."""


@dataclass(frozen=True, slots=True)
class MiniSuite:
    """The tests chosen for each task, and statistics of the choice."""

    tests: Mapping[str, tuple[int, ...]]
    """Task → tests of its plus suite, from 0, ascending."""
    missed: Estimate
    """Share of a model's wrong programs that pass all tests chosen from the other models; interval over tasks."""
    models: int
    programs: int
    """Wrong programs from which the tests were chosen."""
    before: int
    """Total number of plus tests."""
    after: int
    """Number of plus tests chosen."""


def choose(programs: Collection[WrongProgram], sizes: Mapping[str, int]) -> MiniSuite:
    """Choose tests for the tasks in ``sizes`` (task → tests of its plus suite), and measure what they miss.

    Each model is left out in turn: tests are chosen from the programs of the others and applied to its own, except
    programs that another model also wrote. Raises :class:`~auditor.errors.UsageError` unless the wrong programs are
    from at least two models.
    """
    models = sorted({one.model for one in programs})
    if len(models) < 2:
        raise UsageError(
            f"wrong programs of {len(models)} models",
            remedy="at least two models are needed: one measures what another's tests miss",
        )
    missed, tried = Counter[str](), Counter[str]()
    for model in models:
        others = [one for one in programs if one.model != model]
        known = {one.program for one in others}
        tests = {task: set(chosen) for task, chosen in _tests(others, sizes).items()}
        for one in programs:
            if one.model == model and one.program not in known:
                tried[one.task_id] += 1
                missed[one.task_id] += not one.failed & tests[one.task_id]
    tests_of = _tests(programs, sizes)
    return MiniSuite(
        tests=tests_of,
        missed=ratio_interval([missed[task] for task in sizes], [tried[task] for task in sizes]),
        models=len(models),
        programs=len({one.program for one in programs}),
        before=sum(sizes.values()),
        after=sum(map(len, tests_of.values())),
    )


def _tests(programs: Iterable[WrongProgram], sizes: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    by_task: defaultdict[str, dict[str, frozenset[int]]] = defaultdict(dict)
    for one in programs:
        by_task[one.task_id][one.program] = one.failed
    return {task: _padded(cover(by_task[task].values()), size) for task, size in sizes.items()}


def cover(failed: Iterable[frozenset[int]]) -> set[int]:
    """Choose tests so that each non-empty set of failed tests contains one."""
    left = [tests for tests in failed if tests]
    chosen: set[int] = set()
    while left:
        counts = Counter(test for tests in left for test in tests)
        best = min(counts, key=lambda test: (-counts[test], test))
        chosen.add(best)
        left = [tests for tests in left if best not in tests]
    return chosen


def _padded(chosen: set[int], size: int) -> tuple[int, ...]:
    """Add tests spread over a suite until there are :data:`LEAST`."""
    least = min(LEAST, size)
    spread = (size * place // least for place in range(least))
    for test in spread:
        if len(chosen) >= least:
            break
        chosen = chosen | {test}
    return tuple(sorted(chosen))
