"""Holm's correction over all statements that one command judges together.

Twenty models judged by five rules make a hundred statements; at 95 % each, some of them are wrong in most runs. Holm's
step-down procedure (Holm 1979, Scandinavian Journal of Statistics 6) keeps the probability that any of them is wrong at
that of a single rule, whatever their dependence. The interval shown stays that of the rule alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.analysis.intervals import holm
from auditor.analysis.task_statistic import TaskStatistic
from auditor.gates.wording import needed_words, tasks_needed
from auditor.results import CountedEstimate, GateResult, Judgement


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule on one model, judged on its own."""

    result: GateResult
    statistic: TaskStatistic | None = None
    """The figure judged by an interval over tasks; ``None`` for facts and reported numbers, or if none was judged."""
    head: str = ""
    """The sentence before the verdict."""
    wanted: str = ""
    """The thresholds in words."""
    strict: CountedEstimate | None = None
    """The interval that must exclude the thresholds for a clear verdict; ``None`` if none was judged."""


def judged_together(statements: Sequence[Statement]) -> list[GateResult]:
    """Correct clear verdicts for multiple testing, in the order given.

    A statement that is clear alone is inconclusive if its adjusted p value is not below its rule's error.
    """
    tests = sum(one.statistic is not None for one in statements)
    p_values = [_p_value(one, tests) for one in statements]
    adjusted = holm(p_values)
    return [
        _corrected(one, tests, p, p_adjusted) for one, p, p_adjusted in zip(statements, p_values, adjusted, strict=True)
    ]


def _p_value(statement: Statement, tests: int) -> float | None:
    """Return the two-sided p value of a clear verdict, 1 for an open one, ``None`` if nothing was tested."""
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
        return _settled_by(result, statement, 1, family=True)
    result = replace(result, tests=tests, p=p, p_adjusted=p_adjusted)
    if result.verdict is Judgement.INCONCLUSIVE:
        return _settled_by(result, statement, tests, family=True)
    if tests == 1 or p_adjusted <= 1 - result.confidence:
        return result
    result = replace(
        result,
        verdict=Judgement.INCONCLUSIVE,
        sentence=f"{statement.head}, required {statement.wanted}: inconclusive, one of {tests} verdicts judged "
        f"together (p {p:.2g}, adjusted {p_adjusted:.2g})",
    )
    return _settled_by(result, statement, tests, family=False)


def _settled_by(result: GateResult, statement: Statement, tests: int, *, family: bool) -> GateResult:
    """Add how many tasks would settle an open verdict, at the error left for one of ``tests`` statements.

    ``family`` says that it is one of many, which its sentence does not say yet.
    """
    if statement.strict is None or result.verdict is not Judgement.INCONCLUSIVE:
        return result
    needed = tasks_needed(statement.strict, result.min, result.max, result.confidence, tests)
    hint = needed_words(needed, tests if family else 1)
    return replace(result, tasks_needed=needed, sentence=f"{result.sentence}; {hint}") if hint else result
