"""Holm's correction over all statements that one command judges together.

Twenty models judged by five rules make a hundred statements; at 95 % each, some of them are wrong in most runs. Holm's
step-down procedure (Holm 1979, Scandinavian Journal of Statistics 6) keeps the probability that any of them is wrong at
that of a single rule, whatever their dependence. The interval shown stays that of the rule alone; the interval that
decides holds it and the stricter one at the level that Holm's procedure leaves to the statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.analysis.intervals import holm
from auditor.analysis.task_statistic import TaskStatistic
from auditor.gates.verdict import decide
from auditor.gates.wording import sentence, tasks_needed
from auditor.results import CountedEstimate, GateResult, Judgement, deciding


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule on one model, judged on its own."""

    result: GateResult
    statistic: TaskStatistic | None = None
    """The figure judged by an interval over tasks; ``None`` for facts and reported numbers, or if none was judged."""
    basis: CountedEstimate | None = None
    """The interval by which the rule alone is open or clear; ``None`` if none was judged."""


def judged_together(statements: Sequence[Statement]) -> list[GateResult]:
    """Correct clear verdicts for multiple testing, in the order given.

    A statement that is clear alone is inconclusive if its adjusted p value is not below its rule's error.
    """
    tests = sum(one.statistic is not None for one in statements)
    p_values = [_p_value(one, tests) for one in statements]
    adjusted = holm(p_values)
    return [
        _settled_by(_corrected(one, tests, p, p_adjusted, _divisor(p, p_values)), one, tests)
        for one, p, p_adjusted in zip(statements, p_values, adjusted, strict=True)
    ]


def _divisor(p: float | None, p_values: Sequence[float | None]) -> int:
    """Return by what Holm's procedure divides the error of a statement: those tested with a p value as large."""
    return 0 if p is None else sum(other is not None and other >= p for other in p_values)


def _p_value(statement: Statement, tests: int) -> float | None:
    """Return the two-sided p value of a clear verdict, 1 for an open one, ``None`` if nothing was tested."""
    statistic, result = statement.statistic, statement.result
    if statistic is None:
        return None
    if result.verdict is Judgement.INCONCLUSIVE:
        return 1.0
    error = (1 - result.confidence) / (2 * max(1, tests))
    return min(1.0, 2 * statistic.risk(result.min, result.max, passed=result.verdict is Judgement.PASS, tail=error))


def _corrected(statement: Statement, tests: int, p: float | None, p_adjusted: float | None, divisor: int) -> GateResult:
    """Add the test and the interval that decides, and open a verdict that is clear only alone."""
    result, statistic = statement.result, statement.statistic
    if p is None or p_adjusted is None or statistic is None:
        return result
    error = 1 - result.confidence
    clear = result.verdict is not Judgement.INCONCLUSIVE and (tests == 1 or p_adjusted <= error)
    strict = statistic.estimate(1 - error / (divisor if clear else tests))
    decides = deciding(result.estimate, strict)
    clear = clear and decide(decides, result.min, result.max) is result.verdict  # at a tie, the interval that is shown
    return replace(
        result, verdict=result.verdict if clear else Judgement.INCONCLUSIVE, tests=tests, p=p, p_adjusted=p_adjusted,
        deciding_low=decides.low, deciding_high=decides.high,
    )  # fmt: skip


def _settled_by(result: GateResult, statement: Statement, tests: int) -> GateResult:
    """Add how many tasks would settle an open verdict, at the error left for one of ``tests``, and its sentence."""
    if statement.basis is None:
        return result
    if result.verdict is Judgement.INCONCLUSIVE:
        many = tests if statement.statistic is not None else 1
        needed = tasks_needed(statement.basis, result.min, result.max, result.confidence, many)
        result = replace(result, tasks_needed=needed)
    return replace(result, sentence=sentence(result))
