"""Sentences claim no more than the typed result behind them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import Counts, analyze
from auditor.report.headline import headlines
from auditor.report.markdown import summary
from auditor.report.model_page import optimal_grid
from auditor.report.reading import headline_cost, points_span
from auditor.report.sentences import across, curves, figures, known, methods, readings, style
from auditor.report.sentences import choice as choice_words
from auditor.report.sentences.evidence import STRONG, Evidence, OverstatedError, say
from auditor.report.text import MISSING
from auditor.results import (
    LEAST_TASKS,
    NARROW,
    Analysis,
    AnalysisOptions,
    Candidate,
    Choice,
    CountedEstimate,
    Difference,
    Estimate,
    Level,
    ModelAnalysis,
    Reach,
    ReadingGap,
    RecoveredAnswer,
    ReportDocument,
    RuleGap,
    Terms,
    WithinTask,
)
from tests.examples import examples
from tests.unit.report.documents import make_document

SHARES = st.floats(0, 1)


def strong_words(text: str) -> set[str]:
    """The words of a text that claim something, those after ``not`` left out."""
    return set(re.findall(r"[a-z]+", re.sub(r"\bnot \w+", "", text.lower()))) & STRONG.keys()


@pytest.mark.parametrize("word", sorted(STRONG))
def test_a_strong_word_needs_its_evidence(word: str) -> None:
    """Each strong word is refused below its evidence, passes with it, and may be in a name or after "not"."""
    for evidence in Evidence:
        if evidence < STRONG[word]:
            with pytest.raises(OverstatedError, match=word):
                say(f"A is {word} than {{b}}", evidence, b="B")
        else:
            assert say(f"A is {word} than {{b}}", evidence, b="B") == f"A is {word} than B"
    assert say("{name} is not " + word, name=word) == f"{word} is not {word}"


@st.composite
def candidates(draw: st.DrawFn, attempts: st.SearchStrategy[int]) -> Candidate:
    found = draw(attempts)
    right = draw(SHARES) if found else 0.0
    wrong = draw(st.floats(0, 1 - right)) if found else 0.0
    return Candidate(
        model="m" if found else "none", attempts=found, best_attempts=found + draw(st.integers(0, 5)) * bool(found),
        best_adds=draw(st.floats(0, 0.01)), utility=CountedEstimate(right - wrong, -1, 1, 9),
            strict=CountedEstimate(right - wrong, -1, 1, 9),
        accepted=right + wrong, correct=right, wrong=wrong,
        accepted_wrong=CountedEstimate(wrong / (right + wrong) if right + wrong else None, tasks=9),
        draws=float(found), draw_cost=0.0, cost=None,
    )  # fmt: skip


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    none_first = draw(st.booleans())
    first = draw(candidates(st.just(0) if none_first else st.integers(1, 99)))
    second = draw(candidates(st.integers(1, 99) if none_first else st.integers(0, 99)))
    low, value, high = sorted(draw(st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))))
    strict = CountedEstimate(value, draw(st.floats(-1, low)), draw(st.floats(high, 1)), 9)
    adds = CountedEstimate(first.best_adds, 0.0, 0.02, 9)
    difference = CountedEstimate(value, low, high, 9)
    if none_first:  # then the lead is what the model loses
        loss, sure = difference.negative(), strict.negative()
        second = replace(
            second,
            utility=CountedEstimate(loss.value, loss.low, loss.high, 9),
            strict=CountedEstimate(sure.value, sure.low, sure.high, 9),
        )
    return Choice(
        terms=Terms(draw(st.sampled_from([0.0, 0.25, 1.0, 4.0]))), tasks=9, candidates=(first, second),
        difference=difference, strict=strict, best_adds=adds,
        left_out={},
    )  # fmt: skip


@given(choices())
def test_a_choice_is_called_better_only_where_it_is_clear(choice: Choice) -> None:
    """The first is said to beat the second exactly when the interval of the difference is above 0."""
    text = choice_words.at_cost(choice)
    assert bool(strong_words(text)) == choice.clear
    open_by_strict = choice.difference.side > 0 and not choice.clear
    assert ("the deciding interval, " in text) == open_by_strict
    assert ("only just: the deciding interval is" in text) <= choice.clear
    assert ("use no model" in text.lower()) == (not choice.best.attempts)
    if choice.best.attempts:
        once = choice.best.attempts == 1
        assert ("a single attempt" if once else f"up to {choice.best.attempts} attempts") in text
        assert ("enough" in text) == (choice.best.best_attempts > choice.best.attempts)


@given(SHARES, SHARES, st.integers(0, 3))
def test_the_reading_gap_warns_above_one_point(first: float, second: float, recovered: int) -> None:
    """There is a warning exactly when the gap is above a point, and it holds both accuracies."""
    answers = tuple(
        RecoveredAnswer(task_id="T", sample_index=i, program=None, reading="r", rule="fence") for i in range(recovered)
    )
    low, high = sorted((first, second))
    gap = ReadingGap(samples=9, reread=3, as_read=low, at_best=high, recovered=answers)
    text = readings.warning("m", gap)
    assert bool(text) == (high - low > 0.01)
    assert not strong_words(readings.gap(gap))
    assert readings.warning("m", None) == ""


@st.composite
def audits(draw: st.DrawFn) -> Analysis:
    """One to six simulated models on a few tasks, with any share accepted and any share of these right."""
    tasks = draw(st.integers(2, 7))
    samples = draw(st.sampled_from([1, 2, 5, 9]))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    models = []
    for place in range(draw(st.integers(1, 6))):
        passing, right = draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])), draw(st.sampled_from([0.0, 0.5, 0.95, 1.0]))
        base = rng.binomial(samples, passing, tasks)
        correct = rng.binomial(base, right)
        ids = tuple(f"T/{i}" for i in range(tasks))
        models.append(Counts(f"m{place}", ids, np.full(tasks, samples), base, correct))
    return analyze(models, AnalysisOptions(resamples=40, extrapolate=draw(st.booleans())))


def plain_sentences(model: ModelAnalysis) -> list[str]:
    """Every sentence of a model that rests on figures alone."""
    said = [
        figures.accuracy(model, "95 %"), figures.accepted_right(model, "95 %"), figures.bounds(model, "95 %"),
        figures.false_share(model, "95 %"), figures.attempts(model, "95 %"), figures.lead(model, "95 %"),
        figures.all_tasks(model.all_tasks), figures.thin_tasks(model.thin),
        figures.accuracy_bounds(model.accuracy_bounds), curves.prediction(model), curves.saturation(model.saturation),
        style.score(model),
    ]  # fmt: skip
    if not figures.one_sample(model):
        said.append(curves.scaling(model))
    if not figures.one_sample(model) and (buckets := [row for row in model.attempt_buckets if row.share_false.known]):
        said.append(curves.by_attempt(buckets))
    return said


@given(audits())
@examples(40)
def test_sentences_on_simulated_audits_claim_what_their_verdicts_say(analysis: Analysis) -> None:
    """Never is said of a typed never alone; a line is claimed only over enough models; figures claim nothing."""
    verdicts = {row.verdict for row in analysis.across.reach}
    said = strong_words(across.reach(analysis.across.reach))
    assert ("never" in said) == (Reach.NEVER in verdicts)
    assert said <= {"never"}
    for row in analysis.across.reach:
        assert (across.reach_cell(row) == "never") == (row.verdict is Reach.NEVER)
    line = analysis.across.line
    claims = bool(strong_words(across.line(analysis.across)))
    assert claims == (line is not None and line.models >= 5 and bool(line.side))
    for model in analysis.models:
        best = model.optimum(headline_cost(model))
        claimed = {"clearly"} if figures.one_sample(model) and best is not None and best.low else set()
        for text in [*plain_sentences(model), *(one.says for one in headlines(model, "95 %"))]:
            assert strong_words(text) <= claimed, text


@given(audits())
@examples(30)
def test_attempts_without_a_limit_are_said_to_yield_no_less_than_was_measured(analysis: Analysis) -> None:
    """For the tasks at hand the bounds hold the share measured at every number of attempts, as they are written."""
    for model in analysis.models:
        said = figures.bounds(model, "95 %")
        if not said:
            continue
        low, *rest = [float(text) for text in re.findall(r"\d+", said.partition(" of 100 tasks analysed")[0])]
        measured = max(100 * (point.correct.value or 0.0) for point in model.curve)
        assert low >= measured - 1, "a rounded figure may be half a point lower"
        assert all(high >= low for high in rest)
        share = model.conditional_accuracy
        assert share.lower_bound.value is not None
        assert share.lower_bound.value >= measured / 100 - 1e-9


@given(audits())
@examples(30)
def test_the_title_over_costs_claims_what_the_sets_of_each_cost_say(analysis: Analysis) -> None:
    """Sampling clearly gains where 0 attempts are not among the best, and clearly loses where no others are."""
    for model in analysis.models:
        if figures.one_sample(model):
            continue
        said, best = curves.utility(model), model.optimal_attempts
        gains = [row.fp_cost for row in best if row.attempts and row.low]
        loses = [row.fp_cost for row in best if not row.attempts and row.high == 0]
        every = "clearly loses" in said
        assert ("clearly gains" in said) == bool(gains)
        assert every == bool(loses and (len(loses) == len(best) or any(row.attempts for row in best)))
        if any(row.attempts and not row.low for row in best):
            assert "may be due to chance" in said


@given(audits())
@examples(25)
def test_one_sample_per_task_tells_of_one_attempt(analysis: Analysis) -> None:
    """With one sample per task no sentence tells of a second attempt, except that it is unknown, once."""
    for model in analysis.models:
        if model.max_attempts == 1:
            text = " ".join(plain_sentences(model))
            assert not re.search(r"\b([2-9]|\d\d+) attempts", text)
            assert "predict" not in text
            assert figures.attempts(model).count(figures.ONE_SAMPLE) <= 1
            assert figures.bounds(model, "95 %") == "", "nothing is known of attempts without a limit"


@cache
def a_model() -> ModelAnalysis:
    """Return a model of a small document, made once."""
    return make_document(models=1, tasks=2, samples=2, false_positives=0).models[0]


SIDES = st.tuples(st.floats(-1, 1), st.floats(0, 0.5), st.sampled_from([None, 0.01, 0.2]))


@given(st.lists(SIDES, min_size=1, max_size=5))
def test_style_is_said_to_differ_only_where_it_clearly_does(found: list[tuple[float, float, float | None]]) -> None:
    """Less and more are said of criteria and rules, lower and higher of scores, if the adjusted test is clear."""
    gaps = [Difference(value, value - half, value + half, LEAST_TASKS, p, p) for value, half, p in found]
    sides = {gap.side for gap in gaps} - {0}
    said = strong_words(style.gaps(gaps)) - {"clearly"}
    assert said == {word for word, side in (("less", -1), ("more", 1)) if side in sides}
    within = [WithinTask(g.value, g.low, g.high, g.tasks, g.p, g.p_adjusted, units=LEAST_TASKS) for g in gaps]
    rules = [
        RuleGap(tool="ruff", rule=f"R{i}", name="never-better", url="", true_positive=None, false_positive=None,
                difference=one, programs=3)
        for i, one in enumerate(within)
    ]  # fmt: skip
    text = style.rules(rules).replace("never-better", "")
    assert bool(strong_words(text)) == bool(sides)
    model = a_model()
    assert model.style is not None
    for one in within:
        scored = replace(model, style=replace(model.style, score=replace(model.style.score, within_task=one)))
        assert strong_words(style.score(scored)) == {-1: {"lower"}, 0: set(), 1: {"higher"}}[one.side]


@given(st.lists(SIDES, min_size=1, max_size=5))
def test_no_clear_difference_is_said_of_narrow_intervals_only(found: list[tuple[float, float, float | None]]) -> None:
    """Where an interval reaches far from zero, the title names the widest instead."""
    gaps = [Difference(value, value - half, value + half, LEAST_TASKS, p, p) for value, half, p in found]
    undecided = not any(gap.side for gap in gaps)
    narrow = all(max(-(gap.low or 0), gap.high or 0) <= NARROW for gap in gaps)
    widest = max(gaps, key=lambda gap: (gap.high or 0) - (gap.low or 0))
    for title in (style.gaps(gaps), style.comparisons(gaps)):
        assert title.startswith("No clear difference") == (undecided and narrow)
        assert title.startswith("Not measured well enough") == (undecided and not narrow)
        assert narrow or not undecided or title.endswith(f"{points_span(widest)} points")


@given(st.integers(0, 2 * LEAST_TASKS))
def test_a_difference_of_few_tasks_is_not_shown(tasks: int) -> None:
    """Below the least number of tasks a score has no figure and no claim, only the number of tasks."""
    model = a_model()
    assert model.style is not None
    within = WithinTask(-0.5, -0.6, -0.4, tasks, 0.01, 0.01, units=tasks)
    score = replace(model.style.score, within_task=within, tasks=tasks)
    shown = headlines(replace(model, style=replace(model.style, score=score)), "95 %")[-1]
    assert ("lower" in shown.says) == (tasks >= LEAST_TASKS)
    assert ("is not compared" in shown.says) == (shown.value == MISSING) == (tasks < LEAST_TASKS)


@given(SHARES, st.floats(0, 0.3))
def test_style_ranks_with_its_interval_and_says_where_that_includes_chance(area: float, half: float) -> None:
    """The figure claims nothing by itself; an interval with one half in it is named as such."""
    found = Estimate(area, max(0.0, area - half), min(1.0, area + half))
    text = style.ranking(found)
    assert not strong_words(text)
    assert ("which the interval includes" in text) is (found.low <= 0.5 <= found.high)
    assert "to" in text.split("(", 1)[1].split(")")[0]


@pytest.mark.parametrize(
    ("level", "says"),
    [(Level.TASKS, "tasks are resampled, each with all its samples"),
     (Level.SAMPLES, "samples are resampled within each task"),
     (Level.BOTH, "tasks are resampled, and samples within each")],
)  # fmt: skip
def test_methods_tell_what_was_drawn(level: Level, says: str) -> None:
    """The methods name the level of the bootstrap that was used, and the seed."""
    text = methods.intervals(AnalysisOptions(level=level, seed=7))
    assert says in text
    assert "seed 7" in text
    assert "no resamples" in methods.intervals(AnalysisOptions(resamples=0))


def test_templates_claim_nothing() -> None:
    """No template holds a word that needs evidence; "more" is allowed if it counts what a page leaves out."""
    folder = resources.files("auditor.report") / "templates"
    for path in folder.iterdir():
        text = re.sub(r"{[%{#].*?[%}#]}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub("Show more|more are in report.json only", "", text)
        assert not strong_words(text), (path.name, strong_words(text))


@given(SHARES, SHARES, st.floats(0, 0.2))
def test_a_prediction_and_the_bound_are_one_story(predicted: float, bound: float, half: float) -> None:
    """A prediction above the bound is never told without it: as within its interval, or as not to be relied on."""
    model = a_model()
    assert model.extrapolation is not None
    points = tuple(replace(point, correct=Estimate(predicted)) for point in model.extrapolation.points)
    upper = Estimate(bound, max(0.0, bound - half), min(1.0, bound + half))
    model = replace(
        model,
        extrapolation=replace(model.extrapolation, points=points),
        conditional_accuracy=replace(model.conditional_accuracy, upper_bound=upper),
    )
    text = curves.prediction(model)
    assert "which is not drawn" in text
    assert ("do not rely on it" in text) == (predicted > (upper.high or 0))
    assert ("It is above the dotted line" in text) == (bound < predicted <= (upper.high or 0))


def test_no_attempts_gain_exactly_nothing() -> None:
    """Where no number of attempts gains, the net gain of the attempts to allow, none, is 0 without an interval."""
    model = make_document(models=1, tasks=6, samples=6).models[0]
    losing = replace(model.optimal_attempts[-1], enough=0, utility=Estimate(0.0, 0.0, 0.05))
    grid = optimal_grid(replace(model, optimal_attempts=(losing,)), "95 %")
    assert grid is not None
    assert (grid.body[0][-1].text, grid.body[0][-1].sub) == ("0.0", "")


def paired(metric: str, low: float) -> ReportDocument:
    """Make a document of two models of which the first is chosen, and which differ in one metric."""
    document = make_document(models=2, tasks=6, samples=6)
    first = document.subject
    assert first is not None
    other = next(one.model for one in document.models if one.model != first)
    row = document.across.paired[0]
    rows = tuple(
        replace(
            row, a=first, b=other, metric=one, difference=replace(row.difference, value=0.1, low=begins, high=0.2),
            strict=CountedEstimate(0.1, begins, 0.2, 6),
        )
        for one in (known.OWN_TASKS, known.SAME_TASKS) for begins in [low if one == metric else 0.05]
    )  # fmt: skip
    return replace(document, across=replace(document.across, paired=rows))


@pytest.mark.parametrize(
    ("metric", "said"),
    [(known.OWN_TASKS, "Over each model’s own accepted answers, "), (known.SAME_TASKS, "On the same tasks, ")],
)
def test_both_ways_of_comparing_accepted_answers_are_said_where_open(metric: str, said: str) -> None:
    """What is open on a model's own answers may be clear on the same tasks, and the other way round."""
    found = [text for text in known.unsettled(paired(metric, -0.1)) if "not shown to differ" in text]
    assert len(found) == 1
    assert found[0].startswith(said)
    assert not any("not shown to differ" in text for text in known.unsettled(paired(metric, 0.05)))


@pytest.mark.parametrize(("low", "said"), [(0.05, "clear"), (0.001, "only just"), (-0.05, "open")])
def test_the_table_of_costs_says_how_clear_a_lead_is(low: float, said: str) -> None:
    """Clear, only just where the deciding interval comes near to zero, or open, as the typed verdict has it."""
    document = make_document(models=2, tasks=6, samples=6)
    choices = tuple(
        replace(one, difference=CountedEstimate(0.1, low, 0.2, 6), strict=CountedEstimate(0.1, low, 0.2, 6))
        for one in document.choices
    )
    assert {row.split(", over ")[0].split("| ")[-1] for row in summary(replace(document, choices=choices)).splitlines()
            if ", over " in row and row.startswith("|")} == {said}  # fmt: skip
