"""What the pages say: in numbers that do not claim more than was counted, and in sentences that agree with them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.report import gate_table, index_page, matrices, model_page
from auditor.report.cells import Grid
from auditor.report.charts.frame import in_lines
from auditor.report.charts.verifier import _whole
from auditor.report.gates import all_verdicts, over_models, verdict
from auditor.report.headline import headlines
from auditor.report.markdown import summary
from auditor.report.reading import best_attempts
from auditor.report.render import page
from auditor.report.sentences import across as across_words
from auditor.report.sentences import curves, figures, style
from auditor.report.text import brief, hundredths, visible
from auditor.report.write import shared
from auditor.results import (
    UNDEFINED,
    Across,
    Difference,
    Estimate,
    Judgement,
    ModelLine,
    ModelReport,
    Optimum,
    PriceUnit,
    RateAt,
    Reach,
    ReachPair,
    Severity,
)  # fmt: skip
from tests.unit.report.documents import make_document

MODEL = make_document(models=1, tasks=4, samples=4, false_positives=0).models[0]
CURVE = MODEL.curve


def best(attempts: int, fp_cost: float = 1.0) -> Optimum:
    """The best number of attempts at a cost ratio, without doubt."""
    return Optimum(
        fp_cost=fp_cost,
        attempts=attempts,
        low=attempts,
        high=attempts,
        utility=Estimate(0.0),
        open_above=False,
        enough=attempts,
        utility_cross_fitted=0.0,
        tasks=4,
    )


@given(st.floats(0, 1), st.integers(0, 3))
def test_none_and_all_are_only_said_of_none_and_all(share: float, digits: int) -> None:
    """A share that is written as 0 or 100 per cent is exactly that, whatever the number of decimals."""
    text = hundredths(share, digits)
    if re.fullmatch(r"0(\.0*)?", text):
        assert share == 0
    if re.fullmatch(r"100(\.0*)?", text):
        assert share == 1


@given(st.text(max_size=90), st.integers(8, 70))
def test_a_short_name_keeps_both_ends(name: str, limit: int) -> None:
    """A name over the limit is cut in its middle, to the limit, so that names that differ at an end still differ."""
    short = brief(name, limit)
    whole = visible(name)
    if len(whole) <= limit:
        assert short == whole
    else:
        head, _, tail = short.partition("…") if "…" not in whole else (short[: limit // 2], "", short[-3:])
        assert len(short) == limit
        assert whole.startswith(head)
        assert whole.endswith(tail)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=14), st.integers(16, 50))
def test_a_label_is_whole_in_two_lines_or_says_that_it_is_cut(words: list[str], limit: int) -> None:
    """No line is over the limit, there are at most two, and together they are the label or end in an ellipsis."""
    label = " ".join(words)
    lines = in_lines(label, limit)
    assert len(lines) <= 2
    assert all(len(line) <= limit for line in lines)
    shown = " ".join(lines)
    assert shown == label or (lines[-1].endswith("…") and label.startswith(shown.removesuffix("…").rstrip()))
    assert shown == label or len(shown) > min(limit, len(label)) // 2, "hardly anything of it is left"


@given(st.integers(0, 40), st.integers(1, 400))
def test_counts_have_whole_ticks(first: int, more: int) -> None:
    """An axis that counts has at most eight ticks, whole numbers, rising from end to end."""
    ticks = _whole(first, first + more)
    assert len(ticks) <= 8
    assert ticks == sorted(set(ticks))
    assert (ticks[0], ticks[-1]) == (first, first + more)
    assert all(float(at).is_integer() for at in ticks)


def test_the_most_attempts_analysed_are_said_to_be_best_or_more() -> None:
    """K* at the most attempts analysed is “20 or more” everywhere; below, and at 0, it is the number alone."""
    assert [best_attempts(best(attempts=k), 20) for k in (0, 3, 20)] == ["0", "3", "20 or more"]
    assert best_attempts(None, 20) == "–"
    document = make_document(models=2, tasks=8, samples=10, false_positives=0)
    optima = list(document.models[0].optimal_attempts)
    optima[1] = replace(optima[1], attempts=10)
    model = replace(document.models[0], optimal_attempts=tuple(optima))
    document = replace(document, models=(model, document.models[1]))
    shown = headlines(model, "95 %")[3].span
    index = index_page.context(document, {})
    row = index["models"].body[0]
    matrix = matrices.optimal(document.models, {}, "95 %")
    assert matrix is not None
    assert row[2].sub == matrix.grid.body[0][2].sub
    assert row[2].sub.startswith("best 10 or more")
    assert shown.startswith("best 10 or more; at 95 %, ")
    told = model_page.context(model, document)
    grid = told["optimal"]
    assert isinstance(grid, Grid)
    assert grid.body[1][2].text == "10 or more"
    assert told["optimal_more"] == matrices.MORE


def _judged(accuracy: float | None, ceiling: float | None, attempts: int = 0, most: int = 4) -> ModelReport:
    rate = RateAt(None if ceiling is None else 1 - ceiling, 0.0, 0.5, micro=UNDEFINED, attempts=most)
    last = CURVE[0]
    return replace(
        MODEL,
        single_sample_accuracy=Estimate(accuracy, 0.0, 0.5),
        conditional_accuracy=replace(MODEL.conditional_accuracy, value=ceiling, low=0.0, high=0.5),
        false_discovery_rate=rate,
        curve=(replace(last, attempts=most, accepted=Estimate(float(ceiling is not None)), correct=Estimate(0.0)),),
        optimal_attempts=(best(attempts=attempts),),
    )


@pytest.mark.parametrize(
    ("accuracy", "ceiling", "says"),
    [
        (1.0, 1.0, ("Every single answer is correct.", "is correct", "No accepted answer seen is wrong.")),
        (0.0, 0.0, ("No single answer is correct.", "No answer accepted", "Every accepted answer seen is wrong.")),
        (
            0.0,
            None,
            ("No single answer is correct.", "nothing is known of accepted answers", "No answer was accepted."),
        ),
        (0.316, 0.7, ("about 32 are correct.", "about 70 end with a correct one", "about 30 end with a wrong one.")),
        (
            0.001,
            0.999,
            ("about < 1 are correct.", "about > 99 end with a correct one", "about < 1 end with a wrong one."),
        ),
    ],
)
def test_sentences_know_none_and_all(accuracy: float, ceiling: float | None, says: tuple[str, str, str]) -> None:
    """What holds for none or for all is said so, not as about 0 or about 100 of 100."""
    model = _judged(accuracy, ceiling)
    found = (figures.accuracy(model), figures.accepted_right(model), figures.false_share(model))
    for text, part in zip(found, says, strict=True):
        assert part in text


def test_a_model_that_nobody_accepts_does_not_lose_by_drawing() -> None:
    """If no answer ever passes, K* is 0 because nothing is gained, not because draws lose."""
    assert "No answer passes the base tests" in figures.attempts(_judged(0.0, None))
    assert "no number of attempts analysed gains anything" in figures.attempts(_judged(0.0, 0.0))
    assert curves.utility(_judged(0.0, None)) == "At no cost analysed does sampling gain on average"


def test_one_attempt_does_not_promise_that_more_pay() -> None:
    """With one sample per task nothing is known of a second attempt."""
    model = _judged(1.0, 1.0, attempts=1, most=1)
    assert figures.attempts(model).endswith(f"one attempt clearly gains over using no model. {figures.ONE_SAMPLE}")


def line(low: float, high: float) -> ModelLine:
    """A line whose slope has this interval."""
    return ModelLine(
        slope=(low + high) / 2, slope_low=low, slope_high=high, intercept=0.5, intercept_low=0.4, intercept_high=0.6,
        r_squared=0.5, attempts=5, models=6, tasks=40,
    )  # fmt: skip


def test_a_line_is_claimed_only_where_it_clearly_rises_or_falls() -> None:
    """Without a line, and if the interval of its slope holds 0, the title claims no relation."""
    across = Across(attempts=5, line=None, reach=(), paired=())
    assert across_words.line(across) == "How often single and accepted answers of each model are correct"
    assert "no clear relation" in across_words.line(replace(across, line=line(-0.1, 0.4)))
    assert "2.0 points more often" in across_words.line(replace(across, line=line(0.1, 0.3)))
    assert "2.0 points less often" in across_words.line(replace(across, line=line(-0.3, -0.1)))
    few = replace(line(0.1, 0.3), models=across_words.LEAST_MODELS - 1)
    assert across_words.line(replace(across, line=few)) == across_words.line(across)


@pytest.mark.parametrize(
    ("verdict", "says", "never"),
    [
        (Reach.REACHES, "brings", False),
        (Reach.NOT_WITHIN, "does not rule out a larger number", False),
        (Reach.NEVER, "at any number", True),
        (Reach.OPEN, "do not decide", False),
    ],
)
def test_reach_says_never_only_of_a_typed_never(verdict: Reach, says: str, never: bool) -> None:
    """The title and the cell follow the verdict; no other verdict is called never."""
    pair = ReachPair(
        weak="a", strong="b", target=0.8, verdict=verdict, within=4, attempts=3 if verdict is Reach.REACHES else None,
        seen_at=3, accuracy=Estimate(0.8), gap=Estimate(0.0), upper_bound=Estimate(0.9), upper_bound_gap=Estimate(0.1),
        tasks=10,
    )  # fmt: skip
    title, cell = across_words.reach([pair]), matrices._reach_cell(pair, 4).text
    assert says in f"{title} {cell}"
    assert ("never" in cell, "never" in title) == (never, never)


def test_style_that_was_not_scored_is_not_said_to_lack_a_group() -> None:
    """Without scores the sentence says so; with one group it names the other."""
    assert style.score(replace(MODEL, style=None)) == "Style was not scored."
    assert MODEL.style is not None
    score = replace(MODEL.style.score, true_positive=Estimate(1.0), false_positive=UNDEFINED, within_task=None, tasks=0)
    assert "is wrong was" in style.score(replace(MODEL, style=replace(MODEL.style, score=score)))


def test_gates_stand_in_the_order_of_the_models() -> None:
    """Gates list the models as the table of models does, in equal decimals, and mark rules that only warn."""
    document = make_document(models=3, tasks=8, samples=10, false_positives=0)
    first, *rest = document.gates[::-1]
    first = replace(first, severity=Severity.WARNING, value=0.3, deciding_low=0.25, deciding_high=18.0)
    document = replace(document, gates=(first, *rest))
    grid = gate_table.gate_grid(document, {})
    assert grid is not None
    assert [row[0].text for row in grid.body] == [model.model for model in document.models]
    assert [column.label.endswith("(warns only)") for column in grid.columns] == [False, True, False]
    assert (grid.body[2][1].text, grid.body[2][1].sub) == ("0.300", "deciding 0.250 to 18")


def test_numbers_name_models_only_where_a_chart_needs_them() -> None:
    """Few models are not numbered; many are, as a phone's chart names them by their numbers."""
    few, many = (make_document(models=n, tasks=4, samples=4, false_positives=0) for n in (3, 7))
    heads = [[column.label for column in index_page.context(d, {})["models"].columns] for d in (few, many)]
    assert "no." not in heads[0]
    assert heads[1][1] == "no."


def test_a_matrix_without_a_comparison_is_left_out() -> None:
    """If no model has both kinds of program in a task, no table of dashes and no 0 of 0 is shown."""
    document = make_document(models=2, tasks=4, samples=4, false_positives=0)
    models = []
    for model in document.models:
        assert model.style is not None
        bare = tuple(replace(row, within_task=None) for row in model.style.criteria)
        models.append(replace(model, style=replace(model.style, criteria=bare)))
    assert matrices.style(models, {}) is None


def test_the_lead_answers_how_often_wrong_and_how_many_attempts() -> None:
    """A model's page opens with the share that is wrong, its interval and the attempts worth making."""
    document = make_document(models=1, tasks=8, samples=10, false_positives=0)
    lead = model_page.context(document.models[0], document)["lead"]
    assert re.search(r"about \d+ end with a wrong one \(95.% interval \d+ to \d+\)", lead)
    best, choice = document.models[0].optimum(1.0), document.choice
    assert best is not None
    assert choice is not None
    advised = replace(choice.best, model=document.models[0].model, attempts=best.enough)
    document = replace(document, choices=(replace(choice, candidates=(advised, *choice.candidates[1:])),))
    lead = model_page.context(document.models[0], document)["lead"]
    assert re.search(r"Within 5 attempts, about .{1,9} of accepted answers are wrong \(95.% interval", lead)
    assert re.search(r"compared within 10 attempts instead: there about .{1,9} \(\S+ to \S+\) of accepted", lead)
    assert re.search(r"attempt|do not sample", lead)


def test_figures_say_what_they_are_shares_of() -> None:
    """Below a headline figure is what it is a mean over; no pooled share, which differs, is next to it."""
    model = make_document(models=1, tasks=8, samples=10, false_positives=0).models[0]
    shown = headlines(model, "95 %")
    assert f"mean over {model.tasks} tasks, {model.samples} samples" in shown[0].behind
    for rate in (shown[1], shown[2]):
        assert rate.behind == "within 10 attempts, over 8 tasks with an accepted sample"
        assert rate.formal.endswith(" at K = 10")
    assert not any("pooled" in one.behind or " of " in one.behind for one in shown[:3])


def test_no_figure_has_a_colour() -> None:
    """Colours mean verdicts: neither the models' table nor the answer's colours a figure, however bad it is."""
    document = make_document(models=2, tasks=8, samples=10, false_positives=0)
    context = index_page.context(document, {})
    for grid in (context["models"], context["answer"].grid, context["optimal"].grid):
        assert {cell.tone for row in grid.body for cell in row[1:]} <= {"", "none", "clear"}


def test_counts_of_models_and_of_verdicts_are_told_apart() -> None:
    """One model fails, two are open: of models; the six verdicts behind that are counted as verdicts."""
    gate = make_document(models=1, tasks=4, samples=4, false_positives=0).gates[0]
    verdicts = {"weak": "fi", "medium": "ip", "strong": "ip"}
    kinds = {"f": Judgement.FAIL, "i": Judgement.INCONCLUSIVE, "p": Judgement.PASS}
    found = [
        replace(gate, model=model, rule=f"rule {place}", verdict=kinds[kind])
        for model, all_kinds in verdicts.items()
        for place, kind in enumerate(all_kinds)
    ]
    assert over_models(found) == (
        "None of the 3 models passes every gate; 1 fails at least one; 2 fail none but are inconclusive on at least one"
    )
    assert all_verdicts(found) == "Of 6 verdicts, one per gate and model, 2 pass, 1 fails and 3 are inconclusive"
    assert all_verdicts(found[:2]) == ""
    one_rule = [one for one in found if one.rule == "rule 0"]
    assert over_models(one_rule) == "None of the 3 models passes the gate; 1 fails; 2 are inconclusive"
    assert all_verdicts(one_rule) == ""
    assert [verdict([one]).headline for one in one_rule] == ["Fails its gate", "Gate inconclusive", "Gate inconclusive"]
    assert [verdict([one]).short for one in one_rule] == ["fails", "inconclusive", "inconclusive"]
    assert [verdict([one for one in found if one.model == model]).short for model in verdicts] == [
        "fails 1 of 2, 1 inconclusive", "inconclusive on 1 of 2", "inconclusive on 1 of 2",
    ]  # fmt: skip


def test_bars_that_exclude_zero_and_are_open_are_named() -> None:
    """A chart draws single intervals and colours by adjusted p values: where these differ, it says so with p."""

    def gap(low: float, adjusted: float) -> Difference:
        return Difference(-0.2, low, -0.05, 9, p=0.02, p_adjusted=adjusted)

    rows = [("clear", gap(-0.4, 0.01)), ("only alone", gap(-0.4, 0.2)), ("open", replace(gap(-0.4, 0.6), high=0.1))]
    assert style.only_interval(rows) == "Open although the interval excludes zero: only alone (p = 0.200)."
    assert style.only_interval([rows[0], rows[2]]) == ""


def test_correct_is_the_one_word() -> None:
    """No text of a page or of report.md says right or solved of an answer: the word is correct."""
    document = make_document(models=2, tasks=12, samples=10, false_positives=3)
    common = shared(document)
    texts = [page("index.html.j2", {**index_page.context(document, {}), **common}), summary(document)]
    texts += [page("model.html.j2", {**model_page.context(one, document), **common}) for one in document.models]
    for text in texts:
        read = re.sub(r"<(style|script|svg|pre).*?</\1>|<code.*?</code>|<[^>]*>", " ", text, flags=re.DOTALL)
        assert re.findall(r".{30}\b(?:right|rightly|solved?|solves)\b.{20}", read, re.IGNORECASE) == []


@pytest.mark.parametrize(
    ("unit", "currency", "told"),
    [
        (PriceUnit.MONEY, "USD", "A correct answer costs 0.250 USD"),
        (PriceUnit.MONEY, "", "A correct answer costs 0.250 in the currency of the prices"),
        (PriceUnit.WORTH, "", "A correct answer costs 0.250 of a correct answer’s value"),
        (PriceUnit.DRAWS, "", "A correct answer takes 0.250 attempts"),
    ],
)
def test_a_cost_is_said_with_its_unit(unit: PriceUnit, currency: str, told: str) -> None:
    point = replace(MODEL.curve[0], cost_per_correct=0.25)
    assert curves.cost_per_correct([point], unit, currency) == told
