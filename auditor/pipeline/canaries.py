"""Impossible variants of tasks in a run: excluded from every figure but their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from auditor.records import JudgedSample, Outcome
from auditor.results import CANARY, REASON, Analysis, Canaries, Exclusion
from auditor.store import Store


def canary_tasks(store: Store) -> list[str]:
    """Return the ids of the fit tasks that are impossible variants, in the benchmark's order."""
    return [task.task_id for task in store.tasks() if not task.unfit and any(name == CANARY for name, _ in task.slices)]


def without_canaries(analysis: Analysis, canaries: Sequence[str]) -> Analysis:
    """Add impossible variants to the tasks that are left out."""
    if not canaries:
        return analysis
    left_out = (*analysis.exclusions.tasks, *(Exclusion(task_id=task_id, reason=REASON) for task_id in canaries))
    return replace(analysis, exclusions=replace(analysis.exclusions, tasks=left_out))


def canary_figure(judged: Iterable[JudgedSample], canaries: Sequence[str]) -> Canaries | None:
    """Count how many samples pass impossible variants; ``None`` if there are none.

    Samples with a harness error or no verdict yet are left out; those without a program do not pass.
    """
    from auditor.analysis.intervals import ratio_interval

    if not canaries:
        return None
    samples: defaultdict[str, int] = defaultdict(int)
    passed: defaultdict[str, int] = defaultdict(int)
    wanted = set(canaries)
    for sample in judged:
        if sample.task_id not in wanted or sample.base is Outcome.ERROR:
            continue
        if sample.base is None and sample.program is not None:
            continue
        samples[sample.task_id] += 1
        passed[sample.task_id] += sample.base is Outcome.PASS
    drawn = [task_id for task_id in canaries if samples[task_id]]
    return Canaries(
        tasks=len(drawn), samples=sum(samples.values()), passed=sum(passed.values()),
        rate=ratio_interval([passed[task_id] for task_id in drawn], [samples[task_id] for task_id in drawn]),
        passed_tasks=tuple(task_id for task_id in drawn if passed[task_id]),
    )  # fmt: skip
