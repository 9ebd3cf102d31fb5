"""Tasks of one family are drawn together: repeating every task adds nothing to what is known."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import AnalysisOptions, Counts, analyze, metrics
from auditor.analysis.counts_csv import parse_counts
from auditor.analysis.extrapolation import extrapolate
from auditor.analysis.task_statistic import of_columns
from auditor.errors import InputError
from auditor.gates.view import counts_of
from auditor.results import Estimate
from tests.examples import examples

FAST = AnalysisOptions(resamples=80, fp_costs=(1.0,), extrapolate=False)
ROWS = st.lists(
    st.tuples(st.just(4), st.integers(0, 4), st.integers(0, 4)).map(lambda row: (row[0], row[1], min(row[1:]))),
    min_size=3,
    max_size=8,
)


def family_of(model: str, rows: list[tuple[int, int, int]], copies: int, *, named: bool) -> Counts:
    """Each task this many times, in one family if they are named."""
    tasks = [(f"t{place}-{copy}", f"f{place}", *row) for place, row in enumerate(rows) for copy in range(copies)]
    names, families, n, base, correct = zip(*tasks, strict=True)
    return Counts(model, names, n, base, correct, families if named else None)


@examples(40)
@given(ROWS, ROWS, st.integers(2, 4))
def test_repeated_tasks_of_a_family_change_no_interval(
    rows: list[tuple[int, int, int]], others: list[tuple[int, int, int]], copies: int
) -> None:
    """Every task five times over in a family gives the intervals of every task once: figures, curves and pairs."""
    others = (others * 3)[: len(rows)]
    rows = (rows * 3)[: len(others)]
    once, many = (
        analyze([family_of("a", rows, size, named=size > 1), family_of("b", others, size, named=size > 1)], FAST)
        for size in (1, copies)
    )
    for one, other in zip(once.models, many.models, strict=True):
        for name in ("single_sample_accuracy", "acceptance", "conditional_accuracy", "false_discovery_rate"):
            close(getattr(one, name), getattr(other, name))
        for point, same in zip(one.curve, other.curve, strict=True):
            close(point.correct, same.correct)
            close(point.utility[1.0], same.utility[1.0])
        assert (one.optimal_attempts[0].low, one.optimal_attempts[0].high) == (
            other.optimal_attempts[0].low, other.optimal_attempts[0].high
        )  # fmt: skip
    for pair, same in zip(once.across.paired, many.across.paired, strict=True):
        close(pair.difference, same.difference)


def close(one: Estimate, other: Estimate) -> None:
    """Compare three numbers, each of which may be unknown."""
    for name in ("value", "low", "high"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9)


def test_without_families_repeated_tasks_narrow_the_interval() -> None:
    """The same tasks taken as independent look four times as sure."""
    rows = [(4, base, base // 2) for base in (0, 1, 2, 3, 4, 4, 2, 1)]
    tied, loose = (
        analyze([family_of("a", rows, 5, named=named)], FAST).models[0].single_sample_accuracy
        for named in (True, False)
    )
    assert tied.high - tied.low > 1.5 * (loose.high - loose.low)  # type: ignore[operator]


def test_families_are_read_from_a_column() -> None:
    """`family` in counts.csv names them; a task without one stands for itself, and a task in two is refused."""
    head = "model,task_id,n,base_passes,correct,family\n"
    (counts,) = parse_counts(io.StringIO(head + "m,a,4,2,1,f\nm,b,4,2,1,f\nm,c,4,2,1,\n"), where="counts.csv")
    assert counts.families == ("f", "f", "c")
    assert counts.only(["c", "a"]).families == ("c", "f")
    with pytest.raises(InputError, match=r"counts.csv:3: task 'a' is in family 'f' and in 'g'"):
        parse_counts(io.StringIO(head + "m,a,4,2,1,f\nn,a,4,2,1,g\n"), where="counts.csv")


def test_gates_and_extrapolation_draw_families_too() -> None:
    """Every task five times over in a family gives a gate's interval and a prediction of every task once."""
    rows = [(10, 6, 3), (10, 1, 0), (10, 10, 9), (10, 4, 4), (10, 0, 0), (10, 8, 5)]
    once, many = (family_of("a", rows, copies, named=copies > 1) for copies in (1, 5))
    estimates = []
    for counts in (once, many):
        statistic = of_columns(counts.task_ids, metrics.single_sample(counts))
        families = dict(zip(counts.task_ids, counts.families or counts.task_ids, strict=True))
        estimates.append(statistic.over(families).estimate(0.95))
    assert estimates[1].tasks == 30
    close(*estimates)
    first, second = (extrapolate(counts) for counts in (once, many))
    assert first is not None
    assert second is not None
    assert second.points[0].accepted.low == pytest.approx(first.points[0].accepted.low, abs=0.05)


def test_a_document_keeps_the_families_for_gates() -> None:
    """What the analysis was given comes back from the counts of its document."""
    counts = family_of("a", [(4, 2, 1), (4, 3, 3)], 2, named=True)
    rows = analyze([counts], FAST).models[0].per_task
    found = counts_of("a", rows)
    assert found.families == ("f0", "f0", "f1", "f1")
