"""Tasks whose own tests are suspect, left out so that a broken benchmark does not distort a model's numbers."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from auditor.analysis.counts import Counts
from auditor.errors import UsageError
from auditor.results import Exclusion, ExclusionRule, Exclusions

PAPER_HUMANEVAL = tuple(
    f"HumanEval/{number}" for number in (6, 9, 20, 62, 83, 88, 92, 107, 114, 116, 126, 136, 141, 142)
)
"""The 14 HumanEval tasks that Stroebl, Kapoor and Narayanan (arXiv 2411.17501) left out as suspected
false negatives: some model's pass rate on plus was above its pass rate on base."""

RULES = tuple(rule.value for rule in ExclusionRule if rule is not ExclusionRule.LIST)
"""The rules that settings can name."""


def suspect_tasks(
    counts: Sequence[Counts],
    *,
    unfit: Mapping[str, str] | None = None,
    false_negatives: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Name the tasks whose tests contradict the reference, each other, or every model; task id → reason.

    ``unfit`` are tasks whose reference fails a suite, with the reason; ``false_negatives`` counts, per
    task, the samples that fail base and pass plus. Counts alone show the third sign: base passes for
    every model, plus for none. It takes at least two models, since one model that is wrong every
    time is what the audit is looking for, not a broken task.
    """
    reasons = {
        task_id: f"plus passes where base fails, in {number} sample{'s' if number > 1 else ''}"
        for task_id, number in (false_negatives or {}).items()
        if number > 0
    }
    reasons |= {task_id: f"the reference is not accepted: {why}" for task_id, why in (unfit or {}).items()}
    for task_id in _never_solved(counts):
        reasons.setdefault(task_id, f"base passes for all {len(counts)} models, plus for none")
    return {task_id: reasons[task_id] for task_id in _ordered(counts) if task_id in reasons}


def excluded_tasks(
    rule: str | Sequence[str],
    counts: Sequence[Counts],
    *,
    unfit: Mapping[str, str] | None = None,
    false_negatives: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Apply an exclusion rule; returns task id → reason, only for tasks that some model has.

    Raises :class:`~auditor.errors.UsageError` for a rule of no known name and for listed tasks that
    no model has.
    """
    known = _ordered(counts)
    if not isinstance(rule, str):
        if missing := [task_id for task_id in rule if task_id not in known and task_id not in (unfit or {})]:
            near = difflib.get_close_matches(missing[0], known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else None
            raise UsageError(f"task {missing[0]!r} is to be excluded but is not there", remedy=remedy)
        listed = set(rule)
        return {task_id: "listed by the user" for task_id in known if task_id in listed}
    match rule:
        case ExclusionRule.NONE:
            return {}
        case ExclusionRule.PAPER:
            return {task_id: "left out by arXiv 2411.17501" for task_id in known if task_id in PAPER_HUMANEVAL}
        case ExclusionRule.AUTO:
            return suspect_tasks(counts, unfit=unfit, false_negatives=false_negatives)
        case _:
            raise UsageError(f"no exclusion rule {rule!r}", remedy=f"one of {', '.join(RULES)}, or a list of task ids")


def exclusions(rule: str | Sequence[str], excluded: Mapping[str, str]) -> Exclusions:
    """Describe an exclusion for every output: the rule, which tasks are left out, and why."""
    return Exclusions(
        rule=ExclusionRule(rule) if isinstance(rule, str) else ExclusionRule.LIST,
        tasks=tuple(Exclusion(task_id=task_id, reason=reason) for task_id, reason in excluded.items()),
    )


def _never_solved(counts: Sequence[Counts]) -> list[str]:
    """List the tasks that every model has, each with a base pass and none with a correct sample."""
    if len(counts) < 2:
        return []
    solved_none = [
        {
            task_id
            for task_id, base, correct in zip(one.task_ids, one.base_passes, one.correct, strict=True)
            if base > 0 and correct == 0
        }
        for one in counts
    ]
    return sorted(set.intersection(*solved_none))


def _ordered(counts: Sequence[Counts]) -> list[str]:
    """List every task once, in the order of first appearance."""
    return list(dict.fromkeys(task_id for one in counts for task_id in one.task_ids))
