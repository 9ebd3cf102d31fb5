"""How often answers are wrong that no or fewer tests have checked, beside the verdict of the gate."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from auditor.report.sentences.opening import opening, rows
from auditor.results import BaseTestPoint, Estimate, GateResult, Judgement, ReportDocument, Unchecked
from tests.examples import examples
from tests.property.test_one_verdict import GATE
from tests.unit.report.documents import make_document


@cache
def a_document() -> ReportDocument:
    return make_document(models=1, tasks=6, samples=6, false_positives=0)


def with_tests(sizes: list[int], share: Estimate, attempts: int, gates: tuple[GateResult, ...]) -> ReportDocument:
    """A document whose only model is to be used, with base suites of these sizes and one share at each size."""
    document = a_document()
    model, choice = document.models[0], document.choice
    assert choice is not None
    some = replace(choice.best, model=model.model, attempts=attempts, best_attempts=attempts)
    none = next(one for one in choice.candidates if not one.attempts)
    points = tuple(
        BaseTestPoint(tests=n, false_discovery_rate=share, micro=None, accepted=0.5, tasks=6)
        for n in range(max(sizes) + 1)
    )
    left = iter(sizes)
    tasks = tuple(replace(row, base_tests=next(left) if row.analysed else 99) for row in document.tasks)
    return replace(
        document, models=(replace(model, base_tests=points),), tasks=tasks, gates=gates,
        choices=(replace(choice, candidates=(some, none)),),
    )  # fmt: skip


@given(
    st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(any), st.integers(1, 3), st.floats(0.01, 0.4),
    st.sampled_from(Judgement),
)  # fmt: skip
@examples(40)
def test_less_checking_is_read_from_the_run(sizes: list[int], attempts: int, limit: float, verdict: Judgement) -> None:
    """Single answers are wrong as often as they are not correct; fewer tests only speak of a single attempt."""
    share = Estimate(0.15, 0.1, 0.2)
    name = a_document().models[0].model
    gate = replace(GATE, model=name, metric="false_discovery_rate", verdict=verdict, min=None, max=limit)
    document = with_tests(sizes, share, attempts, (gate,))
    found = Unchecked.of(document)
    assert found is not None
    right = document.models[0].single_sample_accuracy
    assert found.model == name
    assert [found.wrong.value, found.wrong.low, found.wrong.high] == [
        1 - (right.value or 0.0), 1 - (right.high or 0.0), 1 - (right.low or 0.0)
    ]  # fmt: skip
    some = [size for size in sizes if size]
    assert found.sizes is not None
    assert (found.sizes.least, found.sizes.median, found.sizes.most) == (min(some), median_low(some), max(some))
    assert (found.fewer is not None) == (attempts == 1 and found.sizes.median < found.sizes.most)
    said = " ".join(dict(rows(document, opening(document.choices, document.gates)))["What to expect"])
    assert "that no test has checked" in said
    assert ("With at most" in said) == (found.fewer is not None)
    if found.fewer is not None:
        assert found.fewer.wrong == share
        assert found.fewer.misses_gate == (verdict is Judgement.PASS and limit < 0.2)
        assert found.fewer.misses_gate == ("not shown to pass the gate" in said)


def test_nothing_is_read_where_no_model_is_to_be_used() -> None:
    document = a_document()
    assert document.choice is not None
    none = next(one for one in document.choice.candidates if not one.attempts)
    rest = [one for one in document.choice.candidates if one.attempts]
    choice = replace(document.choice, candidates=(none, *rest))
    assert Unchecked.of(replace(document, choices=(choice,), gates=())) is None
