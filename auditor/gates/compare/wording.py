"""What a comparison says in every form: headings, notes, and figures as texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.gates.compare.measure import Comparison, ComparisonRow, Direction, Pair
from auditor.gates.compare.verdicts import ChangedProgram
from auditor.gates.wording import bare, figure, percent
from auditor.results import Estimate, Unit
from auditor.text import plural

MOST_PROGRAMS = 50
"""Changed programs shown to people; JSON has them all."""
ALONE = "– over all own tasks"
"""Heads the numbers that the runs' own gates and reports show."""
_OF_UNCLEAR = f"“{Direction.UNCLEAR}”: the deciding interval includes zero"


def own(value: float | None, unit: Unit) -> str:
    """Write a figure; differences of shares without their unit, which the heading of the table names."""
    return bare(value, unit) if unit is Unit.DIFFERENCE else figure(value, unit)


def gap(row: ComparisonRow) -> tuple[str, str]:
    """Write B minus A and its interval, signed; the interval is empty if the runs are equal on every task.

    Where the difference is not clear although its own interval excludes zero, the deciding one is beside it.
    """
    unit = Unit.DIFFERENCE if row.unit is Unit.SHARE else row.unit
    amount = _signed(row.difference.value, unit)
    if row.change is Direction.EQUAL:
        return amount, ""
    interval = _interval(row.difference, unit)
    if row.change is Direction.UNCLEAR and row.difference.side:
        interval += f"; deciding {_interval(row.deciding, unit)}"
    return amount, interval


def _interval(estimate: Estimate, unit: Unit) -> str:
    return f"{_signed(estimate.low, unit)} to {_signed(estimate.high, unit)}"


def _signed(value: float | None, unit: Unit) -> str:
    text = bare(value, unit)
    return f"+{text}" if unit is not Unit.DIFFERENCE and value is not None and value > 0 and text != "0" else text


def title(pair: Pair) -> str:
    """Name the models and count their common tasks."""
    models = pair.model_a if pair.model_a == pair.model_b else f"{pair.model_a} (A) and {pair.model_b} (B)"
    left_out = f", {pair.only_a} only in A and {pair.only_b} only in B left out" if pair.only_a or pair.only_b else ""
    return f"{models}: {plural(pair.tasks, 'common task')}{left_out}"


def changed_lists(comparison: Comparison) -> Iterator[tuple[str, tuple[ChangedProgram, ...]]]:
    """Yield the headings and programs of both lists: changed ones if any was judged in both, flaky ones if any is."""
    total = comparison.shared_programs
    if total:
        yield f"Programs whose verdict changed: {len(comparison.changed)} of {total} judged in both", comparison.changed
    if comparison.flaky:
        yield f"Flaky programs among them, apart: {len(comparison.flaky)}", comparison.flaky


def remarks(comparison: Comparison, of_own: str = ALONE) -> list[str]:
    """List notes, models without counterpart, and what words of the table mean; ``of_own`` marks a run's own number."""
    alone = [
        f"only in {side}: {', '.join(names)}"
        for side, names in (("A", comparison.unmatched_a), ("B", comparison.unmatched_b))
        if names
    ]
    rows = [row for pair in comparison.pairs for row in pair.rows]
    words = [
        *(
            [f"“{of_own}”: the figure over all tasks of each run, as its own report and gates give it"]
            if any(row.differs_alone for row in rows)
            else []
        ),
        *([_OF_UNCLEAR] if any(row.change is Direction.UNCLEAR for row in rows) else []),
    ]
    return [*comparison.notes, *alone, *words]


def heading(comparison: Comparison) -> str:
    """Name both runs and what the table holds."""
    intervals = f"intervals at {percent(comparison.confidence)}"
    return f"A: {comparison.a}; B: {comparison.b}; {intervals}, differences of shares in points"


def left_over(programs: Sequence[ChangedProgram]) -> str:
    """Count the programs that are not shown; empty if all are."""
    left = len(programs) - MOST_PROGRAMS
    return f"… and {left} more in the JSON form" if left > 0 else ""
