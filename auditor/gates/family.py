"""Rules that are judged together: Holm's correction over all statements of one command.

Twenty models at the threshold of five rules make a hundred statements; at 95 % each, some of them are wrong in most
runs. Holm's step-down procedure (Holm 1979, Scandinavian Journal of Statistics 6) keeps the chance that any of them is
wrong at what one rule alone would have, whatever their dependence. The interval shown stays that of the rule alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.analysis.intervals import holm
from auditor.analysis.task_statistic import TaskStatistic
from auditor.results import GateResult, Judgement


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule on one model, judged on its own."""

    result: GateResult
    statistic: TaskStatistic | None = None
    """What was judged by an interval over tasks; ``None`` for facts and reported numbers, or where none was judged."""
    head: str = ""
    """The sentence up to the verdict."""
    wanted: str = ""
    """The thresholds in words."""


def judged_together(statements: Sequence[Statement]) -> list[GateResult]:
    """Correct clear verdicts for being many, in the order given.

    A statement that is clear alone is inconclusive where its adjusted p value is not below its rule's error.
    """
    tests = sum(one.statistic is not None for one in statements)
    p_values = [_p_value(one, tests) for one in statements]
    adjusted = holm(p_values)
    return [
        _corrected(one, tests, p, p_adjusted) for one, p, p_adjusted in zip(statements, p_values, adjusted, strict=True)
    ]


def _p_value(statement: Statement, tests: int) -> float | None:
    """Give the two-sided p value of a clear verdict, 1 for an open one, ``None`` where nothing was tested."""
    statistic, result = statement.statistic, statement.result
    if statistic is None:
        return None
    if result.verdict is Judgement.INCONCLUSIVE:
        return 1.0
    error = (1 - result.confidence) / (2 * max(1, tests))
    return min(1.0, 2 * statistic.risk(result.min, result.max, passed=result.verdict is Judgement.PASS, tail=error))


def _corrected(statement: Statement, tests: int, p: float | None, p_adjusted: float | None) -> GateResult:
    result = statement.result
    if p is None or p_adjusted is None:
        return result
    result = replace(result, tests=tests, p=p, p_adjusted=p_adjusted)
    if tests == 1 or result.verdict is Judgement.INCONCLUSIVE or p_adjusted <= 1 - result.confidence:
        return result
    return replace(
        result,
        verdict=Judgement.INCONCLUSIVE,
        sentence=f"{statement.head}, required {statement.wanted}: inconclusive, one of {tests} rules judged together "
        f"(p {p:.2g}, adjusted {p_adjusted:.2g})",
    )
