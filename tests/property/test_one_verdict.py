"""One rule decides what a difference shows, and one rule makes the intervals of a choice at every cost."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.gates.choose import choices
from auditor.gates.paired import judged_pairs
from auditor.gates.view import RunView
from auditor.report.index_page import paired_grid
from auditor.report.sentences.choice import answer
from auditor.report.standing import GateStanding, standing, worst_verdicts
from auditor.results import Estimate, GateResult, Judgement, ReportDocument, clear_side
from tests.property.test_one_interval import COST, bounds, close, reports
from tests.unit.report.documents import make_document

GATE = make_document(models=1, tasks=4, samples=4, false_positives=0).gates[0]
SPANS = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted)


@given(SPANS, SPANS)
def test_a_difference_is_clear_only_where_both_intervals_are(shown: list[float], strict: list[float]) -> None:
    """The side is that of both intervals, or none; it turns with the difference."""
    one, other = (Estimate(sum(span) / 2, span[0], span[1]) for span in (shown, strict))
    assert clear_side(one, other) == (one.side if one.side == other.side else 0)
    assert clear_side(one.negative(), other.negative()) == -clear_side(one, other)
    assert one.negative().negative() == one


@given(reports())
@settings(max_examples=4, deadline=None)
def test_utility_has_one_kind_of_interval_at_every_cost(document: ReportDocument) -> None:
    """At an analysed cost it is the report's own; between costs the bounds of one model and K move with the cost."""
    run = RunView.of(document)
    found = choices(run)
    at = next(one for one in found if one.terms.fp_cost == COST)
    for candidate in at.candidates:
        if candidate.attempts:
            report = run.model(candidate.model).report
            assert report is not None
            point = next(point for point in report.curve if point.attempts == candidate.attempts)
            assert candidate.utility.value == pytest.approx(point.utility[COST].value, abs=1e-9)
            assert close(candidate.utility, point.utility[COST]), bounds(point.utility[COST])
    # a dearer wrong answer lowers both bounds of the same model at the same K
    for less, more in itertools.pairwise(found):
        before = {(one.model, one.attempts): one.utility for one in less.candidates}
        for candidate in more.candidates:
            old = before.get((candidate.model, candidate.attempts))
            if old is not None and candidate.attempts and old.bounded and candidate.utility.bounded:
                assert (candidate.utility.low or 0.0) <= (old.low or 0.0) + 1e-9
                assert (candidate.utility.value or 0.0) <= (old.value or 0.0) + 1e-9


@given(reports())
@settings(max_examples=4, deadline=None)
def test_the_table_of_differences_is_bold_only_where_both_intervals_exclude_zero(document: ReportDocument) -> None:
    """Each row is the stronger model minus the weaker, its stricter interval has the same value, and bold is clear."""
    judged = judged_pairs(RunView.of(document), document.across)
    accuracy = {model.model: model.single_sample_accuracy.value or 0.0 for model in document.models}
    for row in judged.paired:
        assert (row.strict is not None) == bool(row.difference.side)
        if row.strict is not None:
            assert row.strict.value == pytest.approx(row.difference.value, abs=1e-9)
            assert row.side in {0, row.difference.side}
    grid = paired_grid(replace(document, across=judged), "95 %")
    if grid is None:
        return
    for cells in grid.body:
        first, second = cells[0].text.split(" minus ")
        assert accuracy[first] >= accuracy[second]
        assert (cells[2].tone == "clear") == (cells[4].text == "clear")
        if cells[1].text == "single answer correct":
            assert not cells[2].text.startswith("−")


@given(
    st.dictionaries(st.sampled_from(["m0", "m1", "m2"]), st.lists(st.sampled_from(Judgement), min_size=1), min_size=1)
)
def test_no_model_is_recommended_without_its_gates(verdicts: dict[str, list[Judgement]]) -> None:
    """The answer says how the model to use stands to the gates, and "by utility alone" if it does not pass them."""
    gates: list[GateResult] = [
        replace(GATE, model=model, verdict=verdict, members=())
        for model, found in verdicts.items()
        for verdict in found
    ]
    document = make_document(models=3, tasks=6, samples=6, false_positives=0)
    choice = document.choices[0]
    best = replace(choice.best, model="m0", attempts=3)
    text = answer(replace(choice, candidates=(best, *choice.candidates[1:])), gates)
    found, passing = (
        standing("m0", gates),
        [one for one, worst in worst_verdicts(gates).items() if worst is Judgement.PASS],
    )
    assert ("By net gain alone" in text) == (
        found in {GateStanding.NONE_PASSES, GateStanding.OTHERS_DO, GateStanding.ONLY_ONE}
    )
    assert ("No model passes every gate" in text) == ("m0" in verdicts and len(verdicts) > 1 and not passing)
    assert ("It passes every gate" in text) == ("m0" in passing)
    assert (found is GateStanding.NOT_JUDGED) == ("m0" not in verdicts)
