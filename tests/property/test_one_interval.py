"""One figure has one interval, whichever of the report, gates, comparison, history and choice shows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analysis import Counts, analyze
from auditor.config import GateConfig
from auditor.gates import evaluate
from auditor.gates.choose import choose
from auditor.gates.compare import compare
from auditor.gates.compare.render import to_text
from auditor.gates.history import history
from auditor.gates.history.lines import NamedRun
from auditor.gates.view import RunView
from auditor.report import index_page, markdown, model_page
from auditor.results import AnalysisOptions, Estimate, ReportDocument, Terms
from auditor.results.from_counts import document_of

FIGURES = ("single_sample_accuracy", "acceptance", "false_discovery_rate", "conditional_accuracy")
COST = 1.0


@st.composite
def reports(draw: st.DrawFn) -> ReportDocument:
    """Two or three models on the same tasks, in natural order, in families or not."""
    tasks, samples = draw(st.integers(5, 14)), draw(st.sampled_from([2, 6, 11]))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    ids = tuple(f"T/{i}" for i in range(tasks))
    families = [f"F/{i // 2}" for i in range(tasks)] if draw(st.booleans()) else None
    models = []
    for place in range(draw(st.integers(2, 3))):
        base = rng.binomial(samples, rng.beta(2, 1, tasks))
        correct = rng.binomial(base, rng.beta(4, 1, tasks))
        models.append(Counts(f"m{place}", ids, np.full(tasks, samples), base, correct, families))
    options = AnalysisOptions(
        resamples=draw(st.sampled_from([60, 150])), seed=draw(st.integers(0, 5)), extrapolate=False,
        confidence=draw(st.sampled_from([0.9, 0.95])), fp_costs=(0.0, COST),
    )  # fmt: skip
    return document_of(analyze(models, options), "made")


def bounds(estimate: Estimate) -> tuple[float | None, float | None]:
    return estimate.low, estimate.high


def close(one: Estimate, other: Estimate) -> bool:
    return all(
        a == b or (a is not None and b is not None and abs(a - b) < 1e-9)
        for a, b in zip(bounds(one), bounds(other), strict=True)
    )


@given(reports())
@settings(max_examples=5, deadline=None)
def test_a_figure_has_one_interval_everywhere(document: ReportDocument) -> None:
    """Gates, both sides of a comparison and a history show each figure with the report's own interval."""
    run, confidence = RunView.of(document), document.options.confidence
    rules = [GateConfig(metric=name, min=0.5, confidence=confidence) for name in FIGURES]
    judged = {(one.metric, one.model): one for one in evaluate(rules, run)}
    compared = {
        (row.metric, pair.model_a): row for pair in compare(run, run, confidence=confidence).pairs for row in pair.rows
    }
    over_time = history([NamedRun("one", run), NamedRun("two", run)], confidence=confidence)
    lasting = {
        (figure.metric, model.model): figure.value for model in over_time.models for figure in model.points[-1].figures
    }
    for model in document.models:
        for name in FIGURES:
            figure: Estimate = getattr(model, name)
            if figure.value is None:
                continue
            gate = judged[name, model.model]
            assert close(Estimate(gate.value, gate.low, gate.high), figure), (name, gate, figure)
            row = compared[name, model.model]
            assert close(row.a, figure)
            assert close(row.b, figure)
            if (name, model.model) in lasting:
                assert close(lasting[name, model.model], figure)


@given(reports())
@settings(max_examples=5, deadline=None)
def test_a_difference_has_one_interval_everywhere(document: ReportDocument) -> None:
    """A comparison of two models shows each difference as the index does; the choice shows utilities as curves do."""
    run, confidence = RunView.of(document), document.options.confidence
    for pair in document.across.paired:
        rows = compare(run, run, model_a=pair.b, model_b=pair.a, confidence=confidence).pairs[0].rows
        row = next((row for row in rows if row.metric == pair.metric), None)
        if row is not None and row.difference.low != row.difference.high and pair.difference.known:
            assert close(row.difference, pair.difference), (pair, row)
    choice = choose(run, Terms(COST, confidence=confidence), chances=False)
    assert choice.tasks == document.models[0].tasks
    curves = {model.model: model.curve for model in document.models}
    for candidate in choice.candidates:
        if candidate.attempts:
            point = next(one for one in curves[candidate.model] if one.attempts == candidate.attempts)
            assert close(candidate.utility, point.utility[COST])
    if not choice.runner_up.attempts and choice.best.attempts:
        assert choice.difference.low == pytest.approx(choice.best.utility.low)


@pytest.mark.slow
@given(reports())
@settings(max_examples=2, deadline=None)
def test_the_words_hold_the_same_interval(document: ReportDocument) -> None:
    """What the index, the model page, report.md, the gate and the comparison print of accuracy is the same text."""
    run, confidence = RunView.of(document), document.options.confidence
    pages = str(index_page.context(document, {})), markdown.summary(document)
    sentences = evaluate([GateConfig(metric=FIGURES[0], min=0.5, confidence=confidence)], run)
    for model in document.models:
        low, high = (f"{100 * bound:.1f}" for bound in bounds(model.single_sample_accuracy) if bound is not None)
        span = f"{low} to {high}"
        own = str(model_page.context(model, document))
        gate = next(one.sentence for one in sentences if one.model == model.model)
        for text in (*pages, own, gate):
            assert span in text.replace("\u2009", " "), (span, text[:400])
    assert to_text(compare(run, run, confidence=confidence))
