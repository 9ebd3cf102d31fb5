"""Whether a model gains over using none is one verdict, with the same words and the same sign wherever it is said."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.gates.choose import choices, choose
from auditor.gates.view import RunView
from auditor.report.model_page import optimal_checks, optimal_grid
from auditor.report.reading import best_beside, most_attempts
from auditor.report.sentences.choice import candidate_cells, net_gain
from auditor.report.sentences.curves import utility
from auditor.report.sentences.figures import attempts
from auditor.results import CountedEstimate, ReportDocument, Terms
from tests.property.test_one_interval import reports
from tests.unit.report.documents import make_document

SPANS = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted)


@given(reports())
@settings(max_examples=8, deadline=None)
def test_using_no_model_may_be_best_exactly_if_the_gain_over_it_is_open(document: ReportDocument) -> None:
    """One verdict on a model's gain at a cost: that of the choice, the numbers that may be best, and the sentences."""
    found = {one.terms.fp_cost: one for one in choices(RunView.of(document))}
    for model in document.models:
        for best in model.optimal_attempts:
            gain = found[best.fp_cost].gain(model.model)
            if best.attempts:
                assert gain is not None
                assert bool(best.low) == gain.clear
                assert ("may be 0" in best_beside(best, most_attempts(model))) == (not gain.clear)
        last = model.optimal_attempts[-1]
        told = utility(replace(model, optimal_attempts=(last,)))
        if last.attempts:
            assert ("clearly gains" in told) == bool(last.low)


@given(reports(), st.sampled_from([(0, 1), (1, 1)]))
@settings(max_examples=4, deadline=None)
def test_one_attempt_gains_in_the_words_of_its_verdict(document: ReportDocument, found: tuple[int, int]) -> None:
    """Of one sample per task the page says "clearly gains" exactly if using no model is not among the best."""
    model = document.models[0]
    low, high = found
    best = replace(model.optimal_attempts[-1], attempts=1, enough=1, low=low, high=high, fp_cost=1.0)
    once = replace(model, curve=model.curve[:1], optimal_attempts=(best,))
    assert ("clearly gains over using no model" in attempts(once)) == bool(low)
    assert ("may be due to chance" in attempts(once)) == (not low)
    assert best_beside(best, 1) == ("more not measured" if low else "more not measured, may be 0")
    grid = optimal_grid(once, "95 %")
    assert grid is not None
    assert (grid.body[0][1].sub == "may be 0") == (not low)
    assert optimal_checks(once) is None


@given(st.floats(-1, 1), SPANS)
def test_a_net_gain_has_one_sign_everywhere(value: float, span: list[float]) -> None:
    """A sentence has the figure and the interval of the table, with the same sign, also where it is a loss."""
    document = make_document(models=1, tasks=4, samples=4, false_positives=0)
    some = next(one for one in document.choices[0].candidates if one.attempts)
    utility_ = CountedEstimate(value, span[0], span[1], 4)
    cells, text = candidate_cells(replace(some, utility=utility_)), net_gain(utility_)
    assert text == f"a net gain of {cells[3].removeprefix('+')} per 100 tasks ({cells[4]})"


@given(reports())
@settings(max_examples=8, deadline=None)
def test_the_gain_of_the_best_of_several_models_is_judged_more_strictly(document: ReportDocument) -> None:
    """Beside others a model's deciding interval holds the one that it has alone, and is wider: the best is used."""
    together = choose(RunView.of(document), Terms(1.0), chances=False)
    for model in document.models:
        alone = choose(RunView.of(replace(document, models=(model,))), Terms(1.0), chances=False)
        one, other = (choice.candidate(model.model) for choice in (together, alone))
        if one is None or other is None or one.attempts != other.attempts:
            continue
        assert one.strict.low is not None
        assert one.strict.high is not None
        assert other.strict.low is not None
        assert other.strict.high is not None
        assert one.strict.low < other.strict.low
        assert one.strict.high >= other.strict.high
        if together.best is one and not together.runner_up.attempts:
            assert together.strict.low == one.strict.low
