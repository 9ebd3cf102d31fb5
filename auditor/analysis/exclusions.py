"""Exclude tasks whose own tests are suspect, so that a broken benchmark does not distort a model's numbers."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np

from auditor.analysis.counts import Counts
from auditor.analysis.intervals import wilson
from auditor.errors import UsageError
from auditor.results import Exclusion, ExclusionRule, Exclusions
from auditor.text import noun, plural

PAPER_HUMANEVAL = tuple(
    f"HumanEval/{number}" for number in (6, 9, 20, 62, 83, 88, 92, 107, 114, 116, 126, 136, 141, 142)
)
"""The 14 HumanEval tasks that Stroebl, Kapoor and Narayanan (arXiv 2411.17501) left out as suspected
false negatives: some model's pass rate on plus was above its pass rate on base."""

RULES = tuple(rule.value for rule in ExclusionRule if rule is not ExclusionRule.LIST)
"""Rules that settings can name."""


EVIDENCE = 3
"""Fewest samples that contradict a task's suites for it to be suspect."""
DOUBT = 0.05
"""Share of the samples that pass plus which base may reject before the task is suspect."""


def suspect_tasks(
    counts: Sequence[Counts],
    *,
    unfit: Mapping[str, str] | None = None,
    false_negatives: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Return the tasks whose own tests contradict the reference or each other: task id → reason.

    ``unfit`` are tasks whose reference fails a suite, with the reason. ``false_negatives`` counts, per task, the
    samples of all models that fail base and pass plus. A task is suspect if they are at least :data:`EVIDENCE` and
    clearly more than :data:`DOUBT` of the samples that pass plus (lower limit of the 95 % Wilson interval), so more
    samples alone do not exclude more tasks. Whether the models solve a task does not matter.
    """
    right: dict[str, int] = {}
    for one in counts:
        for task_id, number in zip(one.task_ids, one.correct.tolist(), strict=True):
            right[task_id] = right.get(task_id, 0) + number
    reasons = {}
    for task_id, number in (false_negatives or {}).items():
        passing = number + right.get(task_id, 0)
        if number >= EVIDENCE and (wilson(number, passing).low or 0.0) > DOUBT:
            reasons[task_id] = (
                f"base rejects {number} of {plural(passing, 'sample')} that {noun(passing, 'passes', 'pass')} plus"
            )
    reasons |= _unfit(unfit)
    return {task_id: reasons[task_id] for task_id in _ordered(counts) if task_id in reasons}


def _unfit(unfit: Mapping[str, str] | None) -> dict[str, str]:
    return {task_id: f"the reference is not accepted: {why}" for task_id, why in (unfit or {}).items()}


def excluded_tasks(
    rule: str | Sequence[str],
    counts: Sequence[Counts],
    *,
    unfit: Mapping[str, str] | None = None,
    false_negatives: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Apply an exclusion rule; return task id → reason, only for tasks that some model has.

    Raises :class:`~auditor.errors.UsageError` for an unknown rule and for listed tasks that no model has.
    """
    known = _ordered(counts)
    if not isinstance(rule, str):
        if missing := [task_id for task_id in rule if task_id not in known and task_id not in (unfit or {})]:
            near = difflib.get_close_matches(missing[0], known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else None
            raise UsageError(f"task {missing[0]!r} is to be excluded but does not exist", remedy=remedy)
        listed = set(rule)
        return {task_id: "listed by the user" for task_id in known if task_id in listed}
    match rule:
        case ExclusionRule.NONE:
            return {}
        case ExclusionRule.PAPER:
            return {task_id: "left out by arXiv 2411.17501" for task_id in known if task_id in PAPER_HUMANEVAL}
        case ExclusionRule.AUTO:
            reasons = _unfit(unfit)
            return {task_id: reasons[task_id] for task_id in known if task_id in reasons}
        case ExclusionRule.PUBLISHED:
            return _above_base(counts)
        case ExclusionRule.CONTRADICTED:
            return suspect_tasks(counts, unfit=unfit, false_negatives=false_negatives)
        case _:
            raise UsageError(f"no exclusion rule {rule!r}", remedy=f"one of {', '.join(RULES)}, or a list of task ids")


def _above_base(counts: Sequence[Counts]) -> dict[str, str]:
    """Return the tasks on which some model passes plus more often than base, as in arXiv 2411.17501."""
    if all(one.false_negatives is None for one in counts):
        raise UsageError(
            f"exclude {ExclusionRule.PUBLISHED.value!r} requires programs that fail base to be run on plus",
            remedy='set [verify] oracle_for = "all", or add a column false_negatives',
        )
    reasons: dict[str, str] = {}
    for one in counts:
        if one.false_negatives is not None:
            above = one.false_negatives > one.false_positives
            for at in np.flatnonzero(above):
                reasons.setdefault(one.task_ids[at], f"{one.model} passes plus more often than base")
    return {task_id: reasons[task_id] for task_id in _ordered(counts) if task_id in reasons}


def exclusions(rule: str | Sequence[str], excluded: Mapping[str, str]) -> Exclusions:
    """Describe an exclusion for all outputs: the rule, the tasks left out, and why."""
    return Exclusions(
        rule=ExclusionRule(rule) if isinstance(rule, str) else ExclusionRule.LIST,
        tasks=tuple(Exclusion(task_id=task_id, reason=reason) for task_id, reason in excluded.items()),
    )


def _ordered(counts: Sequence[Counts]) -> list[str]:
    """List every task once, in the order of first appearance."""
    return list(dict.fromkeys(task_id for one in counts for task_id in one.task_ids))
